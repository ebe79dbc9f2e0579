"""What is read out of an article, and in which order: the registry of the fields."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.entities.mentions import Mention, mentions_in
from flows.enrich.places.mentions import PlaceMention, places_in
from flows.enrich.quotes.quotations import Quote, quotes_in
from flows.enrich.reference import Reference
from flows.enrich.times.expressions import Time, times_in
from flows.records import Article, Reading


@dataclass(frozen=True, slots=True)
class Findings:
    """What each field found in one text, in reading order."""

    places: tuple[PlaceMention, ...]
    mentions: tuple[Mention, ...]
    times: tuple[Time, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Enriched:
    """An article, how it was read, and what was found in it."""

    article: Article
    reading: Reading
    found: Findings


def find_all(reading: Reading, reference: Reference) -> Findings:
    """Let every field read a text; a field is given what those before it found."""
    places = places_in(reading, reference.places)
    return Findings(
        places=places,
        mentions=mentions_in(reading, places, reference.entities),
        times=times_in(reading, places),
        quotes=quotes_in(reading, reference.quotes),
    )
