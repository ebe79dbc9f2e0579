"""One row for each mention of a place."""

from __future__ import annotations

from collections.abc import Iterator

from flows.enrich import places
from flows.records import Enriched, identify
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import EVIDENCE, OF_ARTICLE, evidence, publish_month

MOST_CANDIDATES = 5


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the mentions of places of an article in reading order."""
    article_id = enriched.article.article_id
    text = enriched.article.body.text
    for mention in places.FIELD.of(enriched):
        place, point = mention.place, mention.point
        yield {
            "place_id": identify("place", article_id, mention.span.start, mention.span.end),
            **evidence(
                enriched,
                mention.span,
                sentence_no=mention.sentence_no,
                method="rule",
                rule_id="places/people"
                if mention.is_adjective
                else "places/within"
                if mention.within
                else "places/name",
                confidence=round(mention.share, 4) if mention.share is not None and place else None,
                null_reason=mention.null_reason,
            ),
            "is_adjective": mention.is_adjective,
            "geonameid": place.geonameid if place else None,
            "name": place.name if place else None,
            "feature_class": place.feature_class if place else None,
            "feature_code": place.fcode if place else None,
            "country": point.country if point else None,
            "admin1_code": point.admin1 if point else None,
            "latitude": point.latitude if point else None,
            "longitude": point.longitude if point else None,
            "population": place.population or None if place else None,
            "within": mention.within.name if mention.within else None,
            "geo_precision": mention.geo_precision,
            "where_prec": mention.where_prec,
            "relation": mention.relation.of(text).strip() if mention.relation else None,
            "distance_km": mention.distance_km,
            "direction": mention.direction,
            "candidates": [
                f"{each.place.geonameid or each.place.name} {each.share:.3f}"
                for each in mention.choices[:MOST_CANDIDATES]
            ],
        }


TABLE = Table(
    name="places",
    grain="one mention of a place in an article",
    key=("place_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column("place_id", Type.TEXT, "Id of the row, made of the article and the span."),
        *EVIDENCE,
        Column(
            "is_adjective", Type.BOOL, "Whether the words name a people and so its country, as `Turkish`."
        ),
        Column(
            "geonameid",
            Type.INT64,
            "GeoNames' id; null for what GeoNames, as shipped here, does not have.",
            nullable=True,
        ),
        Column("name", Type.TEXT, "The place's own name in the gazetteer.", nullable=True),
        Column(
            "feature_class",
            Type.TEXT,
            "GeoNames' feature class: A country or region, P populated place, L continent; null without a `geonameid`.",
            nullable=True,
        ),
        Column(
            "feature_code",
            Type.TEXT,
            "GeoNames' feature code, as `PPLC` or `ADM1`; null where no source gives it, as for countries.",
            nullable=True,
        ),
        Column(
            "country",
            Type.TEXT,
            "ISO 3166-1 alpha-2; null for what lies in several or in none.",
            nullable=True,
        ),
        Column(
            "admin1_code",
            Type.TEXT,
            "GeoNames' code of the first-order region within the country.",
            nullable=True,
        ),
        Column(
            "latitude",
            Type.FLOAT64,
            "Degrees north (WGS 84) of the point that stands for the place, or for `within`.",
            nullable=True,
        ),
        Column("longitude", Type.FLOAT64, "Degrees east.", nullable=True),
        Column("population", Type.INT64, "People, as the gazetteer has them.", nullable=True),
        Column(
            "within",
            Type.TEXT,
            "For a name in no gazetteer: the place it lies in, as the text says, whose point and country the row has.",
            nullable=True,
        ),
        Column(
            "geo_precision",
            Type.INT64,
            "ACLED: 1 the place, 2 near it or part of a region, 3 a larger region.",
            nullable=True,
        ),
        Column(
            "where_prec",
            Type.INT64,
            "UCDP GED: 1 the place, 2 near it, 3 second-order area, 4 first-order area, 5 a line or a fuzzy area, 6 the country, 7 international.",
            nullable=True,
        ),
        Column(
            "relation",
            Type.TEXT,
            "The words before the name that set it off from the place: `20 km north of`, `near`.",
            nullable=True,
        ),
        Column(
            "distance_km", Type.FLOAT64, "The distance that these words state, in kilometres.", nullable=True
        ),
        Column(
            "direction",
            Type.TEXT,
            "The direction that they state, from the place: north, southwest and so on.",
            nullable=True,
        ),
        Column(
            "candidates",
            Type.TEXT_LIST,
            "What else it might be: geonameid (or name) and share of the belief, most believed first, five at most.",
        ),
    ),
    rows=rows,
    indexes=(OF_ARTICLE, Index(("geonameid",), "what is said of a place")),
)
