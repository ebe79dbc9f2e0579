"""Slices by code points of many texts at once, without decoding them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Offsets = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def text_buffer(texts: pa.Array[Any]) -> tuple[npt.NDArray[np.uint8], Offsets]:
    """Return the UTF-8 bytes of texts without a null, one after the other, and the offset of each; the last is their sum."""
    if not len(texts):
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    _, offsets, data = texts.buffers()
    found = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    everything = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    return everything[found[0] : found[-1]], found - found[0]


class CodePoints:
    """A column of texts whose slices by code points can be compared.

    In ASCII a code point is a byte. Only for the other texts, and only if slices are compared, is it counted where each begins.
    """

    def __init__(self, texts: pa.Array[Any]) -> None:
        """Take texts without a null."""
        self._texts = texts
        self._data, self._offsets = text_buffer(texts)
        self._lengths: Offsets = pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)

    def have(self, rows: Offsets, starts: Offsets, ends: Offsets) -> Bools:
        """Return for each span whether it lies in the text of its row: `0 <= start < end <= length`."""
        found: Bools = (starts >= 0) & (starts < ends) & (ends <= self._lengths[rows])
        return found

    def equal(self, rows: Offsets, starts: Offsets, ends: Offsets, surfaces: pa.Array[Any]) -> Bools:
        """Return for each span, all of which lie in their texts, whether the slice is the surface."""
        at = self._bytes_of(rows, starts)
        sizes = self._bytes_of(rows, ends) - at
        surface, offsets = text_buffer(surfaces)
        same: Bools = np.diff(offsets) == sizes
        sizes = np.where(same, sizes, 0)
        # The index of each byte that is compared: a run of consecutive numbers for each span.
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        differs = (
            self._data[np.repeat(at, sizes) + within] != surface[np.repeat(offsets[:-1], sizes) + within]
        )
        same[np.repeat(np.arange(len(sizes)), sizes)[differs]] = False
        return same

    def _bytes_of(self, rows: Offsets, points: Offsets) -> Offsets:
        """Return where code points begin in the bytes of all texts."""
        number, first, byte_of = self._counted
        found = self._offsets[rows] + points
        counted = np.flatnonzero(number[rows] >= 0)
        of = number[rows[counted]]
        found[counted] = self._offsets[rows[counted]] + byte_of[first[of] + points[counted]]
        return found

    @cached_property
    def _counted(self) -> tuple[Offsets, Offsets, Offsets]:
        """The code points of the texts that are not ASCII.

        For each text its number among them, else -1; for each of them the index of its first code point; for each code point,
        and for the end of each text, the number of its first byte in its text.
        """
        sizes = np.diff(self._offsets)
        others = np.flatnonzero(sizes != self._lengths)
        number = np.full(len(sizes), -1, np.int64)
        number[others] = np.arange(len(others))
        data, offsets = text_buffer(self._texts.take(pa.array(others)))
        # All bytes of UTF-8 but those that continue a code point.
        starts = np.flatnonzero((data & 0xC0) != 0x80)
        lengths = self._lengths[others]
        # One more for each text: its end.
        first = np.cumsum(lengths + 1) - (lengths + 1)
        byte_of = np.empty(len(starts) + len(others), np.int64)
        ends = first + lengths
        is_start = np.ones(len(byte_of), np.bool_)
        is_start[ends] = False
        byte_of[is_start] = starts - np.repeat(offsets[:-1], lengths)
        byte_of[ends] = sizes[others]
        return number, first, byte_of
