"""A disk without room: the command prints one line that says where and what to do, and the next run completes."""

from __future__ import annotations

import copy
import errno
import json
import logging
import logging.handlers
import queue
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from flows import logs
from flows.errors import DiskFull
from flows.write import disk

from .conftest import FETCHED_AT, dateline
from .faults import shim
from .faults.shim import Fault
from .processes import without_prefect

KEPT = "committed data is kept, run again to continue"
TOO_LARGE = f"File too large, wanted a higher limit on the size of files (ulimit -f); {KEPT}"
NO_SPACE = f"No space left on device, wanted free space on the disk; {KEPT}"


@pytest.fixture
def output(dataset: Path, tmp_path: Path) -> Path:
    """An output with commits, so that the first file that a run writes is one of its own."""
    return Path(shutil.copytree(dataset, tmp_path / "output"))


def run(
    source: Path, output: Path, limit: str = "unlimited", env: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[bytes]:
    """Run the real command with a limit on the size of each file, in KiB; the kernel refuses longer ones."""
    command = Path(sys.executable).with_name("dateline")
    clean = without_prefect()
    return subprocess.run(
        ["bash", "-c", f'ulimit -f {limit} && exec "$@"', "-", command, "run", source, "--output", output,
         "--workers", "1", "--fetched-at", FETCHED_AT.isoformat()],
        capture_output=True, env=clean | env, timeout=300, check=False,
    )  # fmt: skip


def printed(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """The lines of standard error without the events of normal progress, and without the last one, which says what to do."""
    *lines, remedy = [line for line in done.stderr.decode().splitlines() if "[info " not in line]
    assert remedy.startswith("What to do: provide ")
    return lines


def articles(output: Path) -> int:
    state = json.loads(dateline("status", "--output", output, "--json").stdout)
    return state["tables"]["articles"]["rows"]


@pytest.mark.parametrize(
    ("length", "place"),
    [(40_000, ".dateline/spool"), (50, ".dateline/stage/")],
    ids=["fetching", "staging in a worker"],
)
def test_a_file_that_the_system_refuses_to_extend_is_named_in_one_line(length, place, output, tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("Two soldiers were killed in Ankara. ".ljust(length, "x"))

    done = run(source, output, limit="8")

    assert done.returncode == 3
    (line,) = printed(done)
    assert line.startswith(f"dateline: cannot write {output}/{place}")
    assert line.endswith(f": {TOO_LARGE}")
    assert articles(output) == 59
    assert run(source, output).returncode == 0
    assert articles(output) == 60


@pytest.mark.skipif(shim.compiler() is None, reason="needs a C compiler")
def test_a_full_disk_is_named_in_one_line_when_a_commit_is_published(output, tmp_path):
    """The rows are committed, and the next run publishes the rest."""
    source = tmp_path / "in.txt"
    source.write_text("Two soldiers were killed in Ankara.")
    draft = output / ".dateline" / "watermark.json.new"
    full = Fault(str(errno.ENOSPC), 1, shim.WRITES, is_sticky=True)

    done = run(source, output, env=shim.environment(shim.build(tmp_path), draft, full, "coordinator"))

    assert done.returncode == 3
    assert printed(done) == [f"dateline: cannot write {draft}: {NO_SPACE}"]
    assert run(source, output).returncode == 0
    assert articles(output) == 60


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG], ids=logging.getLevelName)
def test_prefect_logs_the_message_and_its_traceback_at_debug_only(level, monkeypatch):
    """The loggers of a flow run and a task run are the same in the process of a worker."""
    logs.shorten_prefect_logs()
    logger = logging.getLogger("prefect.task_runs")
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handler = logging.handlers.QueueHandler(records)
    handler.prepare = copy.copy  # as it came, with its exception
    full, bug = DiskFull("articles", "No space left on device", "free space"), ValueError("a bug")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "isEnabledFor", lambda wanted: wanted >= level)
    for error in (full, bug):
        logger.error("it failed", exc_info=error)

    shown = [records.get_nowait() for _ in range(records.qsize())]
    assert [(each.levelname, each.exc_info and each.exc_info[1]) for each in shown] == [
        *([("DEBUG", full)] if level == logging.DEBUG else []),
        ("ERROR", None),
        ("ERROR", bug),
    ]


def test_an_error_of_another_kind_is_left_as_it_is():
    with pytest.raises(PermissionError), disk.naming_full_disk(Path("output")):
        raise PermissionError(13, "Permission denied")
