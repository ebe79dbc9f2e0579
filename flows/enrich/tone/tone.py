"""The tone of an article: the mean over its sentences, and the words that make it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.enrich.entities.mentions import Mention
from flows.enrich.tone.reference import ToneReference
from flows.enrich.tone.sentences import Valence, tone_of
from flows.records import Reading, Span

MAX_WORDS = 12
"""Words that are kept as evidence: those of the greatest valence, of either sign."""

NAMES = frozenset({"PER", "ORG", "GPE", "LOC", "FAC"})
"""Types of names whose words have no tone: `Hope` Solo, the `Freedom` Party."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The tone of an article.

    `score` is the mean of the scores of its sentences, -1 to 1, in which a sentence without a word of the lexicon counts as 0.
    `positive_share` and `negative_share` are shares of the words whose valence is above and below 0. `words` are the strongest, in reading order.
    """

    score: float
    positive_share: float
    negative_share: float
    words: tuple[Valence, ...]


def tone_in(reading: Reading, mentions: Iterable[Mention], reference: ToneReference) -> Tone | None:
    """Return the tone of a text; None where it was not read or has no sentence."""
    if reading.unread or not reading.sentences:
        return None
    names = [each.span for each in mentions if each.kind == "name" and each.type in NAMES]
    is_name = _Names(names).overlap
    scores: list[float] = []
    words: list[Valence] = []
    count = 0
    for span in reading.sentences:
        sentence = tone_of(reading.text[span.start : span.end], reference, span.start, is_name)
        scores.append(sentence.score)
        words += sentence.words
        count += sentence.word_count
    positive = sum(each.valence > 0 for each in words)
    strongest = sorted(words, key=lambda each: (-abs(each.valence), each.span))[:MAX_WORDS]
    return Tone(
        score=round(math.fsum(scores) / len(scores), 4),
        positive_share=_share(positive, count),
        negative_share=_share(len(words) - positive, count),
        words=tuple(sorted(strongest, key=lambda each: each.span)),
    )


def _share(part: int, count: int) -> float:
    return round(part / count, 4) if count else 0.0


class _Names:
    """The spans of names, which do not overlap and are in reading order."""

    def __init__(self, names: Sequence[Span]) -> None:
        self._names = names
        self._starts = [each.start for each in names]

    def overlap(self, start: int, end: int) -> bool:
        """Return True if the range shares a character with a name."""
        before = bisect_right(self._starts, end - 1)
        return before > 0 and self._names[before - 1].end > start
