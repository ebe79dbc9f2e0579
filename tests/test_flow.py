"""The Prefect flow: with no server and no network, and with a real server; what is retried."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pyarrow.dataset as ds
import pytest
import yaml
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings
from prefect.states import Completed, Failed

from flows import batch, ingest
from flows.errors import BatchFailed, BrokenRow, OutputBusy
from flows.fetch.plan import Batch
from flows.report.summary import Summary

from .conftest import FETCHED_AT, ROOT, SEEDS, dateline

NO_SOCKETS = """
import socket, sys
def refuse(*arguments):
    raise SystemExit(f"a socket was connected: {arguments[1:]}")
socket.socket.connect = socket.socket.connect_ex = refuse
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
    env = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, str(script), "run", str(SEEDS), "--output", str(tmp_path / "output")],
        env=env | {"HOME": str(home)},
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


def test_a_part_that_fails_leaves_its_batch_to_the_next_run_and_lets_the_others_be():
    """`wait` before any result: a first failure would cancel what is queued."""

    class Flown:
        def __init__(self, data):
            self.state = data

    done = batch.PartDone([], {"article": 1, "reject": 0}, {}, {}, {})
    summary = Summary("r", "output", 1)
    one = Batch(2, "b", Path("spool"), (), ())

    good = ingest._outcome(one, [Flown(Completed(data=done))], summary)
    bad = ingest._outcome(
        one, [Flown(Completed(data=done)), Flown(Failed(data=ValueError("a bug")))], summary
    )

    assert (good, bad) == ([done], None)
    assert summary.failures == ["batch 2: ValueError: a bug"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """A real Prefect server on loopback, stopped by its own process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    env = os.environ | {
        "PREFECT_HOME": str(tmp_path_factory.mktemp("prefect")),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port), "--no-ui"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        transport = httpx.HTTPTransport(retries=12)
        with httpx.Client(transport=transport, timeout=120) as client:
            client.get(f"{url}/health").raise_for_status()
            yield url, client
        os.killpg(process.pid, signal.SIGTERM)


def test_with_a_server_the_run_is_seen_there(server, tmp_path):
    url, client = server
    done = dateline("run", SEEDS, "--output", tmp_path / "output", PREFECT_API_URL=url)
    assert done.returncode == 0, done.stderr.decode()

    (run,) = client.post(f"{url}/flow_runs/filter", json={}).json()
    tasks = client.post(f"{url}/task_runs/filter", json={}).json()
    (artifact,) = client.post(
        f"{url}/artifacts/filter", json={"artifacts": {"type": {"any_": ["markdown"]}}}
    ).json()

    assert (run["state_type"], run["parameters"]["sources"]) == ("COMPLETED", [str(SEEDS)])
    assert {task["name"].split("-")[0] for task in tasks} == {"fetch", "parse", "write"}
    assert "59 articles" in artifact["data"]


DEPLOYED = """
import sys
from prefect.flows import load_flow_from_entrypoint
if __name__ == "__main__":
    flow = load_flow_from_entrypoint(sys.argv[1])
    flow(sources=[sys.argv[2]], output=sys.argv[3], fetched_at="2026-01-02T03:04:05Z")
"""


def test_the_flow_runs_as_a_worker_loads_it(server, tmp_path):
    """By its path, as `prefect.yaml` names it, with parameters as JSON holds them."""
    url, _ = server
    (deployment,) = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    script = tmp_path / "deployed.py"
    script.write_text(DEPLOYED)
    done = subprocess.run(
        [sys.executable, str(script), deployment["entrypoint"], str(SEEDS), str(tmp_path / "output")],
        env=os.environ | {"PREFECT_API_URL": url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (run,) = ds.dataset(tmp_path / "output" / "runs").to_table().to_pylist()
    assert (run["article_count"], run["started_at"]) == (59, FETCHED_AT)


def test_a_batch_that_failed_fails_the_flow_run(server, monkeypatch, tmp_path):
    """Its other batches are committed all the same; the server is to show that one is missing."""
    url, _ = server
    summary = Summary("r", "output", 1, failures=["batch 2: ValueError: a bug"])
    monkeypatch.setattr(ingest, "_run", lambda *_: summary)

    with (
        temporary_settings({PREFECT_API_URL: url, PREFECT_LOGGING_TO_API_ENABLED: False}),
        pytest.raises(BatchFailed, match="batch 2: ValueError: a bug"),
    ):
        ingest.ingest(sources=[str(SEEDS)], output=str(tmp_path))


def test_the_deployment_names_the_flow():
    (deployment,) = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    module, name = deployment["entrypoint"].split(":")

    assert (ROOT / module).is_file()
    assert name == ingest.ingest.fn.__name__
