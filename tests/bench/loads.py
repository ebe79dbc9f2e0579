"""Measure `dateline load` beside a bare COPY of the same Parquet, in pairs; then repeat it, kill it, stop its server.

    PYTHONPATH=. python tests/bench/loads.py OUTPUT [--pairs 3] [--only duckdb|postgres]

Bare is what the engine does with the same files and nothing else: DuckDB `CREATE TABLE AS` from Parquet, PostgreSQL
COPY in binary form into tables without keys, each with its own commit. After each load the rows and the hash over
the sorted keys are compared with the Parquet. Databases are made in a temporary folder, and removed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from adbc_driver_postgresql import dbapi

from flows.tables import TABLES
from flows.warehouse import load as loading
from flows.warehouse import to_duckdb, to_postgres
from flows.warehouse.ddl import create_tables
from flows.warehouse.load import load, next_group
from flows.warehouse.relations import BY_NAME
from flows.warehouse.rows import connect, source_of
from flows.warehouse.target import Group
from flows.warehouse.verify import verify
from flows.write.output import Output
from flows.write.publish import read_watermark
from tests.postgres_server import PostgresServer

STOPPED = """
import sys
from pathlib import Path
from flows.warehouse import {module} as module
from flows.warehouse.load import load

count = 0
insert = module.{target}.insert

def insert_and_wait(self, table, files):
    global count
    count += 1
    found = insert(self, table, files)
    if count == {number}:
        print("in the middle", flush=True)
        sys.stdin.readline()
    return found

