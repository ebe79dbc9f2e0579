"""Names that are no place unless the text says what they lie in: the world, bodies of the sky, heads of earnings tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from flows.enrich.language.spelling import folded
from flows.enrich.places.candidates import holds
from flows.enrich.places.phrases import Toponym

BEYOND = (
    "the world or a body of the sky has this name, and the text does not say where a town of this name lies"
)

WORLDWIDE, TABLE_HEAD = "worldwide", "table head"

LIES_IN = frozenset({", ", ", in ", " ("})
"""Between a name and the place that it lies in; a bare `in` is not among them: capsules come down to Earth in Texas."""

SETTLEMENT_OF = re.compile(
    r"\b(?:villages?|towns?|hamlet|city|suburb|township|commune|municipality) (?:of|called|named) $",
    re.IGNORECASE,
)
"""Before a name that is a settlement's; `region of` is not among them, since Mars has regions."""
LOOK_BACK = 30


def unplaced_in(
    toponyms: Sequence[Toponym], text: str, listed: Mapping[str, frozenset[str]]
) -> dict[str, str]:
    """Return WORLDWIDE or TABLE_HEAD by the folded name, for the names that the text places nowhere.

    One mention that is placed (`Mars, Pa.`, `the town of Earth`) makes all mentions of the name in the text a town's.
    """
    worldwide = frozenset(
        word for kind in ("world", "body", "with") for name in listed[kind] for word in name.split()
    )
    kinds = {
        name: kind
        for each in toponyms
        if (kind := _kind(name := folded(each.surface), each, listed, worldwide))
    }
    if not kinds:
        return kinds
    for each in toponyms:
        if SETTLEMENT_OF.search(text, max(0, each.span.start - LOOK_BACK), each.span.start):
            kinds.pop(folded(each.surface), None)
    for each, following in pairwise(toponyms):
        between = text[each.span.end : following.span.start]
        if between in LIES_IN and not following.is_adjective and _lies_in(each, following):
            kinds.pop(folded(each.surface), None)
    return kinds


def _kind(
    name: str, toponym: Toponym, listed: Mapping[str, frozenset[str]], worldwide: frozenset[str]
) -> str | None:
    if toponym.is_adjective:
        return None
    words = name.split()
    if name in listed["world"] or name in listed["body"]:
        return WORLDWIDE
    if listed["table"].issuperset(words):
        return TABLE_HEAD
    is_unlisted = not toponym.candidates and len(words) > 1
    return WORLDWIDE if is_unlisted and worldwide.issuperset(words) else None


def _lies_in(toponym: Toponym, container: Toponym) -> bool:
    return any(
        holds(there.place, here.place) for there in container.candidates[:8] for here in toponym.candidates
    )
