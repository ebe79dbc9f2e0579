"""What the gazetteer and the lists of words have under a phrase, whatever stands beside it; kept by the words of the phrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.language.spelling import by_sound, folded
from flows.enrich.places.gazetteer import Candidate, Gazetteer
from flows.enrich.places.kept import Kept
from flows.enrich.places.listings import NO_MEANINGS, Meanings, meanings_of
from flows.enrich.places.words import PLACES_IN_CAPITALS, PlaceWords
from flows.records import Word

MAX_DEMONYM_WORDS = 3

MAX_PHONETIC_WORDS = 3
"""A phrase of more words is not looked up by its sound, nor is one of English words: few are names of places, and each look-up
costs as much as all others of the phrase."""

MIN_DISTINCT_LETTERS = 5
"""A name whose phonetic key has so many letters sounds like few others."""

MAX_KEPT = 50_000
"""Phrases that are kept; a text of news has some 90."""


def is_distinct(name: str) -> bool:
    """Return True if a name that only sounds like one of the gazetteer is probably that one."""
    return len(by_sound(folded(name))) >= MIN_DISTINCT_LETTERS


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase may name; `meanings` is None if it names no place, as far as its own words tell.

    `is_listed` where the gazetteer has the phrase as it stands, `is_function_word` where it is no name in any surroundings.
    """

    meanings: Meanings | None
    is_listed: bool = False
    is_function_word: bool = False


FUNCTION_WORD = Entry(None, is_function_word=True)
UNKNOWN = Entry(None)


class Lookup:
    """The gazetteer and the lists of words, asked for whole phrases."""

    def __init__(self, gazetteer: Gazetteer, classes: PlaceWords) -> None:
        """Begin with no entries."""
        self.gazetteer = gazetteer
        self._classes = classes
        self._kept: Kept[tuple[str, int], Entry] = Kept(MAX_KEPT)

    def entry(self, surface: str, words: Sequence[Word], first: int, last: int) -> Entry:
        """Return what the words from `first` to `last` may name, which are written `surface`."""
        key = surface, last - first
        return self._kept.get(key) or self._kept.put(key, self._entry(surface, words[first : last + 1]))

    def _entry(self, surface: str, words: Sequence[Word]) -> Entry:
        if self._is_function_word(surface):
            return FUNCTION_WORD
        simple = folded(surface)
        if len(words) <= MAX_DEMONYM_WORDS and simple in self.gazetteer.demonyms:
            named = tuple([Candidate(place, "name") for place in self.gazetteer.demonym(surface)])
            return Entry(meanings_of(named, is_adjective=True), is_listed=True)
        if candidates := self.gazetteer.named(simple):
            return Entry(meanings_of(candidates), is_listed=True)
        return self._unlisted(surface, words)

    def _unlisted(self, surface: str, words: Sequence[Word]) -> Entry:
        """Return the entry of a name that the gazetteer does not have, if a word within calls it one or it sounds like one."""
        classes = self._classes
        if "\n" in surface:
            return UNKNOWN
        for number, word in enumerate(words):
            if not word.upper and not (
                word.text in classes.arabic_article
                and surface[word.end - words[0].start] == "-"
                and words[number + 1].upper
            ):
                return UNKNOWN
        if len(words) > 1 and (
            words[-1].text.lower() in classes.kind or words[0].text.lower() in classes.kind_before
        ):
            return Entry(self.without_kind(surface, words))
        if len(words) > MAX_PHONETIC_WORDS or all(word.text.lower() in classes.ordinary for word in words):
            return UNKNOWN
        phonetic = self.gazetteer.phonetic(surface)
        return Entry(meanings_of(phonetic)) if phonetic and is_distinct(surface) else UNKNOWN

    def without_kind(self, surface: str, words: Sequence[Word]) -> Meanings:
        """Return the meanings of a name, or of what is left of it without its kind or its side: `Idlib Province`, `Western US`."""
        classes = self._classes
        first, last = 0, len(words) - 1
        if not last and self._is_function_word(words[0].text):
            return NO_MEANINGS
        if last >= 2 and words[0].text.lower() in classes.area_of and words[1].text == "of":
            first = 3 if words[2].text == "the" and last >= 3 else 2
        shorter = last - 1 if first < last and words[last].text.lower() in classes.area else last
        ranges = [(first, last), (first, shorter)]
        while first < shorter and words[first].text.lower() in classes.side:
            first += 1
            if first == shorter and words[first].text.lower() in classes.ordinary:
                # `Northern Alliance` is not the north of a town called Alliance.
                break
            ranges.append((first, shorter))
        base = words[0].start
        names = [surface[words[start].start - base : words[end].end - base] for start, end in ranges]
        names = [name for name in names if not self._is_function_word(name)] or names[:1]
        found = (self.gazetteer.candidates(name) for name in names)
        return meanings_of(next(filter(None, found), ()) or self.gazetteer.phonetic(names[-1]))

    def _is_function_word(self, surface: str) -> bool:
        """Return True for a function word or a kind at the head of a sentence or in capitals, as `Of` and `IN`."""
        if surface in PLACES_IN_CAPITALS:
            return False
        simple = surface.lower()
        return (
            simple in self._classes.not_alone
            or simple in self._classes.kind
            or (surface.isupper() and len(surface) == 2)
        )
