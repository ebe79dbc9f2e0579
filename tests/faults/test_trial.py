"""The comparison that every trial of the fault matrix rests on: it notices each kind of harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.coordinating import run_here

from .__main__ import FAMILIES, table
from .trial import Difference, Trial, difference, orphans, rows_seen, trial_of


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trial")
    (folder / "in.jsonl").write_text('{"text": "One.", "date": "2020-02-20"}\n{"text": "Two."}\nbroken\n')
    run_here(folder / "in.jsonl", output=folder / "output", fields=frozenset())
    return folder / "output"


def test_an_output_does_not_differ_from_itself(output):
    found = trial_of("none", "0", output, rows_seen(output), runs=1, recovery_seconds=0.5)

    assert found == Trial("none", "0", 1, 0, 0, 0, 0.5, ())
    assert found.is_clean


def test_lost_doubled_and_changed_rows_are_counted_by_key(output):
    wanted = dict(rows_seen(output))
    articles = [key for key in wanted if key[0] == "articles"]
    found = dict(wanted)
    del found[articles[0]]
    found[articles[1]] = [*wanted[articles[1]], *wanted[articles[1]]]
    reject = next(key for key in wanted if key[0] == "rejects")
    found[reject] = [wanted[reject][0] | {"batch_seq": 9}]
    found["articles", "another"] = wanted[articles[1]]

    assert difference(found, wanted) == Difference(lost=1, doubled=2, differing=("rejects.batch_seq",))


def test_what_no_commit_names_is_an_orphan(output):
    left = [".dateline/spool/1", ".dateline/stage/a/b.staged", ".dateline/log/.draft", "articles/x.parquet"]
    for name in left:
        (output / name).parent.mkdir(exist_ok=True)
        (output / name).write_bytes(b"")

    assert orphans(output) == sorted(left)
    for name in left:
        (output / name).unlink()
    assert orphans(output) == []


def test_the_table_has_a_line_for_each_fault_and_their_sum():
    trials = [
        Trial("kill", "1 write", 2, 0, 0, 0, 0.5, ()),
        Trial("kill", "2 fsync", 3, 0, 0, 0, 0.7, ("articles.batch_seq",)),
        Trial("EIO", "1 write", 1, 1, 2, 3, 0.1, ()),
    ]

    assert list(table(trials))[2:] == [
        "| kill | 2 | 5 | 0 | 0 | 0 | 0.7 s | articles.batch_seq |",
        "| EIO | 1 | 1 | 1 | 2 | 3 | 0.1 s | none |",
        "| all | 3 | 6 | 1 | 2 | 3 | 0.7 s | articles.batch_seq |",
    ]


def test_every_module_with_trials_is_a_family():
    folder = Path(__file__).parent
    modules = {path.stem for path in folder.glob("*.py") if "\ndef trials(" in path.read_text()}

    assert set(FAMILIES) == modules
