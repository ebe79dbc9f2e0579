"""Every case of the behaviour suite, by its id, and the floor of every group.

`pytest tests/behaviour -s` prints the table. A case with a `known_failure` counts as failed; the key must be removed when the case passes. `pytest tests/behaviour --set-floors "why"` updates the floors, and stores the reason beside each floor that is lowered.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .cases import read_cases
from .results import below_floor, counts_of, floors_of, run_cases, table_of

HERE = Path(__file__).parent
CASES = read_cases([HERE / "cases"])
FLOORS = HERE / "floors.json"
MIN_CASES = 400
MIN_COUNTRIES = 30


@pytest.fixture(scope="session")
def results():
    return {result.case.id: result for result in run_cases(CASES)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_text_has_the_annotations_that_its_case_expects(case, results):
    failures = results[case.id].failures

    if case.known_failure is None:
        assert not failures, case.text + "\n" + "\n".join(failures)
    else:
        assert failures, f"it passes: remove known_failure, {case.known_failure!r}"


def test_no_group_falls_below_its_floor(results, request):
    counts = counts_of(results.values())
    print(f"\n{table_of(counts)}")  # noqa: T201  # the table is what `-s` shows
    floors = json.loads(FLOORS.read_text())
    if reason := request.config.getoption("--set-floors"):
        floors = floors_of(counts, floors, reason)
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n")

    assert below_floor(counts, floors) == {}


def test_the_suite_is_large_and_of_many_countries():
    assert len(CASES) >= MIN_CASES
    assert len({case.country for case in CASES} - {None}) >= MIN_COUNTRIES
