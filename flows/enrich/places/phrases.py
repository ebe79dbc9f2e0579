"""Which words of a text may name a place: capitalised phrases that the gazetteer, the model or their own words call one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.enrich.language.spelling import by_sound, folded
from flows.enrich.places.gazetteer import Candidate, Place
from flows.enrich.places.other_names import is_disease, is_press
from flows.enrich.places.reference import PlaceReference
from flows.enrich.places.words import PLACES_IN_CAPITALS
from flows.records import Reading, Span

MAX_WORDS = 6
"""No name of the gazetteer that news uses has more."""

MAX_DEMONYM_WORDS = 3

MAX_PHONETIC_WORDS = 3
"""A phrase of more words is not looked up by its sound, nor is one of English words: few are names of places, and each look-up
costs as much as all others of the phrase."""

POSSESSIVES = ("'s", "’s")
PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})


@dataclass(frozen=True, slots=True)
class Toponym:
    """Words that may name a place, and the places that they may name, those with most people first.

    `is_adjective` where they are a demonym, as `Turkish`.
    """

    span: Span
    surface: str
    candidates: tuple[Candidate, ...]
    is_adjective: bool = False


MIN_DISTINCT_LETTERS = 5
"""A name whose phonetic key has so many letters sounds like few others."""


def is_distinct(name: str) -> bool:
    """Return True if a name that only sounds like one of the gazetteer is probably that one."""
    return len(by_sound(folded(name))) >= MIN_DISTINCT_LETTERS


class Phrases:
    """One text, searched for phrases that may name a place."""

    def __init__(self, reading: Reading, reference: PlaceReference) -> None:
        """Index the words by their offsets."""
        self.text = reading.text
        self.words = reading.words
        numbers = range(len(self.words))
        self.number_at = dict(zip([word.start for word in self.words], numbers, strict=True))
        self.number_to = dict(zip([word.end for word in self.words], numbers, strict=True))
        self._gazetteer = reference.gazetteer
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
            inside = self._inside(start, end) if label in PLACE_LABELS else []
            if (
                inside
                and self.words[inside[0]].upper
                and self.words[inside[0]].text.lower() not in self._classes.storm
            ):
                first, last = inside[0], inside[-1]
                if first and self._is_address(first - 1):
                    continue
                span = Span(self.words[first].start, self.words[last].end)
                found.setdefault(
                    (span.start, span.end),
                    Toponym(span, span.of(self.text), self._without_kind(first, last)),
                )
        return [found[at] for at in sorted(found)]

    def short_region(self, number: int) -> Place | None:
        """Return the region of `Fla.` in `Gainesville, Fla.` and of `D-N.D.`."""
        word = self.words[number]
        has_period = self.text[word.end : word.end + 1] == "."
        code = self._short_regions.get(word.text) or (
            self._short_regions.get(f"{word.text}.") if has_period else None
        )
        if code is None:
            return None
        before = self.text[max(0, word.start - 2) : word.start]
        is_party = before.endswith("-") and before[0] in "DR"
        is_whole = word.text.count(".") > 1 and self._labels.get((word.start, word.end)) == "GPE"
        return self._gazetteer.region(*code) if is_whole or is_party or before == ", " else None

    def is_settlement(self, number: int) -> bool:
        """Return True if `the village of` stands before a word."""
        before = self.words[max(0, number - 2) : number]
        return (
            len(before) == 2
            and before[1].text in ("of", "called", "named")
            and before[0].text.lower() in self._classes.settlement
        )

    def stands_in_other_name(self, toponym: Toponym) -> bool:
        """Return True if a name stands in the name of a newspaper, an agency or a disease."""
        first, last = (
            self.number_at[toponym.span.start],
            self.number_to.get(toponym.span.end, self.number_at[toponym.span.start]),
        )
        is_named_after = is_disease(self.words, last, self._classes) and not toponym.is_adjective
        return is_named_after or is_press(self.words, first, last, self._classes)

    def _phrases(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last word of each phrase that begins and ends with a capitalised word."""
        words, connecting = self.words, self._classes.connecting
        articles = self._classes.arabic_article
        for first in [at for at, word in enumerate(words) if word.upper or word.text in articles]:
            if (not words[first].upper and not self._is_article(first)) or self._begins_no_place(first):
                continue
            last = first
            while True:
                if words[last].upper:
                    yield first, last
                last += 1
                if last < len(words) and self._is_possessive(last):
                    last += 1
                if last >= len(words) or last - first >= MAX_WORDS:
                    break
                if not words[last].joined and not self._is_wrapped(last):
                    break
                if (
                    not words[last].upper
                    and words[last].text not in connecting
                    and not self._is_article(last)
                ):
                    break

    def _is_wrapped(self, number: int) -> bool:
        """Return True if only the end of a line stands between a word and the one before it."""
        between = self.text[self.words[number - 1].end : self.words[number].start]
        return between.isspace() and between.count("\n") == 1

    def _is_possessive(self, number: int) -> bool:
        """Return True if a word is the `s` of `Cox's Bazar`."""
        before = self.words[number - 1]
        return self.words[number].text in ("s", "S") and self.text[before.end : self.words[number].start] in (
            "'",
            "’",
        )

    def _is_article(self, number: int) -> bool:
        """Return True if a word is the lowercase `al` of `al-Bab`."""
        word = self.words[number]
        return (
            word.text in self._classes.arabic_article
            and number + 1 < len(self.words)
            and self.text[word.end : word.end + 1] == "-"
            and self.words[number + 1].upper
        )

    def _begins_no_place(self, first: int) -> bool:
        """Return True for an article, and for the names of storms and persons: `Hurricane Florence`, `Mr London`."""
        classes = self._classes
        head = self.words[first].text.lower()
        if head == "the" or head in classes.storm:
            return True
        return first > 0 and (
            self.words[first - 1].text.lower() in classes.storm or self._is_address(first - 1)
        )

    def _toponym(self, first: int, last: int) -> Toponym | None:
        """Return what the words from `first` to `last` may name, or None if they name no place."""
        words = self.words
        start, end = words[first].start, words[last].end
        surface = self.text[start:end]
        if first == last:
            if len(surface) == 1:
                return None
            if region := self.short_region(first):
                is_longer = self.text[end : end + 1] == "." and f"{surface}." in self._short_regions
                whole = Span(start, end + is_longer)
                return Toponym(whole, whole.of(self.text), (Candidate(region, "name"),))
        if self._is_no_name(surface):
            return None
        if last - first < MAX_DEMONYM_WORDS and (owners := self._gazetteer.demonym(surface)):
            named = tuple([Candidate(place, "name") for place in owners])
            return Toponym(Span(start, end), surface, named, True)
        if self.text[end : end + 2] in POSSESSIVES and (owned := self._with_possessive(start, end)):
            return owned
        if candidates := self._gazetteer.candidates(surface):
            return Toponym(Span(start, end), surface, candidates)
        return self._unlisted(first, last, surface)

    def _unlisted(self, first: int, last: int, surface: str) -> Toponym | None:
        """Return the name that the gazetteer does not have, if the words beside or within it call it one or it sounds like one."""
        words, classes = self.words, self._classes
        if "\n" in surface:
            return None
        for at in range(first, last + 1):
            if not words[at].upper and not self._is_article(at):
                return None
        span = Span(words[first].start, words[last].end)
        has_kind = last > first and (
            words[last].text.lower() in classes.kind or words[first].text.lower() in classes.kind_before
        )
        if has_kind:
            return Toponym(span, surface, self._without_kind(first, last))
        if first == last and self.is_settlement(first):
            return Toponym(span, surface, self._gazetteer.phonetic(surface))
        if last - first >= MAX_PHONETIC_WORDS or self._is_ordinary(first, last):
            return None
        phonetic = self._gazetteer.phonetic(surface)
        return Toponym(span, surface, phonetic) if phonetic and is_distinct(surface) else None

    def _is_ordinary(self, first: int, last: int) -> bool:
        """Return True if a phrase is made of words of English."""
        return all(word.text.lower() in self._classes.ordinary for word in self.words[first : last + 1])

    def _is_address(self, number: int) -> bool:
        """Return True if a word is a form of address right before the next one, as in `Mr London`."""
        word, between = self.words[number], self.text[self.words[number].end : self.words[number + 1].start]
        return between in (" ", ". ") and word.upper and word.text.lower() in self._classes.address

    def _with_possessive(self, start: int, end: int) -> Toponym | None:
        """Return `St. John's`, whose possessive is part of the name."""
        longer = Span(start, end + 2)
        surface = longer.of(self.text)
        named = tuple(
            each for each in self._gazetteer.candidates(surface) if each.place.name.endswith(POSSESSIVES)
        )
        return Toponym(longer, surface, named) if named else None

    def _without_kind(self, first: int, last: int) -> tuple[Candidate, ...]:
        """Return the candidates of a name, or of what is left of it without its kind or its side: `Idlib Province`, `Western US`."""
        words, classes = self.words, self._classes
        if first == last and self._is_no_name(words[first].text):
            return ()
        if (
            last - first >= 2
            and words[first].text.lower() in classes.area_of
            and words[first + 1].text == "of"
        ):
            first += 3 if words[first + 2].text == "the" and last - first >= 3 else 2
        shorter = last - 1 if first < last and words[last].text.lower() in classes.area else last
        ranges = [(first, last), (first, shorter)]
        while first < shorter and words[first].text.lower() in classes.side:
            first += 1
            if first == shorter and words[first].text.lower() in classes.ordinary:
                # `Northern Alliance` is not the north of a town called Alliance.
                break
            ranges.append((first, shorter))
        names = [self.text[words[start].start : words[end].end] for start, end in ranges]
        names = [name for name in names if not self._is_no_name(name)] or names[:1]
        found = (self._gazetteer.candidates(name) for name in names)
        return next(filter(None, found), ()) or self._gazetteer.phonetic(names[-1])

    def _is_no_name(self, surface: str) -> bool:
        """Return True for a function word or a kind at the head of a sentence or in capitals, as `Of` and `IN`."""
        if surface in PLACES_IN_CAPITALS:
            return False
        simple = surface.lower()
        return (
            simple in self._classes.not_alone
            or simple in self._classes.kind
            or (surface.isupper() and len(surface) == 2)
        )

    def _inside(self, start: int, end: int) -> list[int]:
        """Return the numbers of the words of a span, without an article before them; empty if none is left."""
        inside = [number for at in range(start, end) if (number := self.number_at.get(at)) is not None]
        while inside and self.words[inside[0]].text.lower() in ("the", "a", "an"):
            inside = inside[1:]
        while inside and self.words[inside[-1]].end > end:
            inside = inside[:-1]
        return inside
