"""Views over rows that a test states, each by the SQL of its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb

from flows.schema import Type
from flows.tables import BY_NAME
from flows.warehouse.dialect import Dialect
from flows.warehouse.dialects import DIALECTS

READ = ("articles", "events", "claims", "places", "times", "mentions", "story_members")


def rows_of(view: Callable[[Dialect], str], **tables: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the rows of the view of that function's name in DuckDB. A table that is not given has no row, a column that is not stated is null."""
    duck = DIALECTS["duckdb"]
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for name in READ:
            rows = tables.get(name, ())
            queries = [_row(name, row) for row in rows] or [_row(name, {}) + " WHERE false"]
            db.execute(f"CREATE VIEW {name}_latest AS " + " UNION ALL ".join(queries))
        db.execute(view(duck))
        found = db.execute(f"SELECT * FROM {view.__name__}")
        names = [each[0] for each in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _row(table: str, stated: Mapping[str, str]) -> str:
    types = DIALECTS["duckdb"].types
    columns = {column.name: column.type for column in BY_NAME[table].columns} | {"batch_seq": Type.INT64}
    unknown = stated.keys() - columns.keys()
    assert not unknown, f"{table} has no {unknown}"
    return "SELECT " + ", ".join(
        f"CAST({stated.get(name, 'NULL')} AS {types[kind]}) AS {name}" for name, kind in columns.items()
    )
