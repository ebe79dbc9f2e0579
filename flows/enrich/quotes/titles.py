"""Titles and names between quotation marks, which nobody says: `a workshop on "Safer Roads"`, `its "Delta-IV" programme`."""

from __future__ import annotations

import re

from flows.enrich.language.speech import LABEL
from flows.enrich.quotes.marks import Piece
from flows.enrich.quotes.reference import QuoteReference
from flows.records import Span

WORD = re.compile(r"[^\W_][\w’'-]*")
SMALL = frozenset("a an and as at by de for from in of on or the to vs with".split())
"""Words of a title that have no capital."""
BEFORE = re.compile(r"(?:^|\s)(?P<word>[a-z’']+)\s+$")
BEFORE_NAME = frozenset("a an the its his her their our this that so-called".split())
NOUN_BEHIND = re.compile(r"\s(?P<word>[a-z]+)\b")
MAX_TITLE_WORDS = 12
AROUND = 24


def is_title_within(text: str, piece: Piece, cue: Span, reference: QuoteReference) -> bool:
    """Return True where all the words of a piece have capitals and lowercase words of the sentence lead to it.

    A single word is a name only as part of a noun phrase: `said it was "Nazism"` quotes, `its "Osprey" programme` does not.
    """
    words = [word.group() for word in WORD.finditer(text, piece.span.start, piece.span.end)]
    if not 0 < len(words) <= MAX_TITLE_WORDS or not all(
        word[0].isupper() or (at and word in SMALL) or word[0].isdigit() for at, word in enumerate(words)
    ):
        return False
    if reference.uses.get(cue.of(text).lower()) == LABEL or not cue.end < piece.start:
        return False
    before = BEFORE.search(text, max(cue.end, piece.start - AROUND), piece.start)
    if before is None or piece.span.of(text)[-1] in ",.!?…":
        return False
    if len(words) > 1:
        return before["word"] in reference.grammar["preposition"] | BEFORE_NAME
    behind = NOUN_BEHIND.match(text, piece.end)
    is_noun = (
        behind is not None
        and behind["word"]
        not in reference.grammar["preposition"]
        | reference.grammar["auxiliary"]
        | reference.grammar["coordinator"]
        | reference.grammar["subordinator"]
        | reference.grammar["relative"]
    )
    return before["word"] in BEFORE_NAME and is_noun
