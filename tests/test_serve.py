"""`dateline deploy`: scheduled runs without a work pool, and what becomes of them when processes are killed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pytest

from .prefect_server import BIN, ENDED, ROOT, PrefectServer, run_now, shell, wait_for, wait_until_idle
from .processes import children_of


@pytest.fixture
def served(prefect_server: PrefectServer, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The README's `dateline deploy`, with seconds of work and no schedule, which would be in the way."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "wire.jsonl").write_text('{"text": "Two soldiers were killed in Ankara."}\n' * 4000)
    recipe = (ROOT / "README.md").read_text().partition("### Schedule it on one machine")[2]
    (command,) = re.findall(r"^\$ dateline (deploy .+)$", recipe, re.MULTILINE)
    with subprocess.Popen(
        [str(BIN / "dateline"), *command.split()],
        env=prefect_server.env | {"PYTHONUNBUFFERED": "1"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        for line in process.stdout:
            if b"polling for scheduled runs" in line:
                break
        else:
            raise AssertionError("nothing is served")
        for name in ("dateline-ingest/incremental", "dateline-verify/nightly-verification"):
            shell(prefect_server, f"prefect deployment schedule clear --accept-yes {name}", tmp_path)
        wait_until_idle(prefect_server)
        yield process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def run_served(server: PrefectServer, served: subprocess.Popen[bytes], folder: Path) -> str:
    """Start a run, and wait until its workers are at work."""
    run_id = run_now(server, folder, "dateline-ingest/incremental")
    for line in served.stdout:
        if b"fetch-3" in line:
            return run_id
    raise AssertionError("the run made no batch")


def test_a_run_goes_on_to_its_end_when_the_process_that_reads_its_output_is_killed(
    prefect_server, served, tmp_path
):
    """The thread that collects results must not end with the pipe that it logs to."""
    run_id = run_served(prefect_server, served, tmp_path)
    served.kill()
    run = wait_for(prefect_server, ENDED, lambda run: run["id"] == run_id)

    assert run["state_name"] == "Completed"
    assert ds.dataset(tmp_path / "output" / "articles", format="parquet").count_rows() == 4000
    with duckdb.connect(str(tmp_path / "news.duckdb"), read_only=True) as db:
        assert db.sql("SELECT count(*) FROM articles").fetchall() == [(4000,)]


def test_a_run_that_was_killed_with_its_supervisor_does_not_stay_running(prefect_server, served, tmp_path):
    """By the automation: three heartbeats are missing, 90 seconds."""
    run_id = run_served(prefect_server, served, tmp_path)
    for pid in (served.pid, *children_of(served.pid)):
        os.kill(int(pid), signal.SIGKILL)
    run = wait_for(prefect_server, ENDED, lambda run: run["id"] == run_id)

    assert run["state_name"] == "Crashed"
    assert "the flow run was killed" in run["state"]["message"]
