"""Pronouns that can refer to one person only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.enrich.entities.coreference import Entity
from flows.enrich.entities.reference import EntityReference
from flows.enrich.language.sentences import sentence_at
from flows.records import Reading, Span

PRONOUN = re.compile(r"\b(?:He|She|he|she|His|Her|his|her|him)\b")
GENDERS = {"he": "m", "his": "m", "him": "m", "she": "f", "her": "f"}
QUOTED = re.compile(r"“[^”]{0,2000}”|\"[^\"\n]{0,2000}\"")


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A name or an office of a person, where it ends, and what precedes it."""

    span: Span
    entity: Entity
    role: str | None


def pronouns_in(
    reading: Reading, persons: Sequence[PersonMention], reference: EntityReference
) -> Iterator[tuple[Span, Entity]]:
    """Yield the pronouns outside quotations for which their sentence and the one before it name exactly one person."""
    by_sentence: defaultdict[int, list[PersonMention]] = defaultdict(list)
    for person in persons:
        by_sentence[sentence_at(reading.sentences, person.span.start)].append(person)
    quoted = bytearray(len(reading.text))
    for match in QUOTED.finditer(reading.text):
        quoted[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    genders = _genders(persons, reference)
    last: dict[int, Entity] = {}
    for match in PRONOUN.finditer(reading.text):
        if quoted[match.start()]:
            continue
        number = sentence_at(reading.sentences, match.start())
        before = [each for each in by_sentence[number] if each.span.end <= match.start()]
        entities = {each.entity.key: each.entity for each in (*before, *by_sentence[number - 1])}
        if carried := last.get(number) or last.get(number - 1):
            entities[carried.key] = carried
        if len(entities) != 1:
            continue
        entity = next(iter(entities.values()))
        gender = GENDERS[match.group().lower()]
        if genders.get(entity.key, gender) == gender:
            last[number] = entity
            yield Span(*match.span()), entity


def _genders(persons: Iterable[PersonMention], reference: EntityReference) -> dict[str, str]:
    """Return the gender of each entity whose titles agree on one."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for person in persons:
        if gender := reference.titles.genders.get((person.role or "").lower().rstrip(".")):
            found[person.entity.key].add(gender)
    return {key: genders.pop() for key, genders in found.items() if len(genders) == 1}
