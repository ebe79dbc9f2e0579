"""Events: who did what to whom, with the code, the place, the time, and whether it took place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actors import Actor, Actors
from flows.enrich.events.codebooks import AcledType, CameoCode, PloverType
from flows.enrich.events.coding import Coder, Coding
from flows.enrich.events.linking import choose
from flows.enrich.events.phrases import PhraseCoder
from flows.enrich.events.reference import EventReference
from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.quotes.quotations import Quote
from flows.enrich.times.expressions import Time
from flows.records import Reading, Span
from flows.syntax import Syntax

MAIN_LABELS = frozenset("ROOT conj ccomp xcomp parataxis dep".split())
"""Labels on the way from a trigger to the root of its sentence where the event is what the sentence tells."""


AT_PLACE = frozenset("08 14 15 17 18 19 20".split())
"""Categories of CAMEO whose events are directed at the place where they happen, if nobody is named."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the text has it.

    `span` goes from the first to the last of the words that name the event and its actors, `trigger` over those that name the event.
    `sources` act on `targets`; where `is_reciprocal`, the sources act on each other. `code` is CAMEO's, and `plover` and `acled` follow
    from it; ACLED has no type for most words and promises. `speaker` is who reports the event. `is_main`: it is what its sentence tells,
    not background in a subordinate clause. `rule` is the act of speech or will, frame, or noun.
    """

    span: Span
    trigger: Span
    code: str
    cameo: CameoCode
    sources: tuple[Actor, ...]
    targets: tuple[Actor, ...]
    is_reciprocal: bool
    modality: str
    plover: PloverType
    acled: AcledType | None
    place: PlaceMention | None
    place_reason: str
    time: Time | None
    time_reason: str
    claims: tuple[int, ...]
    speaker: Span | None
    is_main: bool
    rule: str
    sentence_no: int


def events_in(
    reading: Reading,
    places: Sequence[PlaceMention],
    mentions: Sequence[Mention],
    times: Sequence[Time],
    quotes: Sequence[Quote],
    reference: EventReference,
) -> tuple[Event, ...]:
    """Return the events in reading order; none where the text was not parsed."""
    if not reading.syntax.tokens:
        return ()
    return tuple(_Events(reading, places, mentions, times, reference).all())


class _Events:
    def __init__(
        self,
        reading: Reading,
        places: Sequence[PlaceMention],
        mentions: Sequence[Mention],
        times: Sequence[Time],
        reference: EventReference,
    ) -> None:
        self.reading = reading
        self.syntax = reading.syntax
        self.places = places
        self.times = times
        self.reference = reference
        self.coder = Coder(reading.syntax, reference)
        self.phrases = PhraseCoder(reading.syntax, Actors(reading, mentions, places, reference.actors))

    def all(self) -> Iterator[Event]:
        """Yield the events sentence by sentence."""
        for codings in self._by_sentence():
            for coding in codings:
                event = self._event(coding)
                if event is not None:
                    yield event

    def _by_sentence(self) -> Iterator[list[Coding]]:
        """Yield the codings of each sentence that are not the content of another."""
        tokens = self.syntax.tokens
        lemmas = self.reference.lemmas
        found: list[Coding] = []
        sentence = -1
        for number, token in enumerate(tokens):
            if token.lemma.lower() not in lemmas and token.text.lower() not in lemmas:
                continue
            here = sentence_at(self.reading.sentences, token.start)
            if here != sentence:
                yield _outermost(found)
                found, sentence = [], here
            coding = self.coder.coding_of(number)
            if coding is not None:
                found.append(coding)
        yield _outermost(found)

    def _event(self, coding: Coding) -> Event | None:
        tokens = self.syntax.tokens
        sources = self.phrases.sources_of(coding)
        targets = self.phrases.targets_of(coding, sources)
        is_main = self._is_main(coding)
        words = frozenset(coding.words)
        place, place_reason = choose(
            self.syntax, words | {coding.head}, self._within(coding, self.places), lambda each: not each.is_adjective
        )
        if not targets and place is not None and coding.code[:2] in AT_PLACE:
            targets = self.phrases.of_place(place)
        sources = self.phrases.located(sources, place, self._within(coding, self.places))
        targets = self.phrases.located(targets, place, self._within(coding, self.places))
        if not self._is_codable(coding, sources, targets, place):
            return None
        time, time_reason = choose(self.syntax, words | {coding.head}, self._within(coding, self.times), lambda _: True)
        trigger = self._trigger(coding)
        spans = [trigger, *(each.span for each in (*sources, *targets))]
        near = [each for each in spans if sentence_at(self.reading.sentences, each.start) == sentence_at(self.reading.sentences, trigger.start)]
        return Event(
            span=Span(min(each.start for each in near), max(each.end for each in near)),
            trigger=trigger,
            code=coding.code,
            cameo=self.reference.codebooks.cameo[coding.code],
            sources=sources,
            targets=targets,
            is_reciprocal=len(sources) > 1 and not targets and coding.code[:2] in ("03", "04", "05", "06", "12", "19"),
            modality=coding.modality,
            plover=self.reference.codebooks.plover[coding.code],
            acled=self.reference.codebooks.acled_of(
                coding.code, [each.classes for each in sources], [each.classes for each in targets], ()
            ),
            place=place,
            place_reason=place_reason,
            time=time,
            time_reason=time_reason,
            claims=(),
            speaker=Span(tokens[coding.speaker].start, tokens[coding.speaker].end) if coding.speaker is not None else None,
            is_main=is_main,
            rule=coding.rule,
            sentence_no=sentence_at(self.reading.sentences, trigger.start),
        )

    def _within(self, coding: Coding, found):  # type: ignore[no-untyped-def]
        number = sentence_at(self.reading.sentences, self.syntax.tokens[coding.head].start)
        return [each for each in found if each.sentence_no == number]

    def _trigger(self, coding: Coding) -> Span:
        """Return the words of the trigger: from the verb to the noun that completes it, where they stand together."""
        tokens = self.syntax.tokens
        first, last = min(coding.words), max(coding.words)
        if last - first > 6:
            first = last = coding.head
        return Span(tokens[first].start, tokens[last].end)

    def _is_codable(self, coding: Coding, sources: tuple[Actor, ...], targets: tuple[Actor, ...], place: PlaceMention | None) -> bool:
        root = coding.code[:2]
        if root <= "13":
            return bool(sources)
        return bool(sources or targets or (root in ("14", "18", "19", "20") and place))

    def _is_main(self, coding: Coding) -> bool:
        tokens = self.syntax.tokens
        here = coding.head
        if tokens[here].tag[:2] == "NN":
            while tokens[here].tag[:2] not in ("VB", "MD") and tokens[here].head != here:
                if tokens[here].dep not in ("nsubj", "nsubjpass", "conj", "dobj"):
                    return False
                here = tokens[here].head
        while tokens[here].head != here:
            if tokens[here].dep not in MAIN_LABELS:
                return False
            here = tokens[here].head
        return True


def _outermost(codings: Sequence[Coding]) -> list[Coding]:
    """Return the codings that are not what another is about."""
    taken = frozenset(number for each in codings for number in each.content)
    best: dict[int, Coding] = {}
    for each in codings:
        if each.head not in taken and (each.head not in best or each.speaker is not None):
            best[each.head] = each
    return list(best.values())
