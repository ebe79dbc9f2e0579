"""A real Prefect server on loopback, and what tests ask of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from prefect.events.clients import PrefectEventSubscriber
from prefect.events.filters import EventFilter, EventNameFilter

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
WAIT_SECONDS = 150
STORED_SECONDS = 2
ENDED = ("Completed", "Failed", "Crashed", "Cancelled")


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A Prefect server that answers at `url`; `env` is what a command needs to report to it."""

    url: str
    client: httpx.Client
    env: dict[str, str]

    def read(self, what: str, **filters: Any) -> list[dict[str, Any]]:
        """Return what the server has of flow_runs, deployments, artifacts … that pass the filters."""
        answer = self.client.post(f"{self.url}/{what}/filter", json=filters)
        return answer.raise_for_status().json()

    def read_run(self, run_id: str) -> dict[str, Any]:
        """Return a flow run."""
        return self.client.get(f"{self.url}/flow_runs/{run_id}").raise_for_status().json()


def shell(server: PrefectServer, command: str, home: Path) -> str:
    """Run a command of the README as an operator does, in the folder of the project."""
    env = server.env | {"DATELINE_HOME": str(home), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def wait_for(
    server: PrefectServer, states: tuple[str, ...], is_wanted: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Wait until a flow run that is wanted is in one of the states, and return it."""

    def runs() -> Iterator[dict[str, Any]]:
        yield from filter(
            is_wanted, server.read("flow_runs", flow_runs={"state": {"name": {"any_": states}}})
        )

    return first_of(server, [f"prefect.flow-run.{state}" for state in states], runs)


def wait_until_idle(server: PrefectServer) -> None:
    """Wait until no run is at work or about to be; a schedule may have just made one."""

    def idle() -> Iterator[dict[str, Any]]:
        active = {"state": {"name": {"any_": ["Pending", "Running", "Late"]}}}
        if not server.read("flow_runs", flow_runs=active):
            yield {"is_idle": True}

    first_of(server, [f"prefect.flow-run.{state}" for state in ENDED], idle)


def wait_for_event(server: PrefectServer, name: str, run_id: str) -> dict[str, Any]:
    """Wait until a flow run has emitted an event, and return the event."""
    return first_of(server, [name], lambda: iter(events_of(server, name, run_id)))


def events_of(server: PrefectServer, name: str, run_id: str) -> list[dict[str, Any]]:
    """Return the events of a name that a flow run has emitted until now."""
    query = {"limit": 50, "filter": {"event": {"name": [name]}}}
    events = server.client.post(f"{server.url}/events/filter", json=query).raise_for_status().json()["events"]
    return [each for each in events if f"prefect.flow-run.{run_id}" in str(each["related"])]


def first_of(
    server: PrefectServer, names: list[str], found: Callable[[], Iterator[dict[str, Any]]]
) -> dict[str, Any]:
    """Return the first of what is found: now, or when an event of one of the names has come."""

    async def first() -> dict[str, Any]:
        wanted = EventFilter(event=EventNameFilter(name=names))
        async with PrefectEventSubscriber(filter=wanted, api_url=server.url) as events:
            while not (one := next(found(), None)):
                # The server stores an event some seconds after it has sent it to those who listen.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(anext(events), STORED_SECONDS)
            return one

    return asyncio.run(asyncio.wait_for(first(), WAIT_SECONDS))


def run_now(server: PrefectServer, home: Path, deployment: str, **parameters: Any) -> str:
    given = " ".join(f"--param '{name}={json.dumps(value)}'" for name, value in parameters.items())
    said = shell(server, f"prefect deployment run {deployment} {given}", home)
    (run_id,) = re.findall(r"UUID: ([0-9a-f-]{36})", said)
    return run_id
