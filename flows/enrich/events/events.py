"""Finds the events of a text: codes its triggers, and links each event to its actors, place, time and claims."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flows.enrich.claims.claim import Claim
from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actors import Actor, Actors
from flows.enrich.events.coding import Coder
from flows.enrich.events.event import Event
from flows.enrich.events.frames import Coding
from flows.enrich.events.gating import Gate
from flows.enrich.events.linking import (
    NEXT_SENTENCE,
    choose,
    claims_of,
    is_inside,
    is_where,
    way_in_clause,
)
from flows.enrich.events.name_tokens import names_of, towns_of
from flows.enrich.events.participants import country_of_place, located, source_actors, target_actors
from flows.enrich.events.phrases import PhraseCoder
from flows.enrich.events.prominence import VIOLENT, Prominence, outermost
from flows.enrich.events.reference import EventReference
from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.quotes.quotations import Quote
from flows.enrich.times.expressions import Time
from flows.records import Reading, Span

AT_PLACE = ("081", "14", "15", "17", "18", "19", "20")
"""Codes of CAMEO whose events are directed at the place where they happen, if nobody is named."""


DOMESTIC = frozenset("08 09 14 15 17 18 19 20".split())
"""Categories whose sources are mostly of the country that the sentence names: `the judge opened an investigation`."""

RECIPROCAL = ("03", "04", "05", "06", "087", "12", "190", "193", "064")
"""Codes of CAMEO that several sources without a target do to each other: `X and Y met`."""


COMBAT = ("190", "193")
"""Codes of fights, which are mutual only where no object is named: not `army and police raided several houses`."""

CODED_TAGS = frozenset("VB VBD VBG VBN VBP VBZ MD NN NNS NNP NNPS JJ JJR JJS".split())
"""The tags of words that may name an event."""

MAX_TRIGGER_TOKENS = 6
"""Where verb and noun stand farther apart, the trigger is the verb alone."""


def events_in(
    reading: Reading,
    places: Sequence[PlaceMention],
    mentions: Sequence[Mention],
    times: Sequence[Time],
    quotes: Sequence[Quote],
    claims: Sequence[Claim],
    reference: EventReference,
) -> tuple[Event, ...]:
    """Return the events in reading order; none where the text was not parsed."""
    if not reading.syntax.tokens:
        return ()
    return tuple(_Events(reading, places, mentions, times, quotes, claims, reference).all())


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with what was found in it."""

    number: int
    lemmas: frozenset[str]
    places: list[PlaceMention]
    times: list[Time]
    weapons: list[Mention]


