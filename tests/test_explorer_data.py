"""The data of the explorer page: what is shown, where it lies in the text, and which claimants are in conflict."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import to_pandas
from flows.errors import WrongUse
from flows.explore.articles import headline_words
from flows.explore.columnar import columnar
from flows.explore.conflicts import bounds_of, conflicts_of
from flows.explore.headlines import first_words
from flows.explore.layers import LAYERS
from flows.explore.offsets import utf16_offsets
from flows.explore.payload import blocks
from flows.explore.radius import Located, circle_km, precision_of, radius_km, town_km
from flows.fields import fields_named
from flows.tables import BY_NAME

from .coordinating import run_here

ASTRAL = "𝐁𝐫𝐢𝐝𝐠𝐞 🌉 "

TWO_SOURCES = {
    "gazette": (
        "Harbour Gazette", "2021-03-02T08:00:00Z", "Ferry capsizes off Mersin",
        "MERSIN, Turkey - A ferry capsized off Mersin on Tuesday. The coast guard said that 12 people were killed when the ferry Sunrise "
        "capsized in a storm. Eight people were injured, the coast guard said.",
    ),
    "courier": (
        "Evening Courier", "2021-03-02T15:00:00Z", "Ferry capsizes off Mersin in a storm",
        "MERSIN, Turkey - The ferry Sunrise capsized in a storm off Mersin on Tuesday. The hospital said that 19 people were killed when the "
        "ferry capsized. Eight people were injured, the hospital said.",
    ),
}  # fmt: skip
THIRD_SOURCE = {
    "star": (
        "Morning Star", "2021-03-03T07:00:00Z", "Ferry Sunrise capsizes off Mersin",
        "MERSIN, Turkey - The ferry Sunrise capsized in a storm off Mersin on Tuesday. The transport ministry said that at least 15 people "
        "were killed when the ferry capsized off Mersin.",
    ),
}  # fmt: skip


def written(folder: Path, dispatches) -> Path:
    folder.mkdir()
    for name, (source, date, title, text) in dispatches.items():
        head = f"title: {title}\ndate: {date}\nsource: {source}\nid: {name}\n"
        (folder / f"{name}.txt").write_text(f"{head}\n{text}\n")
    return folder


def values(block, column):
    """The values of a column, decoded as the page does."""
    found = block["columns"][column]
    if "numbers" in found:
        return found["numbers"]
    return [None if code < 0 else found["values"][code] for code in found["codes"]]


def rows_of(block):
    columns = {name: values(block, name) for name in block["columns"]}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def articles_of(found):
    """The details of each article, None where they are left out."""
    return [
        found[f"chunk-{row['chunk']}"][row["row"]] if row["chunk"] >= 0 else None
        for row in rows_of(found["articles"])
    ]


def of_utf16(text: str, start: int, end: int) -> str:
    """What JavaScript's `text.slice(start, end)` returns."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@pytest.fixture(scope="module")
