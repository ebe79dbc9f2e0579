"""One row for each mention of a place."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import Between, Together
from flows.enrich.findings import Enriched
from flows.records import identify
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import EVIDENCE, EVIDENCE_CHECKS, OF_ARTICLE, evidence, publish_month

MAX_CANDIDATES = 5
"""Maximum number of candidates in a row. The others have less than a hundredth of the probability together, except for villages with frequent names."""


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the mentions of places of an article in reading order."""
    article_id = enriched.article.article_id
    text = enriched.article.body.text
    for mention in enriched.found.places:
        place, point = mention.place, mention.point
        yield {
            "place_id": identify("place", article_id, mention.span.start, mention.span.end),
            **evidence(
                enriched,
                mention.span,
                sentence_no=mention.sentence_no,
                method="rule",
                rule_id="places/demonym"
                if mention.is_adjective
                else "places/within"
                if mention.within
                else "places/name",
                confidence=round(mention.probability, 4) if mention.probability is not None else None,
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
            "relation": mention.relation.span.of(text).strip() if mention.relation else None,
            "distance_km": mention.relation.distance_km if mention.relation else None,
            "direction": mention.relation.direction if mention.relation else None,
            "candidates": [
                f"{each.place.geonameid or each.place.name} {each.probability:.3f}"
                for each in mention.choices[:MAX_CANDIDATES]
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
            "is_adjective",
            Type.BOOL,
            "Whether the words are a demonym, such as `Turkish`; the row is that of its country or region.",
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
            "GeoNames' feature code, such as `PPLC`, `ADM1` or `PCLI`; null if no source states it, as for dependent territories.",
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
            "Degrees north (WGS 84) of the place's point, or of that of `within`.",
            nullable=True,
        ),
        Column("longitude", Type.FLOAT64, "Degrees east.", nullable=True),
        Column(
            "population",
            Type.INT64,
            "Number of inhabitants in the gazetteer; null where it is not known.",
            nullable=True,
        ),
        Column(
            "within",
            Type.TEXT,
            "For a name in no gazetteer: the place that it lies in according to the text; point and country of the row are those of this place.",
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
            "The words before the name that state a position relative to the place: `20 km north of`, `near`.",
            nullable=True,
        ),
        Column("distance_km", Type.FLOAT64, "The distance in these words, in kilometres.", nullable=True),
        Column(
            "direction",
            Type.TEXT,
            "The direction in these words, seen from the place: `north`, `southwest`, `northnortheast` and so on.",
            nullable=True,
        ),
        Column(
            "candidates",
            Type.TEXT_LIST,
            "The places that the words may name: geonameid (or name) and probability, most probable first, five at most.",
        ),
    ),
    rows=rows,
    indexes=(OF_ARTICLE, Index(("geonameid",), "what is said of a place")),
    checks=(
        *EVIDENCE_CHECKS,
        Between("latitude", -90, 90),
        Between("longitude", -180, 180),
        Together(("latitude", "longitude")),
        Between("population", 1),
        Between("geo_precision", 1, 3),
        Between("where_prec", 1, 7),
        Between("distance_km", 0),
    ),
)