class _Events:
    """Finds the events of one text."""

    def __init__(
        self,
        reading: Reading,
        places: Sequence[PlaceMention],
        mentions: Sequence[Mention],
        times: Sequence[Time],
        quotes: Sequence[Quote],
        claims: Sequence[Claim],
        reference: EventReference,
    ) -> None:
        self.reading = reading
        self.syntax = reading.syntax
        self.quoted = sorted(
            ((piece, quote.speaker) for quote in quotes for piece in quote.content),
            key=lambda each: each[0].start,
        )
        self.reference = reference
        self.places = _by_sentence(places)
        self.times = _by_sentence(times)
        self.weapons = _by_sentence([each for each in mentions if each.type == "WEAPON"])
        self.claims: dict[int, list[tuple[int, Claim]]] = {}
        for number, claim in enumerate(claims):
            self.claims.setdefault(claim.sentence_no, []).append((number, claim))
        names = names_of(reading.syntax, places, mentions)
        self.coder = Coder(reading.syntax, names, reference)
        self.gate = Gate(reading.syntax, reference)
        self.prominence = Prominence(reading.syntax)
        actors = Actors(reading, mentions, places, reference.actors)
        self.phrases = PhraseCoder(reading.syntax, actors, reference, names, towns_of(reading.syntax, places))

    def all(self) -> Iterator[Event]:
        """Yield the events sentence by sentence, each once: two codings of one trigger may give the same."""
        seen = set()
        for number, codings in self._codings():
            told = [
                each
                for each in outermost(codings, self.syntax)
                if self.prominence.is_main(each.head)
                or (each.rule == "frame" and each.code.startswith(VIOLENT))
            ]
            sentence = self._sentence(number) if told else None
            for coding in told:
                event = self._event(coding, sentence) if sentence else None
                if event is not None and event.identity not in seen:
                    seen.add(event.identity)
                    yield event

    def _codings(self) -> Iterator[tuple[int, list[Coding]]]:
        """Yield the number of each sentence that has a trigger, with what its words are coded as."""
        lemmas, is_main, is_told = self.reference.lemmas, self.prominence.is_main, self.prominence.is_told
        # A verb with `not` may be a refusal whatever the verb: `will not suspend`.
        negated = {token.head for token in self.syntax.tokens if token.dep == "neg"}
        found: list[Coding] = []
        sentence = -1
        for number, token in enumerate(self.syntax.tokens):
            if token.tag not in CODED_TAGS or not (
                token.lemma.lower() in lemmas or (token.tag == "VB" and number in negated)
            ):
                continue
            if not is_main(number) and not is_told(number):
                continue
            here = sentence_at(self.reading.sentences, token.start)
            if here != sentence:
                yield sentence, found
                found, sentence = [], here
            coding = self.coder.coding_of(number)
            if coding is not None:
                found.append(coding)
        yield sentence, found

    def _sentence(self, number: int) -> _Sentence:
        span = self.reading.sentences[number]
        return _Sentence(
            number=number,
            lemmas=frozenset(
                self.syntax.tokens[n].lemma.lower() for n in self.syntax.within(span.start, span.end)
            ),
            places=self.places.get(number, []),
            times=self.times.get(number, []),
            weapons=self.weapons.get(number, []),
        )

    def _weapons(self, coding: Coding, sentence: _Sentence) -> Iterator[str]:
        """Yield the kinds and lowercase names of the weapons that an event is done with, not those it destroys."""
        tokens = self.syntax.tokens
        for weapon in sentence.weapons:
            number = self.syntax.head_of(weapon.span.start, weapon.span.end)
            if number is None or tokens[number].dep in ("dobj", "nsubjpass"):
                continue
            if not {coding.head, *coding.words}.isdisjoint(way_in_clause(self.syntax, number)):
                yield weapon.span.of(self.reading.text).lower()
                yield weapon.entity.sector or ""

    def _event(self, coding: Coding, sentence: _Sentence) -> Event | None:
        sources = source_actors(coding, self.phrases)
        if not sources and self.gate.needs_source(coding):
            return None
        is_reciprocal = (
            len(sources) > 1
            and coding.code.startswith(RECIPROCAL)
            and not (coding.code.startswith(COMBAT) and not set(coding.targets) <= set(coding.words))
        )
        targets = target_actors(coding, sources, is_reciprocal, self.phrases)
        if not self.gate.admits(coding, sources, targets, sentence.lemmas):
            return None
        place, place_reason = self._place(coding, sentence)
        words = frozenset((coding.head, *coding.words))
        time, time_reason = choose(self.syntax, words, sentence.times, lambda _: True)
        if not targets and not is_reciprocal and place is not None and coding.code.startswith(AT_PLACE):
            targets = country_of_place(place, sources, self.reference.actors)
        where = place if place is not None and is_inside(self.syntax, place.span) else None
        near = sentence.places if coding.code[:2] in DOMESTIC else ()
        sources = located(sources, where, near, self.reference.actors)
        targets = located(targets, where, sentence.places, self.reference.actors)
        trigger = self._trigger(coding)
        lemmas = (self.syntax.tokens[n].lemma.lower() for n in (*coding.words, *coding.content))
        return Event(
            span=self._span(trigger, (*sources, *targets), sentence),
            trigger=trigger,
            code=coding.code,
            cameo=self.reference.codebooks.cameo[coding.code],
            sources=sources,
            targets=targets,
            is_reciprocal=is_reciprocal and not targets,
            modality=coding.modality,
            plover=self.reference.codebooks.plover[coding.code],
            acled=self.reference.codebooks.acled_of(
                coding.code,
                [each.classes for each in sources],
                [each.classes for each in targets or (sources if is_reciprocal else ())],
                frozenset((*lemmas, *self._weapons(coding, sentence))),
            ),
            place=place,
            place_reason=place_reason,
            time=time,
            time_reason=time_reason,
            claims=claims_of(
                trigger,
                coding.code,
                [each.span for each in targets],
                self.claims.get(sentence.number, ()),
                self.reference.effects,
            ),
            speaker=self._speaker(coding, trigger),
            is_main=self.prominence.is_main(coding.head),
            rule=coding.rule,
            sentence_no=sentence.number,
        )

    def _place(self, coding: Coding, sentence: _Sentence) -> tuple[PlaceMention | None, str]:
        """Return the place of an event and the reason: of its sentence, else of the next one if that goes on about the event."""
        place, reason = choose(
            self.syntax,
            frozenset((coding.head, *coding.words)),
            [each for each in sentence.places if not each.is_adjective],
            lambda each: is_where(self.syntax, each.span),
        )
        if place is None and coding.code.startswith(AT_PLACE):
            after = self._place_after(sentence.number + 1)
            if after is not None:
                return after, NEXT_SENTENCE
        return place, reason

    def _place_after(self, number: int) -> PlaceMention | None:
        """Return the place of a sentence about an event that was told: `The attack happened in Arish`."""
        if number not in self.places:
            return None
        span = self.reading.sentences[number]
        tokens = self.syntax.tokens
        subject = next(
            (n for n in self.syntax.within(span.start, span.end) if tokens[n].dep in ("nsubj", "nsubjpass")),
            None,
        )
        if subject is None or tokens[subject].lemma not in self.reference.incidents:
            return None
        return next(
            (
                each
                for each in self.places[number]
                if not each.is_adjective and is_inside(self.syntax, each.span)
            ),
            None,
        )

    def _trigger(self, coding: Coding) -> Span:
        """Return the words of the trigger: from the verb to the noun that completes it, where they stand together."""
        tokens = self.syntax.tokens
        first, last = min(coding.words), max(coding.words)
        if last - first > MAX_TRIGGER_TOKENS:
            first = last = coding.head
        return Span(tokens[first].start, tokens[last].end)

    def _span(self, trigger: Span, actors: Sequence[Actor], sentence: _Sentence) -> Span:
        """Return the words from the first to the last that name the event and its actors in its sentence."""
        whole = self.reading.sentences[sentence.number]
        near = [each.span for each in actors if whole.start <= each.span.start < whole.end]
        spans = [trigger, *near]
        return Span(min(each.start for each in spans), max(each.end for each in spans))

    def _speaker(self, coding: Coding, trigger: Span) -> Span | None:
        """Return who reports an event: the subject of the verb of speech, else the speaker of the quotation that tells it."""
        if coding.speaker is not None:
            token = self.syntax.tokens[coding.speaker]
            return Span(token.start, token.end)
        at = bisect_right(self.quoted, trigger.start, key=lambda each: each[0].start) - 1
        if at < 0:
            return None
        piece, speaker = self.quoted[at]
        return speaker if trigger.start < piece.end else None


Found = TypeVar("Found", PlaceMention, Time, Mention)


def _by_sentence(found: Sequence[Found]) -> dict[int, list[Found]]:
    """Return what was found by the number of its sentence."""
    grouped: dict[int, list[Found]] = {}
    for each in found:
        grouped.setdefault(each.sentence_no, []).append(each)
    return grouped
