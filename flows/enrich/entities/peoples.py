"""Peoples, religions and movements: words of a table; those that are also other words count where the text says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.enrich.entities.reference import EntityReference
from flows.records import Span, Word

GROUPS = frozenset(
    "people peoples men women man woman community communities tribe tribes clan clans ethnic leaders leader families family refugees civilians "
    "villagers herders farmers fighters militia militias militiamen rebels forces minority majority population church churches priest "
    "language village villages region state areas army troops separatists insurgents residents neighbours neighbors clerics clergy bishops".split()
)
"""Nouns behind an adjective that make it one of a people: `Fur villagers`."""


def peoples_in(text: str, words: Sequence[Word], reference: EntityReference) -> Iterator[Span]:
    """Yield the names and adjectives of peoples in reading order, two words before one."""
    reached = 0
    for at, word in [(at, word) for at, word in enumerate(words) if word.upper]:
        if word.start < reached:
            continue
        end = _end_of_people(text, word, words, at, reference)
        if end is not None:
            yield Span(word.start, end)
            reached = end


def _end_of_people(
    text: str, word: Word, words: Sequence[Word], at: int, reference: EntityReference
) -> int | None:
    """Return where the people's name that begins with a word ends, or None."""
    behind = words[at + 1] if at + 1 < len(words) else None
    if behind is not None and behind.joined and behind.upper:
        two = text[word.start : behind.end]
        if two in reference.peoples:
            return behind.end
    name = word.text if not word.text.isupper() else word.text.capitalize()
    is_common = reference.peoples.get(name)
    if is_common is None:
        return None
    if is_common and not (behind is not None and behind.joined and behind.text.lower() in GROUPS):
        plural = word.text.endswith("s") and word.text.lower() not in reference.ordinary
        return word.end if plural and name.lower() not in reference.given_names else None
    return word.end
