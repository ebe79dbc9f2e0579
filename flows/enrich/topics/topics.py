"""Which topics an article is about: the weight of the words that speak for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.entities.mentions import Mention
from flows.enrich.topics.matching import terms_in
from flows.enrich.topics.reference import MediaTopic, Term, TopicReference
from flows.records import Reading, Span

PRIOR = 8.0
"""Weight that speaks for no topic: two specific terms alone give a score of about a half."""

MIN_SCORE, MIN_SECOND_SCORE = 0.15, 0.08
"""Topics of the first and of the second level with a lower score are left out."""

MAX_TOPICS, MAX_SECOND_TOPICS = 4, 3
"""Topics of the first level, and of the second level below each of them."""

MIN_STRONG, MIN_SUPPORT = 2.0, 3.0
"""A topic of the first level needs different terms of at least MIN_STRONG whose weights sum up to MIN_SUPPORT: one that is specific, or two
that are usual. Words that only may speak for it (`captain`, `minutes`) never make a topic."""

MAX_WORDS = 12
"""Words that are kept as the evidence of an article for one topic of the first level: the first occurrence of each of the strongest terms."""

NAMES = frozenset({"PER", "GPE", "LOC"})
"""Types of names whose words say nothing about a topic."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of an article with its score, 0 to 1: its part of the weight of all words that speak for a topic."""

    topic: MediaTopic
    score: float


@dataclass(frozen=True, slots=True)
class TopicWords:
    """Words of the text, and the code of the topic that they speak for."""

    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of an article, each of the first level followed by its own of the second, and their words in reading order."""

    ranked: tuple[Topic, ...]
    words: tuple[TopicWords, ...]


@dataclass(slots=True)
class _Found:
    """A term that was found: its first occurrence, and how many there are."""

    term: Term
    start: int
    end: int
    count: int = 1

    @property
    def factor(self) -> float:
        """What its weights are multiplied by."""
        return 1 + math.log(self.count)


def topics_in(reading: Reading, mentions: Iterable[Mention], reference: TopicReference) -> Topics | None:
    """Return the topics of a text, the highest score first; None where the text was not read.

    A term counts its weight times (1 + ln of its frequency). The weight of a topic of the first level sums up its terms and those of
    its second level, each term once. Scores are divided by the weight of all topics of the first level and PRIOR.
    """
    if reading.unread or not reading.text:
        return None
    names = [each.span for each in mentions if each.kind == "name" and each.type in NAMES]
    found: dict[str, _Found] = {}
    for term, start, end in terms_in(reading.text, reading.words, names, reference.starts):
        if known := found.get(term.name):
            known.count += 1
        else:
            found[term.name] = _Found(term, start, end)
    ranked = _ranked(found.values(), reference.topics)
    return Topics(ranked, _words(found.values(), ranked))


def _ranked(found: Iterable[_Found], topics: Mapping[str, MediaTopic]) -> tuple[Topic, ...]:
    first: dict[str, float] = {}
    second: dict[str, float] = {}
    support: dict[str, float] = {}
    for each in found:
        factor = each.factor
        for code, weight in each.term.first:
            first[code] = first.get(code, 0.0) + weight * factor
            if weight >= MIN_STRONG:
                support[code] = support.get(code, 0.0) + weight
        for code, weight in each.term.second:
            second[code] = second.get(code, 0.0) + weight * factor
    total = math.fsum(first.values()) + PRIOR

    def highest(weights: Mapping[str, float], least: float, limit: int) -> list[Topic]:
        scores = [
            Topic(topics[code], round(weight / total, 4))
            for code, weight in weights.items()
            if weight >= least * total
        ]
        return sorted(scores, key=lambda each: (-each.score, each.topic.code))[:limit]

    ranked: list[Topic] = []
    supported = {code: first[code] for code, weight in support.items() if weight >= MIN_SUPPORT}
    for topic in highest(supported, MIN_SCORE, MAX_TOPICS):
        own = {code: weight for code, weight in second.items() if topics[code].parent == topic.topic.code}
        ranked += [topic, *highest(own, MIN_SECOND_SCORE, MAX_SECOND_TOPICS)]
    return tuple(ranked)


def _words(found: Iterable[_Found], ranked: Sequence[Topic]) -> tuple[TopicWords, ...]:
    """Return the strongest words of each topic of the first level.

    Each has the code of the ranked topic of the second level that it speaks for most, else that of the first; words of several topics of
    the first level are given to the one of the highest score.
    """
    roots: dict[str, str] = {each.topic.code: each.topic.parent or each.topic.code for each in ranked}
    by_root: dict[str, list[tuple[float, int, int, str]]] = {}
    for each in found:
        weights = dict(each.term.first)
        root = next((code for code in roots if code in weights), None)
        if root is None:
            continue
        own = [(-weight, code) for code, weight in each.term.second if roots.get(code) == root]
        code = min(own)[1] if own and -min(own)[0] == weights[root] else root
        by_root.setdefault(root, []).append((-weights[root] * each.factor, each.start, each.end, code))
    kept = sorted(
        (start, end, code) for words in by_root.values() for _, start, end, code in sorted(words)[:MAX_WORDS]
    )
    return tuple([TopicWords(code, Span(start, end)) for start, end, code in kept])
