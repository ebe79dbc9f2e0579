"""Sentences whose capitals say nothing: those in capitals, and headlines that capitalise every word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.records import Span, Word

MIN_WORDS = 3
MIN_CAPITALS_SHARE = 0.8
MIN_HEADLINE_SHARE = 0.9
MIN_HEADLINE_WORDS = 5
SMALL_WORD = 4
"""Words of fewer letters may be in lowercase in a headline (`a`, `of`, `the`).

The four numbers come from reading headlines of news; no labelled set moved them."""


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
    """Look at the words of each sentence once; a headline ends in no period."""
    capitals, headlines = set(), set()
    at = 0
    for number, sentence in enumerate(sentences):
        own = []
        while at < len(words) and words[at].start < sentence.end:
            own.append(words[at])
            at += 1
        if len(own) < MIN_WORDS:
            continue
        if sum(word.text.isupper() for word in own) >= MIN_CAPITALS_SHARE * len(own):
            capitals.add(number)
            continue
        long = [word for word in own if len(word.text) >= SMALL_WORD]
        ends = text[sentence.start : sentence.end].rstrip("\"'”’ ")[-1:] in (".", ":", ";")
        if (
            not ends
            and len(own) >= MIN_HEADLINE_WORDS
            and sum(word.upper for word in long) >= MIN_HEADLINE_SHARE * len(long)
        ):
            headlines.add(number)
    return Casing(sentences, frozenset(capitals), frozenset(headlines))
