"""The views of GDELT Mentions, UCDP GED, ninjs and GeoJSON, over a run of samples and over single rows; and what is documented of all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlglot

from flows.enrich.lexicons import table
from flows.schema import Type
from flows.warehouse.data_sets import DATA_SETS, describe_data_sets
from flows.warehouse.declared import missing
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.gdelt import gdelt_events
from flows.warehouse.gdelt_mentions import gdelt_mentions
from flows.warehouse.ged import priogrid_cell, ucdp_ged
from flows.warehouse.geojson import COLLECTION, geojson
from flows.warehouse.gkg import COLUMNS, NOT_COMPUTED
from flows.warehouse.ninjs import ninjs
from flows.warehouse.parquet import parquet_views

from .conftest import FETCHED_AT, SEEDS, dateline
from .single_rows import rows_of

DUCK = DIALECTS["duckdb"]
TEXT, NUMBER, DECIMAL, DAY, FLAG = Type.TEXT, Type.INT64, Type.FLOAT64, Type.DATE, Type.BOOL

GED = {
    "id": NUMBER, "relid": TEXT, "year": NUMBER, "active_year": FLAG, "code_status": TEXT, "type_of_violence": NUMBER,
    "conflict_dset_id": TEXT, "conflict_new_id": NUMBER, "conflict_name": TEXT, "dyad_dset_id": TEXT, "dyad_new_id": NUMBER,
    "dyad_name": TEXT, "side_a_dset_id": TEXT, "side_a_new_id": NUMBER, "side_a": TEXT, "side_b_dset_id": TEXT,
    "side_b_new_id": NUMBER, "side_b": TEXT, "number_of_sources": NUMBER, "source_article": TEXT, "source_office": TEXT,
    "source_date": TEXT, "source_headline": TEXT, "source_original": TEXT, "where_prec": NUMBER, "where_coordinates": TEXT,
    "where_description": TEXT, "adm_1": TEXT, "adm_2": TEXT, "latitude": DECIMAL, "longitude": DECIMAL, "geom_wkt": TEXT,
    "priogrid_gid": NUMBER, "country": TEXT, "country_id": NUMBER, "region": TEXT, "event_clarity": NUMBER, "date_prec": NUMBER,
    "date_start": DAY, "date_end": DAY, "deaths_a": NUMBER, "deaths_b": NUMBER, "deaths_civilians": NUMBER, "deaths_unknown": NUMBER,
    "best": NUMBER, "high": NUMBER, "low": NUMBER, "gwnoa": TEXT, "gwnob": TEXT,
}  # fmt: skip
"""The columns of GED 23.1, 24.1 and 25.1 with their types."""

MENTIONS = {
    "GlobalEventID": TEXT, "EventTimeDate": NUMBER, "MentionTimeDate": NUMBER, "MentionType": NUMBER, "MentionSourceName": TEXT,
    "MentionIdentifier": TEXT, "SentenceID": NUMBER, "Actor1CharOffset": NUMBER, "Actor2CharOffset": NUMBER, "ActionCharOffset": NUMBER,
    "InRawText": NUMBER, "Confidence": NUMBER, "MentionDocLen": NUMBER, "MentionDocTone": DECIMAL, "MentionDocTranslationInfo": TEXT,
    "Extras": TEXT,
}  # fmt: skip
"""The columns of GDELT 2.0 Mentions; the id is a text here."""


def view_columns(data_set, name):
    """The names that a view's outermost SELECT gives, as parsed in a dialect."""
    statement = data_set.statement(DIALECTS[name])
    parsed = sqlglot.parse_one(statement, dialect=name, error_level=sqlglot.ErrorLevel.RAISE)
    return [each.alias for each in parsed.expression.expressions]


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("data_set", DATA_SETS, ids=lambda each: each.name)
def test_a_view_has_the_declared_columns_in_every_dialect(data_set, name):
    assert view_columns(data_set, name) == [field.name for field in data_set.fields(DIALECTS[name])]


