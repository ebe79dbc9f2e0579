"""The language model: takes texts, returns entities. Only this module, `pipeline` and `vectors` import spaCy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from flows.enrich.language.packages import OFFICIAL_NAMES, PINNED, digest_of, installed
from flows.enrich.language.pipeline import import_spacy, load_pipeline
from flows.enrich.language.vectors import TokenVectors, UnsupportedModel, replacement_layer
from flows.errors import BrokenModel
from flows.records import ModelEntity, Span

COMPONENT = "ner"
"""The only component whose annotations are used. In the pinned pipeline it has its own embedding (decision 0002)."""

VECTOR_COMPONENTS = ("tok2vec", "transformer")
"""Components that compute the vectors of `ner` in other pipelines; they are loaded where it listens to them."""

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


class LanguageModel:
    """A loaded pipeline. `name` is its name and version.

    `slow_reason` says why the fast vectors are not used; None if they are.
    """

    def __init__(self, name: str, pipeline: Any, slow_reason: str | None) -> None:
        """Take a pipeline that is loaded with only `COMPONENT` and what it needs."""
        self.name = name
        self.slow_reason = slow_reason
        self._pipeline = pipeline
        self._zone: AbstractContextManager[Any] | None = None
        self._read_chars = 0

    def entities_in(self, texts: Sequence[tuple[str, Sequence[Span]]]) -> Iterator[tuple[ModelEntity, ...]]:
        """Yield the entities of each (text, paragraphs), in the order of the text."""
        pieces = [
            (number, start, OVERLONG_WORD.sub(_blank, text[start:end]))
            for number, (text, paragraphs) in enumerate(texts)
            for start, end in pieces_of(paragraphs)
        ]
        found: list[list[ModelEntity]] = [[] for _ in texts]
        for batch in _batches(pieces):
            self._renew_zone(sum(len(piece) for _, _, piece in batch))
            documents = self._pipeline.pipe([piece for _, _, piece in batch], batch_size=len(batch))
            for (number, start, _), document in zip(batch, documents, strict=True):
                found[number] += [
                    ModelEntity(Span(start + ent.start_char, start + ent.end_char), ent.label_)
                    for ent in document.ents
                ]
        yield from map(tuple, found)

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
    if COMPONENT not in meta["pipeline"]:
        raise BrokenModel(name, "components " + ", ".join(meta["pipeline"]), f"one that is named {COMPONENT}")
    used = {COMPONENT, *_vector_components(spacy.util.load_config(folder / "config.cfg"))}
    pinned = PINNED.get((name, meta["version"]))
    if pinned and (found := digest_of(folder, used)) != pinned:
        raise BrokenModel(name, f"files with sha256 {found}", pinned)
    pipeline = load_pipeline(folder, [*(each for each in meta["pipeline"] if each not in used), "senter"])
    return LanguageModel(
        name=f"{OFFICIAL_NAMES.get(name, name)}-{meta['version']}",
        pipeline=pipeline,
        slow_reason=_install_fast_vectors(pipeline),
    )


def _vector_components(config: Mapping[str, Any]) -> list[str]:
    """Return the components that `ner` takes its vectors from; empty if it has its own embedding."""
    architecture = config["components"][COMPONENT]["model"].get("tok2vec", {}).get("@architectures", "")
    return [name for name in VECTOR_COMPONENTS if "Listener" in architecture and name in config["components"]]


SELF_TEST = (
    "Rebels led by Colonel Amara Touré shelled the airport of Bamako on Tuesday, Mali's Interior Ministry said, and the United Nations "
    "mission (MINUSMA) counted 14 wounded.\n\n“We saw two drones,” Mr. O'Brien of Reuters told the BBC in New York's Long Island City. "
    "Su-24s, U.S.-made rifles and $3.5 million in cash were seized near the Niger River.",
    "COLUMBUS, Ohio -- The Federal Reserve Bank of Cleveland raised its outlook for 2009; General Motors Corp., Toyota and the "
    "Teamsters union declined to comment.",
    "",
)
"""Texts that the pipeline annotates with both kinds of vectors when it is loaded."""


def _install_fast_vectors(pipeline: Any) -> str | None:
    """Replace the pipeline's vectors by the fast ones, unless an annotation of SELF_TEST would change.

    Returns None if they were replaced, else the reason. A pipeline with another architecture is left unchanged.
    """
    from spacy.attrs import NORM, ORTH  # noqa: PLC0415  # start-up
    from thinc.api import Model  # noqa: PLC0415  # start-up

    expected = _annotations(pipeline)
    layers = pipeline.get_pipe(COMPONENT).model.get_ref("tok2vec").layers
    try:
        original = layers[0]
        layers[0] = replacement_layer(Model, TokenVectors(original, ORTH, NORM), original)
    except (UnsupportedModel, IndexError) as error:
        return str(error)
    if _annotations(pipeline) == expected:
        return None
    layers[0] = original
    return "the fast vectors give other annotations than the pipeline's own"


def _annotations(pipeline: Any) -> list[tuple[int, int, str]]:
    return [
        (ent.start_char, ent.end_char, ent.label_)
        for document in pipeline.pipe(SELF_TEST)
        for ent in document.ents
    ]
