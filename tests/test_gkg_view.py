"""The view of the articles with the columns of GDELT's Global Knowledge Graph 2.1, over a run of the seeds and over single rows."""

from __future__ import annotations

import re
from collections import Counter

import duckdb
import pytest
import sqlglot

from flows.schema import Type
from flows.tables import BY_NAME
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.gkg import COLUMNS, COUNT_TYPES, gdelt_gkg
from flows.warehouse.parquet import parquet_views

CODEBOOK = """GKGRECORDID DATE SourceCollectionIdentifier SourceCommonName DocumentIdentifier Counts V2Counts Themes V2Themes Locations V2Locations
    Persons V2Persons Organizations V2Organizations V2Tone Dates GCAM SharingImage RelatedImages SocialImageEmbeds SocialVideoEmbeds Quotations
    AllNames Amounts TranslationInfo Extras""".split()


@pytest.mark.parametrize("name", DIALECTS)
def test_the_view_has_the_27_columns_of_the_codebook_in_every_dialect(name):
    parsed = sqlglot.parse_one(gdelt_gkg(DIALECTS[name]), dialect=name, error_level=sqlglot.ErrorLevel.RAISE)

    assert [each.alias for each in parsed.expression.expressions] == CODEBOOK == COLUMNS
    assert len(CODEBOOK) == 27


# A run of the seeds.


@pytest.fixture(scope="module")
def seeds(dataset):
    """A session over the files of a run, with all views."""
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(parquet_views(f"{dataset}/"))
        yield db


