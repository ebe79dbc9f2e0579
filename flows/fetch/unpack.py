"""Archives and compressed files, told by their first bytes and unpacked as streams, within limits.

`zip`, `tar`, `gz`, `bz2`, `xz` and `zst`, within one another; nothing is ever written under a name that an
archive gives.
"""

from __future__ import annotations

import bz2
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
from typing import IO, Protocol

import zstandard

from flows.errors import (
    BrokenCompression,
    CompressionBomb,
    DispatchError,
    EncryptedMember,
    EscapingPath,
    NoFile,
)

CHUNK = 1 << 20
MOST_BYTES = 8 << 30
"""A file that unpacks to more is refused."""

MOST_RATIO = 250
"""So is one that unpacks to more than this many times its own size, once that is over FREE_BYTES:
the text corpora measured stay below 10, and an empty gzip stream of zeros has 1,030."""

FREE_BYTES = 8 << 20
MOST_MEMBERS = 200_000
MOST_DEPTH = 5
"""Archives within archives: a folder of tar files of gzip files in a zip has three."""

MAGIC = ((b"\x1f\x8b\x08", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
TAR_BLOCK = 512
DAMAGED_RECORD = b"\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: damaged\r\n\r\n"
"""A WARC file is packed record by record. One that does not unpack is given as a record that `parse` refuses,
so that its neighbours are read and it is not lost."""

MOST_HELD_BYTES = 64 << 20
"""A record is kept until it is whole; one stream that is longer is no record, and is passed on."""

WINDOW_BYTES = 128 << 20
"""The most memory that a zstd or an xz stream may ask for."""


class _Stream(Protocol):
    """What the decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


@dataclass(slots=True)
class Member:
    """A file within a source, by its path there (empty for the source itself), or why it is refused."""

    path: str
    chunks: Iterable[bytes] = ()
    refused: DispatchError | None = None


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked of one source, however deep."""

    uri: str
    read: int = 0
    made: int = 0
    members: int = 0
    is_over: bool = False

    def count(self, piece: bytes) -> bytes:
        self.made += len(piece)
        if self.made > MOST_BYTES or (self.made > FREE_BYTES and self.made > MOST_RATIO * max(self.read, 1)):
            self.is_over = True
            raise CompressionBomb(
                self.uri,
                f"more than {self.made:,} bytes from {self.read:,}",
                f"at most {MOST_RATIO} times its size and {MOST_BYTES:,} bytes",
            )
        return piece

    def stored(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.read += len(chunk)
            yield chunk

    def member(self) -> None:
        self.members += 1
        if self.members > MOST_MEMBERS:
            raise CompressionBomb(self.uri, f"more than {MOST_MEMBERS:,} files", f"at most {MOST_MEMBERS:,}")


def compression_of(start: bytes) -> str | None:
    """Return gzip, bzip2, xz, zstd, or None for bytes that are none of these."""
    return next((name for magic, name in MAGIC if start.startswith(magic)), None)


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
    budget = _Budget(uri)
    yield from _opened(budget.stored(chunks), "", budget, 0)


def _opened(chunks: Iterator[bytes], path: str, budget: _Budget, depth: int) -> Iterator[Member]:
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
    yield from _opened(_unpacked(together, kind, budget), path, budget, depth + 1)


def _at_least(chunks: Iterator[bytes], size: int) -> bytes:
    """Take as many chunks as hold so many bytes, or all there are."""
    taken = b""
    for chunk in chunks:
        taken += chunk
        if len(taken) >= size:
            break
    return taken


def _of_tar(chunks: Iterator[bytes], path: str, budget: _Budget, depth: int) -> Iterator[Member]:
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


def _chunks_of(content: IO[bytes] | None, size: int, name: str, budget: _Budget) -> Iterator[bytes]:
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


def _of_zip(chunks: Iterator[bytes], path: str, budget: _Budget, depth: int) -> Iterator[Member]:
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


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: _Budget) -> Iterator[bytes]:
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


def unpacked(chunks: Iterable[bytes], kind: str, uri: str) -> Iterator[bytes]:
    """Yield the unpacked bytes; streams that follow one another in one file are one text.

    Raises:
        BrokenCompression: damaged or cut short.
        CompressionBomb: over the limits.
    """
    budget = _Budget(uri)
    yield from _unpacked(budget.stored(chunks), kind, budget)


def _unpacked(chunks: Iterable[bytes], kind: str, budget: _Budget) -> Iterator[bytes]:
    """Yield what the chunks unpack to; of a web archive each packed record whole, or as DAMAGED_RECORD."""
    stream = _stream(kind)
    is_web_archive = False
    held: list[bytes] = []
    for data in chunks:
        while data:
            if stream.eof:
                yield from held
                held = []
                # Zero bytes may pad a stream to a block of tape.
                data = data.lstrip(b"\0")
                if not data:
                    break
                stream = _stream(kind)
            try:
                for piece in _drained(stream, data, kind, budget.uri):
                    is_web_archive |= not budget.made and kind == "gzip" and piece.startswith(b"WARC/")
                    budget.count(piece)
                    if is_web_archive and sum(map(len, held)) < MOST_HELD_BYTES:
                        held.append(piece)
                    else:
                        yield from held
                        held, is_web_archive = [], False
                        yield piece
            except BrokenCompression:
                if not is_web_archive:
                    raise
                yield DAMAGED_RECORD
                # The next record stands at the next magic.
                at = data.find(MAGIC[0][0], 1)
                stream, held, data = _Gzip(), [], data[at:] if at > 0 else b""
                continue
            data = stream.unused_data if stream.eof else b""
    if not stream.eof:
        if not is_web_archive:
            raise BrokenCompression(budget.uri, f"a {kind} stream that is cut short")
        held = [DAMAGED_RECORD]
    yield from held


def _drained(stream: _Stream, data: bytes, kind: str, uri: str) -> Iterator[bytes]:
    """Yield all that the data unpacks to, in pieces of at most CHUNK."""
    try:
        yield stream.decompress(data, CHUNK)
        while not stream.eof and not stream.needs_input:
            yield stream.decompress(b"", CHUNK)
    except (zlib.error, OSError, lzma.LZMAError, EOFError, zstandard.ZstdError) as error:
        raise BrokenCompression(uri, f"{kind} error: {error}") from None


class _Gzip:
    """zlib's stream with the interface of bz2's and lzma's."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self._is_full = False

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._is_full and not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        self._is_full = len(piece) == max_length
        return piece


ZSTD_STEP = 1 << 10
"""Bytes given to zstandard at a time: four of them may stand for 128 KB."""


class _Zstd:
    """zstandard's stream with the same interface."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES).decompressobj()
        self._data = b""
        self._at = 0

    @property
    def eof(self) -> bool:
        return bool(self._stream.eof)

    @property
    def needs_input(self) -> bool:
        return self._at >= len(self._data)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._stream.unused_data) + self._data[self._at :]

    def decompress(self, data: bytes, max_length: int) -> bytes:
        del max_length
        if data:
            self._data, self._at = self._data[self._at :] + data, 0
        taken = self._data[self._at : self._at + ZSTD_STEP]
        self._at += len(taken)
        return self._stream.decompress(taken)


def _stream(kind: str) -> _Stream:
    if kind == "gzip":
        return _Gzip()
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "zstd":
        return _Zstd()
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=WINDOW_BYTES * 2)
