"""Web archives that are compressed record by record: a damaged record does not affect the others.

A damaged record is left out whole and its place is reported, so that offsets and
hashes refer to bytes that the file holds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.errors import BrokenCompression
from flows.fetch.streams import Budget, Stream, drain, stream_of

GZIP_MAGIC = b"\x1f\x8b\x08"
STARTS = (b"WARC/", b"filedesc:")
STEP = 1 << 16
"""Stored bytes that are decompressed at a time; where a record is damaged, this many are decompressed in vain."""

MAX_HELD_BYTES = 64 << 20
"""A record is held back until it is complete. A longer one is passed on, and the file is refused if its end is damaged."""

MAX_RESTARTS = 10_000
"""Attempts to find the next record; an archive that needs more is refused whole."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A record that does not decompress: the offset among decompressed bytes where it would be, and why."""

    at: int
    error: BrokenCompression


def is_web_archive(start: bytes) -> bool:
    """Return True if gzip data begin with a record of a WARC or an ARC file."""
    try:
        return zlib.decompressobj(wbits=31).decompress(start, 16).startswith(STARTS)
    except zlib.error:
        return False


def decompress_records(chunks: Iterable[bytes], budget: Budget, damages: list[Damage]) -> Iterator[bytes]:
    """Yield the records that decompress, each whole; add to `damages` those that do not.

    Raises:
        BrokenCompression: too many are damaged, or one that is too long to be held back.
        CompressionBomb: over the limits.
    """
    archive = _Archive(budget, damages)
    for chunk in chunks:
        yield from archive.add(chunk)
    yield from archive.end()


class _Archive:
    """The state between chunks: the stored bytes of the current record, and what they decompressed to."""

    def __init__(self, budget: Budget, damages: list[Damage]) -> None:
        self._budget = budget
        self._damages = damages
        self._stored = bytearray()
        self._stored_at = 0
        self._fed = 0
        self._stream: Stream | None = None
        self._held: list[bytes] = []
        self._held_size = 0
        self._is_passed_on = False
        self._made = 0
        self._restarts = 0

    def add(self, chunk: bytes) -> Iterator[bytes]:
        """Take stored bytes; yield the records that are whole now."""
        self._stored += chunk
        while self._stream is not None or self._begin():
            if self._fed == len(self._stored):
                return
            yield from self._feed()

    def end(self) -> Iterator[bytes]:
        """Report a record that is cut short."""
        while self._stream is not None:
            self._drop("cut short")
            # The rest of this record may contain other records.
            yield from self.add(b"")

    def _begin(self) -> bool:
        """Find where the next record begins; False if it does not begin in what is stored so far."""
        at = self._stored.find(GZIP_MAGIC)
        if at < 0:
            # The magic may begin in the last bytes.
            self._forget(max(0, len(self._stored) - len(GZIP_MAGIC) + 1))
            return False
        self._forget(at)
        self._stream = stream_of("gzip")
        self._fed = 0
        return True

    def _feed(self) -> Iterator[bytes]:
        stream = self._stream
        assert stream is not None  # noqa: S101  # the loop in `add` has begun a record
        data = bytes(self._stored[self._fed : self._fed + STEP])
        try:
            for piece in drain(stream, data, "gzip", self._budget.uri):
                self._held.append(self._budget.count(piece))
                self._held_size += len(piece)
        except BrokenCompression as error:
            self._drop(error.found)
            return
        self._fed += len(data)
        if self._held_size > MAX_HELD_BYTES:
            self._is_passed_on = True
            self._forget(self._fed)
            self._fed = 0
        if stream.eof or self._is_passed_on:
            self._made += self._held_size
            yield from self._held
            self._held, self._held_size = [], 0
        if stream.eof:
            self._forget(self._fed - len(stream.unused_data))
            self._stream, self._fed, self._is_passed_on = None, 0, False

    def _drop(self, found: str) -> None:
        """Skip the current record, and look for the next one after its first byte."""
        place = f"the record at byte {self._stored_at:,}: {found}"
        error = BrokenCompression(self._budget.uri, place)
        self._restarts += 1
        if self._is_passed_on or self._restarts > MAX_RESTARTS:
            raise error
        if not self._damages or self._damages[-1].at != self._made:
            self._damages.append(Damage(self._made, error))
        self._forget(1)
        self._stream, self._fed = None, 0
        self._held, self._held_size = [], 0

    def _forget(self, size: int) -> None:
        del self._stored[:size]
        self._stored_at += size