def two_sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    run_here(written(folder / "in", TWO_SOURCES), output=folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def three_sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    more = {
        "astral": (
            "Bridge Post", "2021-05-02T07:00:00Z", "Bridge closed", f"{ASTRAL}Police said that nine drivers were injured in Ankara on Friday.\n\n“We heard "
            "a bang,” said Ayse Kaya, “and then 🌧 nothing at all.”",
        )
    }  # fmt: skip
    run_here(written(folder / "in", TWO_SOURCES | THIRD_SOURCE | more), output=folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def found(three_sources):
    return blocks(three_sources)


# The text and its layers


@given(st.text(), st.data())
def test_a_span_in_code_points_is_the_same_words_in_utf16(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    offset = utf16_offsets(text)

    assert of_utf16_or_half(text, offset(start), offset(end)) == text[start:end]


def of_utf16_or_half(text: str, start: int, end: int) -> str:
    """Half of a surrogate pair may stand alone in a text of Python, but in none of a dispatch."""
    units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end]
    return units.decode("utf-16-le", "surrogatepass")


def test_each_claim_is_found_in_its_article_by_utf16_offsets(found):
    details = articles_of(found)
    shown = rows_of(found["claims"])

    assert [of_utf16(details[row["article"]]["text"], row["start"], row["end"]) for row in shown] == [
        row["surface"] for row in shown
    ]
    assert "nine drivers" in {row["surface"] for row in shown}


def test_each_layer_has_the_span_of_its_row_also_behind_astral_characters(found):
    """The words are those that the rows name as their own."""
    (details,) = (each for each in articles_of(found) if "🌉" in each["text"])
    words = {
        (entry["layer"], of_utf16(details["text"], entry["start"], entry["end"]))
        for entry in details["layers"]
    }

    assert words >= {
        ("claim", "nine drivers"),
        ("place", "Ankara"),
        ("mention", "Ayse Kaya"),
        ("time", "Friday"),
    }


def test_a_quotation_that_is_interrupted_has_its_pieces(found):
    (details,) = (each for each in articles_of(found) if "🌉" in each["text"])
    (pieces,) = (entry["pieces"] for entry in details["layers"] if "pieces" in entry)

    assert [of_utf16(details["text"], start, end) for start, end in pieces] == [
        "We heard a bang,",
        "and then 🌧 nothing at all.",
    ]


def test_each_layer_names_columns_of_its_table():
    for layer in LAYERS:
        declared = {column.name for column in BY_NAME[layer.table].columns}
        assert set(layer.columns) - declared == set(), layer.name


def test_a_claim_says_what_it_rests_on(found):
    (entry,) = (
        entry
        for details in articles_of(found)
        for entry in details["layers"]
        if entry["layer"] == "claim" and entry["title"].startswith("killed: 19")
    )

    assert entry["title"] == "killed: 19 people"
    assert entry["facts"][:6] == [
        ["effect", "killed"],
        ["by the word", "killed"],
        ["low", 19],
        ["best", 19],
        ["high", 19],
        ["bound", "exact"],
    ]
    assert ["who says so", "The hospital"] in entry["facts"]
    assert [label for label, _ in entry["facts"]][-1] == "rule"


# The tables


def test_every_number_of_a_row_is_a_row_of_its_table(found):
    claims = rows_of(found["claims"])

    assert {row["article"] for row in claims} <= set(range(found["articles"]["count"]))
    assert {row["place"] for row in claims} <= set(range(-1, found["places"]["count"]))
    assert {row["conflict"] for row in claims} <= set(range(-1, len(found["conflicts"])))
    assert {len(values(found["claims"], name)) for name in found["claims"]["columns"]} == {len(claims)}


def test_an_event_time_that_the_text_does_not_state_is_the_day_of_publication(tmp_path):
    dispatch = {"a": ("Post", "1970-01-11", "Mine", "Nine workers died in the mine.")}
    run_here(written(tmp_path / "in", dispatch), output=tmp_path / "out")
    (claim,) = rows_of(blocks(tmp_path / "out")["claims"])

    assert (claim["first_day"], claim["last_day"], claim["time_from"]) == (10, 10, "published")


def test_rows_of_superseded_versions_are_left_out(tmp_path):
    folder = written(tmp_path / "in", {"a": ("Post", "2020-01-11", "Mine", "Nine workers died in the mine.")})
    run_here(folder, output=tmp_path / "out")
    (folder / "a.txt").write_text((folder / "a.txt").read_text().replace("Nine", "Ten"))
    run_here(folder, output=tmp_path / "out")
    shown = blocks(tmp_path / "out")

    assert [row["surface"] for row in rows_of(shown["claims"])] == ["Ten workers"]
    assert [each["text"] for each in articles_of(shown)] == ["Ten workers died in the mine."]


def test_the_words_of_a_headline_are_found_where_it_is_on_one_line():
    """Its offsets are those of the article, which may have line ends and characters of two code units before them."""
    headline = " Bridge 🌉\n\n in  quake\r\nzone: flood   kills 9"
    spans = [headline.index("quake"), headline.index("quake\r\nzone") + len("quake\r\nzone")], [headline.index("flood"), headline.index("flood") + 5]  # fmt: skip
    words = [{"kind": "medtop:1", "char_start": start, "char_end": end} for start, end in spans]
    topics = [{"code": "medtop:1", "name": "disaster", "level": 1, "score": 0.5}]
    entries = headline_words({"headline": headline, "topics": topics, "headline_topic_words": words})

    shown = values(columnar(pa.table({"headline": [headline]})), "headline")[0]
    assert [of_utf16(shown, entry["start"], entry["end"]) for entry in entries] == ["quake zone", "flood"]
    assert {entry["title"] for entry in entries} == {"disaster"}


def test_words_of_topics_and_of_tone_are_layers(three_sources, found):
    """Those that the articles have, with the topic that each speaks for."""
    articles = {row["article_id"]: row for row in to_pandas("articles", three_sources).to_dict("records")}
    shown, told = [], []
    for row, details in zip(rows_of(found["articles"]), articles_of(found), strict=True):
        article = articles[row["article_id"]]
        topics = {topic["code"]: topic["name"] for topic in article["topics"]}
        for name, of in (("body_text", "topic_words"), ("headline", "headline_topic_words")):
            told += [(topics[each["kind"]], words_at(article[name], each)) for each in article[of]]
        told += [(f"{each['kind']} word", words_at(article["body_text"], each)) for each in article["tone_words"]]  # fmt: skip
        for text, entries in ((details["text"], details["layers"]), (row["headline"], details["headline"])):
            shown += [
                (entry["title"], of_utf16(text, entry["start"], entry["end"]))
                for entry in entries
                if entry["layer"] in ("topic", "tone")
            ]

    assert sorted(shown) == sorted(told)
    assert ("negative word", "killed") in shown


def words_at(text, span):
    return text[span["char_start"] : span["char_end"]]


def test_an_article_without_a_headline_is_called_by_its_first_words():
    dateline = "LIMA, 3 MAY (AFP) -- "
    text = f"{dateline}[TEXT] {'Rain fell on the hills. ' * 9}"
    article = {
        "body_text": text,
        "segments": [{"kind": "dateline", "char_start": 0, "char_end": len(dateline) - 3}],
    }

    assert (
        first_words(article)
        == "Rain fell on the hills. Rain fell on the hills. Rain fell on the hills. Rain fell on the …"
    )
    assert first_words({"body_text": "", "segments": []}) is None


def test_an_output_of_headers_alone_has_no_claims_and_says_so(tmp_path):
    folder = written(tmp_path / "in", TWO_SOURCES)
    run_here(folder, output=tmp_path / "out", fields=fields_named("header"))
    shown = blocks(tmp_path / "out")

    assert shown["meta"]["counts"] == {"articles": 2, "claims": 0, "events": 0, "places": 0}
    assert shown["meta"]["left_out"] == ["There are no claims and no events among these articles."]
    assert [[entry["title"] for entry in each["layers"]] for each in articles_of(shown)] == [["dateline"]] * 2


def test_texts_beyond_what_a_page_holds_are_left_out_those_without_claims_first(three_sources, monkeypatch):
    monkeypatch.setattr("flows.explore.articles.MAX_TEXTS", 2)
    monkeypatch.setattr("flows.explore.meta.MAX_TEXTS", 2)
    shown = blocks(three_sources)

    held = [row["headline"] for row in rows_of(shown["articles"]) if row["chunk"] >= 0]
    assert held == ["Ferry Sunrise capsizes off Mersin", "Bridge closed"]
    assert shown["meta"]["left_out"][0].startswith(
        "The texts of 2 of 4 articles are left out: a page holds 2"
    )
    assert {row["start"] is None for row in rows_of(shown["claims"]) if row["article"] < 2} == {True}


def test_an_article_has_its_topics_of_the_first_level_apart_by_semicolons_and_its_tone(three_sources, found):
    articles = {row["article_id"]: row for row in to_pandas("articles", three_sources).to_dict("records")}
    for row in rows_of(found["articles"]):
        article = articles[row["article_id"]]
        names = [topic["name"] for topic in article["topics"] if topic["level"] == 1]

        assert row["topics"] == ("; ".join(names) or None)
        assert row["tone"] == article["tone"]
    assert any("disaster" in (row["topics"] or "") for row in rows_of(found["articles"]))


# The condition


@pytest.mark.parametrize(
    ("where", "surfaces"),
    [
        ("best = 19", {"19 people"}),
        ("effect = 'killed' AND low >= 15", {"19 people", "at least 15 people"}),
        ("source_name = 'Morning Star'", {"at least 15 people"}),
        ("published_on >= '2021-05-01'", {"nine drivers"}),
        ("start_on < '2021-03-01'", set()),
        (
            "list_contains(topics, 'disaster, accident and emergency incident') AND low > 12",
            {"19 people", "at least 15 people"},
        ),
        ("tone > 0.5", set()),
        ("body_text LIKE '%transport ministry%'", {"at least 15 people"}),
        ("article_id IN (SELECT article_id FROM claims WHERE low = 15)", {"at least 15 people"}),
    ],
)
def test_a_condition_chooses_the_claims_for_which_it_holds(three_sources, where, surfaces):
    shown = blocks(three_sources, where)

    assert {row["surface"] for row in rows_of(shown["claims"])} == surfaces
    assert shown["meta"]["where"] == where


def test_an_article_is_shown_with_all_its_layers_if_the_condition_holds_for_one_row(three_sources):
    shown = blocks(three_sources, "best = 19")
    (details,) = articles_of(shown)

    assert {"killed: 19 people", "wounded: 8 people"} <= {entry["title"] for entry in details["layers"]}


def test_a_condition_that_holds_for_nothing_gives_a_page_that_says_so(three_sources):
    shown = blocks(three_sources, "effect = 'abducted'")

    assert shown["meta"]["counts"] == {"articles": 0, "claims": 0, "events": 0, "places": 0}
    assert shown["meta"]["left_out"] == ["The condition holds for nothing in the output."]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("effect = 'killed'; DROP TABLE claims", "more than one statement"),
        ("true) OR (true", "syntax error"),
        ("effect, low", "a single expression"),
        ("", "without selection"),
        ("effect", "Could not convert string"),
        ("count(*) > 1", "GROUP BY"),
        ("EXISTS (FROM read_text('/etc/hostname'))", "file system operations are disabled"),
        ("EXISTS (FROM '/etc/passwd')", "does not exist"),
        ("\ud800 = 1", "ud800 = 1"),
    ],
)
def test_a_condition_that_is_not_one_about_the_rows_is_refused_with_an_example(three_sources, where, why):
    """It reads no file and changes nothing, whatever it says."""
    with pytest.raises(WrongUse) as raised:
        blocks(three_sources, where)

    assert why in raised.value.found
    assert "published_on" in raised.value.wanted
    assert "effect" in raised.value.wanted


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("efect = 'killed'", "'effect', which is nearest"),
        ('effect = "killed"', "a text in single quotes, 'killed', or a column"),
        ("zzz = 1", "one of the columns kind, article_id, "),
    ],
)
def test_a_name_that_is_no_column_is_refused_with_what_was_probably_meant(three_sources, where, wanted):
    with pytest.raises(WrongUse) as raised:
        blocks(three_sources, where)

    assert raised.value.wanted.startswith(wanted)