@pytest.mark.parametrize(("data_set", "codebook"), [("ucdp_ged", GED), ("gdelt_mentions", MENTIONS)])
def test_a_view_has_the_columns_and_types_of_its_codebook(samples, data_set, codebook):
    described = samples.execute(f"DESCRIBE {data_set}").fetchall()

    assert [(row[0], row[1]) for row in described] == [
        (name, DUCK.types[kind]) for name, kind in codebook.items()
    ]
    assert len(codebook) == {"ucdp_ged": 49, "gdelt_mentions": 16}[data_set]


# A run of samples.

BATTLE = """Date: 2021-06-15
Source: Meridian Press
Headline: Army and rebels fight near Aleppo

Turkish soldiers attacked Kurdish rebels in Aleppo on Monday, killing four rebels, the governor said.
"""
OTHER_BATTLE = """Date: 2021-06-15
Source: Harbour Wire
Headline: Army and rebels fight near Aleppo, governor says

Turkish soldiers attacked Kurdish rebels in Aleppo on Monday, killing five rebels, the governor said.
"""
SAMPLES = {"battle.txt": BATTLE, "other-battle.txt": OTHER_BATTLE}


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """An output of two runs: the seeds and one report of a battle, then the report of another outlet."""
    folder = tmp_path_factory.mktemp("samples")
    sources = folder / "in"
    sources.mkdir()
    for path in (*SEEDS.iterdir(),):
        (sources / path.name).write_bytes(path.read_bytes())
    for name, text in SAMPLES.items():
        (sources / name).write_text(text)
        done = dateline("run", sources, "--output", folder / "output", "--fetched-at", FETCHED_AT.isoformat())
        assert done.returncode == 0, done.stderr.decode()
    return folder / "output"


@pytest.fixture(scope="module")
def samples(output):
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(parquet_views(f"{output}/"))
        yield db