@pytest.fixture(scope="module")
def records(seeds):
    """The rows of the view, each with the text of its article."""
    found = seeds.execute(
        "SELECT gkg.*, article.article_id, article.body_text FROM gdelt_gkg AS gkg "
        "JOIN articles_latest AS article ON gkg.GKGRECORDID LIKE '%-' || article.article_id"
    )
    names = [each[0] for each in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def blocks(field, delimiter=";"):
    return field.split(delimiter) if field else []


def on_one_line(text):
    return re.sub(r"[;#,|\t\r\n]", " ", text)


def of_all(records, column, delimiter=";"):
    """Each block of a column with the text of its article."""
    return [(block, record["body_text"]) for record in records for block in blocks(record[column], delimiter)]


def test_each_article_is_one_record(seeds, records):
    (count,) = seeds.execute("SELECT count(*) FROM articles_latest").fetchone()

    assert len(records) == count
    assert all(re.fullmatch(r"\d{14}-[0-9a-f]+", record["GKGRECORDID"]) for record in records)
    assert all(len(str(record["DATE"])) == 14 for record in records)
    assert {record["SourceCollectionIdentifier"] for record in records} == {1, 2}


def test_a_record_is_one_line_of_27_fields(records):
    for record in records:
        line = "\t".join(str(record[name]) for name in COLUMNS)
        assert line.count("\t") == 26
        assert line.splitlines() == [line]


def test_the_counts_are_those_of_the_claims(seeds, records):
    kinds = ", ".join(f"('{effect}', '{kind}')" for effect, kind in COUNT_TYPES.items())
    wanted = seeds.execute(
        "SELECT kind, COALESCE(best, acled_number, low, high), char_start, article_id "
        f"FROM claims_latest JOIN (VALUES {kinds}) AS kinds(effect, kind) USING (effect) "
        "WHERE repeats_claim_id IS NULL AND NOT is_negated AND NOT is_hypothetical AND stance IN ('asserts', 'revises') "
        "AND COALESCE(best, acled_number, low, high) IS NOT NULL"
    ).fetchall()
    found = [
        (fields[0], int(fields[1]), int(fields[10]), record["article_id"])
        for record in records
        for fields in (block.split("#") for block in blocks(record["V2Counts"]))
    ]

    assert Counter(found) == Counter(wanted)
    assert len(found) > 10
    assert {kind for kind, *_ in found} >= {"KILL", "WOUND"}


def test_counts_without_offsets_are_the_same_counts(records):
    for record in records:
        first, second = (
            [block.split("#") for block in blocks(record[name])] for name in ("Counts", "V2Counts")
        )
        assert first == [fields[:10] for fields in second]
        assert all(len(fields) == 11 for fields in second)


def test_a_count_names_a_location_of_its_article_or_none(records):
    for record in records:
        places = {tuple(block.split("#")) for block in blocks(record["Locations"])}
        for block in blocks(record["Counts"]):
            place = tuple(block.split("#")[3:])
            assert place == ("0", "", "", "", "", "", "") or place in places


def test_locations_have_their_fields_and_point_at_their_words(seeds, records):
    surfaces = {
        (article, start): surface
        for article, start, surface in seeds.execute(
            "SELECT article_id, char_start, surface FROM places_latest"
        ).fetchall()
    }
    checked = 0
    for record in records:
        for block in blocks(record["V2Locations"]):
            kind, name, country, region, district, latitude, longitude, feature, offset = block.split("#")
            surface = surfaces[record["article_id"], int(offset)]
            assert record["body_text"][int(offset) :].startswith(surface)
            assert kind in set("12345")
            assert name
            assert re.fullmatch("[A-Z]{2}", country)
            assert region.startswith(country)
            assert district == ""
            assert -90 <= float(latitude) <= 90
            assert -180 <= float(longitude) <= 180
            assert re.fullmatch(r"\d*", feature)
            assert block.replace(f"#{district}#{latitude}", f"#{latitude}").rpartition("#")[0] in blocks(
                record["Locations"]
            )
            checked += 1
        assert len(set(blocks(record["Locations"]))) == len(blocks(record["Locations"]))
    assert checked > 20


@pytest.mark.parametrize(
    ("column", "simple"), [("V2Persons", "Persons"), ("V2Organizations", "Organizations")]
)
def test_names_have_their_offsets_and_stand_once_without_them(records, column, simple):
    for record in records:
        names = [block.rpartition(",") for block in blocks(record[column])]
        assert sorted({name.lower() for name, _, _ in names}) == sorted(blocks(record[simple]))
        assert all(0 <= int(offset) < len(record["body_text"]) for _, _, offset in names)
    assert len(of_all(records, column)) > 5


def test_all_names_are_the_words_at_their_offsets(records):
    named = of_all(records, "AllNames")

    for block, text in named:
        name, _, offset = block.rpartition(",")
        assert on_one_line(text[int(offset) : int(offset) + len(name)]) == name
    assert len(named) > 50


def test_dates_have_a_resolution_and_the_parts_that_it_knows(records):
    dates = of_all(records, "Dates")

    for block, _ in dates:
        resolution, month, day, year, _ = map(int, block.split("#"))
        assert (month > 0, day > 0) == {1: (False, False), 2: (True, False), 3: (True, True)}[resolution]
        assert 1 <= year <= 9999
    assert len(dates) > 20


def test_quotations_are_the_words_at_their_offsets_with_the_verb(records):
    quotations = of_all(records, "Quotations", "#")

    for block, text in quotations:
        offset, length, _, quoted = block.split("|")
        assert on_one_line(text[int(offset) : int(offset) + int(length)]) == quoted
    assert {block.split("|")[2] for block, _ in quotations} >= {"said"}


def test_amounts_are_a_number_an_object_and_an_offset(seeds, records):
    amounts = of_all(records, "Amounts")

    for block, text in amounts:
        number, _, offset = block.split(",")
        assert re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", number)
        assert 0 <= int(offset) < len(text)
    (count,) = seeds.execute("SELECT count(*) FROM amounts_latest").fetchone()
    assert len(amounts) == count > 10


def test_what_is_not_computed_is_empty(records):
    for name in ("Themes", "V2Themes", "GCAM", "SharingImage", "RelatedImages", "TranslationInfo"):
        assert {record[name] for record in records} == {""}


def test_the_tone_has_the_seven_fields_of_the_codebook(records):
    """Tone is the positive score less the negative, polarity their sum; two densities have no source."""
    tones = [record["V2Tone"].split(",") for record in records if record["V2Tone"]]

    assert len(tones) > 20
    for tone, positive, negative, polarity, activities, groups, words in tones:
        assert float(tone) == pytest.approx(float(positive) - float(negative), abs=0.011)
        assert float(polarity) == pytest.approx(float(positive) + float(negative), abs=0.011)
        assert (activities, groups) == ("", "")
        assert int(words) > 0


# Single rows.

ARTICLE = {
    "article_id": "'a1'",
    "published_at": "TIMESTAMPTZ '2020-02-20 10:15:00+00'",
    "fetched_at": "TIMESTAMPTZ '2026-01-02 03:04:05.9+00'",
    "url": "'https://press.example/1'",
    "uri": "'file:///a.txt'",
    "source_name": "'Meridian Press'",
    "headline": "'Army & <rebels>'",
    "body_text": "'text'",
}
CLAIM = {
    "article_id": "'a1'",
    "effect": "'killed'",
    "best": "15",
    "object": "'Turkish soldiers'",
    "number": "'15'",
    "unit": "'people'",
    "stance": "'asserts'",
    "place_id": "'p1'",
    "char_start": "7",
    "is_negated": "false",
    "is_hypothetical": "false",
}
PLACE = {
    "place_id": "'p1'",
    "article_id": "'a1'",
    "char_start": "40",
    "surface": "'Aleppo'",
    "name": "'Aleppo'",
    "feature_class": "'P'",
    "feature_code": "'PPLA'",
    "country": "'SY'",
    "admin1_code": "'09'",
    "latitude": "36.5",
    "longitude": "37.25",
    "geonameid": "170063",
}


def record_of(**rows):
    """The record of one article, with one row of each table that is named."""
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for name in ("articles", "claims", "places", "mentions", "times", "quotes", "amounts"):
            given = ARTICLE | rows.get(name, {}) if name == "articles" else rows.get(name)
            columns = ", ".join(
                f"CAST({(given or {}).get(column.name, 'NULL')} AS {DIALECTS['duckdb'].types[column.type]}) AS {column.name}"
                for column in BY_NAME[name].columns
                if column.type not in (Type.SEGMENT_LIST, Type.TOPIC_LIST, Type.TEXT_MAP)
            )
            db.execute(f"CREATE VIEW {name}_latest AS SELECT {columns}" + ("" if given else " WHERE false"))
        db.execute(gdelt_gkg(DIALECTS["duckdb"]))
        (found,) = db.execute("SELECT * FROM gdelt_gkg").fetchall()
        return dict(zip(COLUMNS, found, strict=True))


def test_a_record_has_its_dates_its_source_and_its_title():
    record = record_of()

    assert record["GKGRECORDID"] == "20260102030405-a1"
    assert record["DATE"] == 20200220101500
    assert (record["SourceCollectionIdentifier"], record["SourceCommonName"]) == (1, "Meridian Press")
    assert record["DocumentIdentifier"] == "https://press.example/1"
    assert record["Extras"] == "<PAGE_TITLE>Army &amp; &lt;rebels&gt;</PAGE_TITLE>"


def test_an_article_without_an_address_is_cited_by_its_file():
    record = record_of(articles={"url": "NULL", "published_at": "NULL"})

    assert (record["SourceCollectionIdentifier"], record["DocumentIdentifier"]) == (2, "file:///a.txt")
    assert record["DATE"] == 20260102030405


def test_a_count_has_its_type_its_number_its_object_and_its_place():
    record = record_of(claims=CLAIM, places=PLACE)

    assert record["Counts"] == "KILL#15#Turkish soldiers#4#Aleppo#SY#SY09#36.5#37.25#170063"
    assert record["V2Counts"] == record["Counts"] + "#7"
    assert record["V2Locations"] == "4#Aleppo#SY#SY09##36.5#37.25#170063#40"


@pytest.mark.parametrize(
    ("changed", "count"),
    [
        ({"place_id": "NULL"}, "KILL#15#Turkish soldiers#0######"),
        ({"object": "'15'"}, "KILL#15#people#0######"),
        ({"object": "'men; #2, | so\n'"}, "KILL#15#men   2    so #0######"),
        ({"best": "NULL", "acled_number": "12", "low": "24"}, "KILL#12#Turkish soldiers#0######"),
        ({"effect": "'abducted'"}, "KIDNAP#15#Turkish soldiers#0######"),
        ({"effect": "'destroyed'"}, ""),
        ({"stance": "'denies'"}, ""),
        ({"is_negated": "true"}, ""),
        ({"is_hypothetical": "true"}, ""),
        ({"repeats_claim_id": "'c0'"}, ""),
    ],
)
def test_a_count_is_an_asserted_claim_with_one_number(changed, count):
    """The place of the claim is not among the places here."""
    assert record_of(claims=CLAIM | changed)["Counts"] == count


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"feature_class": "'A'", "feature_code": "'PCLI'"}, "1"),
        ({"feature_class": "'A'", "feature_code": "'ADM1'"}, "5"),
        ({"feature_class": "'A'", "feature_code": "'ADM1'", "country": "'US'"}, "2"),
        ({"country": "'US'"}, "3"),
        ({}, "4"),
    ],
)
def test_a_location_has_gdelts_type(changed, kind):
    assert record_of(places=PLACE | changed)["Locations"].startswith(f"{kind}#Aleppo#")


