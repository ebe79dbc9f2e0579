"""Key terms: the words of a text that few other texts have, by a table of document frequencies."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flows.enrich.lexicons import table

TERM = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
"""A word without digits: numbers change between the reports of one event."""

MIN_LETTERS, MAX_LETTERS = 2, 40
"""Other words are no terms: a longer one is not a word of a language."""

MAX_KNOWN_WORDS = 16_384
"""Words whose normal form is kept: 3 MB."""


@dataclass(frozen=True, slots=True)
class Background:
    """The inverse document frequency of each listed term, ln((N + 1) / (n + 1)), and that of all others."""

    weights: Mapping[str, float]
    unlisted: float

    def weight(self, term: str) -> float:
        """Return the inverse document frequency of a term."""
        return self.weights.get(term, self.unlisted)


def read_background() -> Background:
    """Read the table of document frequencies; its row `*` has the number of documents.

    A term that is not listed counts as if one document less had it than have the rarest of the list.
    """
    documents = {row["term"]: int(row["documents"]) for row in table("background_terms")}
    count = documents.pop("*")
    weights = {term: math.log((count + 1) / (number + 1)) for term, number in documents.items()}
    return Background(weights, math.log((count + 1) / min(documents.values())))


@lru_cache(maxsize=MAX_KNOWN_WORDS)
def normalised(word: str) -> str:
    """Return a word in lowercase, without possessive and plural endings."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def terms_in(text: str) -> dict[str, int]:
    """Count the terms of a text."""
    counts: dict[str, int] = {}
    for word, count in Counter(TERM.findall(text)).items():
        term = normalised(word)
        if MIN_LETTERS <= len(term) <= MAX_LETTERS:
            counts[term] = counts.get(term, 0) + count
    return counts


def heaviest(counts: Mapping[str, int], limit: int, background: Background) -> tuple[str, ...]:
    """Return the terms of the greatest (1 + ln count) x inverse document frequency, the greatest first."""
    weights, unlisted = background.weights, background.unlisted
    scored = sorted(
        [(-(1 + math.log(count)) * weights.get(term, unlisted), term) for term, count in counts.items()]
    )
    return tuple([term for _, term in scored[:limit]])


@dataclass(frozen=True, slots=True)
class TermSet:
    """Terms as a vector: `length` is the square root of the sum of their squared weights."""

    terms: frozenset[str]
    length: float


def term_set(terms: Iterable[str], background: Background, extra: int = 0) -> TermSet:
    """Return terms as a vector.

    `extra` is the number of unlisted terms that are added and never shared: with one, a single name in common does not make two
    articles equal that name nothing else.
    """
    found = frozenset(terms)
    squares = [background.weight(term) ** 2 for term in found]
    return TermSet(found, math.sqrt(math.fsum(squares) + extra * background.unlisted**2))


def cosine(first: TermSet, second: TermSet, background: Background) -> float:
    """Return the cosine of two vectors; 0 if they share no term."""
    shared = first.terms & second.terms
    if not shared:
        return 0.0
    # The exact sum, since the order of a set differs between processes.
    return round(
        math.fsum([background.weight(term) ** 2 for term in shared]) / (first.length * second.length), 6
    )
