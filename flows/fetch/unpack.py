"""The files in a source: archives and compressed files, told by their first bytes, within limits.

`zip`, `tar`, `gz`, `bz2`, `xz` and `zst`, within one another; nothing is ever written under a name that an
archive gives.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO

from flows.errors import (
    BrokenCompression,
    CompressionBomb,
    DispatchError,
    EncryptedMember,
    EscapingPath,
    NoFile,
)
from flows.fetch.streams import CHUNK, Budget, compression_of, unpacked_within

MOST_DEPTH = 5
"""Archives within archives: a folder of tar files of gzip files in a zip has three."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
TAR_BLOCK = 512


@dataclass(slots=True)
class Member:
    """A file within a source, by its path there (empty for the source itself), or why it is refused."""

    path: str
    chunks: Iterable[bytes] = ()
    refused: DispatchError | None = None


def kind_of(start: bytes) -> str | None:
    """Return the compression or the kind of archive that the bytes begin, zip or tar, or None."""
    if found := compression_of(start):
        return found
    if start.startswith(ZIP):
        return "zip"
    return "tar" if _is_tar(start[:TAR_BLOCK]) else None


def _is_tar(block: bytes) -> bool:
    """Tell a tar header by its checksum, which text has only by design."""
    if len(block) < TAR_BLOCK or not block[0]:
        return False
    try:
        stated = int(block[148:156].strip(b"\0 ") or b"x", 8)
    except ValueError:
        return False
    return stated == sum(block[:148]) + sum(block[156:]) + 8 * 32


def members_of(chunks: Iterable[bytes], uri: str) -> Iterator[Member]:
    """Yield the files in a source, each to be read before the next is asked for.

    A source that is no archive is one member with no path. An archive that breaks off yields what stands
    whole before, and then itself as refused.

    Raises, while chunks are read:
        BrokenCompression: damaged or cut short.
        CompressionBomb: over the limits.
    """
    budget = Budget(uri)
    yield from _opened(budget.stored(chunks), "", budget, 0)


def _opened(chunks: Iterator[bytes], path: str, budget: Budget, depth: int) -> Iterator[Member]:
    try:
        first = _at_least(chunks, TAR_BLOCK)
    except (BrokenCompression, CompressionBomb) as error:
        yield Member(path, refused=error)
        return
    together = chain((first,), chunks)
    kind = kind_of(first)
    if kind is None:
        yield Member(path, together)
        return
    if depth >= MOST_DEPTH:
        bomb = CompressionBomb(budget.uri, f"archives {depth + 1} deep", f"at most {MOST_DEPTH}")
        yield Member(path, refused=bomb)
        return
    if kind in ("zip", "tar"):
        yield from (_of_zip if kind == "zip" else _of_tar)(together, path, budget, depth)
        return
    yield from _opened(unpacked_within(together, kind, budget), path, budget, depth + 1)


def _at_least(chunks: Iterator[bytes], size: int) -> bytes:
    """Take as many chunks as hold so many bytes, or all there are."""
    taken = b""
    for chunk in chunks:
        taken += chunk
        if len(taken) >= size:
            break
    return taken


def _of_tar(chunks: Iterator[bytes], path: str, budget: Budget, depth: int) -> Iterator[Member]:
    names: dict[str, int] = {}
    try:
        with tarfile.open(fileobj=_Reader(chunks), mode="r|") as archive:
            for info in archive:
                if budget.is_over:
                    return
                budget.member()
                if info.isdir():
                    continue
                name = _joined(path, info.name, names)
                if refused := _why_not(info.name, budget.uri):
                    yield Member(name, refused=refused)
                elif not info.isfile():
                    yield Member(name, refused=NoFile(budget.uri, name, "a link or a device"))
                else:
                    content = archive.extractfile(info)
                    yield from _opened(_chunks_of(content, info.size, name, budget), name, budget, depth + 1)
    except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError) as error:
        # After a bomb nothing more of it is unpacked, and that is no fault of the archive's.
        if not budget.is_over:
            yield Member(path, refused=BrokenCompression(budget.uri, f"tar error: {error}"[:200]))
    except DispatchError as error:
        yield Member(path, refused=error)


