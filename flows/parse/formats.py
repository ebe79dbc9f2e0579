"""What a header format is, and the beginning of a file, by which it is detected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from flows.parse.decode import bom_of
from flows.parse.mapped import MappedFile, has_words, release
from flows.parse.ranges import Ranges
from flows.records import Parsed, RawDispatch

Buffer = bytes | MappedFile


@dataclass(frozen=True)
class Sample:
    """The beginning of a file, and its name."""

    name: str
    start: bytes = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The beginning as text, by its byte order mark or as UTF-8, without leading white space."""
        bom = bom_of(self.start)
        mark, encoding = bom or (b"", "utf-8")
        text = self.start[len(mark) :].decode(encoding, errors="replace")
        return text.lstrip("\ufeff \t\r\n")


@dataclass(frozen=True, slots=True)
class Format:
    """One format in which dispatches arrive.

    `matches` looks at the beginning of a file; `split` yields the byte range of each dispatch in
    it, in order, and leaves out only white space and the envelope; `parse` reads one
    dispatch, or raises `DispatchError`. `has_envelope`: the bytes before the first dispatch of a
    file are passed to `parse` with each dispatch.
    """

    name: str
    yields: str
    matches: Callable[[Sample], bool]
    split: Callable[[Buffer], Iterator[tuple[int, int]]]
    parse: Callable[[RawDispatch], Parsed]
    has_envelope: bool = False


MAX_ENVELOPE_BYTES = 256 * 1024
"""A longer part before the first dispatch of a file is not an envelope."""


def cut(known: Format, payload: Buffer) -> tuple[Ranges, tuple[int, int]]:
    """Return the range of each dispatch of a file, and that of their envelope; an empty file is one dispatch."""
    pairs = known.split(payload)
    ranges = Ranges(pairs if isinstance(payload, bytes) else _releasing(pairs, payload))
    ranges = ranges or Ranges([(0, len(payload))])
    first = ranges[0][0]
    return ranges, (0, first if known.has_envelope and first <= MAX_ENVELOPE_BYTES else 0)


def _releasing(pairs: Iterable[tuple[int, int]], payload: Buffer) -> Iterator[tuple[int, int]]:
    """Pass the ranges on, and give back the memory of what lies before them: a file may be larger than it."""
    for start, end in pairs:
        release(payload, start)
        yield start, end


def between(payload: Buffer, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Split a file where its dispatches start; the part before the first of them is one too."""
    last = None
    for start in starts:
        if last is not None:
            yield last, start
        elif has_words(payload, 0, start):
            yield 0, start
        last = start
    yield last or 0, len(payload)


def whole(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Split a file that is one dispatch."""
    yield 0, len(payload)
