"""The measures of quotes, claims, tolls and events, and which gold files are found. Those of the spans: tests/evaluation."""

from __future__ import annotations

import gzip
import json

import pytest

from flows.errors import WrongUse
from flows.evaluation.claims import CASUALTIES, claim_figures
from flows.evaluation.events import event_figures
from flows.evaluation.figures import TASKS, evaluate
from flows.evaluation.gold import gold_files, texts_of
from flows.evaluation.quotes import quote_figures
from flows.evaluation.tolls import toll_figures

TEXT = 'Anna Bo said: "We are ready." Ole Berg said the bridge is closed.'
READY, CLOSED = [15, 28], [44, 64]


def quote(content, source=(), type_="direct", **more):
    return {"content": [content], "source": [list(each) for each in source], "type": type_, **more}


def quotes_of(gold, found, **wishes):
    return quote_figures([({"text": TEXT, "gold": {"quotes": gold}}, found)], **wishes)


def test_contents_are_equal_without_the_marks_at_their_ends():
    figures = quotes_of([quote([14, 29])], [quote(READY)])

    assert (TEXT[slice(*READY)], figures["exact F1"]) == ("We are ready.", 1)


def test_a_content_counts_as_found_from_an_overlap_of_three_tenths():
    """Of `WeareReady` the words `ready` are 5 letters of 10, `We` 2 of 10."""
    gold = [quote(READY)]

    assert quotes_of(gold, [quote([22, 27])])["overlap F1 at 0.3"] == 1
    assert quotes_of(gold, [quote([15, 17])])["overlap F1 at 0.3"] == 0
    assert quotes_of(gold, [quote([22, 27])])["exact F1"] == 0


def test_each_attribution_is_matched_once_and_the_rest_are_errors():
    figures = quotes_of([quote(READY)], [quote(READY), quote([15, 25]), quote(CLOSED)])

    assert figures["overlap F1 at 0.3"] == pytest.approx(2 * 1 / (1 + 3))


@pytest.mark.parametrize(
    ("wanted", "found", "right"),
    [
        ({"source": [[0, 7]]}, {"source": [[5, 7]]}, 1),
        ({"source": [[0, 7]]}, {"source": [[30, 38]]}, 0),
        ({"source": [], "source_text": "Mr. Berg"}, {"source": [[30, 38]]}, 1),
        ({"source": [], "source_text": "the bridge"}, {"source": [[43, 49]]}, 0),
        ({"source": [[0, 7]]}, {"source": []}, 0),
        ({"source": []}, {"source": [[0, 7]]}, None),
    ],
)
def test_a_speaker_is_right_by_its_place_or_by_its_names(wanted, found, right):
    """`Mr.` and `the` are no names; an attribution without a speaker counts for nothing."""
    gold = {"content": [READY], "type": "direct", **wanted}

    assert quotes_of([gold], [quote(READY) | found])["speaker accuracy"] == right


def test_quotations_of_one_type_are_compared_with_those_of_that_type():
    gold = [quote(READY), quote(CLOSED, type_="indirect")]

    assert quotes_of(gold, [quote(READY)], kind="direct")["exact F1"] == 1
    assert quotes_of(gold, [quote(READY)])["exact F1"] == pytest.approx(2 / 3)


def claim(effect, low, high, **more):
    return {"effect": effect, "lo": low, "hi": high, **more}


def claims_of(gold, found, effects=None, **labels):
    return claim_figures([({"gold": {"claims": gold, **labels}}, found)], effects)


@pytest.mark.parametrize(
    ("gold", "found", "right"),
    [
        ((5, 5), (5, 5), 1),
        ((5, 5), (3, 7), 1),
        ((5, 5), (6, 7), 0),
        ((5, 5), (5, None), 1),
        ((5, 5), (4, None), 0),
        ((5, None), (9, 9), 1),
        ((5, None), (4, 9), 0),
        ((5, 8), (6, 20), 1),
    ],
)
def test_a_number_agrees_within_the_labelled_range_or_contains_it(gold, found, right):
    figures = claims_of([claim(["DEATH"], *gold)], [claim("DEATH", *found)])

    assert figures == {"effect and number F1": right, "number F1": right}


def test_equal_numbers_are_matched_before_wider_ones():
    """Else the range 5 to 9 would take the 7 that the other label wants."""
    gold = [claim(["DEATH"], 5, 9), claim(["DEATH"], 7, 7)]
    found = [claim("DEATH", 7, 7), claim("DEATH", 6, 6)]

    assert claims_of(gold, found)["effect and number F1"] == 1


def test_the_number_alone_is_right_with_another_effect():
    figures = claims_of([claim(["DISPLACED"], 40, 40)], [claim("EVACUATED", 40, 40)])

    assert figures == {"effect and number F1": 0, "number F1": 1}


def test_an_optional_claim_is_neither_wanted_nor_an_error():
    optional = claim(["DEATH"], 3, 3, optional=True)

    assert claims_of([claim(["DEATH"], 2, 2), optional], [claim("DEATH", 2, 2)])["effect and number F1"] == 1
    assert claims_of([optional], [claim("DEATH", 3, 3)])["effect and number F1"] == 1
    assert claims_of([optional], [claim("DEATH", 4, 4)])["effect and number F1"] == 0


def test_claims_of_casualties_leave_out_other_effects():
    gold = [claim(["DEATH", "INJURY"], 4, 4), claim(["REGAINED FREEDOM"], 2, 2)]
    found = [claim("INJURY", 4, 4), claim("DESTROYED", 8, 8)]

    assert claims_of(gold, found, CASUALTIES)["effect and number F1"] == 1
    assert claims_of(gold, found)["effect and number F1"] == pytest.approx(1 / 2)


