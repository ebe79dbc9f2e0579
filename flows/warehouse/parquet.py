"""DuckDB views over the Parquet files of an output, which need no load."""

from __future__ import annotations

from dataclasses import dataclass

from flows.history.reading import read_history
from flows.schema import Column
from flows.schema_versions import SCHEMA_VERSION, added_since
from flows.warehouse.data_sets import describe_data_sets
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.relations import LOADED, Relation
from flows.warehouse.sql_files import read_parquet
from flows.warehouse.views import latest_views
from flows.write.dictionary import GENERATED, data_dictionary
from flows.write.output import Output

DUCKDB = DIALECTS["duckdb"]


@dataclass(frozen=True, slots=True)
class Age:
    """What the files of an output lack since an older version wrote it: `tables` have no file; `version` is that of their columns."""

    tables: frozenset[str] = frozenset()
    version: int = SCHEMA_VERSION


PRESENT = Age()
"""An output of this version."""


def parquet_views(folder: str = "", age: Age = PRESENT) -> str:
    """Return SQL (DuckDB) that makes a view of each table of an output and of its latest rows.

    Without the folder the SQL is for a session that runs in it. The view of a table without files has no rows, and columns that came
    after the version of the files are null.
    """
    tables = [
        f"CREATE OR REPLACE VIEW {each.name} AS\n"
        + (
            _no_rows(each.columns)
            if each.name in age.tables
            else f"SELECT * FROM {read_parquet(DUCKDB, each, folder=folder)}{_later_columns(each, age.version)}"
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


def _later_columns(relation: Relation, version: int) -> str:
    """Return what adds the columns that files of a version lack to a SELECT of them; nothing for files of this version."""
    added = added_since(version, relation.name)
    columns = tuple(column for column in relation.columns if column.name in added)
    return f"\nUNION ALL BY NAME {_no_rows(columns)}" if columns else ""


def _no_rows(columns: tuple[Column, ...]) -> str:
    nulls = ", ".join(
        f"CAST(NULL AS {DUCKDB.types[column.type]}) AS {DUCKDB.identifier(column.name)}" for column in columns
    )
    return f"SELECT {nulls} WHERE false"


def age_of(output: Output) -> Age:
    """Return what the files of an output lack; nothing for a new output."""
    history = read_history(output)
    present = {file.table for _, file in history.files()}
    if not present:
        return PRESENT
    return Age(frozenset(each.name for each in LOADED if each.name not in present), history.schema)


def read_me() -> str:
    """Return `README.md`: the tables, and the views with the columns of other data sets."""
    return f"{data_dictionary()}{describe_data_sets()}"


def write_beside(output: Output) -> list[str]:
    """Write README.md and views.sql into the root of an output, where they differ; return their paths."""
    made = {
        "README.md": read_me(),
        "views.sql": parquet_views("" if output.is_folder else f"{output.uri}/", age_of(output)),
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
