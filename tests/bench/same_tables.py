"""Compare every table of two outputs row by row, and print a hash of each.

    PYTHONPATH=. python tests/bench/same_tables.py OUTPUT OUTPUT

A row is hashed whole, and the hash of a table is the sum of those of its rows: neither depends on how rows are divided into files
and batches. Columns in IGNORED are left out. Both runs must have been given the same sources, since the uris are part of the ids.
The exit status is 1 if anything differs. DuckDB keeps its rows in a temporary file and uses at most MEMORY.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.commits import STAGES
from flows.schema import Table
from flows.tables import TABLES
from flows.warehouse.rows import connect

MEMORY = "1GB"

IGNORED: dict[str, dict[str, str]] = {
    "*": {"batch_seq": "the commit that added the row: how the input was divided into batches"},
    "articles": {"fetched_at": "start of the run"},
    "rejects": {
        "fetched_at": "start of the run",
        "fetched_month": "start of the run",
    },
    "runs": {
        "run_id": "made of the start and the process id of the run",
        "started_at": "start of the run",
        "started_month": "start of the run",
        "ended_at": "end of the run",
        "parameters": "the folder of the output and the number of workers are among them",
        "versions": "versions of libraries",
        **{f"{stage}_seconds": "time" for stage in (*STAGES, "total")},
    },
}
"""Columns that are not compared, by table, each with the reason. A table whose key is ignored is compared as a bag of rows."""

NOT_COMPARED = {"loads": "its rows are the files of each batch with their hashes"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One table in two outputs: the rows and the hash of each, and what differs first; None if nothing does."""

    table: str
    rows: tuple[int, int]
    hashes: tuple[str, str]
    difference: str | None


def compare(left: Path, right: Path) -> Iterator[Compared]:
    """Compare each table; columns that only one of the outputs has are a difference of their own."""
    with tempfile.TemporaryDirectory() as folder, connect(str(Path(folder, "rows.duckdb"))) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET preserve_insertion_order = false")
        for table in TABLES:
            if table.name not in NOT_COMPARED:
                yield _compared(connection, table, (left, right))


def is_ignored(table: str, column: str) -> bool:
    """Return True if a column depends on the run and not on its input."""
    return column in IGNORED["*"] or column in IGNORED.get(table, ())


