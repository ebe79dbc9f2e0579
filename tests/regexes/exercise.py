"""Runs what compiles patterns while it works, so that they are seen too."""

from __future__ import annotations

from flows.journey import journey
from flows.parse import sniff
from flows.parse.formats import Sample, cut
from flows.parse.headers import FORMATS
from flows.records import RawDispatch, Source
from tests.fuzz.samples import dispatches
from tests.fuzz.targets import FETCHED_AT, full_reference


def exercise() -> None:
    """Read each sample dispatch in its format, and offer it to the parsers of all others."""
    for data in dispatches():
        for known in (sniff(Sample("input", data)), *FORMATS):
            known.matches(Sample("input", data))
            ranges, (start, end) = cut(known, data)
            source = Source("file:///in/input", "0" * 64, known.name, 1, None, FETCHED_AT)
            raws = [RawDispatch(source, 0, a, b, data[a:b], data[start:end]) for a, b in list(ranges)[:1]]
            list(journey(raws, full_reference()))
