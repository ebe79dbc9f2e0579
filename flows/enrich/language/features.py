"""The features of words that spaCy's embeddings are given, and its ids of strings, computed without spaCy, whose import takes 250 ms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from struct import iter_unpack

from flows.enrich.lexicons import table

FEATURES = ("NORM", "PREFIX", "SUFFIX", "SHAPE", "IS_SPACE")

MAX_SHAPE_CHARS = 100
MAX_SHAPE_RUN = 4
SUFFIX_CHARS = 3

LONG_RUN = re.compile(r"((.)\2{3})\2+", re.DOTALL)
ASCII_SHAPES = str.maketrans(
    ascii_letters + digits, "x" * len(ascii_lowercase) + "X" * len(ascii_uppercase) + "d" * len(digits)
)
"""`shape_of` for ASCII, which is three times as fast."""

MAX_CACHED_IDS = 50_000

MASK = 0xFFFFFFFFFFFFFFFF
MULTIPLIER, SHIFT, SEED = 0xC6A4A7935BD1E995, 47, 1
"""Of MurmurHash64A, with the seed of spaCy's string store."""


class WordFeatures:
    """Computes the FEATURES of words as an English vocabulary of spaCy does."""

    def __init__(self, norms: Mapping[int, str]) -> None:
        """Take the table of norms of a pipeline, by the id of a word."""
        self._norms = norms
        self._general: Mapping[str, str] = {row["word"]: row["norm"] for row in table("spacy_norms")}

    def norm(self, word: str) -> str:
        """Return the norm of a word: its entry in the tables, or the word in lowercase."""
        found = self._norms.get(string_id(word))
        return self._general.get(word, word.lower()) if found is None else found

    def of(self, word: str, norm: str) -> tuple[int, ...]:
        """Return the FEATURES of a word with this norm."""
        texts = (norm, word[0], word[-SUFFIX_CHARS:], shape_of(word))
        return (*map(string_id, texts), int(word.isspace()))


def shape_of(word: str) -> str:
    """Return a word with its letters as `X` or `x` and digits as `d`; of a run of equal ones four are kept."""
    if len(word) >= MAX_SHAPE_CHARS:
        return "LONG"
    if word.isascii():
        return LONG_RUN.sub(r"\1", word.translate(ASCII_SHAPES))
    shape = []
    last, run = "", 0
    for char in word:
        kind = ("X" if char.isupper() else "x") if char.isalpha() else "d" if char.isdigit() else char
        run = run + 1 if kind == last else 1
        last = kind
        if run <= MAX_SHAPE_RUN:
            shape.append(kind)
    return "".join(shape)


@lru_cache(maxsize=MAX_CACHED_IDS)
def string_id(text: str) -> int:
    """Return the id of a string in spaCy's string store: that of a symbol, or MurmurHash64A of its UTF-8."""
    if not text:
        return 0
    symbol = _symbols().get(text)
    if symbol is not None:
        return symbol
    data = text.encode()
    whole = len(data) & ~7
    found = SEED ^ (len(data) * MULTIPLIER & MASK)
    for (block,) in iter_unpack("<Q", data[:whole]):
        block = block * MULTIPLIER & MASK
        block = (block ^ (block >> SHIFT)) * MULTIPLIER & MASK
        found = (found ^ block) * MULTIPLIER & MASK
    if whole < len(data):
        found = (found ^ int.from_bytes(data[whole:], "little")) * MULTIPLIER & MASK
    found = (found ^ (found >> SHIFT)) * MULTIPLIER & MASK
    return found ^ (found >> SHIFT)


@cache
def _symbols() -> Mapping[str, int]:
    return {row["symbol"]: int(row["id"]) for row in table("spacy_symbols")}
