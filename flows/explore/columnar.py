"""Arrow tables as columns of JSON: texts by a list of distinct values, all else as numbers."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Block = dict[str, Any]

NULL = -1
"""The code of a text that is null, and the row number of a place or conflict that there is none of."""


BREAKS = re.compile(r"[\t\n\f\r ]+")


def one_line(text: str) -> str:
    """Return a text as a column has it: with one space for line ends and spaces."""
    return BREAKS.sub(" ", text).strip()


def columnar(rows: pa.Table) -> Block:
    """Return `{"count", "columns"}`: `values` and `codes` of a column of texts, `numbers` of any other.

    A day is counted from 1970-01-01, True is 1, and a null among numbers is null. Line ends and spaces within a text are one space.
    """
    return {
        "count": rows.num_rows,
        "columns": {
            name: _column(rows[name].combine_chunks() if rows[name].num_chunks != 1 else rows[name].chunk(0))
            for name in rows.column_names
        },
    }


def _column(values: pa.Array) -> Block:
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        on_one_line = pc.utf8_trim_whitespace(
            pc.replace_substring_regex(values.cast(pa.string()), BREAKS.pattern, " ")
        )
        encoded = on_one_line.dictionary_encode()
        codes = pc.fill_null(encoded.indices, NULL)
        return {"values": encoded.dictionary.to_pylist(), "codes": codes.to_pylist()}
    if pa.types.is_date32(kind):
        values = values.cast(pa.int32())
    elif pa.types.is_boolean(kind):
        values = values.cast(pa.int8())
    return {"numbers": values.to_pylist()}
