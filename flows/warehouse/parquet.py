"""DuckDB views over the Parquet files of an output, which need no load."""

from __future__ import annotations

from flows.warehouse.dialects import DIALECTS
from flows.warehouse.relations import LOADED
from flows.warehouse.sql_files import read_parquet
from flows.warehouse.views import latest_views
from flows.write.dictionary import GENERATED, data_dictionary
from flows.write.output import Output

DUCKDB = DIALECTS["duckdb"]


def parquet_views(folder: str = "") -> str:
    """Return SQL (DuckDB) that makes a view of each table of an output and of its latest rows.

    Without the folder the SQL is for a session that runs in it.
    """
    tables = [
        f"CREATE OR REPLACE VIEW {each.name} AS\nSELECT * FROM {read_parquet(DUCKDB, each, folder=folder)}"
        for each in LOADED
    ]
    head = f"-- {GENERATED}\n"
    if not folder:
        head += (
            "-- Run from the folder that this file is in, as in `duckdb -init views.sql`; from elsewhere, first\n"
            "-- SET file_search_path = 'the folder of this file'. `dateline schema --sql` prints the same with paths.\n"
        )
    return "\n".join((head, *(f"{view};\n" for view in (*tables, *latest_views(DUCKDB)))))


def write_beside(output: Output) -> list[str]:
    """Write README.md and views.sql into the root of an output, where they differ; return their paths."""
    made = {
        "README.md": data_dictionary(),
        "views.sql": parquet_views("" if output.is_folder else f"{output.uri}/"),
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
