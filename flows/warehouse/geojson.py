"""A view of the asserted events that have a point, as features of GeoJSON.

A feature says with `geoPrecision` how exact its point is: 1 the place, 2 near it, 3 a larger region, of which the point is the middle.

Source: RFC 7946.
"""

from __future__ import annotations

from flows.schema import Type
from flows.warehouse.declared import DataSet, Field, columns, view
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import cast
from flows.warehouse.json_text import Member, an_object, constant, number, string
from flows.warehouse.ninjs import point

NAME = "geojson"

COLLECTION = """\
COPY (
    SELECT '{"type":"FeatureCollection","features":[' || COALESCE(string_agg(feature, ',' ORDER BY event_id), '') || ']}' FROM geojson
) TO 'events.geojson' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01');
"""
"""Writes one collection; DuckDB. No feature has the delimiter in it, since JSON escapes it."""


def geojson(dialect: Dialect) -> str:
    """Return the statement that makes the view of the latest events."""
    return view(
        NAME,
        "Asserted events with a point as features of GeoJSON.",
        f"SELECT\n{columns(fields(dialect), dialect)}\nFROM {dialect.table('events_latest')} AS event\n"
        f"JOIN {dialect.table('articles_latest')} AS article ON article.article_id = event.article_id\n"
        "WHERE event.modality = 'asserted' AND event.latitude IS NOT NULL AND event.longitude IS NOT NULL",
        dialect,
    )


def fields(dialect: Dialect) -> tuple[Field, ...]:
    """Return the columns: ids, the day, and the feature."""
    trigger = f"event.{dialect.identifier('trigger')}"
    day = cast("COALESCE(event.start_on, article.published_on)", Type.TEXT, dialect)
    properties = an_object(
        string("articleId", "event.article_id", dialect),
        (
            string("cameoCode", "event.cameo_code", dialect),
            string("eventType", "event.acled_event_type", dialect),
            string("subEventType", "event.acled_sub_event_type", dialect),
            string("day", day, dialect),
            string("place", "event.place_name", dialect),
            string("country", "event.country", dialect),
            number("geoPrecision", "event.geo_precision", dialect),
            string("source", "event.source", dialect),
            string("target", "event.target", dialect),
            string("trigger", trigger, dialect),
            string("words", "event.surface", dialect),
            string("headline", "article.headline", dialect),
            string("url", "COALESCE(article.url, article.uri)", dialect),
        ),
    )
    feature = an_object(
        constant("type", "Feature"),
        (
            string("id", "event.event_id", dialect),
            Member("geometry", point("event.longitude", "event.latitude", dialect)),
            Member("properties", properties),
        ),
    )
    return (
        Field("event_id", Type.TEXT, "event.event_id"),
        Field("article_id", Type.TEXT, "event.article_id"),
        Field("event_on", Type.DATE, "COALESCE(event.start_on, article.published_on)"),
        Field("feature", Type.TEXT, feature),
    )


DATA_SET = DataSet(NAME, "an asserted event that has a point", "RFC 7946", fields, geojson)
