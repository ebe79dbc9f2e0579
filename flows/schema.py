"""Tables, columns and types. A table is declared once; schema, dictionary and DDL are generated from the declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Generic, TypeVar

from flows.checks import Check
from flows.errors import BrokenRow

Noun = TypeVar("Noun")
Row = Mapping[str, Any]


class Type(Enum):
    """The types a column may have; the value is the word used in the data dictionary."""

    TEXT = "text"
    INT64 = "int64"
    FLOAT64 = "float64"
    BOOL = "bool"
    INSTANT = "instant (UTC, microseconds)"
    DATE = "date"
    TEXT_LIST = "list of text"
    TEXT_MAP = "map of text to text"
    SPAN_LIST = "list of spans (char_start, char_end)"
    SEGMENT_LIST = "list of segments (kind, char_start, char_end)"
    TOPIC_LIST = "list of topics (code, name, level, score)"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a name, a type, and its meaning in one sentence.

    `refers_to` names the table whose key the column holds.
    """

    name: str
    type: Type
    means: str
    nullable: bool = False
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """The columns of a database index, and the queries that need it."""

    columns: tuple[str, ...]
    needed_for: str


@dataclass(frozen=True, slots=True)
class Table(Generic[Noun]):
    """One table: its grain, its key, its columns, and how a noun becomes its rows.

    `partition_by` names the folder level; `month_of` says which month a noun's rows go to, and
    None sends them to `unknown`. `checks` hold for its rows beyond the types of the columns.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    partition_by: str
    month_of: Callable[[Noun], date | None]
    columns: tuple[Column, ...]
    rows: Callable[[Noun], Iterable[Row]]
    indexes: tuple[Index, ...] = ()
    checks: tuple[Check, ...] = ()

    def partition_of(self, noun: Noun) -> str:
        """Return the partition's value, as in `2020-02`, or `unknown`."""
        return _month(self.month_of(noun))


UNKNOWN_MONTH = "unknown"


@lru_cache(maxsize=1024)
def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else UNKNOWN_MONTH


BATCH_SEQ = Column("batch_seq", Type.INT64, "Sequence number of the commit that added the row; see `loads`.")
"""Added to every table when a batch is staged, since only then is the number known."""


def columns_of(table: Table[Any]) -> tuple[Column, ...]:
    """Return a table's columns as readers see them: those in the files, then the partition."""
    partition = Column(
        table.partition_by, Type.TEXT, "Partition, from the folder name: `YYYY-MM`, or `unknown`."
    )
    return (*table.columns, BATCH_SEQ, partition)


def _is_text(value: object) -> bool:
    if not isinstance(value, str):
        return False
    # isascii is a flag on the string; only other text needs the look for surrogates.
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _is_instant(value: object) -> bool:
    return isinstance(value, datetime) and value.utcoffset() is not None


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_text_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_is_text, value))


def _is_text_map(value: object) -> bool:
    return isinstance(value, Mapping) and all(_is_text(key) and _is_text(item) for key, item in value.items())


def _is_span_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(
        isinstance(item, Mapping)
        and item.keys() == {"char_start", "char_end"}
        and all(map(_is_int, item.values()))
        for item in value
    )


def _is_segment_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(
        isinstance(item, Mapping)
        and item.keys() == {"kind", "char_start", "char_end"}
        and _is_text(item["kind"])
        and _is_int(item["char_start"])
        and _is_int(item["char_end"])
        for item in value
    )


def _is_topic_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(
        isinstance(item, Mapping)
        and item.keys() == {"code", "name", "level", "score"}
        and _is_text(item["code"])
        and _is_text(item["name"])
        and _is_int(item["level"])
        and isinstance(item["score"], float)
        for item in value
    )


HOLDS: Mapping[Type, Callable[[object], bool]] = {
    Type.TEXT: _is_text,
    Type.INT64: _is_int,
    Type.FLOAT64: lambda value: isinstance(value, float),
    Type.BOOL: lambda value: isinstance(value, bool),
    Type.INSTANT: _is_instant,
    Type.DATE: _is_date,
    Type.TEXT_LIST: _is_text_list,
    Type.TEXT_MAP: _is_text_map,
    Type.SPAN_LIST: _is_span_list,
    Type.SEGMENT_LIST: _is_segment_list,
    Type.TOPIC_LIST: _is_topic_list,
}


def check_row(table: Table[Any], row: Row) -> Row:
    """Return the row if it has exactly the table's columns, each of its type.

    Raises:
        BrokenRow: a column is missing, unknown, null where it must not be, or of another type.
    """
    if len(row) != len(table.columns):
        odd = {column.name for column in table.columns} ^ set(row)
        raise BrokenRow(table.name, ", ".join(sorted(odd)), "missing or unknown", "declared columns")
    for column in table.columns:
        if column.name not in row:
            raise BrokenRow(table.name, column.name, "missing", column.type.value)
        value = row[column.name]
        if value is None:
            if not column.nullable:
                raise BrokenRow(table.name, column.name, "null", column.type.value)
        elif not HOLDS[column.type](value):
            raise BrokenRow(table.name, column.name, repr(value)[:80], column.type.value)
    return row
