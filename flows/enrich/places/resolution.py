"""Which place each name of a text stands for, decided over the whole text and not name by name."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.spelling import folded
from flows.enrich.places.gazetteer import Candidate, Place
from flows.enrich.places.toponyms import Toponym

MOST_CANDIDATES = 24
"""Namesakes beyond these are the smallest; 24 hold the right one where any number does, but for one name in 400."""

LEAST_SHARE = 0.002
"""A candidate that is believed in less is not weighed again."""

NEAR_KM = 150.0
"""The distance over which nearness falls to a third."""

MOST_NEIGHBOURS = 60
"""Names that others may be near to: those mentioned most often."""

FAR_DEGREES = 5.0 * NEAR_KM / 111.0
"""Beyond these degrees of latitude nothing is near."""

ROUNDS = 2
"""How often all names are weighed: the second time each knows what the others stood for the first time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate with its share of the belief (0 to 1), most believed first among its name's choices."""

    place: Place
    share: float
    spelling: str


@dataclass(slots=True)
class _Name:
    """All mentions of one name in a text, which stand for one place."""

    toponyms: list[Toponym]
    candidates: list[Candidate]
    containers: list[list[Place]]
    shares: list[float]


def _evidence(names: Iterable[_Name]) -> tuple[dict[str, float], dict[tuple[str, str], float]]:
    """Return how much names speak of each country and first-order region.

    A name's own part is taken off again where it is weighed: nobody vouches for himself.
    """
    countries: defaultdict[str, float] = defaultdict(float)
    regions: defaultdict[tuple[str, str], float] = defaultdict(float)
    for name in names:
        count = 1 + math.log(len(name.toponyms))
        for each, share in zip(name.candidates, name.shares, strict=True):
            if each.place.country:
                countries[each.place.country] += count * share
                if each.place.admin1:
                    regions[each.place.country, each.place.admin1] += count * share
    return countries, regions


