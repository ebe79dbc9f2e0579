"""The language model: takes texts, returns entities and parsed sentences. Other rooms import only this module.

A pipeline of the architecture that ships is read with the compiled network (`compiled.py`), any other with spaCy (`documents.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from flows.enrich.language.compiled import CompiledAnnotator
from flows.enrich.language.documents import DocumentAnnotator
from flows.enrich.language.lemmas import Lemmatizer
from flows.enrich.language.packages import OFFICIAL_NAMES, PINNED, digest_of, installed
from flows.enrich.language.parser import PARSER_COMPONENTS, SentenceParser
from flows.enrich.language.pieces import Annotations, Piece, batches_of, pieces_of
from flows.enrich.language.pipeline import import_spacy, load_pipeline
from flows.enrich.language.pipeline_files import PipelineFiles, read_lemmatizer
from flows.enrich.language.vectors import TokenVectors, UnsupportedModel, replacement_layer
from flows.errors import BrokenModel
from flows.records import ModelEntity, Span
from flows.syntax import Syntax, Token

RECOGNISER = "ner"
"""The component that finds entities. In the pinned pipeline it has its own embedding (decision 0002)."""

VECTOR_COMPONENTS = ("tok2vec", "transformer")
"""Components that compute the vectors of those that listen to them."""


class Annotator(Protocol):
    """What finds entities and parses sentences in pieces of text."""

    def annotate(self, pieces: Sequence[Piece], *, with_syntax: bool) -> list[Annotations]:
        """Find the entities of each piece, and parse its sentences."""


class ModelReading(NamedTuple):
    """What the model found in one text: entities in reading order, and the sentences that were parsed."""

    entities: tuple[ModelEntity, ...]
    syntax: Syntax


class LanguageModel:
    """A loaded pipeline. `name` is its name and version.

    `slow_reason` says why the compiled network is not used; None if it is.
    """

    def __init__(self, name: str, annotator: Annotator, slow_reason: str | None) -> None:
        """Take what annotates."""
        self.name = name
        self.slow_reason = slow_reason
        self._annotator = annotator

    def read(
        self, texts: Sequence[tuple[str, Sequence[Span], Sequence[Span]]], *, with_syntax: bool = True
    ) -> Iterator[ModelReading]:
        """Yield what the model finds in each (text, paragraphs, sentences); only the text of the paragraphs is read.

        Without syntax no sentence is parsed.
        """
        pieces = [piece for number, text in enumerate(texts) for piece in pieces_of(number, *text)]
        entities: list[list[ModelEntity]] = [[] for _ in texts]
        tokens: list[list[Token]] = [[] for _ in texts]
        for batch in batches_of(pieces):
            found = self._annotator.annotate(batch, with_syntax=with_syntax)
            for piece, of_piece in zip(batch, found, strict=True):
                entities[piece.number] += of_piece.entities
                tokens[piece.number] += _renumbered(of_piece.tokens, len(tokens[piece.number]))
        for named, words in zip(entities, tokens, strict=True):
            yield ModelReading(tuple(named), Syntax(words))


def _renumbered(tokens: list[Token], first: int) -> list[Token]:
    """Return tokens that are numbered from 0 as they are numbered from `first` on."""
    return [token._replace(head=token.head + first) for token in tokens] if first else tokens


def load_model(package: str | None = None) -> LanguageModel:
    """Load an English pipeline from the folder of its package. No code of the package is run.

    `package` names an installed package other than those of `packages.py`. Its files are not pinned; its labels must be OntoNotes'.

    Raises:
        BrokenModel: no package is installed, its files are not the pinned ones, or it has no entity recogniser.
    """
    name, folder = installed(package)
    meta = json.loads((folder / "meta.json").read_bytes())
    for wanted in (RECOGNISER, "parser"):
        if wanted not in meta["pipeline"]:
            raise BrokenModel(
                name, "components " + ", ".join(meta["pipeline"]), f"one that is named {wanted}"
            )
    pinned = PINNED.get((name, meta["version"]))
    if (
        pinned
        and (found := digest_of(folder, {RECOGNISER, "tok2vec", *PARSER_COMPONENTS, "lemmatizer"})) != pinned
    ):
        raise BrokenModel(name, f"files with sha256 {found}", pinned)
    annotator, slow_reason = _fastest_annotator(folder, meta["pipeline"], is_pinned=pinned is not None)
    return LanguageModel(f"{OFFICIAL_NAMES.get(name, name)}-{meta['version']}", annotator, slow_reason)


def _fastest_annotator(
    folder: Path, components: Sequence[str], *, is_pinned: bool
) -> tuple[Annotator, str | None]:
    """Return the fastest annotator that annotates SELF_TEST as the pipeline does, and why it is not the compiled one.

    What the pinned pipeline finds in it is known, so that spaCy is not loaded.
    """
    lemmatizer = read_lemmatizer(folder)
    compiled = None
    try:
        compiled = CompiledAnnotator(PipelineFiles(folder), lemmatizer)
    except UnsupportedModel as error:
        reason = str(error)
    if compiled and is_pinned and _digest_of(_annotated_test(compiled)) == SELF_TEST_DIGEST:
        return compiled, None
    by_documents = _load_documents(folder, components, lemmatizer)
    expected = _annotated_test(by_documents)
    if compiled:
        if _annotated_test(compiled) == expected:
            return compiled, None
        reason = "the compiled network gives other annotations than the pipeline's own"
    _install_fast_vectors(by_documents, expected)
    return by_documents, reason


def _load_documents(folder: Path, components: Sequence[str], lemmatizer: Lemmatizer) -> DocumentAnnotator:
    """Load a pipeline with spaCy."""
    spacy = import_spacy()
    vectors = _vector_components(spacy.util.load_config(folder / "config.cfg"))
    used = [each for each in components if each in {RECOGNISER, *PARSER_COMPONENTS, *vectors}]
    pipeline = load_pipeline(folder, [*(each for each in components if each not in used), "senter"])
    parser = SentenceParser(pipeline, [each for each in used if each != RECOGNISER], lemmatizer)
    return DocumentAnnotator(pipeline, parser, _components_of_the_parser_only(pipeline))


def _vector_components(config: Mapping[str, Any]) -> set[str]:
    """Return the components that the recogniser, the tagger or the parser take their vectors from."""
    return {
        name
        for name in VECTOR_COMPONENTS
        for user in (RECOGNISER, *PARSER_COMPONENTS)
        if name in config["components"] and _listens(config, user)
    }


def _listens(config: Mapping[str, Any], component: str) -> bool:
    """Return True if a component has no embedding of its own."""
    model = config["components"].get(component, {}).get("model", {})
    return "Listener" in model.get("tok2vec", {}).get("@architectures", "")


def _components_of_the_parser_only(pipeline: Any) -> list[str]:
    """Return the components that the recogniser does not need."""
    needed = set(VECTOR_COMPONENTS) if _listens(pipeline.config, RECOGNISER) else set()
    return [name for name in pipeline.pipe_names if name != RECOGNISER and name not in needed]


SELF_TEST = (
    "Rebels led by Colonel Amara Touré shelled the airport of Bamako on Tuesday, Mali's Interior Ministry said, and the United Nations "
    "mission (MINUSMA) counted 14 wounded.\n\n“We saw two drones,” Mr. O'Brien of Reuters told the BBC in New York's Long Island City. "
    "Su-24s, U.S.-made rifles and $3.5 million in cash were seized near the Niger River.",
    "COLUMBUS, Ohio -- The Federal Reserve Bank of Cleveland raised its outlook for 2009; General Motors Corp., Toyota and the "
    "Teamsters union declined to comment.",
    "",
)
"""Texts that are annotated when a pipeline is loaded."""

SELF_TEST_DIGEST = "fbc6782d741d88a0762c4c7f5c69f962fabd6769c9d338b969f28b3afa7c2eb3"
"""Of what the pinned pipeline finds in them; a test compares it with spaCy's annotations."""


