"""What speaks for and against each place that a name may stand for: the features that the meaning weights are for."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.spelling import folded
from flows.enrich.places.gazetteer import Candidate, Place
from flows.enrich.places.phrases import Toponym

NEAR_KM = 150.0
"""The distance over which nearness falls to a third: the size of a region. Chosen when the weights were first fitted on LGL, TR-News,
GeoVirus and GeoWebNews, and not tuned since."""

KM_PER_DEGREE = 111.0
FAR_DEGREES = 5.0 * NEAR_KM / KM_PER_DEGREE
"""Beyond these degrees of latitude nothing is near."""

IN_TOWN_KM = 60.0
"""A place within this distance of a town may lie in it, or in what is governed from it."""

MIN_EVIDENCE = 0.05
"""Less than this of the probability of other names is no evidence for a country or a region."""

MIN_REST = 0.5
"""With less evidence of other names, that a country is not among it says nothing."""

MAX_NEIGHBOURS = 60
"""Names that others may be near to: those mentioned most often."""

MAX_MEANINGS, MIN_MEANING = 3, 0.1
"""Places of a neighbour that count, and the probability from which they do."""

WIDE = frozenset({Kind.CONTINENT, Kind.WIDE, Kind.SEA, Kind.RANGE})
AREAS = frozenset({Kind.COUNTRY, Kind.REGION}) | WIDE

GROUPS = {
    **{kind: kind.value for kind in (Kind.COUNTRY, Kind.REGION, Kind.DISTRICT, *TOWNS)},
    **dict.fromkeys((Kind.CONTINENT, Kind.WIDE), "wide"),
    **dict.fromkeys((Kind.SEA, Kind.WATER), "water"),
    **dict.fromkeys((Kind.RANGE, Kind.LANDMARK, Kind.BUILDING), "landmark"),
}
"""What features call the kinds of places."""

Region = tuple[str, str]
"""ISO 3166-1 alpha-2 and GeoNames' code of the first-order region."""


@dataclass(slots=True)
class Name:
    """All mentions of one name in a text, which stand for one place, and how probable each candidate is so far.

    `containers` holds, for each mention that stands before a comma or `in`, the candidates of the name behind it; `is_set_off`
    is True if a distance or a direction stands before a mention, `has_area` if a word such as `province` stands beside one.
    """

    toponyms: list[Toponym]
    candidates: list[Candidate]
    containers: list[list[Place]]
    probabilities: list[float]
    is_set_off: bool = False
    has_area: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much names speak of each country and of each first-order region."""

    countries: Mapping[str, float]
    regions: Mapping[Region, float]
    country_sum: float
    region_sum: float


def evidence_of(names: Iterable[Name]) -> Evidence:
    """Sum the probabilities of the candidates of names by country and region; names mentioned often count for more."""
    countries: defaultdict[str, float] = defaultdict(float)
    regions: defaultdict[Region, float] = defaultdict(float)
    for name in names:
        count = 1 + math.log(len(name.toponyms))
        for each, probability in zip(name.candidates, name.probabilities, strict=True):
            if each.place.country:
                countries[each.place.country] += count * probability
                if each.place.admin1:
                    regions[each.place.country, each.place.admin1] += count * probability
    return Evidence(countries, regions, sum(countries.values()), sum(regions.values()))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the names of a text say together: evidence, and the places that others may be near to."""

    evidence: Evidence
    neighbours: Sequence[tuple[Name, Sequence[tuple[Place, float]]]]


def surroundings_of(names: Sequence[Name]) -> Surroundings:
    """Return what all names of a text say together as they stand."""
    often = sorted(names, key=lambda name: -len(name.toponyms))[:MAX_NEIGHBOURS]
    neighbours = []
    for name in often:
        if (
            name.candidates
            and not name.toponyms[0].is_adjective
            and name.candidates[0].place.kind not in WIDE
        ):
            meanings = zip(name.candidates, name.probabilities, strict=True)
            likely = [
                (each.place, probability) for each, probability in meanings if probability > MIN_MEANING
            ]
            neighbours.append((name, likely[:MAX_MEANINGS]))
    return Surroundings(evidence_of(names), neighbours)


def features_of(name: Name, around: Surroundings) -> list[dict[str, float]]:
    """Return the features of each candidate of a name."""
    own = evidence_of([name])
    most = max(each.place.population for each in name.candidates)
    return [
        {
            **_own_features(name, each, most),
            **_country_features(name, each.place, around.evidence, own),
            **_container_features(name, each.place),
            **_distance_features(name, each.place, around),
        }
        for each in name.candidates
    ]


