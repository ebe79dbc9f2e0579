"""The fields that are read out of an article, in order."""

from __future__ import annotations

from typing import Any

from flows.enrich.entities import field as mentions
from flows.enrich.field import Field
from flows.enrich.places import field as places
from flows.enrich.quotes import field as quotes
from flows.enrich.times import field as times
from flows.records import Reading

FIELDS: tuple[Field[Any], ...] = (places.FIELD, mentions.FIELD, times.FIELD, quotes.FIELD)
"""In order: a field sees what those before it found."""


def found_in(reading: Reading) -> dict[str, Any]:
    """Let every field read; return what each found, by its name."""
    found: dict[str, Any] = {}
    for field in FIELDS:
        found[field.name] = field.find(reading, found)
    return found
