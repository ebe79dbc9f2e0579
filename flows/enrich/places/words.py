"""The words that tell whether the words beside them name a place, by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.language.speech import SpeechVerbs
from flows.enrich.lexicons import table, word_list

AUXILIARIES = frozenset("is was are were has have had will who and".split())
"""Words that follow a subject as verbs of speech do."""

PLACES_IN_CAPITALS = frozenset({"US", "U.S.", "UK", "EU", "DC", "LA"})
"""Names of two letters that are no word in a text in capitals."""


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Word classes, all in lowercase.

    The classes of `place_words.tsv` have its names. `title` holds titles and forms of address, `address` the latter, `speech` what follows the
    subject of a sentence that reports. `ordinary` holds words of English, `surname` and `given_name` names of people, folded.
    """

    connecting: frozenset[str]
    arabic_article: frozenset[str]
    kind: frozenset[str]
    kind_before: frozenset[str]
    area: frozenset[str]
    area_of: frozenset[str]
    division: frozenset[str]
    side: frozenset[str]
    settlement: frozenset[str]
    storm: frozenset[str]
    where: frozenset[str]
    resident: frozenset[str]
    verb: frozenset[str]
    disease: frozenset[str]
    press: frozenset[str]
    not_alone: frozenset[str]
    title: frozenset[str]
    address: frozenset[str]
    speech: frozenset[str]
    ordinary: frozenset[str]
    surname: frozenset[str]
    given_name: frozenset[str]


def read_place_words(speech: SpeechVerbs) -> PlaceWords:
    """Read the tables of words and names."""
    classes = {row["class"]: frozenset(row["words"].split("|")) for row in table("place_words")}
    titles = [row for row in table("titles") if row["kind"] != "modifier"]
    return PlaceWords(
        **classes,
        title=_single(titles),
        address=_single([row for row in titles if row["kind"] == "address"]),
        speech=speech.finite | AUXILIARIES,
        ordinary=word_list("ordinary_words"),
        surname=word_list("family_names"),
        given_name=word_list("given_names"),
    )


def _single(titles: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """Return the titles of one word with their abbreviations."""
    words = (word for row in titles for word in (row["title"], *row["abbreviations"].split("|")))
    return frozenset(word for word in words if word and " " not in word)
