"""The words of a noun phrase that may name an actor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from flows.records import Span

WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:-[^\W_]+|['’](?![sS]\b)[^\W_]+)*|['’][sS]?|[,;:&()\[\]–—]")
MAX_WORDS = 60
"""What follows in a longer phrase is not examined."""


class PhraseWord(NamedTuple):
    """A word or mark of a phrase: its offsets in the text, as written and in lowercase."""

    start: int
    end: int
    text: str
    lower: str


def phrase_words(text: str, span: Span) -> tuple[PhraseWord, ...]:
    """Return the first words of a phrase."""
    return tuple(
        PhraseWord(found.start(), found.end(), found.group(), found.group().lower())
        for found in islice(WORD.finditer(text, span.start, span.end), MAX_WORDS)
    )


def joined(words: Sequence[PhraseWord]) -> str:
    """Return the words as `actor_roles.tsv` has them: in lowercase, several of them without hyphens."""
    if len(words) == 1:
        return words[0].lower
    return " ".join(word.lower for word in words).replace("-", " ")
