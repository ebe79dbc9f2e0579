"""What the case of a word is decided from: the tables of names and words, the gazetteer, and fitted weights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson

from flows.enrich.entities.reference import EntityReference
from flows.enrich.lexicons import LEXICONS
from flows.enrich.places.gazetteer import Gazetteer
from flows.enrich.places.reference import PlaceReference

CASES = ("lower", "capital", "upper")
"""How a word is written: `said`, `Ankara`, `NATO`. The order of the weights."""

DATES = frozenset(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "monday tuesday wednesday thursday friday saturday sunday".split()
)

MAX_NAME_WORDS = 5
"""Longer names of the tables are found by their first words."""


@dataclass(frozen=True, slots=True)
class CasingReference:
    """Classes of lowercase words, acronyms, names of several words, and the weights of `casing.json`.

    `phrases` are names of organisations and peoples in lowercase, as tuples of words. `is_place` answers for a name in lowercase.
    """

    classes: Mapping[str, Collection[str]]
    acronyms: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    is_place: Callable[[str], bool]
    weights: Mapping[str, Sequence[float]]


def read_casing_reference(entities: EntityReference, places: PlaceReference) -> CasingReference:
    """Read the weights that `tests/bench/fit_casing.py` fitted, and take the rest from the tables of names and places."""
    names = [*entities.actors, *entities.peoples]
    return CasingReference(
        classes={
            "word": entities.ordinary,
            "given": entities.given_names,
            "family": entities.family_names,
            "title": entities.titles.words,
            "short": entities.titles.abbreviations,
            "organisation": entities.organisations.heads | entities.organisations.modifiers,
            "date": DATES,
            "speech": entities.speech,
        },
        acronyms=frozenset(
            name.replace(".", "").lower() for name in names if name.isupper() and " " not in name
        )
        - entities.ordinary,
        phrases=frozenset(
            tuple(name.lower().split()[:MAX_NAME_WORDS])
            for name in names
            if " " in name and not name.isupper()
        ),
        is_place=lambda name: _names_a_place(places.gazetteer, name),
        weights=orjson.loads((LEXICONS / "casing.json").read_bytes()),
    )


def _names_a_place(gazetteer: Gazetteer, name: str) -> bool:
    return bool(gazetteer.candidates(name) or gazetteer.demonym(name))
