"""Decides which currency a sign or a word means, by the words beside it and by the places of the text."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.amounts.reference import AmountReference, CurrencyWord
from flows.enrich.places.mentions import PlaceMention
from flows.records import Span

NO_PLACE = "the word is a currency only beside a place where it is used"

WORDS, PLACE, DEFAULT = "words place default".split()
"""What a currency was decided by: its own words, a place of the text, or nothing but its usual meaning."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A code of ISO 4217 with what decided it, or None with a reason."""

    code: str | None
    decided_by: str | None
    null_reason: str | None = None


class CountryEvidence:
    """The countries of a text's places, by position and by frequency."""

    def __init__(self, places: Sequence[PlaceMention]) -> None:
        known = sorted(
            (place.span.start, place.span.end, place.point.country)
            for place in places
            if place.point and place.point.country
        )
        self._starts = [start for start, _, _ in known]
        self._places = known
        self.by_frequency = tuple(code for code, _ in Counter(code for _, _, code in known).most_common())
        self._by_end = {end: code for _, end, code in known}
        self.ends = frozenset(place.span.end for place in places)

    def ending_at(self, end: int) -> str | None:
        """Return the country of the place whose name ends at an offset."""
        return self._by_end.get(end)

    def in_sentence(self, sentence: Span, at: int) -> tuple[str, ...]:
        """Return the countries of the places of a sentence, the nearest to an offset first."""
        first = bisect_left(self._starts, sentence.start)
        last = bisect_left(self._starts, sentence.end)
        nearest = sorted(self._places[first:last], key=lambda place: abs(place[0] - at))
        return tuple(dict.fromkeys(code for _, _, code in nearest))


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an amount stands: the countries of its text, its sentence, the year of publication, and the tables."""

    evidence: CountryEvidence
    sentence: Span
    year: int | None
    reference: AmountReference

    def code_of_place(self, end: int, codes: Sequence[str]) -> str | None:
        """Return the one of the codes that is tender in the place whose name ends at an offset."""
        country = self.evidence.ending_at(end)
        return self.reference.code_of(country, codes, self.year) if country else None


def currency_of(word: CurrencyWord, setting: Setting, at: int) -> Currency:
    """Return the currency that a sign or a noun means at an offset.

    A noun with a usual meaning changes it only for the country that its sentence or, most often, the text names; one without takes
    any country of the text, those of the sentence first.
    """
    if len(set(word.codes)) == 1 and not word.needs_place:
        return Currency(word.codes[0], WORDS)
    reference, evidence, year = setting.reference, setting.evidence, setting.year
    near = evidence.in_sentence(setting.sentence, at)
    if word.default and any(reference.is_tender(word.default, country, year) for country in near):
        return Currency(word.default, PLACE)
    has_meaning = word.default and not word.needs_place
    for country in near + evidence.by_frequency[: 1 if has_meaning else None]:
        code = reference.code_of(country, word.codes, year)
        if code and code in word.places:
            return Currency(code, PLACE)
    if word.needs_place:
        return Currency(None, None, NO_PLACE)
    if word.default:
        return Currency(word.default, DEFAULT)
    return Currency(
        None,
        None,
        f"{len(set(word.codes))} currencies have this name, and no place of the text uses one of them",
    )


def named_currency(codes: Sequence[str], setting: Setting) -> str:
    """Return the currency of a full name such as `Syrian pounds`: of several of one name, the one of that year."""

    def rank(code: str) -> tuple[bool, int]:
        tenders = setting.reference.tenders[code]
        return (
            any(tender.is_valid(setting.year) for tender in tenders),
            max((tender.first or 0 for tender in tenders), default=0),
        )

    return max(codes, key=rank)
