"""A view of the events with the 61 columns of GDELT 2.0 Events, for programs that read GDELT.

An event with several actors is one row, with the first source and the first target. Only asserted events are in it, as in
GDELT. The same event in the reports of one story is one row, that of its first report; `gdelt_mentions` has the reports. `GLOBALEVENTID`
is the id of that row of `events`, a text.

Source: GDELT Event Database Data Format Codebook V2.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.schema import Type
from flows.warehouse.declared import DataSet, Field, columns, view
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import any_of, cast, country_code, instant
from flows.warehouse.reported_events import OWN_TONE, reported_events

NAME = "gdelt_events"
CODEBOOK = "GDELT Event Database Data Format Codebook V2.0, 2015-02-19"
TOWN_KINDS = ("capital", "seat", "town", "quarter")
REGION_KINDS = ("region", "district")
ACTORS = (("Actor1", "source"), ("Actor2", "target"))
ACTOR_COLUMNS = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code".split()
GEO_COLUMNS = "Type Fullname CountryCode ADM1Code ADM2Code Lat Long FeatureID".split()
NO_IDENTITY = "ethnic groups and religions of actors are not extracted"
ONE_TYPE = "an actor has one role here"
NO_ACTOR_PLACE = "the place of an actor is not extracted, only that of the event"
NO_DISTRICT = "the gazetteer's districts have other codes than GDELT's (GAUL, or FIPS in the United States)"


def gdelt_events(dialect: Dialect) -> str:
    """Return the statement that makes the view of the latest events."""
    return view(
        NAME,
        "Asserted events with the columns of GDELT 2.0 Events.",
        f"WITH {reported_events(dialect)},\ncounted AS (\n"
        "    SELECT global_event_id, SUM(mentions) AS mention_count, COUNT(DISTINCT outlet) AS outlet_count,\n"
        "        COUNT(*) AS article_count, AVG(document_tone) AS average_tone\n    FROM (\n"
        "        SELECT global_event_id, article_id, outlet, document_tone, COUNT(*) AS mentions FROM reports\n"
        "        GROUP BY global_event_id, article_id, outlet, document_tone\n    ) AS documents\n    GROUP BY global_event_id\n)\n"
        f"SELECT\n{columns(fields(dialect), dialect)}\nFROM reports AS event\n"
        "JOIN counted ON counted.global_event_id = event.event_id",
        dialect,
    )


def fields(dialect: Dialect) -> tuple[Field, ...]:
    """Return the 61 columns in GDELT's order."""
    return tuple(_fields(dialect))


def _fields(dialect: Dialect) -> Iterator[Field]:
    day = "event.event_on"
    year, month, number = (f"EXTRACT({part} FROM {day})" for part in ("YEAR", "MONTH", "DAY"))
    yield Field("GLOBALEVENTID", Type.TEXT, "event.event_id", "the id of the row of `events`, not a number")
    yield Field(
        "SQLDATE", Type.INT64, cast(f"{year} * 10000 + {month} * 100 + {number}", Type.INT64, dialect)
    )
    yield Field("MonthYear", Type.INT64, cast(f"{year} * 100 + {month}", Type.INT64, dialect))
    yield Field("Year", Type.INT64, cast(year, Type.INT64, dialect))
    fraction = f"{cast(year, Type.FLOAT64, dialect)} + ({month} * 30 + {number}) / 365.0"
    yield Field("FractionDate", Type.FLOAT64, fraction)
    for actor, role in ACTORS:
        yield from _actor(actor, f"event.{role}")
    yield Field("IsRootEvent", Type.INT64, "CASE WHEN event.sentence_no = 0 THEN 1 ELSE 0 END")
    yield Field("EventCode", Type.TEXT, "event.cameo_code")
    yield Field("EventBaseCode", Type.TEXT, "SUBSTRING(event.cameo_code, 1, 3)")
    yield Field("EventRootCode", Type.TEXT, "event.cameo_root_code")
    yield Field("QuadClass", Type.INT64, "event.quad_class")
    yield Field("GoldsteinScale", Type.FLOAT64, "event.goldstein")
    yield Field("NumMentions", Type.INT64, cast("counted.mention_count", Type.INT64, dialect))
    yield Field("NumSources", Type.INT64, "counted.outlet_count")
    yield Field("NumArticles", Type.INT64, "counted.article_count")
    yield Field("AvgTone", Type.FLOAT64, "counted.average_tone", OWN_TONE)
    for actor, _ in ACTORS:
        yield from _no_place(f"{actor}Geo")
    yield from _place("ActionGeo", dialect)
    yield Field("DATEADDED", Type.INT64, instant("event.fetched_at", dialect))
    yield Field("SOURCEURL", Type.TEXT, "COALESCE(event.url, event.uri)")


def _actor(actor: str, role: str) -> Iterator[Field]:
    """Yield the ten columns of an actor."""
    code, country, sector = f"{role}_code", f"{role}_country", f"{role}_sector"
    is_group = f"SUBSTRING({code}, 1, 3) IN ('IGO', 'NGO', 'NGM', 'IMG')"
    stated = {
        "Code": code,
        "Name": f"UPPER({role})",
        "CountryCode": country,
        "KnownGroupCode": f"CASE WHEN {is_group} THEN NULLIF(SUBSTRING({code}, 4, 3), '') END",
        "Type1Code": f"CASE WHEN {is_group} THEN SUBSTRING({code}, 1, 3) ELSE {sector} END",
    }
    for column in ACTOR_COLUMNS:
        why = "" if column in stated else ONE_TYPE if column.startswith("Type") else NO_IDENTITY
        yield Field(f"{actor}{column}", Type.TEXT, stated.get(column), why)


def _type_of(column: str) -> Type:
    return {"Type": Type.INT64, "Lat": Type.FLOAT64, "Long": Type.FLOAT64}.get(column, Type.TEXT)


def _no_place(prefix: str) -> Iterator[Field]:
    """Yield the eight columns of a place that is not known; type 0."""
    for column in GEO_COLUMNS:
        yield Field(f"{prefix}_{column}", _type_of(column), "0" if column == "Type" else None, NO_ACTOR_PLACE)


def _place(prefix: str, dialect: Dialect) -> Iterator[Field]:
    """Yield the eight columns of the place of the event."""
    fips = country_code("event.country", "fips")
    is_american = "event.country = 'US'"
    town, region = any_of(TOWN_KINDS), any_of(REGION_KINDS)
    stated = {
        "Type": (
            "CASE WHEN event.place_kind IS NULL THEN 0 "
            f"WHEN event.place_kind IN ({region}) THEN CASE WHEN {is_american} THEN 2 ELSE 5 END "
            f"WHEN event.place_kind IN ({town}) THEN CASE WHEN {is_american} THEN 3 ELSE 4 END "
            "WHEN event.place_kind = 'country' THEN 1 ELSE 4 END"
        ),
        "Fullname": "event.place_name",
        "CountryCode": fips,
        "ADM1Code": f"{fips} || event.admin1_code",
        "Lat": "event.latitude",
        "Long": "event.longitude",
        "FeatureID": cast("event.geonameid", Type.TEXT, dialect),
    }
    why = {
        "ADM1Code": "GeoNames' codes of regions, which are GDELT's in the United States only",
        "ADM2Code": NO_DISTRICT,
        "FeatureID": "GeoNames' id, not that of GNS or GNIS",
    }
    for column in GEO_COLUMNS:
        yield Field(f"{prefix}_{column}", _type_of(column), stated.get(column), why.get(column, ""))


DATA_SET = DataSet(NAME, "an asserted event of one story", CODEBOOK, fields, gdelt_events)