def _install_fast_vectors(annotator: DocumentAnnotator, expected: list[Annotations]) -> None:
    """Replace the vectors of a pipeline by the fast ones, unless its architecture is another one or an annotation would change."""
    from thinc.api import Model  # noqa: PLC0415  # start-up

    def fast(layer: Any) -> Any:
        return replacement_layer(Model, TokenVectors(layer), layer)

    pipeline = annotator.pipeline
    try:
        own = pipeline.get_pipe(RECOGNISER).model.get_ref("tok2vec").layers
        shared = pipeline.get_pipe("tok2vec")
        originals = own[0], shared.model
        replacements = fast(own[0]), fast(shared.model)
    except (UnsupportedModel, IndexError, KeyError):
        return
    own[0], shared.model = replacements
    if _annotated_test(annotator) != expected:
        own[0], shared.model = originals


def _annotated_test(annotator: Annotator) -> list[Annotations]:
    pieces = [Piece(at, 0, text, [Span(0, len(text))]) for at, text in enumerate(SELF_TEST)]
    return annotator.annotate(pieces, with_syntax=True)


def _digest_of(found: Sequence[Annotations]) -> str:
    parts = [
        [[(each.span.start, each.span.end, each.label) for each in entities], tokens]
        for entities, tokens in found
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
