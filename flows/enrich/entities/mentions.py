"""Entity mentions: names, offices and bodies in small letters, and pronouns, each tied to one entity of the article."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.coreference import Entity, Named, entities_of
from flows.enrich.entities.names import Option, judge, options_in
from flows.enrich.entities.reference import Actor, EntityReference
from flows.enrich.entities.roles import Role, address_before, roles_in
from flows.enrich.entities.weapons import weapons_in
from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.places.unplaced import BEYOND
from flows.records import Reading, Span

LABELS: Mapping[str, str] = {
    "NORP": "NORP",
    "EVENT": "EVENT",
    "PRODUCT": "PRODUCT",
    "WORK_OF_ART": "WORK",
    "LAW": "LAW",
    "LANGUAGE": "LANGUAGE",
}
"""The model's labels of what is neither person, body nor place, to `mentions.type`."""

PRONOUN = re.compile(r"\b(?:He|She|he|she|His|Her|his|her|him)\b")
PRONOUN_GENDER = {"he": "m", "his": "m", "him": "m", "she": "f", "her": "f"}
FORM_GENDER = {
    "mr": "m",
    "sir": "m",
    "lord": "m",
    "mrs": "f",
    "ms": "f",
    "miss": "f",
    "dame": "f",
    "lady": "f",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of an entity.

    `kind` is name, nominal (`Syrian army`) or pronoun; `role` the office or form of address that stands before the name or is
    the mention itself; `label` the model's label where the model saw it, else None; `rule` what made the mention;
    `share` how much of the belief its kind has (0 to 1), None where no weighing was needed.
    """

    span: Span
    type: str
    kind: str
    entity: Entity
    role: str | None
    sentence_no: int
    label: str | None
    rule: str
    share: float | None


def mentions_in(
    reading: Reading, places: Sequence[PlaceMention], reference: EntityReference
) -> tuple[Mention, ...]:
    """Return the mentions in reading order; none where the model did not read the text."""
    if reading.unread or not reading.text:
        return ()
    roles = list(roles_in(reading.text, places))
    named = [_with_country(each, roles) for each in names_in(reading, places, reference)]
    bodies = _Overlaps()
    for each in named:
        if each.type in ("ORG", "PER"):
            bodies.add(each)
    roles = [
        role for role in roles if not any(_within(role.span, each.span) for each in bodies.of(role.span))
    ]
    entities, role_entities = entities_of(reading.text, named, roles, places, reference.actors)
    mentions = [
        _mention(reading, each.span, each.type, "name", entity, each.role, each.label, each.rule, each.share)
        for each, entity in zip(named, entities, strict=True)
    ]
    mentions += [
        _mention(reading, role.span, entity.type, "nominal", entity, role.words, None, "role", None)
        for role, entity in zip(roles, role_entities, strict=True)
    ]
    mentions.sort(key=lambda each: (each.span.start, -each.span.end))
    pronouns = _pronouns(reading, mentions)
    return tuple(
        sorted(_one_a_span([*pronouns, *mentions]), key=lambda each: (each.span.start, -each.span.end))
    )


def _one_a_span(mentions: Sequence[Mention]) -> Iterable[Mention]:
    """Return one mention for each span, since its id is made of the span.

    A pronoun that the model takes for a name is a pronoun; an embassy that is a building by its name is
    not an office as well.
    """
    found: dict[Span, Mention] = {}
    for kind in ("pronoun", "name", "nominal"):
        for mention in mentions:
            if mention.kind == kind:
                found.setdefault(mention.span, mention)
    return found.values()


def names_in(reading: Reading, places: Sequence[PlaceMention], reference: EntityReference) -> list[Named]:
    """Return the names in reading order."""
    options = options_in(reading, places, reference)
    judge(options, reference.weights)
    return list(_named(reading, options, places, reference))


def _mention(
    reading: Reading,
    span: Span,
    type_: str,
    kind: str,
    entity: Entity,
    role: str | None,
    label: str | None,
    rule: str,
    share: float | None,
) -> Mention:
    number = sentence_at(reading.sentences, span.start)
    return Mention(span, type_, kind, entity, role, number, label, rule, share)


def _named(
    reading: Reading, options: Sequence[Option], places: Sequence[PlaceMention], reference: EntityReference
) -> Iterator[Named]:
    """Yield the names in reading order: what was believed most first, overlapping only where a place lies in another name."""
    text = reading.text
    weapons = list(weapons_in(text, reading.words, reference.weapons))
    taken = _Overlaps()
    people = {(place.span.start, place.span.end): place for place in places if place.is_adjective}
    chosen = [
        Named(weapon.span, "WEAPON", None, None, "lexicon", None, None, weapon.name, weapon.kind)
        for weapon in weapons
    ]
    for named in chosen:
        taken.add(named)
    for option in sorted(options, key=lambda each: -max(each.shares)):
        type_ = _type_of(option)
        if type_ is None or (option.span.start, option.span.end) in people:
            continue
        if any(_clash(option.span, type_, other) for other in taken.of(option.span)):
            continue
        role, _ = address_before(text, option.span.start) if type_ == "PER" else (None, None)
        source = "model" if option.label else "place" if option.place else "capitals"
        share = max(option.shares) if option.kind != "OTHER" else None
        named = Named(option.span, type_, option.label, option.place, source, share, role)
        chosen.append(named)
        taken.add(named)
    chosen += [
        Named(place.span, "NORP", None, place, "gazetteer", place.probability, None)
        for place in people.values()
        if not any(other.type == "WEAPON" for other in taken.of(place.span))
    ]
    chosen = [_without_people(each, text, reference.actors) for each in chosen]
    yield from sorted(chosen, key=lambda each: (each.span.start, -each.span.end))


def _without_people(named: Named, text: str, actors: Mapping[str, Actor]) -> Named:
    """Take the people off a well-known body: `Turkish Anadolu` is Anadolu."""
    words = named.span.of(text).split(" ")
    if named.type == "ORG" and len(words) == 2 and words[1] in actors and named.span.of(text) not in actors:
        return replace(named, span=Span(named.span.end - len(words[1]), named.span.end))
    return named


def _with_country(named: Named, roles: Iterable[Role]) -> Named:
    """Take the country before a body into its name: `Turkey's Defence Ministry`."""
    for role in roles:
        if (
            named.type == "ORG"
            and role.is_body
            and role.span.end == named.span.end
            and role.span.start < named.span.start
        ):
            return replace(named, span=role.span)
    return named


def _type_of(option: Option) -> str | None:
    if option.kind == "OTHER" and not option.place:
        return LABELS.get(option.label or "")
    if option.kind not in ("LOC", "OTHER"):
        return option.kind
    if option.place and option.place.place:
        kind = option.place.place.kind
        return "GPE" if kind in GOVERNED else "FAC" if kind is Kind.BUILDING else "LOC"
    if option.place and option.place.null_reason == BEYOND:
        return "LOC"
    return option.label if option.label in ("GPE", "LOC", "FAC") else "GPE" if option.place else "LOC"


GOVERNED = TOWNS | {Kind.COUNTRY, Kind.REGION, Kind.DISTRICT}
"""What has a government of its own."""


class _Overlaps:
    """Names by the characters they cover, so that those in a span are found without a look at all."""

    def __init__(self) -> None:
        self._at: defaultdict[int, list[Named]] = defaultdict(list)

    def add(self, named: Named) -> None:
        for at in range(named.span.start, named.span.end):
            self._at[at].append(named)

    def of(self, span: Span) -> list[Named]:
        found = [named for at in range(span.start, span.end) for named in self._at.get(at, ())]
        return list({id(named): named for named in found}.values())


def _clash(span: Span, type_: str, other: Named) -> bool:
    """Tell whether two names cannot both be; a place may lie within the name of a body, and so may a people."""
    if not span.overlaps(other.span):
        return False
    inner, outer = (type_, other.type) if _within(span, other.span) else (other.type, type_)
    nested = _within(span, other.span) or _within(other.span, span)
    return not (
        nested and span != other.span and inner in ("GPE", "LOC", "NORP") and outer in ("ORG", "FAC", "EVENT")
    )


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _pronouns(reading: Reading, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Yield the pronouns that can mean one person only: the one of this sentence and the one before it, outside quotations."""
    by_sentence: dict[int, list[Mention]] = {}
    for mention in mentions:
        if mention.type == "PER":
            by_sentence.setdefault(mention.sentence_no, []).append(mention)
    quoted = bytearray(len(reading.text))
    for start, end in _quoted(reading.text):
        quoted[start:end] = b"\1" * (end - start)
    genders = _genders(mentions)
    last: dict[int, Entity] = {}
    for match in PRONOUN.finditer(reading.text):
        if quoted[match.start()]:
            continue
        number = sentence_at(reading.sentences, match.start())
        before = [each for each in by_sentence.get(number, ()) if each.span.end <= match.start()]
        previous = by_sentence.get(number - 1, []) if number else []
        carried = last.get(number) or last.get(number - 1)
        people = {each.entity.key: each.entity for each in (*before, *previous)}
        if carried:
            people[carried.key] = carried
        gender = PRONOUN_GENDER[match.group().lower()]
        fitting = [person for person in people.values() if genders.get(person.key, gender) == gender]
        if len(fitting) == 1 and len(people) == 1:
            last[number] = fitting[0]
            yield _mention(
                reading, Span(*match.span()), "PER", "pronoun", fitting[0], None, None, "pronoun", None
            )


def _genders(mentions: Iterable[Mention]) -> dict[str, str]:
    """Return the gender of each entity whose forms of address agree on one."""
    heard: defaultdict[str, set[str]] = defaultdict(set)
    for each in mentions:
        if form := FORM_GENDER.get((each.role or "").lower().rstrip(".")):
            heard[each.entity.key].add(form)
    return {key: forms.pop() for key, forms in heard.items() if len(forms) == 1}


def _quoted(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"“[^”]{0,2000}”|\"[^\"\n]{0,2000}\"", text)]
