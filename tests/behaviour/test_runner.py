"""The runner itself: what a case may hold, when an expectation holds, what is counted and pinned."""

from __future__ import annotations

import json

import pytest

from .__main__ import main
from .cases import BadCase, read_cases
from .checks import failures_of
from .results import Count, Result, below_floor, counts_of, floors_of, table_of

TEXT = "Troops left Kupa on Monday. They return to Kupa in May, the Mayor said."
CASE = {
    "id": "times-001",
    "group": "days",
    "country": "ML",
    "published": "2020-02-20",
    "text": TEXT,
    "must": [{"field": "times", "words": "Monday"}],
}


@pytest.fixture
def case_of(tmp_path):
    def write(*cases):
        path = tmp_path / "times.jsonl"
        path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in cases))
        return read_cases([path])

    return write


def annotations(**fields):
    names = "times places entities nominals quotes claims events amounts".split()
    return {name: [] for name in names} | {"killed": None, "injured": None} | fields


def span(words, text=TEXT, nth=1, **values):
    start = -1
    for _ in range(nth):
        start = text.index(words, start + 1)
    return {"start": start, "end": start + len(words), **values}


def test_a_case_is_read_with_the_spans_of_its_words(case_of):
    must = [{"field": "places", "words": "Kupa", "nth": 2, "country": None}]
    (case,) = case_of(CASE | {"must": must})

    (wanted,) = case.must
    assert (case.file, case.id, case.country, case.known_failure) == ("times", "times-001", "ML", None)
    assert (wanted.start, TEXT[wanted.start : wanted.end]) == (TEXT.rindex("Kupa"), "Kupa")
    assert (wanted.values, wanted.overlaps, case.must_not) == ({"country": None}, False, ())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"musts": []}, "found the key musts"),
        ({"group": " "}, "group is ' ', wanted words"),
        ({"country": "UK"}, "country is 'UK'"),
        ({"country": "Mali"}, "country is 'Mali'"),
        ({"published": "20 February 2020"}, "wanted an ISO date or null"),
        ({"published": "20200220"}, "wanted an ISO date or null"),
        ({"known_failure": ""}, "known_failure is '', wanted a reason"),
        ({"known_failure": None}, "known_failure is None, wanted a reason"),
        ({"must": []}, "expects nothing"),
        ({"must": {}}, "must is {}, wanted a list"),
        ({"must": ["Monday"]}, "found 'Monday', wanted an object"),
        ({"must": [{"field": "dates", "words": "Monday"}]}, "field is 'dates'"),
        ({"must": [{"field": "times"}]}, "without words"),
        ({"must": [{"field": "times", "words": "Tuesday"}]}, "'Tuesday' occurs 0 times, wanted 1"),
        ({"must": [{"field": "times", "words": "Mon"}]}, "'Mon' is part of a longer word"),
        ({"must": [{"field": "times", "words": "nday"}]}, "'nday' is part of a longer word"),
        ({"must": [{"field": "times", "words": " Monday"}]}, "wanted words without blanks around"),
        ({"must": [{"field": "times", "words": ""}]}, "wanted words without blanks around"),
        ({"must": [{"field": "places", "words": "Kupa", "nth": 3}]}, "'Kupa' occurs 2 times, wanted 3"),
        ({"must": [{"field": "places", "words": "Kupa", "nth": True}]}, "nth is True, wanted a number"),
        ({"must": [{"field": "times", "words": "Monday", "label": "PER"}]}, "found the key label"),
        ({"must": [{"field": "places", "words": "Kupa", "overlaps": 1}]}, "overlaps is 1"),
        ({"must_not": [{"field": "places", "words": "Kupa", "overlaps": True}]}, "found the key overlaps"),
        ({"must": [{"field": "entities", "words": "Kupa", "same_as": "Lupa"}]}, "'Lupa' occurs 0 times"),
        ({"must": [{"field": "entities", "words": "Kupa", "same_as": None}]}, "words is None"),
        ({"must": [{"field": "quotes", "words": "Kupa", "source": "He"}]}, "source is 'He'"),
        ({"must": [{"field": "quotes", "words": "Kupa", "venue": "Rome"}]}, "venue is 'Rome'"),
        ({"must": [{"field": "claims", "words": "Kupa", "claimant": "Mayo"}]}, "claimant is 'Mayo'"),
        ({"must": [{"field": "claims", "words": "Kupa", "effect": "KILLED"}]}, "effect is 'KILLED'"),
        ({"must": [{"field": "amounts", "words": "Kupa", "kind": "DATE"}]}, "kind is 'DATE'"),
        ({"must": [{"field": "events", "words": "left", "modality": "sure"}]}, "modality is 'sure'"),
        ({"must": [{"field": "events", "words": "left", "overlaps": True}]}, "found the key overlaps"),
        ({"must": [{"field": "toll"}]}, "wanted killed or injured"),
        ({"must": [{"field": "toll", "words": "Kupa", "killed": 1}]}, "found the key words"),
        ({"must": [{"field": "toll", "killed": [3, 2]}]}, "killed is [3, 2]"),
        ({"must": [{"field": "toll", "killed": "3"}]}, "killed is '3'"),
    ],
)
def test_a_line_that_is_no_case_is_refused_with_its_place(case_of, change, why):
    with pytest.raises(BadCase, match=r"^times\.jsonl:1: ") as refused:
        case_of(CASE | change)

    assert why in str(refused.value)


