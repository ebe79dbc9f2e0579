"""The table of events, and the views of it with the columns of GDELT and ACLED."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
import sqlglot

from flows.enrich.lexicons import table
from flows.journey import article_or_rejected, enriched
from flows.schema import check_row
from flows.tables import events
from flows.warehouse.acled import acled_events
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.gdelt import gdelt_events

from .conftest import loaded_reference, raw
from .single_rows import rows_of

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
    "geo_precision": "1",
    "time_precision": "1",
    "surface": "'Turkish troops shelled'",
    "acled_event_type": "'Battles'",
    "acled_sub_event_type": "'Armed clash'",
    "acled_disorder_type": "'Political violence'",
    "char_start": "0",
    "trigger_start": "15",
    "claim_ids": "[]",
    "source_acled_inter": "1",
    "target_acled_inter": "2",
}


ARTICLE = {
    "article_id": "'a1'",
    "published_on": "DATE '2020-02-20'",
    "fetched_at": "TIMESTAMPTZ '2026-01-02 03:04:05.9+00'",
    "source_name": "'Reuters'",
    "uri": "'file:///a.txt'",
}


def in_view(view=gdelt_events, **changed):
    """The row of a view for one event in DuckDB."""
    return rows_of(view, events=(EVENT | changed,), articles=(ARTICLE,))


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


ACLED_COLUMNS = """event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1 inter1 actor2
    assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3 location latitude longitude geo_precision source
    source_scale notes fatalities tags timestamp""".split()


@pytest.mark.parametrize("name", DIALECTS)
def test_the_view_has_the_31_columns_of_acled_in_every_dialect(name):
    parsed = sqlglot.parse_one(
        acled_events(DIALECTS[name]), dialect=name, error_level=sqlglot.ErrorLevel.RAISE
    )

    assert [each.alias for each in parsed.expression.expressions] == ACLED_COLUMNS


def test_acled_has_the_type_the_country_and_the_kinds_of_the_actors():
    (row,) = in_view(acled_events)

    assert (row["event_type"], row["sub_event_type"]) == ("Battles", "Armed clash")
    assert (row["event_date"], row["year"], row["time_precision"]) == (date(2020, 2, 19), 2020, 1)
    assert (row["iso"], row["country"], row["region"]) == (792, "Turkey", "Middle East")
    assert (row["actor1"], row["inter1"], row["inter2"], row["interaction"]) == ("Turkish troops", 1, 2, 12)
    assert (row["civilian_targeting"], row["source"]) == (None, "Reuters")


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({"country": "'SY'"}, (8, 2, 28)),
        ({"target_acled_inter": "CAST(NULL AS BIGINT)"}, (1, 0, 10)),
        ({"source_acled_inter": "2", "target_acled_inter": "1", "target_country": "'TUR'"}, (2, 1, 12)),
        ({"source_acled_inter": "6", "acled_event_type": "'Riots'"}, (5, 2, 25)),
        ({"source_acled_inter": "6", "acled_event_type": "'Protests'"}, (6, 2, 26)),
    ],
)
def test_forces_abroad_are_external_and_who_riots_is_a_rioter(changed, kinds):
    (row,) = in_view(acled_events, **changed)

    assert (row["inter1"], row["inter2"], row["interaction"]) == kinds


def test_acled_names_what_targets_civilians():
    (row,) = in_view(acled_events, target_acled_inter="7")

    assert row["civilian_targeting"] == "Civilian targeting"


KILLED = {
    "claim_id": "'c1'",
    "article_id": "'a1'",
    "effect": "'killed'",
    "object_type": "'person'",
    "stance": "'asserts'",
    "best": "3",
    "is_negated": "false",
    "is_hypothetical": "false",
    "is_historical": "false",
    "is_cumulative": "false",
    "is_part": "false",
}


@pytest.mark.parametrize(
    ("changed", "fatalities"),
    [
        ({}, 3),
        ({"best": "NULL", "low": "24", "acled_number": "12"}, 12),
        ({"effect": "'wounded'"}, 0),
        ({"stance": "'denies'"}, 0),
        ({"is_cumulative": "true"}, 0),
        ({"is_part": "true"}, 0),
        ({"claim_id": "'c9'"}, 0),
    ],
)
def test_the_fatalities_of_acled_are_the_claims_of_people_killed(changed, fatalities):
    (row,) = rows_of(
        acled_events,
        events=(EVENT | {"claim_ids": "['c1']"},),
        articles=(ARTICLE,),
        claims=(KILLED | changed,),
    )

    assert row["fatalities"] == fatalities


def test_a_claim_of_two_events_counts_for_the_first():
    found = rows_of(
        acled_events,
        events=(
            EVENT | {"event_id": "'e2'", "char_start": "9", "claim_ids": "['c1']"},
            EVENT | {"claim_ids": "['c1']"},
        ),
        articles=(ARTICLE,),
        claims=(KILLED,),
    )

    assert {row["event_id_cnty"]: row["fatalities"] for row in found} == {"e1": 3, "e2": 0}


def test_an_event_of_no_type_of_acled_is_not_in_its_view():
    assert in_view(acled_events, acled_event_type="CAST(NULL AS VARCHAR)") == []


def test_every_country_has_a_region_and_a_name():
    rows = list(table("country_codes"))

    assert [row["iso"] for row in rows if not row["region"] or not row["name"]] == []
    assert len({row["region"] for row in rows}) == 17


def test_two_verbs_that_give_one_event_give_one_row():
    """`continued … willing` and `willing` are coded alike: rows with one key would stop a load."""
    text = b'date 2020-02-20 Minister James Baker continued, "We said further that we and others are willing to cooperate.\n'

    (found,) = enriched([article_or_rejected(raw(text))], loaded_reference())

    assert [(row["trigger"], row["cameo_code"]) for row in events.rows(found)] == [("willing", "031")]
