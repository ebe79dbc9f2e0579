"""Events: who did what to whom, with the code, the place, the time, and whether it took place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actors import Actor, Actors
from flows.enrich.events.clauses import PERSON_NAME, PLACE_NAME
from flows.enrich.events.codebooks import AcledType, CameoCode, PloverType
from flows.enrich.events.coding import Coder, Coding
from flows.enrich.events.gating import Gate
from flows.enrich.events.linking import NEXT_SENTENCE, choose, is_inside, is_where
from flows.enrich.events.phrases import PhraseCoder
from flows.enrich.events.reference import EventReference
from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.quotes.quotations import Quote
from flows.enrich.times.expressions import Time
from flows.records import Reading, Span
from flows.syntax import Syntax

MAIN_LABELS = frozenset("ROOT conj ccomp xcomp parataxis dep acomp oprd attr".split())
"""Labels on the way from a trigger to the root of its sentence where the event is what the sentence tells."""


AT_PLACE = ("081", "14", "15", "17", "18", "19", "20")
"""Codes of CAMEO whose events are directed at the place where they happen, if nobody is named."""


VIOLENT = ("173", "175", "18", "19", "20")
"""Codes of events that are told in subordinate clauses as well."""
DOMESTIC = frozenset("08 09 14 15 17 18 19 20".split())
"""Categories whose sources are mostly of the country that the sentence names: `the judge opened an investigation`."""

RECIPROCAL = ("03", "04", "05", "06", "087", "12", "190", "193", "064")
"""Codes of CAMEO that several sources without a target do to each other: `X and Y met`."""


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
        self.mentions = mentions
        self.times = times
        self.reference = reference
        self.coder = Coder(reading.syntax, self._names(), reference)
        self.gate = Gate(reading.syntax, reference)
        self.phrases = PhraseCoder(
            reading.syntax,
            Actors(reading, mentions, places, reference.actors),
            reference.agents,
            self.coder.words.names,
        )

    def _names(self) -> dict[int, str]:
        """Return what the names of places and persons name, by their last token."""
        syntax = self.syntax
        found: dict[int, str] = {}
        for place in self.places:
            if not place.is_adjective and (numbers := syntax.within(place.span.start, place.span.end)):
                found[numbers[-1]] = PLACE_NAME
        for mention in self.mentions:
            if (
                mention.type == "PER"
                and mention.kind != "nominal"
                and (numbers := syntax.within(mention.span.start, mention.span.end))
            ):
                found[numbers[-1]] = PERSON_NAME
        return found

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
            if (
                token.lemma.lower() not in lemmas
                and token.text.lower() not in lemmas
                and not self._is_negated_verb(number)
            ):
                continue
            here = sentence_at(self.reading.sentences, token.start)
            if here != sentence:
                yield _outermost(found, self.syntax)
                found, sentence = [], here
            coding = self.coder.coding_of(number)
            if coding is not None:
                found.append(coding)
        yield _outermost(found, self.syntax)

    def _is_negated_verb(self, number: int) -> bool:
        tokens = self.syntax.tokens
        return tokens[number].tag == "VB" and any(
            tokens[n].dep == "neg" for n in self.syntax.children(number)
        )

    def _event(self, coding: Coding) -> Event | None:
        tokens = self.syntax.tokens
        sources = self.phrases.sources_of(coding)
        is_reciprocal = len(sources) > 1 and coding.code.startswith(RECIPROCAL)
        targets = self.phrases.targets_of(coding, sources, is_reciprocal)
        is_main = self._is_main(coding)
        if not is_main and not self._is_told(coding):
            return None
        words = frozenset(coding.words)
        place, place_reason = choose(
            self.syntax,
            words | {coding.head},
            self._within(coding, self.places),
            lambda each: not each.is_adjective and is_where(self.syntax, each.span),
        )
        if not self.gate.admits(coding, sources, targets, self._lemmas_of(coding)):
            return None
        if place is None and coding.code.startswith(AT_PLACE):
            place, place_reason = self._place_after(coding) or (None, place_reason)
        if (
            not targets
            and not is_reciprocal
            and place is not None
            and coding.code.startswith(AT_PLACE)
            and not any(each.span.start <= place.span.start < each.span.end for each in sources)
        ):
            targets = self.phrases.of_place(place)
        near = self._within(coding, self.places)
        where = place if place is not None and is_inside(self.syntax, place.span) else None
        sources = self.phrases.located(sources, where, near if coding.code[:2] in DOMESTIC else ())
        targets = self.phrases.located(targets, where, near)
        time, time_reason = choose(
            self.syntax, words | {coding.head}, self._within(coding, self.times), lambda _: True
        )
        trigger = self._trigger(coding)
        spans = [trigger, *(each.span for each in (*sources, *targets))]
        near = [
            each
            for each in spans
            if sentence_at(self.reading.sentences, each.start)
            == sentence_at(self.reading.sentences, trigger.start)
        ]
        return Event(
            span=Span(min(each.start for each in near), max(each.end for each in near)),
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
                self._weapons(coding),
            ),
            place=place,
            place_reason=place_reason,
            time=time,
            time_reason=time_reason,
            claims=(),
            speaker=Span(tokens[coding.speaker].start, tokens[coding.speaker].end)
            if coding.speaker is not None
            else None,
            is_main=is_main,
            rule=coding.rule,
            sentence_no=sentence_at(self.reading.sentences, trigger.start),
        )

    def _weapons(self, coding: Coding) -> set[str]:
        """Return the kinds and names of the weapons that the sentence names, and the lemmas of the trigger."""
        number = sentence_at(self.reading.sentences, self.syntax.tokens[coding.head].start)
        named = [each for each in self.mentions if each.sentence_no == number and each.type == "WEAPON"]
        found = {self.syntax.tokens[n].lemma.lower() for n in (*coding.words, *coding.content)}
        for each in named:
            found |= {each.span.of(self.reading.text).lower(), each.entity.sector or ""}
        return found

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

    def _place_after(self, coding: Coding) -> tuple[PlaceMention, str] | None:
        """Return the place of the next sentence, if that goes on about the event: `The attack happened in Arish.`"""
        number = sentence_at(self.reading.sentences, self.syntax.tokens[coding.head].start) + 1
        if number >= len(self.reading.sentences):
            return None
        sentence = self.reading.sentences[number]
        numbers = self.syntax.within(sentence.start, sentence.end)
        subject = next((n for n in numbers if self.syntax.tokens[n].dep in ("nsubj", "nsubjpass")), None)
        if subject is None or self.syntax.tokens[subject].lemma not in self.reference.incidents:
            return None
        found = [
            each
            for each in self.places
            if each.sentence_no == number and not each.is_adjective and is_inside(self.syntax, each.span)
        ]
        return (found[0], NEXT_SENTENCE) if found else None

    def _lemmas_of(self, coding: Coding) -> frozenset[str]:
        """Return the lemmas of the sentence of a coding."""
        sentence = self.reading.sentences[
            sentence_at(self.reading.sentences, self.syntax.tokens[coding.head].start)
        ]
        return frozenset(
            self.syntax.tokens[n].lemma.lower() for n in self.syntax.within(sentence.start, sentence.end)
        )

    def _is_told(self, coding: Coding) -> bool:
        """Return whether a subordinate clause tells of violence, with its own subject and verb: `three days after soldiers killed a rebel`."""
        tokens = self.syntax.tokens
        return (
            coding.rule == "frame"
            and coding.code.startswith(VIOLENT)
            and tokens[coding.head].dep in ("advcl", "pcomp")
            and tokens[coding.head].tag in ("VBD", "VBP", "VBZ", "VBN")
            and any(tokens[n].dep in ("nsubj", "nsubjpass") for n in self.syntax.children(coding.head))
        )

    def _is_existential(self, number: int) -> bool:
        """Return whether a participle tells what there was: `there were ten soldiers killed`."""
        tokens = self.syntax.tokens
        noun = tokens[number].head
        verb = tokens[noun].head
        return (
            tokens[number].dep == "acl"
            and tokens[noun].dep == "attr"
            and any(tokens[n].dep == "expl" for n in self.syntax.children(verb))
        )

    def _is_main(self, coding: Coding) -> bool:
        tokens = self.syntax.tokens
        here = coding.head
        if tokens[here].tag[:2] == "NN" or coding.rule == "noun":
            while tokens[here].tag[:2] not in ("VB", "MD") and tokens[here].head != here:
                if tokens[here].dep not in ("nsubj", "nsubjpass", "conj", "dobj"):
                    return False
                here = tokens[here].head
        while tokens[here].head != here:
            if tokens[here].dep not in MAIN_LABELS and not self._is_existential(here):
                return False
            here = tokens[here].head
        return True


def _outermost(codings: Sequence[Coding], syntax: Syntax) -> list[Coding]:
    """Return the codings that are not what another is about."""
    taken = {number for each in codings for number in each.content}
    for each in codings:
        if each.about is not None:
            taken.update(number for number in syntax.subtree(each.about) if number != each.head)
    best: dict[int, Coding] = {}
    for each in codings:
        if each.head not in taken and (each.head not in best or each.speaker is not None):
            best[each.head] = each
    return list(best.values())
