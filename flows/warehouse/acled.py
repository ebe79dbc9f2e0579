"""A view of the events with the 31 columns of ACLED, for programs that read ACLED.

Only asserted events that ACLED has a type for are in it. A row is one event of one article, not one event of the world, and its id is that of
the row here, a text. `actor1` and `actor2` are the first source and the first target, with the words of the text. Fatalities are the
claims of people killed; a claim that belongs to several events of its article counts for the first.

Source: ACLED Codebook 2023, "ACLED data columns" and "Actor names, types, and inter codes".
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.schema import Type
from flows.warehouse.declared import DataSet, Field, columns, view
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import cast, country_code

NAME = "acled_events"
STATE, RIOTER, PROTESTER, CIVILIAN, EXTERNAL = 1, 5, 6, 7, 8
"""Codes of kinds of actors."""
CODED = "event.modality = 'asserted' AND event.acled_event_type IS NOT NULL"


def acled_events(dialect: Dialect) -> str:
    """Return the statement that makes the view of the latest events."""
    return view(
        NAME,
        "Asserted events of ACLED's types with the columns of ACLED.",
        f"WITH {_killed(dialect)}\nSELECT\n{columns(fields(dialect), dialect)}\n"
        f"FROM (\n    SELECT event.*, {_inter('source')} AS inter1, {_inter('target')} AS inter2\n"
        f"    FROM {dialect.table('events_latest')} AS event\n) AS event\n"
        f"JOIN {dialect.table('articles_latest')} AS article ON article.article_id = event.article_id\n"
        f"LEFT JOIN killed ON killed.event_id = event.event_id\nWHERE {CODED}",
        dialect,
    )


def _killed(dialect: Dialect) -> str:
    """Return `killed`: how many people claims say that an event killed. Each claim is that of one event, and what repeats another is left out."""
    contained = dialect.contained.format(texts="event.claim_ids", text="claim.claim_id")
    false = " AND ".join(
        f"NOT claim.is_{name}" for name in "negated hypothetical historical cumulative part".split()
    )
    return (
        "linked AS (\n    SELECT event.event_id AS event_id, COALESCE(claim.acled_number, claim.best, claim.low, claim.high) AS number,\n"
        "        ROW_NUMBER() OVER (PARTITION BY COALESCE(claim.repeats_claim_id, claim.claim_id) ORDER BY event.char_start, event.event_id) AS event_no\n"
        f"    FROM {dialect.table('events_latest')} AS event\n"
        f"    JOIN {dialect.table('claims_latest')} AS claim ON claim.article_id = event.article_id\n"
        f"    WHERE {contained} AND {CODED} AND claim.effect = 'killed' AND claim.object_type = 'person'\n"
        f"    AND claim.stance IN ('asserts', 'revises') AND {false}\n),\n"
        "killed AS (\n    SELECT event_id, SUM(number) AS number\n    FROM linked\n    WHERE event_no = 1\n    GROUP BY event_id\n)"
    )


def fields(dialect: Dialect) -> tuple[Field, ...]:
    """Return the 31 columns in ACLED's order."""
    return tuple(_fields(dialect))


def _fields(dialect: Dialect) -> Iterator[Field]:
    day = "COALESCE(event.start_on, article.published_on)"
    yield Field("event_id_cnty", Type.TEXT, "event.event_id", "the id of the row of `events`")
    yield Field("event_date", Type.DATE, day)
    yield Field("year", Type.INT64, cast(f"EXTRACT(YEAR FROM {day})", Type.INT64, dialect))
    yield Field("time_precision", Type.INT64, "event.time_precision")
    yield Field("disorder_type", Type.TEXT, "event.acled_disorder_type")
    yield Field("event_type", Type.TEXT, "event.acled_event_type")
    yield Field("sub_event_type", Type.TEXT, "event.acled_sub_event_type")
    for number, role in ((1, "source"), (2, "target")):
        yield Field(
            f"actor{number}",
            Type.TEXT,
            f"event.{role}",
            "the words of the text, not ACLED's name of the actor",
        )
        yield Field(
            f"assoc_actor_{number}", Type.TEXT, why="actors that go with another are not told from it"
        )
        yield Field(f"inter{number}", Type.INT64, f"event.inter{number}")
    yield Field("interaction", Type.INT64, _interaction("event.inter1", "event.inter2"))
    yield Field(
        "civilian_targeting", Type.TEXT, f"CASE WHEN event.inter2 = {CIVILIAN} THEN 'Civilian targeting' END"
    )
    iso = cast(f"NULLIF({country_code('event.country', 'numeric')}, event.country)", Type.INT64, dialect)
    yield Field("iso", Type.INT64, iso)
    yield Field("region", Type.TEXT, country_code("event.country", "region"))
    yield Field("country", Type.TEXT, country_code("event.country", "name"), "GeoNames' name")
    yield Field("admin1", Type.TEXT, "event.admin1_code", "GeoNames' code, not the name")
    for column in ("admin2", "admin3"):
        yield Field(column, Type.TEXT, why="divisions below the first are not among the columns of `events`")
    yield Field("location", Type.TEXT, "event.place_name")
    yield Field("latitude", Type.FLOAT64, "event.latitude")
    yield Field("longitude", Type.FLOAT64, "event.longitude")
    yield Field("geo_precision", Type.INT64, "event.geo_precision")
    yield Field("source", Type.TEXT, "article.source_name")
    yield Field("source_scale", Type.TEXT, why="ACLED's register of sources")
    yield Field("notes", Type.TEXT, "event.surface", "the words of the event, not a summary")
    yield Field("fatalities", Type.INT64, cast("COALESCE(killed.number, 0)", Type.INT64, dialect))
    yield Field("tags", Type.TEXT, why="crowd sizes and the other tags of ACLED's coders are not extracted")
    yield Field("timestamp", Type.INSTANT, "article.fetched_at")


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


DATA_SET = DataSet(
    NAME,
    "an asserted event of one article that ACLED has a type for",
    "ACLED Codebook 2023",
    fields,
    acled_events,
)