@pytest.mark.parametrize("key", ["id", "group", "country", "published", "text"])
def test_a_case_without_a_key_is_refused(case_of, key):
    with pytest.raises(BadCase, match=f"without {key}"):
        case_of({name: value for name, value in CASE.items() if name != key})


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([CASE, CASE | {"text": "Monday."}], r"times\.jsonl:2: 'times-001' is already at times\.jsonl:1"),
        ([CASE, CASE | {"id": "times-002"}], r"times\.jsonl:2: 'Troops .*' is already at times\.jsonl:1"),
        (["{"], r"times\.jsonl:1: no JSON"),
        (["[]"], r"times\.jsonl:1: found list, wanted an object"),
        (['{"id": "a", "id": "b"}'], r"times\.jsonl:1: a key occurs twice: id, id"),
    ],
)
def test_a_file_with_a_broken_or_a_repeated_line_is_refused(case_of, lines, why):
    with pytest.raises(BadCase, match=why):
        case_of(*lines)


def test_a_folder_without_cases_is_refused(tmp_path):
    with pytest.raises(BadCase, match="found no file of cases"):
        read_cases([tmp_path])


MONDAY = span("Monday", type="DATE", value="2020-02-17")


@pytest.mark.parametrize(
    ("wanted", "found", "holds"),
    [
        ({}, [MONDAY], True),
        ({"value": "2020-02-17"}, [MONDAY], True),
        ({"value": "2020-02-24"}, [MONDAY], False),
        ({"type": None}, [MONDAY], False),
        ({"type": None}, [MONDAY | {"type": None}], True),
        ({}, [span("on Monday")], False),
        ({"overlaps": True}, [span("on Monday")], True),
        ({"overlaps": True, "value": "2020-02-24"}, [MONDAY], False),
        ({}, [], False),
        ({"value": "2020-02-24"}, [MONDAY, MONDAY | {"value": "2020-02-24"}], True),
    ],
)
def test_a_must_needs_an_annotation_of_the_same_span_and_values(case_of, wanted, found, holds):
    (case,) = case_of(CASE | {"must": [{"field": "times", "words": "Monday", **wanted}]})

    assert (failures_of(case, annotations(times=found)) == ()) is holds


@pytest.mark.parametrize(
    ("refused", "found", "holds"),
    [
        ({}, [], True),
        ({}, [span("in May", value="2020-05")], False),
        ({"value": "2019-05"}, [span("May,", value="2020-05")], True),
        ({"value": "2020-05"}, [span("in May", value="2020-05")], False),
        ({}, [MONDAY], True),
    ],
)
def test_a_must_not_is_broken_by_an_overlapping_annotation_of_the_same_values(case_of, refused, found, holds):
    (case,) = case_of(CASE | {"must": [], "must_not": [{"field": "times", "words": "May", **refused}]})

    assert (failures_of(case, annotations(times=found)) == ()) is holds


