"""What the tests of loads share: rows as each engine reads them, and an output with every odd value."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from adbc_driver_postgresql import dbapi

from flows.schema import Table, Type, columns_of
from flows.tables import TABLES
from flows.warehouse.dialect import NESTED
from flows.write.deliver import deliver, deliver_empty, stage_of
from flows.write.output import Output
from flows.write.stage import stage_rows

from .conftest import FETCHED_AT

Rows = list[dict[str, Any]]

JSON_TYPES = (Type.TEXT_MAP, Type.SPAN_LIST, Type.SEGMENT_LIST, Type.TOPIC_LIST)

ODD: dict[Type, tuple[Any, ...]] = {
    Type.TEXT: (
        "plain",
        "",
        'O\'Hara "quoted" \\N \\x41 {a,b} %20 $1',
        "line\nbreak\r\ttab",
        "NULL",
        "é 😀 \u2028 \ufeff \x01 \x7f",
    ),
    Type.INT64: (0, 1, -1, 2**63 - 1, -(2**63), 2**53 + 1),
    Type.FLOAT64: (0.0, -1.5, 0.1, 5e-324, 1.7976931348623157e308, float("inf")),
    Type.BOOL: (True, False),
    Type.INSTANT: (
        datetime(2020, 2, 20, 10, 15, 0, 123456, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ),
    Type.DATE: (date(2020, 2, 29), date(1, 1, 1), date(1899, 12, 31), date(9999, 12, 31)),
    Type.TEXT_LIST: ((), ("a",), ("", "NULL", "a,b", '"q"', "{x}", "\\", "é\n"), ("b", "a", "b")),
    Type.TEXT_MAP: ({}, {"a": "b"}, {"": "", "a b": '"\\\n', "é'": "{}", "\\u0041": "\x01"}),
    Type.SPAN_LIST: (
        (),
        ({"char_start": 0, "char_end": 2**62 + 1},),
        tuple({"char_start": n, "char_end": n + 1} for n in range(50)),
    ),
    Type.SEGMENT_LIST: (
        (),
        ({"kind": 'des"k', "char_start": 0, "char_end": 5}, {"kind": "", "char_start": 5, "char_end": 5}),
    ),
    Type.TOPIC_LIST: (
        (),
        (
            {"code": "medtop:1", "name": "arts, \"culture\" and 'media'", "level": 1, "score": 0.1},
            {"code": "", "name": "é\\", "level": 2**62 + 1, "score": 5e-324},
        ),
    ),
}
"""Values that a way of writing them down gets wrong."""


def odd_rows(table: Table[Any]) -> Iterator[dict[str, Any]]:
    """A dozen rows that hold each odd value in each column of its type, and null where that is allowed."""
    values = {
        column.name: itertools.cycle([*ODD[column.type], *([None] if column.nullable else [])])
        for column in table.columns
    }
    for number in range(12):
        row = {name: next(cycle) for name, cycle in values.items()}
        if "article_id" in row:
            row["article_id"] = f"article {number}"
        (key,) = table.key
        yield row | {key: row.get("article_id", f"key {number}") if key == "article_id" else f"key {number}"}


def make_odd_output(root: Path, run_id: str = "0" * 32, **changed: Any) -> Path:
    """Make an output of two commits, of which the second has the odd rows."""
    output = Output(root)
    output.prepare()
    deliver_empty(output, run_id, FETCHED_AT, {})
    rows = [
        (table, ("2020-02", "unknown")[number % 2], row | {k: v for k, v in changed.items() if k in row})
        for table in TABLES
        for number, row in enumerate(odd_rows(table))
        if table.name != "loads"
    ]
    with stage_of(output, 2, run_id).folder() as folder:
        files = stage_rows(rows, folder=folder, name="odd", batch_seq=2)
    deliver(
        output,
        seq=2,
        kind="batch",
        batch_id="odd",
        run_id=run_id,
        staged_at=FETCHED_AT,
        versions={},
        files=files,
    )
    return root


def by_pandas(output: Path) -> dict[str, Rows]:
    """All rows as pandas reads them from the Parquet files."""
    return {
        table.name: _plain(
            table, pd.read_parquet(output / table.name, dtype_backend="pyarrow").to_dict("records")
        )
        for table in TABLES
    }


def by_duckdb(address: str, suffix: str = "") -> dict[str, Rows]:
    with duckdb.connect(address.removeprefix("duckdb:///"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return {
            table.name: _plain(table, connection.sql(f"SELECT * FROM {name}").to_arrow_table().to_pylist())
            for table, name in _named(suffix)
        }


def by_postgres(address: str, suffix: str = "") -> dict[str, Rows]:
    found = {}
    with dbapi.connect(address) as connection, connection.cursor() as cursor:
        for table, name in _named(suffix):
            json_columns = [column.name for column in columns_of(table) if column.type in JSON_TYPES]
            cursor.execute(f"SELECT * FROM {name}")
            rows = cursor.fetch_arrow_table().to_pylist()
            found[table.name] = _plain(
                table,
                [
                    row | {name: json.loads(row[name]) for name in json_columns if row[name] is not None}
                    for row in rows
                ],
            )
    return found


def by_clickhouse(address: str, suffix: str = "_committed") -> dict[str, Rows]:
    from chdb.session import Session  # noqa: PLC0415  # an extra that other tests do without

    session = Session(address.removeprefix("clickhouse:///"))
    try:
        found = {}
        for table, name in _named(suffix):
            stream = session.query(
                f"SELECT * FROM {name} SETTINGS output_format_arrow_string_as_string = 1, "
                "output_format_arrow_date_as_uint16 = 0",
                "ArrowStream",
            ).bytes()
            found[table.name] = _plain(table, pa.ipc.open_stream(stream).read_all().to_pylist())
        return found
    finally:
        session.close()


def by_delta(address: str) -> dict[str, Rows]:
    from deltalake import DeltaTable, QueryBuilder  # noqa: PLC0415  # an extra that other tests do without

    found = {}
    for table in TABLES:
        delta = DeltaTable(Path(address.removeprefix("delta:")) / table.name)
        rows = pa.table(QueryBuilder().register("t", delta).execute("SELECT * FROM t").read_all())
        found[table.name] = _plain(table, rows.to_pylist())
    return found


READERS = {"duckdb": by_duckdb, "postgresql": by_postgres, "clickhouse": by_clickhouse, "delta": by_delta}


def read_back(address: str) -> dict[str, Rows]:
    """All rows of a target, as its own engine reads them."""
    return READERS[address.partition(":")[0]](address)


def _named(suffix: str) -> list[tuple[Table[Any], str]]:
    """The tables, with the name of each or of its view."""
    return [
        (table, table.name + suffix)
        for table in TABLES
        if suffix != "_latest" or table.name not in ("runs", "loads")
    ]


def _plain(table: Table[Any], rows: Rows) -> Rows:
    """Rows with columns in the declared order and values in Python's own types, in the order of the key."""
    columns = columns_of(table)
    plain = [{column.name: _value(row[column.name], column.type) for column in columns} for row in rows]
    for column in columns:
        if column.nullable and column.type in NESTED:
            # ClickHouse has no null of a map or a list.
            for row in plain:
                row[column.name] = row[column.name] or None
    for row, given in zip(plain, rows, strict=True):
        assert row.keys() == given.keys(), given.keys() ^ row.keys()
    return sorted(plain, key=lambda row: row[table.key[0]])


def _value(value: Any, kind: Type) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if kind is Type.TEXT_MAP:
        return dict(value)
    if kind in (Type.TEXT_LIST, Type.SPAN_LIST, Type.SEGMENT_LIST, Type.TOPIC_LIST):
        return list(value)
    if kind is Type.INSTANT:
        return value.astimezone(UTC) if value.utcoffset() is not None else value.replace(tzinfo=UTC)
    return value