# Conflicts


def told(shown):
    """Each conflict as the claimants with their words."""
    claims = rows_of(shown["claims"])
    return [
        (each["effect"], [(claims[row]["claimant"], claims[row]["surface"]) for row in each["claims"]])
        for each in shown["conflicts"]
    ]


def test_two_claimants_of_a_story_with_different_numbers_are_in_conflict(two_sources):
    """They agree on the injured."""
    shown = blocks(two_sources)

    assert told(shown) == [("killed", [("The coast guard", "12 people"), ("The hospital", "19 people")])]
    assert shown["conflicts"][0]["headline"] == "Ferry capsizes off Mersin"
    assert {row["surface"] for row in rows_of(shown["claims"]) if row["conflict"] == 0} == {
        "12 people",
        "19 people",
    }


def test_a_third_claimant_is_in_conflict_with_those_whose_numbers_do_not_fit(three_sources):
    """`At least 15` fits 19, and not 12."""
    assert told(blocks(three_sources)) == [
        (
            "killed",
            [
                ("The coast guard", "12 people"),
                ("The hospital", "19 people"),
                ("The transport ministry", "at least 15 people"),
            ],
        )
    ]


PLACES = {
    0: {"country": "TR", "admin1_code": None, "where_prec": 6},
    1: {"country": "TR", "admin1_code": "32", "where_prec": 4},
    2: {"country": "TR", "admin1_code": "32", "where_prec": 1},
    3: {"country": "TR", "admin1_code": "06", "where_prec": 1},
}
CLAIM = {
    "story_id": "story", "effect": "killed", "unit": "people", "victim_type": None, "nationality": None, "claimant": "police", "claimant_type": "police", "claimant_country": None, "source_name": None,
    "article": 0, "low": 12, "high": 12, "bound": "exact", "number": "12", "place": -1, "stance": "asserts", "is_negated": False, "is_hypothetical": False,
    "is_historical": False, "is_cumulative": False, "is_part": False, "is_repeated": False,
}  # fmt: skip