def test_a_place_without_a_point_is_no_location():
    assert record_of(places=PLACE | {"latitude": "NULL"})["V2Locations"] == ""


@pytest.mark.parametrize(
    ("changed", "amount"),
    [
        ({"currency": "'USD'"}, "3000000,USD damage,9"),
        ({"unit": "'kilometer'", "best": "2.5", "counted": "NULL"}, "2.5,kilometer,9"),
        ({"unit": "'percent'", "best": "NULL", "low": "40"}, "40,percent damage,9"),
    ],
)
def test_an_amount_has_its_unit_and_what_is_counted(changed, amount):
    row = {"article_id": "'a1'", "char_start": "9", "best": "3e6", "counted": "'damage'"}

    assert record_of(amounts=row | changed)["Amounts"] == amount


@pytest.mark.parametrize(
    ("precision", "date"),
    [("day", "3#2#19#2020#5"), ("month", "2#2#0#2020#5"), ("year", "1#0#0#2020#5"), ("week", "")],
)
def test_a_date_has_the_parts_that_its_precision_knows(precision, date):
    row = {
        "article_id": "'a1'",
        "char_start": "5",
        "start_on": "DATE '2020-02-19'",
        "precision": f"'{precision}'",
    }

    assert record_of(times=row)["Dates"] == date


def test_a_tone_is_a_percentage_of_the_words():
    article = {"tone_positive_share": "0.125", "tone_negative_share": "0.0333", "word_count": "120"}

    assert record_of(articles=article)["V2Tone"] == "9.17,12.5,3.33,15.83,,,120"
    assert record_of()["V2Tone"] == ""
