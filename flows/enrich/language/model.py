"""The one door to the language model: text in, entities out. Only this module and the two behind it, `pipeline` and `vectors`, know spaCy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from flows.enrich.language.packages import OFFICIAL, PINNED, digest_of, installed
from flows.enrich.language.pipeline import import_spacy, load_pipeline
from flows.enrich.language.vectors import TokenVectors, UnknownShape, stand_in
from flows.errors import BrokenModel
from flows.records import ModelEntity, Span

COMPONENT = "ner"
"""The only one whose annotations a field reads; in this pipeline it has an embedding of its own (decision 0002)."""

LISTENED_TO = ("tok2vec", "transformer")
"""Components that `ner` of other pipelines takes its vectors from; they are run where it does."""

PIECE_CHARS = 20_000
"""A longer text is read in pieces cut between paragraphs: memory grows with the longest piece."""

ENDLESS_WORD = re.compile(r"\S{120,}")
"""A run of so many characters without a blank holds no name and is shown to the model as blanks: its
tokenizer takes marks off a word one by one, each time looking at the rest: over ten minutes for one such word."""

BATCH_CHARS = 120_000
"""Texts read together: about 40 of 500 words. The peak of memory is that of one batch."""


ZONE_CHARS = 2_000_000
"""Texts read before the pipeline forgets their words. It keeps each word it has met, about 100 KB for a dispatch: never to
forget fills the memory, and to forget after each batch costs half of the tokenizer's time again."""


class LanguageModel:
    """A loaded pipeline. `name` is its name and version.

    `slow_reason` says why the fast vectors are not used, and is None where they are.
    """

    def __init__(self, name: str, pipeline: Any, slow_reason: str | None) -> None:
        """Take a pipeline of which only `COMPONENT` and what it needs is loaded."""
        self.name = name
        self.slow_reason = slow_reason
        self._pipeline = pipeline
        self._zone: AbstractContextManager[Any] | None = None
        self._read_chars = 0

    def entities_in(self, texts: Sequence[tuple[str, Sequence[Span]]]) -> Iterator[tuple[ModelEntity, ...]]:
        """Yield the entities of each (text, paragraphs), in reading order."""
        pieces = [
            (number, start, ENDLESS_WORD.sub(_blank, text[start:end]))
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

    def _renew_zone(self, coming_chars: int) -> None:
        """Let the pipeline forget the words of what was read, when that is much."""
        self._read_chars += coming_chars
        if self._zone is None or self._read_chars > ZONE_CHARS:
            if self._zone is not None:
                self._zone.__exit__(None, None, None)
            self._zone = self._pipeline.memory_zone()
            self._zone.__enter__()
            self._read_chars = coming_chars


def pieces_of(paragraphs: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield ranges of whole paragraphs of at most PIECE_CHARS, longer paragraphs cut."""
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
    """Yield runs of pieces of about BATCH_CHARS."""
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
    """Load an English pipeline from its package's folder, as data: no code of the package runs.

    `package` names an installed one other than those of `packages.py`; its files are not pinned, and its labels must be OntoNotes'.

    Raises:
        BrokenModel: no package is installed, its files are not the pinned ones, or it finds no entities.
    """
    name, folder = installed(package)
    spacy = import_spacy()
    from thinc.api import NumpyOps, set_current_ops  # noqa: PLC0415  # start-up

    # numpy's BLAS instead of blis: the same annotations in half the time (decision 0002).
    set_current_ops(NumpyOps(use_blis=False))
    meta = spacy.util.load_meta(folder / "meta.json")
    if COMPONENT not in meta["pipeline"]:
        raise BrokenModel(name, "components " + ", ".join(meta["pipeline"]), f"one that is named {COMPONENT}")
    used = {COMPONENT, *_listened_to(spacy.util.load_config(folder / "config.cfg"))}
    pinned = PINNED.get((name, meta["version"]))
    if pinned and (found := digest_of(folder, used)) != pinned:
        raise BrokenModel(name, f"files with sha256 {found}", pinned)
    pipeline = load_pipeline(folder, [*(each for each in meta["pipeline"] if each not in used), "senter"])
    return LanguageModel(
        name=f"{OFFICIAL.get(name, name)}-{meta['version']}",
        pipeline=pipeline,
        slow_reason=_make_fast(pipeline),
    )


def _listened_to(config: Mapping[str, Any]) -> list[str]:
    """Return the components that `ner` takes its vectors from, none where it has its own."""
    architecture = config["components"][COMPONENT]["model"].get("tok2vec", {}).get("@architectures", "")
    return [name for name in LISTENED_TO if "Listener" in architecture and name in config["components"]]


SELF_TEST = (
    "Rebels led by Colonel Amara Touré shelled the airport of Bamako on Tuesday, Mali's Interior Ministry said, and the United Nations "
    "mission (MINUSMA) counted 14 wounded.\n\n“We saw two drones,” Mr. O'Brien of Reuters told the BBC in New York's Long Island City. "
    "Su-24s, U.S.-made rifles and $3.5 million in cash were seized near the Niger River.",
    "COLUMBUS, Ohio -- The Federal Reserve Bank of Cleveland raised its outlook for 2009; General Motors Corp., Toyota and the "
    "Teamsters union declined to comment.",
    "",
)
"""Texts that the pipeline reads both ways when it is loaded."""


def _make_fast(pipeline: Any) -> str | None:
    """Put the fast vectors in place of the pipeline's own; take them out again where one annotation differs.

    Returns None where they stay, else the reason. A pipeline that is built otherwise is left as it came.
    """
    from spacy.attrs import NORM, ORTH  # noqa: PLC0415  # start-up
    from thinc.api import Model  # noqa: PLC0415  # start-up

    stock = _annotations(pipeline)
    layers = pipeline.get_pipe(COMPONENT).model.get_ref("tok2vec").layers
    try:
        original = layers[0]
        layers[0] = stand_in(Model, TokenVectors(original, ORTH, NORM), original)
    except (UnknownShape, IndexError) as error:
        return str(error)
    if _annotations(pipeline) == stock:
        return None
    layers[0] = original
    return "the fast vectors give other annotations than the pipeline's own"


def _annotations(pipeline: Any) -> list[tuple[int, int, str]]:
    return [
        (ent.start_char, ent.end_char, ent.label_)
        for document in pipeline.pipe(SELF_TEST)
        for ent in document.ents
    ]
