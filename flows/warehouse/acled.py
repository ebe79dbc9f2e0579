"""A view of the events with the 31 columns of ACLED, for programs that read ACLED.

Only asserted events that ACLED has a type for are in it. A row is one event of one article, not one event of the world, and its id is that of
the row here, a text. `actor1` and `actor2` are the first source and the first target, with the words of the text. `admin1` is GeoNames' code.
Associated actors, the scale of the source, tags and the lower divisions are null; so are fatalities, which the table of claims has.

Source: ACLED Codebook 2023, "ACLED data columns" and "Actor names, types, and inter codes".
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.schema import Type
from flows.warehouse.dialects import Dialect
from flows.warehouse.expressions import cast, country_code, null

NAME = "acled_events"
ABOUT = "-- Asserted events of ACLED's types with the columns of ACLED.\n"
STATE, RIOTER, PROTESTER, CIVILIAN, EXTERNAL = 1, 5, 6, 7, 8
"""Codes of kinds of actors."""


def acled_events(dialect: Dialect) -> str:
    """Return the statement that makes the view of the latest events."""
    columns = ",\n".join(
        f"    {expression} AS {dialect.identifier(name)}" for name, expression in _columns(dialect)
    )
    return (
        f"{ABOUT}CREATE OR REPLACE VIEW {dialect.table(NAME)} AS\nSELECT\n{columns}\n"
        f"FROM (\n    SELECT event.*, {_inter('source')} AS inter1, {_inter('target')} AS inter2\n"
        f"    FROM {dialect.table('events_latest')} AS event\n) AS event\n"
        f"JOIN {dialect.table('articles_latest')} AS article ON article.article_id = event.article_id\n"
        "WHERE event.modality = 'asserted' AND event.acled_event_type IS NOT NULL"
    )


def _columns(dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield the name and the expression of each column, in ACLED's order."""
    day = "COALESCE(event.start_on, article.published_on)"
    yield "event_id_cnty", "event.event_id"
    yield "event_date", day
    yield "year", cast(f"EXTRACT(YEAR FROM {day})", Type.INT64, dialect)
    yield "time_precision", "event.time_precision"
    yield "disorder_type", "event.acled_disorder_type"
    yield "event_type", "event.acled_event_type"
    yield "sub_event_type", "event.acled_sub_event_type"
    for number, role in ((1, "source"), (2, "target")):
        yield f"actor{number}", f"event.{role}"
        yield f"assoc_actor_{number}", null(Type.TEXT, dialect)
        yield f"inter{number}", f"event.inter{number}"
    yield "interaction", _interaction("event.inter1", "event.inter2")
    yield "civilian_targeting", f"CASE WHEN event.inter2 = {CIVILIAN} THEN 'Civilian targeting' END"
    yield (
        "iso",
        cast(f"NULLIF({country_code('event.country', 'numeric')}, event.country)", Type.INT64, dialect),
    )
    yield "region", country_code("event.country", "region")
    yield "country", country_code("event.country", "name")
    yield "admin1", "event.admin1_code"
    yield "admin2", null(Type.TEXT, dialect)
    yield "admin3", null(Type.TEXT, dialect)
    yield "location", "event.place_name"
    yield "latitude", "event.latitude"
    yield "longitude", "event.longitude"
    yield "geo_precision", "event.geo_precision"
    yield "source", "article.source_name"
    yield "source_scale", null(Type.TEXT, dialect)
    yield "notes", "event.surface"
    yield "fatalities", null(Type.INT64, dialect)
    yield "tags", null(Type.TEXT, dialect)
    yield "timestamp", "article.fetched_at"


def _inter(role: str) -> str:
    """Return the kind of an actor: who riots is a rioter, state forces in another country are external; 0 for no actor."""
    kind, country = f"event.{role}_acled_inter", f"event.{role}_country"
    return (
        f"CASE WHEN event.acled_event_type = 'Riots' AND {kind} IN ({PROTESTER}, {CIVILIAN}) THEN {RIOTER} "
        f"WHEN {kind} = {STATE} AND {country} <> {country_code('event.country', 'iso3')} THEN {EXTERNAL} "
        f"ELSE COALESCE({kind}, 0) END"
    )


def _interaction(first: str, second: str) -> str:
    """Return both kinds as one number, the lower one first; `10` for state forces alone."""
    return (
        f"CASE WHEN {second} = 0 THEN {first} * 10 WHEN {first} = 0 THEN {second} * 10 "
        f"WHEN {first} <= {second} THEN {first} * 10 + {second} ELSE {second} * 10 + {first} END"
    )
