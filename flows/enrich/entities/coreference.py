"""Which mentions are of one entity: full and short names, acronyms, offices; with its country and its sector."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.entities.names import ACRONYM, HEADS_OF_BODIES, TITLES
from flows.enrich.entities.reference import Actor
from flows.enrich.entities.roles import Role, sector_of
from flows.enrich.gazetteer_index import Kind
from flows.enrich.language.spelling import folded
from flows.enrich.places.mentions import PlaceMention
from flows.records import Span

ARTICLES = frozenset("al el an ad ash as at ar bin ibn abu de da van von der la le".split())


BESIDE = 5
"""Names on either side, in reading order, that may lie in a name or stand right before it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name that was found: what it is of, where it came from, and the office before it."""

    span: Span
    type: str
    label: str | None
    place: PlaceMention | None
    rule: str
    share: float | None
    role: str | None
    canonical: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of an article.

    `name` is its longest name; `country` ISO 3166-1 alpha-2 where nationality, office or place say it; `sector` CAMEO's role code
    for people and bodies, the kind of weapon for weapons.
    """

    key: str
    type: str
    name: str
    country: str | None
    sector: str | None


def entities_of(
    text: str,
    names: Sequence[Named],
    roles: Sequence[Role],
    places: Sequence[PlaceMention],
    actors: Mapping[str, Actor],
) -> tuple[list[Entity], list[Entity]]:
    """Return the entity of each name and of each office or body."""
    keys = _keys(text, names, actors)
    holders = _holders(text, names, keys, roles)
    role_keys = [
        holders.get(at) or f"OF:{role.country}:{_office(role.words)}" for at, role in enumerate(roles)
    ]
    starts = [place.span.start for place in places]
    countries: dict[str, Counter[str]] = {}
    sectors: dict[str, Counter[str]] = {}

    def learn(key: str, country: str | None, sector: str | None) -> None:
        if country:
            countries.setdefault(key, Counter())[country] += 1
        if sector:
            sectors.setdefault(key, Counter())[sector] += 1

    best: dict[str, tuple[str, str]] = {}
    for named, key in zip(names, keys, strict=True):
        surface = " ".join(named.span.of(text).split())
        name = named.canonical or _official(named, surface)
        if key not in best or (named.type != "WEAPON" and len(name) > len(best[key][1])):
            best[key] = (named.type, name)
        at = bisect_left(starts, named.span.start)
        beside = places[max(0, at - 1) : at + BESIDE]
        country, sector = _facts(text, named, surface, beside, actors)
        learn(key, country, sector)
    for role, key in zip(roles, role_keys, strict=True):
        learn(key, role.country, role.sector)
        best.setdefault(key, ("ORG" if role.is_body else "PER", " ".join(role.span.of(text).split())))
    entities = {
        key: Entity(key, type_, name, _most(countries.get(key)), _most(sectors.get(key)))
        for key, (type_, name) in best.items()
    }
    return [entities[key] for key in keys], [entities[key] for key in role_keys]


def _most(counts: Counter[str] | None) -> str | None:
    return counts.most_common(1)[0][0] if counts else None


def _official(named: Named, surface: str) -> str:
    if named.type in ("GPE", "LOC", "FAC") and named.place and named.place.place:
        return named.place.place.name
    return surface


def _keys(text: str, names: Sequence[Named], actors: Mapping[str, Actor]) -> list[str]:
    """Return the key of each name's entity."""
    acronyms = _acronyms(text, names)
    people = list(dict.fromkeys(_person(named.span.of(text)) for named in names if named.type == "PER"))
    by_word: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for words in people:
        for word in {words[0], words[-1]}:
            by_word[word].append(words)
    full = {words: _longest_of(words, by_word[words[-1]]) for words in people}
    bodies: defaultdict[str, list[str]] = defaultdict(list)
    for body in dict.fromkeys(
        _body(named.span.of(text), acronyms, actors) for named in names if named.type == "ORG"
    ):
        bodies[body.split(" ")[0]].append(body)
    keys = []
    for at, named in enumerate(names):
        surface = named.span.of(text)
        if named.type == "PER":
            keys.append(f"PER:{' '.join(full[_person(surface)])}")
        elif named.type == "ORG" and (owner := _owner(text, named, names[max(0, at - BESIDE) : at + BESIDE])):
            keys.append(f"OF:{owner[0]}:{_office(owner[1])}")
        elif named.type == "ORG":
            body = _body(surface, acronyms, actors)
            keys.append(f"ORG:{_whole_body(body, bodies[body.split(' ')[0]])}")
        elif named.place and named.place.place:
            group = "NORP" if named.type == "NORP" else "LOC"
            keys.append(f"{group}:{named.place.place.number}")
        else:
            keys.append(
                f"{'LOC' if named.type in ('GPE', 'LOC', 'FAC') else named.type}:{named.canonical or folded(surface)}"
            )
    return keys


