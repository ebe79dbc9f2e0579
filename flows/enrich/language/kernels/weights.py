"""Reads the weights of a spaCy pipeline and packs them for the compiled network; `kernels.h` says how.

Only the architectures of the pinned pipeline are read: `HashEmbedCNN` encoders, transition parsers with an upper layer, a softmax tagger.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flows.enrich.language.vectors import UnsupportedModel

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

TILE = 3
"""Vectors of output columns that are computed together, and the pieces of the encoder's maxout."""

BLOCK = 8
"""Vectors of classes that are scored together."""

ALIGNMENT = 64
"""Bytes. A vector that lies across two cache lines takes two loads."""

ENTITY_MOVES = "MBILUO"
TREE_MOVES = "SDLRB"
"""The letters of the moves, in the order of the enumerations in `entities.c` and `trees.c`."""

DECORATION = "||"
"""Separates the label of an arc and the label of the word to which it is moved, in pseudo-projective trees."""

NO_LABEL = -1


class EncoderWeights:
    """The layers of an encoder. `arrays` is what the compiled module takes."""

    def __init__(self, layer: Any, lanes: int) -> None:
        """Read a `HashEmbedCNN` layer.

        Raises:
            ValueError: the layer has another architecture.
        """
        encode = layer.layers[1]
        parts = [
            {part.name: part for part in each.walk() if not part.layers} for each in encode.layers[0].layers
        ]
        windows = {part["expand_window"].attrs["window_size"] for part in parts}
        maxouts = [part["maxout"] for part in parts]
        normals = [part["layernorm"] for part in parts]
        pieces = {maxout.get_dim("nP") for maxout in maxouts}
        self.width = int(maxouts[0].get_dim("nO"))
        if windows != {1} or pieces != {TILE} or encode.attrs["pad"] != len(parts):
            raise ValueError(f"windows {windows}, pieces {pieces}, padding {encode.attrs['pad']}")
        if self.width % 16 or self.width > 128:
            raise ValueError(f"a width of {self.width}")
        packed = [
            _maxout_arrays(maxout, normal, lanes) for maxout, normal in zip(maxouts, normals, strict=True)
        ]
        self.arrays = (
            len(parts),
            self.width,
            *(_aligned(np.stack(each)) for each in zip(*packed, strict=True)),
        )


