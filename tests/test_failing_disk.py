"""A disk that fails, goes away or lost what it was told to keep: what is said, and that the next run completes."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from flows.errors import LostFile, WrongUse
from flows.write import disk
from flows.write.output import Output
from flows.write.publish import read_watermark

from .coordinating import run_here
from .faults.full_disk import NotMounted, mounted
from .faults.trial import rows_seen


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "One.", "date": "2020-02-20"}\n{"text": "Two."}\nbroken\n')
    return path


def run(source: Path, output: Path) -> None:
    assert run_here(source, output=output, fields=frozenset()).failures == []


def test_a_write_of_no_byte_is_an_error_and_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", lambda _handle, _data: 0)

    with pytest.raises(OSError, match=r"Input/output error: .*/draft") as raised:
        disk.write_new(tmp_path / "draft", b"data")

    assert raised.value.errno == errno.EIO


def test_a_short_write_is_continued(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, bytes(data[:3])))

    disk.write_new(tmp_path / "draft", b"0123456789")

    assert (tmp_path / "draft").read_bytes() == b"0123456789"


def test_an_error_that_names_no_file_gets_its_name():
    with (
        pytest.raises(OSError, match=r"^\[Errno 5\] Input/output error: 'articles'$"),
        disk.naming_full_disk("articles"),
    ):
        raise OSError(errno.EIO, "Input/output error")


def test_an_error_of_arrow_that_has_no_number_keeps_its_words():
    with pytest.raises(OSError, match=r"error closing file: 'articles'$"), disk.naming_full_disk("articles"):
        raise OSError("error closing file")


def test_a_lock_that_the_system_cannot_give_is_not_another_run(source, tmp_path, monkeypatch):
    """As on a network disk whose lock service is away."""

    def fail(_file: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)

    with pytest.raises(OSError, match="No locks available"):
        run(source, tmp_path / "output")


def test_a_record_of_no_bytes_is_named_and_nothing_is_changed(source, tmp_path):
    """As after a power cut on a disk that confirms an fsync and does not do it."""
    output = Output(tmp_path / "output")
    run(source, output.root)
    last = max(output.log.iterdir())
    last.write_bytes(b"")
    before = rows_seen(output.root)

    with pytest.raises(LostFile, match=f"{last.name}: found a damaged record .*, wanted a commit record"):
        run(source, output.root)

    assert rows_seen(output.root) == before


@pytest.mark.parametrize("damage", [b"", b"{", b"\0" * 20, b"[]", b"{}"])
def test_a_damaged_watermark_is_found_again_from_the_log(damage, source, tmp_path):
    output = Output(tmp_path / "output")
    run(source, output.root)
    last = read_watermark(output)
    output.watermark.write_bytes(damage)

    run(source, output.root)

    assert (last, read_watermark(output)) == (3, 3)


def test_an_output_that_is_removed_during_a_run_is_named_and_made_anew_by_the_next(
    source, tmp_path, monkeypatch
):
    output = tmp_path / "output"
    link = disk.link_new

    def remove(draft: Path, target: Path) -> None:
        if target.stem.endswith("2"):
            shutil.rmtree(output)
        link(draft, target)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "link_new", remove)
        with pytest.raises(FileNotFoundError, match=r"No such file or directory: .*/\.dateline/log/"):
            run(source, output)
    assert not output.exists()

    run(source, output)
    run(source, tmp_path / "undisturbed")
    assert rows_seen(output) == rows_seen(tmp_path / "undisturbed")


def test_drafts_of_a_killed_run_are_removed_by_the_next(source, tmp_path):
    output = Output(tmp_path / "output")
    run(source, output.root)
    drafts = [output.state / "0-1.segment.new", output.log / ".draft"]
    for draft in drafts:
        draft.write_bytes(b"half")

    run(source, output.root)

    assert [draft for draft in drafts if draft.exists()] == []


def test_a_folder_on_a_disk_that_is_read_only_is_refused_with_the_reason(source, tmp_path):
    try:
        with mounted(tmp_path / "disk", "size=16m") as place:
            run(source, place / "output")
            subprocess.run(["mount", "-o", "remount,ro", place], check=True)
            with pytest.raises(WrongUse, match="read-only file system"):
                run(source, place / "output")
    except NotMounted as error:
        pytest.skip(f"cannot mount a file system: {error}")
