"""The gazetteer: which places a name may stand for. Read from an index in memory maps, which processes share."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from flows.enrich.gazetteer_index import (
    ABSENT,
    BUCKET_BITS,
    KEY_BITS,
    ROW,
    TOWNS,
    Cell,
    Kind,
    key_of,
    skeleton_of,
)
from flows.enrich.language.spelling import folded

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer.

    `geonameid` is None for a place that has none here; `fcode` is GeoNames' feature code, None where it is not known;
    `country` ISO 3166-1 alpha-2, None for what lies in several; `admin1` GeoNames' code of the region within the country; latitude and
    longitude in degrees (WGS 84); `population` 0 where it is not known.
    """

    number: int
    geonameid: int | None
    name: str
    kind: Kind
    fcode: str | None
    country: str | None
    admin1: str | None
    latitude: float
    longitude: float
    population: int
    direction: tuple[float, float, float] = field(repr=False, compare=False, default=(0.0, 0.0, 0.0))
    """The unit vector from the earth's middle to the place."""

    @property
    def feature_class(self) -> str | None:
        """GeoNames' feature class: A for countries and regions, P for populated places; None for what has no geonameid."""
        return CLASS_OF.get(self.kind) if self.geonameid else None

    def km_to(self, other: Place) -> float:
        """Return the great-circle distance in kilometres."""
        (a, b, c), (x, y, z) = self.direction, other.direction
        # From the chord, not the cosine, which loses the small distances.
        chord = math.sqrt((a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2)
        return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, chord / 2))


CLASS_OF = {
    **dict.fromkeys((Kind.COUNTRY, Kind.REGION, Kind.DISTRICT), "A"),
    **dict.fromkeys(TOWNS, "P"),
    Kind.CONTINENT: "L",
}
"""GeoNames' feature class of each kind of place that comes from GeoNames."""

KINDS = tuple(Kind)


class Candidate(NamedTuple):
    """A place that a name may stand for. `spelling` says how the two match: name, alternate or phonetic."""

    place: Place
    spelling: str


class Gazetteer:
    """The index, opened. Looking a name up reads the few pages of the maps that it needs."""

    def __init__(self, folder: Path) -> None:
        """Open the maps in a folder that `flows.reference.gazetteer_index.build_gazetteer` made."""
        # Views of the maps: numpy takes several times as long for a single number.
        cells = {
            cell: memoryview(np.load(folder / f"{cell.value}.npy", mmap_mode="r", allow_pickle=False))
            for cell in Cell
        }
        self._keys, self._owners, self._buckets = cells[Cell.KEYS], cells[Cell.OWNERS], cells[Cell.BUCKETS]
        self._rows, self._names = cells[Cell.ROWS], cells[Cell.NAMES]
        words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")
        self._countries, self._regions, self._fcodes = (line.split("\t") for line in words[:3])
        self.demonyms = frozenset(words[3].split("\t"))
        self.candidates = lru_cache(maxsize=20_000)(self._candidates)
        self.phonetic = lru_cache(maxsize=20_000)(self._phonetic)
        self.demonym = lru_cache(maxsize=20_000)(self._demonym)
        self.place = lru_cache(maxsize=50_000)(self._place)

    @property
    def size(self) -> int:
        """Return the number of places."""
        return len(self._rows) // ROW.size

    def _candidates(self, name: str) -> tuple[Candidate, ...]:
        """Return what a name may stand for as it is spelled, most people first."""
        return self.named(folded(name))

    def named(self, simple: str) -> tuple[Candidate, ...]:
        """Return what a folded name may stand for, most people first."""
        return self._at(key_of(simple))

    def _phonetic(self, name: str) -> tuple[Candidate, ...]:
        """Return the places whose names sound alike, in countries whose names reach English by transcription."""
        skeleton = skeleton_of(folded(name))
        if not skeleton:
            return ()
        return tuple([Candidate(each.place, "phonetic") for each in self._at(key_of(skeleton))])

    def _demonym(self, word: str) -> tuple[Place, ...]:
        """Return the countries or regions whose people or things a word names, as `Turkish` does."""
        simple = folded(word)
        if simple not in self.demonyms:
            return ()
        return tuple([each.place for each in self._at(key_of(f"demonym {simple}"))])

    def country(self, code: str) -> Place | None:
        """Return the country of an ISO 3166-1 alpha-2 code, or None if there is no such code."""
        found = self._at(key_of(f"country {code}"))
        return found[0].place if found else None

    def region(self, country: str, admin1: str) -> Place | None:
        """Return the first-order region of a code within a country, or None if there is no such code."""
        found = self._at(key_of(f"region {country}.{admin1}"))
        return found[0].place if found else None

    def _at(self, key: int) -> tuple[Candidate, ...]:
        bucket = key >> KEY_BITS - BUCKET_BITS
        keys, last = self._keys, self._buckets[bucket + 1]
        first = at = bisect_left(keys, key, self._buckets[bucket], last)
        while at < last and keys[at] == key:
            at += 1
        if at == first:
            return ()
        return tuple(
            [
                Candidate(self.place(owner >> 1), "name" if owner & 1 else "alternate")
                for owner in self._owners[first:at]
            ]
        )

    def _place(self, number: int) -> Place:
        geonameid, start, size, country, region, fcode, kind, latitude, longitude, population = (
            ROW.unpack_from(self._rows, number * ROW.size)
        )
        latitude, longitude = round(latitude, 5), round(longitude, 5)
        return Place(
            number=number,
            geonameid=None if geonameid == ABSENT else geonameid,
            name=str(self._names[start : start + size], "utf-8"),
            kind=KINDS[kind],
            fcode=self._fcodes[fcode] or None,
            country=self._countries[country] or None,
            admin1=self._regions[region] or None,
            latitude=latitude,
            longitude=longitude,
            population=population,
            direction=_direction(latitude, longitude),
        )


def _direction(latitude: float, longitude: float) -> tuple[float, float, float]:
    a, b = math.radians(latitude), math.radians(longitude)
    return math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)
