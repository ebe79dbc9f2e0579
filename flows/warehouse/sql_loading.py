"""Statements of one incremental load: the new rows of the Parquet files, merged by key, then the mark.

A load takes the commits after the mark. The files of a commit appear one by one, those of `loads` last,
so `loads` is read first, and of the other tables nothing past its greatest `batch_seq`: what that names
is there, whole. Rows are never changed and their keys are made of their content, so a merge inserts what
is not there. Where one transaction holds all of it, a load that is cut off leaves nothing. Where none
does, the mark comes last and the views stop at it; the same load again adds what is missing.

The tables and marks of a schema are of one output.
"""

from __future__ import annotations

from functools import partial

from flows.tables import loads
from flows.warehouse.dialect import Dialect
from flows.warehouse.relations import LOADED, MARKS, Relation
from flows.warehouse.sql_files import STAGE, Files
from flows.warehouse.sql_reading import READINGS, Merge

LOADS_FIRST = tuple(sorted(LOADED, key=lambda relation: relation.name != loads.TABLE.name))
"""`loads` says how far the others may be read; those keep the order of their foreign keys."""


def load(dialect: Dialect, location: str, output_id: str) -> tuple[str, ...]:
    """Return the statements of a load from where the Parquet files lie; run again, they add nothing."""
    reading = READINGS[dialect.name]
    tables = [
        Files(dialect, each, location, _taken(dialect, each, output_id, f"{STAGE}{loads.TABLE.name}"))
        for each in LOADS_FIRST
    ]
    staged = tuple(statement for files in tables for statement in reading.staged(files))
    merged = tuple(_merge(dialect, each, location, output_id) for each in LOADS_FIRST)
    cleared = tuple(statement for files in tables for statement in reading.cleared(files))
    begin, commit = (("BEGIN TRANSACTION",), ("COMMIT",)) if dialect.transactions else ((), ())
    first = (*staged, *begin) if reading.stages_before else (*begin, *staged)
    return (*reading.opening, *first, *merged, set_mark(dialect, output_id), *cleared, *commit)


def mark_of(dialect: Dialect, output_id: str) -> str:
    """Return the scalar subquery for the mark of an output; 0 where nothing is loaded."""
    return (
        f"(SELECT COALESCE(max(seq), 0) FROM {dialect.table(MARKS.name)} "
        f"WHERE output_id = {dialect.text(output_id)})"
    )


def set_mark(dialect: Dialect, output_id: str) -> str:
    """Return the statement that adds the mark of what was merged, if anything was.

    The rows are counted by `loads`, which counts those of all tables but its own.
    """
    return (
        f"INSERT INTO {dialect.table(MARKS.name)} ({dialect.identifiers(MARKS.column_names)})\n"
        f"SELECT {dialect.text(output_id)}, max(batch_seq), sum(row_count) + count(*)\n"
        f"FROM {dialect.table(loads.TABLE.name)}\n"
        f"WHERE batch_seq > {mark_of(dialect, output_id)}\n"
        "HAVING count(*) > 0"
    )


def _taken(dialect: Dialect, relation: Relation, output_id: str, known_from: str) -> str:
    """The condition for rows of the commits that a load takes."""
    after = f"incoming.batch_seq > {mark_of(dialect, output_id)}"
    if relation.name == loads.TABLE.name:
        return after
    return f"{after}\nAND incoming.batch_seq <= (SELECT max(batch_seq) FROM {known_from})"


def _merge(dialect: Dialect, relation: Relation, location: str, output_id: str) -> str:
    reading, files = READINGS[dialect.name], Files(dialect, relation, location)
    table, columns = dialect.table(relation.name), dialect.identifiers(relation.column_names)
    rows = f"SELECT\n{files.selected(partial(reading.value, files))}\nFROM {reading.source(files)}"
    if not reading.keeps_range:
        rows += f"\nWHERE {_taken(dialect, relation, output_id, dialect.table(loads.TABLE.name))}"
    # A row keeps its batch_seq, so that it excludes nothing; by it, older rows need not be read.
    same = " AND ".join(f"existing.{name} = incoming.{name}" for name in (*relation.key, "batch_seq"))
    key = dialect.identifiers(relation.key)
    match reading.merge:
        case Merge.MERGE:
            values = ", ".join(map(files.as_named, relation.columns))
            return (
                f"MERGE INTO {table} AS existing\nUSING (\n{rows}\n) AS incoming\nON {same}\n"
                f"WHEN NOT MATCHED THEN INSERT ({columns})\nVALUES ({values})"
            )
        case Merge.ON_CONFLICT:
            return f"INSERT INTO {table} ({columns})\n{rows}\nON CONFLICT DO NOTHING"
        case Merge.NOT_EXISTS:
            absent = f"NOT EXISTS (SELECT 1 FROM {table} AS existing WHERE {same})"
        case Merge.NOT_IN:
            after = f"WHERE batch_seq > {mark_of(dialect, output_id)}"
            absent = f"{key} NOT IN (SELECT {key} FROM {table} {after})"
    return f"INSERT INTO {table} ({columns})\n{rows}\nAND {absent}{reading.settings}"
