"""Which pairs of articles are compared: those that share key terms, found in an index of the terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from flows.enrich.stories.similarity import MAX_DAYS, Profile, days_between
from flows.enrich.stories.terms import Background

Numbers = np.ndarray[Any, Any]

MIN_TEXT = 0.04
"""Pairs whose key terms have a smaller cosine are not compared further."""

MAX_POSTINGS = 1000
"""A term of more articles than this finds no candidates; that of a small batch does. It bounds the cost of a large one."""

MAX_CANDIDATES = 60
"""Each article is compared with the most similar ones only."""


def candidate_pairs(
    articles: Sequence[Profile], new: Collection[str], background: Background
) -> Iterator[tuple[Profile, Profile]]:
    """Yield each pair that shares enough of its key terms within MAX_DAYS, where one of the two is `new`; the earlier in `articles` first."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for at, article in enumerate(articles):
        for term in article.signature.key_terms:
            postings[term].append(at)
    index = {
        term: np.array(found, dtype=np.int64)
        for term, found in postings.items()
        if 1 < len(found) <= MAX_POSTINGS
    }
    lengths = np.array([article.text.length or 1.0 for article in articles])
    seen: set[tuple[int, int]] = set()
    for at, article in enumerate(articles):
        if article.signature.article_id not in new:
            continue
        for other in _most_similar(at, article, index, lengths, background):
            pair = (at, other) if at < other else (other, at)
            days = days_between(article.signature, articles[other].signature)
            if pair not in seen and (days is None or days <= MAX_DAYS):
                seen.add(pair)
                yield articles[pair[0]], articles[pair[1]]


def _most_similar(
    at: int, article: Profile, index: Mapping[str, Numbers], lengths: Numbers, background: Background
) -> list[int]:
    """Return the articles of the greatest cosines, the greatest first; ties in their order."""
    terms = [term for term in article.signature.key_terms if term in index]
    if not terms:
        return []
    found = np.concatenate([index[term] for term in terms])
    weights = np.repeat(
        [background.weight(term) ** 2 for term in terms], [len(index[term]) for term in terms]
    )
    cosines = np.bincount(found, weights, minlength=len(lengths)) / (lengths * lengths[at])
    cosines[at] = 0.0
    others = np.flatnonzero(cosines >= MIN_TEXT)
    order = np.lexsort((others, -np.round(cosines[others], 9)))
    return [int(other) for other in others[order[:MAX_CANDIDATES]]]
