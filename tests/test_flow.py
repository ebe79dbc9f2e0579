"""The Prefect flow: with no server and no network, and with a real server; what is retried."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import platformdirs
import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.exceptions import ParameterTypeError, SignatureMismatchError
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings
from prefect.states import Failed

import flows
from flows import batch, ingest
from flows.coordinator import run_job
from flows.errors import BatchFailed, BrokenRow, OutputBusy
from flows.fields import fields_named
from flows.report.summary import Summary
from flows.steps import Steps
from flows.survey import Job
from flows.write.deliver import deliver
from flows.write.log import read_log
from flows.write.output import Output

from .conftest import FETCHED_AT, SEEDS, dateline
from .prefect_server import first_of
from .processes import without_prefect

NO_SOCKETS = """
import socket, sys
def local_only(connect):
    def connected(self, *arguments):
        # The fork server of the workers listens in a folder that only this user can open.
        if self.family == socket.AF_UNIX:
            return connect(self, *arguments)
        raise SystemExit(f"a socket was connected: {arguments}")
    return connected
socket.socket.connect, socket.socket.connect_ex = map(local_only, (socket.socket.connect, socket.socket.connect_ex))
from flows.cli import main
if __name__ == "__main__":
    main()
"""


def test_without_a_server_no_socket_is_connected_and_nothing_is_left_in_the_home_folder(tmp_path):
    """Workers start by importing the script, so the ban holds in them too."""
    script = tmp_path / "no_sockets.py"
    script.write_text(NO_SOCKETS)
    home = tmp_path / "home"
    home.mkdir()
    # The index of the gazetteer takes a while to build, and is kept where it was.
    env = without_prefect() | {"HOME": str(home), "XDG_CACHE_HOME": str(platformdirs.user_cache_path())}
    done = subprocess.run(
        [sys.executable, str(script), "run", str(SEEDS), "--output", str(tmp_path / "output")],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "59 articles" in done.stdout
    assert list(home.rglob("*.db")) == []


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (OutputBusy("output", "process 1"), True),
        (OSError(errno.EAGAIN, "again"), True),
        (OSError(errno.ENOSPC, "full"), False),
        (BrokenRow("articles", "url", "7", "text"), False),
        (ValueError("a bug"), False),
    ],
)
def test_only_what_may_pass_by_itself_is_retried(error, again):
    assert ingest.is_retryable(None, None, Failed(data=error)) is again


def test_a_part_that_fails_leaves_its_batch_to_the_next_run_and_lets_the_others_be(tmp_path):
    """The first of two batches fails; the second is committed, and the next run reads the first again."""
    for number in (1, 2):
        # Each is a batch of its own.
        text = f"Soldiers went to Ankara on day {number}. ".ljust(9 << 20, "x")
        (tmp_path / f"{number}.jsonl").write_text(json.dumps({"text": text}))

    def fails_once(part, stage, seq):
        if seq == 2:
            return ValueError("a bug")
        with stage.folder() as folder:
            return batch.work_on(part, stage=folder, batch_seq=seq, fields=fields_named("header"))

    steps = Steps(fetch=lambda plan, _: next(plan, None), submit=fails_once, outcomes=list, write=deliver)
    job = Job((str(tmp_path / "*.jsonl"),), tmp_path / "output", 1, FETCHED_AT)
    summary = run_job(job, steps)

    committed = [each["uri"] for record in read_log(Output(job.output)) for each in record.inputs]
    assert summary.failures == ["batch 2: ValueError: a bug"]
    assert [uri.rsplit("/", 1)[1] for uri in committed] == ["2.jsonl"]


def test_with_a_server_the_run_is_seen_there(prefect_server, tmp_path):
    url, client = prefect_server.url, prefect_server.client
    done = dateline("run", SEEDS, "--output", tmp_path / "output", PREFECT_API_URL=url)
    assert done.returncode == 0, done.stderr.decode()

    of_run = {"flow_runs": {"name": {"like_": "seeds: 59 articles"}}}
    (run,) = client.post(f"{url}/flow_runs/filter", json=of_run).json()

    def stored() -> Iterator[dict]:
        """The server stores task runs some seconds after they have ended."""
        names = {task["name"] for task in prefect_server.read("task_runs", **of_run)}
        if len(names) == 7:
            yield {"names": names}

    tasks = first_of(prefect_server, ["prefect.task-run.Completed"], stored)["names"]
    (artifact,) = client.post(
        f"{url}/artifacts/filter", json=of_run | {"artifacts": {"type": {"any_": ["markdown"]}}}
    ).json()

    assert (run["state_type"], run["parameters"]["sources"]) == ("COMPLETED", [str(SEEDS)])
    assert tasks == {
        "fetch-2",
        "fetch-3",
        "parse-enrich-2-0",
        "write-2",
        "write-3",
        "write-4",
        "tables",
    }
    assert artifact["data"].startswith("# Dateline: 59 articles\n")


def test_a_batch_that_failed_fails_the_flow_run(prefect_server, monkeypatch, tmp_path):
    """Its other batches are committed all the same; the server is to show that one is missing."""
    summary = Summary("r", "output", 1, failures=["batch 2: ValueError: a bug"])
    monkeypatch.setattr(ingest, "run_job", lambda *_: summary)

    with (
        temporary_settings({PREFECT_API_URL: prefect_server.url, PREFECT_LOGGING_TO_API_ENABLED: False}),
        pytest.raises(BatchFailed, match="batch 2: ValueError: a bug"),
    ):
        ingest.ingest(sources=[str(SEEDS)], output=str(tmp_path))


def test_a_busy_output_cancels_the_flow_run_and_the_command_says_why(prefect_server, tmp_path):
    output = Output(tmp_path / "output")
    output.prepare()
    with output.locked():
        done = dateline("run", SEEDS, "--output", output.root, **prefect_server.env)
    cancelled = {"state": {"type": {"any_": ["CANCELLED"]}}, "name": {"like_": str(output.root)}}
    (run,) = prefect_server.read("flow_runs", flow_runs=cancelled)

    assert done.returncode == 3
    assert f"{output.root} is being written by another run" in done.stderr.decode()
    assert (
        run["state"]["message"]
        == f"{output.root} is being written by process {os.getpid()}; run again when it has ended"
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"date_order": "DMY"}, "date_order: Input should be 'dmy' or 'mdy'"),
        ({"format": "docx"}, "format: Value error, found 'docx', wanted one of warc, arc"),
        ({"sources": []}, "sources: Value should have at least 1 item"),
        ({"fetched_at": "2020-02-20T10:15:00"}, "fetched_at: Input should have timezone info"),
        ({"max_reject_share": 5}, "max_reject_share: Input should be less than or equal to 1"),
        ({"workers": 0}, "workers: Input should be greater than or equal to 1"),
        ({"form": "csv"}, "was provided with parameters"),
    ],
)
def test_a_parameter_that_the_flow_does_not_allow_is_named(wrong, said):
    with pytest.raises((ParameterTypeError, SignatureMismatchError), match=re.escape(said)):
        ingest.ingest.validate_parameters({"sources": ["nowhere"]} | wrong)


def test_every_parameter_is_described_on_the_form():
    schema = ingest.ingest.parameters.model_dump()["properties"]

    assert {name for name, shown in schema.items() if len(shown["description"].split()) < 4} == set()
    assert {"inline", "jsonl", "warc", "html"} <= set(schema["format"]["anyOf"][0]["enum"])
    assert schema["date_order"]["anyOf"][0]["enum"] == ["dmy", "mdy"]
    assert list(schema)[:3] == ["sources", "output", "targets"]


@pytest.mark.parametrize("arguments", [["run"], ["deploy"]])
def test_a_server_that_does_not_answer_is_named_with_what_to_do(arguments, tmp_path):
    done = dateline(
        *arguments, SEEDS, "--output", tmp_path / "output", PREFECT_API_URL="http://127.0.0.1:9/api"
    )

    assert done.returncode == 3
    line, remedy = done.stderr.decode().splitlines()
    assert line.startswith("dateline: PREFECT_API_URL http://127.0.0.1:9/api/: found ConnectError:")
    assert remedy == (
        "What to do: start it (`prefect server start`), correct PREFECT_API_URL, or unset it to run without one."
    )


def test_the_tasks_of_a_run_without_a_server_share_one_client(tmp_path, monkeypatch):
    """Each client loads the certificates of all authorities, though nothing is ever sent."""
    made: list[object] = []
    init = SyncPrefectClient.__init__

    def counted(self: SyncPrefectClient, *arguments: object, **options: object) -> None:
        made.append(self)
        init(self, *arguments, **options)

    monkeypatch.setattr(SyncPrefectClient, "__init__", counted)
    (tmp_path / "in.txt").write_text("date 2020-02-20 Two soldiers were killed in Ankara on Monday.")
    summary = flows.run(tmp_path / "in.txt", tmp_path / "output", fields="header", workers=1)

    assert summary.article_count == 1
    assert len(made) == 1
