"""Articles as vectors of numbers, so that one is compared with many at once.

The numbers are those that `similarity_of` computes for a pair, to the last digit; what is added is which pairs can found a story.
In a dense stream most articles share an actor, a country and words of their topic: each report of a war names its parties.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.similarity import (
    DAYS,
    INTERCEPT,
    LEAD,
    MAX_DAYS,
    NAMES,
    PLACES,
    TEXT,
    UNDATED,
    UNSHARED,
)
from flows.enrich.stories.terms import Background

Numbers = np.ndarray[Any, Any]

PRIOR_ARTICLES = 1000
"""Articles without a term that are added to those compared, so that a term of a small batch is not common. Not tuned."""

MIN_WEIGHT = 4.0
"""A term is specific if less than 2 % of the articles have it, both of the background and of those compared."""

MIN_SPECIFIC, MIN_SPECIFIC_SIMILAR = 6, 3
"""Specific terms that two articles have in common to found a story; the second suffices at a score of SIMILAR."""

SIMILAR = 1.0
MAX_DAYS_APART, MIN_TEXT_APART = 7, 0.25
"""Articles further apart must also have key terms of this cosine."""

MAX_UNFOUNDED = -0.1
"""The greatest score of other pairs: below MIN_BEST of the clustering, so that they join no groups by themselves.

