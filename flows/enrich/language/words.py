"""Split a text into words with their offsets."""

from __future__ import annotations

import re
from functools import partial
from itertools import accumulate

from flows.records import Word

LETTER = r"[^\W\d_]"
WORD = re.compile(
    rf"((?:[A-Z][a-z]?\.){{2,}}|(?:[A-Za-z]++{LETTER}*|{LETTER}+)(?:['’ʻ](?!s\b|S\b){LETTER}+)*)"
)
"""A word, in a group, so that `split` returns the words and what stands between them by turns.

The letters of English are a class of their own, which is matched faster.
"""
JOINS = frozenset({" ", "-", "\u00a0"})
PERIOD = ". "
SHORTENED = ("St", "Ft", "Mt")
"""Behind these a period stands within a name, as in `St. Louis`."""

_word = partial(tuple.__new__, Word)
"""Makes a word of its fields: the constructor of a named tuple takes three times as long."""


def words_in(text: str) -> tuple[Word, ...]:
    """Return the words of a text, abbreviations such as `U.S.` whole and words with a hyphen apart."""
    # Whole lists at a time: a loop over the matches takes twice as long.
    parts = WORD.split(text)
    gaps, words = parts[:-1:2], parts[1::2]
    ends = list(accumulate(map(len, parts)))
    joined = [gap in JOINS for gap in gaps]
    if words:
        joined[0] = False
    if PERIOD in gaps:
        for at, gap in enumerate(gaps):
            if at and gap == PERIOD and words[at - 1].endswith(SHORTENED):
                joined[at] = True
    upper = [not word.islower() for word in words]
    return tuple(map(_word, zip(ends[:-1:2], ends[1::2], words, joined, upper, strict=True)))
