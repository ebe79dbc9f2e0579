"""Entity mentions: names, offices and organisations in lowercase, and pronouns, each tied to one entity of the article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.coreference import Entity, entities_of
from flows.enrich.entities.names import Named, contains, names_in
from flows.enrich.entities.pronouns import PersonMention, pronouns_in
from flows.enrich.entities.reference import EntityReference
from flows.enrich.entities.roles import Role, roles_in
from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of an entity.

    `kind` is name, nominal (`Syrian army`) or pronoun; `role` the office or form of address that stands before the name or is
    the mention itself; `label` the model's label where the model saw it, else None; `rule` what made the mention;
    `probability` that of its type (0 to 1), None where it was not classified.
    """

    span: Span
    type: str
    kind: str
    entity: Entity
    role: str | None
    sentence_no: int
    label: str | None
    rule: str
    probability: float | None


def mentions_in(
    reading: Reading, places: Sequence[PlaceMention], reference: EntityReference
) -> tuple[Mention, ...]:
    """Return the mentions in reading order; none where the model did not read the text."""
    if reading.unread or not reading.text:
        return ()
    text = reading.text
    roles = list(roles_in(text, places, reference))
    names = [_with_country(each, roles) for each in names_in(reading, places, reference)]
    roles = _outside_names(roles, names)
    entities, role_entities = entities_of(text, reading.sentences, names, roles, places, reference)

    def mention(span: Span, type_: str, kind: str, entity: Entity, rule: str) -> Mention:
        number = sentence_at(reading.sentences, span.start)
        return Mention(span, type_, kind, entity, None, number, None, rule, None)

    mentions = [
        replace(
            mention(each.span, each.type, "name", entity, each.rule),
            role=each.role,
            label=each.label,
            probability=each.probability,
        )
        for each, entity in zip(names, entities, strict=True)
    ]
    mentions += [
        replace(mention(role.span, entity.type, "nominal", entity, "role"), role=role.words)
        for role, entity in zip(roles, role_entities, strict=True)
    ]
    mentions.sort(key=_position)
    persons = [PersonMention(each.span, each.entity, each.role) for each in mentions if each.type == "PER"]
    pronouns = [
        mention(span, "PER", "pronoun", entity, "pronoun")
        for span, entity in pronouns_in(reading, persons, reference)
    ]
    return tuple(sorted(_one_for_each_span([*pronouns, *mentions]), key=_position))


def _position(mention: Mention) -> tuple[int, int]:
    return mention.span.start, -mention.span.end


def _with_country(named: Named, roles: Iterable[Role]) -> Named:
    """Take the country before an organisation into its name: `Turkey's Defence Ministry`."""
    for role in roles:
        if (
            named.type == "ORG"
            and role.is_organisation
            and role.span.end == named.span.end
            and role.span.start < named.span.start
        ):
            return replace(named, span=role.span)
    return named


def _outside_names(roles: Sequence[Role], names: Sequence[Named]) -> list[Role]:
    """Return the roles that are not part of the name of an organisation or a person."""
    holders = [each.span for each in names if each.type in ("ORG", "PER")]
    return [
        role for role in roles if not any(span == role.span or contains(span, role.span) for span in holders)
    ]


def _one_for_each_span(mentions: Sequence[Mention]) -> Iterable[Mention]:
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
