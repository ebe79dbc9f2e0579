"""Parses sentences: gives the words of each their tags, lemmas and dependency tree. Only `model.py` imports this module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flows.enrich.language.lemmas import Lemmatizer
from flows.records import Span
from flows.syntax import Token

Ends = list[tuple[int, int]]
"""The first code point of each word of a sentence and the one after its last."""

PARSER_COMPONENTS = ("tagger", "parser")

MAX_SENTENCE_TOKENS = 150
"""Longer sentences are lists and tables, and are not parsed."""

BATCH_SENTENCES = 500


class SentenceParser:
    """Parses the sentences of documents that the pipeline has tokenized.

    Each sentence is parsed alone and without its blanks: line breaks in mid-sentence, as the wires have them, change no tree.
    """

    def __init__(self, pipeline: Any, components: Sequence[str], lemmatizer: Lemmatizer) -> None:
        """Take a loaded pipeline and the names of the components to apply, in order."""
        from spacy.attrs import DEP, HEAD, TAG  # noqa: PLC0415  # start-up
        from spacy.tokens import Doc  # noqa: PLC0415  # start-up

        self._attributes = [HEAD, TAG, DEP]
        self._doc = Doc
        self._vocab = pipeline.vocab
        self._components = [pipeline.get_pipe(name) for name in components]
        self._lemmatizer = lemmatizer
        # The vocabulary's strings are not loaded, and the components look labels up only by their hash.
        self._labels = {
            _signed(pipeline.vocab.strings.add(label)): label
            for component in self._components
            for label in getattr(component, "labels", ())
        }

    def parse(self, documents: Iterable[tuple[Any, int, Sequence[Span], list[Token]]]) -> None:
        """Parse each (document, offset of its text, sentences) and append the tokens of its sentences to the list that comes with it."""
        waiting: list[tuple[list[Token], Ends, Any]] = []
        for document, offset, sentences, tokens in documents:
            for ends, words, spaces in _words_of(document, offset, sentences):
                waiting.append((tokens, ends, self._doc(self._vocab, words=words, spaces=spaces)))
        for first in range(0, len(waiting), BATCH_SENTENCES):
            batch = waiting[first : first + BATCH_SENTENCES]
            parsed = [document for *_, document in batch]
            for component in self._components:
                parsed = list(component.pipe(parsed, batch_size=BATCH_SENTENCES))
            for (tokens, ends, _), document in zip(batch, parsed, strict=True):
                tokens += self._tokens(document, ends, len(tokens))

    def _tokens(self, document: Any, ends: Ends, first: int) -> Iterator[Token]:
        """Yield the tokens of a sentence whose first token has the number `first`."""
        heads, tags, deps = document.to_array(self._attributes).astype("int64").T.tolist()
        texts = [token.text for token in document]
        labels = [self._labels[tag] for tag in tags]
        lemmas = map(self._lemmatizer.__getitem__, zip(texts, labels, strict=True))
        # The array holds the distance to the head.
        absolute = map(int.__add__, heads, range(first, first + len(heads)))
        starts, stops = zip(*ends, strict=True)
        return map(
            Token._make,
            zip(
                starts,
                stops,
                texts,
                lemmas,
                labels,
                map(self._labels.__getitem__, deps),
                absolute,
                strict=True,
            ),
        )


def _words_of(
    document: Any, offset: int, sentences: Sequence[Span]
) -> Iterator[tuple[Ends, list[Any], list[bool]]]:
    """Yield the words of each sentence that begins in a document and is short enough.

    Of each word its offsets, its key in the vocabulary, and whether a blank follows it.
    """
    # The offset and the length of each token that is not a blank, and its key.
    rows = document.to_array(["IDX", "LENGTH", "ORTH", "IS_SPACE"])
    rows = rows[rows[:, 3] == 0]
    starts = rows[:, 0].astype("int64") + offset
    ends = (starts + rows[:, 1].astype("int64")).tolist()
    first_of = starts.searchsorted([sentence.start for sentence in sentences]).tolist()
    end_of = starts.searchsorted([sentence.end for sentence in sentences]).tolist()
    starts, words = starts.tolist(), rows[:, 2].tolist()
    for first, end in zip(first_of, end_of, strict=True):
        if 0 < end - first <= MAX_SENTENCE_TOKENS:
            spaces = [starts[at + 1] > ends[at] for at in range(first, end - 1)]
            yield (
                list(zip(starts[first:end], ends[first:end], strict=True)),
                words[first:end],
                [*spaces, False],
            )


def _signed(key: int) -> int:
    """Return a key of 64 bits as the signed integer with the same bits."""
    return key - 2**64 if key >= 2**63 else key
