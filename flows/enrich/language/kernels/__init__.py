"""The network of the language model in compiled code: the embedding of word types, and everything after it.

The arithmetic and the transition systems are those of spaCy's pipeline, and the annotations are the same (decision 0023). The compiled
module is built when Dateline is installed, if there is a C compiler; without it the model computes with numpy and spaCy, as it does
where DATELINE_KERNELS is `0`.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.enrich.language.kernels.weights import (
    EmbeddingWeights,
    EncoderWeights,
    TransitionWeights,
    UnsupportedModel,
    linear_arrays,
)

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]
Blanks = npt.NDArray[np.uint8]
Features = npt.NDArray[np.uint64]

try:
    _compiled: Any = importlib.import_module("flows.enrich.language.kernels._compiled")
except ImportError as error:
    _compiled = None
    KERNELS_MISSING: str | None = f"the compiled network is missing: {error}"
else:
    KERNELS_MISSING = None
if os.environ.get("DATELINE_KERNELS") == "0":
    KERNELS_MISSING = "DATELINE_KERNELS is 0"


def instruction_sets() -> list[tuple[str, int]]:
    """Return the instruction sets that this processor has, the fastest first, each with the count of numbers in one vector."""
    return list(_compiled.variants()) if _compiled is not None else []


def _chosen_set(name: str | None) -> tuple[str, int]:
    """Return the instruction set of a name, or the fastest, and the count of numbers in one vector."""
    if KERNELS_MISSING is not None:
        raise UnsupportedModel(KERNELS_MISSING)
    sets = dict(instruction_sets())
    chosen = name or next(iter(sets))
    return chosen, sets[chosen]


class Embedding:
    """Embeds word types: one of the two embeddings of a pipeline."""

    def __init__(self, layer: Any, instruction_set: str | None = None) -> None:
        """Copy the weights of a `HashEmbedCNN` layer; the fastest instruction set is used, unless one is named.

        Raises:
            UnsupportedModel: there is no compiled module, or the layer has another architecture.
        """
        self._set, lanes = _chosen_set(instruction_set)
        try:
            self._weights = EmbeddingWeights(layer, lanes)
        except (AttributeError, KeyError, ValueError, IndexError) as error:
            raise UnsupportedModel(f"{layer.name}: {error}") from error
        self.width = self._weights.width

    def __call__(self, features: Features) -> Floats:
        """Return the vector of each type. A type has a row of features, which are hashed; its vector does not depend on the others."""
        vectors = np.empty((len(features), self.width), dtype=np.float32)
        _compiled.embed(
            self._set, self._weights.arrays, np.ascontiguousarray(features, dtype=np.uint64), vectors
        )
        return vectors


class Network:
    """The network of a loaded pipeline. `tag_labels` and `dep_labels` are what the numbers of `tags` and `trees` mean."""

    def __init__(self, pipeline: Any, instruction_set: str | None = None) -> None:
        """Copy the weights of a pipeline whose layers are spaCy's own; the fastest instruction set is used, unless one is named.

        Raises:
            UnsupportedModel: there is no compiled module, or the pipeline has another architecture.
        """
        self._set, lanes = _chosen_set(instruction_set)
        recogniser, tagger, parser = (pipeline.get_pipe(name) for name in ("ner", "tagger", "parser"))
        try:
            self._entity_encoder = EncoderWeights(recogniser.model.get_ref("tok2vec").layers[0], lanes)
            self._sentence_encoder = EncoderWeights(pipeline.get_pipe("tok2vec").model, lanes)
            self._recogniser = TransitionWeights.of_recogniser(recogniser, lanes)
            self._parser = TransitionWeights.of_parser(parser, lanes)
            self._tagger = linear_arrays(tagger.model.get_ref("softmax"), lanes)
        except (AttributeError, KeyError, ValueError, IndexError) as error:
            raise UnsupportedModel(f"the network: {error}") from error
        self._width = self._entity_encoder.width
        self.tag_labels: tuple[str, ...] = tuple(tagger.labels)
        self.dep_labels = self._parser.labels

    def entity_vectors(self, table: Floats, rows: Integers, lengths: Integers) -> Floats:
        """Return the vector of each token for `entities`.

        `table` has the vectors of word types, `rows` the row of each token in it, document after document; `lengths` are theirs.
        """
        return self._encode(self._entity_encoder, table, rows, lengths)

    def sentence_vectors(self, table: Floats, rows: Integers, lengths: Integers) -> Floats:
        """Return the vector of each token for `tags` and `trees`; the arguments are those of `entity_vectors`."""
        return self._encode(self._sentence_encoder, table, rows, lengths)

    def entities(self, vectors: Floats, lengths: Integers, blanks: Blanks) -> list[tuple[int, int, str]]:
        """Return the first token, the token after the last, and the label of each entity; `blanks` is 1 for tokens of white space."""
        found = np.empty((len(vectors), 3), dtype=np.int32)
        count = _compiled.entities(
            self._set,
            self._recogniser.arrays,
            _floats(vectors),
            np.ascontiguousarray(blanks, dtype=np.uint8),
            _integers(lengths),
            found,
        )
        labels = self._recogniser.labels
        return [(first, end, labels[label]) for first, end, label in found[:count].tolist()]

    def tags(self, vectors: Floats) -> Integers:
        """Return the number of each token's tag in `tag_labels`."""
        tags = np.empty(len(vectors), dtype=np.int32)
        _compiled.tags(self._set, self._tagger, _floats(vectors), tags)
        return tags

    def trees(self, vectors: Floats, lengths: Integers) -> tuple[Integers, Integers]:
        """Return the head of each token, a root its own, and the number of its label in `dep_labels`. No token may be white space."""
        heads, deps = np.empty((2, len(vectors)), dtype=np.int32)
        _compiled.trees(
            self._set,
            self._parser.arrays,
            self._parser.label_parts,
            _floats(vectors),
            _integers(lengths),
            heads,
            deps,
        )
        return heads, deps

    def _encode(self, weights: EncoderWeights, table: Floats, rows: Integers, lengths: Integers) -> Floats:
        vectors = np.empty((len(rows), self._width), dtype=np.float32)
        _compiled.encode(
            self._set, weights.arrays, _floats(table), _integers(rows), _integers(lengths), vectors
        )
        return vectors


def _floats(numbers: Floats) -> Floats:
    return np.ascontiguousarray(numbers, dtype=np.float32)


def _integers(numbers: Integers | Sequence[int]) -> Integers:
    return np.ascontiguousarray(numbers, dtype=np.int32)
