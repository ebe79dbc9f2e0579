"""Files that a walk leaves out for their names: counted by the run, listed by `status`, never lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.report.state import state_of
from flows.report.terminal import MAX_NAMED

from .conftest import dateline
from .coordinating import run_here

TEXT = "date 2020-02-20 Two soldiers were killed in Ankara on Monday."


def ingest(*sources: Path, output: Path) -> dict:
    return run_here(*sources, output=output).as_json()


def names(uris: list[str]) -> list[str]:
    return [uri.rpartition("/")[2] for uri in uris]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT)
    (folder / "README.md").write_text("date 2020-02-21 Three people met in Paris on Tuesday.")
    (folder / ".hidden").write_text("a note of the desk")
    return folder


def test_a_file_left_out_is_counted_in_the_summary_and_listed_by_status(inbox, tmp_path):
    summary = ingest(inbox, output=tmp_path / "output")
    state = state_of(tmp_path / "output")

    assert (summary["source_count"], summary["left_out_count"]) == (1, 2)
    assert sorted(names(summary["left_out"])) == [".hidden", "README.md"]
    assert state["source_count"] == 1
    assert names(state["left_out"]) == [".hidden", "README.md"]


def test_people_are_told_the_names(inbox, tmp_path):
    said = dateline("run", inbox, "--output", tmp_path / "output").stdout.decode()
    listed = dateline("status", "--output", tmp_path / "output").stdout.decode()

    assert "2 files were left out for their names: .hidden, README.md\n" in said
    assert "1 source was read\n2 files are left out for their names:\n" in listed
    assert f"  {(inbox / 'README.md').as_uri()}\n" in listed


def test_of_many_names_the_first_are_told(inbox, tmp_path):
    for number in range(MAX_NAMED):
        (inbox / f".note-{number} [b]").write_text("a note")

    said = dateline("run", inbox, "--output", tmp_path / "output").stdout.decode()

    assert "7 files were left out for their names: .hidden, .note-0 [b]," in said
    assert ".note-3 [b] and 2 more\n" in said


def test_no_commit_is_made_for_files_left_out_alone(inbox, tmp_path):
    ingest(inbox, output=tmp_path / "output")
    head = state_of(tmp_path / "output")["head"]
    (inbox / "LICENSE").write_text("as is")

    summary = ingest(inbox, output=tmp_path / "output")

    assert (summary["left_out_count"], summary["batch_count"]) == (3, 0)
    assert state_of(tmp_path / "output")["head"] == head
    assert names(state_of(tmp_path / "output")["left_out"]) == [".hidden", "README.md"]


def test_the_next_commit_lists_what_was_left_out_since(inbox, tmp_path):
    ingest(inbox, output=tmp_path / "output")
    (inbox / "LICENSE").write_text("as is")
    (inbox / "b.txt").write_text(TEXT)

    ingest(inbox, output=tmp_path / "output")

    assert names(state_of(tmp_path / "output")["left_out"]) == [".hidden", "LICENSE", "README.md"]
    assert state_of(tmp_path / "output")["source_count"] == 2


def test_a_source_of_its_own_is_read_whatever_its_name(inbox, tmp_path):
    ingest(inbox, output=tmp_path / "output")

    summary = ingest(inbox / "README.md", output=tmp_path / "output")

    assert (summary["article_count"], summary["left_out_count"]) == (1, 0)
    assert state_of(tmp_path / "output")["source_count"] == 2
    assert names(state_of(tmp_path / "output")["left_out"]) == [".hidden"]


def test_a_file_left_out_that_disappears_is_not_reported(inbox, tmp_path):
    """No row of it was ever there."""
    ingest(inbox, output=tmp_path / "output")
    (inbox / "README.md").unlink()

    assert ingest(inbox, output=tmp_path / "output")["vanished"] == []


def test_a_file_that_was_read_and_is_left_out_later_has_not_disappeared(inbox, tmp_path):
    ingest(inbox, inbox / "README.md", output=tmp_path / "output")

    summary = ingest(inbox, output=tmp_path / "output")

    assert (summary["vanished"], names(summary["left_out"])) == ([], [".hidden", "README.md"])
    assert names(state_of(tmp_path / "output")["left_out"]) == [".hidden"]


def test_a_file_that_disappears_is_reported_and_its_rows_are_kept(inbox, tmp_path):
    (inbox / "b.txt").write_text(TEXT)
    ingest(inbox, output=tmp_path / "output")
    (inbox / "a.txt").unlink()

    said = dateline("run", inbox, "--output", tmp_path / "output").stdout.decode()

    assert f"1 source has disappeared; its rows are kept: {(inbox / 'a.txt').as_uri()}" in said
    assert state_of(tmp_path / "output")["tables"]["articles"]["rows"] == 2
