"""Mentions of places: which words name a place, which place of the gazetteer it is, and how exactly it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.gazetteer_index import Kind
from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.spelling import folded
from flows.enrich.places.choosing import NamedPlace, choose, features_in
from flows.enrich.places.containers import container_of
from flows.enrich.places.gazetteer import Place
from flows.enrich.places.listings import NO_MEANINGS
from flows.enrich.places.lookup import is_distinct
from flows.enrich.places.precision import precision_of
from flows.enrich.places.reference import PlaceReference
from flows.enrich.places.relations import Relation, relation_before
from flows.enrich.places.resolution import Choice, Resolver, key_of
from flows.enrich.places.unplaced import BEYOND, TABLE_HEAD, unplaced_in
from flows.records import Reading, Span

UNLISTED = "not in the gazetteer, and no place beside it to lie in"
UNLISTED_WITHIN = "not in the gazetteer; the point is that of the place it lies in"
PHONETIC_ALONE = "only a name that sounds alike is in the gazetteer, and it is not near any place of the text"

MIN_SCORE = -0.6
"""A phrase names a place from this score on. Tuned on the four corpora of `places.json`, each left out of its fit: the mean F1 of whole texts
is 88.6 at -0.9, -0.6 and -0.3 and 88.0 at 0, that of single sentences 87.1 at -0.9 and -0.6, 86.6 at -0.3 and 85.7 at 0."""

NEAR_ENOUGH_KM = 200.0
"""A name that only sounds alike is accepted within this distance of another place of the text, the size of a region; without
such a place, if it is distinct."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One mention of a place.

    `name_probability` is the probability that the words name a place. `place` is the one they most probably name, with
    `probability`, or None with a reason; `choices` are all candidates. For a name that no gazetteer lists, `within` is the place
    it lies in as the text says. `relation` is the phrase before the name that sets it off from the place (`near`).
    """

    span: Span
    surface: str
    is_adjective: bool
    name_probability: float
    place: Place | None
    within: Place | None
    choices: tuple[Choice, ...]
    probability: float | None
    relation: Relation | None
    geo_precision: int | None
    where_prec: int | None
    null_reason: str | None
    sentence_no: int

    @property
    def point(self) -> Place | None:
        """The place whose point and country stand for the mention: what was chosen, else what it lies in."""
        return self.place or self.within


def places_in(reading: Reading, reference: PlaceReference) -> tuple[PlaceMention, ...]:
    """Return the mentions of places in reading order; none where the model did not read the text."""
    if reading.unread or not reading.text:
        return ()
    named = choose(features_in(reading, reference), reference.weights.naming, MIN_SCORE)
    return resolved(reading, named, reference)


def resolved(
    reading: Reading, named: Sequence[NamedPlace], reference: PlaceReference
) -> tuple[PlaceMention, ...]:
    """Return the mention of each phrase that names a place, in reading order; heads of tables are left out."""
    unplaced = unplaced_in([each.toponym for each in named], reading.text, reference.unplaced)
    named = [each for each in named if unplaced.get(folded(each.toponym.surface)) != TABLE_HEAD]
    toponyms = [
        each.toponym._replace(meanings=NO_MEANINGS)
        if folded(each.toponym.surface) in unplaced
        else each.toponym
        for each in named
    ]
    meanings = Resolver(toponyms, reading.text, reference.words.division).resolve(reference.weights.meaning)
    choices = [meanings[key_of(each)] for each in toponyms]
    towns = [
        own[0].place
        for own in meanings.values()
        if own
        and own[0].spelling != "phonetic"
        and own[0].place.country
        and own[0].place.kind is not Kind.COUNTRY
    ]
    accepted = [
        _spelled_or_near(toponym.surface, own, towns) for toponym, own in zip(toponyms, choices, strict=True)
    ]
    within: dict[str, Place | None] = {}
    for number, toponym in enumerate(toponyms):
        name = folded(toponym.surface)
        if not accepted[number] and not within.get(name):
            within[name] = None if name in unplaced else container_of(reading, number, toponyms, accepted)
    mentions = []
    for each, own, every in zip(named, accepted, choices, strict=True):
        name = folded(each.toponym.surface)
        reason = BEYOND if name in unplaced else PHONETIC_ALONE if every and not own else UNLISTED
        mentions.append(_mention(reading, each, own, None if own else within[name], reason))
    return tuple(mentions)


def _mention(
    reading: Reading, named: NamedPlace, own: tuple[Choice, ...], within: Place | None, reason: str
) -> PlaceMention:
    toponym = named.toponym
    place = own[0].place if own else None
    relation = relation_before(reading.text, toponym.span.start)
    precision = precision_of(place, within, is_near=relation is not None)
    return PlaceMention(
        span=toponym.span,
        surface=toponym.surface,
        is_adjective=toponym.is_adjective,
        name_probability=named.probability,
        place=place,
        within=within,
        choices=own,
        probability=own[0].probability if own else None,
        relation=relation,
        geo_precision=precision.geo if precision else None,
        where_prec=precision.where if precision else None,
        null_reason=None if place else UNLISTED_WITHIN if within and reason == UNLISTED else reason,
        sentence_no=sentence_at(reading.sentences, toponym.span.start),
    )


def _spelled_or_near(surface: str, own: tuple[Choice, ...], towns: Sequence[Place]) -> tuple[Choice, ...]:
    """Return the choices; of those that only sound alike, the ones near a place of the text that is spelled so."""
    if not own or own[0].spelling != "phonetic":
        return own
    near = tuple(each for each in own if any(each.place.km_to(town) <= NEAR_ENOUGH_KM for town in towns))
    return near or (own if not towns and is_distinct(surface) else ())
