"""What a header format is, and what a file shows of itself before it is read."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flows.records import Parsed, RawDispatch

Buffer = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file, and its name."""

    name: str
    start: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Format:
    """One form in which dispatches arrive.

    `matches` looks at the beginning of a file; `split` yields the byte range of each dispatch in
    it, in order, and leaves out nothing but blank space and the envelope; `parse` reads one
    dispatch, or raises `DispatchError`.
    """

    name: str
    yields: str
    matches: Callable[[Sample], bool]
    split: Callable[[Buffer], Iterator[tuple[int, int]]]
    parse: Callable[[RawDispatch], Parsed]


def whole(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Split a file that is one dispatch."""
    yield 0, len(payload)
