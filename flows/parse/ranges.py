"""Ranges of bytes, packed: a file of a million dispatches has as many."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload


class Ranges(Sequence[tuple[int, int]]):
    """Pairs of a start and an end, in order, in 16 bytes each instead of 120; never changed."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._starts, self._ends = array("q"), array("q")
        for start, end in pairs:
            self._starts.append(start)
            self._ends.append(end)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, at: int) -> tuple[int, int]: ...

    @overload
    def __getitem__(self, at: slice) -> Ranges: ...

    def __getitem__(self, at: int | slice) -> tuple[int, int] | Ranges:
        if isinstance(at, int):
            return self._starts[at], self._ends[at]
        part = Ranges()
        part._starts, part._ends = self._starts[at], self._ends[at]
        return part

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._starts, self._ends, strict=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and (self._starts, self._ends) == (other._starts, other._ends)

    def __hash__(self) -> int:
        return hash((len(self), *self[:1]))

    def __repr__(self) -> str:
        return f"Ranges({list(self)})"

    def __reduce__(self) -> tuple[object, ...]:
        return _unpacked, (self._starts.tobytes(), self._ends.tobytes())

    @property
    def size(self) -> int:
        """The number of bytes in all ranges."""
        return sum(self._ends) - sum(self._starts)


def _unpacked(starts: bytes, ends: bytes) -> Ranges:
    ranges = Ranges()
    ranges._starts.frombytes(starts)
    ranges._ends.frombytes(ends)
    return ranges
