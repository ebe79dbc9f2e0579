"""Ethnic groups, religions and movements, by a table; an ambiguous name counts only with evidence in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.enrich.entities.reference import EntityReference
from flows.records import Span, Word

GROUPS = frozenset(
    "people peoples men women man woman community communities tribe tribes clan clans ethnic leaders leader families family refugees civilians "
    "villagers herders farmers fighters militia militias militiamen rebels forces minority majority population church churches priest "
    "language village villages region state areas army troops separatists insurgents residents neighbours neighbors clerics clergy bishops".split()
)
"""Nouns after an adjective that make it that of an ethnic group: `Fur villagers`."""


def peoples_in(text: str, words: Sequence[Word], reference: EntityReference) -> Iterator[Span]:
    """Yield the names and adjectives of ethnic groups in reading order; two words are preferred to one."""
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
    """Return the end of the ethnic group's name that begins with a word, or None."""
    after = words[at + 1] if at + 1 < len(words) else None
    if after is not None and after.joined and after.upper:
        two = text[word.start : after.end]
        if two in reference.peoples:
            return after.end
    name = word.text if not word.text.isupper() else word.text.capitalize()
    is_common = reference.peoples.get(name)
    if is_common is None:
        return None
    if is_common and not (after is not None and after.joined and after.text.lower() in GROUPS):
        plural = word.text.endswith("s") and word.text.lower() not in reference.ordinary
        return word.end if plural and name.lower() not in reference.given_names else None
    return word.end
