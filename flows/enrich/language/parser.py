"""Parses sentences: gives the words of each their tags, lemmas and dependency tree. Only `model.py` imports this module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from flows.enrich.language.lemmas import Lemmatizer
from flows.records import Span
from flows.syntax import Token

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
        self._labels: dict[int, str] = {
            pipeline.vocab.strings.add(label): label
            for component in self._components
            for label in getattr(component, "labels", ())
        }

    def parse(self, documents: Iterable[tuple[Any, int, Sequence[Span]]]) -> list[list[list[Token]]]:
        """Return the parsed sentences of each (document, offset of its text, sentences): their tokens.

        Heads count from the first token of the sentence.
        """
        found: list[list[list[Token]]] = []
        waiting: list[tuple[int, list[Span], Any]] = []
        for at, (document, offset, sentences) in enumerate(documents):
            found.append([])
            for spans, words in _words_of(document, offset, sentences):
                spaces = [one.end != other.start for one, other in pairwise(spans)] + [False]
                waiting.append((at, spans, self._doc(self._vocab, words=words, spaces=spaces)))
        for first in range(0, len(waiting), BATCH_SENTENCES):
            batch = waiting[first : first + BATCH_SENTENCES]
            parsed = [document for *_, document in batch]
            for component in self._components:
                parsed = list(component.pipe(parsed, batch_size=BATCH_SENTENCES))
            for (at, spans, _), document in zip(batch, parsed, strict=True):
                found[at].append(self._tokens(document, spans))
        return found

    def _tokens(self, document: Any, spans: Sequence[Span]) -> list[Token]:
        tokens = []
        rows = document.to_array(self._attributes).tolist()
        for number, (token, span, (head, tag, dep)) in enumerate(zip(document, spans, rows, strict=True)):
            text = token.text
            label = self._label(tag)
            tokens.append(
                Token(
                    span.start,
                    span.end,
                    text,
                    self._lemmatizer.lemma_of(text, label),
                    label,
                    self._label(dep),
                    # The distance to the head is signed, and the array is not.
                    number + (head - 2**64 if head >= 2**63 else head),
                )
            )
        return tokens

    def _label(self, key: int) -> str:
        label = self._labels.get(key)
        if label is None:
            label = self._labels[key] = self._vocab.strings[key]
        return label


def _words_of(
    document: Any, offset: int, sentences: Sequence[Span]
) -> Iterator[tuple[list[Span], list[str]]]:
    """Yield the spans and the words of each sentence that begins in a document and is short enough."""
    tokens = iter(document)
    token = next(tokens, None)
    end_of_text = offset + len(document.text)
    for sentence in sentences:
        if sentence.end <= offset:
            continue
        if sentence.start >= end_of_text:
            break
        spans: list[Span] = []
        words: list[str] = []
        while token is not None and offset + token.idx < sentence.end:
            if not token.is_space and offset + token.idx >= sentence.start:
                start = offset + token.idx
                words.append(token.text)
                spans.append(Span(start, start + len(words[-1])))
            token = next(tokens, None)
        if words and len(words) <= MAX_SENTENCE_TOKENS:
            yield spans, words


def load_lemmatizer(folder: Path) -> Lemmatizer:
    """Read the tables of the lemmatizer of a pipeline's folder; empty tables if it has none."""
    from spacy.lookups import Lookups  # noqa: PLC0415  # start-up

    lookups = Lookups()
    if (folder / "lemmatizer" / "lookups").is_dir():
        lookups = lookups.from_disk(folder / "lemmatizer" / "lookups")
    rules, exceptions, words = (lookups.get_table(f"lemma_{name}", {}) for name in ("rules", "exc", "index"))
    return Lemmatizer(rules, exceptions, words)
