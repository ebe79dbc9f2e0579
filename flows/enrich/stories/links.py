"""What links an article to the other members of its story, kept as the reason of the merge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flows.enrich.stories.candidates import candidates_of
from flows.enrich.stories.clustering import MIN_BEST, UNSCORED, components
from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.similarity import Similarity, probability_of, profile_of, similarity_of
from flows.enrich.stories.terms import Background
from flows.enrich.stories.vectors import Numbers, Vectors

MIN_TELLING_WEIGHT = 3.0
"""Shared terms are kept if at most 5 % of the documents have them."""


@dataclass(frozen=True, slots=True)
class Link:
    """The member of a story that an article is compared with, and what the two have in common, the rarest terms first."""

    article_id: str
    similarity: Similarity
    shared_terms: tuple[str, ...]
    shared_place_ids: tuple[str, ...]

    @property
    def probability(self) -> float:
        """The probability that the two report the same event."""
        return probability_of(self.similarity.score)


class Links:
    """The scores of the pairs of articles that were compared."""

    def __init__(self, articles: Sequence[Signature], new: Collection[str], background: Background) -> None:
        """Compare new articles with all that share key terms with them."""
        self._background = background
        self._articles = articles
        self._number_of = {each.article_id: at for at, each in enumerate(articles)}
        self._around: defaultdict[str, dict[str, float]] = defaultdict(dict)
        vectors = Vectors(articles, background)
        ones, others, scores, bounded = [], [], [], []
        for at, found in candidates_of(articles, new, vectors):
            compared = vectors.compared(at, found)
            ones.append(np.full(len(found), at, dtype=np.int32))
            others.append(found.astype(np.int32))
            scores.append(compared.score)
            bounded.append(compared.bounded)
        self._one, self._other = _joined(ones).astype(np.int64), _joined(others).astype(np.int64)
        self._scores, self._bounded = _joined(scores), _joined(bounded)

    def scores(self, groups: Sequence[Sequence[str]]) -> dict[tuple[str, str], float]:
        """Return the scores of the pairs that matter for joining groups, by the ids of the articles, the earlier one first.

        Two groups are only joined if a pair between them reaches MIN_BEST. So pairs matter only between groups that such pairs connect,
        directly or by other groups: these are few.
        """
        group_of = np.zeros(len(self._articles), dtype=np.int64)
        for number, group in enumerate(groups):
            group_of[[self._number_of[key] for key in group]] = number
        one, other = group_of[self._one], group_of[self._other]
        strong = np.flatnonzero((self._bounded >= MIN_BEST) & (one != other))
        component = np.array(
            components(len(groups), zip(one[strong].tolist(), other[strong].tolist(), strict=True))
        )
        found = {}
        for pair in np.flatnonzero(component[one] == component[other]).tolist():
            first, second = sorted((int(self._one[pair]), int(self._other[pair])))
            earlier, later = self._articles[first].article_id, self._articles[second].article_id
            self._around[earlier][later] = self._around[later][earlier] = self._scores[pair].item()
            found[earlier, later] = self._bounded[pair].item()
        return found

    def best(self, key: str, cluster: Mapping[str, int], stated: Sequence[str]) -> Link:
        """Return the link to the first of `stated` that is in the cluster, else to the most similar member, of those before it if any.

        `cluster` has the members in their order, each with its position; there is another than `key`.
        """
        chosen = next((each for each in stated if each in cluster), None)
        if chosen is None:
            around = [each for each in self._around[key] if each in cluster]
            earlier = [each for each in around if cluster[each] < cluster[key]]
            others = earlier or around or [each for each in cluster if each != key][:1]
            chosen = max(others, key=lambda each: (self._score(key, each), -cluster[each]))
        return self._link(self._articles[self._number_of[key]], self._articles[self._number_of[chosen]])

    def mean_probability(self, key: str, cluster: Mapping[str, int]) -> float:
        """Return the probability of the mean score of an article against all other members."""
        scores = [max(score, UNSCORED) for other, score in self._around[key].items() if other in cluster]
        others = len(cluster) - 1
        return probability_of((sum(scores) + (others - len(scores)) * UNSCORED) / others)

    def _score(self, first: str, second: str) -> float:
        return self._around[first].get(second, UNSCORED)

    def _link(self, article: Signature, member: Signature) -> Link:
        one, other = profile_of(article, self._background), profile_of(member, self._background)
        shared = (one.text.terms & other.text.terms) | (one.names.terms & other.names.terms)
        telling = [term for term in shared if self._background.weight(term) >= MIN_TELLING_WEIGHT]
        return Link(
            other.signature.article_id,
            similarity_of(one, other, self._background),
            tuple(sorted(telling, key=lambda term: (-self._background.weight(term), term))),
            tuple(sorted(one.places & other.places)),
        )


def _joined(arrays: Sequence[Numbers]) -> Numbers:
    return np.concatenate(arrays) if arrays else np.zeros(0)
