"""Annotates texts with the compiled network, without spaCy: the fast way. `documents.py` is the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from flows.enrich.language.chunks import ChunkTokenizer, Flags, Ints, Tokens
from flows.enrich.language.embedding import TypeVectors
from flows.enrich.language.features import WordFeatures
from flows.enrich.language.kernels import Network
from flows.enrich.language.lemmas import Lemmatizer
from flows.enrich.language.parser import MAX_SENTENCE_TOKENS
from flows.enrich.language.pieces import Annotations, Piece
from flows.enrich.language.pipeline_files import PipelineFiles
from flows.enrich.language.rules import RuleTokenizer
from flows.records import ModelEntity, Span
from flows.syntax import Token

MAX_CHUNKS = 120_000
"""Chunks that are remembered, about 250 bytes each. With 80,000, reading a quarter of the bulk corpora takes 3 % longer; with 200,000, 4 % less."""

MAX_VECTORS = 90_000
"""Vectors of types that are remembered for one of the two embeddings, 384 bytes each."""

START, END = attrgetter("start"), attrgetter("end")

_token = partial(tuple.__new__, Token)
"""Makes a token of its fields: the constructor of a named tuple takes three times as long."""


class _Words(NamedTuple):
    """The words of the sentences of several pieces: their types, whether a blank follows within the sentence, and their offsets.

    `sizes` are the numbers of words of the sentences, `counts` of the pieces.
    """

    types: Ints
    spaces: Flags
    starts: Ints
    stops: Ints
    sizes: Ints
    counts: Ints


class CompiledAnnotator:
    """Annotates pieces of text as the pipeline does. What one piece gets does not depend on the others, or on those before."""

    def __init__(self, files: PipelineFiles, lemmatizer: Lemmatizer) -> None:
        """Take a pipeline as it is on disk.

        Raises:
            UnsupportedModel: the pipeline has another architecture, or there is no compiled network.
        """
        self._network = Network(files)
        self._entity_types = TypeVectors(files.get_pipe("ner").model.get_ref("tok2vec").layers[0])
        self._sentence_types = TypeVectors(files.get_pipe("tok2vec").model)
        self._lemmatizer = lemmatizer
        self._tokenizer = ChunkTokenizer(RuleTokenizer(files.rules), WordFeatures(files.norms))

    def annotate(self, pieces: Sequence[Piece], *, with_syntax: bool) -> list[Annotations]:
        """Find the entities of each piece, and parse its sentences if `with_syntax`."""
        vectors = max(len(self._entity_types), len(self._sentence_types))
        if len(self._tokenizer) > MAX_CHUNKS or vectors > MAX_VECTORS:
            self._forget()
        try:
            return self._annotated(pieces, with_syntax=with_syntax)
        except BaseException:
            # What was stored of a batch that was interrupted may be incomplete.
            self._forget()
            raise

    def _annotated(self, pieces: Sequence[Piece], *, with_syntax: bool) -> list[Annotations]:
        tokens = self._tokenizer.tokens_of([piece.text for piece in pieces])
        sizes = np.diff(tokens.ends, prepend=0)
        # From the first character of the first piece to the offsets in each text.
        before = accumulate([0, *(len(piece.text) for piece in pieces[:-1])])
        shifts = np.array(
            [piece.start - at for piece, at in zip(pieces, before, strict=True)], dtype=np.int64
        )
        starts = tokens.starts + np.repeat(shifts, sizes)
        stops = starts + self._tokenizer.types.lengths[tokens.types]
        blanks = self._tokenizer.types.are_blank[tokens.types]
        entities = self._entities(tokens, sizes, starts, stops, blanks)
        if not with_syntax:
            return [Annotations(found, []) for found in entities]
        parsed = self._parsed(self._words(pieces, tokens, starts, stops, blanks))
        return [Annotations(*found) for found in zip(entities, parsed, strict=True)]

    def _forget(self) -> None:
        """Forget all chunks and vectors."""
        for each in (self._tokenizer, self._entity_types, self._sentence_types):
            each.clear()

    def _entities(
        self, tokens: Tokens, sizes: Ints, starts: Ints, stops: Ints, blanks: Flags
    ) -> list[list[ModelEntity]]:
        rows = self._entity_types.rows(tokens.types, tokens.spaces, self._tokenizer.types.features)
        lengths = sizes.astype(np.int32)
        vectors = self._network.entity_vectors(self._entity_types.table, rows, lengths)
        ends = tokens.ends.tolist()
        found: list[list[ModelEntity]] = [[] for _ in ends]
        for first, end, label in self._network.entities(vectors, lengths, blanks.view(np.uint8)):
            found[bisect_right(ends, first)].append(
                ModelEntity(Span(int(starts[first]), int(stops[end - 1])), label)
            )
        return found

    def _words(
        self, pieces: Sequence[Piece], tokens: Tokens, starts: Ints, stops: Ints, blanks: Flags
    ) -> _Words:
        """Return the words of the sentences that begin in each piece and are short enough."""
        words = np.flatnonzero(~blanks)
        types, starts, stops = tokens.types[words], starts[words], stops[words]
        firsts: list[Ints] = []
        ends: list[Ints] = []
        bounds = words.searchsorted(tokens.ends).tolist()
        for piece, low, high in zip(pieces, [0, *bounds[:-1]], bounds, strict=True):
            of_piece = starts[low:high]
            firsts.append(low + of_piece.searchsorted(list(map(START, piece.sentences))))
            ends.append(low + of_piece.searchsorted(list(map(END, piece.sentences))))
        piece_of = np.repeat(np.arange(len(pieces)), list(map(len, firsts)))
        first, sizes = np.concatenate(firsts), np.concatenate(ends) - np.concatenate(firsts)
        parsed = (sizes > 0) & (sizes <= MAX_SENTENCE_TOKENS)
        first, sizes, piece_of = first[parsed], sizes[parsed], piece_of[parsed]
        total = sizes.cumsum()
        at = np.repeat(first - total + sizes, sizes) + np.arange(sizes.sum())
        types, starts, stops = self._tokenizer.types.plain[types[at]], starts[at], stops[at]
        spaces = np.zeros(len(at), dtype=np.bool_)
        spaces[:-1] = starts[1:] > stops[:-1]
        spaces[total - 1] = False
        counts = np.bincount(piece_of, weights=sizes, minlength=len(pieces)).astype(np.int64)
        return _Words(types, spaces, starts, stops, sizes, counts)

    def _parsed(self, words: _Words) -> list[list[Token]]:
        """Return the tokens of the sentences of each piece."""
        rows = self._sentence_types.rows(words.types, words.spaces, self._tokenizer.types.features)
        vectors = self._network.sentence_vectors(
            self._sentence_types.table, rows, words.sizes.astype(np.int32)
        )
        heads, deps = self._network.trees(vectors, words.sizes.astype(np.int32))
        tags = list(map(self._network.tag_labels.__getitem__, self._network.tags(vectors).tolist()))
        texts = list(map(self._tokenizer.types.texts.__getitem__, words.types.tolist()))
        ends = words.counts.cumsum()
        tokens = list(
            map(
                _token,
                zip(
                    words.starts.tolist(),
                    words.stops.tolist(),
                    texts,
                    map(self._lemmatizer.__getitem__, zip(texts, tags, strict=True)),
                    tags,
                    map(self._network.dep_labels.__getitem__, deps.tolist()),
                    (heads - np.repeat(ends - words.counts, words.counts)).tolist(),
                    strict=True,
                ),
            )
        )
        bounds = ends.tolist()
        return [tokens[low:high] for low, high in zip([0, *bounds[:-1]], bounds, strict=True)]