With these limits the pairwise F1 of news_cluster is .812 (precision .988) instead of .829 (.948), and of 400 consecutive dispatches of Reuters-21578
33 instead of 76 join another, of 120 reports of MUC-4 27 instead of 41."""

NO_DAYS = -1
"""For the days between two articles of which one has no date."""

WEIGHT_OF_DAYS = np.array([*(DAYS * math.log1p(days) for days in range(MAX_DAYS + 1)), UNDATED])
"""By the days between two articles; that of NO_DAYS is the last."""

DIGITS = 1e6
"""Similarities are rounded to six places."""

UNCERTAIN = 1e-4
"""Sums of floating-point numbers so near to one half of the last place are computed exactly."""

FIELDS = 5
IN_TEXT, IN_LEAD, IN_NAMES, IN_PLACES, IN_BOTH = range(FIELDS)
"""What a vector has numbers of; terms of both text and names are kept apart, since they are specific only once."""


class Compared(NamedTuple):
    """One article compared with others.

    `similarity` has a row of cosines (0 to 1) for text, lead, names and places; `days` are those between the two, or NO_DAYS; `score` is
    the logit of the probability that both report the same event.
    """

    similarity: Numbers
    days: Numbers
    score: Numbers
    is_founded: Numbers

    @property
    def bounded(self) -> Numbers:
        """The scores, at most MAX_UNFOUNDED for a pair that cannot found a story."""
        return np.where(self.is_founded, self.score, np.minimum(self.score, MAX_UNFOUNDED))


class Vectors:
    """The vectors of articles, which are numbered in the order given.

    `terms` are all terms and places by number. The vector of an article is a row of `_items`: the number of a term or a place, plus
    the number of its field times the number of terms.
    """

    def __init__(self, articles: Sequence[Signature], background: Background) -> None:
        numbers: dict[str, int] = {}
        squares: list[float] = []
        lengths: tuple[list[float], ...] = ([], [], [])
        extra = (0.0, 0.0, UNSHARED * background.unlisted**2)
        items, fields, starts = array("i"), array("b"), array("q", [0])
        for each in articles:
            both = set(each.key_terms).intersection(each.name_terms)
            for field, terms in enumerate(
                (each.key_terms, each.lead_terms, each.name_terms, each.place_ids, both)
            ):
                for term in terms:
                    if term not in numbers:
                        numbers[term] = len(squares)
                        squares.append(background.weight(term) ** 2)
                found = [numbers[term] for term in terms]
                if field < IN_PLACES:
                    length = math.sqrt(math.fsum([squares[number] for number in found]) + extra[field])
                    lengths[field].append(length or 1.0)
                items.extend(found)
                fields.extend([field] * len(found))
            starts.append(len(items))
        self.size = len(numbers)
        self._items = np.array(items, dtype=np.int32) + np.array(fields, dtype=np.int32) * self.size
        self._starts = np.array(starts, dtype=np.int64)
        self._sizes = np.diff(self._starts)
        self._marked = np.zeros(FIELDS * self.size, dtype=bool)
        self._shared = np.array([*squares * 3, *[1.0] * self.size, *[0.0] * self.size])
        self._specific = self._specific_of(list(map(background.weight, numbers)), len(articles))
        self.lengths = np.array(lengths)
        self._place_counts = np.array([len(each.place_ids) + UNSHARED for each in articles])
        self._days = np.array(
            [each.published_on.toordinal() if each.published_on else NO_DAYS for each in articles]
        )

    def key_terms(self, at: int) -> Numbers:
        """Return the numbers of the key terms of an article, in their order."""
        row = self._row(at)
        return row[row < self.size]

    def squares(self, terms: Numbers) -> Numbers:
        """Return the squared weights of terms."""
        return self._shared[terms]

    def days_between(self, at: int, others: Numbers) -> Numbers:
        """Return the days between the publication of an article and others, NO_DAYS where one has no date."""
        days = np.abs(self._days[others] - self._days[at])
        return np.where((self._days[others] == NO_DAYS) | (self._days[at] == NO_DAYS), NO_DAYS, days)

    def compared(self, at: int, others: Numbers) -> Compared:
        """Compare an article with others, none of them further apart than MAX_DAYS."""
        own, count = self._row(at), len(others)
        self._marked[own] = True
        sizes = self._sizes[others]
        pairs = np.repeat(np.arange(count), sizes)
        ends = np.cumsum(sizes)
        items = self._items[np.arange(len(pairs)) + np.repeat(self._starts[others] - ends + sizes, sizes)]
        shared = self._marked[items]
        self._marked[own] = False
        items, pairs = items[shared], pairs[shared]
        sums = np.bincount(
            items // self.size * count + pairs, self._shared[items], minlength=FIELDS * count
        ).reshape(FIELDS, count)
        products = np.vstack(
            [
                self.lengths[:, others] * self.lengths[:, at : at + 1],
                np.sqrt(self._place_counts[others] * self._place_counts[at]),
            ]
        )

        def exact(field: int, pair: int) -> float:
            shared = np.intersect1d(self._row(at), self._row(others[pair]))
            weights = self._shared[shared[shared // self.size == field]]
            return math.fsum(weights.tolist()) / float(products[field, pair])

        similarity = rounded(sums[:IN_BOTH] / products, exact)
        days = self.days_between(at, others)
        text, lead, names, places = np.sqrt(similarity)
        score = INTERCEPT + TEXT * text + LEAD * lead + NAMES * names + PLACES * places + WEIGHT_OF_DAYS[days]
        specific = np.bincount(pairs, self._specific[items], minlength=count)
        wanted = np.where(score > SIMILAR, MIN_SPECIFIC_SIMILAR, MIN_SPECIFIC)
        is_near = (days <= MAX_DAYS_APART) | (similarity[IN_TEXT] >= MIN_TEXT_APART)
        return Compared(similarity, days, score, is_near & (specific >= wanted))

    def _row(self, at: int) -> Numbers:
        return self._items[self._starts[at] : self._starts[at + 1]]

    def _specific_of(self, weights: Sequence[float], articles: int) -> Numbers:
        """Return what each item that two articles share adds to the number of specific terms."""
        counts = np.bincount(self._items, minlength=FIELDS * self.size).reshape(FIELDS, self.size)
        having = (counts[IN_TEXT] + counts[IN_NAMES] - counts[IN_BOTH]).tolist()
        total = articles + PRIOR_ARTICLES + 1
        found = np.array(
            [
                min(math.log(total / (count + 1)), weight) >= MIN_WEIGHT
                for count, weight in zip(having, weights, strict=True)
            ],
            dtype=float,
        )
        nothing = np.zeros(self.size)
        return np.concatenate([found, nothing, found, nothing, -found])


def rounded(values: Numbers, exact: Callable[[int, int], float]) -> Numbers:
    """Return values rounded to six places as `round` does; those that may round either way are computed again."""
    scaled = values * DIGITS
    found = np.rint(scaled)
    for field, pair in np.argwhere(np.abs(np.abs(scaled - found) - 0.5) < UNCERTAIN).tolist():
        found[field, pair] = round(round(exact(field, pair), 6) * DIGITS)
    return found / DIGITS
