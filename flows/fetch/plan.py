"""New and changed sources, read once, copied, cut into dispatches, and grouped into batches.

A batch is committed whole, and a source is never divided between two, so that a version of a source
is there or is not. A part is what one task works on. The order is that of the uris, and a batch is
full at a fixed size: a run that is killed and started again plans the same batches it has left.
"""

from __future__ import annotations

import os
import shutil
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from operator import itemgetter
from pathlib import Path

from flows.commits import LEFT_OUT, Input
from flows.errors import SourceMoved, UnreachableSource
from flows.fetch.file_list import FileList
from flows.fetch.items import FEEDS, new_items
from flows.fetch.ledger import Ledger
from flows.fetch.local import FoundFile
from flows.fetch.read import Fetched, fetch_bytes
from flows.fetch.slices import NO_FORMAT, Slice, Wishes, payload_of, raws_in, refused_in, slices_of
from flows.parse.ranges import Ranges
from flows.records import RawDispatch, Rejected, identify

BATCH_BYTES = 8 << 20
PART_BYTES = 2 << 20
"""Seconds of work for one core. Smaller parts update the progress bar more often, and make more and smaller files."""

LEAST_PART_BYTES = 256 << 10
"""The last parts of a run are smaller and smaller, down to this, so that no worker waits long for the last one of another."""

COPIED_BYTES = 1 << 20
"""Copied at a time from the spool of a source into that of its batch."""

MAX_SOURCES = 4000
"""Sources in a batch, so that a commit record stays below 2 MB."""


@dataclass(frozen=True, slots=True)
class Part:
    """The work of one task; picklable and small."""

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
        return sum(each.ranges.size for each in self.slices)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit adds: sources whole, cut into parts. A batch may have inputs and no part."""

    seq: int
    batch_id: str
    spool: Path
    parts: tuple[Part, ...]
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is committed together, and how much is one task; `workers` share what is left at the end of a run."""

    batch_bytes: int
    part_bytes: int
    workers: int = 1

    def of_part(self, left: int) -> int:
        """Return the size of the next part, where so many bytes are left to the end of the run."""
        share = left // (2 * self.workers) if self.workers > 1 else left
        return min(self.part_bytes, max(LEAST_PART_BYTES, share))


@dataclass(slots=True)
class Tally:
    """Counts of the plan, for the summary of the run."""

    unchanged: int = 0
    moved: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)


def plan_batches(
    files: FileList,
    ledger: Ledger,
    *,
    spool_folder: Path,
    first_seq: int,
    fetched_at: datetime,
    tally: Tally,
    wishes: Wishes,
    left_out: Iterable[FoundFile] = (),
    sizes: Sizes | None = None,
) -> Iterator[Batch]:
    """Yield the batches of what the ledger does not know, in order, spooling each as it is asked for.

    Files that are left out are listed in the first batches that read something, and make none alone.
    """
    unlisted = (file for file in left_out if not ledger.lists(file.uri))
    sizes = sizes or Sizes(BATCH_BYTES, PART_BYTES)
    batch = _Building(first_seq, spool_folder, sizes)
    left = files.byte_count
    for found in files:
        known = ledger.of(found.uri)
        is_again = wishes.again is not None and found.uri in wishes.again
        if known and known.stamp == found.stamp and not (is_again or wishes.reread):
            tally.unchanged += 1
            continue
        try:
            fetched = fetch_bytes(
                found, spool_folder, BATCH_BYTES, "" if is_again or wishes.reread or not known else known.etag
            )
        except SourceMoved:
            tally.moved.append(found.uri)
            continue
        except UnreachableSource as error:
            tally.unreachable.append(str(error))
            continue
        if fetched is None:
            tally.unchanged += 1
            continue
        version = known.version + 1 if known else 1
        supersedes = known.sha256 if known else None
        slices = list(slices_of(fetched, version, supersedes, fetched_at, wishes))
        if is_feed(slices) and not is_again:
            slices, items = _only_new(fetched, slices, ledger)
        else:
            items = {}
        if known and known.sha256 == fetched.sha256 and not fetched.is_refused:
            refused_before = (wishes.again or {}).get(found.uri, 0)
            is_asked = is_again or _is_read_otherwise(known, slices, wishes)
            if not is_asked or (is_again and refused_in(fetched, slices) >= refused_before):
                # Touched but not changed, or as many refused as before: only the stamp is new.
                if known.stamp != fetched.file.stamp:
                    if batch.is_full:
                        yield batch.done(left)
                        batch = _Building(batch.seq + 1, spool_folder, sizes)
                    batch.observe(
                        replace(
                            _input(fetched, known.version, known.supersedes, slices),
                            format=known.format,
                            options=known.options,
                        )
                    )
                tally.unchanged += 1
                fetched.forget()
                continue
        if batch.is_full_with(fetched):
            yield batch.done(left)
            batch = _Building(batch.seq + 1, spool_folder, sizes)
        left -= max(0, found.size)
        for file in islice(unlisted, max(0, MAX_SOURCES - len(batch.inputs))):
            batch.observe(_left_out(file))
        seen = replace(_input(fetched, version, supersedes, slices), items=items, options=wishes.options)
        batch.add(fetched, slices, seen)
    if batch.inputs:
        yield batch.done(0)


