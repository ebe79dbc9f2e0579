"""Loads that are stopped: whatever ends them wherever, the next load ends as if nothing had happened."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from flows.tables import TABLES
from flows.warehouse import load as loading
from flows.warehouse.load import load
from flows.warehouse.load_errors import TargetFailed
from flows.warehouse.to_postgres import PostgresTarget
from flows.warehouse.verify import verify

from .postgres_server import PostgresServer
from .readback import by_pandas, by_postgres, read_back

KILLED = """
import os, signal, sys
import flows.commands.loading
from flows.cli import main
from flows.warehouse import load as loading

loading.MAX_TRANSACTION_BYTES = 1
points = sys.argv.pop(1).split(";")
stop = "never"

def point(name, arguments):
    if name == "insert":
        return f"insert {{arguments[1][0].seq}} {{arguments[0]}}"
    if name == "add_keys":
        return f"add_keys {{len(arguments[0])}}"
    return f"add_marks {{arguments[1].first_seq}}" if name == "add_marks" else name

def wrapped(name, operation):
    def act(self, *arguments):
        if stop == "before " + point(name, arguments):
            os.kill(os.getpid(), signal.SIGKILL)
        result = operation(self, *arguments)
        if stop == "after " + point(name, arguments):
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return act

def killed():
    from flows.warehouse import {module} as module
    for name in ("prepare", "insert", "add_marks", "add_keys"):
        setattr(module.{target}, name, wrapped(name, getattr(module.{target}, name)))
    main()

# A process for each point, forked from one that has imported what every target needs.
for stop in points:
    child = os.fork()
    if child == 0:
        killed()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

POINTS = (
    "after prepare",
    "after insert 1 loads",
    "after insert 2 articles",
    "after insert 2 loads",
    "after add_marks 2",
    "after insert 3 loads",
    "after add_keys 1",
    f"before add_keys {len(TABLES)}",
)
"""Where the command is killed, one after the other: at a commit's table, before its transaction has ended."""


@pytest.mark.parametrize(
    ("module", "target", "address"),
    [
        ("to_duckdb", "DuckDBTarget", "duckdb:///{folder}/news.duckdb"),
        ("to_postgres", "PostgresTarget", "{postgres}"),
        ("to_clickhouse", "ClickHouseTarget", "clickhouse:///{folder}/clickhouse"),
        ("to_delta", "DeltaTarget", "delta:{folder}/delta"),
    ],
)
def test_a_load_that_is_killed_anywhere_and_started_again_ends_equal(
    module, target, address, dataset, tmp_path, postgres
):
    """`kill -9` of the command, each commit in a transaction of its own."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(module=module, target=target))
    address = address.format(folder=tmp_path, postgres=postgres)
    done = subprocess.run(
        [sys.executable, script, ";".join((*POINTS, "never")), "load", address, "--output", dataset],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    printed = done.stdout.splitlines()
    statuses = [int(line) for line in printed if re.fullmatch(r"-?\d+", line)]

    assert statuses == [-signal.SIGKILL] * len(POINTS) + [0], done.stderr
    assert read_back(address) == by_pandas(dataset)
    assert verify(dataset, address).differences == ()
    assert load(dataset, address).first_seq is None


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server that the test may stop."""
    server = PostgresServer()
    try:
        server.start()
        yield server
        server.stop("immediate")
    finally:
        server.remove()


@pytest.mark.parametrize(("how", "number"), [("kill", 1), ("stop", 3), ("kill", 9)])
def test_a_server_that_stops_under_a_load_and_starts_again_ends_equal(
    how, number, server, dataset, monkeypatch
):
    """After the nth table, within a transaction: by `kill -9` of its first process, or `pg_ctl stop -m immediate`."""
    monkeypatch.setattr(loading, "MAX_TRANSACTION_BYTES", 1)
    insert, count = PostgresTarget.insert, 0

    def insert_and_stop(self, table, files):
        nonlocal count
        count += 1
        found = insert(self, table, files)
        if count == number:
            server.kill() if how == "kill" else server.stop("immediate")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(PostgresTarget, "insert", insert_and_stop)
        with pytest.raises(TargetFailed, match="load again to continue"):
            load(dataset, server.uri())
    server.start()
    load(dataset, server.uri())

    assert by_postgres(server.uri()) == by_pandas(dataset)
    assert verify(dataset, server.uri()).differences == ()