module.{target}.insert = insert_and_wait
load(Path(sys.argv[1]), sys.argv[2])
"""


@dataclass
class Engine:
    """One engine: how a new database is made and its bare copy taken."""

    name: str
    target: type[to_duckdb.DuckDBTarget] | type[to_postgres.PostgresTarget]
    new: Callable[[], str]
    bare: Callable[[Group, str], None]
    dropped: Callable[[str], None]


def group_of(output: Path) -> Group:
    """Everything that is published, in one group."""
    place = Output(output)
    loading.MAX_TRANSACTION_BYTES, limit = 2**60, loading.MAX_TRANSACTION_BYTES
    group = next_group(place, after=0, last=read_watermark(place))
    loading.MAX_TRANSACTION_BYTES = limit
    assert group is not None
    return group


def bare_duckdb(group: Group, address: str) -> None:
    with duckdb.connect(address.removeprefix("duckdb:///")) as connection:
        for table, files in group.files.items():
            names = [str(file.path) for file in files]
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet({names})")


def bare_postgres(group: Group, address: str) -> None:
    with dbapi.connect(address) as connection, connect() as reader, connection.cursor() as cursor:
        for statement in create_tables(to_postgres.DIALECT, list(group.files), with_keys=False):
            cursor.execute(statement)
        for table, files in group.files.items():
            source, columns = source_of(reader, files)
            types = {column.name: column.type for column in BY_NAME[table].columns}
            values = ", ".join(to_postgres._value(column, types[column]) for column in columns)
            rows = reader.sql(f"SELECT {values} FROM {source}").to_arrow_reader(to_postgres.BATCH_ROWS)
            cursor.adbc_ingest(table, rows, mode="append")
            connection.commit()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def timed(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def measure(engine: Engine, output: Path, pairs: int) -> None:
    """Print the time of bare copies and loads by turns, and their ratio; the time of keys apart."""
    group = group_of(output)
    rows = sum(count for _, count in group.seqs)
    say(f"{engine.name}: {rows:,} rows of {len(group.seqs)} commits, {megabytes(group):,.0f} MB of Parquet")
    target = engine.target
    keys: list[float] = []
    add_keys = target.add_keys

    def timed_keys(self: object, tables: list[str]) -> None:
        keys[-1] += timed(lambda: add_keys(self, tables))

    target.add_keys = timed_keys
    bare, loaded = [], []
    for _ in range(pairs):
        address = engine.new()
        bare.append(timed(lambda address=address: engine.bare(group, address)))
        engine.dropped(address)
        address = engine.new()
        keys.append(0.0)
        loaded.append(timed(lambda address=address: load(output, address)))
        engine.dropped(address)
        say(
            f"  bare {bare[-1]:6.2f} s, load {loaded[-1]:6.2f} s, of which keys {keys[-1]:5.2f} s: "
            f"ratio {loaded[-1] / bare[-1]:.2f}, without keys {(loaded[-1] - keys[-1]) / bare[-1]:.2f}"
        )
    target.add_keys = add_keys
    ratios = [of_load / of_bare for of_load, of_bare in zip(loaded, bare, strict=True)]
    say(
        f"  median: bare {rows / statistics.median(bare):,.0f} rows/s, "
        f"load {rows / statistics.median(loaded):,.0f} rows/s, ratio of a pair {statistics.median(ratios):.2f}"
    )


def megabytes(group: Group) -> float:
    return sum(file.bytes for files in group.files.values() for file in files) / 1e6


def check(output: Path, address: str, what: str, seconds: float) -> None:
    """Print what was done, and whether rows and keys are those of the Parquet."""
    differences = verify(output, address).differences
    say(f"  {what} ({seconds:.1f} s): {differences or 'equal'}")


def interrupt(
    engine: Engine, output: Path, address: str, stop: Callable[[subprocess.Popen[str]], None]
) -> str:
    """Start a load in a process of its own and stop it with half of the tables' rows inserted."""
    script = STOPPED.format(
        module=engine.target.__module__.rpartition(".")[2],
        target=engine.target.__name__,
        number=len(TABLES) // 2,
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(output), address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        stop(process)
        process.communicate("\n")
    return f"status {process.returncode}"


def faults(engine: Engine, output: Path, server: PostgresServer | None) -> None:
    """Load twice; kill a load and go on; stop the server under a load and go on."""
    address = engine.new()
    check(output, address, "loaded", timed(lambda: load(output, address)))
    again = load(output, address)
    assert again.first_seq is None
    check(output, address, f"a second load: {again.row_count} rows", again.seconds)
    engine.dropped(address)

    address = engine.new()
    status = interrupt(engine, output, address, lambda process: process.kill())
    check(
        output, address, f"kill -9 in the middle, {status}; load again", timed(lambda: load(output, address))
    )
    engine.dropped(address)

    if server is not None:
        for name, stop in (
            ("stop -m immediate", lambda: server.stop("immediate")),
            ("kill -9 of the server", server.kill),
        ):
            address = engine.new()
            status = interrupt(engine, output, address, lambda _, stop=stop: stop())
            server.start()
            check(
                output,
                address,
                f"{name} in the middle, {status}; load again",
                timed(lambda address=address: load(output, address)),
            )
            engine.dropped(address)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=Path)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--only", choices=["duckdb", "postgres"])
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dateline-loads-"))
    files = (f"duckdb:///{folder}/{number}.duckdb" for number in range(1000))
    server = PostgresServer()
    server.start()

    def drop(address: str) -> None:
        with dbapi.connect(server.uri(), autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {address.rpartition('/')[2]}")
            cursor.execute("CHECKPOINT")

    engines = {
        "duckdb": Engine(
            "DuckDB", to_duckdb.DuckDBTarget, lambda: next(files), bare_duckdb,
            lambda address: Path(address.removeprefix("duckdb:///")).unlink(),
        ),
        "postgres": Engine(
            "PostgreSQL", to_postgres.PostgresTarget, server.new_database, bare_postgres, drop
        ),
    }  # fmt: skip
    try:
        for name, engine in engines.items():
            if chosen.only in (None, name):
                measure(engine, chosen.output, chosen.pairs)
                faults(engine, chosen.output, server if name == "postgres" else None)
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