def test_a_text_that_lacks_its_number_is_left_out():
    assert claims_of([claim(["DEATH"], 4, 4)], [], number_in_text=False)["effect and number F1"] == 1
    assert claims_of([claim(["DEATH"], 4, 4)], [], number_in_text=True)["effect and number F1"] == 0


def test_a_toll_is_right_if_the_answer_is_that_one_number():
    """A range is no answer, nor is null; a gold range and a number that the text lacks count for nothing."""
    pairs = [
        ({"gold": {"killed": [2, 2], "injured": [0, 0]}}, {"killed": 2, "injured": [0, None]}),
        ({"gold": {"killed": [2, 2], "injured": [1, 3]}}, {"killed": None, "injured": 2}),
        (
            {"gold": {"killed": [1, 1], "killed_number_in_text": False, "injured": None}},
            {"killed": 4, "injured": 0},
        ),
    ]

    assert toll_figures(pairs) == {"killed exact": pytest.approx(1 / 2), "injured exact": 0}


def event(code, source, target, **more):
    return {
        "code": code,
        "source": [{"code": each} for each in source],
        "target": [{"code": each} for each in target],
        **more,
    }


def events_of(gold, found):
    return event_figures([({"gold": {"events": gold}}, found)])


def test_an_event_is_right_by_its_root_and_the_countries_of_its_actors():
    figures = events_of(
        [event("190", ["TURMIL"], ["SYR"])], [event("194", ["TUR"], ["SYRREB"], plover="FIGHT")]
    )

    assert set(figures.values()) == {1}


def test_labels_of_plover_are_compared_with_the_type():
    figures = events_of([event("FIGHT", ["TUR"], ["SYR"])], [event("180", ["TUR"], ["IRQ"], plover="FIGHT")])

    assert figures == {"code and countries F1": 0, "code F1": 1, "countries F1": 0}


def test_every_source_acts_on_every_target_and_on_each_other_if_it_is_mutual():
    one_way = [event("040", ["USA", "FRA"], ["IRN"])]
    mutual = [event("040", ["USA", "FRA"], [], reciprocal=True)]

    assert events_of(one_way, [event("040", ["FRA"], ["IRN"])])["code and countries F1"] == pytest.approx(
        2 / 3
    )
    assert (
        events_of(mutual, [event("040", ["USA"], ["FRA"]), event("040", ["FRA"], ["USA"])])[
            "code and countries F1"
        ]
        == 1
    )


def test_an_actor_without_a_country_is_none_and_a_wrong_label_is_left_out():
    assert events_of([event("190", ["---"], [])], [event("190", [], [None])])["code and countries F1"] == 1
    assert events_of([event("190", ["USA"], [], error="wrong")], [])["code and countries F1"] == 1


def gold_line(identifier, corpus, **gold):
    return json.dumps(
        {"id": identifier, "corpus": corpus, "published": None, "text": TEXT, "gold": gold}
    ).encode()


def test_gold_files_are_found_in_the_whole_tree_and_gzipped(tmp_path):
    (tmp_path / "quotes").mkdir()
    (tmp_path / "quotes" / "a.jsonl.gz").write_bytes(gzip.compress(gold_line("1", "a", quotes=[])))
    (tmp_path / "b.jsonl").write_bytes(
        gold_line("2", "b", claims=[]) + b"\n" + b'{"text": null, "gold": {}}\n'
    )

    assert [path.name for path in gold_files(tmp_path)] == ["b.jsonl", "a.jsonl.gz"]
    assert [each["id"] for path in gold_files(tmp_path) for each in texts_of(path)] == ["2", "1"]


def test_a_cut_gzip_file_is_named(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(gold_line("1", "a", quotes=[]))[:-9])

    with pytest.raises(WrongUse, match=r"a\.jsonl\.gz.*wanted a whole gzip file"):
        list(evaluate(tmp_path))


def test_all_tasks_that_the_labels_state_are_measured_and_a_corpus_in_two_files_is_divided(tmp_path):
    (tmp_path / "one.jsonl").write_bytes(gold_line("1", "c", quotes=[quote(READY, [[0, 7]])]))
    (tmp_path / "two.jsonl").write_bytes(gold_line("1", "c", killed=[3, 3], injured=[0, 0]))
    (tmp_path / "three.jsonl").write_bytes(
        gold_line("1", "d", entities=[{"start": 0, "end": 7, "type": "Person"}], events=[{"type": "ATTACK"}])
        + b"\n"
        + gold_line("2", "d", claims=[claim(["DESTROYED"], 1, 1)], events=[])
    )
    (tmp_path / "four.jsonl").write_bytes(gold_line("1", "alike", entities=4.0, events=1.0))
    figures = {(each.corpus, each.task, each.measure): each.value for each in evaluate(tmp_path)}

    assert {(corpus, task) for corpus, task, _ in figures} == {
        ("one", "quotes"),
        ("one", "direct quotes"),
        ("two", "toll"),
        ("d", "claims"),
    }
    assert figures["one", "direct quotes", "exact F1"] == 1
    assert figures["one", "direct quotes", "speaker accuracy"] == 1
    assert figures["two", "toll", "killed exact"] == 0


def test_the_names_of_the_tasks_are_unique():
    assert len({task.name for task in TASKS}) == len(TASKS)