class Resolver:
    """The names of one text, weighed together."""

    def __init__(self, toponyms: Sequence[Toponym], text: str) -> None:
        """Group the mentions by name, and see which stand before a comma and the place they lie in."""
        self._text = text
        self._names: dict[tuple[str, bool], _Name] = {}
        for toponym in toponyms:
            key = (folded(toponym.surface), toponym.adjective)
            name = self._names.get(key)
            if name is None:
                name = self._names[key] = _Name([], _worth_weighing(toponym.candidates), [], [])
            name.toponyms.append(toponym)
        for toponym, following in pairwise(toponyms):
            between = text[toponym.span.end : following.span.start]
            if between in (", ", ", in ", " in ") and not following.adjective:
                places = [each.place for each in following.candidates[:8]]
                self._names[folded(toponym.surface), toponym.adjective].containers.append(places)

    def resolve(self, weights: Mapping[str, float]) -> dict[tuple[str, bool], tuple[Choice, ...]]:
        """Return for each (folded name, is an adjective) its choices, best first; none for a name without candidates."""
        self.weigh(weights)
        return {
            key: tuple(
                Choice(each.place, share, each.spelling)
                for share, each in sorted(
                    zip(name.shares, name.candidates, strict=True), key=lambda pair: -pair[0]
                )
            )
            for key, name in self._names.items()
        }

    def weigh(self, weights: Mapping[str, float]) -> None:
        """Set the shares of every name's candidates, in rounds."""
        # A name with one candidate keeps it: its share is 1.
        for name in self._names.values():
            name.shares = _start(name.candidates)
        for _ in range(ROUNDS):
            new = []
            for name, signs in self.signs():
                sums = [_weighed(each, weights) for each in signs]
                new.append((name, softmax(sums)))
            for name, shares in new:
                kept = [at for at, share in enumerate(shares) if share >= LEAST_SHARE]
                name.candidates = [name.candidates[at] for at in kept]
                name.shares = [shares[at] for at in kept]

    def signs(self) -> Iterator[tuple[_Name, list[dict[str, float]]]]:
        """Yield each name with the signs of its candidates, as they stand in this round."""
        countries, regions = _evidence(self._names.values())
        total = sum(countries.values()) or 1.0
        within_total = sum(regions.values()) or 1.0
        often = sorted(self._names.values(), key=lambda name: -len(name.toponyms))[:MOST_NEIGHBOURS]
        sure = [
            (
                name,
                [
                    (each.place, share)
                    for each, share in zip(name.candidates, name.shares, strict=True)
                    if share > 0.1
                ][:3],
            )
            for name in often
            if name.candidates
            and not name.toponyms[0].adjective
            and name.candidates[0].place.kind not in _WIDE
        ]
        for name in self._names.values():
            if len(name.candidates) < 2:
                continue
            own = _evidence([name])
            most = max(each.place.population for each in name.candidates)
            yield (
                name,
                [
                    self._signs_of(name, each, countries, total, regions, within_total, sure, own, most)
                    for each in name.candidates
                ],
            )

    def _signs_of(
        self,
        name: _Name,
        candidate: Candidate,
        countries: Mapping[str, float],
        total: float,
        regions: Mapping[tuple[str, str], float],
        within_total: float,
        sure: Sequence[tuple[_Name, list[tuple[Place, float]]]],
        own: tuple[Mapping[str, float], Mapping[tuple[str, str], float]],
        most: int,
    ) -> dict[str, float]:
        place = candidate.place
        people = math.log10(place.population + 1)
        group = GROUPS[place.kind]
        signs = {
            f"is {group}": 1.0,
            f"people of {group}": people,
            f"spelled by {candidate.spelling}": 1.0,
            "share of the namesakes' people": place.population / most if most else 0.0,
        }
        if candidate.place is name.candidates[0].place:
            signs["first"] = 1.0
        same = candidate.place.name == name.toponyms[0].surface
        signs["same letters"] = float(same)
        if (
            place.kind is Kind.DISTRICT
            and not same
            and folded(place.name) != folded(name.toponyms[0].surface)
        ):
            signs["area named without its kind"] = 1.0
        if place.country:
            mine = countries.get(place.country, 0.0) - own[0].get(place.country, 0.0)
            rest = total - sum(own[0].values())
            signs["country spoken of"] = math.log1p(max(mine, 0.0))
            signs[f"share of country, {group}"] = max(mine, 0.0) / rest if rest > 0.01 else 0.0
            signs["share of country"] = max(mine, 0.0) / rest if rest > 0.01 else 0.0
            if mine < 0.05 and rest > 0.5:
                signs["country not spoken of"] = 1.0
            if place.kind is Kind.REGION:
                within = any(
                    each.place.kind in TOWNS
                    and each.place.country == place.country
                    and each.place.admin1 == place.admin1
                    for each in name.candidates
                )
                signs["region with a town of its name"] = float(within)
            elif place.kind in TOWNS:
                within = any(
                    each.place.kind is Kind.REGION
                    and each.place.country == place.country
                    and each.place.admin1 == place.admin1
                    for each in name.candidates
                )
                signs["town in a region of its name"] = float(within)
            if place.admin1 and group not in ("country", "wide"):
                key = (place.country, place.admin1)
                mine = regions.get(key, 0.0) - own[1].get(key, 0.0)
                rest = within_total - sum(own[1].values())
                signs["region spoken of"] = math.log1p(max(mine, 0.0))
                if mine < 0.05:
                    signs[f"region not spoken of, {group}"] = 1.0
                signs["share of region"] = max(mine, 0.0) / rest if rest > 0.01 else 0.0
        held = against = 0
        for containers in name.containers:
            if any(holds(container, place) for container in containers):
                held += 1
            else:
                against += 1
        if held:
            signs["stands in the place behind the comma"] = 1.0
        elif against:
            signs["does not stand in the place behind the comma"] = 1.0
        if group not in ("country", "wide") and not name.toponyms[0].adjective:
            near = 0.0
            closest = 0.0
            for other, places in sure:
                if other is name:
                    continue
                pull = 0.0
                for there, share in places:
                    if abs(there.latitude - place.latitude) > FAR_DEGREES or (
                        there.kind in _AREAS and place.kind not in _AREAS
                    ):
                        continue
                    pull = max(pull, share * math.exp(-place.km_to(there) / NEAR_KM))
                near += pull
                closest = max(closest, pull)
            signs["near to others"] = math.log1p(near)
            signs[f"near to one, {group}"] = closest
            signs["near to one"] = closest
        return signs


