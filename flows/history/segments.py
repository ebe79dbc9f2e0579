"""The file of a checkpoint: the sources and files of a range of the commit log, in blocks that are read one by one.

Blocks of JSON, an index of them, and 24 bytes that say where the index is. The sources are sorted by uri, so that a run reads the
blocks of the folders that it looks through and no others. Every block has a checksum: a file that is not whole is found out.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any, BinaryIO

import orjson

from flows.commits import Input, Stamp
from flows.write.log import StagedFile
from flows.write.store import Store

BLOCK_ROWS = 1000
"""Rows of a block, about 300 KB: one is read in 2 ms, and 100,000 in 0.2 s."""

END = struct.Struct("<QQ8s")
MAGIC = b"dateseg2"
OLDER = b"dateseg1"
"""Of files without the list of replaced paths; a version that writes them must not read those that have one."""

LAST_BYTES = 64 << 10
"""Read in one request: the index of 250,000 sources and less."""

_FIELDS = [field.name for field in fields(Input)]
_FILE_FIELDS = [field.name for field in fields(StagedFile)]
_URI, _SIZE, _MTIME, _CTIME, _ETAG = map(_FIELDS.index, ("uri", "size", "mtime_ns", "ctime_ns", "etag"))


class DamagedSegment(Exception):
    """The file is not whole, or is not what its name says."""


@dataclass(frozen=True, slots=True)
class Range:
    """Which records of the log a segment sums up, and what they say together.

    `last_sha256` is the hash of the record `last`: a segment of another log has another one. `placed_seq` is the last commit that
    placed articles in stories, and `signed_seq` the last one with signatures; 0 for none. `size` counts sources and files. `erased` are the
    keys of what was erased.
    """

    first: int
    last: int
    last_sha256: str
    placed_seq: int
    signed_seq: int
    left_out: tuple[str, ...]
    size: int = 0
    erased: tuple[str, ...] = ()


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

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        try:
            index = _index(store, name)
            lists = {name: tuple(index["range"].get(name, ())) for name in ("left_out", "erased")}
            self.range = Range(**{**index["range"], **lists})
            self._sources = [Block(**each) for each in index["sources"]]
            self._files = [Block(**each) for each in index["files"]]
            self._replaced = [Block(**each) for each in index.get("replaced", ())]
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise DamagedSegment(name) from error
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
            # Not by `_turn_to`: between two uris others may be asked for.
            rows = self._read(self._sources[number])
            yield from [uri for row in rows if (uri := str(row[_URI])).startswith(prefix)]

    def inputs(self) -> Iterator[Input]:
        """Yield the newest version of each source, in the order of their uris."""
        for block in self._sources:
            yield from (Input(*row) for row in self._read(block))

    def replaced(self) -> Iterator[str]:
        """Yield the paths of files of earlier records that the records replace."""
        for block in self._replaced:
            yield from (path for (path,) in self._read(block))

    def files(self) -> Iterator[tuple[int, StagedFile]]:
        """Yield each file that the records name and that none of them replaces, with the number of its commit, in the order of the log."""
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
            data = self._store.read(self._name, block.at, block.at + block.size)
        except FileNotFoundError as error:
            # A newer checkpoint has taken its place meanwhile.
            raise DamagedSegment(self._name) from error
        if zlib.crc32(data) != block.crc:
            raise DamagedSegment(self._name)
        rows: list[list[Any]] = orjson.loads(data)
        return rows


def _index(store: Store, name: str) -> dict[str, Any]:
    size = store.size(name) or 0
    last = store.read(name, max(0, size - LAST_BYTES), size)
    length, crc, magic = END.unpack(last[-END.size :])
    end = size - END.size
    if magic not in (MAGIC, OLDER) or length > end:
        raise ValueError("the end is not whole")
    is_read = length + END.size <= len(last)
    data = last[-END.size - length : -END.size] if is_read else store.read(name, end - length, end)
    if zlib.crc32(data) != crc:
        raise ValueError("the index is not whole")
    index: dict[str, Any] = orjson.loads(data)
    return index


def write_segment(
    file: BinaryIO,
    covered: Range,
    inputs: Iterable[Input],
    files: Iterable[tuple[int, StagedFile]],
    replaced: Iterable[str] = (),
) -> None:
    """Write a segment; `inputs` come in the order of their uris, `files` in that of the log."""
    size = 0
    blocks: dict[str, list[Block]] = {"sources": [], "files": [], "replaced": []}
    sources = (tuple(getattr(each, name) for name in _FIELDS) for each in inputs)
    listed = ((seq, *(getattr(each, name) for name in _FILE_FIELDS)) for seq, each in files)
    gone = ((path,) for path in replaced)
    for name, rows in (("sources", sources), ("files", listed), ("replaced", gone)):
        while some := list(islice(rows, BLOCK_ROWS)):
            data = orjson.dumps(some)
            blocks[name].append(Block(file.tell(), len(data), zlib.crc32(data), str(some[0][_URI])))
            file.write(data)
            size += len(some)
    index = orjson.dumps({"range": replace(covered, size=size), **blocks})
    file.write(index + END.pack(len(index), zlib.crc32(index), MAGIC))