def in_samples(db, query):
    found = db.execute(query)
    names = [each[0] for each in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("data_set", DATA_SETS, ids=lambda each: each.name)
def test_what_is_declared_to_have_no_source_is_empty_in_every_row(samples, data_set):
    fields = data_set.fields(DUCK)
    counts = ", ".join(
        f"count(NULLIF(CAST({DUCK.identifier(field.name)} AS VARCHAR), '')) AS {field.name}"
        for field in fields
    )
    (filled,) = in_samples(samples, f"SELECT {counts} FROM {data_set.name}")

    assert {name for name in missing(fields) if filled[name]} == set()
    assert all(field.why for field in fields if field.sql is None)


def test_the_battle_of_two_reports_is_one_event_with_two_mentions(samples):
    (event,) = in_samples(
        samples,
        "SELECT * FROM gdelt_events WHERE ActionGeo_Fullname = 'Aleppo' AND EventRootCode IN ('18', '19')",
    )
    mentions = in_samples(
        samples, f"SELECT * FROM gdelt_mentions WHERE GlobalEventID = '{event['GLOBALEVENTID']}'"
    )

    assert (event["NumMentions"], event["NumSources"], event["NumArticles"]) == (2, 2, 2)
    assert sorted(row["MentionSourceName"] for row in mentions) == ["Harbour Wire", "Meridian Press"]
    assert {row["EventTimeDate"] for row in mentions} == {20260102030405}


def test_each_mention_is_of_an_event_and_its_offsets_are_those_of_its_words(samples):
    rows = in_samples(
        samples,
        "SELECT mention.*, event.trigger, article.body_text FROM gdelt_mentions AS mention "
        "JOIN gdelt_events AS told ON told.GLOBALEVENTID = mention.GlobalEventID JOIN events_latest AS event ON event.event_id = mention.Extras "
        "JOIN articles_latest AS article ON article.article_id = event.article_id",
    )
    (count,) = samples.execute("SELECT count(*) FROM gdelt_mentions").fetchone()

    assert len(rows) == count > 20
    for row in rows:
        assert row["body_text"][row["ActionCharOffset"] :].startswith(row["trigger"])
        assert row["MentionDocLen"] == len(row["body_text"])


def test_the_battle_of_two_reports_is_one_incident(samples):
    (incident,) = in_samples(samples, "SELECT * FROM ucdp_ged WHERE where_coordinates = 'Aleppo'")

    assert (incident["type_of_violence"], incident["side_a"], incident["gwnoa"]) == (
        1,
        "Government of Turkey",
        "640",
    )
    assert (incident["country"], incident["country_id"], incident["region"]) == ("Syria", 652, "Middle East")
    assert (incident["date_start"], incident["date_prec"], incident["year"]) == (date(2021, 6, 14), 1, 2021)
    assert (incident["low"], incident["high"], incident["number_of_sources"]) == (4, 5, 2)
    assert incident["best"] == incident["deaths_b"] == 5
    assert incident["source_office"] == "Meridian Press;Harbour Wire"
    assert incident["source_original"] == "the governor"
    assert int(incident["relid"][:15], 16) == incident["id"]


def test_a_later_report_leaves_the_id_of_an_incident(output):
    with duckdb.connect() as db:
        db.execute(parquet_views(f"{output}/"))
        before = "SELECT relid FROM ucdp_ged WHERE where_coordinates = 'Aleppo'"
        (first,) = db.execute(
            "SELECT event_id FROM events JOIN articles USING (article_id) WHERE source_name = 'Meridian Press' "
            "AND place_name = 'Aleppo' AND cameo_root_code IN ('18', '19') ORDER BY events.char_start LIMIT 1"
        ).fetchone()

        assert db.execute(before).fetchall() == [(first,)]


def test_the_dead_of_an_incident_are_those_of_its_sides(samples):
    for row in in_samples(samples, "SELECT * FROM ucdp_ged"):
        parts = [row[f"deaths_{side}"] for side in ("a", "b", "civilians", "unknown")]
        assert sum(parts) == row["best"]
        assert row["low"] <= row["best"] <= row["high"]
        assert row["high"] >= 1


# Single rows.

ARTICLE = {
    "article_id": "'a1'",
    "published_at": "TIMESTAMPTZ '2020-02-20 10:15:00+00'",
    "published_on": "DATE '2020-02-20'",
    "fetched_at": "TIMESTAMPTZ '2026-01-02 03:04:05.9+00'",
    "source_name": "'Reuters'",
    "headline": "'Fighting; again'",
    "uri": "'file:///a.txt'",
    "source_version": "1",
    "char_count": "300",
    "word_count": "50",
    "body_text": "'text'",
}
EVENT = {
    "event_id": "'0123456789abcdef0123456789abcdef'",
    "article_id": "'a1'",
    "batch_seq": "1",
    "sentence_no": "2",
    "char_start": "10",
    "trigger_start": "15",
    "trigger": "'killed'",
    "surface": "'killed'",
    "modality": "'asserted'",
    "cameo_code": "'190'",
    "cameo_root_code": "'19'",
    "acled_event_type": "'Battles'",
    "start_on": "DATE '2020-02-19'",
    "end_on": "DATE '2020-02-19'",
    "country": "'SY'",
    "latitude": "36.2",
    "longitude": "37.1",
    "claim_ids": "['c1']",
}
CLAIM = {
    "claim_id": "'c1'",
    "article_id": "'a1'",
    "effect": "'killed'",
    "object_type": "'person'",
    "stance": "'asserts'",
    "low": "3",
    "best": "3",
    "high": "3",
    "is_negated": "false",
    "is_hypothetical": "false",
    "is_historical": "false",
    "is_cumulative": "false",
    "is_part": "false",
}
ARMY = {"inter": "1", "sector": "'MIL'", "country": "'TUR'", "": "'the army'"}
REBELS = {"inter": "2", "sector": "'REB'", "": "'rebels'"}
GUNMEN = {"inter": "3", "sector": "'UAF'", "": "'gunmen'"}
VILLAGERS = {"inter": "7", "sector": "'CVL'", "": "'villagers'"}
PROTESTERS = {"inter": "6", "sector": "'OPP'", "": "'protesters'"}
SYRIA = {"inter": "1", "sector": "'MIL'", "country": "'SYR'", "": "'Syrian troops'"}
PLACE_ALONE = {"inter": "1", "country": "'SYR'", "": "'Syria'"}
NOBODY = {}


def actor(role, stated):
    columns = {"": role, "inter": f"{role}_acled_inter"}
    return {columns.get(key, f"{role}_{key}"): value for key, value in stated.items()}


def incident(source=ARMY, target=REBELS, claim=None, **event):
    """The incidents of one event with one claim."""
    told = EVENT | actor("source", source) | actor("target", target) | event
    return rows_of(ucdp_ged, events=(told,), articles=(ARTICLE,), claims=(CLAIM | (claim or {}),))


@pytest.mark.parametrize(
    ("source", "target", "violence", "side_a", "side_b"),
    [
        (ARMY, REBELS, 1, "Government of Turkey", "rebels"),
        (REBELS, ARMY, 1, "Government of Turkey", "rebels"),
        (ARMY, SYRIA, 1, "Government of Turkey", "Government of Syria"),
        (REBELS, REBELS, 2, "rebels", "rebels"),
        (REBELS, VILLAGERS, 3, "rebels", "Civilians"),
        (ARMY, PROTESTERS, 3, "Government of Turkey", "Civilians"),
        (GUNMEN, VILLAGERS, None, "gunmen", "villagers"),
        (GUNMEN, ARMY, None, "gunmen", "Government of Turkey"),
        (ARMY, PLACE_ALONE, None, "Government of Turkey", "Government of Syria"),
        (ARMY, NOBODY, None, "Government of Turkey", None),
        (NOBODY, ARMY, None, None, "Government of Turkey"),
    ],
)
def test_the_type_of_violence_follows_from_the_actors(source, target, violence, side_a, side_b):
    """Gunmen of no known group are no organised actor; a country alone that is acted upon may be a mere place."""
    (row,) = incident(source, target)

    assert (row["type_of_violence"], row["side_a"], row["side_b"]) == (violence, side_a, side_b)


def test_victims_who_are_civilians_make_violence_one_sided_where_no_target_is_named():
    (row,) = incident(ARMY, NOBODY, {"victim_type": "'civilian'"})

    assert (row["type_of_violence"], row["side_b"], row["deaths_civilians"]) == (3, "Civilians", 3)


@pytest.mark.parametrize(
    ("source", "target", "victims", "side"),
    [
        (ARMY, REBELS, {"victim_type": "'military'"}, "deaths_a"),
        (REBELS, ARMY, {"victim_type": "'police'"}, "deaths_a"),
        (ARMY, REBELS, {"victim_type": "'rebel'"}, "deaths_b"),
        (ARMY, REBELS, {"victim_type": "'journalist'"}, "deaths_civilians"),
        (ARMY, REBELS, {}, "deaths_unknown"),
        (REBELS, REBELS, {"victim_type": "'rebel'"}, "deaths_unknown"),
        (ARMY, SYRIA, {"victim_type": "'military'", "nationality": "'SY'"}, "deaths_b"),
        (ARMY, SYRIA, {"victim_type": "'military'", "nationality": "'TR'"}, "deaths_a"),
        (ARMY, SYRIA, {"victim_type": "'military'"}, "deaths_unknown"),
        (REBELS, VILLAGERS, {}, "deaths_civilians"),
        (NOBODY, ARMY, {"victim_type": "'police'"}, "deaths_b"),
    ],
)
def test_the_dead_are_of_the_side_that_the_victims_are_of(source, target, victims, side):
    (row,) = incident(source, target, victims)

    assert {name: row[name] for name in GED if name.startswith("deaths_") and row[name]} == {side: 3}


@pytest.mark.parametrize(
    ("claim", "numbers"),
    [
        ({}, (3, 3, 3)),
        ({"best": "NULL", "low": "10", "high": "15"}, (10, 10, 15)),
        ({"high": "NULL"}, (3, 3, 3)),
        ({"low": "NULL", "best": "NULL", "high": "50"}, (50, 50, 50)),
    ],
)
def test_an_incident_has_the_numbers_of_its_claim(claim, numbers):
    (row,) = incident(claim=claim)

    assert (row["low"], row["best"], row["high"]) == numbers


@pytest.mark.parametrize(
    "changed",
    [
        {"effect": "'wounded'"},
        {"stance": "'denies'"},
        {"stance": "'cannot_confirm'"},
        {"is_negated": "true"},
        {"is_hypothetical": "true"},
        {"is_historical": "true"},
        {"is_cumulative": "true"},
        {"is_part": "true"},
        {"object_type": "'animal'"},
        {"claim_id": "'c9'"},
        {"low": "0", "best": "0", "high": "0"},
    ],
)
def test_an_event_without_an_asserted_claim_of_deaths_is_no_incident(changed):
    assert incident(claim=changed) == []


@pytest.mark.parametrize(
    "changed", [{"acled_event_type": "'Riots'"}, {"acled_event_type": "NULL"}, {"modality": "'denied'"}]
)
def test_an_event_that_is_no_violence_of_organised_actors_is_no_incident(changed):
    assert incident(**changed) == []


def test_a_claim_that_is_stated_again_counts_once():
    told = EVENT | actor("source", ARMY) | actor("target", REBELS) | {"claim_ids": "['c1', 'c2']"}
    again = CLAIM | {"claim_id": "'c2'", "repeats_claim_id": "'c1'"}
    (row,) = rows_of(ucdp_ged, events=(told,), articles=(ARTICLE,), claims=(CLAIM, again))

    assert row["best"] == 3


def test_reports_that_say_different_types_leave_it_open():
    told = EVENT | actor("source", ARMY) | actor("target", REBELS)
    other = (
        EVENT | actor("source", ARMY) | actor("target", VILLAGERS) | {"event_id": "'ff'", "char_start": "90"}
    )
    (row,) = rows_of(ucdp_ged, events=(told, other), articles=(ARTICLE,), claims=(CLAIM,))

    assert row["type_of_violence"] is None
    assert row["relid"] == "0123456789abcdef0123456789abcdef"


def test_days_and_places_make_incidents():
    told = EVENT | actor("source", ARMY) | actor("target", REBELS)
    next_day = told | {"event_id": "'ff'", "start_on": "DATE '2020-02-20'"}
    elsewhere = told | {"event_id": "'fe'", "geonameid": "170063"}

    assert (
        len(rows_of(ucdp_ged, events=(told, next_day, elsewhere), articles=(ARTICLE,), claims=(CLAIM,))) == 3
    )


def test_the_best_estimate_is_that_of_the_last_report():
    told = EVENT | actor("source", ARMY) | actor("target", REBELS)
    later = ARTICLE | {
        "article_id": "'a2'",
        "published_at": "TIMESTAMPTZ '2020-02-20 18:00:00+00'",
        "source_name": "'AP'",
    }
    event = told | {"event_id": "'ff'", "article_id": "'a2'", "claim_ids": "['c2']", "batch_seq": "2"}
    claim = CLAIM | {"claim_id": "'c2'", "article_id": "'a2'", "low": "7", "best": "7", "high": "8"}
    members = tuple({"article_id": article, "story_id": "'s1'"} for article in ("'a1'", "'a2'"))
    (row,) = rows_of(
        ucdp_ged,
        events=(told, event),
        articles=(ARTICLE, later),
        claims=(CLAIM, claim),
        story_members=members,
    )

    assert (row["low"], row["best"], row["high"], row["number_of_sources"]) == (3, 7, 8, 2)
    assert row["source_article"] == "Reuters,2020-02-20,Fighting, again;AP,2020-02-20,Fighting, again"
    assert row["relid"] == "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("latitude", "longitude", "cell"),
    [
        ("10.51", "2.29", 145085),
        ("-90", "-180", 1),
        ("90", "180", 259200),
        ("-89.75", "-179.25", 2),
        ("NULL", "2", None),
    ],
)
def test_the_cell_of_a_point_is_that_of_priogrid(latitude, longitude, cell):
    ((found,),) = duckdb.sql(f"SELECT {priogrid_cell(f'CAST({latitude} AS DOUBLE)', longitude)}").fetchall()

    assert found == cell


