"""Split a text into words with their offsets."""

from __future__ import annotations

import re

from flows.records import Word

WORD = re.compile(r"(?:[A-Z][a-z]?\.){2,}|[^\W\d_]+(?:['’ʻ](?!s\b|S\b)[^\W\d_]+)*")
JOINED = re.compile(r"[ \u00a0-]|(?<=St|Ft|Mt)\. |['’]s (?=[A-Z])")


def words_in(text: str) -> tuple[Word, ...]:
    """Return the words of a text, abbreviations such as `U.S.` whole and words with a hyphen apart."""
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