SPOKEN = "“We go,” Ms Sall said, “and stay.” She left."


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"words": "We go,", "type": "direct", "source": "Ms Sall", "cue": "said"}, True),
        ({"words": "and stay.", "same_as": "We go,"}, True),
        ({"words": "We go,", "same_as": "She"}, False),
        ({"words": "We go,", "source": "She"}, False),
        ({"words": "We go,", "source": None}, False),
        ({"words": "We"}, False),
    ],
)
def test_a_quotation_is_identified_by_one_piece_and_its_speaker_by_words(case_of, wanted, holds):
    quote = {
        "type": "direct",
        "content": [[1, 7], [24, 33]],
        "source": [[9, 16]],
        "cue": [[17, 21]],
    }
    (case,) = case_of(CASE | {"text": SPOKEN, "must": [{"field": "quotes", **wanted}]})

    assert (failures_of(case, annotations(quotes=[quote])) == ()) is holds


def test_a_quotation_without_a_speaker_must_say_so(case_of):
    quote = {"type": "mixed", "content": [[1, 7]], "source": [], "cue": []}
    must = [{"field": "quotes", "words": "We go,", "source": None, "cue": None}]
    (case,) = case_of(CASE | {"text": SPOKEN, "must": must})

    assert failures_of(case, annotations(quotes=[quote])) == ()


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"addressee": "reporters"}, True),
        ({"addressee": None}, False),
        ({"venue": None}, True),
        ({"venue": "Rome"}, False),
    ],
)
def test_the_addressee_of_a_quotation_overlaps_its_words(case_of, wanted, holds):
    text = "“We go,” Sall told two reporters in Rome."
    quote = {"type": "direct", "content": [[1, 7]], "source": [[9, 13]], "cue": [[14, 18]]}
    must = [{"field": "quotes", "words": "We go,", **wanted}]
    (case,) = case_of(CASE | {"text": text, "must": must})
    quotes = [quote | {"addressee": [19, 32], "venue": None}]

    assert (failures_of(case, annotations(quotes=quotes)) == ()) is holds


REPORT = "Police said at least two men were shot by the men of Kupa, and two others fled."


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"words": "at least two"}, True),
        ({"words": "two men", "effect": "DEATH", "best": None, "lo": 2}, True),
        ({"words": "two men", "best": 2}, False),
        ({"words": "fled"}, False),
        ({"words": "two", "nth": 2}, False),
        ({"words": "two", "claimant": "Police"}, True),
        ({"words": "two", "claimant": None}, False),
        ({"words": "two", "object": "men"}, True),
        ({"words": "two", "perpetrator": None}, False),
        ({"words": "two", "perpetrator": "Kupa"}, True),
        ({"words": "two", "weapon": None}, True),
        ({"words": "two", "weapon": "shot"}, False),
    ],
)
def test_a_claim_overlaps_its_words_and_so_do_its_parts(case_of, wanted, holds):
    claim = span("two men", REPORT, effect="DEATH", lo=2, best=None, hi=None) | {
        "claimant": [0, 6],
        "object": [25, 28],
        "perpetrator": [42, 57],
        "weapon": None,
    }
    (case,) = case_of(CASE | {"text": REPORT, "must": [{"field": "claims", **wanted}]})

    assert (failures_of(case, annotations(claims=[claim])) == ()) is holds


