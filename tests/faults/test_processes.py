"""A thin selection of the faults of processes and sources; `python -m tests.faults` tries them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import changing, clocks, kills, signals, stopped


@pytest.mark.parametrize(
    ("family", "every", "trials"),
    [
        pytest.param(kills, 60, 4, id="kills"),
        pytest.param(signals, 15, 4, id="signals", marks=pytest.mark.slow),
        pytest.param(stopped, 5, 2, id="stopped", marks=pytest.mark.slow),
        pytest.param(changing, 9, 14, id="changing"),
    ],
)
def test_a_restart_gives_the_rows_of_an_undisturbed_run(tmp_path: Path, family, every, trials):
    """And no process goes on, and no file is left in the stage or the spool."""
    found = list(family.trials(tmp_path, every))

    assert len(found) >= trials
    assert [each for each in found if not each.is_clean or each.differing] == []


def test_a_clock_that_is_set_changes_only_what_says_when(tmp_path: Path):
    found = list(clocks.trials(tmp_path, every=8))

    assert len(found) == len(clocks.SHIFTS)
    assert [each for each in found if not each.is_clean or not clocks.TIMES.issuperset(each.differing)] == []