def _owner(text: str, named: Named, names: Sequence[Named]) -> tuple[str, str] | None:
    """Return the country whose body a name is, and the body's name without it: `Turkey's Defence Ministry`."""
    for other in names:
        if (
            other.span.start == named.span.start
            and other.span.end < named.span.end
            and other.place
            and other.place.place
        ):
            rest = re.sub(r"^['’]s", "", text[other.span.end : named.span.end]).strip()
            if other.place.place.country and other.place.place.kind is Kind.COUNTRY and sector_of(rest):
                return other.place.place.country, rest
    return None


def _person(surface: str) -> tuple[str, ...]:
    """Return the words of a person's name for comparison: without forms of address and the articles of Arabic names."""
    words = [word.strip(".,") for word in folded(surface).split()]
    bare = [word for word in words if word not in TITLES]
    bare = bare or words
    if len(bare) > 1:
        bare = [word for word in bare if word not in ARTICLES] or bare
    return tuple(bare)


def _longest_of(words: tuple[str, ...], people: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the longer name that a short one stands for: with the same last word, or the same given name, if one only."""
    for share_end in (True, False):
        longer = [
            other
            for other in people
            if len(other) > len(words)
            and set(words) <= set(other)
            and (other[-1] == words[-1] if share_end else len(words) == 1 and other[0] == words[0])
        ]
        outermost = [other for other in longer if not any(set(other) < set(another) for another in longer)]
        if len(outermost) == 1:
            return outermost[0]
        if outermost:
            return words
    return words


def _acronyms(text: str, names: Sequence[Named]) -> dict[str, str]:
    """Return the folded full name by the acronym that stands in brackets behind it, where the letters agree."""
    found = {}
    for named in names:
        behind = ACRONYM.match(text, named.span.end)
        if behind and named.type == "ORG":
            initials = "".join(word[0] for word in named.span.of(text).split() if word[:1].isupper())
            short = behind["short"].replace(".", "")
            if short.upper() == initials.upper() or short[0].upper() == initials[:1].upper():
                found[folded(short)] = folded(named.span.of(text))
    return found


def _body(surface: str, acronyms: Mapping[str, str], actors: Mapping[str, Actor]) -> str:
    actor = actors.get(surface)
    if actor:
        return folded(actor.name)
    simple = folded(surface)
    return acronyms.get(simple, simple)


def _whole_body(name: str, bodies: Sequence[str]) -> str:
    """Return the longer name that a short one begins, where what follows only says what it is: `Anadolu Agency`."""
    longer = [
        other
        for other in bodies
        if other.startswith(f"{name} ")
        and all(word in HEADS_OF_BODIES for word in other[len(name) + 1 :].split())
    ]
    return longer[0] if len(longer) == 1 else name


def _office(words: str) -> str:
    return re.sub(r"^(?:former|acting|deputy) ", "", words.lower()).replace("defense", "defence")


def _holders(text: str, names: Sequence[Named], keys: Sequence[str], roles: Sequence[Role]) -> dict[int, str]:
    """Return the key of whoever holds an office: who is named right behind it, there or elsewhere in the text."""
    starts = {named.span.start: key for named, key in zip(names, keys, strict=True) if named.type == "PER"}
    held: dict[tuple[str | None, str], set[str]] = {}
    found = {}
    for at, role in enumerate(roles):
        behind = (
            starts.get(role.span.end + 1) if text[role.span.end : role.span.end + 1] in (" ", ",") else None
        )
        behind = behind or starts.get(
            role.span.end + 2 if text[role.span.end : role.span.end + 2] == ", " else -1
        )
        if behind and not role.is_body:
            found[at] = behind
            held.setdefault((role.country, _office(role.words)), set()).add(behind)
    for at, role in enumerate(roles):
        people = held.get((role.country, _office(role.words)), set())
        if at not in found and not role.is_body and len(people) == 1:
            found[at] = next(iter(people))
    return found


def _facts(
    text: str, named: Named, surface: str, beside: Sequence[PlaceMention], actors: Mapping[str, Actor]
) -> tuple[str | None, str | None]:
    """Return country and sector of one mention, as the words in and before it say."""
    if named.type == "WEAPON":
        return None, named.category
    if named.type in ("GPE", "LOC", "FAC", "NORP"):
        point = named.place.point if named.place else None
        return (point.country if point else None), None
    actor = actors.get(surface)
    if actor and named.type == "ORG":
        return actor.country, actor.sector
    sector = sector_of(named.role or "") if named.type == "PER" else sector_of(surface)
    before = (" ", "'s ", "’s ", f" {named.role} ", f"'s {named.role} ", f"’s {named.role} ")
    countries = [
        place.point.country
        for place in beside
        if place.point
        and (
            (named.span.start <= place.span.start and place.span.end <= named.span.end)
            or (place.span.end <= named.span.start and text[place.span.end : named.span.start] in before)
        )
    ]
    return (countries[0] if countries else None), sector
