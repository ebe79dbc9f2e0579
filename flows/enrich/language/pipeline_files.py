"""Reads a pipeline of spaCy from its files: the weights, labels, rules and tables that the compiled network needs, without importing spaCy.

Only the architecture of the pipeline that ships is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import srsly

from flows.enrich.language.features import string_id
from flows.enrich.language.lemmas import CLASSES, Lemmatizer
from flows.enrich.language.rules import Rules, read_rules
from flows.enrich.language.vectors import UnsupportedModel

ARCHITECTURES: Mapping[str, Mapping[str, Any]] = {
    "nlp": {"lang": "en", "tokenizer": {"@tokenizers": "spacy.Tokenizer.v1"}},
    "components.ner.model": {"@architectures": "spacy.TransitionBasedParser.v2"},
    "components.ner.model.tok2vec": {"@architectures": "spacy.Tok2Vec.v2"},
    "components.ner.model.tok2vec.embed": {"@architectures": "spacy.MultiHashEmbed.v2"},
    "components.ner.model.tok2vec.encode": {"@architectures": "spacy.MaxoutWindowEncoder.v2"},
    "components.parser.model": {"@architectures": "spacy.TransitionBasedParser.v2"},
    "components.parser.model.tok2vec": {"@architectures": "spacy.Tok2VecListener.v1"},
    "components.tagger.model": {"@architectures": "spacy.Tagger.v2"},
    "components.tagger.model.tok2vec": {"@architectures": "spacy.Tok2VecListener.v1"},
    "components.tok2vec.model": {"@architectures": "spacy.Tok2Vec.v2"},
    "components.tok2vec.model.embed": {"@architectures": "spacy.MultiHashEmbed.v2"},
    "components.tok2vec.model.encode": {"@architectures": "spacy.MaxoutWindowEncoder.v2"},
}
"""Values that a configuration must have, by section."""

ENTITY_MOVES, TREE_MOVES = "MBILUO", "SDLRB"
"""The letters of the moves of spaCy's transition systems, by their numbers."""


class Layer:
    """A layer of a network, with the interface of thinc's `Model`."""

    def __init__(
        self,
        name: str,
        params: Mapping[str, Any],
        attrs: Mapping[str, Any],
        layers: Sequence[Layer] = (),
        refs: Mapping[str, Layer] | None = None,
    ) -> None:
        self.name = name
        self.attrs = attrs
        self.layers = list(layers)
        self._params = params
        self._refs = refs or {}

    def get_param(self, name: str) -> Any:
        """Return a parameter."""
        return self._params[name]

    def get_ref(self, name: str) -> Layer:
        """Return the layer of this name."""
        return self._refs[name]

    def get_dim(self, name: str) -> int:
        """Return the size of a dimension, which the shape of the weights tells."""
        return int(self._params["W"].shape[DIMENSIONS[self.name].index(name)])

    def walk(self) -> Iterator[Layer]:
        """Yield the layer and all within it."""
        yield self
        for layer in self.layers:
            yield from layer.walk()


DIMENSIONS = {
    "maxout": ("nO", "nP", "nI"),
    "linear": ("nO", "nI"),
    "softmax": ("nO", "nI"),
    "precomputable_affine": ("nF", "nO", "nP", "nI"),
}


class Moves:
    """The actions of a transition system, in the order of their scores."""

    def __init__(self, table: Mapping[str, Mapping[str, int]], letters: str) -> None:
        """Take how often each label of each move occurred in training, which is their order.

        Raises:
            ValueError: labels were added after training, which have another order.
        """
        if any(count < 0 for counts in table.values() for count in counts.values()):
            raise ValueError("labels that were added after training")
        self._names = [
            f"{letters[int(move)]}-{label}" if label else letters[int(move)]
            for move, counts in sorted(table.items(), key=lambda item: int(item[0]))
            for _, label in sorted(((count, label) for label, count in counts.items()), reverse=True)
        ]
        self.n_moves = len(self._names)

    def get_class_name(self, number: int) -> str:
        """Return the name of an action, as `B-PERSON`."""
        return self._names[number]


class Component:
    """A component of a pipeline, with the interface of spaCy's `TrainablePipe`."""

    def __init__(self, model: Layer, config: Mapping[str, Any], moves: Moves | None = None) -> None:
        self.model = model
        self.cfg = config
        self.moves = moves
        self.labels = tuple(config.get("labels", ()))


