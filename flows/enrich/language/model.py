"""The language model: takes texts, returns entities and parsed sentences. Only this module, `parser`, `pipeline` and `vectors` import spaCy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from flows.enrich.language.packages import OFFICIAL_NAMES, PINNED, digest_of, installed
from flows.enrich.language.parser import PARSER_COMPONENTS, SentenceParser, load_lemmatizer
from flows.enrich.language.pipeline import import_spacy, load_pipeline
from flows.enrich.language.vectors import TokenVectors, UnsupportedModel, replacement_layer
from flows.errors import BrokenModel
from flows.records import ModelEntity, Span
from flows.syntax import Syntax, Token

RECOGNISER = "ner"
"""The component that finds entities. In the pinned pipeline it has its own embedding (decision 0002)."""

VECTOR_COMPONENTS = ("tok2vec", "transformer")
"""Components that compute the vectors of those that listen to them."""

PIECE_CHARS = 20_000
"""Longer texts are split between paragraphs, because memory grows with the longest piece."""

OVERLONG_WORD = re.compile(r"\S{120,}")
"""A word of so many characters holds no name and is replaced by blanks. The tokenizer removes punctuation mark by mark and scans the
rest each time, which takes over ten minutes for a word of 20,000 marks."""

BATCH_CHARS = 120_000
"""Characters in one batch: about 40 texts of 500 words. The peak of memory is that of one batch."""


MEMORY_ZONE_CHARS = 2_000_000
"""Characters that are read before the pipeline's memory zone is renewed. The pipeline stores each word, about 100 KB for a dispatch:
without zones memory fills up, and a zone for each batch makes the tokenizer half as slow again."""


class ModelReading(NamedTuple):
    """What the model found in one text: entities in reading order, and the sentences that were parsed."""

    entities: tuple[ModelEntity, ...]
    syntax: Syntax


class LanguageModel:
    """A loaded pipeline. `name` is its name and version.

    `slow_reason` says why the fast vectors are not used; None if they are.
    """

    def __init__(self, name: str, pipeline: Any, parser: SentenceParser, slow_reason: str | None) -> None:
        """Take a pipeline that is loaded with only its recogniser, its parser, and what they need."""
        self.name = name
        self.slow_reason = slow_reason
        self._pipeline = pipeline
        self._parser = parser
        self._disabled = _components_of_the_parser_only(pipeline)
        self._zone: AbstractContextManager[Any] | None = None
        self._read_chars = 0

    def read(
        self, texts: Sequence[tuple[str, Sequence[Span], Sequence[Span]]], *, with_syntax: bool = True
    ) -> Iterator[ModelReading]:
        """Yield what the model finds in each (text, paragraphs, sentences); only the text of the paragraphs is read.

        Without syntax no sentence is parsed.
        """
        pieces = [
            (number, start, OVERLONG_WORD.sub(_blank, text[start:end]))
            for number, (text, paragraphs, _) in enumerate(texts)
            for start, end in pieces_of(paragraphs)
        ]
        entities: list[list[ModelEntity]] = [[] for _ in texts]
        tokens: list[list[Token]] = [[] for _ in texts]
        for batch in _batches(pieces):
            self._renew_zone(sum(len(piece) for _, _, piece in batch))
            documents = list(
                self._pipeline.pipe(
                    [piece for _, _, piece in batch], batch_size=len(batch), disable=self._disabled
                )
            )
            if with_syntax:
                self._parser.parse(
                    (document, start, texts[number][2], tokens[number])
                    for (number, start, _), document in zip(batch, documents, strict=True)
                )
            for (number, start, _), document in zip(batch, documents, strict=True):
                entities[number] += [
                    ModelEntity(Span(start + ent.start_char, start + ent.end_char), ent.label_)
                    for ent in document.ents
                ]
        for found, words in zip(entities, tokens, strict=True):
            yield ModelReading(tuple(found), Syntax(words))

    def _renew_zone(self, next_chars: int) -> None:
        """Renew the memory zone if more than MEMORY_ZONE_CHARS have been read in it."""
        self._read_chars += next_chars
        if self._zone is None or self._read_chars > MEMORY_ZONE_CHARS:
            if self._zone is not None:
                self._zone.__exit__(None, None, None)
            self._zone = self._pipeline.memory_zone()
            self._zone.__enter__()
            self._read_chars = next_chars


def pieces_of(paragraphs: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield ranges of whole paragraphs of at most PIECE_CHARS; longer paragraphs are split."""
    start = end = None
    for paragraph in paragraphs:
        if start is not None and end is not None and paragraph.end - start > PIECE_CHARS:
            yield start, end
            start = None
        if start is None:
            start = paragraph.start
        while paragraph.end - start > PIECE_CHARS:
            yield start, start + PIECE_CHARS
            start += PIECE_CHARS
        end = paragraph.end
    if start is not None and end is not None and end > start:
        yield start, end


