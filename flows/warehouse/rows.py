"""The rows of committed Parquet files, as DuckDB reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.schema import BATCH_SEQ
from flows.warehouse.dialect import Dialect
from flows.warehouse.relations import BY_NAME, LOADED, Relation
from flows.warehouse.target import Group, TargetFile
from flows.write.evolve import refuse_unknown

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
    """Return what to select the wanted rows of one table's files from, and the declared columns that it has.

    Files that an older version wrote may lack columns that are null there.

    Raises:
        LostFile: a column that is not declared: a newer version wrote the file.
    """
    paths = ", ".join("'" + str(file.path.absolute()).replace("'", "''") + "'" for file in files)
    # Not hive_partitioning: folders above the output may look like partitions too.
    parquet = f"read_parquet([{paths}], union_by_name = true, hive_partitioning = false"
    relation = BY_NAME[files[0].relative.split("/")[0]]
    own = connection.sql(f"SELECT * FROM {parquet})").columns
    refuse_unknown(own, relation.name, files[0].relative)
    partition = f"split_part(split_part(filename, '/', -2), '=', 2) AS {relation.partition_by}"
    # Not where all rows are wanted: it costs a comparison for each.
    wanted = f" WHERE {BATCH_SEQ.name} > {files[0].after}" if files[0].after else ""
    source = f"(SELECT * EXCLUDE (filename), {partition} FROM {parquet}, filename = true){wanted})"
    return source, [name for name in relation.column_names if name in own or name == relation.partition_by]


def count_wanted(file: TargetFile) -> int:
    """Return how many rows of a file are wanted; read from the file where not all of them are."""
    if not file.after:
        return file.rows
    seqs = pq.read_table(
        file.path, columns=[BATCH_SEQ.name], partitioning=None, page_checksum_verification=True
    )
    return sum(pc.greater(seqs[BATCH_SEQ.name], file.after).to_pylist())


def deletions(group: Group, mark: int, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield each table of which rows are deleted, those that refer to others first, with the condition for the rows."""
    for relation in reversed(LOADED):
        if partitions := group.rewritten.get(relation.name):
            names = ", ".join(map(dialect.text, sorted(partitions)))
            yield (
                relation.name,
                f"{relation.partition_by} IN ({names}) AND {BATCH_SEQ.name} <= {mark}",
            )


def key_of(relation: Relation) -> str:
    """Return the expression for a row's key, as text."""
    return relation.key[0] if len(relation.key) == 1 else f"concat_ws(chr(31), {', '.join(relation.key)})"


def keys_query(table: str, mark: int) -> str:
    """Return the query for the keys of the rows of a table that are loaded up to a mark."""
    return f"SELECT {key_of(BY_NAME[table])} AS key FROM {table} WHERE batch_seq <= {mark}"
