"""The file of a checkpoint: the sources and files of a range of the commit log, in blocks that are read one by one.

Blocks of JSON, an index of them, and 24 bytes that say where the index is. The sources are sorted by uri, so that a run reads the
blocks of the folders that it looks through and no others. Every block has a checksum: a file that is not whole is found out.
"""

from __future__ import annotations

import os
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from flows.commits import Input, Stamp
from flows.write.log import StagedFile

BLOCK_ROWS = 1000
"""Rows of a block, about 300 KB: one is read in 2 ms, and 100,000 in 0.2 s."""

END = struct.Struct("<QQ8s")
MAGIC = b"dateseg1"

_FIELDS = [field.name for field in fields(Input)]
_FILE_FIELDS = [field.name for field in fields(StagedFile)]
_URI, _SIZE, _MTIME, _CTIME, _ETAG = map(_FIELDS.index, ("uri", "size", "mtime_ns", "ctime_ns", "etag"))


class DamagedSegment(Exception):
    """The file is not whole, or is not what its name says."""


@dataclass(frozen=True, slots=True)
class Range:
    """Which records of the log a segment sums up, and what they say together.

    `last_sha256` is the hash of the record `last`: a segment of another log has another one. `placed_seq` is the last commit that
    placed articles in stories, and `signed_seq` the last one with signatures; 0 for none. `size` counts sources and files.
    """

    first: int
    last: int
    last_sha256: str
    placed_seq: int
    signed_seq: int
    left_out: tuple[str, ...]
    size: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Where a block is, its checksum, and the first uri in a block of sources."""

    at: int
    size: int
    crc: int
    start: str


class Segment:
    """A segment that is open for reading.

    Raises:
        DamagedSegment: on opening, or when a damaged block is read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            index = _index(path)
            self.range = Range(**{**index["range"], "left_out": tuple(index["range"]["left_out"])})
            self._sources = [Block(**each) for each in index["sources"]]
            self._files = [Block(**each) for each in index["files"]]
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise DamagedSegment(str(path)) from error
        self.left_out = frozenset(self.range.left_out)
        self._starts = [block.start for block in self._sources]
        self._number = -1
        self._rows: dict[str, list[Any]] = {}

    def stamp_of(self, uri: str) -> Stamp | None:
        """Return the stamp of a source, or None for one that is not in the segment."""
        row = self._row(uri)
        return (row[_SIZE], row[_MTIME], row[_CTIME], row[_ETAG]) if row else None

    def of(self, uri: str) -> Input | None:
        """Return the newest version of a source, with the items of all its versions."""
        row = self._row(uri)
        return Input(*row) if row else None

    def uris(self, prefix: str = "") -> Iterator[str]:
        """Yield the sources whose uri begins with a prefix, in order."""
        for number in range(max(0, bisect_right(self._starts, prefix) - 1), len(self._sources)):
            if self._starts[number] > prefix and not self._starts[number].startswith(prefix):
                return
            self._turn_to(number)
            yield from (uri for uri in tuple(self._rows) if uri.startswith(prefix))

    def inputs(self) -> Iterator[Input]:
        """Yield the newest version of each source, in the order of their uris."""
        for block in self._sources:
            yield from (Input(*row) for row in self._read(block))

    def files(self) -> Iterator[tuple[int, StagedFile]]:
        """Yield each file that the records name, with the number of its commit, in the order of the log."""
        for block in self._files:
            for seq, *row in self._read(block):
                yield seq, StagedFile(*row)

    def _row(self, uri: str) -> list[Any] | None:
        # Most often the last block again: what asks goes through the uris in order.
        row = self._rows.get(uri)
        if row is None:
            number = bisect_right(self._starts, uri) - 1
            if number < 0 or number == self._number:
                return None
            self._turn_to(number)
            row = self._rows.get(uri)
        return row

    def _turn_to(self, number: int) -> None:
        if number != self._number:
            self._rows = {row[_URI]: row for row in self._read(self._sources[number])}
            self._number = number

    def _read(self, block: Block) -> list[list[Any]]:
        try:
            with self._path.open("rb") as file:
                data = _bytes_at(file, block.at, block.size)
        except OSError as error:
            # A newer checkpoint has taken its place meanwhile.
            raise DamagedSegment(str(self._path)) from error
        if zlib.crc32(data) != block.crc:
            raise DamagedSegment(str(self._path))
        rows: list[list[Any]] = orjson.loads(data)
        return rows


def _index(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        end = os.fstat(file.fileno()).st_size - END.size
        size, crc, magic = END.unpack(_bytes_at(file, end, END.size))
        if magic != MAGIC or size > end:
            raise ValueError("the end is not whole")
        data = _bytes_at(file, end - size, size)
    if zlib.crc32(data) != crc:
        raise ValueError("the index is not whole")
    index: dict[str, Any] = orjson.loads(data)
    return index


def _bytes_at(file: BinaryIO, at: int, size: int) -> bytes:
    return os.pread(file.fileno(), size, max(0, at))


def write_segment(
    file: BinaryIO, covered: Range, inputs: Iterable[Input], files: Iterable[tuple[int, StagedFile]]
) -> None:
    """Write a segment; `inputs` come in the order of their uris, `files` in that of the log. Memory is that of a block."""
    size = 0
    blocks: dict[str, list[Block]] = {"sources": [], "files": []}
    sources = (tuple(getattr(each, name) for name in _FIELDS) for each in inputs)
    listed = ((seq, *(getattr(each, name) for name in _FILE_FIELDS)) for seq, each in files)
    for name, rows in (("sources", sources), ("files", listed)):
        while some := list(islice(rows, BLOCK_ROWS)):
            data = orjson.dumps(some)
            blocks[name].append(Block(file.tell(), len(data), zlib.crc32(data), str(some[0][_URI])))
            file.write(data)
            size += len(some)
    index = orjson.dumps({"range": replace(covered, size=size), **blocks})
    file.write(index + END.pack(len(index), zlib.crc32(index), MAGIC))
