"""Which tokens end the name of a place, a person or a town."""

from __future__ import annotations

from collections.abc import Sequence

from flows.enrich.entities.mentions import Mention
from flows.enrich.events.clauses import PERSON_NAME, PLACE_NAME
from flows.enrich.gazetteer_index import Kind
from flows.enrich.places.mentions import PlaceMention
from flows.syntax import Syntax

TOWNS = frozenset((Kind.TOWN, Kind.SEAT, Kind.QUARTER, Kind.DISTRICT))


def names_of(syntax: Syntax, places: Sequence[PlaceMention], mentions: Sequence[Mention]) -> dict[int, str]:
    """Return the class of `event_words.tsv` that each name of a place or a person stands for, by its last token."""
    named = [(each.span, PLACE_NAME) for each in places if not each.is_adjective]
    named += [(each.span, PERSON_NAME) for each in mentions if each.type == "PER" and each.kind != "nominal"]
    found = {}
    for span, kind in named:
        numbers = syntax.within(span.start, span.end)
        if numbers:
            found[numbers[-1]] = kind
    return found


def towns_of(syntax: Syntax, places: Sequence[PlaceMention]) -> frozenset[int]:
    """Return the last tokens of the names of towns that are no capital: they stand for no government."""
    numbers = (
        syntax.within(each.span.start, each.span.end)
        for each in places
        if each.place and each.place.kind in TOWNS and not each.is_adjective
    )
    return frozenset(each[-1] for each in numbers if each)
