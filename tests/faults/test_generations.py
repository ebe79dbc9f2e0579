"""A thin selection of the kills of compact, erase and enrich; `python -m tests.faults generations` tries all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from .generations import trials


def test_a_kill_of_a_command_that_makes_a_generation_loses_and_doubles_nothing(tmp_path: Path):
    found = list(trials(tmp_path, 113))

    assert Counter(each.fault for each in found).keys() == {
        "kill of compact",
        "kill of erase",
        "kill of enrich",
    }
    assert [each for each in found if not each.is_clean or each.differing] == []
