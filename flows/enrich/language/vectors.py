"""Faster token vectors for the model: each word type is embedded once, and the layers above run in plain numpy.

Only `model.py` imports this module. The weights and the arithmetic are those of the model; sums are taken in another order, so the
last bits differ. The self-test of `model.py` checks that the annotations do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

MAX_CACHED_TYPES = 60_000
"""Word types whose vectors are cached: 23 MB at 96 numbers each. The whole cache is cleared when it is full."""

BATCH_SIZE = 4_000
"""Tokens that go through the layers at a time. Larger batches do not fit the processor's cache and take a third longer."""

MAXOUT_PIECES = 3
EPSILON = 1e-8
"""Added to a variance by thinc's layer normalisation."""


class UnsupportedModel(Exception):
    """The pipeline is not built of the layers that this module implements."""


class TokenVectors:
    """Replaces the token-to-vector layer of a spaCy 3 pipeline: takes documents, returns a matrix for each."""

    def __init__(self, layer: Any) -> None:
        """Read the weights of a `HashEmbedCNN` layer.

        Raises:
            UnsupportedModel: the layer has another architecture.
        """
        try:
            embed, encode = layer.layers
            self._features, _, hashed, mixed, _ = embed.layers
            self._hashed, self._mixed = hashed.layers[0], mixed.layers[0]
            self._pad = int(encode.attrs["pad"])
            self._layers = [_Layer(each.layers[0]) for each in encode.layers[0].layers]
            self._columns = list(self._features.attrs["columns"])
        except (AttributeError, KeyError, ValueError, IndexError) as error:
            raise UnsupportedModel(f"{layer.name}: {error}") from error
        # What makes a type: prefix, suffix and shape follow from the form; whether a blank follows a token does not.
        self._key = ["ORTH", "NORM", *(name for name in self._columns if name == "SPACY")]
        self._width = self._layers[0].width
        self._rows: dict[int, int] = {}
        self._table: Floats = np.zeros((1024, self._width), dtype=np.float32)

    def __call__(self, documents: Sequence[Any]) -> list[Floats]:
        """Return a matrix for each document, with a row for each token."""
        found: list[Floats] = []
        group: list[Any] = []
        tokens = 0
        for document in documents:
            if group and tokens + len(document) > BATCH_SIZE:
                found += self._of_group(group)
                group, tokens = [], 0
            group.append(document)
            tokens += len(document)
        return found + self._of_group(group) if group else found

    def _of_group(self, documents: Sequence[Any]) -> list[Floats]:
        lengths = [len(document) for document in documents]
        if not sum(lengths):
            return [np.zeros((0, self._width), dtype=np.float32) for _ in documents]
        rows = self._rows_of(documents)
        pad = self._pad
        # Documents are stacked with rows of zeros between them, as thinc pads them.
        padded = np.zeros((sum(lengths) + pad * (len(lengths) + 1), self._width), dtype=np.float32)
        at, taken, starts = pad, 0, []
        for length in lengths:
            padded[at : at + length] = self._table[rows[taken : taken + length]]
            starts.append(at)
            at += length + pad
            taken += length
        for layer in self._layers:
            padded = layer(padded)
        return [padded[start : start + length] for start, length in zip(starts, lengths, strict=True)]

    def _rows_of(self, documents: Sequence[Any]) -> npt.NDArray[np.int64]:
        """Return for each token the row of its type in the table; embed the types that are new."""
        keys = np.concatenate([document.to_array(self._key) for document in documents])
        mixed = keys[:, 0] ^ (keys[:, 1] * np.uint64(0x9E3779B97F4A7C15))
        if self._key[2:]:
            mixed ^= keys[:, 2] * np.uint64(0xC2B2AE3D27D4EB4F)
        types, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
        if len(self._rows) + len(types) > MAX_CACHED_TYPES:
            self._rows.clear()
        new = [at for at, key in enumerate(types.tolist()) if key not in self._rows]
        if new:
            self._embed(documents, types[new].tolist(), first[new])
        rows = np.array([self._rows[key] for key in types.tolist()], dtype=np.int64)
        return np.asarray(rows[inverse.reshape(-1)], dtype=np.int64)

    def _embed(self, documents: Sequence[Any], types: list[int], first: npt.NDArray[np.int64]) -> None:
        features = np.concatenate([document.to_array(self._columns) for document in documents])[first]
        vectors = self._mixed.predict(self._hashed.predict(features.astype(np.uint64)))
        needed = len(self._rows) + len(types)
        if needed > len(self._table):
            self._table = np.concatenate([self._table, np.zeros((needed, self._width), dtype=np.float32)])
        row = len(self._rows)
        self._table[row : row + len(types)] = vectors
        self._rows.update(zip(types, range(row, row + len(types)), strict=True))


class _Layer:
    """One residual layer: a window of three words, maxout of three pieces, layer normalisation; the input is added to the output."""

    def __init__(self, layer: Any) -> None:
        parts = {part.name: part for part in layer.walk() if not part.layers}
        window, maxout, normal = parts["expand_window"], parts["maxout"], parts["layernorm"]
        if window.attrs["window_size"] != 1 or maxout.get_dim("nP") != MAXOUT_PIECES:
            raise ValueError(f"a window of {window.attrs['window_size']}, {maxout.get_dim('nP')} pieces")
        self.width = int(maxout.get_dim("nO"))
        # thinc stores the pieces of one output next to each other; here they form three blocks, whose maximum is taken at once.
        weights = maxout.get_param("W").transpose(1, 0, 2).reshape(self.width * MAXOUT_PIECES, 3 * self.width)
        self._weights: Floats = np.ascontiguousarray(weights.T)
        self._bias: Floats = np.ascontiguousarray(maxout.get_param("b").T.reshape(-1))
        self._scale: Floats = normal.get_param("G")
        self._shift: Floats = normal.get_param("b")

    def __call__(self, rows: Floats) -> Floats:
        width = self.width
        window = np.zeros((len(rows), 3 * width), dtype=np.float32)
        window[1:, :width] = rows[:-1]
        window[:, width : 2 * width] = rows
        window[:-1, 2 * width :] = rows[1:]
        pieces = window @ self._weights
        pieces += self._bias
        best = np.maximum(pieces[:, :width], pieces[:, width : 2 * width])
        np.maximum(best, pieces[:, 2 * width :], out=best)
        best -= best.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", best, best) / np.float32(width)
        best *= (1 / np.sqrt(spread + EPSILON))[:, None].astype(np.float32)
        best *= self._scale
        best += self._shift
        best += rows
        return np.asarray(best, dtype=np.float32)


def replacement_layer(model_class: Callable[..., Any], vectors: TokenVectors, original: Any) -> Any:
    """Return a layer of class `model_class` that predicts with the vectors. It cannot be trained."""

    def forward(
        _: Any, documents: Sequence[Any], is_train: bool
    ) -> tuple[list[Floats], Callable[[Any], Any]]:
        if is_train:
            raise NotImplementedError("the fast vectors cannot be trained")
        return vectors(documents), lambda gradient: gradient

    return model_class("token vectors", forward, dims={"nO": original.get_dim("nO")})
