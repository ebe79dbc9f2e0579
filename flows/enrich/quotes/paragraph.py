"""A paragraph with its quoted pieces, and the context of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.enrich.quotes.marks import Piece
from flows.enrich.quotes.reference import QuoteReference
from flows.records import Reading, Span

LOOK_AHEAD = 300
"""Characters after a quotation in which its attribution is looked for."""

AROUND = 40
MIN_CLAUSE_WORDS = 5
"""A quotation of this many words is a clause even without final punctuation."""

INTRODUCED = re.compile(r"(?:^|[,:;—–(\[\"”-]|--)\s*$")
MARKED = re.compile(r"[,:]\s*$")
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
        is_whole = start > piece.start - AROUND
        return (is_whole and not before.strip(" \n\t—–-\"“‘'([")) or COLON.search(before) is not None

    def is_clause(self, piece: Piece) -> bool:
        """Return True if the words of a piece form a clause of their own."""
        text = self.reading.text
        words = piece.span.of(text)
        ends = words[-1] in ",.!?…" or text[piece.end : piece.end + 1] == ","
        if not (ends or piece.runs_on or len(words.split()) >= MIN_CLAUSE_WORDS):
            return False
        if self.opens_sentence(piece):
            return words[0].isupper() or ends
        before = text[max(self.span.start, piece.start - AROUND) : piece.start]
        if words[-1] in ".!?…" and MARKED.search(before):
            return True
        word = before.split()[-1:]
        is_after_verb = bool(word) and word[0].lower() in self.reference.uses
        return words[0].isupper() and (is_after_verb or INTRODUCED.search(before) is not None)
