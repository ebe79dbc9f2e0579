"""The countries that a text names, and where: they determine whose holiday is meant."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.places.mentions import PlaceMention
from flows.records import Span


@dataclass(frozen=True, slots=True)
class Countries:
    """The places of a text in reading order: their spans, the country of each, and all countries by frequency."""

    spans: tuple[Span, ...] = ()
    codes: tuple[str, ...] = ()
    by_frequency: tuple[str, ...] = ()
    ends: frozenset[int] = frozenset()

    def within(self, start: int, end: int) -> list[tuple[Span, str]]:
        """Return the places that begin in a part of the text."""
        first = bisect_left(self.spans, start, key=lambda span: span.start)
        last = bisect_left(self.spans, end, key=lambda span: span.start)
        return list(zip(self.spans[first:last], self.codes[first:last], strict=True))


def countries_of(places: Sequence[PlaceMention]) -> Countries:
    """Return the countries of a text's places; places that lie in several countries are omitted."""
    known = sorted(
        [
            (place.span.start, place.span.end, place.span, place.point.country)
            for place in places
            if place.point and place.point.country
        ]
    )
    codes = tuple(code for *_, code in known)
    return Countries(
        spans=tuple(span for _, _, span, _ in known),
        codes=codes,
        by_frequency=tuple(code for code, _ in Counter(codes).most_common()),
        ends=frozenset(place.span.end for place in places),
    )
