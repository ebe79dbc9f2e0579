"""Arrays that grow by rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


class GrowingArray:
    """An array with room for more rows at its end."""

    def __init__(self, dtype: npt.DTypeLike, width: int | None = None) -> None:
        """Begin without rows; with a `width`, each row has so many numbers."""
        shape = (1024,) if width is None else (1024, width)
        self._rows: npt.NDArray[Any] = np.zeros(shape, dtype=dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def extend(self, rows: Sequence[Any] | npt.NDArray[Any]) -> None:
        """Append rows. Views that were taken before keep what they show."""
        size = self._size + len(rows)
        if size > len(self._rows):
            grown = np.zeros((max(size, 2 * len(self._rows)), *self._rows.shape[1:]), dtype=self._rows.dtype)
            grown[: self._size] = self._rows[: self._size]
            self._rows = grown
        if len(rows):
            self._rows[self._size : size] = rows
        self._size = size

    @property
    def view(self) -> npt.NDArray[Any]:
        """The rows that were appended."""
        return self._rows[: self._size]