class EmbeddingWeights:
    """The hashed tables and the layer of an embedding. `arrays` is what the compiled module takes."""

    def __init__(self, layer: Any, lanes: int) -> None:
        """Read a `HashEmbedCNN` layer.

        Raises:
            ValueError: the layer has another architecture.
        """
        parts = [part for part in layer.layers[0].walk() if not part.layers]
        tables = [part for part in parts if part.name == "hashembed"]
        (maxout,) = (part for part in parts if part.name == "maxout")
        (normal,) = (part for part in parts if part.name == "layernorm")
        self.width = int(maxout.get_dim("nO"))
        columns, inputs = [table.attrs["column"] for table in tables], maxout.get_dim("nI")
        if columns != list(range(inputs // self.width)) or maxout.get_dim("nP") != TILE:
            raise ValueError(f"columns {columns}, {inputs} inputs, {maxout.get_dim('nP')} pieces")
        if self.width % 16 or self.width > 128:
            raise ValueError(f"a width of {self.width}")
        vectors = tuple(np.ascontiguousarray(table.get_param("E")) for table in tables)
        seeds = tuple(int(table.attrs["seed"]) for table in tables)
        self.arrays = (self.width, vectors, seeds, *map(_aligned, _maxout_arrays(maxout, normal, lanes)))


class TransitionWeights:
    """The layers that score the actions of a transition system, and the actions. `arrays` is what the compiled module takes.

    `labels` are the names of the numbers that it returns. `label_parts` are of a parser only: the number of the label of roots, and for each
    label the numbers of its two parts, the second NO_LABEL if it has one part.
    """

    def __init__(self, component: Any, lanes: int, letters: str, root: str | None) -> None:
        """Read a component that is a transition parser.

        Raises:
            ValueError: it has another architecture.
        """
        model = component.model
        linear = model.get_ref("tok2vec").layers[-1]
        lower, upper = model.get_ref("lower"), model.get_ref("upper")
        features, inner, hidden, pieces = (lower.get_dim(name) for name in ("nF", "nI", "nO", "nP"))
        # `move_names` leaves one out.
        names = [component.moves.get_class_name(number) for number in range(component.moves.n_moves)]
        if component.cfg["beam_width"] != 1 or model.attrs["unseen_classes"] or not model.attrs["has_upper"]:
            raise ValueError("a beam, unseen classes, or no upper layer")
        if any(width % 16 or width > 128 for width in (linear.get_dim("nI"), inner, hidden)) or pieces < 2:
            raise ValueError(f"widths of {inner} and {hidden} in {pieces} pieces")
        moves, self.labels, numbers = _actions(names, letters, root)
        if root is not None:
            self.label_parts = _parts_of(self.labels, root)
        self.arrays = (
            linear.get_dim("nI"),
            inner,
            features,
            hidden,
            pieces,
            len(names),
            *linear_arrays(linear, lanes)[2:],
            # The pieces of a hidden number form blocks, whose maximum is taken at once.
            _packed(lower.get_param("W").transpose(0, 2, 1, 3).reshape(-1, inner), lanes, TILE),
            _aligned(lower.get_param("pad")[0].transpose(0, 2, 1)),
            _aligned(lower.get_param("b").T),
            _packed(upper.get_param("W"), lanes, BLOCK),
            _padded(upper.get_param("b"), lanes * BLOCK),
            np.array(moves, dtype=np.int32),
            np.array(numbers, dtype=np.int32),
        )

    @classmethod
    def of_recogniser(cls, component: Any, lanes: int) -> TransitionWeights:
        """Read an entity recogniser."""
        return cls(component, lanes, ENTITY_MOVES, None)

    @classmethod
    def of_parser(cls, component: Any, lanes: int) -> TransitionWeights:
        """Read a dependency parser."""
        if component.cfg["learn_tokens"]:
            raise ValueError("a parser that merges tokens")
        return cls(component, lanes, TREE_MOVES, "ROOT")


def _maxout_arrays(maxout: Any, normal: Any, lanes: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the packed weights and the bias of a maxout layer, and the scale and the shift of its normalisation."""
    columns, inputs = maxout.get_dim("nO") // lanes, maxout.get_dim("nI")
    return (
        maxout.get_param("W").reshape(columns, lanes, TILE, inputs).transpose(0, 3, 2, 1),
        maxout.get_param("b").reshape(columns, lanes, TILE).transpose(0, 2, 1),
        normal.get_param("G"),
        normal.get_param("b"),
    )


def linear_arrays(layer: Any, lanes: int) -> tuple[int, int, Floats, Floats]:
    """Return the count of inputs and of outputs, the weights and the bias of a linear layer."""
    weights, bias = layer.get_param("W"), layer.get_param("b")
    return weights.shape[1], len(bias), _packed(weights, lanes, TILE), _padded(bias, TILE * lanes)


def _actions(
    names: list[str], letters: str, root: str | None
) -> tuple[list[int], tuple[str, ...], list[int]]:
    """Return the move of each action, all labels, and the number of each action's label."""
    moves = [letters.index(name[0]) for name in names]
    found = [name[2:] for name in names]
    parts = [part for name in found for part in name.split(DECORATION)]
    labels = tuple(dict.fromkeys(label for label in (*found, *parts, root) if label))
    if root is None:
        return moves, labels, [labels.index(label) if label else NO_LABEL for label in found]
    # A parser's action without a label attaches nothing.
    return moves, labels, [labels.index(label or root) for label in found]


def _parts_of(labels: tuple[str, ...], root: str) -> tuple[int, Integers, Integers]:
    if "subtok" in labels or any(label.count(DECORATION) > 1 for label in labels):
        raise ValueError("labels of parts of tokens, or decorated twice")
    parts = [label.split(DECORATION) for label in labels]
    base = [labels.index(part[0]) for part in parts]
    target = [labels.index(part[1]) if part[1:] else NO_LABEL for part in parts]
    return labels.index(root), np.array(base, dtype=np.int32), np.array(target, dtype=np.int32)


def _packed(weights: Floats, lanes: int, vectors: int) -> Floats:
    """Return a matrix (outputs, inputs) in tiles of `vectors` vectors of outputs; zeros fill the last tile."""
    padded = _padded(weights, lanes * vectors)
    return _aligned(padded.reshape(-1, vectors, lanes, weights.shape[1]).transpose(0, 3, 1, 2))


def _padded(numbers: Floats, size: int) -> Floats:
    padded = np.zeros((-(-len(numbers) // size) * size, *numbers.shape[1:]), dtype=np.float32)
    padded[: len(numbers)] = numbers
    return padded


def _aligned(numbers: Floats) -> Floats:
    """Return a copy in one piece that starts at a multiple of ALIGNMENT."""
    memory = np.empty(numbers.size * 4 + ALIGNMENT, dtype=np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    copy = memory[start : start + numbers.size * 4].view(np.float32).reshape(numbers.shape)
    copy[...] = numbers
    return copy


__all__ = ["EmbeddingWeights", "EncoderWeights", "TransitionWeights", "UnsupportedModel", "linear_arrays"]
