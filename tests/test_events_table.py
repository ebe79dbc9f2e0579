"""The table of events, and the view of it with the columns of GDELT."""

from __future__ import annotations

from datetime import date
from functools import cache

import duckdb
import pytest
import sqlglot

from flows.journey import article_or_rejected, enriched
from flows.schema import check_row
from flows.tables import events
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.gdelt import gdelt_events

from .conftest import loaded_reference, raw

TEXT = b"date 2020-02-20 Turkish troops shelled rebels near Aleppo on Wednesday. Police arrested a journalist in Kampala.\n"


@cache
def rows():
    (found,) = enriched([article_or_rejected(raw(TEXT))], loaded_reference())
    return [check_row(events.TABLE, row) for row in events.rows(found)]


def row_of(trigger):
    (found,) = [row for row in rows() if row["trigger"] == trigger]
    return found


def test_an_event_has_its_actors_its_code_its_place_and_its_time():
    row = row_of("shelled")

    assert (row["source"], row["source_code"], row["source_country"], row["source_sector"]) == (
        "Turkish troops",
        "TURMIL",
        "TUR",
        "MIL",
    )
    assert row["target_sector"] == "REB"
    assert row["cameo_root_code"] == row["cameo_code"][:2] == "19"
    assert (row["quad_class"], row["plover_type"], row["plover2_type"]) == (4, "FIGHT", "ASSAULT")
    assert (row["place_name"], row["country"], row["start_on"]) == ("Aleppo", "SY", date(2020, 2, 19))


def test_the_words_of_an_event_are_those_of_the_text():
    text = TEXT.decode().removeprefix("date 2020-02-20 ").rstrip()

    for row in rows():
        for name in ("trigger", "source", "target"):
            if row[name] is not None:
                assert text[row[f"{name}_start"] : row[f"{name}_end"]] == row[name]
        assert text[row["char_start"] : row["char_end"]] == row["surface"]
        assert len(row["sources"]) == len(row["source_codes"])


def test_ids_of_events_are_unique():
    assert len({row["event_id"] for row in rows()}) == len(rows()) >= 2


@pytest.mark.parametrize("name", DIALECTS)
def test_the_view_has_the_61_columns_of_gdelt_in_every_dialect(name):
    parsed = sqlglot.parse_one(
        gdelt_events(DIALECTS[name]), dialect=name, error_level=sqlglot.ErrorLevel.RAISE
    )
    columns = [each.alias for each in parsed.expression.expressions]

    assert len(columns) == 61
    assert columns[:6] == ["GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate", "Actor1Code"]
    assert columns[15] == "Actor2Code"
    assert columns[25:27] == ["IsRootEvent", "EventCode"]
    assert columns[-2:] == ["DATEADDED", "SOURCEURL"]


EVENT = {
    "event_id": "'e1'",
    "article_id": "'a1'",
    "sentence_no": "0",
    "modality": "'asserted'",
    "start_on": "DATE '2020-02-19'",
    "cameo_code": "'1831'",
    "cameo_root_code": "'18'",
    "quad_class": "4",
    "goldstein": "-10.0",
    "source": "'Turkish troops'",
    "source_code": "'TURMIL'",
    "source_country": "'TUR'",
    "source_sector": "'MIL'",
    "target": "'UN staff'",
    "target_code": "'IGOUNO'",
    "target_country": "CAST(NULL AS VARCHAR)",
    "target_sector": "'IGO'",
    "place_name": "'Aleppo'",
    "place_kind": "'seat'",
    "country": "'TR'",
    "admin1_code": "'09'",
    "latitude": "36.2",
    "longitude": "37.1",
    "geonameid": "170063",
}


def in_view(**changed):
    """The row of the view for one event in DuckDB."""
    with duckdb.connect() as db:
        columns = ", ".join(f"{value} AS {name}" for name, value in (EVENT | changed).items())
        db.execute(f"CREATE VIEW events_latest AS SELECT {columns}")
        db.execute(
            "CREATE VIEW articles_latest AS SELECT 'a1' AS article_id, DATE '2020-02-20' AS published_on, "
            "TIMESTAMPTZ '2026-01-02 03:04:05.9+00' AS fetched_at, NULL AS url, 'file:///a.txt' AS uri"
        )
        db.execute("SET TimeZone = 'UTC'")
        db.execute(gdelt_events(DIALECTS["duckdb"]))
        found = db.execute("SELECT * FROM gdelt_events")
        names = [each[0] for each in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_gdelt_has_numbers_for_days_and_the_parts_of_the_codes():
    (row,) = in_view()

    assert (row["SQLDATE"], row["MonthYear"], row["Year"]) == (20200219, 202002, 2020)
    assert row["FractionDate"] == pytest.approx(2020 + (2 * 30 + 19) / 365)
    assert (row["EventCode"], row["EventBaseCode"], row["EventRootCode"]) == ("1831", "183", "18")
    assert (row["QuadClass"], row["GoldsteinScale"], row["IsRootEvent"]) == (4, -10.0, 1)
    assert (row["DATEADDED"], row["SOURCEURL"]) == (20260102030405, "file:///a.txt")


def test_gdelt_has_the_country_and_the_type_of_a_national_actor_and_the_group_of_another():
    (row,) = in_view()

    assert (row["Actor1Code"], row["Actor1Name"], row["Actor1CountryCode"], row["Actor1Type1Code"]) == (
        "TURMIL",
        "TURKISH TROOPS",
        "TUR",
        "MIL",
    )
    assert row["Actor1KnownGroupCode"] is None
    assert (row["Actor2CountryCode"], row["Actor2KnownGroupCode"], row["Actor2Type1Code"]) == (
        None,
        "UNO",
        "IGO",
    )


@pytest.mark.parametrize(
    ("kind", "country", "type_", "code"),
    [
        ("'country'", "'TR'", 1, "TU"),
        ("'region'", "'US'", 2, "US"),
        ("'town'", "'US'", 3, "US"),
        ("'town'", "'TR'", 4, "TU"),
        ("'region'", "'TR'", 5, "TU"),
        ("CAST(NULL AS VARCHAR)", "CAST(NULL AS VARCHAR)", 0, None),
    ],
)
def test_gdelt_has_fips_codes_and_kinds_of_places(kind, country, type_, code):
    (row,) = in_view(place_kind=kind, country=country)

    assert (row["ActionGeo_Type"], row["ActionGeo_CountryCode"]) == (type_, code)


def test_an_event_without_a_time_has_the_day_of_its_article():
    (row,) = in_view(start_on="CAST(NULL AS DATE)")

    assert row["SQLDATE"] == 20200220


def test_gdelt_has_asserted_events_only():
    assert in_view(modality="'planned'") == []
