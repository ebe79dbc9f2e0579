"""The facts of an actor: what its noun phrase, its complement and the text around it say of country, role and organisation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from flows.enrich.entities.coreference import Entity
from flows.enrich.entities.mentions import Mention
from flows.enrich.entities.surroundings import Surroundings
from flows.enrich.events.actor_phrases import OF, Phrase, PhraseReader, is_of_actor
from flows.enrich.events.actor_reference import ActorReference, Leader
from flows.enrich.events.actor_sectors import (
    ELITE,
    FORCES,
    GOVERNMENT,
    INTERNATIONAL,
    country_of,
    is_armed,
    organisation_of,
    sector_of,
)
from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span

ON_BEHALF = frozenset("for with from in at".split())
"""Before the organisation of a spokesman, an official or a member."""
MAX_LEADER_WORDS = 5
"""Words that the name of a leader has at most."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a phrase states: country in alpha-3 and where it comes from, role, code of an organisation, kind of the noun."""

    country: str | None = None
    rule: str = "none"
    sector: str | None = None
    organisation: str | None = None
    kind: str | None = None
    entity: Entity | None = None


class FactReader:
    """Reads the facts of the noun phrases of one text."""

    def __init__(
        self,
        reading: Reading,
        mentions: Sequence[Mention],
        places: Sequence[PlaceMention],
        reference: ActorReference,
    ) -> None:
        """Take the mentions and the places of the text in reading order."""
        self.text = reading.text
        self.year = reading.published_on.year if reading.published_on else None
        self.sentences = reading.sentences
        self.mentions = mentions
        self.places = places
        self.reference = reference
        self._mention_starts = [each.span.start for each in mentions]
        self._place_starts = [each.span.start for each in places]
        self._countries = _countries(places)
        self._surroundings = Surroundings(
            reading.text,
            reading.sentences,
            [each for each in places if is_of_actor(each, reading.text)],
            reference.demonyms,
        )

    def phrases_within(self, span: Span) -> PhraseReader:
        """Return a reader of the phrases within a span; a pronoun counts where it is all of it."""
        mentions = [
            each
            for each in _within(self.mentions, self._mention_starts, span)
            if each.kind != "pronoun" or each.span == span
        ]
        places = _within(self.places, self._place_starts, span)
        return PhraseReader(self.text, mentions, places, self.reference)

    def facts_of(self, reader: PhraseReader, phrase: Phrase) -> Facts:
        """Return what the words of a phrase state, then what its entities, its complement and the text around it add."""
        name = _head_name(phrase)
        facts = Facts(
            sector=sector_of(phrase, self.reference),
            organisation=organisation_of(phrase, self.text, self.reference),
            kind=phrase.role.noun.kind if phrase.role.noun else None,
            entity=name.entity if name else _state_of(reader, phrase),
        )
        if facts.organisation:
            return facts
        facts = self._with_own_country(facts, phrase)
        if facts.organisation:
            return facts
        if phrase.after and phrase.after[0].lower in (OF, *ON_BEHALF):
            facts = self._with_complement(facts, reader, phrase)
        elif phrase.after and phrase.after[0].text == "," and len(phrase.after) > 1:
            facts = self._with_apposition(facts, reader, phrase)
        if facts.country or facts.organisation:
            return facts
        if phrase.role.scope:
            return replace(facts, organisation=phrase.role.scope)
        if phrase.inside:
            facts = self._with_country(facts, country_of(phrase.inside[0]), "of")
        if facts.country is None and facts.sector not in (None, *INTERNATIONAL):
            at = Span(phrase.own[0].start, phrase.own[-1].end)
            around = self._surroundings.around(at) or self._only_country(at)
            if around not in map(country_of, phrase.others):
                facts = self._with_country(facts, around, "surroundings")
        return facts

    def _only_country(self, span: Span) -> str | None:
        """Return the country of the sentence, or of the text, where it names no other one."""
        sentence = self.sentences[sentence_at(self.sentences, span.start)]
        own = _countries(_within(self.places, self._place_starts, sentence)) or self._countries
        return next(iter(own)) if len(own) == 1 else None

    def _with_country(self, facts: Facts, iso: str | None, rule: str) -> Facts:
        country = self.reference.iso3.get(iso) if iso else None
        return replace(facts, country=country, rule=rule) if country else facts

    def _with_own_country(self, facts: Facts, phrase: Phrase) -> Facts:
        """Set the country by the adjective or the place in a phrase, by its entities, by a leader's name."""
        listed = next((each for each in phrase.names if each.type == "ORG" and each.entity.country), None)
        stated = next((country for place in phrase.places if (country := country_of(place))), None)
        stated = stated or self._demonym(phrase)
        if listed and not stated:
            return self._with_country(facts, listed.entity.country, "entity")
        if stated:
            return self._with_leader(self._with_country(facts, stated, "phrase"), phrase)
        of_entity = next((each.entity.country for each in phrase.names if each.entity.country), None)
        if of_entity:
            return self._with_leader(self._with_country(facts, of_entity, "entity"), phrase)
        return self._with_leader(facts, phrase)

    def _demonym(self, phrase: Phrase) -> str | None:
        """Return the country of a demonym that was not found as a place."""
        taken = [place.span for place in phrase.others]
        for word in phrase.own:
            if not any(span.start <= word.start < span.end for span in taken):
                country = self.reference.demonyms.get(word.text)
                if country:
                    return country
        return None

    def _with_leader(self, facts: Facts, phrase: Phrase) -> Facts:
        """Add what a table of heads of states and organisations says of a person that the phrase names, where the phrase says less."""
        terms = self._terms(phrase)
        if not terms or (facts.country and facts.sector):
            return facts
        now = [
            each for each in terms if self.year is None or each.first <= self.year <= (each.last or self.year)
        ]
        for term in now:
            if term.country not in self.reference.iso3 and facts.country is None:
                return replace(facts, organisation=term.country)
        national = [each for each in now or terms if each.country in self.reference.iso3]
        country = self.reference.iso3[national[0].country] if national else None
        if country is None or facts.country not in (None, country):
            return facts
        sector = facts.sector
        if sector is None and now:
            sector = GOVERNMENT
        elif sector is None and all((term.last or self.year or 0) < (self.year or 0) for term in national):
            sector = ELITE
        return replace(facts, country=country, rule=facts.rule if facts.country else "leader", sector=sector)

    def _terms(self, phrase: Phrase) -> tuple[Leader, ...]:
        leaders = self.reference.leaders
        for name in phrase.names:
            for form in (name.entity.name, name.span.of(self.text)):
                if name.type == "PER" and form in leaders:
                    return leaders[form]
        own = phrase.own
        for size in range(min(MAX_LEADER_WORDS, len(own)), 0, -1):
            form = self.text[own[-size].start : own[-1].end]
            if form in leaders:
                return leaders[form]
        return ()

    def _with_complement(self, facts: Facts, reader: PhraseReader, phrase: Phrase) -> Facts:
        """Complete `president of Armenia`, `members of the Hamas movement`, `dozens of students`, `spokesman for the army`."""
        noun = phrase.role.noun
        if len(phrase.after) < 2 or (facts.country and noun and not noun.is_generic):
            return facts
        words = reader.phrase_of(phrase.after[1:])
        inner = self.facts_of(reader, words)
        if inner.rule == "surroundings":
            inner = replace(inner, country=None, rule="none")
        is_counted = noun is None and not phrase.names and phrase.after[0].lower == OF
        if is_counted or (noun and noun.is_generic and self._gives_sector(inner, words, facts)):
            return replace(
                inner,
                country=facts.country or inner.country,
                rule=facts.rule if facts.country else inner.rule,
                sector=inner.sector or facts.sector,
                entity=facts.entity or inner.entity,
            )
        if facts.country is None and phrase.after[0].lower == OF:
            return replace(
                facts,
                country=inner.country,
                rule="of" if inner.country else facts.rule,
                organisation=inner.organisation,
            )
        return facts

    def _gives_sector(self, inner: Facts, words: Phrase, facts: Facts) -> bool:
        """Return True where a generic noun takes the role of what it is `of` or `for`: `leader of the rebels`, but not `of Peru`."""
        if inner.organisation:
            return True
        if inner.sector is None or (words.role.noun is None and not words.names):
            return False
        return facts.sector not in FORCES or is_armed(inner.sector, self.reference)

    def _with_apposition(self, facts: Facts, reader: PhraseReader, phrase: Phrase) -> Facts:
        """Complete `Ehud Barak, the Israeli prime minister`."""
        if facts.country and facts.sector:
            return facts
        beside = self.facts_of(reader, reader.phrase_of(phrase.after[1:]))
        if beside.rule == "surroundings":
            beside = replace(beside, country=None)
        return replace(
            facts,
            country=facts.country or beside.country,
            rule=facts.rule if facts.country or not beside.country else beside.rule,
            sector=facts.sector or beside.sector,
        )


def _countries(places: Sequence[PlaceMention]) -> frozenset[str]:
    return frozenset(country for place in places if (country := country_of(place)))


def _head_name(phrase: Phrase) -> Mention | None:
    """Return the last person that a phrase names, or else the last organisation."""
    people = [each for each in phrase.names if each.type == "PER"]
    return next(reversed(people or phrase.names), None)


def _state_of(reader: PhraseReader, phrase: Phrase) -> Entity | None:
    """Return the country or the town that a phrase names and nothing else."""
    spans = {place.span for place in phrase.places if not place.is_adjective}
    return next((each.entity for each in reader.mentions if each.kind == "name" and each.span in spans), None)


_Spanned = TypeVar("_Spanned", Mention, PlaceMention)


def _within(found: Sequence[_Spanned], starts: Sequence[int], span: Span) -> list[_Spanned]:
    """Return those that lie within a span."""
    first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
    return [each for each in found[first:last] if each.span.end <= span.end]
