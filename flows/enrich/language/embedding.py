"""The vectors of token types: each type is embedded once, by the layers of the pipeline.

Only `compiled.py` imports this module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flows.enrich.language.chunks import Flags, Ints
from flows.enrich.language.features import FEATURES, table_rows
from flows.enrich.language.growing import GrowingArray
from flows.enrich.language.vectors import EPSILON, MAXOUT_PIECES, Floats, UnsupportedModel

BLOCK_SIZE = 8
"""Rows of a product of matrices. A vector must not depend on which types are new together: with more rows the last bits of a row depend
on its place among them, as measured with 12 to 96; with 8 a row takes 1 to 2 µs longer."""

SPACE_FEATURE = "SPACY"


class TypeVectors:
    """The embedding of a `HashEmbedCNN` layer with the vectors of the types that occurred."""

    def __init__(self, layer: Any) -> None:
        """Take a layer.

        Raises:
            UnsupportedModel: the layer has another architecture, or its features are others than FEATURES and SPACE_FEATURE.
        """
        try:
            extract, *hashed, mixed, normal = layer.layers[0].layers
            columns = list(extract.attrs["columns"])
            self._hashed = [
                (each.get_param("E"), int(each.attrs["seed"]), int(each.attrs["column"])) for each in hashed
            ]
            weights, self._bias = mixed.get_param("W"), mixed.get_param("b")
            self._scale, self._shift = normal.get_param("G"), normal.get_param("b")
        except (AttributeError, KeyError, ValueError, IndexError) as error:
            raise UnsupportedModel(f"{layer.name}: {error}") from error
        if others := set(columns) - {*FEATURES, SPACE_FEATURE}:
            raise UnsupportedModel(f"{layer.name}: the features {', '.join(sorted(others))}")
        self._columns = [(*FEATURES, SPACE_FEATURE).index(name) for name in columns]
        self._width, pieces, inputs = weights.shape
        if pieces != MAXOUT_PIECES or len(hashed) != len(columns):
            raise UnsupportedModel(f"{layer.name}: {pieces} pieces, {len(hashed)} tables")
        self._weights: Floats = np.ascontiguousarray(weights.reshape(self._width * pieces, inputs))
        self.clear()

    def clear(self) -> None:
        """Forget all vectors."""
        self._table = GrowingArray(np.float32, self._width)
        # Of each type without and with a space behind it: its row, or -1.
        self._rows = GrowingArray(np.int32)

    def __len__(self) -> int:
        return len(self._table)

    @property
    def table(self) -> npt.NDArray[np.float32]:
        """The vectors, by row."""
        return self._table.view

    def rows(self, types: Ints, spaces: Flags, features: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
        """Return the row of each token. `features` are those of all types that are known."""
        missing = 2 * len(features) - len(self._rows)
        self._rows.extend(np.full(missing, -1, dtype=np.int32))
        keys = 2 * types + spaces
        rows = self._rows.view[keys]
        new = np.unique(keys[rows < 0])
        if len(new):
            self._embed(new, features)
            rows = self._rows.view[keys]
        return np.asarray(rows, dtype=np.int32)

    def _embed(self, keys: Ints, features: npt.NDArray[np.uint64]) -> None:
        given = np.concatenate([features[keys // 2], (keys % 2).astype(np.uint64)[:, None]], axis=1)
        given = given[:, self._columns]
        # Each feature has four rows in its table, whose sum is its vector.
        found = np.concatenate(
            [
                table[table_rows(given[:, column], seed) % np.uint64(len(table))].sum(axis=1)
                for table, seed, column in self._hashed
            ],
            axis=1,
        )
        first = len(self._table)
        self._table.extend(self._mixed(found))
        self._rows.view[keys] = np.arange(first, first + len(keys))

    def _mixed(self, rows: Floats) -> Floats:
        """Return one vector for the vectors of the features: maxout of three pieces, and layer normalisation."""
        size = len(rows)
        rows = np.concatenate([rows, np.zeros((-size % BLOCK_SIZE, rows.shape[1]), dtype=np.float32)])
        pieces = rows.reshape(-1, BLOCK_SIZE, rows.shape[1]) @ self._weights.T
        best = (pieces.reshape(-1, *self._bias.shape)[:size] + self._bias).max(axis=2)
        spread = best.var(axis=1, keepdims=True) + EPSILON
        normal = (best - best.mean(axis=1, keepdims=True)) * spread ** (-1.0 / 2.0)
        return np.asarray(normal * self._scale + self._shift, dtype=np.float32)
