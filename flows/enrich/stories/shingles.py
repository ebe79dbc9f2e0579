"""Near-duplicates: word shingles, their Jaccard similarity, MinHash values, and the pairs that share a band of them."""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from rensa import RMinHash

SHINGLE_WORDS = 3
"""A shingle is this many consecutive words, in lowercase, without punctuation. A shorter text is one shingle."""

MINHASH_VALUES = 128
MINHASH_SEED = 1
BAND_VALUES = 5
"""Two texts are compared if all MinHash values of one of the 25 bands are equal: theory finds 99.995 % of the pairs with a Jaccard
similarity of .8, 55 % at .5. Measured by tests/bench/stories.py over 45,073 dispatches: all 4,298 pairs."""

NEAR_DUPLICATE = 0.8
"""Exact Jaccard similarity of the shingles from which two texts are duplicates of each other."""

MIN_ESTIMATE = 0.65
"""Pairs whose MinHash values agree less are not compared exactly: 4.2 standard errors below NEAR_DUPLICATE. Measured: none is lost."""

MAX_BUCKET = 50
"""Of a larger group of texts with an equal band, each is compared with the MAX_BUCKET before it."""

VALUE_DIGITS = 8
WORD = re.compile(r"\w+")
LOWERCASE_WORDS = bytes(
    ord(char.lower()) if WORD.match(char) else ord(" ") for char in map(chr, range(128))
) + bytes(128)
"""Maps ASCII to lowercase and what stands between words to blanks: words of ASCII are found in half of the time."""


def shingles_in(text: str) -> frozenset[str]:
    """Return the shingles of a text; none for a text without words."""
    return frozenset(_shingles(text))


def sketch_of(text: str) -> tuple[int, str | None]:
    """Return the number of different shingles of a text, and their MinHash values; None for a text without words."""
    shingles = _shingles(text)
    # A repeated shingle changes no minimum.
    return len(set(shingles)), minhash_of(shingles)


def _shingles(text: str) -> list[str]:
    """Return the shingles of a text in its order, repeated ones too."""
    if text.isascii():
        words = text.encode().translate(LOWERCASE_WORDS).decode().split()
    else:
        words = WORD.findall(text.lower())
    if len(words) < SHINGLE_WORDS:
        return [" ".join(words)] if words else []
    return list(map(" ".join, zip(*(words[at:] for at in range(SHINGLE_WORDS)), strict=False)))


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the size of the intersection divided by that of the union; 0 for two empty sets."""
    shared = len(first & second)
    union = len(first) + len(second) - shared
    return shared / union if union else 0.0


def minhash_of(shingles: Collection[str]) -> str | None:
    """Return the MinHash values as hexadecimal digits, VALUE_DIGITS each; None for no shingles.

    Source: rensa, algorithm version 2. The values of another version are not comparable.
    """
    if not shingles:
        return None
    sketch = RMinHash(num_perm=MINHASH_VALUES, seed=MINHASH_SEED)
    sketch.update(list(shingles))
    return struct.pack(f">{MINHASH_VALUES}I", *sketch.digest()).hex()


def estimated_jaccard(first: str, second: str) -> float:
    """Return the share of the MinHash values that are equal; its standard error is .035 at .8."""
    width = VALUE_DIGITS
    return (
        sum(
            first[at : at + width] == second[at : at + width]
            for at in range(0, MINHASH_VALUES * width, width)
        )
        / MINHASH_VALUES
    )


def similar_pairs(minhashes: Mapping[str, str], new: Sequence[str]) -> Iterator[tuple[str, str, float]]:
    """Yield each pair of ids whose texts may be similar, with the estimate, where one of the pair is `new`.

    Ids are compared in the order of `minhashes`; the first of a pair is the earlier one.
    """
    width = BAND_VALUES * VALUE_DIGITS
    waiting = frozenset(new)
    seen: set[tuple[str, str]] = set()
    for start in range(0, MINHASH_VALUES * VALUE_DIGITS - width + 1, width):
        buckets: defaultdict[str, list[str]] = defaultdict(list)
        for key, minhash in minhashes.items():
            buckets[minhash[start : start + width]].append(key)
        for bucket in buckets.values():
            for pair in _pairs(bucket):
                if pair not in seen and not waiting.isdisjoint(pair):
                    seen.add(pair)
                    yield (*pair, estimated_jaccard(minhashes[pair[0]], minhashes[pair[1]]))


def _pairs(bucket: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(bucket) <= MAX_BUCKET:
        yield from combinations(bucket, 2)
        return
    for at, key in enumerate(bucket):
        # The first stands for texts of which there are many copies.
        for other in {bucket[0], *bucket[max(0, at - MAX_BUCKET) : at]} - {key}:
            yield other, key
