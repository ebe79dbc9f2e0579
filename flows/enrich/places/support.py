"""How far the rest of a text supports what a name may stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from flows.enrich.language.spelling import folded
from flows.enrich.places.phrases import Toponym

MAX_CANDIDATES = 24
"""Candidates of a name that are looked up among the places of the rest of the text."""

MAX_MEANINGS = 2
"""Candidates of a name that support others."""


class Support:
    """The countries and first-order regions that the well-known names of a text lie in, with these names."""

    def __init__(self, named: Iterable[Toponym]) -> None:
        """Take the phrases that surely name a place."""
        self._countries: defaultdict[str, set[str]] = defaultdict(set)
        self._regions: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for toponym in named:
            name = folded(toponym.surface)
            for candidate in toponym.candidates[:MAX_MEANINGS]:
                place = candidate.place
                if place.country:
                    self._countries[place.country].add(name)
                    if place.admin1:
                        self._regions[place.country, place.admin1].add(name)

    def of(self, toponym: Toponym) -> str:
        """Return where other names lie: in the region of a candidate, in its country, elsewhere, nowhere."""
        own = {folded(toponym.surface)}
        places = [each.place for each in toponym.candidates[:MAX_CANDIDATES] if each.place.country]
        if any(self._regions.get((place.country or "", place.admin1 or ""), own) - own for place in places):
            return "region"
        if any(self._countries.get(place.country or "", own) - own for place in places):
            return "country"
        return "elsewhere" if any(names - own for names in self._countries.values()) else "nowhere"
