"""Annotates texts through the documents of spaCy: the way for every pipeline, and without a compiled network. `compiled.py` is the other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from flows.enrich.language.parser import SentenceParser
from flows.enrich.language.pieces import Annotations, Piece
from flows.records import ModelEntity, Span

MEMORY_ZONE_CHARS = 2_000_000
"""Characters that are read before the pipeline's memory zone is renewed. The pipeline stores each word, about 100 KB for a dispatch:
without zones memory fills up, and a zone for each batch makes the tokenizer half as slow again."""


class DocumentAnnotator:
    """Annotates pieces of text with a pipeline and a parser of sentences."""

    def __init__(self, pipeline: Any, parser: SentenceParser, disabled: Sequence[str]) -> None:
        """Take a loaded pipeline and those of its components that only the parser needs."""
        self.pipeline = pipeline
        self._parser = parser
        self._disabled = disabled
        self._zone: AbstractContextManager[Any] | None = None
        self._read_chars = 0

    def annotate(self, pieces: Sequence[Piece], *, with_syntax: bool) -> list[Annotations]:
        """Find the entities of each piece, and parse its sentences if `with_syntax`."""
        self._renew_zone(sum(len(piece.text) for piece in pieces))
        documents = list(
            self.pipeline.pipe(
                [piece.text for piece in pieces], batch_size=len(pieces), disable=self._disabled
            )
        )
        found = [
            Annotations(
                [
                    ModelEntity(Span(piece.start + ent.start_char, piece.start + ent.end_char), ent.label_)
                    for ent in document.ents
                ],
                [],
            )
            for piece, document in zip(pieces, documents, strict=True)
        ]
        if with_syntax:
            self._parser.parse(
                (document, piece.start, piece.sentences, of_piece.tokens)
                for piece, document, of_piece in zip(pieces, documents, found, strict=True)
            )
        return found

    def _renew_zone(self, next_chars: int) -> None:
        """Renew the memory zone if more than MEMORY_ZONE_CHARS have been read in it."""
        self._read_chars += next_chars
        if self._zone is None or self._read_chars > MEMORY_ZONE_CHARS:
            if self._zone is not None:
                self._zone.__exit__(None, None, None)
            self._zone = self.pipeline.memory_zone()
            self._zone.__enter__()
            self._read_chars = next_chars
