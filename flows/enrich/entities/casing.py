"""Sentences whose case is uninformative: those in capitals, and headlines that capitalise every word."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.records import Span, Word

MIN_WORDS = 3
MIN_CAPITALS_SHARE = 0.8
MIN_HEADLINE_SHARE = 0.9
MIN_HEADLINE_WORDS = 5
SMALL_WORD = 4
"""Shorter words may be in lowercase in a headline (`a`, `of`, `the`).

The five numbers were chosen by reading headlines of news, not tuned."""


@dataclass(frozen=True, slots=True)
class Casing:
    """The sentences of a text that are in capitals, and those that capitalise their words, by number."""

    sentences: Sequence[Span]
    capitals: frozenset[int]
    headlines: frozenset[int]

    def at(self, position: int) -> str:
        """Return `capitals`, `headline` or `sentence`."""
        if not (self.capitals or self.headlines):
            return "sentence"
        number = sentence_at(self.sentences, position)
        return (
            "capitals" if number in self.capitals else "headline" if number in self.headlines else "sentence"
        )


def casing_of(text: str, words: Sequence[Word], sentences: Sequence[Span]) -> Casing:
    """Classify the sentences by the case of their words; a headline does not end in a period."""
    capitals, headlines = set(), set()
    starts, _, texts, _, upper = zip(*words, strict=True) if words else ((),) * 5
    is_long = [len(text) >= SMALL_WORD for text in texts]
    first = end = 0
    for number, sentence in enumerate(sentences):
        first, end = end, bisect_left(starts, sentence.end, end)
        size = end - first
        if size < MIN_WORDS:
            continue
        uppers = [at for at in range(first, end) if upper[at]]
        long, long_upper = sum(is_long[first:end]), sum([is_long[at] for at in uppers])
        if (
            len(uppers) >= MIN_CAPITALS_SHARE * size
            and sum([texts[at].isupper() for at in uppers]) >= MIN_CAPITALS_SHARE * size
        ):
            capitals.add(number)
        elif size >= MIN_HEADLINE_WORDS and long_upper >= MIN_HEADLINE_SHARE * long:
            ends = text[sentence.start : sentence.end].rstrip("\"'”’ ")[-1:] in (".", ":", ";")
            if not ends:
                headlines.add(number)
    return Casing(sentences, frozenset(capitals), frozenset(headlines))
