"""Loads into a folder of ClickHouse tables, through chdb: what is past the mark is removed first, the mark is set last.

ClickHouse has no transaction over several tables. A load that is killed leaves rows past the mark; the
views `<table>_committed` and `<table>_latest` do not show them, and the next load deletes them before it
begins. chdb locks the folder, so that one process loads at a time.

A process keeps some threads and files of each session that chdb has closed, about 5 and 10 (chdb 4.4): it does not load hundreds of times. A flow
run is a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from flows.warehouse.altering import alter_tables
from flows.warehouse.ddl import create_tables
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.load_errors import MissingLibrary, TargetFailed
from flows.warehouse.marks import MARKS_QUERY, check_output, check_tables
from flows.warehouse.relations import BY_NAME, LOADED, MARKS, RELATIONS
from flows.warehouse.rows import connect, deletions, source_of
from flows.warehouse.target import Group, TargetFile, no_target, path_in
from flows.warehouse.views import create_views, view_names
from flows.write.output import Output

try:
    from chdb import ChdbError
    from chdb.session import Session
except ImportError:
    raise MissingLibrary("chdb", "clickhouse") from None

DIALECT = DIALECTS["clickhouse"]

MAX_FILES = 500
"""Files that one INSERT reads: ClickHouse expands a pattern to at most 1,000 (`glob_expansion_max_elements`)."""

PATTERN = re.compile(r"[{}*?\[\],$]")
"""Characters that mean something in a path of `file()`, and that nothing escapes."""


TABLES = tuple(each.name for each in RELATIONS)

VIEWS = view_names(DIALECT)

DURABLE = "fsync_after_insert = 1, fsync_part_directory = 1"
"""Settings of a table under which an insert has ended when it is on the disk."""


class ClickHouseTarget:
    """An open folder of tables."""

    def __init__(self, shown: str, session: Session) -> None:
        self.shown = shown
        self._session = session

    def prepare(self, output_id: str) -> None:
        """Add and widen columns, make the tables that are missing, and have each insert forced to the disk."""
        columns = self._columns()
        check_tables(self.shown, columns)
        self.read_mark(output_id)
        altered = alter_tables(self.shown, DIALECT, columns)
        for statement in altered:
            self._session.query(statement)
        # The marks first: tables without them are not those of a load.
        for name in [MARKS.name, *(each.name for each in LOADED)]:
            if name not in columns:
                (statement,) = create_tables(DIALECT, [name])
                self._session.query(statement)
                self._session.query(f"ALTER TABLE {name} MODIFY SETTING {DURABLE}")
        if altered or len(self._columns(VIEWS)) < len(VIEWS):
            for statement in create_views(DIALECT):
                self._session.query(statement)

    @contextmanager
    def transaction(self, output_id: str) -> Iterator[int]:
        """Delete what a load that was killed left, then go on; there is nothing to commit."""
        mark = self.read_mark(output_id)
        for relation in LOADED:
            self._delete(relation.name, f"batch_seq > {mark}")
        yield mark

    def remove(self, group: Group, mark: int) -> None:
        """Delete rows. A load that is killed after this does it again, since the mark is older than the generation.

        Until it has ended, readers miss the rows of these partitions.
        """
        for table, rows in deletions(group, mark, DIALECT):
            self._delete(table, rows)

    def _delete(self, table: str, rows: str) -> None:
        if self._count(table, rows):
            self._session.query(f"DELETE FROM {table} WHERE {rows} SETTINGS lightweight_deletes_sync = 2")

    def insert(self, table: str, files: Sequence[TargetFile]) -> int:
        """Insert the rows of files; return how many rows more the table has."""
        relation = BY_NAME[table]
        with connect() as reader:
            source_of(reader, files)
        structure = ", ".join(
            f"{DIALECT.identifier(column.name)} {_type(column.type, is_nullable=column.nullable)}"
            for column in relation.columns
            if column.name != relation.partition_by
        )
        values = ", ".join(
            f"extract(_path, '/{relation.partition_by}=([^/]+)/[^/]+$')"
            if name == relation.partition_by
            else DIALECT.identifier(name)
            for name in relation.column_names
        )
        before = self._count(table, "true")
        for start in range(0, len(files), MAX_FILES):
            some = files[start : start + MAX_FILES]
            self._session.query(
                f"INSERT INTO {table} ({DIALECT.identifiers(relation.column_names)}) SELECT {values} "
                f"FROM file({DIALECT.text(_pattern(some))}, Parquet, {DIALECT.text(structure)}) "
                f"WHERE _path IN ({', '.join(DIALECT.text(str(file.path.absolute())) for file in some)}) "
                f"AND batch_seq > {files[0].after} "
                # Folders above the output may look like partitions too.
                "SETTINGS use_hive_partitioning = 0"
            )
        return self._count(table, "true") - before

    def add_marks(self, output_id: str, group: Group) -> None:
        """Record each commit of the group, in one insert: the load of the group is whole."""
        rows = ", ".join(f"({DIALECT.text(output_id)}, {seq}, {count})" for seq, count in group.seqs)
        self._session.query(f"INSERT INTO {MARKS.name} SETTINGS async_insert = 0 VALUES {rows}")

    def add_keys(self, tables: Sequence[str]) -> None:
        """Do nothing: the key of a table is the order of its rows."""

    def read_mark(self, output_id: str) -> int:
        """Return the last sequence number loaded."""
        if MARKS.name not in self._columns():
            return 0
        marks = {row["output_id"]: row["seq"] for row in self._rows(MARKS_QUERY)}
        return check_output(self.shown, output_id, marks)

    def read_keys(self, table: str, mark: int) -> pa.RecordBatchReader:
        """Return the keys, in no order."""
        key = BY_NAME[table].key
        expression = key[0] if len(key) == 1 else f"arrayStringConcat([{', '.join(key)}], char(31))"
        return self._arrow(f"SELECT {expression} AS key FROM {table} WHERE batch_seq <= {mark}")

    def _count(self, table: str, where: str) -> int:
        (row,) = self._rows(f"SELECT toInt64(count()) AS n FROM {table} WHERE {where}")
        found: int = row["n"]
        return found

    def _columns(self, relations: Sequence[str] = TABLES) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        names = ", ".join(f"'{name}'" for name in relations)
        query = (
            f"SELECT table, name, type FROM system.columns WHERE database = 'default' AND table IN ({names})"
        )
        for row in self._rows(query):
            found.setdefault(row["table"], {})[row["name"]] = row["type"]
        return found

    def _rows(self, query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._arrow(query).read_all().to_pylist()
        return rows

    def _arrow(self, query: str) -> pa.RecordBatchReader:
        settings = " SETTINGS output_format_arrow_string_as_string = 1"
        return pa.ipc.open_stream(self._session.query(query + settings, "ArrowStream").bytes())


def _type(kind: Any, *, is_nullable: bool) -> str:
    return (DIALECT.nullable_of(kind) if is_nullable else DIALECT.required).format(type=DIALECT.types[kind])


def _pattern(files: Sequence[TargetFile]) -> str:
    """Return a pattern that matches the files; what else it may match is left out by `_path`."""
    root = str(files[0].path.absolute()).removesuffix(files[0].relative)
    return PATTERN.sub("?", root) + "{" + ",".join(PATTERN.sub("?", file.relative) for file in files) + "}"


@contextmanager
def open_clickhouse(address: str, place: Output, *, must_exist: bool) -> Iterator[ClickHouseTarget]:  # noqa: ARG001  # other targets look at the output
    """Open `clickhouse:///folder`, or with four slashes an absolute path.

    Raises:
        WrongUse: no path.
        TargetFailed: another process has the folder open, or ClickHouse breaks off.
    """
    path = path_in(address, "clickhouse", "clickhouse:///folder, or clickhouse:////absolute/folder")
    if must_exist and not path.exists():
        raise no_target(path)
    try:
        session = Session(str(path))
    except RuntimeError as error:
        raise TargetFailed(address, f"cannot be opened, or is open in another process ({error})") from None
    try:
        yield ClickHouseTarget(address, session)
    except ChdbError as error:
        raise TargetFailed(address, " ".join(str(error).split())) from None
    finally:
        session.close()