def test_a_part_of_a_claim_may_be_any_occurrence_of_its_words_but_no_part_of_a_word(case_of):
    text = "Women and men: two men of Kupa, Menaka."
    claim = span("two men", text, object=[19, 22], claimant=[32, 38])
    must = [{"field": "claims", "words": "two", "object": "men"}]
    refused = [{"field": "claims", "words": "two", "claimant": "men"}]
    (case,) = case_of(CASE | {"text": text, "must": must, "must_not": refused})

    assert failures_of(case, annotations(claims=[claim])) == ()


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"words": "shot"}, True),
        ({"words": "Kupa"}, False),
        ({"words": "shot", "code": "19"}, True),
        ({"words": "shot", "code": "190"}, True),
        ({"words": "shot", "code": "1901"}, False),
        ({"words": "shot", "code": "9"}, False),
        ({"words": "shot", "code": None}, False),
        ({"words": "shot", "source": "MLIREB"}, True),
        ({"words": "shot", "source": "MLI"}, False),
        ({"words": "shot", "source": None}, False),
        ({"words": "shot", "target": None}, True),
        ({"words": "shot", "target": "MLICVL"}, False),
        ({"words": "shot", "place": "Kupa"}, True),
        ({"words": "shot", "time": None}, True),
    ],
)
def test_an_event_is_identified_by_its_trigger_and_its_actors_by_their_codes(case_of, wanted, holds):
    event = span(REPORT, REPORT, code="190", target=[], time=None) | {
        "trigger": [34, 38],
        "source": [{"code": "MLIREB", "span": [42, 57]}],
        "place": [53, 57],
    }
    (case,) = case_of(CASE | {"text": REPORT, "must": [{"field": "events", **wanted}]})

    assert (failures_of(case, annotations(events=[event])) == ()) is holds


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"si_value": 1609.344}, True),
        ({"si_value": 1609.35}, False),
        ({"best": 1}, True),
        ({"best": 1.0000001}, True),
        ({"best": True}, False),
        ({"best": None}, False),
        ({"counted": None}, True),
    ],
)
def test_numbers_of_amounts_are_compared_with_a_tolerance(case_of, wanted, holds):
    text = "They walked one mile."
    must = [{"field": "amounts", "words": "one mile", **wanted}]
    (case,) = case_of(CASE | {"text": text, "must": must})
    amount = span("one mile", text, best=1, si_value=1609.3440000000001, counted=None)

    assert (failures_of(case, annotations(amounts=[amount])) == ()) is holds


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"killed": 2}, True),
        ({"killed": [2, 2]}, True),
        ({"killed": 3}, False),
        ({"killed": None}, False),
        ({"injured": [1, 3]}, True),
        ({"injured": 1}, False),
        ({"killed": 2, "injured": None}, False),
    ],
)
def test_the_toll_is_that_of_the_whole_text(case_of, wanted, holds):
    (case,) = case_of(CASE | {"must": [{"field": "toll", **wanted}]})

    assert (failures_of(case, annotations(killed=2, injured=[1, 3])) == ()) is holds


@pytest.mark.parametrize(("entity_id", "holds"), [("e0", True), ("e1", False)])
def test_mentions_of_one_entity_share_its_id(case_of, entity_id, holds):
    must = [{"field": "nominals", "words": "She", "same_as": "Ms Sall"}]
    (case,) = case_of(CASE | {"text": SPOKEN, "must": must})
    entities = [span("Ms Sall", SPOKEN, entity_id="e0")]
    nominals = [span("She", SPOKEN, entity_id=entity_id)]

    assert (failures_of(case, annotations(entities=entities, nominals=nominals)) == ()) is holds


@pytest.mark.parametrize(
    ("speaker", "wanted", "holds"),
    [("e0", "Ms Sall", True), ("e1", "Ms Sall", False), (None, "Ms Sall", False), (None, None, True)],
)
def test_the_speaker_is_the_entity_of_a_mention(case_of, speaker, wanted, holds):
    quote = {"type": "mixed", "content": [[1, 7]], "source": [], "cue": [], "speaker": speaker}
    must = [{"field": "quotes", "words": "We go,", "speaker": wanted}]
    (case,) = case_of(CASE | {"text": SPOKEN, "must": must})
    found = annotations(quotes=[quote], entities=[span("Ms Sall", SPOKEN, entity_id="e0")])

    assert (failures_of(case, found) == ()) is holds


