"""Loads into a DuckDB database file: INSERT from the Parquet files, in one transaction with the marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import duckdb
import pyarrow as pa

from flows.errors import WrongUse
from flows.warehouse.altering import alter_tables
from flows.warehouse.ddl import create_missing, create_primary_keys
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.load_errors import DoubledKeys, TargetBusy, TargetFailed
from flows.warehouse.marks import MARKS_QUERY, check_output, check_tables
from flows.warehouse.relations import MARKS
from flows.warehouse.rows import connect, deletions, keys_query, source_of
from flows.warehouse.target import Group, TargetFile, no_target, path_in
from flows.write.output import Output

DIALECT = DIALECTS["duckdb"]


class DuckDBTarget:
    """An open database file. Another process that has it open for writing keeps it locked."""

    def __init__(self, shown: str, connection: duckdb.DuckDBPyConnection) -> None:
        self.shown = shown
        self._connection = connection

    def prepare(self, output_id: str) -> None:
        """Add and widen columns, make the tables that are missing, without keys, and then comments and views."""
        columns = self._columns()
        check_tables(self.shown, columns)
        self.read_mark(output_id)
        altered = alter_tables(self.shown, DIALECT, columns)
        with self._in_transaction():
            self._run([*altered, *create_missing(DIALECT, columns, is_altered=bool(altered))])

    @contextmanager
    def transaction(self, output_id: str) -> Iterator[int]:
        """Begin; commit at the end. A load in another thread that was faster breaks the key of the marks."""
        with self._in_transaction():
            yield self.read_mark(output_id)

    @contextmanager
    def _in_transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            # A commit that failed has ended the transaction already.
            with suppress(duckdb.Error):
                self._connection.rollback()
            raise

    def remove(self, group: Group, mark: int) -> None:
        """Delete rows, in the transaction."""
        self._run([f"DELETE FROM {table} WHERE {rows}" for table, rows in deletions(group, mark, DIALECT)])

    def insert(self, table: str, files: Sequence[TargetFile]) -> int:
        """Insert the rows of files; DuckDB counts them."""
        source, columns = source_of(self._connection, files)
        names = ", ".join(map(DIALECT.identifier, columns))
        ((count,),) = self._connection.execute(
            f"INSERT INTO {table} BY NAME SELECT {names} FROM {source}"
        ).fetchall()
        found: int = count
        return found

    def add_marks(self, output_id: str, group: Group) -> None:
        """Record each commit of the group."""
        self._connection.executemany(
            f"INSERT INTO {MARKS.name} VALUES (?, ?, ?)", [(output_id, *each) for each in group.seqs]
        )

    def add_keys(self, tables: Sequence[str]) -> None:
        """Add primary keys."""
        keyed = self._connection.execute(KEYED).fetchall()
        if keyless := [table for table in tables if (table,) not in keyed]:
            self._run(create_primary_keys(DIALECT, keyless))

    def read_mark(self, output_id: str) -> int:
        """Return the last sequence number loaded."""
        if MARKS.name not in self._columns():
            return 0
        return check_output(self.shown, output_id, dict(self._connection.execute(MARKS_QUERY).fetchall()))

    def read_keys(self, table: str, mark: int) -> pa.RecordBatchReader:
        """Return the keys, in no order."""
        return self._connection.sql(keys_query(table, mark)).to_arrow_reader(100_000)

    def _columns(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        query = (
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE NOT internal AND schema_name = 'main'"
        )
        for table, column, kind in self._connection.execute(query).fetchall():
            found.setdefault(table, {})[column] = kind
        return found

    def _run(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._connection.execute(statement)


KEYED = "SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"


@contextmanager
def open_duckdb(address: str, place: Output, *, must_exist: bool) -> Iterator[DuckDBTarget]:  # noqa: ARG001  # other targets look at the output
    """Open `duckdb:///news.duckdb`, or with four slashes an absolute path.

    Raises:
        WrongUse: no path, or no such folder.
        TargetBusy: another process has the file open.
        DoubledKeys: committed rows that share a key.
        TargetFailed: it is not a database, or it cannot be opened.
    """
    path = path_in(address, "duckdb", "duckdb:///news.duckdb, or duckdb:////absolute/news.duckdb")
    if must_exist and not path.exists():
        raise no_target(path)
    if not path.absolute().parent.is_dir():
        raise WrongUse("TARGET", f"{path} (no folder {path.parent})", "a file in a folder that exists")
    try:
        # Absolute, since DuckDB takes a name such as `md:news` for a service.
        connection = connect(str(path.absolute()), read_only=must_exist)
    except duckdb.IOException as error:
        if "set lock" in str(error):
            raise TargetBusy(address, "another process") from None
        raise TargetFailed(address, str(error)) from None
    except duckdb.Error as error:
        raise TargetFailed(address, str(error)) from None
    try:
        yield DuckDBTarget(address, connection)
    except duckdb.Error as error:
        if "uplicate key" in str(error) and "output_id" in str(error):
            raise TargetBusy(address, "another load") from None
        kind = DoubledKeys if "uplicate key" in str(error) else TargetFailed
        raise kind(address, str(error)) from None
    finally:
        connection.close()
