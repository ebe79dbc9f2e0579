"""What the gazetteer and the lists of words have under a name, as classes for the features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.spelling import folded
from flows.enrich.places.gazetteer import Candidate, Place
from flows.enrich.places.words import PlaceWords

LISTED = {Kind.COUNTRY: "country", Kind.REGION: "region", Kind.CAPITAL: "capital"}
TOWN_SIZES = ((500_000, "city"), (50_000, "large town"), (5_000, "town"))
PROMINENCE = {Kind.COUNTRY: 5, Kind.CAPITAL: 3, Kind.REGION: 3, Kind.CONTINENT: 3}

ENGLISH = frozenset({"AU", "CA", "GB", "IE", "NZ", "US"})
"""Countries whose places are named in English, as its words and people are."""

SPELLINGS = ("name", "alternate", "phonetic")
"""How a name and a place match, best first."""

MAX_SUPPORTED = 24
"""Candidates of a name that are looked up among the places of the rest of the text."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """The places that a name may stand for, those with most people first, and what the features take from them.

    `is_adjective` where the name is a demonym, as `Turkish`. `listed` is the kind of the foremost candidate, towns by population, or `no`;
    `spelling` how the best candidate matches, None if there is none; `is_abroad`: they lie in countries of other languages only.
    `countries` and `regions` are those of the first MAX_SUPPORTED.
    """

    candidates: tuple[Candidate, ...]
    is_adjective: bool
    listed: str
    spelling: str | None
    is_abroad: bool
    countries: tuple[str, ...]
    regions: tuple[tuple[str, str], ...]


def meanings_of(candidates: tuple[Candidate, ...], *, is_adjective: bool = False) -> Meanings:
    """Return candidates with what the features take from them."""
    if not candidates:
        return NO_MEANINGS
    places = [each.place for each in candidates]
    spellings = {each.spelling for each in candidates}
    near = [place for place in places[:MAX_SUPPORTED] if place.country]
    return Meanings(
        candidates,
        is_adjective,
        _listed_as(places, is_adjective=is_adjective),
        next(each for each in SPELLINGS if each in spellings),
        ENGLISH.isdisjoint([place.country for place in places]),
        tuple(dict.fromkeys([place.country for place in near if place.country])),
        tuple(
            dict.fromkeys([(place.country, place.admin1) for place in near if place.country and place.admin1])
        ),
    )


NO_MEANINGS = Meanings((), False, "no", None, False, (), ())


def _listed_as(places: Sequence[Place], *, is_adjective: bool) -> str:
    """Return what the gazetteer has under a name: the kind of the foremost candidate, towns by population."""
    if is_adjective:
        return "demonym" if places[0].kind is Kind.COUNTRY else "wide demonym"
    best = max(places, key=_prominence)
    if named := LISTED.get(best.kind):
        return named
    if best.kind is not Kind.DISTRICT and best.kind not in TOWNS:
        return "wide"
    if best.kind is Kind.DISTRICT and best.population < TOWN_SIZES[1][0]:
        return "district"
    return next((name for least, name in TOWN_SIZES if best.population > least), "village")


def _prominence(place: Place) -> tuple[int, int]:
    return PROMINENCE.get(place.kind, 1), place.population


def ordinary_class(
    surface: str, meanings: Meanings, first_word: str, classes: PlaceWords, *, is_acronym: bool
) -> str:
    """Return what else a name may be: an acronym, a title, a word of English, a surname, a given name."""
    simple = folded(surface)
    if is_acronym:
        return "acronym"
    if simple in classes.title:
        return "title"
    if " " in simple:
        if folded(first_word) in classes.given_name:
            return "given name first"
        is_plain = all(word in classes.ordinary or word in classes.connecting for word in simple.split())
        return (
            "several words of English"
            if is_plain
            else "several words abroad"
            if meanings.is_abroad
            else "several words"
        )
    if simple in classes.ordinary:
        return "word"
    is_given, is_surname = simple in classes.given_name, simple in classes.surname
    if is_given or is_surname:
        return "both names" if is_given and is_surname else "given name" if is_given else "surname"
    return "none abroad" if meanings.is_abroad else "none"
