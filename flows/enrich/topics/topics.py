"""Which topics an article is about: the weight of the words that speak for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.entities.mentions import Mention
from flows.enrich.language.words import words_in
from flows.enrich.topics.matching import terms_in
from flows.enrich.topics.reference import MediaTopic, Term, TermsByWord, TopicReference
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
    """Words of the text or of the headline, and the code of the topic that they speak for."""

    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of an article, each of the first level followed by its own of the second, and their words in reading order.

    The spans of `headline_words` are offsets in the headline.
    """

    ranked: tuple[Topic, ...]
    words: tuple[TopicWords, ...]
    headline_words: tuple[TopicWords, ...] = ()


@dataclass(slots=True)
class _Found:
    """A term that was found: its first occurrence in the text and in the headline, -1 where it is not, and how many there are."""

    term: Term
    start: int = -1
    end: int = -1
    headline_start: int = -1
    headline_end: int = -1
    count: int = 1

    @property
    def factor(self) -> float:
        """What its weights are multiplied by."""
        return 1 + math.log(self.count) if self.count > 1 else 1.0


def topics_in(
    reading: Reading, mentions: Iterable[Mention], reference: TopicReference, headline: str | None = None
) -> Topics | None:
    """Return the topics of a text and its headline, the highest score first; None where the text was not read.

    A term counts its weight times (1 + ln of its frequency). The weight of a topic of the first level sums up its terms and those of
    its second level, each term once. Scores are divided by the weight of all topics of the first level and PRIOR.
    """
    if reading.unread or not reading.text:
        return None
    text = reading.text
    names = [each for each in mentions if each.kind == "name" and each.type in NAMES]
    found: dict[str, _Found] = {}
    for term, start, end in terms_in(text, reading.words, [each.span for each in names], reference.starts):
        if known := found.get(term.name):
            known.count += 1
        else:
            found[term.name] = _Found(term, start, end)
    for term, start, end in _terms_of(headline or "", text, names, reference.starts):
        if known := found.get(term.name):
            known.count += 1
            if known.headline_start < 0:
                known.headline_start, known.headline_end = start, end
        else:
            found[term.name] = _Found(term, headline_start=start, headline_end=end)
    if not found:
        return Topics((), ())
    ranked = _ranked(found.values(), reference.topics)
    return Topics(ranked, *_words(found.values(), ranked))


def _terms_of(
    headline: str, text: str, names: Iterable[Mention], starts: TermsByWord
) -> Iterator[tuple[Term, int, int]]:
    """Yield the terms of a headline, which the language model does not read: names that the text has are known in it too.

    In a headline of capitals no term is known by its capitals: `AIDS` may be a verb there.
    """
    lower = headline.lower()
    if len(lower) != len(headline):
        return
    words = words_in(lower if headline.isupper() else headline)
    terms = list(terms_in(headline, words, (), starts))
    if not terms:
        return
    known: set[str] = set()
    for each in names:
        name = each.span.of(text).lower()
        known.update((name, *name.split()) if each.type == "PER" else (name,))
    begins = {word.start for word in words}
    ends = {word.end for word in words}
    named = [
        (at, at + len(name))
        for name in known
        if name in lower
        for at in begins
        if lower.startswith(name, at) and at + len(name) in ends
    ]
    for term, start, end in terms:
        is_capital = headline[start].isupper()
        if not (is_capital and any(first < end and start < last for first, last in named)):
            yield term, start, end


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


def _words(
    found: Iterable[_Found], ranked: Sequence[Topic]
) -> tuple[tuple[TopicWords, ...], tuple[TopicWords, ...]]:
    """Return the strongest words of each topic of the first level, in the text and in the headline.

    Each has the code of the ranked topic of the second level that it speaks for most, else that of the first; words of several topics of
    the first level are given to the one of the highest score.
    """
    roots: dict[str, str] = {each.topic.code: each.topic.parent or each.topic.code for each in ranked}
    ranks = {code: rank for rank, code in enumerate(roots)}
    by_root: dict[str, list[tuple[float, int, int, str]]] = {}
    in_headline: list[TopicWords] = []
    for each in found:
        own = [(ranks[code], code, weight) for code, weight in each.term.first if code in ranks]
        if not own:
            continue
        _, root, greatest = min(own)
        code = min(
            [of for of, weight in each.term.second if weight == greatest and roots.get(of) == root],
            default=root,
        )
        if each.headline_start >= 0:
            in_headline.append(TopicWords(code, Span(each.headline_start, each.headline_end)))
        if each.start >= 0:
            by_root.setdefault(root, []).append((-greatest * each.factor, each.start, each.end, code))
    kept = sorted(
        (start, end, code) for words in by_root.values() for _, start, end, code in sorted(words)[:MAX_WORDS]
    )
    return (
        tuple([TopicWords(code, Span(start, end)) for start, end, code in kept]),
        tuple(sorted(in_headline, key=lambda each: each.span)),
    )
