"""The gazetteer, tables and weights that places are found with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from flows.enrich.language.speech import SpeechVerbs
from flows.enrich.language.spelling import folded
from flows.enrich.lexicons import LEXICONS, table
from flows.enrich.places.gazetteer import Gazetteer
from flows.enrich.places.lookup import Lookup
from flows.enrich.places.words import PlaceWords, read_place_words


@dataclass(frozen=True, slots=True)
class PlaceWeights:
    """The weight of each feature: for words to name a place, and for a place to be the one that is named."""

    naming: Mapping[str, float]
    meaning: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PlaceReference:
    """What places are found with.

    `short_regions` maps `Fla.` to its (country, admin1); `unplaced` holds, by kind, folded names that are on no map.
    """

    gazetteer: Gazetteer
    lookup: Lookup
    weights: PlaceWeights
    words: PlaceWords
    short_regions: Mapping[str, tuple[str, str]]
    unplaced: Mapping[str, frozenset[str]]


def read_place_reference(gazetteer: Gazetteer, speech: SpeechVerbs) -> PlaceReference:
    """Read the weights that `tests/bench/fit_places.py` fitted (`places.json` says on what) and the tables."""
    weights = orjson.loads((LEXICONS / "places.json").read_bytes())
    words = read_place_words(speech)
    return PlaceReference(
        gazetteer=gazetteer,
        lookup=Lookup(gazetteer, words),
        weights=PlaceWeights(weights["naming"], weights["meaning"]),
        words=words,
        short_regions={row["short"]: (row["country"], row["admin1"]) for row in table("abbreviations")},
        unplaced={
            row["kind"]: frozenset(folded(name) for name in row["names"].split("|"))
            for row in table("unplaced")
        },
    )
