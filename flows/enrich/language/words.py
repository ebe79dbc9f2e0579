"""The words of a text, with where they stand: what names of all kinds are made of."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

WORD = re.compile(r"(?:[A-Z][a-z]?\.){2,}|[^\W\d_]+(?:['’ʻ](?!s\b|S\b)[^\W\d_]+)*")
JOINED = re.compile(r"[ \u00a0-]|(?<=St|Ft|Mt)\. |['’]s (?=[A-Z])")


class Word(NamedTuple):
    """A word with its place, and whether it is joined to the word before it by a blank or a hyphen."""

    start: int
    end: int
    text: str
    joined: bool
    upper: bool


@lru_cache(maxsize=2)
def words_in(text: str) -> tuple[Word, ...]:
    """Return the words of a text, abbreviations such as `U.S.` whole and words with a hyphen apart.

    The last texts are kept, since places and names both ask.
    """
    words = []
    end = -1
    for match in WORD.finditer(text):
        start = match.start()
        joined = end >= 0 and (
            text[end:start] in (" ", "-", "\u00a0") or JOINED.fullmatch(text, end, start) is not None
        )
        word = match.group()
        words.append(Word(start, match.end(), word, joined, not word.islower()))
        end = match.end()
    return tuple(words)
