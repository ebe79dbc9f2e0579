"""Which words of a text may name a place: capitalised phrases that the gazetteer, the model or their own words call one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flows.enrich.places.gazetteer import Candidate, Place
from flows.enrich.places.listings import Meanings, meanings_of
from flows.enrich.places.other_names import is_disease, is_press
from flows.enrich.places.reference import PlaceReference
from flows.records import Reading, Span

MAX_WORDS = 6
"""No name of the gazetteer that news uses has more."""

POSSESSIVES = ("'s", "’s")
PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
CALLED = frozenset({"of", "called", "named"})
"""Words between a kind of settlement and its name."""


class Toponym(NamedTuple):
    """Words that may name a place, by the numbers of the first and the last, and the places that they may name."""

    span: Span
    surface: str
    meanings: Meanings
    first: int
    last: int

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The places that they may name, those with most people first."""
        return self.meanings.candidates

    @property
    def is_adjective(self) -> bool:
        """Whether they are a demonym, as `Turkish`."""
        return self.meanings.is_adjective


class Phrases:
    """One text, searched for phrases that may name a place."""

    def __init__(self, reading: Reading, reference: PlaceReference) -> None:
        """Take the words apart: `starts` are their offsets, and `small` holds them in lowercase."""
        self.text = reading.text
        self.words = reading.words
        self.starts: Sequence[int]
        self._texts: Sequence[str]
        self._joined: Sequence[bool]
        self._upper: Sequence[bool]
        self.starts, _, self._texts, self._joined, self._upper = (
            zip(*self.words, strict=True) if self.words else ((),) * 5
        )
        self.small: list[str] = [text.lower() for text in self._texts]
        self._lookup = reference.lookup
        self._classes = reference.words
        self._short_regions = reference.short_regions
        self._labels: Mapping[tuple[int, int], str] = {
            (each.span.start, each.span.end): each.label for each in reading.entities
        }

    def toponyms(self) -> list[Toponym]:
        """Return every phrase that may name a place, in reading order, overlapping ones too."""
        found: dict[tuple[int, int], Toponym] = {}
        for first, last in self._phrases():
            if toponym := self._toponym(first, last):
                found[toponym.span.start, toponym.span.end] = toponym
        for (start, end), label in self._labels.items():
            inside = self._inside(start, end) if label in PLACE_LABELS else None
            if inside is None:
                continue
            first, last = inside
            span = Span(self.words[first].start, self.words[last].end)
            if (
                self._upper[first]
                and (span.start, span.end) not in found
                and self.small[first] not in self._classes.storm
                and not (first and self._is_address(first - 1))
            ):
                surface = span.of(self.text)
                meanings = self._lookup.without_kind(surface, self.words[first : last + 1])
                found[span.start, span.end] = Toponym(span, surface, meanings, first, last)
        return [found[at] for at in sorted(found)]

    def short_region(self, number: int) -> Place | None:
        """Return the region of `Fla.` in `Gainesville, Fla.` and of `D-N.D.`."""
        text = self._texts[number]
        code = self._short_regions.get(text) or self._short_regions.get(f"{text}.")
        if code is None:
            return None
        word = self.words[number]
        if text not in self._short_regions and self.text[word.end : word.end + 1] != ".":
            return None
        before = self.text[max(0, word.start - 2) : word.start]
        is_party = before.endswith("-") and before[0] in "DR"
        is_whole = text.count(".") > 1 and self._labels.get((word.start, word.end)) == "GPE"
        return self._lookup.gazetteer.region(*code) if is_whole or is_party or before == ", " else None

    def is_settlement(self, number: int) -> bool:
        """Return True if `the village of` stands before a word."""
        return (
            number >= 2
            and self._texts[number - 1] in CALLED
            and self.small[number - 2] in self._classes.settlement
        )

    def stands_in_other_name(self, toponym: Toponym) -> bool:
        """Return True if a name stands in the name of a newspaper, an agency or a disease."""
        first, last = toponym.first, toponym.last
        is_named_after = is_disease(self.words, last, self._classes) and not toponym.is_adjective
        return is_named_after or is_press(self.words, first, last, self._classes)

    def _phrases(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last word of each phrase that begins and ends with a capitalised word."""
        upper, joined, texts = self._upper, self._joined, self._texts
        connecting, articles = self._classes.connecting, self._classes.arabic_article
        count = len(texts)
        for first, is_upper in enumerate(upper):
            if not (is_upper or (texts[first] in articles and self._is_article(first))):
                continue
            if self._begins_no_place(first):
                continue
            last = first
            while True:
                if upper[last]:
                    yield first, last
                last += 1
                if last < count and texts[last] in ("s", "S") and self._is_possessive(last):
                    last += 1
                if (
                    last >= count
                    or last - first >= MAX_WORDS
                    or not (joined[last] or self._is_wrapped(last))
                    or not (upper[last] or texts[last] in connecting or self._is_article(last))
                ):
                    break

    def _is_wrapped(self, number: int) -> bool:
        """Return True if only the end of a line stands between a word and the one before it."""
        between = self.text[self.words[number - 1].end : self.words[number].start]
        return between.isspace() and between.count("\n") == 1

    def _is_possessive(self, number: int) -> bool:
        """Return True if the `s` is that of `Cox's Bazar`."""
        return self.text[self.words[number - 1].end : self.words[number].start] in ("'", "’")

    def _is_article(self, number: int) -> bool:
        """Return True if a word is the lowercase `al` of `al-Bab`."""
        if self._texts[number] not in self._classes.arabic_article or number + 1 >= len(self._texts):
            return False
        return self.text.startswith("-", self.words[number].end) and self._upper[number + 1]

    def _begins_no_place(self, first: int) -> bool:
        """Return True for an article, and for the names of storms and persons: `Hurricane Florence`, `Mr London`."""
        head, storm = self.small[first], self._classes.storm
        if head == "the" or head in storm:
            return True
        return first > 0 and (self.small[first - 1] in storm or self._is_address(first - 1))

    def _toponym(self, first: int, last: int) -> Toponym | None:
        """Return what the words from `first` to `last` may name, or None if they name no place."""
        start, end = self.words[first].start, self.words[last].end
        surface = self.text[start:end]
        if first == last:
            if len(surface) == 1:
                return None
            if region := self.short_region(first):
                is_longer = self.text.startswith(".", end) and f"{surface}." in self._short_regions
                whole = Span(start, end + is_longer)
                named = meanings_of((Candidate(region, "name"),))
                return Toponym(whole, whole.of(self.text), named, first, last)
        entry = self._lookup.entry(surface, self.words, first, last)
        meanings = entry.meanings
        if not (entry.is_function_word or (meanings and meanings.is_adjective)):
            if self.text.startswith(POSSESSIVES, end) and (owned := self._with_possessive(first, last)):
                return owned
            if first == last and not entry.is_listed and self.is_settlement(first):
                meanings = meanings_of(self._lookup.gazetteer.phonetic(surface))
        return None if meanings is None else Toponym(Span(start, end), surface, meanings, first, last)

    def _is_address(self, number: int) -> bool:
        """Return True if a word is a form of address right before the next one, as in `Mr London`."""
        if self.small[number] not in self._classes.address or not self._upper[number]:
            return False
        return self.text[self.words[number].end : self.words[number + 1].start] in (" ", ". ")

    def _with_possessive(self, first: int, last: int) -> Toponym | None:
        """Return `St. John's`, whose possessive is part of the name."""
        longer = Span(self.words[first].start, self.words[last].end + 2)
        surface = longer.of(self.text)
        named = tuple(
            each
            for each in self._lookup.gazetteer.candidates(surface)
            if each.place.name.endswith(POSSESSIVES)
        )
        is_word = self.words[last + 1 : last + 2] and self.words[last + 1].end == longer.end
        return (
            Toponym(longer, surface, meanings_of(named), first, last + 1 if is_word else first)
            if named
            else None
        )

    def _inside(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the first and the last word of a span, without an article before them, or None if no word is left."""
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end) - 1
        while first <= last and self.small[first] in ("the", "a", "an"):
            first += 1
        while first <= last and self.words[last].end > end:
            last -= 1
        return (first, last) if first <= last else None