def test_a_failure_says_what_was_wanted_and_what_was_found(case_of):
    must = [{"field": "times", "words": "Monday", "value": "2020-02-24"}]
    must_not = [{"field": "times", "words": "May"}]
    (case,) = case_of(CASE | {"must": must, "must_not": must_not})

    assert failures_of(case, annotations(times=[MONDAY, span("May,", type="DATE", value="2020-05")])) == (
        "must have times 'Monday' value='2020-02-24', found 'Monday' value='2020-02-17'",
        "must not have times 'May', found 'May,' type='DATE' value='2020-05'",
    )


def test_a_failure_of_the_toll_says_what_was_found(case_of):
    (case,) = case_of(CASE | {"must": [{"field": "toll", "killed": 2}]})

    assert failures_of(case, annotations(killed=[1, 3])) == (
        "must have toll '' (overlaps) killed=2, found '' killed=[1, 3]",
    )


def test_cases_are_counted_by_file_and_group(case_of):
    known = CASE | {"id": "b", "text": "On Monday.", "known_failure": "no calendar"}
    cases = case_of(CASE, known, CASE | {"id": "c", "text": "Monday", "group": "more"})
    results = [Result(case, failures) for case, failures in zip(cases, [(), ("x",), ("x",)], strict=True)]

    assert counts_of(results) == (Count("times", "days", 2, 1, 1), Count("times", "more", 1, 0, 0))


def test_the_table_has_a_line_for_each_group_file_and_all():
    counts = [
        Count("quotes", "split", 4, 1, 0),
        Count("times", "ages", 4, 4, 0),
        Count("times", "days", 2, 0, 1),
    ]

    assert [line.split() for line in table_of(counts).splitlines()] == [
        ["file", "group", "cases", "passed", "known", "rate"],
        ["quotes", "split", "4", "1", "0", "25.0%"],
        ["quotes", "(sum)", "4", "1", "0", "25.0%"],
        ["times", "ages", "4", "4", "0", "100.0%"],
        ["times", "days", "2", "0", "1", "0.0%"],
        ["times", "(sum)", "6", "4", "1", "66.7%"],
        ["all", "10", "5", "1", "50.0%"],
    ]


def test_a_lowered_floor_stores_the_reason_and_a_raised_one_needs_none():
    counts = [
        Count("times", "ages", 4, 3, 0),
        Count("times", "days", 4, 4, 0),
        Count("times", "new", 1, 1, 0),
    ]
    old = [{"file": "times", "group": "ages", "passed": 4}, {"file": "times", "group": "days", "passed": 2}]

    assert floors_of(counts, old, "two cases were wrong") == [
        {"file": "times", "group": "ages", "passed": 3, "lowered": "from 4: two cases were wrong"},
        {"file": "times", "group": "days", "passed": 4},
        {"file": "times", "group": "new", "passed": 1},
    ]


def test_a_group_below_its_floor_without_a_floor_or_without_cases_is_named():
    counts = [
        Count("times", "ages", 4, 3, 0),
        Count("times", "days", 4, 4, 0),
        Count("times", "new", 1, 1, 0),
    ]
    floors = [
        {"file": "times", "group": "ages", "passed": 4},
        {"file": "times", "group": "days", "passed": 3},
        {"file": "times", "group": "old", "passed": 1},
    ]

    assert below_floor(counts, floors) == {
        "times / ages": "3 passed, the floor is 4",
        "times / new": "no floor is pinned",
        "times / old": "the group has no cases",
    }


def test_cases_of_another_folder_are_run_and_the_failing_ones_are_printed(tmp_path, capsys):
    held = [
        CASE
        | {
            "text": "Two died on 12 February 2020.",
            "must": [{"field": "times", "words": "12 February 2020"}],
        },
        CASE | {"id": "times-002", "text": "Two died.", "must": [{"field": "times", "words": "Two"}]},
    ]
    (tmp_path / "held.jsonl").write_text("\n".join(map(json.dumps, held)))

    assert main([str(tmp_path)]) == 1

    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] == ["times-002: Two died.", "  must have times 'Two', found nothing"]
    assert printed[-1].split() == ["all", "2", "1", "0", "50.0%"]


@pytest.mark.parametrize("arguments", [[], ["nowhere.jsonl"]])
def test_wrong_use_ends_with_status_2(arguments):
    assert main(arguments) == 2
