"""Single compressed files, told by their first bytes and unpacked as a stream, within limits."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from flows.errors import BrokenCompression, CompressionBomb

CHUNK = 1 << 20
MOST_BYTES = 8 << 30
"""A file that unpacks to more is refused."""

MOST_RATIO = 250
"""So is one that unpacks to more than this many times its own size, once that is over FREE_BYTES:
the text corpora measured stay below 10, and an empty gzip stream of zeros has 1,030."""

FREE_BYTES = 32 << 20

MAGIC = ((b"\x1f\x8b\x08", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"))


class _Stream(Protocol):
    """What the three decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def compression_of(start: bytes) -> str | None:
    """Return gzip, bzip2, xz, or None for bytes that are none of these."""
    return next((name for magic, name in MAGIC if start.startswith(magic)), None)


def unpacked(chunks: Iterable[bytes], kind: str, uri: str) -> Iterator[bytes]:
    """Yield the unpacked bytes; streams that follow one another in one file are one text.

    Raises:
        BrokenCompression: damaged or cut short.
        CompressionBomb: over the limits.
    """
    stream = _stream(kind)
    read = made = 0
    for data in chunks:
        read += len(data)
        while data:
            if stream.eof:
                # Zero bytes may pad a stream to a block of tape.
                data = data.lstrip(b"\0")
                if not data:
                    break
                stream = _stream(kind)
            for piece in _drained(stream, data, kind, uri):
                made += len(piece)
                if made > MOST_BYTES or (made > FREE_BYTES and made > MOST_RATIO * read):
                    raise CompressionBomb(
                        uri,
                        f"more than {made:,} bytes from {read:,}",
                        f"at most {MOST_RATIO} times its size and {MOST_BYTES:,} bytes",
                    )
                yield piece
            data = stream.unused_data if stream.eof else b""
    if not stream.eof:
        raise BrokenCompression(uri, f"a {kind} stream that is cut short")


def _drained(stream: _Stream, data: bytes, kind: str, uri: str) -> Iterator[bytes]:
    """Yield all that the data unpacks to, in pieces of at most CHUNK."""
    try:
        yield stream.decompress(data, CHUNK)
        while not stream.eof and not stream.needs_input:
            yield stream.decompress(b"", CHUNK)
    except (zlib.error, OSError, lzma.LZMAError, EOFError) as error:
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


def _stream(kind: str) -> _Stream:
    if kind == "gzip":
        return _Gzip()
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=256 << 20)