def _own_features(name: Name, candidate: Candidate, most: int) -> dict[str, float]:
    place, group = candidate.place, GROUPS[candidate.place.kind]
    surface = name.toponyms[0].surface
    is_same = place.name == surface
    features = {
        f"kind {group}": 1.0,
        f"log population {group}": math.log10(place.population + 1),
        f"spelling {candidate.spelling}": 1.0,
        "population of the largest": place.population / most if most else 0.0,
        "same letters": float(is_same),
    }
    if name.is_set_off:
        features[f"set off {group}"] = 1.0
    if name.has_area:
        features[f"beside an area {group}"] = 1.0
    if place is name.candidates[0].place:
        features["first"] = 1.0
    if place.kind is Kind.DISTRICT and not is_same and folded(place.name) != folded(surface):
        features["district without its kind"] = 1.0
    return features


def _country_features(name: Name, place: Place, evidence: Evidence, own: Evidence) -> dict[str, float]:
    """Return how much the other names speak of the candidate's country and region; a mention is no evidence for itself."""
    if not place.country:
        return {}
    group = GROUPS[place.kind]
    amount, share, rest = _other(
        evidence.countries, own.countries, place.country, evidence.country_sum - own.country_sum
    )
    features = {"country": math.log1p(amount), "share of country": share, f"share of country {group}": share}
    if amount < MIN_EVIDENCE and rest > MIN_REST:
        features["other countries"] = 1.0
    if place.kind is Kind.REGION:
        features["region with a town of its name"] = float(_has_namesake(name, place, TOWNS))
    elif place.kind in TOWNS:
        features["town in a region of its name"] = float(_has_namesake(name, place, {Kind.REGION}))
    if place.admin1 and group not in ("country", "wide"):
        key = (place.country, place.admin1)
        amount, share, _ = _other(evidence.regions, own.regions, key, evidence.region_sum - own.region_sum)
        features["region"] = math.log1p(amount)
        features["share of region"] = share
        if amount < MIN_EVIDENCE:
            features[f"other regions {group}"] = 1.0
    return features


def _other(
    every: Mapping[Any, float], own: Mapping[Any, float], key: Any, rest: float
) -> tuple[float, float, float]:
    """Return the evidence of other names for a key, its share of all their evidence, and that sum."""
    amount = max(every.get(key, 0.0) - own.get(key, 0.0), 0.0)
    return amount, amount / rest if rest > MIN_EVIDENCE else 0.0, rest


def _has_namesake(name: Name, place: Place, kinds: Iterable[Kind]) -> bool:
    return any(
        each.place.kind in kinds and (each.place.country, each.place.admin1) == (place.country, place.admin1)
        for each in name.candidates
    )


def _container_features(name: Name, place: Place) -> dict[str, float]:
    """Return whether a candidate lies in the place that the text names behind it."""
    if not name.containers:
        return {}
    lies_in = any(lies_in_one(place, places) for places in name.containers)
    return {"lies in what follows" if lies_in else "does not lie in what follows": 1.0}


def lies_in_one(place: Place, containers: Iterable[Place]) -> bool:
    """Return True if a place lies in one of several."""
    return any(holds(container, place) for container in containers)


def _distance_features(name: Name, place: Place, around: Surroundings) -> dict[str, float]:
    """Return how near a candidate is to the other names of the text."""
    group = GROUPS[place.kind]
    if group in ("country", "wide") or name.toponyms[0].is_adjective:
        return {}
    near = nearest = 0.0
    for other, places in around.neighbours:
        if other is name:
            continue
        closeness = 0.0
        for there, probability in places:
            is_far = abs(there.latitude - place.latitude) > FAR_DEGREES
            if not is_far and (there.kind not in AREAS or place.kind in AREAS):
                closeness = max(closeness, probability * math.exp(-place.km_to(there) / NEAR_KM))
        near += closeness
        nearest = max(nearest, closeness)
    return {"near others": math.log1p(near), "nearest": nearest, f"nearest {group}": nearest}


def holds(container: Place, place: Place) -> bool:
    """Return True if a place lies in another, as far as codes and distances tell."""
    if container.kind is Kind.COUNTRY:
        return place.country == container.country and place.kind is not Kind.COUNTRY
    if container.kind is Kind.REGION:
        is_inside = (place.country, place.admin1) == (container.country, container.admin1)
        return is_inside and place.kind is not Kind.REGION
    return (
        container.country == place.country
        and container.number != place.number
        and place.km_to(container) < IN_TOWN_KM
    )
