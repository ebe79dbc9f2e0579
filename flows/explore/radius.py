"""How far from its point a place may be: the radius of a circle that claims no more than is known.

| where_prec | radius |
| --- | --- |
| 1, a town | that of a circle with the area that its inhabitants take at the least density of the Degree of Urbanisation |
| 1, a building | POINT_KM |
| 2, near a place | that of the town, and the distance that the text states, else NEAR_KM |
| 3, a district | that of a circle with the mean area of the districts of its region; of the region where their number is not known |
| 4, a region | that of a circle of its area; where that is not known, of the mean of the regions of its country |
| 6, a country | that of a circle of its area |
| 5 and 7, a line, a fuzzy area, several countries | for a continent that of a circle of its area, else FUZZY_KM by its kind |

A name that no gazetteer lists has the circle of the place it lies in. UNKNOWN_KM stands where a table has no value.

Sources: UCDP GED Codebook, "where_prec"; the Degree of Urbanisation (Eurostat and others 2021, "Applying the Degree of
Urbanisation"; the UN Statistical Commission endorsed it in 2020); `areas.tsv` for countries, regions and numbers of districts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from flows.enrich.lexicons import table

CITY_INHABITANTS, CITY_DENSITY, TOWN_DENSITY = 50_000, 1_500, 300
"""An urban centre has at least so many inhabitants, and so many on each km²; other towns have at least TOWN_DENSITY."""

POINT_KM = 1.0
"""The least radius, also of a village whose population is not known: the points of the gazetteer are no more exact."""

NEAR_KM = 25.0
"""What UCDP's where_prec 2 means by "near"."""

FUZZY_KM: Mapping[str, float] = {
    "wide": 750.0, "sea": 750.0, "range": 250.0, "water": 100.0, "landmark": 25.0, "quarter": 5.0, "building": POINT_KM,
}  # fmt: skip
"""Round numbers from general knowledge by `kind` in `wide.tsv`: no source here has the extent of these."""

CONTINENT_KM2: Mapping[str, float] = {
    "Africa": 30.4e6, "Asia": 44.6e6, "Europe": 10.2e6, "North America": 24.7e6, "South America": 17.8e6, "Oceania": 8.5e6,
    "Antarctica": 14.2e6,
}  # fmt: skip
"""Rounded, from general knowledge."""

UNKNOWN_KM = 100.0

PRECISIONS = {1: "town", 2: "near", 3: "district", 4: "region", 5: "area", 6: "country", 7: "international"}
"""What UCDP's where_prec says, in a word."""


@dataclass(frozen=True, slots=True)
class Located:
    """What is known of a place, as in the table `places`; `name` is that of the place it lies in where it has none."""

    name: str
    country: str | None
    admin1_code: str | None
    where_prec: int | None
    population: int | None
    distance_km: float | None


def precision_of(place: Located) -> str:
    """Return `town`, `near`, `district`, `region`, `area`, `country` or `international`; `building` for one that `wide.tsv` lists."""
    if place.where_prec == 1 and _kinds().get(place.name) == "building" and not place.population:
        return "building"
    return PRECISIONS[place.where_prec or 7]


def radius_km(place: Located) -> float:
    """Return the radius in kilometres, to a tenth."""
    return round(_radius(place), 1)


def _radius(place: Located) -> float:
    country, region = (place.country or "", ""), (place.country or "", place.admin1_code or "")
    match place.where_prec:
        case 1:
            return town_km(place.population)
        case 2:
            return town_km(place.population) + (NEAR_KM if place.distance_km is None else place.distance_km)
        case 3:
            return circle_km(_region_km2(region) / max(_areas().districts.get(region, 1), 1))
        case 4:
            return circle_km(_region_km2(region))
        case 6:
            return circle_km(_areas().km2[country]) if country in _areas().km2 else UNKNOWN_KM
    if place.name in CONTINENT_KM2:
        return circle_km(CONTINENT_KM2[place.name])
    return FUZZY_KM.get(_kinds().get(place.name, ""), UNKNOWN_KM)


def town_km(population: int | None) -> float:
    """Return the radius of a town of so many inhabitants."""
    people = population or 0
    return max(POINT_KM, circle_km(people / (CITY_DENSITY if people >= CITY_INHABITANTS else TOWN_DENSITY)))


def circle_km(area: float) -> float:
    """Return the radius of a circle of an area in km²."""
    return math.sqrt(area / math.pi)


@dataclass(frozen=True, slots=True)
class Areas:
    """By country and region, whose code is empty for the whole country."""

    km2: Mapping[tuple[str, str], float]
    districts: Mapping[tuple[str, str], int]
    region_counts: Mapping[str, int]


def _region_km2(region: tuple[str, str]) -> float:
    areas = _areas()
    if region in areas.km2:
        return areas.km2[region]
    country = areas.km2.get((region[0], ""), math.pi * UNKNOWN_KM**2)
    return country / max(areas.region_counts.get(region[0], 1), 1)


@cache
def _areas() -> Areas:
    rows = list(table("areas"))
    return Areas(
        {(row["country"], row["admin1"]): float(row["km2"]) for row in rows},
        {(row["country"], row["admin1"]): int(row["districts"]) for row in rows if row["districts"]},
        Counter(row["country"] for row in table("regions") if row["fcode"] == "ADM1"),
    )


@cache
def _kinds() -> Mapping[str, str]:
    return {row["name"]: row["kind"] for row in table("wide")}
