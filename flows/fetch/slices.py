"""A fetched source cut into dispatches: the format of each file in it, and the range of each dispatch."""

from __future__ import annotations

import mmap
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from flows.errors import DispatchError, ErasedDispatch, OversizeDispatch
from flows.fetch.read import ALIGNED_TO, Entry, Fetched
from flows.fetch.streams import CHUNK
from flows.fetch.web_archives import Damage
from flows.parse import SAMPLE_BYTES, sniff, understand
from flows.parse.formats import Buffer, Format, Sample, cut
from flows.parse.headers import BY_NAME
from flows.parse.mapped import MappedFile
from flows.parse.ranges import Ranges
from flows.records import EXCERPT_BYTES, NO_RULES, RawDispatch, Rejected, Rules, Source

MAX_DISPATCH_BYTES = 16 << 20
"""A longer dispatch is not a news text: the longest of 87,000 that were measured has 0.2 MB."""

NO_FORMAT = "none"


@dataclass(frozen=True, slots=True)
class Slice:
    """Dispatches of one source: where its bytes begin in the spool, and the range of each in it.

    `excerpt` is the start of a file that is `refused` as a whole: its range may be longer than what is in the spool.
    """

    source: Source
    spool_at: int
    first_number: int
    ranges: Ranges
    envelope: tuple[int, int] = (0, 0)
    refused: tuple[str, str] | None = None
    excerpt: bytes = b""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a run reads its sources: their rules, a format for all of them, and what to read again.

    `again` maps the uri of each source with rejected dispatches to their number; such a source is committed as a new version if fewer are rejected now. `reread` reads each
    source even if its size and times are unchanged; one with other bytes is a new version, and so is one that was read with other options, where
    this run states any. `erased` are the keys of what was erased from
    the output.
    """

    rules: Rules = NO_RULES
    form: str | None = None
    again: Mapping[str, int] | None = None
    reread: bool = False
    erased: frozenset[str] = frozenset()

    @property
    def options(self) -> dict[str, str]:
        """What is stated about the sources, as `Rules.options`."""
        return self.rules.options(self.form)


def slices_of(
    fetched: Fetched, version: int, supersedes: str | None, fetched_at: datetime, wishes: Wishes
) -> Iterator[Slice]:
    """Detect the format of each file in a source, and cut it into dispatches."""
    rules = replace(wishes.rules, charset=fetched.charset) if fetched.charset else wishes.rules
    with payload_of(fetched) as payload:
        for entry in fetched.entries:
            uri = f"{fetched.file.uri}!/{entry.path}" if entry.path else fetched.file.uri
            name, refused = NO_FORMAT, entry.refused
            size = entry.end - entry.start
            ranges, envelope = Ranges([(0, size if entry.path else max(size, fetched.file.size))]), (0, 0)
            if refused is None:
                try:
                    known = _form(payload, entry, uri, wishes.form)
                    name = known.name
                    # A view of its own for each file: offsets are within it.
                    with _view(fetched, payload, entry) as view:
                        ranges, envelope = cut(known, view)
                except DispatchError as error:
                    refused = error
            sha256 = entry.sha256 if entry.path else fetched.sha256
            source = Source(uri, sha256, name, version, supersedes, fetched_at, rules, wishes.erased)
            why = (refused.code, str(refused)) if refused else None
            start = bytes(payload[entry.start : min(entry.end, entry.start + EXCERPT_BYTES)]) if why else b""
            whole = Slice(source, entry.start, 0, ranges, envelope, why, start)
            yield from _with_damages(whole, entry.damages) if not refused else (whole,)


def _with_damages(whole: Slice, damages: Sequence[Damage]) -> Iterator[Slice]:
    """Cut a slice where records of a web archive are missing; each of them is a rejected dispatch without bytes."""
    first = 0
    for count, damage in enumerate(damages):
        before = bisect_left(whole.ranges, damage.at, lo=first, key=itemgetter(0))
        if before > first:
            yield replace(whole, first_number=first + count, ranges=whole.ranges[first:before])
        why = damage.error.code, str(damage.error)
        yield replace(
            whole, first_number=before + count, ranges=Ranges([(damage.at, damage.at)]), refused=why
        )
        first = before
    if whole.ranges[first:] or not damages:
        yield replace(whole, first_number=first + len(damages), ranges=whole.ranges[first:])


def _form(payload: Buffer, entry: Entry, uri: str, forced: str | None) -> Format:
    if forced:
        return BY_NAME[forced]
    name = uri.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    inner = stem if dot and suffix in ("gz", "bz2", "xz", "zst") else name
    start = payload[entry.start : min(entry.end, entry.start + SAMPLE_BYTES)]
    return sniff(Sample(inner, start))


@contextmanager
def payload_of(fetched: Fetched) -> Iterator[Buffer]:
    """Return the bytes of a source that is not in the spool."""
    if fetched.spooled is None:
        yield fetched.memory
        return
    with (
        fetched.spooled.open("rb") as spool,
        closing(MappedFile(spool.fileno(), 0, access=mmap.ACCESS_READ)) as payload,
    ):
        yield payload


@contextmanager
def _view(fetched: Fetched, payload: Buffer, entry: Entry) -> Iterator[Buffer]:
    """Return the bytes of one file of a source."""
    if len(fetched.entries) == 1:
        yield payload
    elif fetched.spooled is None or entry.start % ALIGNED_TO or entry.end - entry.start <= CHUNK:
        yield payload[entry.start : entry.end]
    else:
        size = entry.end - entry.start
        with (
            fetched.spooled.open("rb") as spool,
            closing(MappedFile(spool.fileno(), size, access=mmap.ACCESS_READ, offset=entry.start)) as view,
        ):
            yield view


def refused_in(fetched: Fetched, slices: Sequence[Slice]) -> int:
    """Count the dispatches of a source that are rejected now, without enriching any."""
    return sum(isinstance(raw, Rejected) or not _is_understood(raw) for raw in raws_of(fetched, slices))


def raws_of(fetched: Fetched, slices: Sequence[Slice]) -> Iterator[RawDispatch | Rejected]:
    """Yield the dispatches of a source that was fetched and is in no spool yet."""
    with payload_of(fetched) as payload:
        for each in slices:
            yield from raws_in(each, lambda start, end: payload[start:end])


def _is_understood(raw: RawDispatch) -> bool:
    try:
        understand(raw)
    except DispatchError:
        return False
    return True


def raws_in(each: Slice, read: Callable[[int, int], bytes]) -> Iterator[RawDispatch | Rejected]:
    """Yield the dispatches of a slice; `read` gives the bytes of a range of the spool."""
    at = each.spool_at
    envelope = b"" if each.refused else bytes(read(at + each.envelope[0], at + each.envelope[1]))
    for number, (start, end) in enumerate(each.ranges, start=each.first_number):
        refused, excerpt = each.refused, each.excerpt
        if each.source.is_erased:
            refused, excerpt = (ErasedDispatch.code, str(ErasedDispatch())), b""
        elif refused is None and end - start > MAX_DISPATCH_BYTES:
            error = OversizeDispatch(end - start, MAX_DISPATCH_BYTES)
            refused = error.code, str(error)
            excerpt = bytes(read(at + start, at + start + EXCERPT_BYTES))
        if refused:
            yield Rejected(RawDispatch(each.source, number, start, end, excerpt), *refused)
        else:
            yield RawDispatch(each.source, number, start, end, bytes(read(at + start, at + end)), envelope)
