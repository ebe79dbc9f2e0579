"""Which pairs of articles are compared: those that share key terms, found in an index of the terms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.similarity import MAX_DAYS
from flows.enrich.stories.vectors import Numbers, Vectors

MIN_TEXT = 0.04
"""Pairs whose key terms have a smaller cosine are not compared further."""

MAX_POSTINGS = 1000
"""A term of more articles than this finds no candidates; that of a small batch does. It bounds the cost of a large one."""

MAX_CANDIDATES = 60
"""Each article is compared with the most similar ones only."""

ALMOST = 0.999
"""By so much a cosine is allowed to be too small when most articles are sorted out by a multiplication."""


def candidates_of(
    articles: Sequence[Signature], new: Collection[str], vectors: Vectors
) -> Iterator[tuple[int, Numbers]]:
    """Yield the number of each new article, with those that share enough of its key terms within MAX_DAYS; each pair once."""
    index = _Index(len(articles), vectors)
    row_of = np.full(len(articles), -1)
    chosen = np.full((sum(each.article_id in new for each in articles), MAX_CANDIDATES), -1, dtype=np.int32)
    row = 0
    for at, article in enumerate(articles):
        if article.article_id not in new:
            continue
        others = index.most_similar(at)
        chosen[row, : len(others)] = others
        row_of[at], row = row, row + 1
        is_first = ~((chosen[row_of[others]] == at).any(axis=1) & (row_of[others] >= 0))
        others = others[is_first & (vectors.days_between(at, others) <= MAX_DAYS)]
        if len(others):
            yield at, others


class _Index:
    """The articles of each key term."""

    def __init__(self, count: int, vectors: Vectors) -> None:
        self._vectors = vectors
        self._lengths = vectors.lengths[0]
        self._inverse_lengths = 1 / self._lengths
        terms = [vectors.key_terms(at) for at in range(count)]
        every = np.concatenate(terms) if terms else np.zeros(0, dtype=np.int32)
        order = np.argsort(every, kind="stable")
        self._articles = np.repeat(np.arange(count), [len(each) for each in terms])[order]
        self._counts = np.bincount(every, minlength=vectors.size)
        self._ends = np.cumsum(self._counts)

    def most_similar(self, at: int) -> Numbers:
        """Return the articles of the greatest cosines, the greatest first; ties in their order."""
        terms = self._vectors.key_terms(at)
        counts = self._counts[terms]
        is_telling = (counts > 1) & (counts <= MAX_POSTINGS)
        terms, counts = terms[is_telling], counts[is_telling]
        if not len(terms):
            return terms
        found = np.concatenate(
            [
                self._articles[end - count : end]
                for end, count in zip(self._ends[terms].tolist(), counts.tolist(), strict=True)
            ]
        )
        sums = np.bincount(found, np.repeat(self._vectors.squares(terms), counts))
        least = ALMOST * MIN_TEXT * self._lengths[at]
        others = np.flatnonzero(sums * self._inverse_lengths[: len(sums)] >= least)
        cosines = sums[others] / (self._lengths[others] * self._lengths[at])
        is_similar = (cosines >= MIN_TEXT) & (others != at)
        others, cosines = others[is_similar], np.round(cosines[is_similar], 9)
        if len(others) > MAX_CANDIDATES:
            is_among = cosines >= np.partition(cosines, -MAX_CANDIDATES)[-MAX_CANDIDATES]
            others, cosines = others[is_among], cosines[is_among]
        order = np.argsort(-cosines, kind="stable")
        return np.asarray(others[order[:MAX_CANDIDATES]])
