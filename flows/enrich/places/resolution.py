"""Which place each name of a text stands for, decided over the whole text and not name by name."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.spelling import folded
from flows.enrich.places.candidates import GROUPS, Name, features_of, surroundings_of
from flows.enrich.places.gazetteer import Candidate, Place
from flows.enrich.places.phrases import Toponym
from flows.enrich.places.relations import relation_before

MAX_CANDIDATES = 24
"""Namesakes beyond these are the smallest; on the labelled sets 24 hold the right one where any number does, but for one name in 400."""

MIN_PROBABILITY = 0.002
"""A candidate that is less probable is dropped after the first round: it costs time and changes no outcome."""

ROUNDS = 2
"""How often the candidates of all names are scored: the second time each name knows what the others stand for."""

WORD_BEHIND = re.compile(r" ([A-Za-z]+)\b")
AREA_BEFORE = re.compile(r"\b([A-Za-z]+) of $")
MAX_CHARS = 20

MAX_CONTAINERS = 8
"""Candidates of the name behind a comma that a place may lie in."""

CONTAINER_BEHIND = frozenset({", ", ", in ", " in ", ", a village in ", ", a town in "})

WORLDWIDE = frozenset({Kind.CONTINENT, Kind.WIDE, Kind.SEA, Kind.BUILDING})
WATERS = frozenset({Kind.SEA, Kind.WATER})

PRIOR_OF_POPULATION = 1.2
PRIOR_OF_GROUP = {
    "country": 6.0,
    "region": 2.5,
    "wide": 7.0,
    "water": 5.0,
    "landmark": 3.0,
    "capital": 1.5,
    "district": -1.0,
}
PRIOR_OF_OWN_NAME = 1.0
"""Scores of the first round, by population (each factor of ten), group and spelling: a guess without the text. They were
set by hand and not tuned; they decide only where the rounds begin."""

Key = tuple[str, bool]
"""A folded name, and whether it is an adjective."""


class Choice(NamedTuple):
    """A candidate with the probability (0 to 1) that the name stands for it."""

    place: Place
    probability: float
    spelling: str


class Resolver:
    """The names of one text, resolved together."""

    def __init__(self, toponyms: Sequence[Toponym], text: str, areas: frozenset[str]) -> None:
        """Group the mentions by name, and see which stand before a place that they lie in."""
        self._names: dict[Key, Name] = {}
        for toponym in toponyms:
            key = key_of(toponym)
            if key not in self._names:
                self._names[key] = Name([], _worth_scoring(toponym.candidates), [], [])
            name = self._names[key]
            name.toponyms.append(toponym)
            name.is_set_off = name.is_set_off or relation_before(text, toponym.span.start) is not None
            name.has_area = name.has_area or _has_area(text, toponym, areas)
        for toponym, following in pairwise(toponyms):
            between = text[toponym.span.end : following.span.start]
            if between in CONTAINER_BEHIND and not following.is_adjective:
                places = [each.place for each in following.candidates[:MAX_CONTAINERS]]
                self._names[key_of(toponym)].containers.append(places)

    def resolve(self, weights: Mapping[str, float]) -> dict[Key, tuple[Choice, ...]]:
        """Return the choices of each name, most probable first; none for a name without candidates."""
        self.score(weights)
        choices = {}
        for key, name in self._names.items():
            ranked = sorted(zip(name.probabilities, name.candidates, strict=True), key=lambda pair: -pair[0])
            choices[key] = tuple(
                Choice(each.place, probability, each.spelling) for probability, each in ranked
            )
        return choices

    def score(self, weights: Mapping[str, float]) -> None:
        """Set the probabilities of every name's candidates, in rounds."""
        for name in self._names.values():
            name.probabilities = softmax([_prior(each) for each in name.candidates])
        for _ in range(ROUNDS):
            new = [
                (name, softmax([_score(each, weights) for each in features]))
                for name, features in self.features()
            ]
            for name, probabilities in new:
                kept = [at for at, probability in enumerate(probabilities) if probability >= MIN_PROBABILITY]
                name.candidates = [name.candidates[at] for at in kept]
                name.probabilities = [probabilities[at] for at in kept]

    def features(self) -> Iterator[tuple[Name, list[dict[str, float]]]]:
        """Yield each name of several candidates with the features of each, as they stand in this round."""
        names = list(self._names.values())
        around = surroundings_of(names)
        for name in names:
            if len(name.candidates) > 1:
                yield name, features_of(name, around)


def _has_area(text: str, toponym: Toponym, areas: frozenset[str]) -> bool:
    """Return True for `Kassala state`, `province of Idlib` and `Idlib Province`."""
    start, end = toponym.span.start, toponym.span.end
    if toponym.surface.rpartition(" ")[2].lower() in areas:
        return True
    behind = WORD_BEHIND.match(text, end)
    if behind and behind[1].lower() in areas:
        return True
    # A line may end before the name.
    if not text.endswith((" of ", " of \n"), 0, start):
        return False
    before = AREA_BEFORE.search(text, max(0, start - MAX_CHARS), start)
    return before is not None and before[1].lower() in areas


def key_of(toponym: Toponym) -> Key:
    """Return what the mentions of one name share."""
    return folded(toponym.surface), toponym.is_adjective


def _worth_scoring(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that are scored; no village of the name where the name is a continent's or a sea's."""
    if any(each.spelling == "name" and each.place.kind in WORLDWIDE for each in candidates):
        candidates = [each for each in candidates if each.place.kind not in TOWNS]
        if any(each.place.kind in WATERS for each in candidates):
            candidates = [each for each in candidates if each.place.kind not in (Kind.REGION, Kind.DISTRICT)]
    return list(candidates[:MAX_CANDIDATES])


def _prior(candidate: Candidate) -> float:
    return (
        PRIOR_OF_POPULATION * math.log10(candidate.place.population + 10)
        + PRIOR_OF_GROUP.get(GROUPS[candidate.place.kind], 0.0)
        + PRIOR_OF_OWN_NAME * (candidate.spelling == "name")
    )


def _score(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum([weights[name] * value for name, value in features.items() if name in weights])


def softmax(scores: Sequence[float]) -> list[float]:
    """Return probabilities that add up to 1, larger for larger scores."""
    if not scores:
        return []
    most = max(scores)
    powers = [math.exp(score - most) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