def _chunks_of(content: IO[bytes] | None, size: int, name: str, budget: Budget) -> Iterator[bytes]:
    left = size
    while content is not None and left > 0:
        try:
            piece = content.read(min(CHUNK, left))
        except (tarfile.TarError, EOFError, OSError) as error:
            raise BrokenCompression(budget.uri, f"{name} is cut short: {error}"[:200]) from None
        if not piece:
            raise BrokenCompression(budget.uri, f"{name} is cut short")
        left -= len(piece)
        yield piece


def _of_zip(chunks: Iterator[bytes], path: str, budget: Budget, depth: int) -> Iterator[Member]:
    # A zip's list of files stands at its end: it is kept aside whole before any of it is read. What goes
    # wrong with that is the run's failure, not the archive's.
    with tempfile.TemporaryFile() as kept:
        try:
            for chunk in chunks:
                kept.write(chunk)
        except DispatchError as error:
            yield Member(path, refused=error)
            return
        size = kept.tell()
        names: dict[str, int] = {}
        try:
            with zipfile.ZipFile(kept) as archive:
                infos = archive.infolist()
                _refuse_overlap(infos, size, budget.uri)
                for info in infos:
                    if budget.is_over:
                        return
                    budget.member()
                    if info.is_dir():
                        continue
                    name = _joined(path, info.filename, names)
                    if refused := _why_not(info.filename, budget.uri) or _why_not_zipped(
                        info, name, budget.uri
                    ):
                        yield Member(name, refused=refused)
                    else:
                        yield from _opened(_zipped(archive, info, name, budget), name, budget, depth + 1)
        except (
            zipfile.BadZipFile,
            EOFError,
            OSError,
            ValueError,
            OverflowError,
            NotImplementedError,
        ) as error:
            yield Member(path, refused=BrokenCompression(budget.uri, f"zip error: {error}"[:200]))
        except DispatchError as error:
            yield Member(path, refused=error)


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: Budget) -> Iterator[bytes]:
    try:
        with archive.open(info) as content:
            while piece := content.read(CHUNK):
                yield budget.count(piece)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise BrokenCompression(budget.uri, f"{name}: {error}"[:200]) from None


def _refuse_overlap(infos: list[zipfile.ZipInfo], size: int, uri: str) -> None:
    """Refuse files that share their bytes: a small zip unpacks to as much as it likes so."""
    end = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.header_offset < end or info.header_offset > size:
            raise CompressionBomb(uri, "files that overlap", "bytes of its own for each file")
        end = info.header_offset + 30 + info.compress_size


def _why_not_zipped(info: zipfile.ZipInfo, name: str, uri: str) -> DispatchError | None:
    if info.flag_bits & 1:
        return EncryptedMember(uri, name)
    mode = info.external_attr >> 16
    if info.create_system == 3 and stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        return NoFile(uri, name, "a link or a device")
    return None


def _why_not(name: str, uri: str) -> DispatchError | None:
    """Refuse a path that leads out of the archive. Nothing is written there, but who made it meant to."""
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or (len(name) > 1 and name[1] == ":"):
        return EscapingPath(uri, name)
    return None


def _joined(path: str, name: str, names: dict[str, int]) -> str:
    """Return a path within the source; one that is there twice has a number."""
    names[name] = names.get(name, 0) + 1
    numbered = f"{name}#{names[name]}" if names[name] > 1 else name
    clean = posixpath.normpath(numbered.replace("\0", "\ufffd"))
    return f"{path}!/{clean}" if path else clean


class _Reader(io.RawIOBase):
    """Chunks as the file that tarfile reads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        pieces = [self._left]
        have = len(self._left)
        while size < 0 or have < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            pieces.append(chunk)
            have += len(chunk)
        together = b"".join(pieces)
        if size < 0:
            self._left = b""
            return together
        self._left = together[size:]
        return together[:size]
