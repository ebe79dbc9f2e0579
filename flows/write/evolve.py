"""Rows of files that an older version wrote, in the present columns of their table."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from flows.errors import LostFile
from flows.schema_versions import removed_from
from flows.tables import BY_NAME
from flows.write.arrow import schema_of

WIDER: frozenset[tuple[pa.DataType, pa.DataType]] = frozenset(
    {
        (pa.int8(), pa.int64()),
        (pa.int16(), pa.int64()),
        (pa.int32(), pa.int64()),
        (pa.uint8(), pa.int64()),
        (pa.uint16(), pa.int64()),
        (pa.uint32(), pa.int64()),
        (pa.float32(), pa.float64()),
    }
)
"""The types that a column may have had, and what it became: every value of the first is one of the second. Not from int64 to
float64, which has no room for numbers above 2^53."""


def is_read_as(found: pa.DataType, declared: pa.DataType) -> bool:
    """Return True if a column of a file is of the declared type, or of a narrower one."""
    return bool(found == declared or (found, declared) in WIDER)


def conform(rows: pa.Table, schema: pa.Schema, path: str) -> pa.Table:
    """Return rows of a file in the columns of a schema: that of their table, or a part of it.

    A column that came later is null, one that was removed is left out, and numbers of a narrower type are widened.

    Raises:
        LostFile: a column of a type that is not narrower, or a missing one that cannot be null.
    """
    columns = []
    for field in schema:
        if field.name not in rows.column_names:
            if not field.nullable:
                wanted = "one: that column cannot be null; make the output again"
                raise LostFile(path, f"no column {field.name}", wanted)
            columns.append(pa.chunked_array([pa.nulls(rows.num_rows, field.type)]))
            continue
        column = rows[field.name]
        if not is_read_as(column.type, field.type):
            raise LostFile(path, f"column {field.name} of type {column.type}", f"{field.type}")
        columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def refuse_unknown(columns: Iterable[str], table: str, path: str) -> None:
    """Raise LostFile if a file has columns that its table has in no version up to this one.

    The partition is known too, which some readers add to the columns of a file.
    """
    declared = BY_NAME[table]
    known = {*schema_of(table).names, declared.partition_by, *removed_from(table)}
    if unknown := [name for name in columns if name not in known]:
        raise LostFile(path, f"column {', '.join(unknown)}", "a newer version of Dateline")
