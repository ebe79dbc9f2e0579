"""What links an article to the other members of its story, kept as the reason of the merge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.stories.candidates import candidate_pairs
from flows.enrich.stories.clustering import UNSCORED
from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.similarity import Profile, Similarity, probability_of, profile_of, similarity_of
from flows.enrich.stories.specifics import Specifics
from flows.enrich.stories.terms import Background

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
    """The similarity of each pair of articles that was compared."""

    def __init__(self, articles: Iterable[Signature], new: Collection[str], background: Background) -> None:
        """Compare new articles with all that share key terms with them."""
        self._background = background
        profiles = [profile_of(each, background) for each in articles]
        self._profiles = {each.signature.article_id: each for each in profiles}
        self._around: defaultdict[str, dict[str, Similarity]] = defaultdict(dict)
        self.scores: dict[tuple[str, str], float] = {}
        specifics = Specifics(profiles, background)
        for one, other in candidate_pairs(profiles, new, background):
            first, second = one.signature.article_id, other.signature.article_id
            found = similarity_of(one, other, background)
            self._around[first][second] = self._around[second][first] = found
            self.scores[first, second] = specifics.bounded(one, other, found)

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
        return self._link(self._profiles[key], self._profiles[chosen])

    def mean_probability(self, key: str, cluster: Mapping[str, int]) -> float:
        """Return the probability of the mean score of an article against all other members."""
        scores = [max(each.score, UNSCORED) for other, each in self._around[key].items() if other in cluster]
        others = len(cluster) - 1
        return probability_of((sum(scores) + (others - len(scores)) * UNSCORED) / others)

    def _score(self, first: str, second: str) -> float:
        found = self._around[first].get(second)
        return found.score if found else UNSCORED

    def _link(self, one: Profile, other: Profile) -> Link:
        shared = (one.text.terms & other.text.terms) | (one.names.terms & other.names.terms)
        telling = [term for term in shared if self._background.weight(term) >= MIN_TELLING_WEIGHT]
        return Link(
            other.signature.article_id,
            similarity_of(one, other, self._background),
            tuple(sorted(telling, key=lambda term: (-self._background.weight(term), term))),
            tuple(sorted(one.places & other.places)),
        )
