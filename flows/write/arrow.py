"""Arrow schemas from table declarations, and rows to Arrow tables that match them exactly."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pyarrow as pa

from flows.schema import BATCH_SEQ, Column, Row, Table, Type, check_row
from flows.tables import BY_NAME

SPAN = pa.struct([pa.field("char_start", pa.int64()), pa.field("char_end", pa.int64())])

SEGMENT = pa.struct([pa.field("kind", pa.string()), *SPAN])

ARROW: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.INT64: pa.int64(),
    Type.FLOAT64: pa.float64(),
    Type.BOOL: pa.bool_(),
    Type.INSTANT: pa.timestamp("us", tz="UTC"),
    Type.DATE: pa.date32(),
    # `element` is the name that the Parquet standard gives to the items of a list.
    Type.TEXT_LIST: pa.list_(pa.field("element", pa.string())),
    Type.TEXT_MAP: pa.map_(pa.string(), pa.string()),
    Type.SPAN_LIST: pa.list_(pa.field("element", SPAN)),
    Type.SEGMENT_LIST: pa.list_(pa.field("element", SEGMENT)),
}


@cache
def schema_of(name: str) -> pa.Schema:
    """Return the schema of a table's files, each column with its description.

    The partition is in the folder's name and never in the file.
    """
    table = BY_NAME[name]
    return pa.schema(
        [_field(column) for column in (*table.columns, BATCH_SEQ)],
        metadata={"table": table.name, "grain": table.grain, "key": ",".join(table.key)},
    )


def _field(column: Column) -> pa.Field[Any]:
    return pa.field(
        column.name,
        ARROW[column.type],
        nullable=column.nullable,
        metadata={"description": column.means},
    )


def arrow_table(table: Table[Any], rows: Sequence[Row], batch_seq: int) -> pa.Table:
    """Return checked rows as an Arrow table of the declared schema.

    Raises:
        BrokenRow: a row that the declaration does not allow.
    """
    schema = schema_of(table.name)
    for row in rows:
        check_row(table, row)
    arrays = [
        pa.array([_value(row[column.name], column.type) for row in rows], type=ARROW[column.type])
        for column in table.columns
    ]
    arrays.append(pa.array([batch_seq] * len(rows), type=pa.int64()))
    return pa.Table.from_arrays(arrays, schema=schema)


def _value(value: Any, kind: Type) -> Any:
    if kind is Type.TEXT_MAP and value is not None:
        return list(value.items())
    return value