@pytest.mark.parametrize(
    ("iso", "number"),
    [
        ("US", "2"),
        ("TR", "640"),
        ("YE", "678"),
        ("VN", "816"),
        ("RS", "340"),
        ("SS", "626"),
        ("PS", ""),
        ("HK", ""),
    ],
)
def test_states_have_the_numbers_of_gleditsch_and_ward(iso, number):
    assert {row["iso"]: row["gwno"] for row in table("country_codes")}[iso] == number


def test_numbers_of_gleditsch_and_ward_are_unique():
    numbers = [row["gwno"] for row in table("country_codes") if row["gwno"]]

    assert len(set(numbers)) == len(numbers) == 195


def test_the_same_event_in_two_stories_is_two_events():
    again = EVENT | {"event_id": "'ff'", "article_id": "'a2'"}
    articles = (ARTICLE, ARTICLE | {"article_id": "'a2'"})
    members = tuple({"article_id": article, "story_id": "'s1'"} for article in ("'a1'", "'a2'"))

    assert len(rows_of(gdelt_events, events=(EVENT, again), articles=articles)) == 2
    assert len(rows_of(gdelt_events, events=(EVENT, again), articles=articles, story_members=members)) == 1


def test_an_event_that_a_document_tells_twice_is_mentioned_where_it_is_first():
    again = EVENT | {"event_id": "'ff'", "char_start": "90", "trigger_start": "95", "sentence_no": "5"}
    (mention,) = rows_of(gdelt_mentions, events=(again, EVENT), articles=(ARTICLE,))
    (event,) = rows_of(gdelt_events, events=(again, EVENT), articles=(ARTICLE,))

    assert (mention["SentenceID"], mention["ActionCharOffset"]) == (3, 15)
    assert (event["NumMentions"], event["NumArticles"]) == (2, 1)