def _compared(connection: duckdb.DuckDBPyConnection, table: Table[Any], outputs: Sequence[Path]) -> Compared:
    sources = [_source(table, output) for output in outputs]
    types = [
        {name: kind for name, kind, *_ in connection.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        if source
        else {}
        for source in sources
    ]
    shared = [
        name
        for name in types[0] or types[1]
        if name in (types[1] or types[0]) and not is_ignored(table.name, name)
    ]
    key = [name for name in table.key if name in shared]
    totals = []
    for number, source in enumerate(sources):
        connection.execute(f"DROP TABLE IF EXISTS hashes_{number}")
        if not source:
            connection.execute(f"CREATE TABLE hashes_{number} (key VARCHAR, hash VARCHAR)")
        else:
            connection.execute(
                f"CREATE TABLE hashes_{number} AS SELECT {_as_json(key)} AS key, md5({_as_json(shared)}) AS hash FROM {source}"
            )
        totals.append(_total(connection, number))
    (left_rows, left_hash), (right_rows, right_hash) = totals
    difference = _difference_of_columns(table, *types) if all(types) else None
    if totals[0] != totals[1]:
        difference = _first_difference(connection, sources, key, shared)
    return Compared(table.name, (left_rows, right_rows), (left_hash, right_hash), difference)


def _source(table: Table[Any], output: Path) -> str | None:
    """Return what to select the rows of a table and its partition from, None where it has no files."""
    if not any((output / table.name).rglob("*.parquet")):
        return None
    files = f"{(output / table.name).absolute()}/**/*.parquet".replace("'", "''")
    partition = f"regexp_extract(filename, '{table.partition_by}=([^/]*)', 1) AS {table.partition_by}"
    return (
        f"(SELECT * EXCLUDE (filename), {partition} FROM "
        f"read_parquet('{files}', union_by_name = true, hive_partitioning = false, filename = true))"
    )


def _as_json(columns: Sequence[str]) -> str:
    """Return the expression for some columns of a row as text: JSON, in which no two values look the same."""
    return f"CAST(to_json([{', '.join(f'to_json({name})' for name in columns)}]) AS VARCHAR)"


def _total(connection: duckdb.DuckDBPyConnection, number: int) -> tuple[int, str]:
    """Return the number of rows and the sum of their hashes modulo 2**128."""
    query = "SELECT count(*), sum(md5_number_lower(hash)::HUGEINT), sum(md5_number_upper(hash)::HUGEINT)"
    ((count, lower, upper),) = connection.execute(f"{query} FROM hashes_{number}").fetchall()
    return count, f"{(upper or 0) % 2**64:016x}{(lower or 0) % 2**64:016x}"


def _difference_of_columns(table: Table[Any], left: dict[str, str], right: dict[str, str]) -> str | None:
    """Return which columns only one output has, or has with another type; their order does not matter."""
    odd = sorted(
        name
        for name in {*left, *right}
        if left.get(name) != right.get(name) and not is_ignored(table.name, name)
    )
    return ", ".join(f"column {name}: {left.get(name)} | {right.get(name)}" for name in odd) or None


def _first_difference(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[str | None],
    key: Sequence[str],
    columns: Sequence[str],
) -> str:
    """Return how many rows of each output the other lacks, and the first of them with its values in both."""
    connection.execute("CREATE OR REPLACE TABLE odd_0 AS FROM hashes_0 EXCEPT ALL FROM hashes_1")
    connection.execute("CREATE OR REPLACE TABLE odd_1 AS FROM hashes_1 EXCEPT ALL FROM hashes_0")
    query = "SELECT (SELECT count(*) FROM odd_0), (SELECT count(*) FROM odd_1), min(key) FROM (FROM odd_0 UNION ALL FROM odd_1)"
    ((left_count, right_count, first),) = connection.execute(query).fetchall()
    rows = []
    for number, source in enumerate(sources):
        found = connection.execute(
            f"SELECT {', '.join(f'to_json({name})' for name in columns)} FROM {source} "
            f"WHERE {_as_json(key)} = $1 AND md5({_as_json(columns)}) IN (SELECT hash FROM odd_{number} WHERE key = $1) "
            "ORDER BY ALL LIMIT 1",
            [first],
        ).fetchall() if source else []  # fmt: skip
        rows.append(dict(zip(columns, found[0], strict=True)) if found else None)
    what = f"{left_count} | {right_count} rows; first {' '.join(map(str, json.loads(first)))}: "
    left, right = rows
    if left is None or right is None:
        return what + ("only in the second" if left is None else "only in the first")
    odd = [name for name in columns if left[name] != right[name]]
    return what + f"{odd[0]}: {_short(left[odd[0]])} | {_short(right[odd[0]])}" + (
        f" (also {', '.join(odd[1:])})" if odd[1:] else ""
    )  # fmt: skip


def _short(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def main(left: Path, right: Path) -> int:
    """Print a line for each table; return the exit status."""
    status = 0
    sys.stdout.write(f"{'table':<15}{'rows':>11}  {'hash':<32}  first | second\n")
    for each in compare(left, right):
        status |= each.difference is not None
        sys.stdout.write(
            f"{each.table:<15}{each.rows[0]:>11,}  {each.hashes[0]}  {each.difference or 'same'}\n"
        )
        sys.stdout.flush()
    ignored = [f"{table}.{column}" for table, columns in IGNORED.items() for column in columns]
    sys.stdout.write(f"not compared: {', '.join([*NOT_COMPARED, *ignored])}; the reasons are in IGNORED\n")
    return status


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
