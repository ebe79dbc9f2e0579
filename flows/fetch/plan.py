"""New and changed sources, read once, copied, cut into dispatches, and grouped into batches.

A batch is committed whole, and a source is never divided between two, so that a version of a source
is there or is not. A part is what one task works on. The order is that of the uris, and a batch is
full at a fixed size: a run that is killed and started again plans the same batches it has left.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.errors import DispatchError, OversizeDispatch, SourceMoved
from flows.fetch.ledger import Ledger
from flows.fetch.local import FoundFile
from flows.fetch.read import Fetched, fetch_bytes
from flows.parse import SAMPLE_BYTES, sniff
from flows.parse.formats import Buffer, Sample
from flows.parse.headers import BY_NAME
from flows.records import Input, RawDispatch, Rejected, Source, identify

BATCH_BYTES = 8 << 20
PART_BYTES = 2 << 20
"""Half a minute of work for one core. Smaller parts move the bar more often, and make more and smaller files."""

MOST_SOURCES = 4000
"""Sources in a batch, so that a commit record stays below 2 MB."""

MOST_DISPATCH_BYTES = 16 << 20
"""A single dispatch over this is no news text: the longest of the 87,000 measured has 0.2 MB."""

NO_FORMAT = "none"


@dataclass(frozen=True, slots=True)
class Slice:
    """Dispatches of one source: where its bytes begin in the spool, and the range of each in it."""

    source: Source
    spool_at: int
    first_number: int
    ranges: tuple[tuple[int, int], ...]
    refused: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one task works on; picklable and small."""

    number: int
    spool: Path
    slices: tuple[Slice, ...]

    @property
    def dispatch_count(self) -> int:
        """How many dispatches are in it."""
        return sum(len(each.ranges) for each in self.slices)

    @property
    def byte_count(self) -> int:
        """How many bytes its dispatches have."""
        return sum(end - start for each in self.slices for start, end in each.ranges)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit adds: sources whole, cut into parts. A batch may have inputs and no part."""

    seq: int
    batch_id: str
    spool: Path
    parts: tuple[Part, ...]
    inputs: tuple[Input, ...]


@dataclass(slots=True)
class Tally:
    """What the plan saw on the way; for the summary of the run."""

    unchanged: int = 0
    moved: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


def plan_batches(
    files: Iterable[FoundFile],
    ledger: Ledger,
    *,
    spool_folder: Path,
    first_seq: int,
    fetched_at: datetime,
    tally: Tally,
) -> Iterator[Batch]:
    """Yield the batches of what the ledger does not know, in order, spooling each as it is asked for."""
    batch = _Building(first_seq, spool_folder)
    for file in files:
        known = ledger.of(file.uri)
        if known and known.stamp == file.stamp:
            tally.unchanged += 1
            continue
        try:
            fetched = fetch_bytes(file, spool_folder, BATCH_BYTES)
        except SourceMoved:
            tally.moved.append(file.uri)
            continue
        if known and known.sha256 == fetched.sha256 and not fetched.refused:
            # Touched, not changed: nothing to read, only the stamp is new.
            batch.observe(
                _input(file, fetched, known.version, known.supersedes, known.dispatch_count, known.format)
            )
            tally.unchanged += 1
            fetched.forget()
            continue
        if batch.is_full_with(fetched):
            yield batch.done()
            batch = _Building(batch.seq + 1, spool_folder)
        version = known.version + 1 if known else 1
        supersedes = known.sha256 if known else None
        batch.add(file, fetched, version, supersedes, fetched_at)
    if batch.inputs:
        yield batch.done()


def read_part(part: Part) -> Iterator[RawDispatch | Rejected]:
    """Read the dispatches of a part from the spool, in order; nothing is read of those refused."""
    with part.spool.open("rb") as spool:
        for each in part.slices:
            for number, (start, end) in enumerate(each.ranges, start=each.first_number):
                refused = each.refused
                if refused is None and end - start > MOST_DISPATCH_BYTES:
                    error = OversizeDispatch(end - start, MOST_DISPATCH_BYTES)
                    refused = error.code, str(error)
                if refused:
                    raw = RawDispatch(each.source, number, start, end, b"")
                    yield Rejected(raw, *refused)
                    continue
                spool.seek(each.spool_at + start)
                yield RawDispatch(each.source, number, start, end, spool.read(end - start))


class _Building:
    """A batch while sources are added to it."""

    def __init__(self, seq: int, folder: Path) -> None:
        self.seq = seq
        self.inputs: list[Input] = []
        self._spool = folder / f"{seq:020d}"
        self._slices: list[Slice] = []
        self._size = 0

    def is_full_with(self, fetched: Fetched) -> bool:
        return bool(self._slices) and (
            self._size + fetched.size > BATCH_BYTES or len(self.inputs) >= MOST_SOURCES
        )

    def observe(self, seen: Input) -> None:
        self.inputs.append(seen)

    def add(
        self, file: FoundFile, fetched: Fetched, version: int, supersedes: str | None, fetched_at: datetime
    ) -> None:
        ranges: list[tuple[int, int]] = []
        refused = fetched.refused
        name = NO_FORMAT
        if refused is None:
            try:
                name, ranges = self._cut(file, fetched)
            except DispatchError as error:
                refused = error
        source = Source(file.uri, fetched.sha256, name, version, supersedes, fetched_at)
        if refused:
            ranges = [(0, fetched.size)]
        self._slices.append(
            Slice(
                source,
                self._size,
                0,
                tuple(ranges),
                refused=(refused.code, str(refused)) if refused else None,
            )
        )
        if fetched.spooled:
            fetched.spooled.rename(self._spool)
            self._size += fetched.size
        elif not refused:
            with self._spool.open("ab") as spool:
                spool.write(fetched.memory)
            self._size += fetched.size
        self.inputs.append(_input(file, fetched, version, supersedes, len(ranges), name))

    def _cut(self, file: FoundFile, fetched: Fetched) -> tuple[str, list[tuple[int, int]]]:
        """Tell the form and the range of each dispatch; a file of nothing is one empty dispatch."""
        inner = file.path.stem if file.path.suffix in (".gz", ".bz2", ".xz") else file.path.name
        if fetched.spooled is None:
            return _cut(fetched.memory, inner)
        with (
            fetched.spooled.open("rb") as spool,
            closing(mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ)) as payload,
        ):
            return _cut(payload, inner)

    def done(self) -> Batch:
        self._spool.touch()
        return Batch(
            seq=self.seq,
            batch_id=identify("batch", *((each.uri, each.sha256) for each in self.inputs)),
            spool=self._spool,
            parts=tuple(self._parts()),
            inputs=tuple(self.inputs),
        )

    def _parts(self) -> Iterator[Part]:
        slices: list[Slice] = []
        number = size = 0
        for each in self._slices:
            for piece in _pieces_of_slice(each):
                length = piece.ranges[-1][1] - piece.ranges[0][0]
                if slices and size + length > PART_BYTES:
                    yield Part(number, self._spool, tuple(slices))
                    slices, size = [], 0
                    number += 1
                slices.append(piece)
                size += length
        if slices:
            yield Part(number, self._spool, tuple(slices))


def _pieces_of_slice(whole: Slice) -> Iterator[Slice]:
    """Cut a slice into slices of about PART_BYTES at most, none in the middle of a dispatch."""
    start = 0
    for at in range(len(whole.ranges)):
        is_last = at == len(whole.ranges) - 1
        if is_last or whole.ranges[at + 1][1] - whole.ranges[start][0] > PART_BYTES:
            yield Slice(whole.source, whole.spool_at, start, whole.ranges[start : at + 1], whole.refused)
            start = at + 1


def _cut(payload: Buffer, name: str) -> tuple[str, list[tuple[int, int]]]:
    known = sniff(Sample(name, payload[:SAMPLE_BYTES]))
    return known.name, list(BY_NAME[known.name].split(payload)) or [(0, len(payload))]


def _input(
    file: FoundFile,
    fetched: Fetched,
    version: int,
    supersedes: str | None,
    dispatch_count: int,
    name: str = NO_FORMAT,
) -> Input:
    return Input(
        uri=file.uri,
        sha256=fetched.sha256,
        version=version,
        supersedes=supersedes,
        size=file.size,
        mtime_ns=file.mtime_ns,
        ctime_ns=file.ctime_ns,
        format=name,
        dispatch_count=dispatch_count,
    )


def forget_spool(batch: Batch) -> None:
    """Remove the copied bytes of a batch that was committed."""
    os.unlink(batch.spool)
