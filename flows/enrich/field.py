"""What a field is: a name, and a function from a reading to what it found there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flows.records import Enriched, Reading

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Field(Generic[Found]):
    """A field of enrichment.

    `find` sees the reading and what the fields before it in the registry found, by name.
    """

    name: str
    find: Callable[[Reading, Mapping[str, Any]], Found]

    def of(self, enriched: Enriched) -> Found:
        """Return what this field found in the article, with its type."""
        found: Found = enriched.found[self.name]
        return found