def _blank(word: re.Match[str]) -> str:
    return " " * len(word.group())


def _batches(pieces: Sequence[tuple[int, int, str]]) -> Iterator[list[tuple[int, int, str]]]:
    """Yield groups of consecutive pieces of about BATCH_CHARS together."""
    batch: list[tuple[int, int, str]] = []
    size = 0
    for piece in pieces:
        if batch and size + len(piece[2]) > BATCH_CHARS:
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += len(piece[2])
    if batch:
        yield batch


def load_model(package: str | None = None) -> LanguageModel:
    """Load an English pipeline from the folder of its package. No code of the package is run.

    `package` names an installed package other than those of `packages.py`. Its files are not pinned; its labels must be OntoNotes'.

    Raises:
        BrokenModel: no package is installed, its files are not the pinned ones, or it has no entity recogniser.
    """
    name, folder = installed(package)
    spacy = import_spacy()
    from thinc.api import NumpyOps, set_current_ops  # noqa: PLC0415  # start-up

    # numpy's BLAS instead of blis: the same annotations in half the time (decision 0002).
    set_current_ops(NumpyOps(use_blis=False))
    meta = spacy.util.load_meta(folder / "meta.json")
    for wanted in (RECOGNISER, "parser"):
        if wanted not in meta["pipeline"]:
            raise BrokenModel(
                name, "components " + ", ".join(meta["pipeline"]), f"one that is named {wanted}"
            )
    vectors = _vector_components(spacy.util.load_config(folder / "config.cfg"))
    used = [each for each in meta["pipeline"] if each in {RECOGNISER, *PARSER_COMPONENTS, *vectors}]
    pinned = PINNED.get((name, meta["version"]))
    if pinned and (found := digest_of(folder, {*used, "lemmatizer"})) != pinned:
        raise BrokenModel(name, f"files with sha256 {found}", pinned)
    pipeline = load_pipeline(folder, [*(each for each in meta["pipeline"] if each not in used), "senter"])
    parser = SentenceParser(pipeline, [each for each in used if each != RECOGNISER], load_lemmatizer(folder))
    return LanguageModel(
        name=f"{OFFICIAL_NAMES.get(name, name)}-{meta['version']}",
        pipeline=pipeline,
        parser=parser,
        slow_reason=_install_fast_vectors(pipeline, parser),
    )


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
"""Texts that the pipeline annotates with both kinds of vectors when it is loaded."""


def _install_fast_vectors(pipeline: Any, parser: SentenceParser) -> str | None:
    """Replace the pipeline's vectors by the fast ones, unless an annotation of SELF_TEST would change.

    Returns None if they were replaced, else the reason. A pipeline with another architecture is left unchanged.
    """
    from thinc.api import Model  # noqa: PLC0415  # start-up

    def fast(layer: Any) -> Any:
        return replacement_layer(Model, TokenVectors(layer), layer)

    expected = _annotations(pipeline, parser)
    try:
        own = pipeline.get_pipe(RECOGNISER).model.get_ref("tok2vec").layers
        shared = pipeline.get_pipe("tok2vec")
        originals = own[0], shared.model
        replacements = fast(own[0]), fast(shared.model)
    except (UnsupportedModel, IndexError, KeyError) as error:
        return str(error)
    own[0], shared.model = replacements
    if _annotations(pipeline, parser) == expected:
        return None
    own[0], shared.model = originals
    return "the fast vectors give other annotations than the pipeline's own"


def _annotations(pipeline: Any, parser: SentenceParser) -> list[Any]:
    documents = list(pipeline.pipe(SELF_TEST, disable=_components_of_the_parser_only(pipeline)))
    entities = [(ent.start_char, ent.end_char, ent.label_) for document in documents for ent in document.ents]
    tokens: list[Token] = []
    parser.parse((document, 0, [Span(0, len(document.text))], tokens) for document in documents)
    return [entities, tokens]
