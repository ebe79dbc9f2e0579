"""Columns of another data set: name, type and SQL, or why there is nothing to say. Statements and documentation are generated from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flows.schema import Type
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import cast, null


@dataclass(frozen=True, slots=True)
class Field:
    """One column, or one property of a document.

    `sql` is null for what has no source here; `why` then says the reason. `sql` with a `why` has a value that differs from what the
    codebook asks for, or is null more often than there.
    """

    name: str
    type: Type
    sql: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A view with the columns of another data set.

    `fields` are its columns, in the order of the codebook `source`; `properties` those within its JSON, where a column is a document.
    """

    name: str
    grain: str
    source: str
    fields: Callable[[Dialect], tuple[Field, ...]]
    statement: Callable[[Dialect], str]
    properties: tuple[Field, ...] = ()


def columns(fields: Iterable[Field], dialect: Dialect) -> str:
    """Return what stands between SELECT and FROM: a line for each column."""
    return ",\n".join(f"    {_typed(field, dialect)} AS {dialect.identifier(field.name)}" for field in fields)


def _typed(field: Field, dialect: Dialect) -> str:
    """Return the SQL of a column. Whole numbers are cast: a literal and a count have other types."""
    if field.sql is None:
        return null(field.type, dialect)
    is_cast = field.type is not Type.INT64 or field.sql.startswith("CAST(")
    return field.sql if is_cast else cast(field.sql, field.type, dialect)


def view(name: str, about: str, query: str, dialect: Dialect) -> str:
    """Return the statement that makes a view, with a comment before it."""
    return f"-- {about}\nCREATE OR REPLACE VIEW {dialect.table(name)} AS\n{query}"


def missing(fields: Iterable[Field]) -> tuple[str, ...]:
    """Return the names of the columns that are null in every row."""
    return tuple(field.name for field in fields if field.sql is None)