def is_conflict(one, other):
    return (
        conflicts_of(
            [CLAIM | one, CLAIM | {"claimant": "medics", "claimant_type": "medical"} | other], PLACES
        )
        != []
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {"low": 13, "high": 13}, True),
        ({}, {}, False),
        ({}, {"low": 13, "high": 13, "claimant": "Police"}, False),
        ({}, {"low": 13, "high": 13, "story_id": "other"}, False),
        ({}, {"low": 13, "high": 13, "effect": "wounded"}, False),
        ({}, {"low": 13, "high": 13, "unit": "family"}, False),
        ({}, {"low": 10, "high": None}, False),
        ({}, {"low": 13, "high": None}, True),
        ({"low": 13_200, "high": 13_200}, {"low": 13_000, "high": 13_000, "bound": "about"}, False),
        ({"low": 14_000, "high": 14_000}, {"low": 13_000, "high": 13_000, "bound": "about"}, True),
        ({"victim_type": "military"}, {"low": 13, "high": 13, "victim_type": "civilian"}, False),
        ({"victim_type": "military", "low": 3, "high": 3}, {}, False),
        ({"victim_type": "military", "low": 15, "high": 15}, {}, True),
        ({"place": 2, "low": 3, "high": 3}, {"place": 0}, False),
        ({"place": 2, "low": 15, "high": 15}, {"place": 1}, True),
        ({"place": 2}, {"place": 3, "low": 15, "high": 15}, False),
        ({"place": 2}, {"place": -1, "low": 15, "high": 15}, True),
        ({}, {"low": 13, "high": 13, "is_hypothetical": True}, False),
        ({}, {"low": 13, "high": 13, "is_cumulative": True}, False),
        ({}, {"low": 13, "high": 13, "stance": "denies"}, False),
        ({}, {"low": 1, "high": 1, "number": "a"}, False),
        ({}, {"low": 1, "high": 1, "number": "one"}, True),
        ({"claimant": None}, {"low": 13, "high": 13}, False),
        ({"claimant": None, "source_name": "Post"}, {"low": 13, "high": 13}, True),
    ],
)
def test_claims_are_in_conflict_if_no_number_fits_both(one, other, expected):
    assert is_conflict(one, other) is expected


