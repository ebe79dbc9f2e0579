"""Erasure: no row, no file and no later run has what was erased; the log says that it was, without its content."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import batch
from flows.errors import WrongUse
from flows.generations.compact import compact
from flows.generations.erase import erase
from flows.generations.rewriting import Changed
from flows.history.reading import read_history
from flows.report.state import refused_sources
from flows.report.summary import Summary
from flows.tables import TABLES
from flows.warehouse.load import load
from flows.warehouse.verify import verify
from flows.write import disk
from flows.write.log import read_log
from flows.write.output import Output

from .conftest import dateline, loaded_reference
from .coordinating import SeesNothing, run_here
from .crashes import changes_of, crashed_copies
from .test_compact import now, visible

NAME = "Qwertzonia"
COPIED = (
    f"date 2020-02-20 Rebels took {NAME} on Monday, Mr Smith said. “We hold it,” he said. The governor of the province left the "
    "town at noon with forty soldiers, three trucks and the archive of the court, and nobody knows on which road. "
)


@pytest.fixture(autouse=True)
def _reads_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """All fields, by a model that finds nothing."""
    monkeypatch.setattr(batch, "_reference", lambda *_: replace(loaded_reference(), model=SeesNothing()))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A text in two files, one version of which was corrected; another text; a file of three, one of them unreadable."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(COPIED.replace("took", "have taken"))
    (folder / "b.txt").write_text(COPIED)
    (folder / "c.txt").write_text("date 2020-02-21 Three people met in Paris on Tuesday.")
    (folder / "d.jsonl").write_text('{"text": "One met."}\n{"text": "Two met."}\nbroken ' + NAME + "\n")
    return folder


@pytest.fixture
def output(sources: Path, tmp_path: Path) -> Path:
    """After a run, the correction of a file, and a compaction whose replaced files are kept."""
    made = tmp_path / "output"
    run_here(sources, output=made)
    (sources / "a.txt").write_text(COPIED)
    run_here(sources, output=made)
    return made


def article_of(output: Path, name: str) -> str:
    return next(row["article_id"] for row in visible(output)["articles"] if row["uri"].endswith(name))


def erased(output: Path, *what: str | Path) -> Changed:
    return erase(Output(output), [str(each) for each in what], "a request of 5 May", now())


def holding(output: Path, text: str = NAME) -> list[str]:
    """The files of an output that hold a text: its bytes, or a row."""
    found = [
        path.relative_to(output).as_posix()
        for path in sorted(output.rglob("*"))
        if path.is_file() and text.encode() in path.read_bytes()
    ]
    return [*found, *(name for name, rows in visible(output).items() if text in str(rows))]


def test_an_article_is_gone_from_every_table_with_its_versions_and_copies(output):
    """`b.txt` is named; `a.txt` has the same text in one version, and another in the version before."""
    before = {name: len(rows) for name, rows in visible(output).items()}
    compact(Output(output), now(), keep=timedelta(days=7))
    assert holding(output) != []

    found = erased(output, article_of(output, "b.txt"))

    rows = visible(output)
    gone = {"articles", "quotes", "times", "signatures", "story_members", "stories"}
    assert gone <= {name for name, count in before.items() if len(rows[name]) < count}
    assert sorted(row["uri"][-5:] for row in rows["articles"]) == ["c.txt", "jsonl", "jsonl"]
    ids = {row["article_id"] for row in rows["articles"]}
    for table in TABLES:
        if any(column.refers_to for column in table.columns):
            assert {row["article_id"] for row in rows[table.name]} <= ids
    assert found.rows_removed["articles"] == 2
    assert found.kept_until is None
    assert [name for name in holding(output) if "rejects" not in name] == []
    assert verify(output).differences == ()


def test_a_source_is_gone_with_its_rejects(output, sources):
    found = erased(output, (sources / "d.jsonl").as_uri(), sources / "b.txt")

    rows = visible(output)
    assert sorted(row["uri"][-5:] for row in rows["articles"]) == ["a.txt", "a.txt", "c.txt"]
    assert rows["rejects"] == []
    assert found.rows_removed["rejects"] == 1
    assert verify(output).differences == ()


def test_the_log_has_hashes_and_the_reason_and_no_content(output, sources):
    found = erased(output, sources / "b.txt", article_of(output, "c.txt"))

    *_, record = read_log(Output(output))
    assert (record.seq, record.kind, record.generation.reason) == (found.seq, "erase", "a request of 5 May")
    assert record.inputs == []
    assert {len(key) for key in record.generation.erased} == {32, 64}
    assert read_history(Output(output)).erased() == set(record.generation.erased)


@pytest.mark.parametrize("is_source", [False, True], ids=["article", "source"])
def test_a_later_run_rejects_what_was_erased(output, sources, is_source):
    """Read again, changed, or copied to another file; each dispatch read is still one article or one reject."""
    erased(output, sources / "b.txt" if is_source else article_of(output, "b.txt"))
    (sources / "b.txt").write_text(COPIED + "\n")
    if not is_source:
        shutil.copy(sources / "a.txt", sources / "e.txt")

    summary: Summary = run_here(sources, output=output, reread=True, began=now())

    assert summary.article_count == 0
    assert summary.reject_count == (1 if is_source else 2)
    rejects = [row for row in visible(output)["rejects"] if row["code"] == "dispatch.erased"]
    assert len(rejects) == summary.reject_count
    assert {row["why"] for row in rejects} == {
        "the dispatch, or its source, was erased from this output by `dateline erase`"
    }
    assert list(refused_sources(Output(output))) == [(sources / "d.jsonl").as_uri()]
    assert verify(output).differences == ()


def test_a_story_is_told_by_the_members_that_are_left(output):
    """As if its first member had never been there, but for the id and the revision of the story."""
    (members,) = _groups(visible(output), at_least=3)
    uris = {row["article_id"]: row["uri"] for row in visible(output)["articles"]}
    first = next(row for row in members if uris[row["article_id"]].endswith("a.txt"))
    others = [row["article_id"] for row in members if uris[row["article_id"]] != uris[first["article_id"]]]

    erased(output, uris[first["article_id"]])

    rows = visible(output)
    left = [row for row in rows["story_members"] if row["story_id"] == first["story_id"]]
    (story,) = [row for row in rows["stories"] if row["story_id"] == first["story_id"]]
    assert [row["article_id"] for row in left] == others
    assert (story["member_count"], story["duplicate_count"], story["update_count"]) == (1, 0, 0)
    assert (left[0]["linked_article_id"], left[0]["duplicate_of"], left[0]["updates_article_id"]) == (
        None,
    ) * 3
    assert verify(output).differences == ()


def _groups(rows: dict[str, list[dict[str, Any]]], at_least: int) -> list[list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows["story_members"], key=lambda row: (row["published_at"] is None, row["batch_seq"])):
        found.setdefault(row["story_id"], []).append(row)
    return [group for group in found.values() if len(group) >= at_least]


@pytest.mark.parametrize("what", ["0" * 32, "file:///no/such.txt", "nothing.txt"])
def test_what_the_output_does_not_have_is_wrong_use_and_changes_nothing(output, what):
    last = read_history(Output(output)).files()

    with pytest.raises(WrongUse, match="wanted the id of an article"):
        erased(output, article_of(output, "c.txt"), what)

    assert read_history(Output(output)).files() == last


def test_a_loaded_warehouse_loses_the_rows_in_one_transaction(output, tmp_path, sources):
    target = f"duckdb:///{tmp_path}/news.duckdb"
    load(output, target)
    erased(output, article_of(output, "b.txt"), sources / "d.jsonl")

    load(output, target)

    with duckdb.connect(f"{tmp_path}/news.duckdb", read_only=True) as connection:
        found = {
            table.name: str(connection.sql(f"SELECT * FROM {table.name}").fetchall()) for table in TABLES
        }
    assert [name for name, rows in found.items() if NAME in rows] == []
    assert verify(output, target).differences == ()


@pytest.mark.parametrize("stride", [149, pytest.param(1, marks=pytest.mark.slow, id="every-operation")])
def test_a_crash_at_any_change_of_the_disk_is_completed(output, tmp_path, sources, stride, monkeypatch):
    """By a run, or by the erasure again; what was erased is then in no file at all."""
    monkeypatch.setattr(disk, "sync_file", lambda _: None)
    wanted_id = article_of(output, "b.txt")
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(output, undisturbed)
    total = changes_of(lambda: erased(undisturbed, wanted_id))
    wanted = visible(undisturbed)

    for crashed, _, where in crashed_copies(
        output, tmp_path, range(1, total + 1, stride), lambda copy: erased(copy, wanted_id)
    ):
        run_here(sources, output=crashed)
        if wanted_id in {row["article_id"] for row in visible(crashed)["articles"]}:
            erased(crashed, wanted_id)
        assert visible(crashed) == wanted, where
        assert [name for name in holding(crashed) if "rejects" not in name] == []
        assert verify(crashed).differences == ()


def test_the_command_asks_for_a_reason(output, sources):
    without = dateline("erase", sources / "b.txt", "--output", output)
    done = dateline("erase", sources / "b.txt", "--output", output, "--reason", "asked for")

    assert without.returncode == 2
    assert b"--reason" in without.stderr
    assert done.stdout.decode().startswith("Commit 8: ")
    assert done.returncode == 0
