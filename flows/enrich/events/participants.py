"""The participants of an event: which phrases of a coding name who acts, and which on whom or what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.enrich.events.actor_reference import ActorReference
from flows.enrich.events.actor_sectors import INTERNATIONAL
from flows.enrich.events.actors import Actor
from flows.enrich.events.clauses import PLACE_NAME
from flows.enrich.events.frames import Coding
from flows.enrich.events.phrases import PhraseCoder, unique_actors
from flows.enrich.places.mentions import PlaceMention
from flows.syntax import Syntax

COMMON_NOUNS = frozenset(("NN", "NNS", "VBN", "VBD"))
"""Tags of heads that name an actor only by their words; participles stand for those of wrong trees: `forced eviction`."""
MEETINGS = ("040", "041", "045", "046")
"""Codes of meetings and talks, whose place is no party to them."""
BY_GOVERNMENTS = frozenset("01 02 03 04 05 06 08 09 10 11 12 13 16".split())
"""Categories in which no town acts that is no capital: the `Allegheny` that agrees is a company or a person."""


def source_actors(coding: Coding, phrases: PhraseCoder) -> tuple[Actor, ...]:
    """Return who acts: the actors of the first phrases that name any; a pronoun is its antecedent."""
    if coding.rule == "noun" and len(coding.sources) > 1 and _is_list(phrases.syntax, coding.sources):
        return unique_actors(actor for head in coding.sources for actor in phrases.actors_at(head))
    for head in coding.sources:
        found = phrases.actors_at(head, coding.speaker)
        if (
            found
            and not (head in phrases.towns and coding.code[:2] in BY_GOVERNMENTS)
            and not _is_weapon_alone(phrases, head, found)
            and (coding.rule == "noun" or _can_act(phrases, head, found))
        ):
            return found
    return ()


def _is_weapon_alone(phrases: PhraseCoder, head: int, found: tuple[Actor, ...]) -> bool:
    """Return whether a weapon or an attack stands where who acts would, and nothing says whose it is: `by an air strike`."""
    if phrases.syntax.tokens[head].lemma not in phrases.reference.weapons:
        return False
    return all(each.rule == "surroundings" or each.lacks_country for each in found)


def _can_act(phrases: PhraseCoder, head: int, found: tuple[Actor, ...]) -> bool:
    """Return whether a phrase names who acts: not `Japanese growth`, of which only the country is known, nor the `Senate bill`."""
    token = phrases.syntax.tokens[head]
    if token.tag in COMMON_NOUNS and not _is_agent(phrases, head):
        return False
    return (
        any(each.sector or each.code != each.country for each in found)
        or token.tag[:2] in ("JJ", "PR")
        or head in phrases.names
        or token.text[0].isupper()
        or token.lemma in phrases.reference.agents
    )


def _is_where(phrases: PhraseCoder, head: int) -> bool:
    """Return whether a place says where: `met in Vienna`."""
    tokens = phrases.syntax.tokens
    return phrases.names.get(head) == PLACE_NAME and tokens[tokens[head].head].text.lower() in ("in", "at")


def _is_agent(phrases: PhraseCoder, head: int) -> bool:
    """Return whether a common noun is one for who or what can act, by itself or as part of a name or of the word for a role."""
    token = phrases.syntax.tokens[head]
    return (
        token.lemma in phrases.reference.agents
        or token.lemma in phrases.reference.partitive
        or token.text.lower() in phrases.actors.reference.closing
        or token.lemma in phrases.reference.weapons
        or token.text[0].isupper()
        or head in phrases.names
    )


def target_actors(
    coding: Coding, sources: tuple[Actor, ...], is_reciprocal: bool, phrases: PhraseCoder
) -> tuple[Actor, ...]:
    """Return on whom they act: the actors of the first phrase that names others than the sources."""
    codes = {each.code for each in sources}
    spans = {each.span for each in sources}
    is_own = False
    for head in coding.targets if is_reciprocal else (*coding.targets, *coding.loose):
        if is_own and head not in coding.targets:
            break
        if head in coding.sources or (
            head not in coding.targets and coding.code.startswith(MEETINGS) and _is_where(phrases, head)
        ):
            continue
        found = tuple(each for each in phrases.actors_at(head, coding.speaker) if each.span not in spans)
        if phrases.owner(head) is not None and {each.country for each in found} <= {
            each.country for each in sources
        }:
            continue
        if found and coding.code[:2] in BY_GOVERNMENTS and _is_own_thing(phrases, head, found, sources):
            is_own = True
            continue
        if found and not all(each.code in codes and each.sector is None for each in found):
            return found
    return ()


def _is_own_thing(
    phrases: PhraseCoder, head: int, found: tuple[Actor, ...], sources: tuple[Actor, ...]
) -> bool:
    """Return whether a phrase names a thing of which only the country is known, that of who acts: `a court allowed a film`, `will build a plant`."""
    own = {each.country for each in sources}
    return (
        phrases.syntax.tokens[head].tag in COMMON_NOUNS
        and all(not each.sector and each.country in own for each in found)
        and not _can_act(phrases, head, found)
    )


def country_of_place(
    place: PlaceMention, sources: tuple[Actor, ...], reference: ActorReference
) -> tuple[Actor, ...]:
    """Return the country of a place as an actor; none if the place is part of who acts."""
    if any(each.span.start <= place.span.start < each.span.end for each in sources):
        return ()
    iso = place.point.country if place.point else None
    country = reference.iso3.get(iso) if iso else None
    if country is None:
        return ()
    return (Actor(place.span, country, None, country, None, frozenset(), None, "place", None),)


def located(
    actors: tuple[Actor, ...],
    place: PlaceMention | None,
    near: Sequence[PlaceMention],
    reference: ActorReference,
) -> tuple[Actor, ...]:
    """Return the actors; one whose role alone is known is of the country of the place, else of the only one of the sentence."""
    if all(each.country or not each.sector or each.sector in INTERNATIONAL for each in actors):
        return actors
    countries = {each.point.country for each in near if each.point and each.point.country}
    iso = place.point.country if place and place.point else countries.pop() if len(countries) == 1 else None
    country = reference.iso3.get(iso) if iso else None
    if country is None:
        return actors
    return tuple(
        replace(each, country=country, code=country + each.sector, rule="place")
        if each.sector and not each.country and each.sector not in INTERNATIONAL
        else each
        for each in actors
    )


def _is_list(syntax: Syntax, heads: tuple[int, ...]) -> bool:
    return all(syntax.tokens[head].dep in ("pobj", "conj") for head in heads)
