"""Runs of capitalised words: the extent of a name that the model missed or found in part."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flows.enrich.entities.casing import Casing
from flows.enrich.entities.reference import EntityReference
from flows.enrich.language.spelling import folded
from flows.records import Reading, Span, Word

MAX_PERSON_WORDS = 6
"""Maximum number of words in a person's name."""

NUMERALS = frozenset("I II III IV Two One".split())


class Run(NamedTuple):
    """Consecutive capitalised words: their numbers in the text, and what they look like."""

    span: Span
    first: int
    last: int
    is_person: bool
    is_organisation: bool


class Runs:
    """The runs of a text."""

    def __init__(
        self, reading: Reading, runs: Sequence[Run], casing: Casing, reference: EntityReference
    ) -> None:
        self.all = runs
        self._words = reading.words
        self._casing = casing
        self._reference = reference
        self._starts = [run.span.start for run in runs]

    def _at(self, position: int) -> Run | None:
        """Return the run that covers a position, or None."""
        number = bisect_right(self._starts, position) - 1
        run = self.all[number] if number >= 0 else None
        return run if run is not None and position < run.span.end else None

    def within(self, span: Span) -> Iterator[Span]:
        """Yield the parts of a span that are runs: in texts in capitals the model includes verbs in names."""
        for run in self.all[max(0, bisect_right(self._starts, span.start) - 1) :]:
            if run.span.start >= span.end:
                break
            if run.span.end > span.start:
                yield Span(max(run.span.start, span.start), min(run.span.end, span.end))

    def completed(self, span: Span) -> Span:
        """Return the whole name that a person's span is a part of."""
        run = self._at(span.start) or self._at(span.end - 1)
        if run is None or run.is_organisation or run.last - run.first >= MAX_PERSON_WORDS:
            return span
        if run.span.start > span.start or run.span.end < span.end:
            return span
        own = range(span.start, span.end)
        added = [word for word in self._words[run.first : run.last + 1] if word.start not in own]
        return run.span if all(is_of_person(word, self._reference) for word in added) else span

    def is_part_of_organisation(self, span: Span) -> bool:
        """Return True for a span that a longer organisation's name contains or partly overlaps."""
        return any(
            run is not None
            and run.is_organisation
            and run.span != span
            and not span.start <= run.span.start <= run.span.end <= span.end
            for run in (self._at(span.start), self._at(span.end - 1))
        )

    def event_at(self, number: int) -> Span | None:
        """Return the storm or war that a word begins or ends, or None."""
        words, classes = self._words, self._reference.words
        word = words[number]
        small = word.text.lower()
        if not word.upper or (small not in classes["storm"] and small not in classes["event"]):
            return None
        after = words[number + 1] if number + 1 < len(words) else None
        before = words[number - 1] if number else None
        if small in classes["storm"]:
            named = after is not None and after.upper and after.joined
            if not named or after is None or after.text.lower() in self._reference.organisations.heads:
                return None
            if after.text.lower() in self._reference.ordinary and self._casing.at(word.start) != "sentence":
                return None
            tropical = before is not None and word.joined and before.text.lower() == "tropical"
            return Span(before.start if tropical and before else word.start, after.end)
        if before is None or not (before.upper and word.joined) or before.text.lower() in classes["closed"]:
            return None
        if self._casing.at(word.start) != "sentence":
            return None
        first = number - 1
        while first and words[first].joined and words[first - 1].upper:
            first -= 1
        if words[first].text.lower() in classes["closed"]:
            first += 1
        numbered = after is not None and after.joined and after.text in NUMERALS
        return Span(words[first].start, after.end if numbered and after else word.end)


def is_of_person(word: Word, reference: EntityReference) -> bool:
    """Return True for a word that may continue a person's name."""
    small = word.text.lower()
    simple = folded(word.text)
    if (
        small in reference.words["connecting"]
        or simple in reference.family_names
        or simple in reference.given_names
    ):
        return True
    return small not in reference.ordinary and small not in reference.organisations.heads