_WIDE = frozenset({Kind.CONTINENT, Kind.WIDE, Kind.SEA, Kind.RANGE})
_WATERS = frozenset({Kind.SEA, Kind.WATER})
_AREAS = frozenset({Kind.COUNTRY, Kind.REGION}) | _WIDE


def _worth_weighing(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that are weighed; no village of the name where the name is a continent's or a sea's."""
    if any(each.spelling == "name" and each.place.kind in _WORLDWIDE for each in candidates):
        candidates = [each for each in candidates if each.place.kind not in TOWNS]
        if any(each.place.kind in _WATERS for each in candidates):
            candidates = [each for each in candidates if each.place.kind not in (Kind.REGION, Kind.DISTRICT)]
    return list(candidates[:MOST_CANDIDATES])


_WORLDWIDE = frozenset({Kind.CONTINENT, Kind.WIDE, Kind.SEA, Kind.BUILDING})


GROUPS = {
    Kind.COUNTRY: "country",
    Kind.REGION: "ADM1",
    Kind.DISTRICT: "ADM2",
    Kind.CAPITAL: "PPLC",
    Kind.SEAT: "PPLA",
    Kind.TOWN: "PPL",
    Kind.QUARTER: "PPLX",
    Kind.CONTINENT: "wide",
    Kind.WIDE: "wide",
    Kind.SEA: "water",
    Kind.WATER: "water",
    Kind.RANGE: "landmark",
    Kind.LANDMARK: "landmark",
    Kind.BUILDING: "landmark",
}
"""What features call the kinds; the fitted weights are by these names."""


def holds(container: Place, place: Place) -> bool:
    """Tell whether a place lies in another, as far as codes say."""
    if container.kind is Kind.COUNTRY:
        return place.country == container.country and place.kind is not Kind.COUNTRY
    if container.kind is Kind.REGION:
        return (
            place.country == container.country
            and place.admin1 == container.admin1
            and place.kind is not Kind.REGION
        )
    return (
        container.country == place.country
        and container.number != place.number
        and place.km_to(container) < 60
    )


def _start(candidates: Sequence[Candidate]) -> list[float]:
    """Return shares by population alone: what a reader without the text would guess."""
    return softmax(
        [
            1.2 * math.log10(each.place.population + 10)
            + {"country": 6.0, "ADM1": 2.5, "wide": 7.0, "water": 5.0, "landmark": 3.0, "PPLC": 1.5}.get(
                GROUPS[each.place.kind], 0.0
            )
            + (1.0 if each.spelling == "name" else 0.0)
            - (1.0 if each.place.kind is Kind.DISTRICT else 0.0)
            for each in candidates
        ]
    )


def _weighed(signs: Mapping[str, float], weights: Mapping[str, float]) -> float:
    total = 0.0
    for sign, value in signs.items():
        total += weights.get(sign, 0.0) * value
    return total


def softmax(sums: Sequence[float]) -> list[float]:
    """Return shares that add up to 1, larger for larger sums."""
    if not sums:
        return []
    most = max(sums)
    powers = [math.exp(value - most) for value in sums]
    total = sum(powers)
    return [power / total for power in powers]