class PipelineFiles:
    """A pipeline as it is on disk."""

    def __init__(self, folder: Path) -> None:
        """Read a folder.

        Raises:
            UnsupportedModel: the pipeline has another architecture.
        """
        _check(folder / "config.cfg")
        try:
            self.rules: Rules = read_rules(_unpacked(folder / "tokenizer"))
            self.norms: Mapping[int, str] = _unpacked(folder / "vocab" / "lookups.bin").get("lexeme_norm", {})
            self._components = {
                "tok2vec": Component(_encoder(_layers(folder / "tok2vec" / "model")), {}),
                "tagger": Component(
                    _tagger(_layers(folder / "tagger" / "model")), _json(folder / "tagger" / "cfg")
                ),
                "ner": _machine(folder / "ner", ENTITY_MOVES),
                "parser": _machine(folder / "parser", TREE_MOVES),
            }
        except (KeyError, IndexError, ValueError, StopIteration) as error:
            raise UnsupportedModel(f"the files of the pipeline: {error}") from error

    def get_pipe(self, name: str) -> Component:
        """Return a component."""
        return self._components[name]


def read_lemmatizer(folder: Path) -> Lemmatizer:
    """Read the tables of the lemmatizer of a pipeline's folder; empty tables if it has none."""
    path = folder / "lemmatizer" / "lookups" / "lookups.bin"
    tables = _unpacked(path) if path.is_file() else {}
    rules, exceptions, words = (
        {
            name: table[string_id(name)]
            for table in [tables.get(f"lemma_{kind}", {})]
            for name in CLASSES.values()
            if string_id(name) in table
        }
        for kind in ("rules", "exc", "index")
    )
    return Lemmatizer(rules, exceptions, words)


def _check(path: Path) -> None:
    config = ConfigParser(interpolation=None)
    config.optionxform = str  # type: ignore[method-assign,assignment]
    config.read(path, encoding="utf-8")
    for section, wanted in ARCHITECTURES.items():
        for key, value in wanted.items():
            found = json.loads(config.get(section, key, fallback="null"))
            if found != value:
                raise UnsupportedModel(f"the configuration of the pipeline: {section} has the {key} {found}")


def _unpacked(path: Path) -> Any:
    return srsly.msgpack_loads(path.read_bytes())


def _json(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _layers(path: Path) -> list[Layer]:
    """Return the layers of a file, which are in breadth-first order, without their parents."""
    content = _unpacked(path)
    return [
        Layer(node["name"], params, {key: srsly.msgpack_loads(value) for key, value in attrs.items()})
        for node, params, attrs in zip(content["nodes"], content["params"], content["attrs"], strict=True)
    ]


def _encoder(layers: Sequence[Layer]) -> Layer:
    """Return a `HashEmbedCNN` layer from its parts: the embedding, and the residual layers over windows."""
    named = {name: [layer for layer in layers if layer.name == name] for name in (
        "extract_features", "hashembed", "maxout", "layernorm", "expand_window"
    )}  # fmt: skip
    mixed, *maxouts = named["maxout"]
    mixed_normal, *normals = named["layernorm"]
    embed = Layer("embed", {}, {}, [*named["extract_features"], *named["hashembed"], mixed, mixed_normal])
    parts = [
        Layer("residual", {}, {}, each) for each in zip(named["expand_window"], maxouts, normals, strict=True)
    ]
    pad = next(layer.attrs["pad"] for layer in layers if layer.name.startswith("with_array(residual"))
    return Layer(
        "tok2vec", {}, {}, [embed, Layer("encode", {}, {"pad": pad}, [Layer("chain", {}, {}, parts)])]
    )


def _tagger(layers: Sequence[Layer]) -> Layer:
    return Layer(
        "tagger", {}, {}, refs={"softmax": next(layer for layer in layers if layer.name == "softmax")}
    )


def _machine(folder: Path, letters: str) -> Component:
    """Return a component that is a transition parser."""
    layers = _layers(folder / "model")
    lower = next(layer for layer in layers if layer.name == "precomputable_affine")
    # The upper layer comes before the one that is within the vectors.
    upper, linear = (layer for layer in layers if layer.name == "linear")
    encoder = [_encoder(layers)] if any(layer.name == "hashembed" for layer in layers) else []
    model = Layer(
        "parser_model",
        {},
        {"unseen_classes": [], **layers[0].attrs},
        refs={"lower": lower, "upper": upper, "tok2vec": Layer("vectors", {}, {}, [*encoder, linear])},
    )
    counts = json.loads(_unpacked(folder / "moves")["moves"])
    return Component(model, _json(folder / "cfg"), Moves(counts, letters))