def claimed(number, claimant, country=None, kind="government"):
    stated = {"claimant": claimant, "claimant_country": country, "claimant_type": kind}
    return CLAIM | stated | {"article": number, "low": number, "high": number}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("the defence ministry",), ("Defence Ministry", "TR")),
        (("the defence ministry",), ("Turkey\u2019s Defence Ministry",)),
        (("Turkish defence ministry",), ("the Ministry of Defence", "TR")),
        (("The authorities",), ("authorities",)),
        (("the Red Cross", None, "ngo"), ("Red Cross", None, "ngo")),
    ],
)
def test_two_names_of_one_claimant_are_in_no_conflict(one, other):
    """Its later number replaces the earlier one."""
    assert conflicts_of([claimed(1, *one), claimed(9, *other)], PLACES) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Defence Ministry", "TR"), ("Defence Ministry", "SY")),
        (("Turkey's defence ministry",), ("the Syrian defence ministry",)),
        (("the interior ministry",), ("the defence ministry",)),
        (("a police officer",), ("police officer",)),
        (("the American Red Cross", None, "ngo"), ("the Red Cross", None, "ngo")),
    ],
)
def test_two_claimants_of_like_names_are_in_conflict(one, other):
    (found,) = conflicts_of([claimed(1, *one), claimed(9, *other)], PLACES)
    assert found.claims == (0, 1)


