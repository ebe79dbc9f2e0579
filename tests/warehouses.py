"""The warehouses that tests can run: DuckDB, ClickHouse in this process, PostgreSQL on loopback."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import sqlglot
from adbc_driver_postgresql import dbapi
from chdb.session import Session
from sqlglot import exp

from flows.schema import Type
from flows.warehouse.dialect import NESTED, Dialect
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.relations import LOADED, Relation
from flows.warehouse.script import PARTS, statements

from .postgres_server import postgres_programs


def kind_of(statement: str, dialect: str) -> str:
    """Return the kind of a statement in a few words, as `CREATE TABLE`."""
    parsed = sqlglot.parse_one(statement, dialect=dialect)
    if isinstance(parsed, exp.Create):
        return f"CREATE {parsed.kind}"
    if isinstance(parsed, exp.Drop):
        return f"DROP {parsed.kind}"
    if isinstance(parsed, exp.Transaction):
        return "BEGIN"
    return parsed.key.upper()


class Engine:
    """A warehouse: runs the statements of its dialect, and remembers their kinds."""

    dialect: Dialect
    refusal: type[Exception]

    def __init__(self) -> None:
        self.kinds: set[str] = set()

    def run_script(self, output: Path) -> None:
        """Run all parts in order."""
        for part in PARTS:
            self.run_part(part, output)

    def run_part(self, part: str, output: Path, *, cut_off: bool = False) -> None:
        """Run a part; cut off, it ends before the mark is set, as if the process had been killed."""
        made = list(statements(self.dialect, part, str(output)))
        if cut_off:
            (mark,) = [
                at for at, each in enumerate(made) if f"INTO {self.dialect.table('dateline_marks')}" in each
            ]
            made = made[:mark]
        self.run(made, output)
        self.kinds |= {kind_of(each, self.dialect.name) for each in made}

    def run(self, made: Sequence[str], output: Path | None = None) -> None:
        """Run statements in one session; what was begun and not committed is rolled back at its end."""
        raise NotImplementedError

    def rows(self, query: str, name: str) -> Sequence[Sequence[Any]]:
        """Return the rows of a query, in which `{}` stands for a table or view."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of it."""


class DuckDB(Engine):
    dialect = DIALECTS["duckdb"].in_schema("news")
    refusal = duckdb.ConstraintException

    def __init__(self) -> None:
        super().__init__()
        self.db = duckdb.connect()

    def run(self, made: Sequence[str], output: Path | None = None) -> None:  # noqa: ARG002
        with self.db.cursor() as session:
            for statement in made:
                session.execute(statement)

    def rows(self, query: str, name: str) -> Sequence[Sequence[Any]]:
        return self.db.execute(query.format(self.dialect.table(name))).fetchall()

    def close(self) -> None:
        self.db.close()


class ClickHouse(Engine):
    dialect = DIALECTS["clickhouse"].in_schema("news")
    refusal = RuntimeError

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.session = Session(str(folder))

    def run(self, made: Sequence[str], output: Path | None = None) -> None:  # noqa: ARG002
        for statement in made:
            self.session.query(statement)

    def rows(self, query: str, name: str) -> Sequence[Sequence[Any]]:
        found = self.session.query(query.format(self.dialect.table(name)), "JSONCompactEachRow")
        return [json.loads(line) for line in str(found).splitlines()]

    def close(self) -> None:
        self.session.close()


class Postgres(Engine):
    """Runs scripts by psql, with the rows after each COPY, as any client sends them."""

    refusal = RuntimeError

    def __init__(self, uri: str, schema: str) -> None:
        super().__init__()
        self.uri = uri
        self.dialect = DIALECTS["postgres"].in_schema(schema)

    def run(self, made: Sequence[str], output: Path | None = None) -> None:
        lines = []
        for statement in made:
            lines.append(f"{statement};")
            if statement.startswith("COPY "):
                assert output is not None
                (relation,) = [each for each in LOADED if statement.startswith(f"COPY stage_{each.name} ")]
                lines += [*as_copied(relation, output), "\\."]
        done = subprocess.run(
            [postgres_programs() / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.uri, "-f", "-"],
            input="\n".join(lines).encode(),
            capture_output=True,
            env=os.environ | {"PGOPTIONS": "-c client_min_messages=warning"},
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode())

    def rows(self, query: str, name: str) -> Sequence[Sequence[Any]]:
        with dbapi.connect(self.uri) as connection, connection.cursor() as cursor:
            cursor.execute(query.format(self.dialect.table(name)))
            return list(cursor.fetchall())

    def close(self) -> None:
        self.run([f"DROP SCHEMA IF EXISTS {self.dialect.schema} CASCADE"])


ENGINES = (DuckDB, ClickHouse, Postgres)


def as_copied(relation: Relation, output: Path) -> Iterator[str]:
    """Yield the rows of a table in the text form of COPY."""
    kinds = {column.name: column.type for column in relation.columns}
    month = pa.schema([(relation.partition_by or "", pa.string())])
    rows = ds.dataset(output / relation.name, partitioning=ds.partitioning(month, flavor="hive"))
    for row in rows.to_table().to_pylist():
        yield "\t".join(_as_copied(row[name], kinds[name]) for name in relation.column_names)


def _as_copied(value: Any, kind: Type) -> str:
    if value is None:
        return "\\N"
    if kind is Type.TEXT_LIST:
        value = "{" + ",".join(json.dumps(item, ensure_ascii=False) for item in value) + "}"
    elif kind is Type.TEXT_MAP:
        value = json.dumps(dict(value), ensure_ascii=False)
    elif kind in NESTED:
        value = json.dumps(value)
    escaped = str(value).replace("\\", "\\\\")
    return escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
