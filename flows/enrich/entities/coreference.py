"""Groups the mentions of one entity: full and short names, acronyms, offices; with its country and its sector."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.candidates import explained_by
from flows.enrich.entities.names import Named
from flows.enrich.entities.persons import PersonNames
from flows.enrich.entities.reference import EntityReference
from flows.enrich.entities.roles import Role, sector_of_organisation, sector_of_title
from flows.enrich.entities.surroundings import Surroundings
from flows.enrich.language.spelling import folded
from flows.enrich.places.mentions import PlaceMention
from flows.records import Span

POSSESSIVE_END = re.compile(r"['’]s?$")
HEADS = frozenset(
    """chairman chairwoman chairperson chair chief director manager head president secretary spokesman spokeswoman spokesperson
    executive coordinator representative""".split()
)
"""Titles of any organisation: what its sector is, is that of who bears one."""
DEPUTY = re.compile(r"^(?:former|acting|deputy) ")


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of an article.

    `name` is its longest name; `country` ISO 3166-1 alpha-2 where nationality, office or place say it; `sector` CAMEO's role code
    for people and organisations, the kind of weapon for weapons.
    """

    key: str
    type: str
    name: str
    country: str | None
    sector: str | None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one mention states about its entity. `takes_country`: many countries have an organisation of that name."""

    country: str | None
    sector: str | None
    takes_country: bool = False


def entities_of(
    text: str,
    sentences: Sequence[Span],
    names: Sequence[Named],
    roles: Sequence[Role],
    places: Sequence[PlaceMention],
    reference: EntityReference,
) -> tuple[list[Entity], list[Entity]]:
    """Return the entity of each name and of each office or organisation."""
    surroundings = Surroundings(text, sentences, places, reference.demonyms)
    acronyms = _acronyms(text, names)
    facts = _with_surroundings(
        names, [_facts(named, text, acronyms, surroundings, reference) for named in names], text, surroundings
    )
    facts = _with_own_organisation(text, names, facts)
    keys = _Keys(text, names, facts, acronyms, surroundings, reference).keys
    holders = _holders(text, names, keys, roles)
    role_keys = [
        holders.get(at) or f"OF:{role.country}:{_office(role.words)}" for at, role in enumerate(roles)
    ]
    found: dict[str, tuple[str, str]] = {}
    countries: defaultdict[str, Counter[str]] = defaultdict(Counter)
    sectors: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for named, key, own in zip(names, keys, facts, strict=True):
        name = named.canonical or _official(named, " ".join(named.span.of(text).split()))
        if key not in found or (named.type != "WEAPON" and len(name) > len(found[key][1])):
            found[key] = (named.type, name)
        if own.country:
            countries[key][own.country] += 1
        if own.sector:
            sectors[key][own.sector] += 1
    for role, key in zip(roles, role_keys, strict=True):
        found.setdefault(
            key, ("ORG" if role.is_organisation else "PER", " ".join(role.span.of(text).split()))
        )
        if role.country:
            countries[key][role.country] += 1
        if role.sector:
            sectors[key][role.sector] += 1
    entities = {
        key: Entity(key, type_, name, _most_common(countries.get(key)), _most_common(sectors.get(key)))
        for key, (type_, name) in found.items()
    }
    return [entities[key] for key in keys], [entities[key] for key in role_keys]


def _most_common(counts: Counter[str] | None) -> str | None:
    return counts.most_common(1)[0][0] if counts else None


def _official(named: Named, surface: str) -> str:
    if named.type in ("GPE", "LOC", "FAC") and named.place and named.place.place:
        return named.place.place.name
    return surface


def _facts(
    named: Named,
    text: str,
    acronyms: Mapping[str, str],
    surroundings: Surroundings,
    reference: EntityReference,
) -> _Facts:
    """Return what the words in, before and after a mention state about its entity."""
    if named.type == "WEAPON":
        return _Facts(None, named.category)
    if named.type in ("GPE", "LOC", "FAC", "NORP"):
        point = named.place.point if named.place else None
        return _Facts(point.country if point else None, None)
    if named.type not in ("ORG", "PER"):
        return _Facts(None, None)
    if named.type == "PER":
        stated = surroundings.of_person(named.span, named.role)
        return _Facts(stated, sector_of_title(named.role, reference) if named.role else None)
    stated = surroundings.of_organisation(named.span)
    surface = named.span.of(text)
    surface = acronyms.get(folded(surface), surface)
    actor = reference.actors.get(surface)
    if actor is not None and not actor.takes_country:
        return _Facts(actor.country, actor.sector)
    sector = actor.sector if actor else sector_of_organisation(surface, reference)
    return _Facts(
        stated,
        sector,
        takes_country=_takes_country(surroundings.without_country(named.span), actor is not None, reference),
    )


def _takes_country(name: str, is_listed: bool, reference: EntityReference) -> bool:
    """Return True for an organisation that every state has under the same name: `Defence Ministry`, `the Senate`.

    `name` does not contain the country; `is_listed`: a table lists it as such.
    """
    words = name.lower().split()
    if is_listed or not words:
        return is_listed
    head = words[words.index("of") - 1] if "of" in words[1:] else words[-1]
    others = [word for word in words if word != head and word not in ("of", "the", "and")]
    return head in reference.organisations.of_state and all(
        word in reference.organisations.modifiers or word in reference.titles.modifiers or word.endswith("s")
        for word in others
    )


def _with_surroundings(
    names: Sequence[Named], facts: Sequence[_Facts], text: str, surroundings: Surroundings
) -> list[_Facts]:
    """Set the country of organisations that every state has: the one that the text states elsewhere for the same name, else that of their surroundings."""
    stated: defaultdict[str, set[str]] = defaultdict(set)
    for named, own in zip(names, facts, strict=True):
        if own.takes_country and own.country:
            stated[_last_words(named.span.of(text))].add(own.country)
    completed = []
    for named, own in zip(names, facts, strict=True):
        if own.takes_country and own.country is None:
            elsewhere = stated.get(_last_words(named.span.of(text)), set())
            country = next(iter(elsewhere)) if len(elsewhere) == 1 else surroundings.around(named.span)
            own = _Facts(country, own.sector, takes_country=True)
        completed.append(own)
    return completed


def _with_own_organisation(text: str, names: Sequence[Named], facts: Sequence[_Facts]) -> list[_Facts]:
    """Give the head of an organisation its sector, not that of the title: `Police Commission Chairman Ann Lee`.

    A title that says little of itself stands behind the organisation's name. Where the organisation has no sector, the person has none.
    """
    sectors = {
        named.span.end: own.sector for named, own in zip(names, facts, strict=True) if named.type == "ORG"
    }
    completed = []
    for named, own in zip(names, facts, strict=True):
        if named.type == "PER" and named.role is not None and named.role.lower() in HEADS:
            start = text.rfind(named.role, 0, named.span.start)
            end = len(POSSESSIVE_END.sub("", text[:start].rstrip())) if start > 0 else 0
            if end in sectors:
                own = replace(own, sector=sectors[end])
        completed.append(own)
    return completed


def _last_words(surface: str) -> str:
    return " ".join(folded(surface).split()[-2:])


class _Keys:
    """The key of the entity of each name."""

    def __init__(
        self,
        text: str,
        names: Sequence[Named],
        facts: Sequence[_Facts],
        acronyms: Mapping[str, str],
        surroundings: Surroundings,
        reference: EntityReference,
    ) -> None:
        self.text = text
        self.reference = reference
        self.acronyms = acronyms
        self.surroundings = surroundings
        self.persons = PersonNames([named.span.of(text) for named in names if named.type == "PER"], reference)
        self.by_word: defaultdict[str, list[str]] = defaultdict(list)
        for name in dict.fromkeys(self._organisation(named) for named in names if named.type == "ORG"):
            self.by_word[name.split(" ")[0]].append(name)
        self.keys = [self._key(named, own) for named, own in zip(names, facts, strict=True)]

    def _key(self, named: Named, facts: _Facts) -> str:
        surface = named.span.of(self.text)
        if named.type == "PER":
            return f"PER:{self.persons.full(surface)}"
        if named.type == "ORG":
            if facts.takes_country and facts.country:
                return f"OF:{facts.country}:{_office(self.surroundings.without_country(named.span))}"
            name = self._organisation(named)
            if surface.isupper() and " " not in surface:
                # The `EC` and the `EC Commission` are two.
                return f"ORG:{name}"
            return f"ORG:{_whole_name(name, self.by_word[name.split(' ')[0]], self.reference)}"
        if named.place and named.place.place:
            group = "NORP" if named.type == "NORP" else "LOC"
            return f"{group}:{named.place.place.number}"
        group = "LOC" if named.type in ("GPE", "LOC", "FAC") else named.type
        return f"{group}:{named.canonical or folded(surface)}"

    def _organisation(self, named: Named) -> str:
        """Return the name by which an organisation is compared: an alias is replaced by its name, an acronym by what it abbreviates."""
        surface = named.span.of(self.text)
        simple = folded(surface)
        full = self.acronyms.get(simple, surface)
        actor = self.reference.actors.get(full)
        return folded(actor.name if actor else full)


def _acronyms(text: str, names: Sequence[Named]) -> dict[str, str]:
    """Return the full names by the folded acronyms that follow them in brackets."""
    return {
        folded(short): named.span.of(text)
        for named in names
        if named.type == "ORG" and (short := explained_by(text, named.span))
    }


def _whole_name(name: str, names: Sequence[str], reference: EntityReference) -> str:
    """Return the longer name that consists of the short one and generic words: `Anadolu Agency`."""
    heads = reference.organisations.heads
    longer = [
        other
        for other in names
        if other.startswith(f"{name} ") and all(word in heads for word in other[len(name) + 1 :].split())
    ]
    return longer[0] if len(longer) == 1 else name


def _office(words: str) -> str:
    return DEPUTY.sub("", words.lower()).replace("defense", "defence")


def _holders(text: str, names: Sequence[Named], keys: Sequence[str], roles: Sequence[Role]) -> dict[int, str]:
    """Return the key of the person who holds an office: the one named right after it, there or elsewhere in the text."""
    starts: Mapping[int, str] = {
        named.span.start: key for named, key in zip(names, keys, strict=True) if named.type == "PER"
    }
    held: defaultdict[tuple[str | None, str], set[str]] = defaultdict(set)
    found = {}
    for at, role in enumerate(roles):
        for mark in (" ", ", "):
            holder = starts.get(role.span.end + len(mark))
            if holder and not role.is_organisation and text.startswith(mark, role.span.end):
                found[at] = holder
                held[role.country, _office(role.words)].add(holder)
                break
    for at, role in enumerate(roles):
        people = held[role.country, _office(role.words)]
        if at not in found and not role.is_organisation and len(people) == 1:
            found[at] = next(iter(people))
    return found
