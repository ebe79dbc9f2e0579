"""Checkpoints of the commit log: made after a run, so that the next ones read no old record.

A checkpoint sums up a range of records (`segments.py`). It is a projection: only the log is true, and a checkpoint that is missing,
damaged, or of another log is passed over and its records are read instead, with the same outcome.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from flows.commits import Input, Stamp
from flows.errors import DatelineError
from flows.fetch.ledger import SourcesInMemory
from flows.history.records import erased_by, inputs_of, last_placed, last_signed, revised_among
from flows.history.segments import DamagedSegment, Range, Segment, write_segment
from flows.write.log import Commit, LiveFiles, read_log, record_name
from flows.write.output import Output
from flows.write.store import CHECKPOINTS, SEQ_DIGITS

NAME = re.compile(rf"{re.escape(CHECKPOINTS)}/([0-9]{{{SEQ_DIGITS}}})-([0-9]{{{SEQ_DIGITS}}})\.segment")

MIN_RATIO = 4
"""A new checkpoint takes up the ones before it until the next one is so many times as large. The number of checkpoints, and how often an
entry is written again, then grow with the logarithm of the log."""

MAX_INPUTS = 50_000
"""Inputs that are held in memory while a checkpoint is made; a longer stretch of the log becomes several."""

Answer = TypeVar("Answer")


class Checkpoint:
    """A checkpoint as a source of the ledger; if it proves damaged while it is read, its records of the log answer instead."""

    def __init__(self, output: Output, segment: Segment) -> None:
        self._output = output
        self._segment = segment
        self._replayed: SourcesInMemory | None = None
        self.range = segment.range

    @property
    def left_out(self) -> frozenset[str]:
        """The files that were left out for their names."""
        return self._segment.left_out

    def stamp_of(self, uri: str) -> Stamp | None:
        """Return the stamp of a source, or None for one that is not in the range."""
        return self._ask(lambda known: known.stamp_of(uri))

    def of(self, uri: str) -> Input | None:
        """Return the newest version of a source in the range."""
        return self._ask(lambda known: known.of(uri))

    def uris(self, prefix: str = "") -> Iterator[str]:
        """Yield the sources whose uri begins with a prefix, in order."""
        last = ""
        uris = iter(()) if self._replayed is not None else self._segment.uris(prefix)
        with suppress(DamagedSegment):
            for last in uris:
                yield last
            if self._replayed is None:
                return
        yield from (uri for uri in self._in_memory.uris(prefix) if uri > last)

    def add_files_to(self, live: LiveFiles, up_to: int | None = None) -> None:
        """Add what the records of the range come to; those up to a number, which are read from the log if it is in the range."""
        if up_to is not None and up_to < self.range.last:
            for record in read_log(self._output, after=self.range.first - 1):
                if record.seq > up_to:
                    return
                live.add_record(record)
            return
        try:
            replaced, files = list(self._segment.replaced()), list(self._segment.files())
        except DamagedSegment:
            for record in self._records():
                live.add_record(record)
        else:
            live.add(files, replaced)

    def revised(self) -> dict[str, int]:
        """Return the newest version of each source in the range that has had more than one."""
        return self._ask(lambda known: revised_among(known.inputs()))

    def _ask(self, question: Callable[[Segment | SourcesInMemory], Answer]) -> Answer:
        if self._replayed is None:
            try:
                return question(self._segment)
            except DamagedSegment:
                pass
        return question(self._in_memory)

    @property
    def _in_memory(self) -> SourcesInMemory:
        """The sources as the records of the log name them, read when the segment proves damaged."""
        if self._replayed is None:
            self._replayed = SourcesInMemory(inputs_of(self._records()))
        return self._replayed

    def _records(self) -> Iterator[Commit]:
        _warn(self._output, "checkpoint.damaged", first=self.range.first, last=self.range.last)
        records = read_log(self._output, after=self.range.first - 1)
        return (record for record in records if record.seq <= self.range.last)


def open_checkpoints(output: Output) -> list[Checkpoint]:
    """Return the checkpoints that follow one another from the first record of the log on, the oldest first."""
    return [Checkpoint(output, segment) for segment in _segments(output)]


def write_checkpoints(output: Output) -> None:
    """Sum up the records that no checkpoint covers; the caller holds the lock of the output.

    Where none can be written, there is none: the next run reads more of the log.
    """
    try:
        found = _segments(output)
        stretch: list[Commit] = []
        for record in read_log(output, after=found[-1].range.last if found else 0):
            stretch.append(record)
            if sum(len(each.inputs) for each in stretch) >= MAX_INPUTS:
                found = _extended(output, found, stretch)
                stretch = []
        if stretch:
            found = _extended(output, found, stretch)
        used = {_name(each.range) for each in found}
        output.store.delete([name for name in output.store.names(CHECKPOINTS) if name not in used])
    except (OSError, DatelineError, DamagedSegment) as error:
        _warn(output, "checkpoint.skipped", error=f"{type(error).__name__}: {error}")


def _extended(output: Output, found: Sequence[Segment], stretch: Sequence[Commit]) -> list[Segment]:
    """Write a checkpoint of the records and of the checkpoints before them that are not much larger."""
    kept, sources = list(found), SourcesInMemory(inputs_of(stretch))
    merged: list[Segment] = []
    size = sum(len(record.files) + len(record.inputs) for record in stretch)
    while kept and kept[-1].range.size < MIN_RATIO * size:
        merged.insert(0, kept.pop())
        size += merged[0].range.size
    covered = Range(
        first=kept[-1].range.last + 1 if kept else 1,
        last=stretch[-1].seq,
        last_sha256=_digest(output, stretch[-1].seq) or "",
        placed_seq=max(last_placed(stretch), *(each.range.placed_seq for each in merged), 0),
        signed_seq=max(last_signed(stretch), *(each.range.signed_seq for each in merged), 0),
        left_out=tuple(sorted(sources.left_out.union(*(each.left_out for each in merged)))),
        erased=tuple(sorted({*erased_by(stretch), *chain(*(each.range.erased for each in merged))})),
    )
    inputs = _newest((*(each.inputs() for each in merged), sources.inputs()))
    live = LiveFiles()
    for each in merged:
        live.add(each.files(), each.replaced())
    for record in stretch:
        live.add_record(record)
    made = BytesIO()
    write_segment(made, covered, inputs, live.files(), live.replaced)
    output.store.replace(_name(covered), made.getvalue())
    return [*kept, Segment(output.store, _name(covered))]


def _newest(oldest_first: Iterable[Iterator[Input]]) -> Iterator[Input]:
    """Merge inputs that are sorted by uri, and keep the newest of each source with the items of all."""
    newest: Input | None = None
    # `merge` is stable: of one source, the older comes first.
    for each in heapq.merge(*oldest_first, key=attrgetter("uri")):
        if newest is not None and newest.uri == each.uri:
            newest = each.with_items_of(newest)
            continue
        if newest is not None:
            yield newest
        newest = each
    if newest is not None:
        yield newest


def _segments(output: Output) -> list[Segment]:
    """Open the checkpoints that follow one another from the first record of the log on, the longest of each place."""
    by_first: dict[int, list[str]] = {}
    for name in reversed(output.store.names(CHECKPOINTS)):
        if found := NAME.fullmatch(name):
            by_first.setdefault(int(found[1]), []).append(name)
    following: list[Segment] = []
    first = 1
    while segment := next(filter(None, (_opened(output, name) for name in by_first.get(first, ()))), None):
        following.append(segment)
        first = segment.range.last + 1
    return following


def _opened(output: Output, name: str) -> Segment | None:
    try:
        segment = Segment(output.store, name)
    except DamagedSegment:
        return None
    covered = segment.range
    is_of_this_log = _name(covered) == name and covered.last_sha256 == _digest(output, covered.last)
    return segment if is_of_this_log else None


def _digest(output: Output, seq: int) -> str | None:
    try:
        return hashlib.sha256(output.store.read(record_name(seq))).hexdigest()
    except FileNotFoundError:
        return None


def _name(covered: Range) -> str:
    return f"{CHECKPOINTS}/{covered.first:0{SEQ_DIGITS}d}-{covered.last:0{SEQ_DIGITS}d}.segment"


def _warn(output: Output, event: str, **fields: Any) -> None:
    # structlog takes 60 ms to import, which a run with nothing new does not spend.
    import structlog  # noqa: PLC0415  # start-up

    structlog.stdlib.get_logger("dateline").warning(event, output=output.uri, **fields)
