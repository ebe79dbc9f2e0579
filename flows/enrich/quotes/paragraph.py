"""A paragraph with its quoted pieces, and the context of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.speech import LABEL
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


TITLE_WORD = re.compile(r"[^\W_][\w’'-]*")
SMALL = frozenset("a an and as at by de for from in of on or the to vs with".split())
"""Words of a title that have no capital."""
BEFORE = re.compile(r"(?:^|\s)(?P<word>[a-z’']+)\s+$")
BEFORE_NAME = frozenset("a an the its his her their our this that so-called".split())
NOUN_AFTER = re.compile(r"\s(?P<word>[a-z]+)\b")
MAX_TITLE_WORDS, MAX_APPOSITION_WORDS = 12, 4


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
        return (is_whole and not before.strip(" \n\t—–-\"“‘'([")) or COLON.search(before) is not None

    def is_clause(self, piece: Piece) -> bool:
        """Return True if the words of a piece form a clause of their own."""
        text = self.reading.text
        words = piece.span.of(text)
        if self._is_apposition(piece):
            return False
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

    def _is_apposition(self, piece: Piece) -> bool:
        """Return True for a name between commas: `the other camp, "UN House", is full`."""
        text = self.reading.text
        words = piece.span.of(text).split()
        return (
            len(words) <= MAX_APPOSITION_WORDS
            and text[piece.end : piece.end + 1] == ","
            and text[max(0, piece.start - 2) : piece.start] == ", "
            and all(word[0].isupper() for word in words)
        )

    def is_title(self, piece: Piece, cue: Span) -> bool:
        """Return True for a title or a name between marks, which is no speech: `a workshop on "Safer Roads"`, `its "Delta-IV" programme`.

        All its words have capitals, and lowercase words of the sentence lead to it. A single word is a name only
        as part of a noun phrase: `said it was "Nazism"` quotes, `its "Osprey" programme` does not.
        """
        text, grammar = self.reading.text, self.reference.grammar
        words = [word.group() for word in TITLE_WORD.finditer(text, piece.span.start, piece.span.end)]
        if not 0 < len(words) <= MAX_TITLE_WORDS or not all(
            word[0].isupper() or (at and word in SMALL) or word[0].isdigit() for at, word in enumerate(words)
        ):
            return False
        if self._is_apposition(piece):
            return True
        if self.reference.uses.get(cue.of(text).lower()) == LABEL or not cue.end < piece.start:
            return False
        before = BEFORE.search(text, max(cue.end, piece.start - AROUND), piece.start)
        if before is None or piece.span.of(text)[-1] in ",.!?…":
            return False
        if len(words) > 1:
            return before["word"] in grammar["preposition"] | BEFORE_NAME
        after = NOUN_AFTER.match(text, piece.end)
        is_noun = (
            after is not None
            and after["word"]
            not in grammar["preposition"]
            | grammar["auxiliary"]
            | grammar["coordinator"]
            | grammar["subordinator"]
            | grammar["relative"]
        )
        return before["word"] in BEFORE_NAME and is_noun
