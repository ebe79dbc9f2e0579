"""Arrow schemas from table declarations, and rows to Arrow tables that match them exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import accumulate, chain
from operator import itemgetter
from types import NoneType
from typing import Any

import pyarrow as pa

from flows.schema import BATCH_SEQ, Column, Row, Table, Type, check_row
from flows.schema_versions import SCHEMA_VERSION
from flows.tables import BY_NAME

SPAN = pa.struct([pa.field("char_start", pa.int64()), pa.field("char_end", pa.int64())])

SEGMENT = pa.struct([pa.field("kind", pa.string()), *SPAN])

TOPIC = pa.struct(
    [
        pa.field("code", pa.string()),
        pa.field("name", pa.string()),
        pa.field("level", pa.int64()),
        pa.field("score", pa.float64()),
    ]
)

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
    Type.TOPIC_LIST: pa.list_(pa.field("element", TOPIC)),
}

PYTHON: dict[Type, frozenset[type]] = {
    Type.TEXT: frozenset({str}),
    Type.INT64: frozenset({int}),
    Type.FLOAT64: frozenset({float}),
    Type.BOOL: frozenset({bool}),
    Type.INSTANT: frozenset({datetime}),
    Type.DATE: frozenset({date}),
    Type.TEXT_LIST: frozenset({list, tuple}),
    Type.TEXT_MAP: frozenset({dict}),
    Type.SPAN_LIST: frozenset({list, tuple}),
    Type.SEGMENT_LIST: frozenset({list, tuple}),
    Type.TOPIC_LIST: frozenset({list, tuple}),
}
"""The exact types of the values of a column; `schema.HOLDS` allows their subclasses too."""


@cache
def schema_of(name: str) -> pa.Schema:
    """Return the schema of a table's files, each column with its description.

    The partition is in the folder's name and never in the file.
    """
    table = BY_NAME[name]
    return pa.schema(
        [_field(column) for column in (*table.columns, BATCH_SEQ)],
        metadata={
            "table": table.name,
            "grain": table.grain,
            "key": ",".join(table.key),
            "schema_version": str(SCHEMA_VERSION),
        },
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

    Whole columns are checked. Where one is not as declared, the rows are looked through for the value.

    Raises:
        BrokenRow: a row that the declaration does not allow.
    """
    try:
        arrays = _arrays(table, rows)
    except (_OddColumn, KeyError, TypeError, ValueError, OverflowError, pa.ArrowException):
        for row in rows:
            check_row(table, row)
        # A column of subclasses, which `check_row` allows.
        arrays = [
            pa.array([_value(row[column.name], column.type) for row in rows], type=ARROW[column.type])
            for column in table.columns
        ]
    arrays.append(pa.repeat(pa.scalar(batch_seq, pa.int64()), len(rows)))
    return pa.Table.from_arrays(arrays, schema=schema_of(table.name))


class _OddColumn(Exception):
    """A column has values that its declaration does not allow, or subclasses of the types that it allows."""


def _value(value: Any, kind: Type) -> Any:
    if kind is Type.TEXT_MAP and value is not None:
        return list(value.items())
    return value


def _arrays(table: Table[Any], rows: Sequence[Row]) -> list[pa.Array[Any]]:
    if any(len(row) != len(table.columns) for row in rows):
        raise _OddColumn
    return [_array(column, list(map(itemgetter(column.name), rows))) for column in table.columns]


def _array(column: Column, values: list[Any]) -> pa.Array[Any]:
    kinds = set(map(type, values))
    has_null = NoneType in kinds
    if has_null and not column.nullable:
        raise _OddColumn
    kinds.discard(NoneType)
    if not kinds <= PYTHON[column.type]:
        raise _OddColumn
    if column.type is Type.INSTANT and any(each is not None and each.tzinfo is None for each in values):
        raise _OddColumn
    if column.type not in NESTED:
        return pa.array(values, type=ARROW[column.type])
    lengths = [0 if each is None else len(each) for each in values]
    ends = list(accumulate(lengths, initial=0))
    # Where the length is null the list is; Arrow reads it from the offset of its start.
    starts = (
        [None if each is None else end for each, end in zip(values, ends, strict=False)]
        if has_null
        else ends[:-1]
    )
    offsets = pa.array([*starts, ends[-1]], type=pa.int32())
    return NESTED[column.type](offsets, [each for each in values if each])


def _texts(offsets: pa.Array[Any], values: list[Any]) -> pa.Array[Any]:
    items = _exact(chain.from_iterable(values), str)
    return pa.ListArray.from_arrays(offsets, items, type=ARROW[Type.TEXT_LIST])


def _map(offsets: pa.Array[Any], values: list[Any]) -> pa.Array[Any]:
    keys = _exact(chain.from_iterable(values), str)
    items = _exact(chain.from_iterable(each.values() for each in values), str)
    return pa.MapArray.from_arrays(offsets, keys, items)


def _spans(offsets: pa.Array[Any], values: list[Any]) -> pa.Array[Any]:
    items = _struct(SPAN, list(chain.from_iterable(values)))
    return pa.ListArray.from_arrays(offsets, items, type=ARROW[Type.SPAN_LIST])


def _segments(offsets: pa.Array[Any], values: list[Any]) -> pa.Array[Any]:
    items = _struct(SEGMENT, list(chain.from_iterable(values)))
    return pa.ListArray.from_arrays(offsets, items, type=ARROW[Type.SEGMENT_LIST])


def _topics(offsets: pa.Array[Any], values: list[Any]) -> pa.Array[Any]:
    items = _struct(TOPIC, list(chain.from_iterable(values)))
    return pa.ListArray.from_arrays(offsets, items, type=ARROW[Type.TOPIC_LIST])


def _struct(kind: pa.StructType, items: list[Any]) -> pa.Array[Any]:
    if any(len(item) != kind.num_fields for item in items):
        raise _OddColumn
    parts = [
        _exact(
            map(itemgetter(field.name), items),
            next(python for python, arrow in ITEMS.items() if arrow == field.type),
        )
        for field in kind
    ]
    return pa.StructArray.from_arrays(parts, fields=list(kind))


def _exact(items: Any, kind: type) -> pa.Array[Any]:
    """Return values of exactly one type as an array."""
    found = list(items)
    if not set(map(type, found)) <= {kind}:
        raise _OddColumn
    return pa.array(found, type=ITEMS[kind])


ITEMS: Mapping[type, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64()}
"""The types of what is nested in a column."""


NESTED: Mapping[Type, Callable[[pa.Array[Any], list[Any]], pa.Array[Any]]] = {
    Type.TEXT_LIST: _texts,
    Type.TEXT_MAP: _map,
    Type.SPAN_LIST: _spans,
    Type.SEGMENT_LIST: _segments,
    Type.TOPIC_LIST: _topics,
}
"""How the arrays of nested columns are made of offsets and of the values that are not empty."""
