"""Entity mentions: names, offices and organisations in lowercase, and pronouns, each tied to one entity of the article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.enrich.entities.coreference import Entity, entities_of
from flows.enrich.entities.names import Named, names_in
from flows.enrich.entities.pronouns import PersonMention, pronouns_in
from flows.enrich.entities.reference import EntityReference
from flows.enrich.entities.roles import Role, roles_in
from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of an entity.

    `kind` is name, nominal (`Syrian army`) or pronoun; `role` the office or form of address that precedes the name or is the mention itself; `label` the model's label, None if the model did not find it; `rule` what found the mention;
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
    """Return the mentions in reading order; none if the model did not process the text."""
    if reading.unread or not reading.text:
        return ()
    text = reading.text
    roles = list(roles_in(text, places, reference))
    names = names_in(reading, places, reference)
    roles = _outside_names(roles, names)
    entities, role_entities = entities_of(text, reading.sentences, names, roles, places, reference)

    def number(span: Span) -> int:
        return sentence_at(reading.sentences, span.start)

    mentions = [
        Mention(
            each.span,
            each.type,
            "name",
            entity,
            each.role,
            number(each.span),
            each.label,
            each.rule,
            each.probability,
        )
        for each, entity in zip(names, entities, strict=True)
    ]
    mentions += [
        Mention(role.span, entity.type, "nominal", entity, role.words, number(role.span), None, "role", None)
        for role, entity in zip(roles, role_entities, strict=True)
    ]
    mentions.sort(key=_position)
    persons = [PersonMention(each.span, each.entity, each.role) for each in mentions if each.type == "PER"]
    pronouns = [
        Mention(span, "PER", "pronoun", entity, None, number(span), None, "pronoun", None)
        for span, entity in pronouns_in(reading, persons, reference)
    ]
    return tuple(sorted(_one_for_each_span([*pronouns, *mentions]), key=_position))


def _position(mention: Mention) -> tuple[int, int]:
    return mention.span.start, -mention.span.end


def _outside_names(roles: Sequence[Role], names: Sequence[Named]) -> list[Role]:
    """Return the roles that neither lie within a name nor end in one: `Turkey's Defence Ministry` is a name already."""
    holders = [each.span for each in names if each.type in ("ORG", "PER")]
    ends = {each.span.end for each in names if each.type == "ORG"}
    return [
        role
        for role in roles
        if role.span.end not in ends
        and not any(span.start <= role.span.start and role.span.end <= span.end for span in holders)
    ]


def _one_for_each_span(mentions: Sequence[Mention]) -> Iterable[Mention]:
    """Return one mention for each span, because the id is derived from the span.

    A pronoun that the model labels as a name stays a pronoun; an embassy that is a building by its name is not also an office.
    """
    found: dict[Span, Mention] = {}
    for kind in ("pronoun", "name", "nominal"):
        for mention in mentions:
            if mention.kind == kind:
                found.setdefault(mention.span, mention)
    return found.values()
