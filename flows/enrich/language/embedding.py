"""The vectors of token types: each type is embedded once, by the layers of the pipeline.

Only `compiled.py` imports this module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flows.enrich.language.chunks import Flags, Ints
from flows.enrich.language.features import FEATURES
from flows.enrich.language.growing import GrowingArray
from flows.enrich.language.kernels import Embedding
from flows.enrich.language.vectors import UnsupportedModel

SPACE_FEATURE = "SPACY"


class TypeVectors:
    """The embedding of a `HashEmbedCNN` layer with the vectors of the types that occurred."""

    def __init__(self, layer: Any) -> None:
        """Take a layer.

        Raises:
            UnsupportedModel: the layer has another architecture, or its features are others than FEATURES and SPACE_FEATURE.
        """
        try:
            extract, *_ = layer.layers[0].layers
            columns = list(extract.attrs["columns"])
        except (AttributeError, KeyError, ValueError, IndexError) as error:
            raise UnsupportedModel(f"{layer.name}: {error}") from error
        if others := set(columns) - {*FEATURES, SPACE_FEATURE}:
            raise UnsupportedModel(f"{layer.name}: the features {', '.join(sorted(others))}")
        self._columns = [(*FEATURES, SPACE_FEATURE).index(name) for name in columns]
        self._embedding = Embedding(layer)
        self.clear()

    def clear(self) -> None:
        """Forget all vectors."""
        self._table = GrowingArray(np.float32, self._embedding.width)
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
        first = len(self._table)
        self._table.extend(self._embedding(given[:, self._columns]))
        self._rows.view[keys] = np.arange(first, first + len(keys))
