"""The pieces of text that the language model reads at a time, and what it finds in one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flows.records import ModelEntity, Span
from flows.syntax import Token

PIECE_CHARS = 20_000
"""Longer texts are split between paragraphs, because memory grows with the longest piece."""

OVERLONG_WORD = re.compile(r"\S{120,}")
"""A word of so many characters holds no name and is replaced by blanks. The tokenizer removes punctuation mark by mark and scans the
rest each time, which takes over ten minutes for a word of 20,000 marks."""

BATCH_CHARS = 120_000
"""Characters in one batch: about 40 texts of 500 words. The peak of memory is that of one batch."""


class Piece(NamedTuple):
    """Whole paragraphs of a text, the offset of the first, and the sentences of the text. `number` is that of the text."""

    number: int
    start: int
    text: str
    sentences: Sequence[Span]


class Annotations(NamedTuple):
    """What the model found in a piece, with offsets in the text: entities, and the tokens of its sentences, numbered from 0."""

    entities: list[ModelEntity]
    tokens: list[Token]


def pieces_of(
    number: int, text: str, paragraphs: Sequence[Span], sentences: Sequence[Span]
) -> Iterator[Piece]:
    """Yield the pieces of a text, without what is outside of its paragraphs, and with blanks for overlong words."""
    for start, end in ranges_of(paragraphs):
        yield Piece(number, start, OVERLONG_WORD.sub(_blank, text[start:end]), sentences)


def ranges_of(paragraphs: Sequence[Span]) -> Iterator[tuple[int, int]]:
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


def batches_of(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield groups of consecutive pieces of about BATCH_CHARS together."""
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        if batch and size + len(piece.text) > BATCH_CHARS:
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += len(piece.text)
    if batch:
        yield batch


def _blank(word: re.Match[str]) -> str:
    return " " * len(word.group())
