"""The seeds of each target: sample dispatches, values found in them, and archives made of them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import zstandard

CORPUS = Path(__file__).parent / "corpus"
ROOT = Path(__file__).parent.parent.parent
SEEDS = ROOT / "seeds"
SHARED = ROOT.parent / "shared"

MAX_SHARED_BYTES = 40_000


@cache
def dispatches() -> tuple[bytes, ...]:
    """Return the sample dispatches of all formats."""
    return tuple(path.read_bytes() for path in sorted(SEEDS.iterdir()) if path.name != "README.md")


@cache
def shared(*folders: str) -> tuple[bytes, ...]:
    """Return small files of the folder of test input beside the project, none where there is no such folder."""
    paths = sorted(path for folder in folders for path in (SHARED / folder).rglob("*") if path.is_file())
    return tuple(path.read_bytes() for path in paths if path.stat().st_size <= MAX_SHARED_BYTES)


@cache
def kept(target: str) -> tuple[bytes, ...]:
    """Return the corpus of a target: seeds in own words, and each input that once failed."""
    return tuple(path.read_bytes() for path in sorted((CORPUS / target).glob("*")))


@cache
def lines() -> tuple[bytes, ...]:
    """Return the lines of the sample dispatches."""
    return tuple({line.strip()[:300] for each in dispatches() for line in each.splitlines() if line.strip()})


@cache
def dates() -> tuple[bytes, ...]:
    """Return what may be dates: what follows a key or stands between quotation marks or tags, with digits."""
    values = re.compile(rb"[:>\"=] ?([^<>\"=\n]{4,50}[0-9][^<>\"=\n]{0,20})")
    found = {match[1].strip() for each in dispatches() for match in values.finditer(each)}
    return tuple(sorted(found)[::3])


@cache
def markup() -> tuple[bytes, ...]:
    """Return the samples with tags, and pieces of them."""
    found = [each for each in dispatches() if b"</" in each]
    return (*found, *(each[len(each) // 3 : len(each) // 2] for each in found))


def tar_of(files: Iterable[tuple[str, bytes]], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def zip_of(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (2020, 2, 20, 0, 0, 0)), data, compress_type=method)
    return made.getvalue()


@cache
def archives() -> tuple[bytes, ...]:
    """Return archives and compressed streams of a few dispatches, within one another too."""
    some = [(f"in/{number}.txt", data) for number, data in enumerate(dispatches()[::9])]
    plain, web = dispatches()[0], next(each for each in dispatches() if each.startswith(b"WARC/"))
    records = b"".join(
        gzip.compress(b"WARC/" + record, mtime=0) for record in re.split(rb"(?:^|(?<=\n))WARC/", web)[1:]
    )
    return (
        gzip.compress(plain, mtime=0), gzip.compress(plain, mtime=0) + b"\0" * 512 + gzip.compress(plain, mtime=0), bz2.compress(plain), lzma.compress(plain),
        zstandard.compress(plain), zstandard.ZstdCompressor(write_checksum=True).compress(plain * 3), zip_of(some), zip_of(some, zipfile.ZIP_STORED),
        zip_of(some, zipfile.ZIP_LZMA), zip_of(some[:2], zipfile.ZIP_BZIP2), zip_of([("../out.txt", plain), ("a.txt", plain)]), tar_of(some), tar_of([("n" * 150, plain)]),
        tar_of([("n" * 150, plain)], tarfile.GNU_FORMAT), tar_of(some[:2], tarfile.USTAR_FORMAT), gzip.compress(tar_of(some), mtime=0), zip_of([("a.tar", tar_of(some)), ("b.zip", zip_of(some))]),
        tar_of([("a.txt.gz", gzip.compress(plain, mtime=0)), ("b.xz", lzma.compress(plain))]), records, records[: len(records) // 2], gzip.compress(web, mtime=0), web, zip_of([]), tar_of([]),
    )  # fmt: skip
