"""The files in a source: archives and compressed files, detected by their first bytes, within limits.

`zip`, `tar`, `gz`, `bz2`, `xz` and `zst`, within one another; nothing is ever written under a name that an
archive gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from flows.errors import BrokenCompression, CompressionBomb
from flows.fetch.members import Member
from flows.fetch.streams import Budget, compression_of, unpacked_within
from flows.fetch.tar_files import tar_members
from flows.fetch.web_archives import Damage, decompress_records, is_web_archive
from flows.fetch.zip_files import zip_members

MAX_DEPTH = 5
"""Archives within archives: a folder of tar files of gzip files in a zip has three."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
TAR_BLOCK = 512


def kind_of(start: bytes) -> str | None:
    """Return the compression or the kind of archive that the bytes begin, zip or tar, or None."""
    if found := compression_of(start):
        return found
    if start.startswith(ZIP):
        return "zip"
    return "tar" if _is_tar(start[:TAR_BLOCK]) else None


def _is_tar(block: bytes) -> bool:
    """Return True for a tar header, by its checksum."""
    if len(block) < TAR_BLOCK or not block[0]:
        return False
    try:
        stated = int(block[148:156].strip(b"\0 ") or b"x", 8)
    except ValueError:
        return False
    return stated == sum(block[:148]) + sum(block[156:]) + 8 * 32


def members_of(chunks: Iterable[bytes], uri: str) -> Iterator[Member]:
    """Yield the files in a source, each to be read before the next is requested.

    A source that is not an archive is one member without a path. A truncated archive yields its complete
    members, and then itself as refused.

    Raises, while chunks are read:
        BrokenCompression: damaged or cut short.
        CompressionBomb: over the limits.
    """
    budget = Budget(uri)
    yield from _opened(budget.stored(chunks), "", budget, 0, [])


def _opened(
    chunks: Iterator[bytes], path: str, budget: Budget, depth: int, damages: list[Damage]
) -> Iterator[Member]:
    try:
        first = _at_least(chunks, TAR_BLOCK)
    except (BrokenCompression, CompressionBomb) as error:
        yield Member(path, refused=error)
        return
    whole = chain((first,), chunks)
    kind = kind_of(first)
    if kind is None:
        yield Member(path, whole, damages=damages)
        return
    if depth >= MAX_DEPTH:
        bomb = CompressionBomb(budget.uri, f"archives {depth + 1} deep", f"at most {MAX_DEPTH}")
        yield Member(path, refused=bomb)
        return
    if kind in ("zip", "tar"):
        for member in (zip_members if kind == "zip" else tar_members)(whole, path, budget):
            if member.refused:
                yield member
            else:
                yield from _opened(iter(member.chunks), member.path, budget, depth + 1, [])
    elif kind == "gzip" and is_web_archive(first):
        damages = []
        yield from _opened(decompress_records(whole, budget, damages), path, budget, depth + 1, damages)
    else:
        yield from _opened(unpacked_within(whole, kind, budget), path, budget, depth + 1, [])


def _at_least(chunks: Iterator[bytes], size: int) -> bytes:
    """Read chunks until they hold so many bytes, or to the end."""
    taken = b""
    for chunk in chunks:
        taken += chunk
        if len(taken) >= size:
            break
    return taken
