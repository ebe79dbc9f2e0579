"""The words and signs right behind a number, as phrases: `square kilometres`, `US dollars`, `%`."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import NamedTuple

MAX_WORDS = 6
SIGNS = r"%٪€$£¥₹₨₺₽₩₪₴฿₫₱₦₵₸₼₾₲₡"
WORD = re.compile(
    rf"(?P<gap>[\s‑-]?)(?P<word>(?:[^\W\d_]\.){{2,}}|°\s?[^\W\d_]|[^\W\d_]+[²³23]?(?:/[^\W\d_]+)?(?![^\W_])|[{SIGNS}])(?P<dot>\.(?=\s[a-z]))?"
)
OF = re.compile(r"\s(?:of\s)?(?:an?\s)?")
"""Between a vague term or a fraction and its unit: `hundreds of kilometres`, `half a percent`."""

CASED = frozenset("m g l t".split())
"""Symbols of one letter keep their case: `5 M` are no metres. A litre may be `L`."""


class Follower(NamedTuple):
    """The lowercase words from a number to `end`."""

    phrase: str
    end: int


def followers_of(text: str, end: int, first_words: Set[str], *, is_loose: bool) -> list[Follower]:
    """Return the phrases behind a number, the longest first; `is_loose` if `of` or an article may stand between.

    None if the first word is in lowercase and not among `first_words`.
    """
    found: list[Follower] = []
    phrase = ""
    at = end
    if is_loose and (between := OF.match(text, end)) and between.group().strip():
        at = between.end() - 1
    while len(found) < MAX_WORDS and (word := WORD.match(text, at)):
        if found and "\n\n" in text[at : word.end()]:
            break
        written = word["word"]
        small = "".join(written.lower().split())
        if not phrase and written == small and small not in first_words:
            break
        if small in CASED and written != small and not (small == "l" and not phrase):
            small = written
        phrase = f"{phrase} {small}" if phrase else small
        at = word.end("word")
        found.append(Follower(phrase, at))
        if word["dot"]:
            at = word.end()
    return found[::-1]
