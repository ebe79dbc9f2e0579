"""Which phrases name a place: the score of each, and the best ones that do not overlap."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

from flows.enrich.places.features import Context
from flows.enrich.places.phrases import Phrases, Toponym
from flows.enrich.places.reference import PlaceReference
from flows.records import Reading


class Featured(NamedTuple):
    """A phrase with its features. `is_stated`: the text says that it is a settlement, as in `the village of`."""

    toponym: Toponym
    features: tuple[str, ...]
    is_stated: bool = False


class NamedPlace(NamedTuple):
    """A phrase that names a place, with the probability that it does."""

    toponym: Toponym
    probability: float


def features_in(reading: Reading, reference: PlaceReference) -> list[Featured]:
    """Return every phrase of a text that may name a place, with its features, in reading order."""
    phrases = Phrases(reading, reference)
    toponyms = phrases.toponyms()
    toponyms = [each for each in toponyms if not phrases.stands_in_other_name(each)]
    context = Context(reading, phrases, toponyms, reference.words)
    return [Featured(each, context.features_of(each), phrases.is_settlement(each.first)) for each in toponyms]


STATED_SCORE = 1.0
"""The score of a name after `the village of` or `a town called` is at least this, unless it is a word of English that no
gazetteer lists: the text says that it is a place. Not tuned."""

UNLISTED_WORD = frozenset({"ordinary word", "listed no"})
"""The features of a word of English that is no place: `a State of Emergency`."""

DEMONYM_SCORE = 0.0
"""The score of a country's demonym is at least this, unless it is within a longer name or has another meaning. Labelled corpora differ
in whether they count demonyms, so that what is fitted on them says little. Not tuned."""

OTHER_MEANINGS = frozenset(
    {"ordinary word", "ordinary given name", "ordinary surname", "ordinary both names"}
)
LONGER_NAMES = frozenset({"within a longer name", "within a longer listed name"})


def _score(phrase: Featured, weights: Mapping[str, float]) -> float:
    features = phrase.features
    score = sum(map(weights.get, features, repeat(0.0)))
    if phrase.is_stated and not UNLISTED_WORD.issubset(features):
        return max(score, STATED_SCORE)
    is_demonym = (
        phrase.toponym.is_adjective and "listed demonym" in features and LONGER_NAMES.isdisjoint(features)
    )
    if is_demonym and ("model NORP" in features or OTHER_MEANINGS.isdisjoint(features)):
        return max(score, DEMONYM_SCORE)
    return score


def choose(phrases: Sequence[Featured], weights: Mapping[str, float], min_score: float) -> list[NamedPlace]:
    """Return the phrases that name a place: highest score first, none that overlaps another; in reading order.

    A score is the log-odds that a phrase names a place. A name within a longer one that is listed too is left out:
    `Virginia` of `West Virginia`.
    """
    scored = [(each.toponym, _score(each, weights)) for each in phrases]
    within = set()
    reaches = -1
    for toponym, score in sorted(scored, key=lambda pair: (pair[0].span.start, -pair[0].span.end)):
        if toponym.span.end <= reaches:
            within.add(toponym.span)
        elif score > min_score and toponym.candidates and " " in toponym.surface:
            reaches = toponym.span.end
    chosen: list[NamedPlace] = []
    taken = bytearray(max((toponym.span.end for toponym, _ in scored), default=0))
    for toponym, score in sorted(scored, key=lambda pair: (-pair[1], pair[0].span.start)):
        if score <= min_score:
            break
        start, end = toponym.span.start, toponym.span.end
        if toponym.span not in within and not any(taken[start:end]):
            chosen.append(NamedPlace(toponym, 1 / (1 + math.exp(-score))))
            taken[start:end] = b"\1" * (end - start)
    return sorted(chosen, key=lambda each: each.toponym.span.start)