# ninjs and GeoJSON.

NAMED = {"name", "uri", "literal", "rel", "contactInfo"}
BLOCK = {"role", "contentType", "value", "charCount", "wordCount"}
NINJS_LISTS = {
    "headlines": {"role", "contentType", "value"}, "bodies": BLOCK, "people": NAMED, "organisations": NAMED | {"symbols"},
    "places": NAMED | {"geojson"}, "events": {"id", "name", "rel", "uri", "literal"}, "infoSources": {"name", "role", "uri", "literal", "contactInfo"},
    "altIds": {"role", "value"},
}  # fmt: skip
"""Lists of objects in ninjs 3.0 with the properties that an item may have, of those used here."""
NINJS_TEXTS = {
    "uri",
    "type",
    "representationType",
    "version",
    "versionCreated",
    "pubStatus",
    "copyrightNotice",
    "edNote",
    "language",
    "by",
    "located",
}


def invalid(document):
    """What of a document the schema of ninjs 3.0 does not allow."""
    unknown = document.keys() - NINJS_TEXTS - NINJS_LISTS.keys() - {"urgency", "standard"}
    yield from unknown
    yield from (name for name in NINJS_TEXTS & document.keys() if not isinstance(document[name], str))
    for name in NINJS_LISTS.keys() & document.keys():
        for item in document[name]:
            yield from (f"{name}.{key}" for key in item.keys() - NINJS_LISTS[name])
            if name in ("headlines", "bodies") and not isinstance(item.get("value"), str):
                yield f"{name} without a value"
    if set(document["standard"]) != {"name", "version", "schema"} or document["type"] != "text":
        yield "standard"


