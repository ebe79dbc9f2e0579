"""The role and the organisation of an actor in CAMEO's codes: `MIL` for soldiers, `IGOUNO` for the United Nations."""

from __future__ import annotations

from flows.enrich.events.actor_phrases import Phrase
from flows.enrich.events.actor_reference import ActorReference
from flows.enrich.gazetteer_index import Kind
from flows.enrich.places.mentions import PlaceMention
from flows.records import Span

INTERNATIONAL = frozenset(("NGO", "NGM", "IGO", "IMG", "MNC"))
"""Sectors whose code stands first: the actor is of no single country."""
GOVERNMENT, CIVILIANS, BUSINESS = "GOV", "CVL", "BUS"
ELITE = "ELI"
"""CAMEO's role of who held an office before, or holds none."""
FORCES = frozenset(("MIL", "REB"))
"""What fighters and units are; only another armed role changes it: `police units`, but not `government units`."""
PEACEKEEPERS = frozenset("peacekeeper peacekeepers".split())
PEACEKEEPING = "IGOPKO"
"""CAMEO's code of peacekeepers, of whatever nation, where their organisation is not named."""
MAX_NAME_WORDS = 8
"""Words that the name of an organisation has at most."""


def organisation_of(phrase: Phrase, text: str, reference: ActorReference) -> str | None:
    """Return CAMEO's code of the organisation or the region that a phrase names."""
    codes = reference.organisations
    for size in range(min(MAX_NAME_WORDS, len(phrase.own)), 0, -1):
        for at in range(len(phrase.own) - size + 1):
            words = phrase.own[at : at + size]
            code = codes.get(text[words[0].start : words[-1].end])
            if code:
                return code
    if any(word.lower in PEACEKEEPERS for word in phrase.own):
        return PEACEKEEPING
    if any(country_of(place) for place in phrase.places):
        return None
    for place in phrase.places:
        region = reference.regions.get(place.point.name) if place.point else None
        if region:
            return region
    return None


def sector_of(phrase: Phrase, reference: ActorReference) -> str | None:
    """Return the role: of the words of a side, of the noun, of the word before it, of the entity."""
    role, named = phrase.role, _named_sector(phrase)
    if any(word.lower in reference.companies and word.text[0].isupper() for word in phrase.own):
        return BUSINESS
    if role.side and (role.noun or named):
        return role.side
    if role.noun is None:
        return named or role.modifier or _metonym(phrase) or (CIVILIANS if phrase.peoples else None)
    own = role.noun.sector
    if not role.noun.is_generic:
        return own
    beside = role.modifier or named
    if own in FORCES and not is_armed(beside, reference):
        return own
    if phrase.peoples and beside is None:
        # The leaders of a people that is no nation hold no office.
        return ELITE if own else CIVILIANS
    return beside or own


def is_armed(sector: str | None, reference: ActorReference) -> bool:
    """Return True for a role whose bearers are armed."""
    return sector is not None and reference.sectors[sector].is_armed


def _metonym(phrase: Phrase) -> str | None:
    """Return GOV for a capital that stands for its government: `Ankara said`."""
    if len(phrase.places) != 1 or phrase.places[0].is_adjective or not phrase.places[0].place:
        return None
    place = phrase.places[0]
    is_alone = place.span == Span(phrase.own[0].start, phrase.own[-1].end)
    return GOVERNMENT if is_alone and phrase.places[0].place.kind is Kind.CAPITAL else None


def _named_sector(phrase: Phrase) -> str | None:
    """Return the role of the person that a phrase names, or else of the organisation."""
    sectors = {each.type: each.entity.sector for each in phrase.names if each.entity.sector}
    return sectors.get("PER") or sectors.get("ORG")


def country_of(place: PlaceMention) -> str | None:
    """Return the country of a place in alpha-2, None where the place is not known."""
    return place.point.country if place.point else None
