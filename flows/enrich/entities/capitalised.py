"""Finds the runs of a text: consecutive capitalised words that may be one name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.enrich.entities.casing import Casing
from flows.enrich.entities.reference import EntityReference
from flows.enrich.entities.runs import MAX_PERSON_WORDS, Run, Runs, is_of_person
from flows.enrich.language.spelling import folded
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span, Word

MAX_CONNECTING_WORDS = 2
"""At most this many lowercase words in a row belong to a person's name (`van der`)."""


def runs_in(
    reading: Reading, places: Sequence[PlaceMention], casing: Casing, reference: EntityReference
) -> Runs:
    """Return the runs of a text in reading order; demonyms and titles end a run."""
    adjectives = frozenset(place.span.start for place in places if place.is_adjective)
    builder = _Builder(reading, adjectives, casing, reference)
    return Runs(reading, tuple(builder.runs()), casing, reference)


class _Builder:
    """Walks over the words of a text once."""

    def __init__(
        self, reading: Reading, adjectives: frozenset[int], casing: Casing, reference: EntityReference
    ) -> None:
        self.text = reading.text
        self.words = reading.words
        self.adjectives = adjectives
        self.casing = casing
        self.reference = reference
        self.starts = frozenset(sentence.start for sentence in reading.sentences)

    def runs(self) -> Iterator[Run]:
        last = -1
        for at in [at for at, word in enumerate(self.words) if word.upper]:
            if at <= last:
                continue
            if self.casing.at(self.words[at].start) == "sentence":
                last = self._end_of_run(at)
                if last > at or not self._begins_sentence(at):
                    yield from self._stripped(at, last)
            else:
                last = self._end_of_names(at)
                if last >= at:
                    yield self._run(at, last, is_sentence=False)
                else:
                    last = at

    def _begins_sentence(self, at: int) -> bool:
        """Return True for an English word that is capitalised because it begins its sentence, as most runs of one word are."""
        word = self.words[at]
        return word.start in self.starts and word.text.lower() in self.reference.ordinary

    def _end_of_run(self, at: int) -> int:
        """Return the last word of the run that begins at a word of an ordinary sentence."""
        last = at
        connecting, closed = self.reference.words["connecting"], ("of", "for")
        while last + 1 < len(self.words):
            if self._continues(last, last + 1):
                last += 1
                continue
            ahead = last + 1
            allowed: frozenset[str] | tuple[str, ...] = connecting
            if self.words[ahead].text in closed and self._begins_organisation(at, last):
                ahead += 1
                allowed = ("the",)
            while (
                ahead < len(self.words)
                and ahead - last <= MAX_CONNECTING_WORDS
                and self.words[ahead].joined
                and self.words[ahead].text in allowed
            ):
                ahead += 1
            if ahead == last + 1 or ahead >= len(self.words) or not self.words[last + 1].joined:
                break
            if not (self._continues(ahead - 1, ahead)):
                break
            last = ahead
        return last

    def _continues(self, before: int, at: int) -> bool:
        """Return True where a word continues the name of the word before it."""
        word, previous = self.words[at], self.words[before]
        if not word.upper:
            return False
        between = self.text[previous.end : word.start]
        if between == ". " and len(previous.text) == 1:
            return True
        return word.joined and "'" not in between and "’" not in between

    def _begins_organisation(self, first: int, last: int) -> bool:
        heads = self.reference.organisations.heads
        return any(word.text.lower() in heads for word in self.words[first : last + 1])

    def _stripped(self, first: int, last: int) -> Iterator[Run]:
        """Yield the part of a run that may be a name: without titles, days, and an English word that begins a sentence."""
        words, reference = self.words, self.reference
        organisation = self._is_organisation(first, last)
        while first <= last:
            small = words[first].text.lower()
            starts = words[first].start in self.starts or not self._follows_word(first)
            goes_on = first < last and not organisation
            if (
                (
                    small in reference.words["closed"]
                    and not (first < last and folded(small) in reference.given_names)
                )
                or (
                    small in reference.words["calendar"]
                    and not (starts and goes_on and folded(small) in reference.given_names)
                )
                or (words[first].start in self.adjectives and not organisation)
                or (
                    starts
                    and not organisation
                    and small in reference.ordinary
                    and not (goes_on and folded(small) in reference.given_names)
                )
            ):
                first += 1
            else:
                break
        while last >= first and not organisation and self._ends_no_name(first, last):
            last -= 1
        titles = [
            at
            for at in range(first, last + 1)
            if words[at].text.lower() in reference.titles.words
            and words[at].text.lower() not in reference.given_names
        ]
        if titles and not organisation:
            if titles[-1] == last:
                last = titles[0] - 1 if all(at in titles for at in range(titles[0], last + 1)) else last
            else:
                first = titles[-1] + 1
        if last < first or (first == last and len(words[first].text) < 2):
            return
        small = words[first].text.lower()
        if (
            first == last
            and not titles
            and (
                small in reference.words["calendar"]
                or small in reference.words["form"]
                or small in reference.titles.words
            )
        ):
            return
        yield self._run(first, last, is_sentence=True)

    def _ends_no_name(self, first: int, last: int) -> bool:
        """Return True for a function word or a day at the end of a run; `Theresa May` ends in a name."""
        small = self.words[last].text.lower()
        classes, given = self.reference.words, self.reference.given_names
        if small in classes["calendar"] and last > first:
            before = self.words[last - 1].text
            return not (
                (small in given and folded(before) in given)
                or before.lower() in self.reference.titles.genders
            )
        return small in classes["closed"] or small in classes["calendar"]

    def _follows_word(self, at: int) -> bool:
        """Return False where a line or a quotation begins with the word."""
        return at > 0 and self.text[self.words[at - 1].end : self.words[at].start] in (
            " ",
            ", ",
            "-",
            "'s ",
            "’s ",
        )

    def _end_of_names(self, at: int) -> int:
        """Return the last of the words that occur only in names, in a sentence whose case is uninformative; `at - 1` if there is none."""
        last = at - 1
        while last + 1 < len(self.words):
            word = self.words[last + 1]
            if last >= at and not (self._continues(last, last + 1)):
                break
            simple = folded(word.text)
            small = word.text.lower()
            classes = self.reference.words
            if (
                small in classes["closed"]
                or small in classes["calendar"]
                or small in classes["form"]
                or small in classes["table"]
                or small in self.reference.titles.words
                or word.start in self.adjectives
            ):
                break
            ahead = self.words[last + 2] if last + 2 < len(self.words) else None
            if small in classes["connecting"] and ahead is not None and ahead.upper and ahead.joined:
                last += 1
                continue
            if small in self.reference.ordinary and not (
                simple in self.reference.family_names or simple in self.reference.given_names
            ):
                break
            if len(word.text) < 2 and last < at:
                break
            last += 1
        return last

    def _run(self, first: int, last: int, *, is_sentence: bool) -> Run:
        words = self.words[first : last + 1]
        organisation = is_sentence and self._is_organisation(first, last)
        return Run(
            Span(words[0].start, words[-1].end),
            first,
            last,
            is_person=not organisation and 1 < len(words) <= MAX_PERSON_WORDS and self._is_person(words),
            is_organisation=organisation,
        )

    def _is_person(self, words: Sequence[Word]) -> bool:
        """Return True for a given name followed by words that are not English words."""
        if folded(words[0].text) not in self.reference.given_names:
            return False
        return all(is_of_person(word, self.reference) for word in words[1:])

    def _is_organisation(self, first: int, last: int) -> bool:
        """Return True if the run ends in a noun for an organisation, or has one before `of` or `for`."""
        heads = self.reference.organisations.heads
        if first == last:
            return False
        if self.words[last].text.lower() in heads and self.words[last].upper:
            return True
        return any(
            self.words[at].text.lower() in heads and self.words[at + 1].text in ("of", "for")
            for at in range(first, last)
        )
