"""Fields made anew from committed rows: what is found again is the same row, and what is new replaces it everywhere."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows import batch
from flows.enrich.findings import Enriched
from flows.errors import WrongUse
from flows.fields import ALL, HEADER, fields_named
from flows.generations.compact import compact
from flows.generations.enrich import enrich, read_again
from flows.history.reading import read_history
from flows.tables import BY_NAME, rows_of
from flows.warehouse.frames import read_frame
from flows.warehouse.load import load
from flows.warehouse.verify import verify
from flows.write import disk
from flows.write.arrow import arrow_table
from flows.write.output import Output

from .conftest import dateline, loaded_reference
from .coordinating import SeesNothing, run_here
from .crashes import changes_of, crashed_copies
from .test_compact import now, visible
from .test_golden import SAMPLES, outcomes_of

SEQ = 7


@pytest.fixture
def _loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_reference", lambda *_: loaded_reference())


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_an_article_rebuilt_from_its_row_gives_the_rows_that_its_bytes_gave(path, reference):
    wanted: dict[str, list[dict[str, Any]]] = {}
    for outcome in outcomes_of(path, reference):
        if isinstance(outcome, Enriched):
            for table, _, row in rows_of(outcome):
                wanted.setdefault(table.name, []).append(dict(row))
    tables = {name: arrow_table(BY_NAME[name], rows, SEQ) for name, rows in wanted.items()}

    found = read_again(tables["articles"], model=None, fields=ALL) if tables else {}

    assert found.keys() == tables.keys()
    for name, rows in tables.items():
        assert found[name].to_pylist() == rows.to_pylist(), name


@pytest.mark.usefixtures("_loaded")
def test_made_anew_by_the_same_version_no_row_changes(dataset, tmp_path):
    output = tmp_path / "output"
    shutil.copytree(dataset, output)
    wanted = visible(output)

    found = enrich(Output(output), now())

    assert {name: len(rows) for name, rows in visible(output).items()} == {
        name: len(rows) for name, rows in wanted.items()
    }
    assert visible(output) == wanted
    assert found.files_after > 0
    assert verify(output).differences == ()


SOURCES = {
    "a.txt": "Headline: Soldiers killed in Ankara\nSource: Reuters\nDate: 2020-02-20\n\nTwo soldiers were killed in Ankara on Monday, Mr Smith "
    "said. They were on patrol near the border of Syria.",
    "b.txt": "date 2020-02-20 Two soldiers were killed in Ankara on Monday, Mr Smith said. They were on patrol near the border of Iraq.",
    "c.txt": "date 2020-03-02 Three people met in Paris on Tuesday.",
    "d.jsonl": '{"text": "A day is enough."}\nbroken\n',
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in SOURCES.items():
        (folder / name).write_text(text)
    return folder


def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the model finds nothing."""
    monkeypatch.setattr(batch, "_reference", lambda *_: replace(loaded_reference(), model=SeesNothing()))


def latest(output: Path) -> dict[str, pa.Table]:
    found = {}
    for name, table in BY_NAME.items():
        if name not in ("runs", "loads"):
            frame = read_frame(output, name, latest=True, columns=None).drop(columns="batch_seq")
            found[name] = frame.sort_values(list(table.key)).to_dict("records")
    return found


def test_fields_are_added_to_an_output_that_has_none(sources, tmp_path):
    """When its sources are there no longer; the next run places its articles into stories."""
    run_here(sources, output=tmp_path / "whole")
    run_here(sources, output=tmp_path / "output", fields=HEADER)
    for path in sources.iterdir():
        path.unlink()

    enrich(Output(tmp_path / "output"), now(), fields=ALL)
    run_here(sources, output=tmp_path / "output")

    assert read_history(Output(tmp_path / "output")).fields == "all"
    for name, rows in latest(tmp_path / "whole").items():
        assert latest(tmp_path / "output")[name] == rows, name
    assert verify(tmp_path / "output").differences == ()


def test_fewer_fields_than_it_has_are_refused(sources, tmp_path):
    run_here(sources, output=tmp_path / "output", fields=HEADER)
    enrich(Output(tmp_path / "output"), now(), fields=fields_named("times"))

    with pytest.raises(WrongUse, match="fields with places,mentions,times"):
        enrich(Output(tmp_path / "output"), now(), fields=HEADER)


def test_what_another_model_finds_replaces_the_rows_in_files_stories_and_warehouses(
    sources, tmp_path, monkeypatch
):
    output, target = tmp_path / "output", f"duckdb:///{tmp_path}/news.duckdb"
    with monkeypatch.context() as patch:
        blind(patch)
        run_here(sources, output=output)
        (sources / "a.txt").write_text(SOURCES["a.txt"].replace("Two", "Four"))
        run_here(sources, output=output)
    load(output, target)
    before = visible(output)
    assert {row["killed_high"] for row in before["story_members"]} == {None}

    enrich(Output(output), now())
    load(output, target)

    rows = visible(output)
    assert {row["killed_high"] for row in rows["story_members"]} == {None, 2, 4}
    assert {(row["article_id"], row["story_id"]) for row in rows["story_members"]} == {
        (row["article_id"], row["story_id"]) for row in before["story_members"]
    }
    newest = max((row for row in rows["stories"]), key=lambda row: row["member_count"])
    assert (newest["killed_low"], newest["killed_high"]) == (2, 4)
    assert "toll_changed" in {row["kind"] for row in rows["changes"]} - {
        row["kind"] for row in before["changes"]
    }
    compact(Output(output), now())
    load(output, target)
    assert verify(output, target).differences == ()


@pytest.mark.parametrize("stride", [263, pytest.param(1, marks=pytest.mark.slow, id="every-operation")])
def test_a_crash_at_any_change_of_the_disk_leaves_the_old_rows_or_the_new(
    sources, tmp_path, monkeypatch, stride
):
    output = tmp_path / "output"
    monkeypatch.setattr(disk, "sync_file", lambda _: None)
    run_here(sources, output=output)
    blind(monkeypatch)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(output, undisturbed)
    total = changes_of(lambda: enrich(Output(undisturbed), now()))
    before, after = visible(output), visible(undisturbed)
    assert before != after

    for crashed, _, where in crashed_copies(
        output, tmp_path, range(1, total + 1, stride), lambda copy: enrich(Output(copy), now())
    ):
        run_here(sources, output=crashed)
        assert visible(crashed) in (before, after)
        enrich(Output(crashed), now())
        assert visible(crashed) == after, where
        assert verify(crashed).differences == ()


def test_the_command_reads_with_worker_processes(sources, tmp_path):
    run_here(sources, output=tmp_path / "output", fields=HEADER)

    done = dateline(
        "enrich", "--output", tmp_path / "output", "--fields", "times", "--workers", "1", "--keep", "0"
    )

    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().startswith("Commit 4: ")
    assert {row["surface"] for row in visible(tmp_path / "output")["times"]} >= {"Monday", "Tuesday"}
