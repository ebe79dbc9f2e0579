"""The rows of committed Parquet files, as DuckDB reads them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from flows.errors import LostFile
from flows.warehouse.relations import BY_NAME, Relation
from flows.warehouse.target import TargetFile

MEMORY = ":memory:"

CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
"""Settings of a database of its own. One in a file may be open elsewhere in this process, with other settings."""


def connect(path: str = MEMORY, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database in which instants are in UTC. One in memory fetches no extension of DuckDB and loads none."""
    connection = duckdb.connect(path, read_only=read_only, config=CLOSED if path == MEMORY else {})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def source_of(connection: duckdb.DuckDBPyConnection, files: Sequence[TargetFile]) -> tuple[str, list[str]]:
    """Return what to select the rows of one table's files from, and the declared columns that it has.

    Files that an older version wrote may lack columns that are null there.

    Raises:
        LostFile: a column that is not declared: a newer version wrote the file.
    """
    paths = ", ".join("'" + str(file.path.absolute()).replace("'", "''") + "'" for file in files)
    # Not hive_partitioning: folders above the output may look like partitions too.
    parquet = f"read_parquet([{paths}], union_by_name = true, hive_partitioning = false"
    relation = BY_NAME[files[0].relative.split("/")[0]]
    own = connection.sql(f"SELECT * FROM {parquet})").columns
    if unknown := [name for name in own if name not in relation.column_names]:
        raise LostFile(files[0].relative, f"column {', '.join(unknown)}", "a newer version of Dateline")
    partition = f"split_part(split_part(filename, '/', -2), '=', 2) AS {relation.partition_by}"
    source = f"(SELECT * EXCLUDE (filename), {partition} FROM {parquet}, filename = true))"
    return source, [name for name in relation.column_names if name in own or name == relation.partition_by]


def key_of(relation: Relation) -> str:
    """Return the expression for a row's key, as text."""
    return relation.key[0] if len(relation.key) == 1 else f"concat_ws(chr(31), {', '.join(relation.key)})"


def keys_query(table: str, mark: int) -> str:
    """Return the query for the keys of the rows of a table that are loaded up to a mark."""
    return f"SELECT {key_of(BY_NAME[table])} AS key FROM {table} WHERE batch_seq <= {mark}"
