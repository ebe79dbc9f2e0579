"""Temporary folders: the process that made one removes it, or a later run does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from flows.write import scratch

HOLDER = """
import tempfile
from flows.write import scratch
tempfile.tempdir = {parent!r}
with scratch.folder() as folder:
    (folder / "spool").write_bytes(b"much")
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_lasts_as_long_as_its_block(parent):
    with scratch.folder() as folder:
        (folder / "spool").write_bytes(b"much")
        scratch.sweep()
        assert (folder / "spool").read_bytes() == b"much"

    assert list(parent.iterdir()) == []


def test_the_folder_of_a_killed_process_is_removed_by_the_next_run_and_that_of_a_living_one_is_not(parent):
    command = [sys.executable, "-c", HOLDER.format(parent=str(parent))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            folder = Path(process.stdout.readline().strip())
            scratch.sweep()
            assert (folder / "spool").read_bytes() == b"much"
        finally:
            process.kill()
    assert folder.is_dir()

    scratch.sweep()

    assert not folder.exists()


def test_what_only_has_such_a_name_is_left_alone(parent, tmp_path_factory):
    """A link in a folder that all users may write to must lead nowhere."""
    target = tmp_path_factory.mktemp("target")
    (target / "file").touch()
    (parent / f"{scratch.PREFIX}link").symlink_to(target)
    (parent / f"{scratch.PREFIX}file").touch()

    scratch.sweep()

    assert sorted(path.name for path in parent.iterdir()) == [
        f"{scratch.PREFIX}file",
        f"{scratch.PREFIX}link",
    ]
    assert (target / "file").exists()
