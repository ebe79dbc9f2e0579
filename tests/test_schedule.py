"""Scheduled runs: a real Prefect server, a real worker, and runs that the schedule made."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from flows.deploy import deployments
from flows.write.output import Output

from .conftest import ROOT
from .prefect_server import (
    BIN,
    ENDED,
    PrefectServer,
    events_of,
    run_now,
    shell,
    wait_for,
    wait_for_event,
)

README = (ROOT / "README.md").read_text()
NEWS = "date 2020-02-{day:02} Two soldiers were killed in Ankara, a spokesman said on Wednesday."


CLEAR = "prefect deployment schedule clear --accept-yes dateline-ingest/incremental"


def articles(home: Path) -> int:
    if not (home / "output" / "articles").exists():
        return 0
    return ds.dataset(home / "output" / "articles", format="parquet").count_rows()


def drop(home: Path, name: str, text: str) -> None:
    """Put a file into the source folder at once, as a feed's delivery does."""
    (home / name).write_text(text)
    (home / name).rename(home / "seeds" / name)


@pytest.fixture(scope="module")
def home(prefect_server: PrefectServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A deployed project with a worker at work: the commands of the README, one after the other.

    The schedule of the incremental deployment is cleared, so that each test starts its own runs. The tests
    of schedules come last: Prefect may make some runs of a schedule after it is cleared.
    """
    home = tmp_path_factory.mktemp("home")
    (home / "seeds").mkdir()
    recipe = README.partition("### Schedule it with a work pool")[2].partition("###")[0]
    commands = re.findall(r"^\$ (prefect .+)$", recipe, re.MULTILINE)
    assert [command.split()[1] for command in commands] == ["work-pool", "deploy", "automation", "worker"]
    for command in commands[:-1]:
        shell(prefect_server, command, home)
    (deployment,) = prefect_server.read("deployments", deployments={"name": {"any_": ["incremental"]}})
    assert [each["schedule"]["cron"] for each in deployment["schedules"]] == ["*/15 * * * *"]
    shell(prefect_server, CLEAR, home)
    worker = subprocess.Popen(
        [str(BIN / "prefect"), *commands[-1].split()[1:]],
        env=prefect_server.env | {"PREFECT_WORKER_QUERY_SECONDS": "2"},
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with worker:
        yield home
        os.killpg(worker.pid, signal.SIGTERM)


def test_a_source_that_does_not_exist_fails_the_flow_run(prefect_server, home):
    before = articles(home)
    run_id = run_now(prefect_server, home, "dateline-ingest/incremental", sources=["nowhere"])
    run = wait_for(prefect_server, ENDED, lambda run: run["id"] == run_id)

    assert run["state_name"] == "Failed"
    assert "source: found nowhere, wanted a file, a folder" in run["state"]["message"]
    assert articles(home) == before


@pytest.mark.usefixtures("home")
def test_a_parameter_that_is_wrong_makes_no_run(prefect_server):
    (deployment,) = prefect_server.read("deployments", deployments={"name": {"any_": ["incremental"]}})
    answer = prefect_server.client.post(
        f"{prefect_server.url}/deployments/{deployment['id']}/create_flow_run",
        json={"parameters": {"sources": ["seeds"], "date_order": "DMY"}},
    )

    assert answer.status_code == 409
    assert "'DMY' is not" in answer.text


def test_a_run_that_finds_the_output_busy_is_cancelled(prefect_server, home):
    """The writer may be of any kind: here it is this process."""
    output = Output(home / "output")
    output.prepare()
    with output.locked():
        run_id = run_now(prefect_server, home, "dateline-ingest/incremental")
        run = wait_for(prefect_server, ENDED, lambda run: run["id"] == run_id)

    assert run["state_name"] == "Cancelled"
    assert f"output is being written by process {os.getpid()}" in run["state"]["message"]


def test_two_runs_at_once_double_no_row_and_a_load_follows_its_run(prefect_server, home):
    """Of two deployments, since one never runs twice at a time. Whether the two meet is for the machine to say."""
    before = articles(home)
    drop(home, "wire.jsonl", '{"text": "Two soldiers were killed in Ankara."}\n' * 3000)
    target = f"duckdb:///{home}/news.duckdb"
    names = ("dateline-ingest/incremental", "dateline-ingest/monthly-backfill")
    ids = [run_now(prefect_server, home, name, targets=[target]) for name in names]
    runs = [wait_for(prefect_server, ENDED, lambda run, wanted=each: run["id"] == wanted) for each in ids]

    assert {run["state_name"] for run in runs} in ({"Completed"}, {"Completed", "Cancelled"})
    assert articles(home) == before + 3000
    with duckdb.connect(str(home / "news.duckdb"), read_only=True) as db:
        ((rows, keys),) = db.sql("SELECT count(*), count(DISTINCT article_id) FROM articles").fetchall()
    assert rows == keys == before + 3000


def test_what_the_runs_made_is_seen_on_the_server(prefect_server, home):
    drop(home, "bad.txt", "date 2020-02-31 Two soldiers")
    run_id = run_now(prefect_server, home, "dateline-ingest/incremental")
    run = wait_for(prefect_server, ENDED, lambda run: run["id"] == run_id)
    of_run = {"flow_runs": {"id": {"any_": [run_id]}}}
    shown = {each["key"]: each["data"] for each in prefect_server.read("artifacts", **of_run)}
    (refused,) = json.loads(shown["dateline-rejects"])
    over = wait_for_event(prefect_server, "dateline.rejects.over-threshold", run_id)["payload"]
    of_this = events_of(prefect_server, "prefect.asset.materialization.succeeded", run_id)
    tables = {each["resource"]["prefect.resource.name"]: each["payload"]["rows_added"] for each in of_this}
    (sources,) = {
        related["prefect.resource.id"]
        for each in of_this
        for related in each["related"]
        if related["prefect.resource.role"] == "asset"
    }

    assert run["name"] == "seeds: 0 articles, 1 reject"
    assert shown["dateline-run"].startswith("# Dateline: 0 articles, 1 reject\n")
    assert shown["dateline-progress"] == 100
    assert (refused["code"], refused["dispatches"]) == ("header.date.unreadable", 1)
    assert "/seeds/bad.txt [0:28]: line 1: date is '2020-02-31'" in refused["for example"]
    assert tables == {
        "articles": 0, "mentions": 0, "places": 0, "times": 0, "quotes": 0, "claims": 0, "amounts": 0, "events": 0,
        "signatures": 0, "story_members": 0, "stories": 0, "changes": 0, "rejects": 1, "runs": 1, "loads": 2,
    }  # fmt: skip
    assert sources == (home / "seeds").as_uri()
    assert (over["reject_share"], over["max_reject_share"]) == (1.0, 0.05)


def test_a_load_that_fails_fails_the_run_and_leaves_the_rows_committed(prefect_server, home):
    drop(home, "second.txt", NEWS.format(day=21))
    before = articles(home)
    run_id = run_now(
        prefect_server, home, "dateline-ingest/incremental", targets=["postgresql://127.0.0.1:9/news"]
    )
    run = wait_for(prefect_server, ENDED, lambda run: run["id"] == run_id)

    assert run["state_name"] == "Failed"
    assert "load: TargetFailed: postgresql://127.0.0.1:9/news" in run["state"]["message"]
    assert articles(home) == before + 1


def test_a_run_that_the_schedule_made_commits_what_lies_in_the_source_folder(prefect_server, home):
    """The schedule of `prefect.yaml` is every 15 minutes; the test adds one of its own to the same deployment."""
    before = articles(home)
    drop(home, "third.txt", NEWS.format(day=22))
    command = "prefect deployment schedule create dateline-ingest/incremental --interval 15 --accept-yes"
    shell(prefect_server, command, home)
    run = wait_for(prefect_server, ("Completed",), lambda run: run["auto_scheduled"])

    assert (run["created_by"]["type"], run["name"]) == ("SCHEDULE", "seeds: 1 article")
    assert set(run["tags"]) == {"dateline", "incremental", "auto-scheduled"}
    assert articles(home) == before + 1


def test_the_next_scheduled_run_finds_nothing_new_and_the_one_after_a_delivery_finds_that(
    prefect_server, home
):
    before = articles(home)
    nothing = wait_for(
        prefect_server,
        ("Completed",),
        lambda run: run["auto_scheduled"] and run["name"] == "seeds: nothing new",
    )
    drop(home, "fourth.txt", NEWS.format(day=23))
    later = wait_for(
        prefect_server,
        ("Completed",),
        lambda run: run["name"] == "seeds: 1 article" and run["start_time"] > nothing["start_time"],
    )
    shell(prefect_server, CLEAR, home)

    assert nothing["auto_scheduled"] is later["auto_scheduled"] is True
    assert articles(home) == before + 1


def test_the_verification_names_a_file_that_was_changed(prefect_server, home):
    good = run_now(prefect_server, home, "dateline-verify/nightly-verification")
    assert wait_for(prefect_server, ENDED, lambda run: run["id"] == good)["state_name"] == "Completed"

    damaged = next((home / "output" / "times").rglob("*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    bad = run_now(prefect_server, home, "dateline-verify/nightly-verification")
    run = wait_for(prefect_server, ENDED, lambda run: run["id"] == bad)

    assert run["state_name"] == "Failed"
    assert damaged.name in run["state"]["message"]


def test_prefect_yaml_and_dateline_deploy_declare_the_same_deployments():
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    served = deployments(["seeds"], "output", [])

    assert [
        (each["name"], each["description"], each["entrypoint"], each["parameters"], each["tags"],
         [(schedule["cron"], schedule["timezone"]) for schedule in each["schedules"]], each["concurrency_limit"])
        for each in declared
    ] == [
        (each.name, each.description, each.entrypoint, each.parameters, each.tags,
         [(one.schedule.cron, one.schedule.timezone) for one in each.schedules],
         {"limit": each.concurrency_limit, "collision_strategy": each.concurrency_options.collision_strategy.value})
        for each in served
    ]  # fmt: skip


def test_no_library_of_the_server_moves_past_what_prefect_works_with():
    """The bounds of decision 9: what is installed, and what is locked, is within them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bounds = {
        wanted.name: wanted.specifier
        for wanted in map(Requirement, project["dependencies"])
        if wanted.name in ("prefect", "sqlalchemy", "fastapi")
    }
    locked = dict(
        re.findall(
            r"^(prefect|sqlalchemy|fastapi)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE
        )
    )

    assert {name: str(bound) for name, bound in bounds.items()} == {
        "prefect": "<3.9,>=3.8.8", "sqlalchemy": "<2.1,>=2.0.40", "fastapi": "<0.151",
    }  # fmt: skip
    assert all(Version(metadata.version(name)) in bound for name, bound in bounds.items())
    assert all(Version(locked[name]) in bound for name, bound in bounds.items())