def _is_read_otherwise(known: Input, slices: Sequence[Slice], wishes: Wishes) -> bool:
    """Return True if a run that reads every source again states other options than a source was read with.

    A run without options keeps what was read: a scheduled one would undo what was corrected by hand. So does a feed, whose items have versions
    of their own.
    """
    return wishes.reread and bool(wishes.options) and known.options != wishes.options and not is_feed(slices)


def is_feed(slices: Sequence[Slice]) -> bool:
    """Return True if a source is a feed at an address, which is fetched again for its new items."""
    return len(slices) == 1 and slices[0].source.format in FEEDS and slices[0].source.uri.startswith("http")


def _only_new(
    fetched: Fetched, slices: Sequence[Slice], ledger: Ledger
) -> tuple[list[Slice], dict[str, tuple[str, int]]]:
    """Return the new items of a feed as slices, and what the ledger is to know of them."""
    with payload_of(fetched) as payload:
        known = ledger.items_of(fetched.file.uri)
        new = list(new_items(slices[0], known, lambda start, end: bytes(payload[start:end])))
    return [each for each, _ in new], {key: (each.source.sha256, each.source.version) for each, key in new}


def read_part(part: Part) -> Iterator[RawDispatch | Rejected]:
    """Read the dispatches of a part from the spool, in order; nothing is read of those refused."""
    with part.spool.open("rb") as spool:

        def read(start: int, end: int) -> bytes:
            spool.seek(start)
            return spool.read(end - start)

        for each in part.slices:
            yield from raws_in(each, read)


class _Building:
    """A batch while sources are added to it."""

    def __init__(self, seq: int, folder: Path, sizes: Sizes) -> None:
        self.seq = seq
        self._sizes = sizes
        self.inputs: list[Input] = []
        self._spool = folder / f"{seq:020d}"
        self._slices: list[Slice] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        return len(self.inputs) >= MAX_SOURCES

    def is_full_with(self, fetched: Fetched) -> bool:
        return self.is_full or (bool(self._slices) and self._size + fetched.size > self._sizes.batch_bytes)

    def observe(self, seen: Input) -> None:
        self.inputs.append(seen)

    def add(self, fetched: Fetched, slices: Iterable[Slice], seen: Input) -> None:
        self._slices += [replace(each, spool_at=self._size + each.spool_at) for each in slices]
        if fetched.spooled and not self._size:
            fetched.spooled.rename(self._spool)
        elif fetched.spooled:
            with fetched.spooled.open("rb") as source, self._spool.open("ab") as spool:
                shutil.copyfileobj(source, spool, COPIED_BYTES)
            fetched.spooled.unlink()
        elif fetched.memory:
            with self._spool.open("ab") as spool:
                spool.write(fetched.memory)
        self._size += fetched.size
        self.inputs.append(seen)

    def done(self, left: int) -> Batch:
        """Return the batch; `left` bytes are to be read after it."""
        self._spool.touch()
        return Batch(
            seq=self.seq,
            batch_id=identify("batch", *((each.uri, each.sha256) for each in self.inputs)),
            spool=self._spool,
            parts=tuple(self._parts(left)),
            inputs=tuple(self.inputs),
        )

    def _parts(self, left: int) -> Iterator[Part]:
        """Cut the slices into parts, none in the middle of a dispatch."""
        left += self._size
        slices: list[Slice] = []
        number = size = 0
        for whole in self._slices:
            start = 0
            while start < len(whole.ranges):
                room = self._sizes.of_part(left) - size
                end = _end_within(whole.ranges, start, room)
                if end == start and slices:
                    yield Part(number, self._spool, tuple(slices))
                    slices, size = [], 0
                    number += 1
                    continue
                end = max(end, start + 1)
                ranges = whole.ranges[start:end]
                slices.append(replace(whole, first_number=whole.first_number + start, ranges=ranges))
                length = ranges[-1][1] - ranges[0][0]
                size += length
                left -= length
                start = end
        if slices:
            yield Part(number, self._spool, tuple(slices))


def _end_within(ranges: Ranges, start: int, size: int) -> int:
    """Return the end of the longest run of ranges from `start` that has so many bytes at most."""
    return bisect_right(ranges, ranges[start][0] + size, lo=start, key=itemgetter(1))


def _input(fetched: Fetched, version: int, supersedes: str | None, slices: Sequence[Slice]) -> Input:
    file = fetched.file
    names = {each.source.format for each in slices} or {NO_FORMAT}
    return Input(
        uri=file.uri,
        sha256=fetched.sha256,
        version=version,
        supersedes=supersedes,
        size=file.size,
        mtime_ns=file.mtime_ns,
        ctime_ns=file.ctime_ns,
        format=names.pop() if len(names) == 1 else "several",
        dispatch_count=sum(len(each.ranges) for each in slices),
        etag=file.etag,
    )


def _left_out(file: FoundFile) -> Input:
    return Input(file.uri, "", 0, None, file.size, file.mtime_ns, file.ctime_ns, LEFT_OUT, 0)


def forget_spool(batch: Batch) -> None:
    """Remove the copied bytes of a batch that was committed."""
    os.unlink(batch.spool)
