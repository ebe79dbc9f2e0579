"""Codes actors: the noun phrase of who did something, or to whom it was done, becomes a country and a role in CAMEO's codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.coreference import Entity
from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actor_facts import FactReader, Facts
from flows.enrich.events.actor_phrases import Phrase, PhraseReader
from flows.enrich.events.actor_reference import ActorReference, Sector
from flows.enrich.events.actor_sectors import INTERNATIONAL
from flows.enrich.events.actor_words import phrase_words
from flows.enrich.events.codebooks import ARMED, NONSTATE, PROTESTER, RIOTER, STATE, UNARMED
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span

NO_WORDS = "its words name no country, role or organisation"
NO_COUNTRY = "---"
"""PETRARCH-2's code of a country that is not known."""
STATE_INTER = 1
"""ACLED's `inter` code of state forces."""
COMPLEMENTS = frozenset(("prep", "relcl", "appos", "acl"))
"""Dependency labels of what may follow a noun and belong to it alone."""
WHOLE_STATE = "state"
"""The kind of a noun in `actor_roles.tsv` for a government as a whole."""
DISSENTING = {PROTESTER: 6, RIOTER: 5}
"""ACLED's `inter` codes of the kinds of nouns in `actor_roles.tsv` for who protests and who riots."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, or to whom it was done.

    `country` is ISO 3166-1 alpha-3, `sector` a role code of CAMEO, `code` CAMEO's code of the actor: country and role (`TURMIL`), or
    an international code (`IGOUNO`). `plover_sector` is PLOVER's; `classes` are those of `acled.tsv`. `entity` is whom the words
    name. `rule` says where the country comes from: phrase, entity, leader, of, surroundings, or none. Without a code
    `null_reason` says why. `inter` is ACLED's code of the kind of actor, None where the code says none.
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
    inter: int | None = None

    @property
    def lacks_country(self) -> bool:
        """Whether it is an actor of some country that is not known: `---REB`, but not `IGOUNO`."""
        return self.code is not None and self.code.startswith(NO_COUNTRY)


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
        self.syntax = reading.syntax
        self.reference = reference
        self._facts = FactReader(reading, mentions, places, reference)

    def actor_of(self, span: Span) -> Actor:
        """Return the actor that a noun phrase names, with its `of` and `in`; uncoded, with a reason, where it names none."""
        reader = self._facts.phrases_within(span)
        words = phrase_words(self._facts.text, span)
        return self._coded(span, self._facts.facts_of(reader, reader.phrase_of(words)) if words else Facts())

    def actors_of(self, span: Span) -> tuple[Actor, ...]:
        """Return the coded actors of a noun phrase, one for each part that is coordinated: `US and British forces`."""
        found: dict[str, Actor] = {}
        before: Facts | None = None
        for reader, phrase in self._parts(span):
            facts = self._facts.facts_of(reader, phrase)
            if before and before.rule == "phrase" and facts.rule in ("none", "surroundings") and facts.sector:
                # `Israeli soldiers and police`: the adjective is that of both.
                facts = replace(facts, country=before.country, rule="phrase")
            actor = self._coded(Span(phrase.own[0].start, phrase.own[-1].end), facts)
            if actor.code:
                found.setdefault(actor.code, actor)
                before = facts
        return tuple(found.values())

    def _parts(self, span: Span) -> Iterator[tuple[PhraseReader, Phrase]]:
        """Yield the coordinated parts of a phrase."""
        for part in self._conjuncts(span):
            reader = self._facts.phrases_within(part)
            words = phrase_words(self._facts.text, part)
            for phrase in reader.coordinated(words) if words else ():
                yield reader, phrase

    def _conjuncts(self, span: Span) -> Iterator[Span]:
        """Cut a phrase before each conjunct that follows a complement: `the head of the army and the chief of the navy`."""
        tokens, start = self.syntax.tokens, span.start
        head = self.syntax.head_of(span.start, span.end)
        while head is not None:
            children = self.syntax.children(head)
            conjunct = next((each for each in children if tokens[each].dep == "conj" and each > head), None)
            if conjunct is None or tokens[conjunct].start >= span.end:
                break
            if any(tokens[each].dep in COMPLEMENTS and head < each < conjunct for each in children):
                cut = tokens[self.syntax.edges(conjunct)[0]].start
                if start < cut < span.end:
                    yield Span(start, cut)
                    start = cut
            head = conjunct
        yield Span(start, span.end)

    def _coded(self, span: Span, facts: Facts) -> Actor:
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
            plover_sector="CVL" if facts.kind in DISSENTING else known.plover if known else None,
            classes=self._classes(facts, sector),
            entity=facts.entity,
            rule=facts.rule if facts.country and not facts.organisation else "none",
            null_reason=None if code else NO_WORDS,
            inter=self._inter(facts, known),
        )

    @staticmethod
    def _inter(facts: Facts, known: Sector | None) -> int | None:
        if facts.kind in DISSENTING:
            return DISSENTING[facts.kind]
        if known:
            return known.inter
        return STATE_INTER if facts.country and not facts.organisation else None

    def _classes(self, facts: Facts, sector: str | None) -> frozenset[str]:
        if facts.kind in DISSENTING:
            return frozenset((facts.kind,))
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


def _code(facts: Facts) -> str | None:
    if facts.organisation:
        return facts.organisation
    if facts.sector in INTERNATIONAL:
        return f"{facts.sector}{facts.country or ''}"
    if facts.country:
        return f"{facts.country}{facts.sector or ''}"
    return f"{NO_COUNTRY}{facts.sector}" if facts.sector else None
