"""Checks of what runs elsewhere: the warehouse of loads, and the Prefect server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL

from flows import observe
from flows.addresses import is_address, without_secrets
from flows.doctor.finding import OK, PROBLEM, WARNING, Asked, Finding, of_error
from flows.errors import DatelineError, UnreachableServer, WrongUse
from flows.secret_blocks import resolve
from flows.warehouse.load import identify_output
from flows.warehouse.target import Target, open_target
from flows.write.output import Output

TARGET = "target"
PREFECT = "prefect"
MIN_TIMEOUT = 60.0
"""Seconds that a server on SQLite waits for its database: with 10, its default, a service that waits longer stops (decision 0009)."""


def check_target(asked: Asked) -> Iterator[Finding]:
    """Connect to the warehouse, and read up to which commit it is loaded; nothing is made there."""
    if asked.target is None:
        return
    shown, place = public(asked.target), Output(asked.output)
    try:
        address = resolve(asked.target)
        shown = public(address)
        path = _path_of(address)
        if path is not None and not path.exists():
            yield _new(shown, path)
            return
        with open_target(address, place, must_exist=True) as target:
            yield Finding(TARGET, OK, f"{target.shown}: connected, {_loaded(target, place)}")
    except DatelineError as error:
        yield of_error(TARGET, error)
    except ImportError as error:
        kind = shown.partition(":")[0]
        remedy = f"pip install 'dateline[{kind}]'"
        yield Finding(TARGET, PROBLEM, f"{error.name} is not installed", f"the library of {kind}", remedy)


def public(address: str) -> str:
    """Return an address without its secrets, and anything else as it is."""
    return without_secrets(address) if is_address(address) else address


def _path_of(address: str) -> Path | None:
    """Return the path of a target that is a file or a folder of this machine."""
    kind, _, path = address.partition(":")
    return Path(path.removeprefix("///")) if kind in ("duckdb", "clickhouse", "delta") else None


def _new(shown: str, path: Path) -> Finding:
    """Return the finding for a file or a folder that the first load makes."""
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding(TARGET, PROBLEM, f"{shown}: {folder} is no folder that can be written", "one that can", f"mkdir -p {folder}")  # fmt: skip
    return Finding(TARGET, OK, f"{shown}: not there yet, the first load makes it")


def _loaded(target: Target, place: Output) -> str:
    try:
        output_id = identify_output(place)
    except WrongUse:
        return "and the output has nothing to load yet"
    mark = target.read_mark(output_id)
    return f"loaded up to commit {mark}" if mark else "nothing is loaded yet"


def check_prefect(asked: Asked) -> Iterator[Finding]:
    """Ask the Prefect server whether it works, and how long it waits for its database."""
    del asked
    url = PREFECT_API_URL.value()
    if not url:
        yield Finding(
            PREFECT, OK, "no server (PREFECT_API_URL is not set): runs are not reported or scheduled"
        )
        return
    try:
        observe.check_server()
    except UnreachableServer as error:
        found = f"{error.url}: {error.found}"
        yield Finding(PREFECT, PROBLEM, found, "a Prefect server that answers", error.what_to_do())
        return
    with get_client(sync_client=True) as client:
        version = client.api_version()
        database = client.request("GET", "/admin/settings").json()["server"]["database"]
    shown = without_secrets(url)
    yield Finding(PREFECT, OK, f"{shown}: Prefect {version} answers")
    timeout = float(database.get("timeout") or 0)
    # The address of the database is not shown by the server.
    if timeout < MIN_TIMEOUT and "postgres" not in str(database.get("driver")):
        yield Finding(
            "prefect database",
            WARNING,
            f"a timeout of {timeout:g} s",
            f"{MIN_TIMEOUT:g} s where it is SQLite: a service of the server stops when it waits longer, and automations no longer fire",
            "start the server with PREFECT_SERVER_DATABASE_TIMEOUT=60",
        )
    yield from _proxy(shown)


def _proxy(url: str) -> Iterator[Finding]:
    host = urlsplit(url).hostname or ""
    proxy = os.environ.get("HTTP_PROXY") or os.environ.get("http_proxy")
    excluded = os.environ.get("NO_PROXY", os.environ.get("no_proxy", ""))
    if proxy and host in ("127.0.0.1", "localhost") and host not in excluded:
        yield Finding("prefect proxy", WARNING, f"requests to {host} go through HTTP_PROXY", f"{host} in NO_PROXY", f"export NO_PROXY={host}")  # fmt: skip
