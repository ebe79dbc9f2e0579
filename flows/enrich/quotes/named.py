"""Mentions of a text, found by where they are in it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from flows.enrich.entities.mentions import Mention
from flows.records import Span

MAX_NESTED = 4
"""Mentions that begin before a position and end after it: `the University of Ankara` contains two."""


class Named:
    """The mentions of a text in reading order."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self.mentions = mentions
        self._starts = [mention.span.start for mention in mentions]

    def within(self, words: Span) -> list[Mention]:
        """Return the mentions that overlap the words, in reading order."""
        first = bisect_left(self._starts, words.start)
        last = bisect_left(self._starts, words.end)
        begun = [
            each for each in self.mentions[max(0, first - MAX_NESTED) : first] if each.span.overlaps(words)
        ]
        return [*begun, *self.mentions[first:last]]

    def before(self, position: int) -> int:
        """Return how many mentions begin before a position."""
        return bisect_left(self._starts, position)

    def is_person_at(self, position: int) -> bool:
        """Return True if the word at a position is part of a person's name or office."""
        return any(each.type == "PER" for each in self.within(Span(position, position + 1)))
