"""How far the rest of a text supports what a name may stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from flows.enrich.language.spelling import folded
from flows.enrich.places.phrases import Toponym

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
        own = folded(toponym.surface)
        if any(_names_others(self._regions.get(region), own) for region in toponym.meanings.regions):
            return "region"
        if any(_names_others(self._countries.get(country), own) for country in toponym.meanings.countries):
            return "country"
        return (
            "elsewhere" if any(_names_others(names, own) for names in self._countries.values()) else "nowhere"
        )


def _names_others(names: set[str] | None, own: str) -> bool:
    """Return True if there are names besides `own`."""
    return names is not None and (len(names) > 1 or own not in names)
