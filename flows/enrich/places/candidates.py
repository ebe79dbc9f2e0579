"""What speaks for and against each place that a name may stand for: the features that the meaning weights are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, exp, log, log1p, log10, sqrt
from typing import NamedTuple

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.spelling import folded
from flows.enrich.places.gazetteer import EARTH_RADIUS_KM, Candidate, Place
from flows.enrich.places.listings import SPELLINGS
from flows.enrich.places.phrases import Toponym

NEAR_KM = 150.0
"""The distance over which nearness falls to a third: the size of a region. Chosen when the weights were first fitted on LGL, TR-News,
GeoVirus and GeoWebNews, and not tuned since."""

KM_PER_DEGREE = 111.0
EARTH_DIAMETER_KM = 2 * EARTH_RADIUS_KM
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


class OfGroup(NamedTuple):
    """The names of the features that are told apart by group. They are made once, not for each candidate."""

    kind: str
    log_population: str
    set_off: str
    beside_an_area: str
    share_of_country: str
    other_regions: str
    nearest: str


OF_GROUP = {
    group: OfGroup(
        f"kind {group}",
        f"log population {group}",
        f"set off {group}",
        f"beside an area {group}",
        f"share of country {group}",
        f"other regions {group}",
        f"nearest {group}",
    )
    for group in GROUPS.values()
}

OF_SPELLING = {spelling: f"spelling {spelling}" for spelling in SPELLINGS}

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
        count = 1 + log(len(name.toponyms))
        for each, probability in zip(name.candidates, name.probabilities, strict=True):
            if each.place.country:
                countries[each.place.country] += count * probability
                if each.place.admin1:
                    regions[each.place.country, each.place.admin1] += count * probability
    return Evidence(countries, regions, sum(countries.values()), sum(regions.values()))


class Neighbour(NamedTuple):
    """A place that others may be near to: its latitude, whether it is an area, its direction from the earth's middle, and how probable it is."""

    latitude: float
    is_area: bool
    x: float
    y: float
    z: float
    probability: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the names of a text say together: evidence, and the places that others may be near to."""

    evidence: Evidence
    neighbours: Sequence[tuple[Name, Sequence[Neighbour]]]


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
                Neighbour(each.place.latitude, each.place.kind in AREAS, *each.place.direction, probability)
                for each, probability in meanings
                if probability > MIN_MEANING
            ]
            neighbours.append((name, likely[:MAX_MEANINGS]))
    return Surroundings(evidence_of(names), neighbours)


def features_of(name: Name, around: Surroundings) -> list[dict[str, float]]:
    """Return the features of each candidate of a name."""
    surface = name.toponyms[0].surface
    is_adjective = name.toponyms[0].is_adjective
    first = name.candidates[0].place
    most = max([each.place.population for each in name.candidates])
    own = evidence_of([name])
    evidence = Rest(around.evidence, own)
    others = [places for other, places in around.neighbours if other is not name]
    regions = {_region(each.place) for each in name.candidates if each.place.kind is Kind.REGION}
    towns = {_region(each.place) for each in name.candidates if each.place.kind in TOWNS}
    found = []
    for each in name.candidates:
        place, kind = each.place, each.place.kind
        group = GROUPS[kind]
        names = OF_GROUP[group]
        is_same = place.name == surface
        features = {
            names.kind: 1.0,
            names.log_population: log10(place.population + 1),
            OF_SPELLING[each.spelling]: 1.0,
            "population of the largest": place.population / most if most else 0.0,
            "same letters": 1.0 if is_same else 0.0,
        }
        if name.is_set_off:
            features[names.set_off] = 1.0
        if name.has_area:
            features[names.beside_an_area] = 1.0
        if place is first:
            features["first"] = 1.0
        if kind is Kind.DISTRICT and not is_same and folded(place.name) != folded(surface):
            features["district without its kind"] = 1.0
        if place.country:
            evidence.add_country(features, place.country, names)
            if kind is Kind.REGION:
                features["region with a town of its name"] = float(_region(place) in towns)
            elif kind in TOWNS:
                features["town in a region of its name"] = float(_region(place) in regions)
            if place.admin1 and group not in ("country", "wide"):
                evidence.add_region(features, (place.country, place.admin1), names)
        if name.containers:
            lies_in = any(lies_in_one(place, places) for places in name.containers)
            features["lies in what follows" if lies_in else "does not lie in what follows"] = 1.0
        if not is_adjective and group not in ("country", "wide"):
            near, nearest = _nearness(place, others)
            features["near others"] = log1p(near)
            features["nearest"] = features[names.nearest] = nearest
        found.append(features)
    return found


def _region(place: Place) -> tuple[str | None, str | None]:
    return place.country, place.admin1


class Rest:
    """The evidence of the other names of a text; a mention is no evidence for itself."""

    def __init__(self, every: Evidence, own: Evidence) -> None:
        """Take the evidence of all names, and that of the name in question."""
        self._every, self._own = every, own
        self._of_countries = every.country_sum - own.country_sum
        self._of_regions = every.region_sum - own.region_sum

    def add_country(self, features: dict[str, float], country: str, names: OfGroup) -> None:
        """Add how much the other names speak of a country."""
        rest = self._of_countries
        amount = max(self._every.countries.get(country, 0.0) - self._own.countries.get(country, 0.0), 0.0)
        share = amount / rest if rest > MIN_EVIDENCE else 0.0
        features["country"] = log1p(amount)
        features["share of country"] = features[names.share_of_country] = share
        if amount < MIN_EVIDENCE and rest > MIN_REST:
            features["other countries"] = 1.0

    def add_region(self, features: dict[str, float], region: Region, names: OfGroup) -> None:
        """Add how much the other names speak of a first-order region."""
        rest = self._of_regions
        amount = max(self._every.regions.get(region, 0.0) - self._own.regions.get(region, 0.0), 0.0)
        features["region"] = log1p(amount)
        features["share of region"] = amount / rest if rest > MIN_EVIDENCE else 0.0
        if amount < MIN_EVIDENCE:
            features[names.other_regions] = 1.0


def lies_in_one(place: Place, containers: Iterable[Place]) -> bool:
    """Return True if a place lies in one of several."""
    return any(holds(container, place) for container in containers)


def _nearness(place: Place, others: Iterable[Sequence[Neighbour]]) -> tuple[float, float]:
    """Return how near a candidate is to the other names of the text together, and to the nearest of them."""
    near = nearest = 0.0
    latitude, is_area, (x, y, z) = place.latitude, place.kind in AREAS, place.direction
    for places in others:
        closeness = 0.0
        for other_latitude, other_is_area, a, b, c, probability in places:
            if -FAR_DEGREES <= other_latitude - latitude <= FAR_DEGREES and (is_area or not other_is_area):
                # Place.km_to, written out: it would be a third of the time of all places of a text.
                half_chord = sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2) / 2
                km = EARTH_DIAMETER_KM * asin(half_chord if half_chord < 1.0 else 1.0)
                here = probability * exp(-km / NEAR_KM)
                if here > closeness:
                    closeness = here
        if closeness:
            near += closeness
            if closeness > nearest:
                nearest = closeness
    return near, nearest


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
