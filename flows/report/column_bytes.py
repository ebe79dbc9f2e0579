"""A columnar table as bytes, which a browser maps as typed arrays without reading them value by value.

| part | contents |
| --- | --- |
| 4 bytes | length of the head, little-endian |
| head | JSON: `count`, and for each column its `type` (a typed array of JavaScript), `at`, and what is known of its values |
| parts | each at a multiple of 8 bytes after the head; `at` is counted from the first of them |

Numbers have the narrowest type that holds them; null is the least value of a whole type, and NaN of Float64. `least` and `most` are those of the
numbers that are not null, and are null where there are none. Texts are codes from 1, with 0 for null; their `values` are a JSON list of
its own, so that a browser reads them only when it shows or searches the column.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

WHOLE = {"Int8": "b", "Int16": "h", "Int32": "i"}
CODES = {"Uint8": "B", "Uint16": "H", "Uint32": "I"}
ALIGNED = 8


def column_bytes(table: Mapping[str, Any]) -> bytes:
    """Return the bytes of a table as `flows.explore.columnar` makes it."""
    parts = _Parts()
    columns = {
        name: _texts(column, parts) if "codes" in column else _numbers(column["numbers"], parts)
        for name, column in table["columns"].items()
    }
    head = orjson.dumps({"count": table["count"], "columns": columns})
    head += b" " * (-(len(head) + 4) % ALIGNED)
    return len(head).to_bytes(4, "little") + head + bytes(parts.content)


class _Parts:
    """Bytes one after the other, each part at a multiple of ALIGNED."""

    def __init__(self) -> None:
        self.content = bytearray()

    def add(self, part: bytes) -> int:
        """Add a part, and return where it is."""
        at = len(self.content)
        self.content += part + b"\0" * (-len(part) % ALIGNED)
        return at


def _texts(column: Mapping[str, Any], parts: _Parts) -> dict[str, Any]:
    values: Sequence[str] = column["values"]
    kind = next(name for name, code in CODES.items() if len(values) < 256 ** array(code).itemsize)
    codes = array(CODES[kind], [code + 1 for code in column["codes"]])
    listed = orjson.dumps(values)
    return {
        "type": kind,
        "at": parts.add(_little(codes)),
        "texts": len(values),
        "has_null": 0 in codes,
        "values": [parts.add(listed), len(listed)],
    }


def _numbers(numbers: Sequence[float | None], parts: _Parts) -> dict[str, Any]:
    known = [number for number in numbers if number is not None and not math.isnan(number)]
    least, most = min(known, default=None), max(known, default=None)
    kind = _whole_type(known)
    if kind is None:
        stored = array("d", [math.nan if number is None else number for number in numbers])
    else:
        null = _least_of(kind)
        stored = array(
            WHOLE[kind],
            [null if number is None or math.isnan(number) else int(number) for number in numbers],
        )
    return {"type": kind or "Float64", "at": parts.add(_little(stored)), "least": least, "most": most}


def _whole_type(numbers: Sequence[float]) -> str | None:
    """Return the narrowest type of whole numbers that holds all, None if there is none."""
    if any(number != int(number) for number in numbers if math.isfinite(number)) or not all(
        map(math.isfinite, numbers)
    ):
        return None
    least, most = min(numbers, default=0), max(numbers, default=0)
    return next((name for name in WHOLE if _least_of(name) < least and most < -_least_of(name)), None)


def _least_of(kind: str) -> int:
    """Return the least value of a type of whole numbers, which stands for null."""
    return -(1 << 8 * array(WHOLE[kind]).itemsize - 1)


def _little(values: array[Any]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()
