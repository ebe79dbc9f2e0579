"""A view of the events with the 61 columns of GDELT 2.0 Events, for programs that read GDELT.

An event with several actors is one row, with the first source and the first target. Only asserted events are in it, as in
GDELT. GDELT counts mentions of an event over all articles; here a row is one event of one article, so the counts are 1. Tone, religions
and ethnic groups, and the places of the actors are null. ADM1 codes are FIPS country codes with GeoNames' region codes, which are those of
GDELT in the United States only; `FeatureID` is GeoNames' id. `GLOBALEVENTID` is the id of the row here, a text.

Source: GDELT Event Database Data Format Codebook V2.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.schema import Type
from flows.warehouse.dialects import Dialect
from flows.warehouse.expressions import any_of, cast, country_code, instant, null

NAME = "gdelt_events"
ABOUT = "-- Asserted events with the columns of GDELT 2.0 Events.\n"
TOWN_KINDS = ("capital", "seat", "town", "quarter")
REGION_KINDS = ("region", "district")
ACTORS = (("Actor1", "source"), ("Actor2", "target"))
ACTOR_COLUMNS = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code".split()
GEO_COLUMNS = "Type Fullname CountryCode ADM1Code ADM2Code Lat Long FeatureID".split()


def gdelt_events(dialect: Dialect) -> str:
    """Return the statement that makes the view of the latest events."""
    columns = ",\n".join(f"    {expression} AS {name}" for name, expression in _columns(dialect))
    return (
        f"{ABOUT}CREATE OR REPLACE VIEW {dialect.table(NAME)} AS\nSELECT\n{columns}\n"
        f"FROM {dialect.table('events_latest')} AS event\n"
        f"JOIN {dialect.table('articles_latest')} AS article ON article.article_id = event.article_id\n"
        "WHERE event.modality = 'asserted'"
    )


def _columns(dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield the name and the expression of each column, in GDELT's order."""
    day = "COALESCE(event.start_on, article.published_on)"
    year, month, number = (f"EXTRACT({part} FROM {day})" for part in ("YEAR", "MONTH", "DAY"))
    yield "GLOBALEVENTID", "event.event_id"
    yield "SQLDATE", cast(f"{year} * 10000 + {month} * 100 + {number}", Type.INT64, dialect)
    yield "MonthYear", cast(f"{year} * 100 + {month}", Type.INT64, dialect)
    yield "Year", cast(year, Type.INT64, dialect)
    yield "FractionDate", f"{cast(year, Type.FLOAT64, dialect)} + ({month} * 30 + {number}) / 365.0"
    for actor, role in ACTORS:
        yield from _actor(actor, f"event.{role}", dialect)
    yield "IsRootEvent", "CASE WHEN event.sentence_no = 0 THEN 1 ELSE 0 END"
    yield "EventCode", "event.cameo_code"
    yield "EventBaseCode", "SUBSTRING(event.cameo_code, 1, 3)"
    yield "EventRootCode", "event.cameo_root_code"
    yield "QuadClass", "event.quad_class"
    yield "GoldsteinScale", "event.goldstein"
    yield from ((name, "1") for name in ("NumMentions", "NumSources", "NumArticles"))
    yield "AvgTone", null(Type.FLOAT64, dialect)
    for actor, _ in ACTORS:
        yield from _no_place(f"{actor}Geo", dialect)
    yield from _place("ActionGeo", dialect)
    yield "DATEADDED", instant("article.fetched_at", dialect)
    yield "SOURCEURL", "COALESCE(article.url, article.uri)"


def _actor(actor: str, role: str, dialect: Dialect) -> Iterator[tuple[str, str]]:
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
        yield f"{actor}{column}", stated.get(column) or null(Type.TEXT, dialect)


def _no_place(prefix: str, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield the eight columns of a place that is not known; type 0."""
    for column in GEO_COLUMNS:
        kind = Type.FLOAT64 if column in ("Lat", "Long") else Type.TEXT
        yield f"{prefix}_{column}", "0" if column == "Type" else null(kind, dialect)


def _place(prefix: str, dialect: Dialect) -> Iterator[tuple[str, str]]:
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
    for column in GEO_COLUMNS:
        yield f"{prefix}_{column}", stated.get(column) or null(Type.TEXT, dialect)
