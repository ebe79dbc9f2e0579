"""Place mentions: which words name a place, which place of the gazetteer it is, and how exactly it is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.spelling import folded
from flows.enrich.places.gazetteer import Place
from flows.enrich.places.reference import PlaceReference
from flows.enrich.places.resolution import Choice, Resolver
from flows.enrich.places.toponyms import Reader, Toponym, chosen, weigh
from flows.enrich.places.unplaced import BEYOND, TABLE_HEAD, unplaced_in
from flows.records import Reading, Span

UNLISTED = "not in the gazetteer, and no place beside it to lie in"
UNLISTED_WITHIN = "not in the gazetteer; the point is that of the place it lies in"
SOUND_ALONE = "only a name that sounds alike is in the gazetteer, and it is not near any place of the text"

LEAST_WEIGHT = -0.3
"""An option is a place from this weight on. On the four sets of `places.json` recall and precision are even there,
between -0.4 and 0.4 F1 moves by less than two points."""

NEAR_ENOUGH_KM = 200.0
"""A name that only sounds alike is believed within this distance of another place of the text."""

# ACLED Codebook, "Geo-precision": 1 the place, 2 a part of a region or the land around a town, 3 a larger region.
# UCDP GED Codebook, "where_prec": 1 the place, 2 near it, 3 second-order area, 4 first-order area, 5 a line or a fuzzy
# area, 6 the country, 7 international waters or several countries.
PRECISIONS: Mapping[Kind, tuple[int, int]] = {
    **dict.fromkeys((*TOWNS, Kind.BUILDING), (1, 1)),
    Kind.DISTRICT: (2, 3),
    Kind.REGION: (3, 4),
    Kind.COUNTRY: (3, 6),
}
FUZZY = (3, 5)
INTERNATIONAL = (3, 7)
NEAR = (2, 2)

RELATION = re.compile(
    r"(?:(?:(?:about|some|around|nearly|roughly|over|almost|just|more than) )?"
    r"(?P<count>\d{1,4}(?:[.,]\d{1,3})?)[ -]?(?P<unit>km|kms|kilometers?|kilometres?|miles?|mi)\b"
    r"(?: \([^()]{1,24}\))?,? (?:to the )?(?:away )?(?:(?P<far>north|south|east|west|northeast|northwest|southeast|southwest"
    r"|north-east|north-west|south-east|south-west) )?(?:of|from|outside|off) "
    r"|(?:(?:just |to the )?(?P<side>north|south|east|west|northeast|northwest|southeast|southwest) of "
    r"|near|close to|outside|(?:on |in )?the outskirts of|around|off the coast of|off) ?)"
    r"(?:the )?(?:(?:\w+ )?(?:town|village|city|port|capital|border|area|province|district) of )?$",
    re.IGNORECASE,
)
"""What stands before a name and says that not the place itself is meant, as `20 km north of` and `near the town of`."""
RELATION_ENDS = frozenset({"of", "from", "outside", "off", "near", "to", "around", "the"})
"""Every such phrase ends in one of these."""

LOOK_BACK = 70
KM = {"km": 1.0, "ki": 1.0, "mi": 1.609344}


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One mention of a place.

    `place` is what was chosen, or None with a reason; `share` is how much of the belief it has among `choices`. For a name
    that no gazetteer lists, `within` is the place it lies in as the text says. `relation` is the phrase before the name that
    sets it off from the place (`near`), with the distance in kilometres and the direction where it states them.
    """

    span: Span
    surface: str
    is_adjective: bool
    place: Place | None
    within: Place | None
    choices: tuple[Choice, ...]
    share: float | None
    relation: Span | None
    distance_km: float | None
    direction: str | None
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
    options = Reader(reading, reference).toponyms()
    weigh(options, reference.weights.naming)
    toponyms = chosen(options, LEAST_WEIGHT)
    unplaced = unplaced_in(toponyms, reading.text, reference.unplaced)
    toponyms = [
        replace(each, candidates=()) if folded(each.surface) in unplaced else each
        for each in toponyms
        if unplaced.get(folded(each.surface)) != TABLE_HEAD
    ]
    meanings = Resolver(toponyms, reading.text).resolve(reference.weights.meaning)
    choices = [meanings[folded(each.surface), each.adjective] for each in toponyms]
    towns = [
        each[0].place
        for each in meanings.values()
        if each
        and each[0].spelling != "sound"
        and each[0].place.country
        and each[0].place.kind is not Kind.COUNTRY
    ]
    believed = [_spelled_or_near(own, towns) for own in choices]
    within: dict[str, Place | None] = {}
    for number, toponym in enumerate(toponyms):
        name = folded(toponym.surface)
        if not believed[number] and not within.get(name):
            within[name] = None if name in unplaced else _container(reading, number, toponyms, believed)
    return tuple(
        _mention(
            reading,
            toponym,
            own,
            None if own else within[folded(toponym.surface)],
            BEYOND if folded(toponym.surface) in unplaced else SOUND_ALONE if heard and not own else UNLISTED,
        )
        for toponym, own, heard in zip(toponyms, believed, choices, strict=True)
    )


