"""A paragraph with its quoted pieces, and where they stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.enrich.quotes.marks import Piece
from flows.enrich.quotes.reference import QuoteReference
from flows.records import Reading, Span

LOOK_AHEAD = 300
"""Characters after a quotation in which its attribution is looked for."""

LOOK_BACK = 400
"""Characters before a quotation in which its attribution is looked for."""

AROUND = 40
BLANKS = " \t\n\r\u00a0\u2009\u202f"
DASHES = f"{BLANKS}—–-"
AROUND_MARKS = f"{DASHES}\"'“”‘’`.,"
COLON = re.compile(r"[:;]\s*$")


@dataclass(frozen=True, slots=True)
class QuotedParagraph:
    """The pieces of one paragraph, in order."""

    reading: Reading
    span: Span
    pieces: tuple[Piece, ...]
    reference: QuoteReference

    def sentence_end(self, piece: Piece) -> int:
        """Return the end of the sentence that continues after a piece, at most LOOK_AHEAD characters later."""
        limit = min(self.span.end, piece.end + LOOK_AHEAD)
        after = self.reading.text[piece.end : limit]
        sentences = self.reading.sentences
        position = piece.end + len(after) - len(after.lstrip())
        return min(sentences[sentence_at(sentences, position)].end, limit)

    def opens_sentence(self, piece: Piece) -> bool:
        """Return True if a sentence begins with a piece, or continues it after a colon or semicolon."""
        sentences = self.reading.sentences
        start = max(
            self.span.start, sentences[sentence_at(sentences, piece.start)].start, piece.start - AROUND
        )
        before = self.reading.text[start : piece.start]
        if before.endswith((".", "!", "?", "  ")) and self.reading.text[piece.span.start].isupper():
            # The blank is missing: `caught fire.“We ran,” he said.` Two blanks are where a paragraph began.
            return True
        is_whole = start > piece.start - AROUND
        return (is_whole and not before.strip(f"{DASHES}\"“‘'([")) or COLON.search(before) is not None

    def is_whole(self, first: Piece, last: Piece) -> bool:
        """Return True if the paragraph consists of the pieces from the first to the last."""
        return self.begins_with(first) and not self.reading.text[last.end : self.span.end].strip(AROUND_MARKS)

    def begins_with(self, piece: Piece) -> bool:
        """Return True if nothing precedes a piece in its paragraph."""
        return not self.reading.text[self.span.start : piece.start].strip(DASHES)

    def before_in_sentence(self, piece: Piece) -> str:
        """Return the words before a piece in its sentence; empty where it opens the sentence."""
        if self.opens_sentence(piece):
            return ""
        sentences = self.reading.sentences
        start = max(self.span.start, sentences[sentence_at(sentences, piece.start)].start)
        return self.reading.text[max(start, piece.start - LOOK_BACK) : piece.start].strip(AROUND_MARKS)
