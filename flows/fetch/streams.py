"""Compressed streams: detected by their first bytes, decompressed piece by piece, within limits."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import zstandard

from flows.errors import BrokenCompression, CompressionBomb

CHUNK = 1 << 20
MAX_BYTES = 8 << 30
"""A file that decompresses to more is refused."""

MAX_RATIO = 250
"""So is one that unpacks to more than this many times its own size, once that is over FREE_BYTES:
the text corpora measured stay below 10, and an empty gzip stream of zeros has 1,030."""

FREE_BYTES = 8 << 20
MAX_MEMBERS = 200_000
MAGIC = ((b"\x1f\x8b\x08", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))

WINDOW_BYTES = 128 << 20
"""The most memory that a zstd or an xz stream may ask for."""


class Stream(Protocol):
    """The common interface of the decompressors of bz2 and lzma, which the other ones implement too."""

    @property
    def eof(self) -> bool:
        """Whether the end of the compressed stream was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether more data is needed to return more bytes."""

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end of the compressed stream."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Decompress the data, after earlier data; return at most `max_length` bytes."""


@dataclass(slots=True)
class Budget:
    """Counts what was read and decompressed of one source, at all depths, and checks the limits."""

    uri: str
    read: int = 0
    made: int = 0
    members: int = 0
    is_over: bool = False

    def count(self, piece: bytes) -> bytes:
        """Count what was unpacked; raises CompressionBomb over the limits."""
        self.made += len(piece)
        if self.made > MAX_BYTES or (self.made > FREE_BYTES and self.made > MAX_RATIO * max(self.read, 1)):
            self.is_over = True
            raise CompressionBomb(
                self.uri,
                f"more than {self.made:,} bytes from {self.read:,}",
                f"at most {MAX_RATIO} times its size and {MAX_BYTES:,} bytes",
            )
        return piece

    def stored(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass on the chunks of the source itself, and count them."""
        for chunk in chunks:
            self.read += len(chunk)
            yield chunk

    def member(self) -> None:
        """Count a file of an archive; raises CompressionBomb over the limit."""
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise CompressionBomb(self.uri, f"more than {MAX_MEMBERS:,} files", f"at most {MAX_MEMBERS:,}")


def compression_of(start: bytes) -> str | None:
    """Return gzip, bzip2, xz, zstd, or None for bytes that are none of these."""
    return next((name for magic, name in MAGIC if start.startswith(magic)), None)


def unpacked(chunks: Iterable[bytes], kind: str, uri: str) -> Iterator[bytes]:
    """Yield the unpacked bytes; streams that follow one another in one file are one text.

    Raises:
        BrokenCompression: damaged or cut short.
        CompressionBomb: over the limits.
    """
    budget = Budget(uri)
    yield from unpacked_within(budget.stored(chunks), kind, budget)


def unpacked_within(chunks: Iterable[bytes], kind: str, budget: Budget) -> Iterator[bytes]:
    """Yield what the chunks decompress to, and count it; raises as `unpacked`."""
    stream = stream_of(kind)
    for data in chunks:
        while data:
            if stream.eof:
                # Zero bytes may pad a stream to the block size of a tape.
                data = data.lstrip(b"\0")
                if not data:
                    break
                stream = stream_of(kind)
            for piece in drain(stream, data, kind, budget.uri):
                yield budget.count(piece)
            data = stream.unused_data if stream.eof else b""
    if not stream.eof:
        raise BrokenCompression(budget.uri, f"a {kind} stream that is cut short")


def drain(stream: Stream, data: bytes, kind: str, uri: str) -> Iterator[bytes]:
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


def stream_of(kind: str) -> Stream:
    """Return a new decompressor."""
    if kind == "gzip":
        return _Gzip()
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "zstd":
        return _Zstd()
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=WINDOW_BYTES * 2)