def _mention(
    reading: Reading, toponym: Toponym, own: tuple[Choice, ...], within: Place | None, reason: str
) -> PlaceMention:
    place = own[0].place if own else None
    relation = _relation(reading.text, toponym.span.start)
    precision = _precision(place, within, near=relation is not None)
    far = relation["count"] if relation else None
    return PlaceMention(
        span=toponym.span,
        surface=toponym.surface,
        is_adjective=toponym.adjective,
        place=place,
        within=within,
        choices=own,
        share=own[0].share if own else None,
        relation=Span(relation.start(), toponym.span.start) if relation else None,
        distance_km=round(float(far.replace(",", ".")) * KM[relation["unit"][:2].lower()], 1)
        if far and relation
        else None,
        direction=_direction(relation),
        geo_precision=precision[0] if precision else None,
        where_prec=precision[1] if precision else None,
        null_reason=None if place else UNLISTED_WITHIN if within and reason == UNLISTED else reason,
        sentence_no=sentence_at(reading.sentences, toponym.span.start),
    )


def _spelled_or_near(own: tuple[Choice, ...], towns: Sequence[Place]) -> tuple[Choice, ...]:
    """Return the choices; of those that only sound alike, such as are near a place of the text that is spelled so."""
    if not own or own[0].spelling != "sound":
        return own
    return tuple(each for each in own if any(each.place.km_to(town) <= NEAR_ENOUGH_KM for town in towns))


def _relation(text: str, start: int) -> re.Match[str] | None:
    """Return the phrase that ends where a name begins, if there is one."""
    last = text[max(0, start - 12) : start].lower().rstrip().rpartition(" ")[2]
    return RELATION.search(text, max(0, start - LOOK_BACK), start) if last in RELATION_ENDS else None


def _direction(relation: re.Match[str] | None) -> str | None:
    words = (relation["far"] or relation["side"]) if relation else None
    return words.lower().replace("-", "") if words else None


def _precision(place: Place | None, within: Place | None, *, near: bool) -> tuple[int, int] | None:
    if place is None:
        if within is None:
            return None
        geo, where = _precision(within, None, near=False) or (3, 6)
        return max(geo, 2), max(where, 2)
    if place.country is None:
        return INTERNATIONAL
    geo, where = PRECISIONS.get(place.kind, FUZZY)
    return NEAR if near and where == 1 else (geo, where)


def _container(
    reading: Reading, number: int, toponyms: Sequence[Toponym], choices: Sequence[tuple[Choice, ...]]
) -> Place | None:
    """Return the place that an unlisted one lies in: the one behind its comma, else the last named before it, else after it.

    A town or a region is asked for first, then a country; the same sentence and the one before are looked at, then the text.
    """
    text = reading.text
    here = toponyms[number]
    first, last = max(0, number - FURTHEST), min(len(toponyms), number + FURTHEST)
    best = {
        at: None if not choices[at] or toponyms[at].adjective else choices[at][0].place
        for at in range(first, last)
    }
    following = best.get(number + 1)
    if following and text[here.span.end : toponyms[number + 1].span.start] in LIES_IN:
        return following
    sentence = sentence_at(reading.sentences, here.span.start)
    order = [*range(number - 1, first - 1, -1), *range(number + 1, last)]
    same = [at for at in order if sentence_at(reading.sentences, toponyms[at].span.start) == sentence]
    for at in (*same, *order):
        place = best[at]
        if place and place.country and place.kind is not Kind.COUNTRY:
            return place
    return next((choices[at][0].place for at in order if choices[at] and choices[at][0].place.country), None)


FURTHEST = 40
"""Mentions on either side that are asked what an unlisted place lies in."""

LIES_IN = frozenset({", ", " in ", ", in ", " in the ", ", a village in ", ", a town in "})
