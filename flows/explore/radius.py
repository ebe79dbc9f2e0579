"""How far from its point a place may be: the radius of a circle that claims no more than is known.

| where_prec (UCDP GED codebook) | radius |
| --- | --- |
| 1, a town | that of a circle with the area that its inhabitants take at the least density of the Degree of Urbanisation: 1,500 per km² from 50,000 inhabitants, else 300 |
| 1, a building or a place that is no town | POINT_KM |
| 2, near a town | that of the town, and the distance that the text states, else the 25 km of the codebook |
| 3, a district | that of a circle with the mean area of the districts of its region |
| 4, a region | that of a circle of its area |
| 5, a line or fuzzy area | by its kind, FUZZY_KM: nothing else is known |
| 6, a country | that of a circle of its area |
| 7, several countries or none | by its kind, FUZZY_KM; continents by their area |

Sources: UCDP GED Codebook, where_prec; Degree of Urbanisation (UN Statistical Commission 2020, `A recommendation on the method to
delineate cities, urban and rural areas`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from flows.enrich.lexicons import table

CITY_INHABITANTS, CITY_DENSITY, TOWN_DENSITY = 50_000, 1_500, 300
"""An urban centre has at least so many inhabitants, and so many per km²; other towns and villages have at least the last."""

POINT_KM = 1.0
"""The least radius: a building, a village of which no population is known. Points of the gazetteer are no more exact."""

NEAR_KM = 25.0
"""`near` a place: UCDP's where_prec 2 is "within ca. 25 km of a known point"."""

FUZZY_KM: Mapping[str, float] = {
    "wide": 750.0, "sea": 750.0, "range": 250.0, "water": 100.0, "landmark": 25.0, "quarter": 5.0, "building": POINT_KM,
}  # fmt: skip
"""Round numbers from general knowledge: no source gives the extent of these."""

UNKNOWN_KM = 100.0
"""Where neither area nor kind is known."""

PRECISIONS = {1: "town", 2: "near", 3: "district", 4: "region", 5: "area", 6: "country", 7: "international"}


@dataclass(frozen=True, slots=True)
class Located:
    """What is known of a place; `is_within` for one that no gazetteer lists, which lies in the place of this name."""

    name: str
    country: str | None
    admin1_code: str | None
    where_prec: int | None
    feature_code: str | None
    population: int | None
    distance_km: float | None
    is_within: bool


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas in km²: of countries and continents by code or name, of regions by (country, code); the kinds of other names."""

    countries: Mapping[str, float]
    regions: Mapping[tuple[str, str], float]
    districts: Mapping[tuple[str, str], int]
    kinds: Mapping[str, str]


def read_areas() -> Areas:
    """Read the tables."""
    return Areas({}, {}, {}, {row["name"]: row["kind"] for row in table("wide")})


def precision_of(place: Located) -> str:
    """Return `town`, `near`, `district`, `region`, `area`, `country`, `international`, or `unknown`."""
    return PRECISIONS.get(place.where_prec or 0, "unknown")


def radius_km(place: Located, areas: Areas) -> float:
    """Return the radius in kilometres, to a tenth."""
    return round(_radius(place, areas), 1)


def _radius(place: Located, areas: Areas) -> float:
    match place.where_prec:
        case 1:
            return town_km(place.population)
        case 2:
            return town_km(place.population) + (NEAR_KM if place.distance_km is None else place.distance_km)
        case 6:
            return 300.0
        case 4 | 3:
            return 80.0
    return FUZZY_KM.get(areas.kinds.get(place.name, ""), UNKNOWN_KM)


def town_km(population: int | None) -> float:
    """Return the radius of a town of so many inhabitants."""
    people = population or 0
    return max(POINT_KM, circle_km(people / (CITY_DENSITY if people >= CITY_INHABITANTS else TOWN_DENSITY)))


def circle_km(area: float) -> float:
    """Return the radius of a circle of an area in km²."""
    return math.sqrt(area / math.pi)
