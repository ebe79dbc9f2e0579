"""Loads into PostgreSQL: COPY in binary form, from Parquet through Arrow, in one transaction with the marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
from adbc_driver_manager import dbapi as adbc
from adbc_driver_postgresql import dbapi as postgresql

from flows.addresses import without_secrets
from flows.errors import WrongUse
from flows.schema import Type
from flows.warehouse.altering import alter_tables
from flows.warehouse.ddl import create_foreign_keys, create_indexes, create_missing, create_primary_keys
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.load_errors import DoubledKeys, TargetFailed
from flows.warehouse.marks import MARKS_QUERY, check_output, check_tables
from flows.warehouse.relations import BY_NAME, MARKS, RELATIONS
from flows.warehouse.rows import connect, deletions, keys_query, source_of
from flows.warehouse.target import Group, TargetFile
from flows.write.output import Output

DIALECT = DIALECTS["postgres"]

LOCK = 0x646174656C696E65
"""Key of the advisory lock under which one load at a time works in a database: `dateline` in ASCII."""

BATCH_ROWS = 10_000
"""Rows that are encoded at once."""

KEYS_MEMORY = "256MB"
"""Memory in which the server sorts for an index: a million ids do not fit in its default of 64 MB."""

UNIQUE_VIOLATION = "23505"

JSON_TYPES = frozenset(kind for kind, name in DIALECT.types.items() if name == "jsonb")


class PostgresTarget:
    """An open connection. Tables are those that `search_path` finds, and are made in its first schema."""

    def __init__(self, shown: str, connection: adbc.Connection) -> None:
        self.shown = shown
        self._connection = connection
        self._reader = connect()

    def prepare(self, output_id: str) -> None:
        """Add and widen columns, make the tables that are missing, without keys, and then comments and views."""
        with self._in_transaction():
            columns = self._columns()
            check_tables(self.shown, columns)
            self.read_mark(output_id)
            altered = alter_tables(self.shown, DIALECT, columns)
            self._run([*altered, *create_missing(DIALECT, columns, is_altered=bool(altered))])

    @contextmanager
    def transaction(self, output_id: str) -> Iterator[int]:
        """Wait for the transaction of another load to end; commit at the end."""
        with self._in_transaction():
            yield self.read_mark(output_id)

    @contextmanager
    def _in_transaction(self) -> Iterator[None]:
        try:
            self._run([f"SELECT pg_advisory_xact_lock({LOCK})"])
            yield
            self._connection.commit()
        except BaseException:
            # A connection that is lost has rolled back already.
            with suppress(adbc.Error):
                self._connection.rollback()
            raise

    def remove(self, group: Group, mark: int) -> None:
        """Delete rows, in the transaction."""
        self._run([f"DELETE FROM {table} WHERE {rows}" for table, rows in deletions(group, mark, DIALECT)])

    def insert(self, table: str, files: Sequence[TargetFile]) -> int:
        """Copy the rows of files; the server counts them."""
        source, columns = source_of(self._reader, files)
        types = {column.name: column.type for column in BY_NAME[table].columns}
        values = ", ".join(_value(column, types[column]) for column in columns)
        rows = self._reader.sql(f"SELECT {values} FROM {source}").to_arrow_reader(BATCH_ROWS)
        before = self._count(table)
        with self._connection.cursor() as cursor:
            cursor.adbc_ingest(table, rows, mode="append")
        return self._count(table) - before

    def add_marks(self, output_id: str, group: Group) -> None:
        """Record each commit of the group."""
        rows = ", ".join(f"({DIALECT.text(output_id)}, {seq}, {count})" for seq, count in group.seqs)
        self._run([f"INSERT INTO {MARKS.name} VALUES {rows}"])

    def add_keys(self, tables: Sequence[str]) -> None:
        """Add primary keys and indexes; then foreign keys, where both tables are among them."""
        having = set(self._rows(CONSTRAINTS))
        self._run([f"SET LOCAL maintenance_work_mem = '{KEYS_MEMORY}'"])
        if keyless := [table for table in tables if (table, "p") not in having]:
            self._run([*create_primary_keys(DIALECT, keyless), *create_indexes(DIALECT, keyless)])
        unbound = [
            table
            for table in tables
            if (table, "f") not in having
            and any(column.refers_to in tables for column in BY_NAME[table].columns)
        ]
        if unbound:
            self._run(create_foreign_keys(DIALECT, unbound))

    def read_mark(self, output_id: str) -> int:
        """Return the last sequence number loaded."""
        if MARKS.name not in self._columns():
            return 0
        return check_output(self.shown, output_id, dict(self._rows(MARKS_QUERY)))

    def read_keys(self, table: str, mark: int) -> pa.RecordBatchReader:
        """Return the keys, in no order."""
        schema = pa.schema([pa.field("key", pa.string())])

        def batches() -> Iterator[pa.RecordBatch]:
            # The cursor is open while its rows are read.
            with self._connection.cursor() as cursor:
                cursor.execute(keys_query(table, mark))
                yield from cursor.fetch_record_batch()

        return pa.RecordBatchReader.from_batches(schema, batches())

    def close(self) -> None:
        """Close the connection; what is not committed is rolled back by the server."""
        self._reader.close()
        with suppress(adbc.Error):
            self._connection.close()

    def _count(self, table: str) -> int:
        """Rows inserted since the session's statistics were last sent: only differences mean something."""
        ((count,),) = self._rows(f"SELECT pg_stat_get_xact_tuples_inserted('{table}'::regclass)")
        found: int = count
        return found

    def _columns(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self._rows(COLUMNS):
            found.setdefault(table, {})[column] = kind
        return found

    def _run(self, statements: Sequence[str]) -> None:
        with self._connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


NAMES = ", ".join(f"'{each.name}'" for each in RELATIONS)

COLUMNS = (
    "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    f"WHERE c.relname IN ({NAMES}) AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped"
)

CONSTRAINTS = (
    "SELECT c.relname::text, k.contype::text FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid "
    f"WHERE c.relname IN ({NAMES}) AND pg_table_is_visible(c.oid)"
)


def _value(column: str, kind: Type) -> str:
    """Return the expression for a column's value as COPY takes it."""
    name = f'"{column}"'
    if kind in JSON_TYPES:
        # COPY states no types: bytes that are the binary form of jsonb, a version number and the
        # text, become jsonb.
        return f"'\\x01'::BLOB || encode(to_json({name})::VARCHAR) AS {name}"
    return name


@contextmanager
def open_postgres(address: str, place: Output, *, must_exist: bool) -> Iterator[PostgresTarget]:  # noqa: ARG001  # a server is never made
    """Connect to `postgresql://user:password@host:port/database`.

    Raises:
        DoubledKeys: committed rows that share a key.
        TargetFailed: the server does not answer, refuses, or breaks off.
    """
    shown, secrets = _without_secrets(address)
    target = None
    try:
        target = PostgresTarget(shown, postgresql.connect(address))
        yield target
    except adbc.Error as error:
        kind = DoubledKeys if error.sqlstate == UNIQUE_VIOLATION else TargetFailed
        raise kind(shown, _message_of(error, secrets)) from None
    finally:
        if target is not None:
            target.close()


def _without_secrets(address: str) -> tuple[str, list[str]]:
    """Return the address as it may be shown, and what may not be."""
    try:
        parts = urlsplit(address)
        # Reading the port checks it.
        parts.port  # noqa: B018
    except ValueError:
        raise WrongUse(
            "TARGET", "an address that cannot be read", "postgresql://host:port/database"
        ) from None
    queried = parse_qs(parts.query)
    found = [parts.password or "", *queried.get("password", []), *queried.get("sslpassword", [])]
    secrets = [each for secret in found if secret for each in (secret, unquote(secret))]
    return without_secrets(address), secrets


def _message_of(error: Exception, secrets: Sequence[str]) -> str:
    """Return a database's message in one line, without passwords."""
    text = " ".join(str(error).split())
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
