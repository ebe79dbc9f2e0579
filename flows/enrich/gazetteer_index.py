"""The layout of the gazetteer's index: its arrays, the keys of names, and the kinds of places."""

from __future__ import annotations

import hashlib
from enum import Enum
from struct import Struct

from flows.enrich.language.spelling import by_sound

ABSENT = 0
"""Stands for an id that GeoNames does not have."""


class Kind(Enum):
    """The kind of a place, as far as extraction needs it, by the table that the place comes from.

    GeoNames' feature codes are finer, and not known for every place.
    """

    # Members are singletons; Enum's own hash is that of the name, taken in Python at each look-up.
    __hash__ = object.__hash__

    COUNTRY = "country"
    REGION = "region"
    """First-order, as a state or a governorate."""
    DISTRICT = "district"
    """Second-order, as a county."""
    CAPITAL = "capital"
    SEAT = "seat"
    """The seat of a first-order region."""
    TOWN = "town"
    QUARTER = "quarter"
    """A part of a town."""
    CONTINENT = "continent"
    WIDE = "wide"
    """A region that is no administrative unit: of the world, such as the Middle East, or of a country, such as New England."""
    SEA = "sea"
    """An ocean, a sea or a gulf."""
    WATER = "water"
    """A bay, a strait, a lake, a river or a canal."""
    RANGE = "range"
    """Mountains, a desert or a group of islands."""
    LANDMARK = "landmark"
    """An island, a peninsula, a mountain, a valley or a park."""
    BUILDING = "building"


TOWNS = frozenset({Kind.CAPITAL, Kind.SEAT, Kind.TOWN, Kind.QUARTER})


class Cell(Enum):
    """The arrays of the index; each is a file.

    `owners` holds, beside each of the sorted `keys`, the number of the place, and in its lowest bit whether the key is that of its own
    name. `buckets` holds for each value of a key's first BUCKET_BITS where the keys of that value begin; `rows` the ROW of each place.
    """

    __hash__ = object.__hash__

    KEYS = "keys"
    OWNERS = "owners"
    BUCKETS = "buckets"
    ROWS = "rows"
    NAMES = "names"


KEY_BITS, BUCKET_BITS = 64, 16
"""With so many buckets a key is among some 14."""

ROW = Struct("<IIHHHHHffI")
"""A place: geonameid, start and size of its name in bytes, numbers of its country, region, feature code and kind, latitude, longitude, population."""


def key_of(simple: str) -> int:
    """Return the 64-bit key by which a folded name is looked up."""
    return int.from_bytes(hashlib.blake2b(simple.encode(), digest_size=8).digest(), "little")


MIN_SKELETON_LETTERS = 4
"""With fewer letters left, too many unrelated names share a key."""


def skeleton_of(simple: str) -> str | None:
    """Return the phonetic key of a name, or None if too few letters are left."""
    sound = by_sound(simple)
    return f"sound {sound}" if len(sound) >= MIN_SKELETON_LETTERS else None