def test_each_article_is_a_document_that_the_schema_of_ninjs_allows(samples):
    rows = in_samples(
        samples,
        "SELECT ninjs.document, article.* FROM ninjs JOIN articles_latest AS article USING (article_id)",
    )
    (count,) = samples.execute("SELECT count(*) FROM articles_latest").fetchone()

    assert len(rows) == count > 50
    for row in rows:
        document = json.loads(row["document"])
        assert list(invalid(document)) == []
        assert document["uri"] == f"urn:dateline:article:{row['article_id']}"
        assert document["bodies"][0]["value"] == row["body_text"]
        assert [each["value"] for each in document.get("headlines", [])] == (
            [row["headline"]] if row["headline"] else []
        )
        assert document["altIds"][0] == {"role": "source", "value": row["uri"]}


def test_a_document_has_the_names_and_places_of_its_article(samples):
    (document,) = (
        json.loads(row["document"])
        for row in in_samples(
            samples,
            "SELECT document FROM ninjs JOIN articles_latest USING (article_id) WHERE headline LIKE 'Army and rebels%Aleppo'",
        )
    )

    assert {each["name"] for each in document["places"]} >= {"Aleppo"}
    assert {each["uri"] for each in document["places"] if each["name"] == "Aleppo"} == {
        "https://sws.geonames.org/170063/"
    }
    assert document["infoSources"] == [{"name": "Meridian Press"}]
    assert document["versionCreated"] == "2021-06-15T00:00:00Z"