def test_a_ministry_without_a_country_may_be_either_of_two():
    """Then it is nobody's other name, and its number is beside those of both."""
    claims = [
        claimed(1, "Defence Ministry", "TR"),
        claimed(5, "the defence ministry"),
        claimed(9, "Syria's defence ministry"),
    ]
    (found,) = conflicts_of(claims, PLACES)
    assert found.claims == (0, 1, 2)


@pytest.mark.parametrize("pronoun", ["he", "IT", "They"])
def test_a_pronoun_that_means_nobody_known_is_in_no_conflict(pronoun):
    """It may mean the other claimant."""
    assert conflicts_of([claimed(1, "the mayor"), claimed(9, pronoun)], PLACES) == []


def test_the_names_of_one_claimant_stand_together_against_another():
    """The older number of the ministry is left out, whatever it was called there."""
    claims = [
        claimed(1, "Turkey's Defence Ministry"),
        claimed(5, "the defence ministry"),
        claimed(9, "the rebels", kind="rebel"),
    ]
    (found,) = conflicts_of(claims, PLACES)
    assert found.claims == (1, 2)


def test_of_each_claimant_the_newest_article_counts():
    claims = [
        CLAIM,
        CLAIM | {"article": 1, "low": 14, "high": 14},
        CLAIM | {"article": 2, "claimant": "medics", "claimant_type": "medical", "low": 14, "high": 14},
    ]

    assert conflicts_of(claims, PLACES) == []


def test_claimants_agree_if_any_of_their_numbers_do():
    """A dispatch may tell of several tolls."""
    claims = [
        CLAIM,
        CLAIM | {"low": 3, "high": 3},
        CLAIM | {"claimant": "medics", "claimant_type": "medical", "low": 3, "high": 3},
    ]

    assert conflicts_of(claims, PLACES) == []


@pytest.mark.parametrize(
    ("low", "high", "bound", "expected"),
    [
        (13_000, 13_000, "about", (12_500, 13_500)),
        (465, 465, "about", (464.5, 465.5)),
        (50, None, "at_least", (50, math.inf)),
        (None, 50, "at_most", (0, 50)),
    ],
)
def test_the_bounds_of_a_number_are_those_that_its_words_allow(low, high, bound, expected):
    assert bounds_of({"low": low, "high": high, "bound": bound}) == expected


# The circles


def place(**known):
    nothing = dict.fromkeys(("country", "admin1_code", "where_prec", "population", "distance_km"))
    return Located(**({"name": "Somewhere"} | nothing | known))


@pytest.mark.parametrize(
    ("known", "precision", "radius"),
    [
        ({"where_prec": 1, "country": "FR", "population": 2_000_000}, "town", 20.6),
        ({"where_prec": 1, "country": "FR", "population": 20_000}, "town", 4.6),
        ({"where_prec": 1, "country": "FR"}, "town", 1.0),
        ({"where_prec": 2, "country": "SY", "distance_km": 20.0}, "near", 21.0),
        ({"where_prec": 2, "country": "SY"}, "near", 26.0),
        ({"where_prec": 3, "country": "US", "admin1_code": "CA"}, "district", 47.4),
        ({"where_prec": 4, "country": "SY", "admin1_code": "12"}, "region", 42.4),
        ({"where_prec": 6, "country": "TR"}, "country", 498.5),
        ({"where_prec": 5, "country": "US", "name": "New England"}, "area", 750.0),
        ({"where_prec": 7, "name": "Asia"}, "international", 3767.8),
        ({"where_prec": 7}, "international", 100.0),
    ],
)
def test_a_place_lies_in_a_circle_as_large_as_what_is_known_of_it(known, precision, radius):
    found = place(**known)

    assert (precision_of(found), radius_km(found)) == (precision, radius)


def test_a_country_is_a_circle_of_its_area():
    assert math.pi * radius_km(place(where_prec=6, country="SY")) ** 2 == pytest.approx(185_180, rel=0.001)


def test_a_region_without_an_area_has_the_mean_of_its_country():
    """No outline agrees with the towns of this one of the seven parishes of Andorra."""
    assert radius_km(place(where_prec=4, country="AD", admin1_code="08")) == round(circle_km(468 / 7), 1)


def test_a_larger_town_has_a_larger_circle():
    assert sorted(map(town_km, (10, 900, 9_000, 90_000, 900_000))) == [
        town_km(each) for each in (10, 900, 9_000, 90_000, 900_000)
    ]
