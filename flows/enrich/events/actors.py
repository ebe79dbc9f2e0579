"""Codes actors: the noun phrase of who did something, or to whom it was done, becomes a country and a role in CAMEO's codes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from flows.enrich.entities.coreference import Entity
from flows.enrich.entities.mentions import Mention
from flows.enrich.entities.surroundings import Surroundings
from flows.enrich.events.actor_phrases import OF, Phrase, PhraseReader
from flows.enrich.events.actor_reference import ActorReference, Leader
from flows.enrich.events.codebooks import ARMED, NONSTATE, PROTESTER, STATE, UNARMED
from flows.enrich.gazetteer_index import Kind
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span

NO_WORDS = "its words name no country, role or organisation"
NO_COUNTRY = "---"
"""PETRARCH-2's code of a country that is not known."""
INTERNATIONAL = frozenset(("NGO", "NGM", "IGO", "IMG", "MNC"))
"""Sectors whose code stands first: the actor is of no single country."""
STATE_INTER = 1
"""ACLED's `inter` code of state forces."""
WHOLE_STATE, PROTESTING = "state", "protester"
"""Kinds of nouns in `actor_roles.tsv`."""
FORMER = "ELI"
"""CAMEO's role of who held an office before."""
FORCES = frozenset(("MIL", "REB"))
"""What fighters and units are; only another armed role changes it: `police units`, but not `government units`."""
PEACEKEEPERS = frozenset("peacekeeper peacekeepers".split())
PEACEKEEPING = "IGOPKO"
"""CAMEO's code of peacekeepers, of whatever nation, where their organisation is not named."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, or to whom it was done.

    `country` is ISO 3166-1 alpha-3, `sector` a role code of CAMEO, `code` CAMEO's code of the actor: country and role (`TURMIL`), or
    an international code (`IGOUNO`). `plover_sector` is PLOVER's; `classes` are those of `acled.tsv`. `entity` is whom the words
    name. `rule` says where the country comes from: phrase, entity, leader, of, surroundings, or none. Without a code
    `null_reason` says why.
    """

    span: Span
    country: str | None
    sector: str | None
    code: str | None
    plover_sector: str | None
    classes: frozenset[str]
    entity: Entity | None
    rule: str
    null_reason: str | None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a phrase states: country in alpha-3 and where it comes from, role, code of an organisation, kind of the noun."""

    country: str | None = None
    rule: str = "none"
    sector: str | None = None
    organisation: str | None = None
    kind: str | None = None
    entity: Entity | None = None


class Actors:
    """Codes the actors of one text."""

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
        self.mentions = mentions
        self.places = places
        self.reference = reference
        self._mention_starts = [each.span.start for each in mentions]
        self._place_starts = [each.span.start for each in places]
        self._surroundings = Surroundings(reading.text, reading.sentences, places, reference.demonyms)

    def actor_of(self, span: Span) -> Actor:
        """Return the actor that a noun phrase names, with its `of` and `in`; uncoded, with a reason, where it names none."""
        reader = self._reader(span)
        words = reader.words_in(span)
        return self._coded(span, self._facts(reader, reader.phrase_of(words)) if words else _Facts())

    def actors_of(self, span: Span) -> tuple[Actor, ...]:
        """Return the coded actors of a noun phrase, one for each part that is coordinated: `US and British forces`."""
        reader = self._reader(span)
        words = reader.words_in(span)
        found: dict[str, Actor] = {}
        before: _Facts | None = None
        for phrase in reader.coordinated(words) if words else ():
            facts = self._facts(reader, phrase)
            if before and before.rule == "phrase" and facts.rule in ("none", "surroundings") and facts.sector:
                # `Israeli soldiers and police`: the adjective is that of both.
                facts = replace(facts, country=before.country, rule="phrase")
            actor = self._coded(Span(phrase.own[0].start, phrase.own[-1].end), facts)
            if actor.code:
                found.setdefault(actor.code, actor)
                before = facts
        return tuple(found.values())

    def _reader(self, span: Span) -> PhraseReader:
        mentions = [
            each
            for each in _within(self.mentions, self._mention_starts, span)
            if each.kind != "pronoun" or each.span == span
        ]
        places = _within(self.places, self._place_starts, span)
        return PhraseReader(self.text, mentions, places, self.reference)

    def _facts(self, reader: PhraseReader, phrase: Phrase) -> _Facts:
        """Return what the words of a phrase state, then what its entities, its complement and the text around it add."""
        name = _head_name(phrase)
        facts = _Facts(
            sector=self._sector(phrase),
            organisation=self._organisation(phrase),
            kind=phrase.role.noun.kind if phrase.role.noun else None,
            entity=name.entity if name else None,
        )
        if facts.organisation:
            return facts
        facts = self._with_own_country(facts, phrase)
        if phrase.after and phrase.after[0].lower == OF:
            facts = self._with_complement(facts, reader, phrase)
        elif phrase.after and phrase.after[0].text == "," and len(phrase.after) > 1:
            facts = self._with_apposition(facts, reader, phrase)
        if facts.country or facts.organisation:
            return facts
        if phrase.role.scope:
            return replace(facts, organisation=phrase.role.scope)
        if phrase.inside:
            facts = self._with_country(facts, _country_of(phrase.inside[0]), "of")
        if facts.country is None and facts.sector not in (None, *INTERNATIONAL):
            at = Span(phrase.own[0].start, phrase.own[-1].end)
            around = self._surroundings.around(at)
            if around not in map(_country_of, phrase.others):
                facts = self._with_country(facts, around, "surroundings")
        return facts

    def _with_country(self, facts: _Facts, iso: str | None, rule: str) -> _Facts:
        country = self.reference.iso3.get(iso) if iso else None
        return replace(facts, country=country, rule=rule) if country else facts

    def _organisation(self, phrase: Phrase) -> str | None:
        """Return CAMEO's code of the organisation or the region that a phrase names."""
        codes = self.reference.organisations
        for size in range(min(8, len(phrase.own)), 0, -1):
            for at in range(len(phrase.own) - size + 1):
                words = phrase.own[at : at + size]
                code = codes.get(self.text[words[0].start : words[-1].end])
                if code:
                    return code
        if any(word.lower in PEACEKEEPERS for word in phrase.own):
            return PEACEKEEPING
        if any(_country_of(place) for place in phrase.places):
            return None
        for place in phrase.places:
            region = self.reference.regions.get(place.point.name) if place.point else None
            if region:
                return region
        return None

    def _sector(self, phrase: Phrase) -> str | None:
        """Return the role: of the words of a side, of the noun, of the word before it, of the entity."""
        role, named = phrase.role, _named_sector(phrase)
        if role.side and (role.noun or named):
            return role.side
        if role.noun is None:
            return named or role.modifier or self._metonym(phrase)
        own = role.noun.sector
        if not role.noun.is_generic:
            return own
        beside = role.modifier or named
        if own in FORCES and not self._is_armed(beside):
            return own
        return beside or own

    def _is_armed(self, sector: str | None) -> bool:
        return sector is not None and self.reference.sectors[sector].is_armed

    def _metonym(self, phrase: Phrase) -> str | None:
        """Return GOV for a capital that stands for its government: `Ankara said`."""
        if len(phrase.places) != 1 or phrase.places[0].is_adjective or not phrase.places[0].place:
            return None
        place = phrase.places[0]
        is_alone = place.span == Span(phrase.own[0].start, phrase.own[-1].end)
        return "GOV" if is_alone and phrase.places[0].place.kind is Kind.CAPITAL else None

    def _with_own_country(self, facts: _Facts, phrase: Phrase) -> _Facts:
        """Set the country by the adjective or the place in a phrase, by its entities, by a leader's name."""
        listed = next((each for each in phrase.names if each.type == "ORG" and each.entity.country), None)
        stated = next((country for place in phrase.places if (country := _country_of(place))), None)
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
        return next(
            (iso for word in phrase.own if (iso := self.reference.demonyms.get(word.text)) is not None), None
        )

    def _with_leader(self, facts: _Facts, phrase: Phrase) -> _Facts:
        """Add what a table of heads of state and government says of a person that the phrase names, where the phrase says less."""
        terms = self._terms(phrase)
        if not terms or (facts.country and facts.sector):
            return facts
        iso3 = self.reference.iso3[terms[0].country]
        if facts.country not in (None, iso3):
            return facts
        sector = facts.sector
        if sector is None:
            year = self.year
            if year is None or any(term.first <= year <= (term.last or year) for term in terms):
                sector = "GOV"
            elif all(year > (term.last or year) for term in terms):
                sector = FORMER
        return replace(facts, country=iso3, rule=facts.rule if facts.country else "leader", sector=sector)

    def _terms(self, phrase: Phrase) -> tuple[Leader, ...]:
        leaders = self.reference.leaders
        for name in phrase.names:
            for form in (name.entity.name, name.span.of(self.text)):
                if name.type == "PER" and form in leaders:
                    return leaders[form]
        own = phrase.own
        for size in range(min(5, len(own)), 0, -1):
            form = self.text[own[-size].start : own[-1].end]
            if form in leaders:
                return leaders[form]
        return ()

    def _with_complement(self, facts: _Facts, reader: PhraseReader, phrase: Phrase) -> _Facts:
        """Complete `president of Armenia`, `members of the Hamas movement`, `dozens of students`."""
        noun = phrase.role.noun
        if (facts.country and facts.sector) or len(phrase.after) < 2:
            return facts
        inner = self._facts(reader, reader.phrase_of(phrase.after[1:]))
        says_nothing = noun is None or noun.sector is None
        if says_nothing and not phrase.names:
            return replace(
                inner,
                country=facts.country or inner.country,
                rule=facts.rule if facts.country else inner.rule,
                sector=facts.sector or inner.sector,
            )
        if facts.country is None and inner.rule != "surroundings":
            return replace(
                facts,
                country=inner.country,
                rule="of" if inner.country else facts.rule,
                organisation=inner.organisation,
            )
        return facts

    def _with_apposition(self, facts: _Facts, reader: PhraseReader, phrase: Phrase) -> _Facts:
        """Complete `Ehud Barak, the Israeli prime minister`."""
        if facts.country and facts.sector:
            return facts
        beside = self._facts(reader, reader.phrase_of(phrase.after[1:]))
        if beside.rule == "surroundings":
            beside = replace(beside, country=None)
        return replace(
            facts,
            country=facts.country or beside.country,
            rule=facts.rule if facts.country or not beside.country else beside.rule,
            sector=facts.sector or beside.sector,
        )

    def _coded(self, span: Span, facts: _Facts) -> Actor:
        code = _code(facts)
        sector = facts.sector
        if facts.organisation and sector is None and facts.organisation[:3] in INTERNATIONAL:
            sector = facts.organisation[:3]
        known = self.reference.sectors.get(sector) if sector else None
        return Actor(
            span=span,
            country=None if facts.organisation else facts.country,
            sector=sector,
            code=code,
            plover_sector="CVL" if facts.kind == PROTESTING else known.plover if known else None,
            classes=self._classes(facts, sector),
            entity=facts.entity,
            rule=facts.rule if facts.country and not facts.organisation else "none",
            null_reason=None if code else NO_WORDS,
        )

    def _classes(self, facts: _Facts, sector: str | None) -> frozenset[str]:
        if facts.kind == PROTESTING:
            return frozenset((PROTESTER,))
        if sector is None:
            # A country acts through its forces: `Israel shelled`.
            return frozenset((STATE, ARMED)) if facts.country else frozenset()
        known = self.reference.sectors.get(sector)
        if known is None:
            return frozenset((UNARMED,))
        if known.inter == STATE_INTER:
            is_armed = known.is_armed or facts.kind == WHOLE_STATE
            return frozenset((STATE, ARMED)) if is_armed else frozenset((STATE,))
        return frozenset((NONSTATE, ARMED)) if known.is_armed else frozenset((UNARMED,))


def _code(facts: _Facts) -> str | None:
    if facts.organisation:
        return facts.organisation
    if facts.sector in INTERNATIONAL:
        return f"{facts.sector}{facts.country or ''}"
    if facts.country:
        return f"{facts.country}{facts.sector or ''}"
    return f"{NO_COUNTRY}{facts.sector}" if facts.sector else None


def _country_of(place: PlaceMention) -> str | None:
    return place.point.country if place.point else None


def _head_name(phrase: Phrase) -> Mention | None:
    """Return the last person that a phrase names, or else the last organisation."""
    people = [each for each in phrase.names if each.type == "PER"]
    return next(reversed(people or phrase.names), None)


def _named_sector(phrase: Phrase) -> str | None:
    """Return the role of the person that a phrase names, or else of the organisation."""
    sectors = {each.type: each.entity.sector for each in phrase.names if each.entity.sector}
    return sectors.get("PER") or sectors.get("ORG")


_Spanned = TypeVar("_Spanned", Mention, PlaceMention)


def _within(found: Sequence[_Spanned], starts: Sequence[int], span: Span) -> list[_Spanned]:
    """Return those that lie within a span."""
    first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
    return [each for each in found[first:last] if each.span.end <= span.end]
