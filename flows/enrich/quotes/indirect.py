"""Indirect and mixed attributions: what somebody says, thinks, knows, wants or feels, in the words of the reporter.

`The ministry said that two soldiers died, adding that …`, `according to the mayor`, `the claim that …`. Candidates come from the
dependency trees, and a logistic regression decides.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import exp

from flows.enrich.language.sentences import sentence_at
from flows.enrich.quotes.indirect_candidates import VERB, CueCandidate, candidates_in
from flows.enrich.quotes.indirect_features import features_of
from flows.enrich.quotes.indirect_reference import CueWords
from flows.enrich.quotes.indirect_sources import edges_of, name_of, source_of
from flows.enrich.quotes.quotations import Quote
from flows.records import Reading, Span
from flows.syntax import Syntax

MIN_PROBABILITY = 0.45
"""Chosen on PolNeAR, one publisher left out: overlap F1 of all attributions is 70.8 at 0.35, 71.5 at 0.4, 71.6 at 0.45 and 71.4 at 0.5, precision 68.8, 71.8,
74.3 and 76.7."""

MIN_PROBABILITY_BARE = 0.75
"""The same for BARE shapes of cues that are not JUDGING: most of the errors that a reader sees are such, as `offers a loan`. Measured as above,
overlap F1 is 70.6 at 0.65 and 70.0 at 0.75, precision 78.1 and 78.8; of 40 such rows of a run 35 are right."""

JUDGING = frozenset(("accuse", "argue", "ask", "criticise", "deny", "praise", "request"))
"""The classes of cues that are speech without a clause, too: `condemned the attack`."""

MAX_SHARED = 0.6
"""Of two attributions whose contents share more (Jaccard, in characters), the less probable one is dropped. Not tuned."""

MOSTLY = 0.8
"""The share of a content from which on it is mostly quoted. Not tuned."""

MARKS = 4
"""Characters of quotation marks and blanks around what is quoted: two marks of two characters."""

CLOSING = {'"': '"', "”": "“", "’": "‘", "»": "«"}

BARE = frozenset(("object", "preposition", "adverbial"))
"""The shapes whose content is a noun phrase or an adjunct: `condemned the attack`, `calls for an inquiry`."""

AROUND = " \n\t\r\xa0,;:.-–—"
"""What is left out at the ends of a content."""


@dataclass(frozen=True, slots=True)
class Indirect:
    """An attribution found in a tree. `quoted` is the share of its content between quotation marks, from 0 to 1.

    `named` are the words to find the source's entity by: those that `who` refers to, else the source's. `is_said` is true where the cue
    is a verb with a clause, as in `told reporters that`; `rule` says how cue and content are joined. `is_mixed` is true once a quotation
    is part of the content.
    """

    content: tuple[Span, ...]
    cue: Span
    source: Span | None
    named: Span | None
    is_said: bool
    rule: str
    quoted: float
    probability: float
    sentence_no: int
    is_mixed: bool = False


@dataclass(frozen=True, slots=True)
class CandidateFeatures:
    """A candidate with what the classifier is given."""

    cue: CueCandidate
    source: int | None
    content: tuple[Span, ...]
    quoted: float
    features: list[str]


class Marked:
    """The characters between quotation marks."""

    def __init__(self, pieces: Sequence[Span]) -> None:
        self.pieces = sorted(pieces)
        self.starts = [piece.start for piece in self.pieces]

    def share(self, content: Sequence[Span]) -> float:
        """Return the share of a content that is quoted, 1 if only marks and blanks are not."""
        size = sum(piece.end - piece.start for piece in content)
        quoted = sum(self._quoted(piece) for piece in content)
        return 1.0 if size - quoted <= MARKS else quoted / size

    def covers(self, position: int) -> bool:
        """Return True for a character that is quoted."""
        return self._quoted(Span(position, position + 1)) > 0

    def _quoted(self, span: Span) -> int:
        total = 0
        at = max(0, bisect_left(self.starts, span.start) - 1)
        while at < len(self.pieces) and self.starts[at] < span.end:
            total += max(0, min(span.end, self.pieces[at].end) - max(span.start, self.pieces[at].start))
            at += 1
        return total


def indirect_in(reading: Reading, quotes: Sequence[Quote], words: CueWords) -> tuple[Indirect, ...]:
    """Find the indirect and mixed attributions, in the order of their cues; `quotes` are the quotations."""
    weight_of = words.weights.get
    kept: dict[int, list[Indirect]] = {}
    for each in candidates_with_features(reading, quotes, words):
        score = sum(map(weight_of, each.features, repeat(0.0)))
        probability = 1 / (1 + exp(-score))
        if probability >= _min_probability(each.cue):
            found = _indirect(reading, each, probability)
            kept.setdefault(found.sentence_no, []).append(found)
    return tuple(each for sentence in kept.values() for each in _distinct(sentence))


def _min_probability(cue: CueCandidate) -> float:
    """Return the probability from which on a candidate is an attribution."""
    is_bare = cue.shape in BARE and JUDGING.isdisjoint(cue.classes)
    return MIN_PROBABILITY_BARE if is_bare else MIN_PROBABILITY


def candidates_with_features(
    reading: Reading, quotes: Sequence[Quote], words: CueWords
) -> Iterator[CandidateFeatures]:
    """Yield the candidates with their features; those whose content is a quotation are left out."""
    syntax, text = reading.syntax, reading.text
    marked = Marked([piece for quote in quotes for piece in quote.content])
    quoting = {quote.cue.start: quote.type for quote in quotes if quote.cue}
    labels = {
        number: entity.label
        for entity in reading.entities
        for number in syntax.within(entity.span.start, entity.span.end)
    }
    title_end = reading.paragraphs[0].end if len(reading.paragraphs) > 1 else 0
    for cue in candidates_in(syntax, words):
        content = _content(text, syntax, cue)
        if not content:
            continue
        share = marked.share(content)
        start = syntax.tokens[cue.head].start
        is_inside = marked.covers(start)
        if not is_inside and (
            share == 1 or (cue.shape == "clause-before" and quoting.get(start) == "direct")
        ):
            continue
        source = source_of(syntax, cue, words)
        if source is None and cue.shape == "clause-before":
            continue
        features = features_of(
            syntax,
            cue,
            source,
            labels,
            words,
            quoted=_kind(share, is_inside=is_inside, is_quoting=start in quoting),
            place="title" if start < title_end else "body",
        )
        yield CandidateFeatures(cue, source, content, 0.0 if is_inside else share, features)


def _kind(share: float, *, is_inside: bool, is_quoting: bool) -> str:
    if is_inside:
        return "inside"
    return ("mostly" if share > MOSTLY else "mixed" if share else "no") + (" cue" if is_quoting else "")


def _content(text: str, syntax: Syntax, cue: CueCandidate) -> tuple[Span, ...]:
    spans = (_span(text, syntax, first, last) for first, last in cue.content)
    return tuple(span for span in spans if span)


def _span(text: str, syntax: Syntax, first: int, last: int) -> Span | None:
    start, end = syntax.tokens[first].start, syntax.tokens[last].end
    while start < end and text[start] in AROUND:
        start += 1
    while start < end and text[end - 1] in AROUND:
        end -= 1
    if end < len(text) and text[end] in CLOSING and _is_open(text[start:end], text[end]):
        end += 1
    return Span(start, end) if start < end else None


def _is_open(words: str, closing: str) -> bool:
    """Return True if a quotation mark in the words waits for this one."""
    opening = CLOSING[closing]
    return (
        words.count(opening) % 2 == 1 if opening == closing else words.count(opening) > words.count(closing)
    )


def _indirect(reading: Reading, found: CandidateFeatures, probability: float) -> Indirect:
    syntax, cue = reading.syntax, found.cue
    source = named = None
    if found.source is not None:
        first, last = edges_of(syntax, found.source, cue)
        source = _span(reading.text, syntax, first, last)
        named = _named(reading.text, syntax, found.source, source)
    return Indirect(
        content=found.content,
        cue=_cue_span(syntax, cue),
        source=source,
        named=named,
        is_said=cue.pos == VERB and cue.shape.startswith(("clause", "inserted")),
        rule=f"syntax/{cue.pos}-{cue.shape}",
        quoted=found.quoted,
        probability=probability,
        sentence_no=sentence_at(reading.sentences, syntax.tokens[cue.head].start),
    )


def _named(text: str, syntax: Syntax, source: int, words: Span | None) -> Span | None:
    """Return the words to find the entity of a source by: all, but the noun itself of `her brother` and the noun before `who`."""
    first, last = name_of(syntax, source)
    is_owned = first > syntax.edges(source)[0]
    return _span(text, syntax, first, last) if is_owned or last != source else words


def _cue_span(syntax: Syntax, cue: CueCandidate) -> Span:
    """Return the cue with its particle: `pointed out`, `according to`."""
    tokens = syntax.tokens
    end = cue.head
    if end + 1 < len(tokens) and tokens[end + 1].head == end:
        end += tokens[end + 1].dep == "prt" or (cue.shape == "according" and tokens[end + 1].dep == "prep")
    return Span(tokens[cue.head].start, tokens[end].end)


def _distinct(found: list[Indirect]) -> list[Indirect]:
    """Return the attributions of a sentence without those that repeat another: the less probable one, but of two that are nested the inner one.

    `Ministers fear the strike could spread, a union official said`: what the official said is kept.
    """
    outer = [
        each
        for each in found
        if not any(_repeats(each, other) and _holds(other, each) for other in found if other is not each)
    ]
    kept: list[Indirect] = []
    for each in sorted(outer, key=lambda each: -each.probability):
        if not any(_repeats(each, other) for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda each: each.cue)


def _repeats(one: Indirect, other: Indirect) -> bool:
    return _shared(one.content, other.content) > MAX_SHARED


def _holds(outer: Indirect, inner: Indirect) -> bool:
    """Return True if the cue of one attribution is in the content of the other."""
    return any(piece.start <= inner.cue.start and inner.cue.end <= piece.end for piece in outer.content)


def _shared(one: Sequence[Span], other: Sequence[Span]) -> float:
    common = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)
    total = sum(a.end - a.start for a in one) + sum(b.end - b.start for b in other) - common
    return common / total
