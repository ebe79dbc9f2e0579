"""Slices by code points of many texts at once, without decoding them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

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
    """A column of texts whose slices by code points can be compared."""

    def __init__(self, texts: pa.Array[Any]) -> None:
        """Take texts without a null."""
        self._data, offsets = text_buffer(texts)
        # All bytes of UTF-8 but those that continue a code point.
        starts = np.flatnonzero((self._data & 0xC0) != 0x80)
        self._byte_of = np.append(starts, len(self._data))
        self._first = np.searchsorted(starts, offsets)

    @property
    def lengths(self) -> Offsets:
        """Code points of each text."""
        return np.diff(self._first)

    def have(self, rows: Offsets, starts: Offsets, ends: Offsets) -> Bools:
        """Return for each span whether it lies in the text of its row: `0 <= start < end <= length`."""
        found: Bools = (starts >= 0) & (starts < ends) & (ends <= self.lengths[rows])
        return found

    def equal(self, rows: Offsets, starts: Offsets, ends: Offsets, surfaces: pa.Array[Any]) -> Bools:
        """Return for each span, all of which lie in their texts, whether the slice is the surface."""
        at = self._byte_of[self._first[rows] + starts]
        sizes = self._byte_of[self._first[rows] + ends] - at
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
