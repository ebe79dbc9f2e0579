"""Statements that give the tables of a target, which an older version made, the present columns: added or widened, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.schema import Column, Type
from flows.warehouse.ddl import column_definition
from flows.warehouse.dialect import NESTED, Dialect
from flows.warehouse.load_errors import TargetSchemaDiffers
from flows.warehouse.relations import RELATIONS, Relation
from flows.warehouse.views import view_names

NARROWER: Mapping[str, Mapping[Type, frozenset[str]]] = {
    "duckdb": {
        Type.INT64: frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"}),
        Type.FLOAT64: frozenset({"FLOAT"}),
    },
    "postgres": {
        Type.INT64: frozenset({"smallint", "integer"}),
        Type.FLOAT64: frozenset({"real"}),
    },
    "clickhouse": {
        Type.INT64: frozenset({"Int8", "Int16", "Int32", "UInt8", "UInt16", "UInt32"}),
        Type.FLOAT64: frozenset({"Float32"}),
    },
}
"""By dialect, the types whose every value is one of the declared type. A load widens such a column."""

SPELLED = {"timestamp with time zone": "timestamptz"}
"""PostgreSQL's own spelling of types, and ours."""


def alter_tables(shown: str, dialect: Dialect, present: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Return ALTER TABLE statements for the tables that a target has; empty where they have the present columns.

    `present` has the types of the columns, as the target spells them, by table. After the statements comments and views are made
    again: `create_missing` with `is_altered`.

    Raises:
        TargetSchemaDiffers: a table lacks a column that cannot be null, or has one of a type that is not narrower.
    """
    added: list[str] = []
    widened: list[str] = []
    for relation in RELATIONS:
        if relation.name not in present:
            continue
        check_required(shown, relation, present[relation.name])
        table = dialect.table(relation.name)
        for column in relation.columns:
            found = present[relation.name].get(column.name)
            if found is None:
                added.append(f"ALTER TABLE {table} ADD COLUMN {column_definition(dialect, relation, column)}")
            elif _is_narrower(shown, dialect, relation, column, found):
                widened.extend(_widened(dialect, table, column))
    if widened and dialect.name == "postgres":
        # It refuses to change a column that a view has.
        widened[:0] = [f"DROP VIEW IF EXISTS {dialect.table(name)}" for name in reversed(view_names(dialect))]
    return (*widened, *added)


def check_required(shown: str, relation: Relation, present: Mapping[str, str]) -> None:
    """Raise TargetSchemaDiffers if a table lacks a column that cannot be null: there is no value for its rows."""
    lacking = [each.name for each in relation.columns if not each.nullable and each.name not in present]
    if lacking:
        raise TargetSchemaDiffers(
            shown, relation.name, f"no column {', '.join(lacking)}", "all columns that cannot be null"
        )


def _is_narrower(shown: str, dialect: Dialect, relation: Relation, column: Column, found: str) -> bool:
    """Return True for a column that is to be widened, False for one of the declared type."""
    if column.type in NESTED:
        return False
    kind = found.removeprefix("Nullable(").removesuffix(")") if found.startswith("Nullable(") else found
    kind = SPELLED.get(kind, kind)
    if kind == dialect.types[column.type]:
        return False
    if kind in NARROWER[dialect.name].get(column.type, frozenset()):
        return True
    raise TargetSchemaDiffers(
        shown, relation.name, f"column {column.name} of type {found}", dialect.types[column.type]
    )


def _widened(dialect: Dialect, table: str, column: Column) -> Iterator[str]:
    name, kind = dialect.identifier(column.name), dialect.types[column.type]
    if dialect.name == "clickhouse":
        pattern = dialect.nullable_of(column.type) if column.nullable else dialect.required
        yield f"ALTER TABLE {table} MODIFY COLUMN {name} {pattern.format(type=kind)}"
    else:
        yield f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind}"
