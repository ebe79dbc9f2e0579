"""DuckDB views over the Parquet files of an output, which need no load."""

from __future__ import annotations

from collections.abc import Collection

from flows.history.reading import read_history
from flows.warehouse.data_sets import describe_data_sets
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.relations import LOADED, Relation
from flows.warehouse.sql_files import read_parquet
from flows.warehouse.views import latest_views
from flows.write.dictionary import GENERATED, data_dictionary
from flows.write.output import Output

DUCKDB = DIALECTS["duckdb"]


def parquet_views(folder: str = "", missing: Collection[str] = ()) -> str:
    """Return SQL (DuckDB) that makes a view of each table of an output and of its latest rows.

    Without the folder the SQL is for a session that runs in it. `missing` are tables of which the output has no file:
    an older version made it, and their views have no rows.
    """
    tables = [
        f"CREATE OR REPLACE VIEW {each.name} AS\n"
        + (
            _no_rows(each)
            if each.name in missing
            else f"SELECT * FROM {read_parquet(DUCKDB, each, folder=folder)}"
        )
        for each in LOADED
    ]
    head = f"-- {GENERATED}\n"
    if not folder:
        head += (
            "-- Run from the folder that this file is in, as in `duckdb -init views.sql`; from elsewhere, first\n"
            "-- SET file_search_path = 'the folder of this file'. `dateline schema --sql` prints the same with paths.\n"
        )
    return "\n".join((head, *(f"{view};\n" for view in (*tables, *latest_views(DUCKDB)))))


def _no_rows(relation: Relation) -> str:
    nulls = ", ".join(
        f"CAST(NULL AS {DUCKDB.types[column.type]}) AS {DUCKDB.identifier(column.name)}"
        for column in relation.columns
    )
    return f"SELECT {nulls} WHERE false"


def tables_without_files(output: Output) -> frozenset[str]:
    """Return the tables that an output has no file of, since they came later; none for a new output."""
    present = {file.table for _, file in read_history(output).files()}
    return frozenset(each.name for each in LOADED if each.name not in present) if present else frozenset()


def read_me() -> str:
    """Return `README.md`: the tables, and the views with the columns of other data sets."""
    return f"{data_dictionary()}{describe_data_sets()}"


def write_beside(output: Output) -> list[str]:
    """Write README.md and views.sql into the root of an output, where they differ; return their paths."""
    made = {
        "README.md": read_me(),
        "views.sql": parquet_views(
            "" if output.is_folder else f"{output.uri}/", tables_without_files(output)
        ),
    }
    for name, text in made.items():
        if not output.is_folder or _read(output, name) != text.encode():
            output.store.replace(name, text.encode())
    return [f"{output.address}/{name}" for name in made]


def _read(output: Output, name: str) -> bytes | None:
    try:
        return output.store.read(name)
    except FileNotFoundError:
        return None
