"""The place that a name in no gazetteer lies in, as the text says."""

from __future__ import annotations

from collections.abc import Sequence

from flows.enrich.gazetteer_index import Kind
from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.gazetteer import Place
from flows.enrich.places.phrases import Toponym
from flows.enrich.places.resolution import Choice
from flows.records import Reading

MAX_MENTIONS = 40
"""Mentions on either side that an unlisted place may lie in."""

LIES_IN = frozenset({", ", " in ", ", in ", " in the ", ", a village in ", ", a town in "})


def container_of(
    reading: Reading, number: int, toponyms: Sequence[Toponym], choices: Sequence[tuple[Choice, ...]]
) -> Place | None:
    """Return the place behind the comma of a mention, else the last one named before it, else the next one after it.

    A town or a region is preferred to a country, and a place of the same sentence to others.
    """
    here = toponyms[number]
    first, last = max(0, number - MAX_MENTIONS), min(len(toponyms), number + MAX_MENTIONS)
    best = {
        at: choices[at][0].place if choices[at] and not toponyms[at].is_adjective else None
        for at in range(first, last)
    }
    following = best.get(number + 1)
    if following and reading.text[here.span.end : toponyms[number + 1].span.start] in LIES_IN:
        return following
    sentence = sentence_at(reading.sentences, here.span.start)
    order = [*range(number - 1, first - 1, -1), *range(number + 1, last)]
    same = [at for at in order if sentence_at(reading.sentences, toponyms[at].span.start) == sentence]
    for at in (*same, *order):
        place = best[at]
        if place and place.country and place.kind is not Kind.COUNTRY:
            return place
    return next((choices[at][0].place for at in order if choices[at] and choices[at][0].place.country), None)
