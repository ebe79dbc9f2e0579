"""How exactly a mention is placed, in the codes of ACLED and UCDP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.places.gazetteer import Place


@dataclass(frozen=True, slots=True)
class Precision:
    """`geo` is ACLED's geo-precision, `where` UCDP's where_prec.

    ACLED Codebook, "Geo-precision": 1 the place, 2 a part of a region or the land around a town, 3 a larger region. UCDP GED
    Codebook, "where_prec": 1 the place, 2 near it, 3 second-order area, 4 first-order area, 5 a line or a fuzzy area, 6 the
    country, 7 international waters or several countries.
    """

    geo: int
    where: int


PRECISIONS: Mapping[Kind, Precision] = {
    **dict.fromkeys((*TOWNS, Kind.BUILDING), Precision(1, 1)),
    Kind.DISTRICT: Precision(2, 3),
    Kind.REGION: Precision(3, 4),
    Kind.COUNTRY: Precision(3, 6),
}
FUZZY = Precision(3, 5)
INTERNATIONAL = Precision(3, 7)
NEAR = Precision(2, 2)


def precision_of(place: Place | None, within: Place | None, *, is_near: bool) -> Precision | None:
    """Return the precision of a place, or of an unlisted one that lies `within` another; `is_near` if only near it is meant."""
    if place is None:
        if within is None:
            return None
        outer = PRECISIONS.get(within.kind, FUZZY) if within.country else INTERNATIONAL
        return Precision(max(outer.geo, NEAR.geo), max(outer.where, NEAR.where))
    if place.country is None:
        return INTERNATIONAL
    exact = PRECISIONS.get(place.kind, FUZZY)
    return NEAR if is_near and exact.where == 1 else exact
