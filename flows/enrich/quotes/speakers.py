"""The entity that the words of a speaker mean."""

from __future__ import annotations

from collections.abc import Sequence

from flows.enrich.entities.coreference import Entity
from flows.enrich.entities.mentions import Mention
from flows.records import Span


def entity_of(speaker: Span, mentions: Sequence[Mention]) -> Entity | None:
    """Return the entity of the last mention within the speaker's words that is a person, or else of any other."""
    within = [mention for mention in mentions if mention.span.overlaps(speaker)]
    people = [mention for mention in within if mention.type == "PER"]
    last = next(reversed(people or within), None)
    return last.entity if last else None