HOSTILE = 'say "no" \\ </script>\n\tline \x01\u2028 \U0001f680 \' ; -- {}'


def test_no_text_breaks_the_json_of_a_document():
    stated = " || ".join(f"chr({ord(character)})" for character in HOSTILE)
    article = ARTICLE | {"headline": stated, "byline": stated, "body_text": stated}
    (row,) = rows_of(ninjs, articles=(article,))
    document = json.loads(row["document"])

    assert document["headlines"] == [{"role": "main", "value": HOSTILE}]
    assert (document["by"], document["bodies"][0]["value"]) == (HOSTILE, HOSTILE)


def test_what_an_article_does_not_have_is_left_out_of_its_document():
    (row,) = rows_of(
        ninjs, articles=(ARTICLE | {"headline": "NULL", "published_at": "NULL", "source_name": "NULL"},)
    )

    assert set(json.loads(row["document"])) == {
        "uri",
        "standard",
        "type",
        "representationType",
        "version",
        "bodies",
        "altIds",
    }


@pytest.mark.parametrize(("status", "shown"), [("usable", "usable"), ("embargoed", None)])
def test_a_status_that_ninjs_does_not_know_is_left_out(status, shown):
    (row,) = rows_of(ninjs, articles=(ARTICLE | {"pub_status": f"'{status}'"},))

    assert json.loads(row["document"]).get("pubStatus") == shown


def test_a_feature_has_its_point_and_no_text_breaks_it():
    stated = " || ".join(f"chr({ord(character)})" for character in HOSTILE)
    (row,) = rows_of(
        geojson, events=(EVENT | {"surface": stated, "geo_precision": "2"},), articles=(ARTICLE,)
    )
    feature = json.loads(row["feature"])

    assert feature["geometry"] == {"type": "Point", "coordinates": [37.1, 36.2]}
    assert (feature["properties"]["words"], feature["properties"]["geoPrecision"]) == (HOSTILE, 2)
    assert feature["properties"]["day"] == "2020-02-19"


@pytest.mark.parametrize("changed", [{"latitude": "NULL", "longitude": "NULL"}, {"modality": "'planned'"}])
def test_an_event_without_a_point_or_that_did_not_happen_is_no_feature(changed):
    assert rows_of(geojson, events=(EVENT | changed,), articles=(ARTICLE,)) == []


def test_the_documented_statement_writes_one_collection(samples, tmp_path: Path):
    path = tmp_path / "events.geojson"
    samples.execute(COLLECTION.replace("'events.geojson'", f"'{path}'"))
    collection = json.loads(path.read_text())
    (count,) = samples.execute("SELECT count(*) FROM geojson").fetchone()

    assert collection["type"] == "FeatureCollection"
    assert len(collection["features"]) == count > 5
    assert {feature["type"] for feature in collection["features"]} == {"Feature"}


def test_what_has_no_source_is_documented_with_the_reason():
    text = describe_data_sets()

    for data_set in DATA_SETS:
        assert f"## {data_set.name}\n" in text
        for field in (*data_set.fields(DUCK), *data_set.properties):
            if field.sql is None:
                assert f"| `{field.name}` | none | {field.why} |" in text
    assert list(NOT_COMPUTED) == [name for name in COLUMNS if name in NOT_COMPUTED]
