"""What the gazetteer and the lists of words have under a name, as classes for the features."""

from __future__ import annotations

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.spelling import folded
from flows.enrich.places.gazetteer import Place
from flows.enrich.places.phrases import Toponym
from flows.enrich.places.words import PlaceWords

LISTED = {Kind.COUNTRY: "country", Kind.REGION: "region", Kind.CAPITAL: "capital"}
TOWN_SIZES = ((500_000, "city"), (50_000, "large town"), (5_000, "town"))
PROMINENCE = {Kind.COUNTRY: 5, Kind.CAPITAL: 3, Kind.REGION: 3, Kind.CONTINENT: 3}

ENGLISH = frozenset({"AU", "CA", "GB", "IE", "NZ", "US"})
"""Countries whose places are named in English, as its words and people are."""


def listed_as(toponym: Toponym) -> str:
    """Return what the gazetteer has under a name: the kind of the foremost candidate, towns by population."""
    if not toponym.candidates:
        return "no"
    if toponym.is_adjective:
        return "demonym" if toponym.candidates[0].place.kind is Kind.COUNTRY else "wide demonym"
    best = max([each.place for each in toponym.candidates], key=_prominence)
    if named := LISTED.get(best.kind):
        return named
    if best.kind is not Kind.DISTRICT and best.kind not in TOWNS:
        return "wide"
    if best.kind is Kind.DISTRICT and best.population < TOWN_SIZES[1][0]:
        return "district"
    return next((name for least, name in TOWN_SIZES if best.population > least), "village")


def ordinary_class(toponym: Toponym, first_word: str, classes: PlaceWords, *, is_acronym: bool) -> str:
    """Return what else a name may be: an acronym, a title, a word of English, a surname, a given name."""
    simple = folded(toponym.surface)
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
            if _is_abroad(toponym)
            else "several words"
        )
    if simple in classes.ordinary:
        return "word"
    is_given, is_surname = simple in classes.given_name, simple in classes.surname
    if is_given or is_surname:
        return "both names" if is_given and is_surname else "given name" if is_given else "surname"
    return "none abroad" if _is_abroad(toponym) else "none"


def _is_abroad(toponym: Toponym) -> bool:
    """Return True if the gazetteer has the name in countries of other languages only."""
    return bool(toponym.candidates) and ENGLISH.isdisjoint(each.place.country for each in toponym.candidates)


def _prominence(place: Place) -> tuple[int, int]:
    return PROMINENCE.get(place.kind, 1), place.population
