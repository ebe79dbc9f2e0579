"""Statements that make the tables of a target: tables, keys, indexes, comments.

`create_tables` declares everything that CREATE TABLE can declare, and may be run again. A loader
that fills a new target at once runs `create_missing`, fills the tables, and then runs
`create_primary_keys` and `create_foreign_keys`; `create_indexes` may be run again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from flows.schema import Column, Type
from flows.warehouse.dialect import NESTED, Dialect
from flows.warehouse.relations import LOADED, MARKS, RELATIONS, Relation, chosen
from flows.warehouse.views import create_views, root_indexes

KEYS = {relation.name: relation.key for relation in RELATIONS}


def create_schema(dialect: Dialect) -> tuple[str, ...]:
    """Return CREATE SCHEMA IF NOT EXISTS where the dialect names one; else empty."""
    word = "DATABASE" if dialect.name == "clickhouse" else "SCHEMA"
    return (f"CREATE {word} IF NOT EXISTS {dialect.schema}",) if dialect.schema else ()


def create_tables(
    dialect: Dialect, names: Iterable[str] | None = None, *, with_keys: bool = True
) -> tuple[str, ...]:
    """Return CREATE TABLE IF NOT EXISTS for each table and for the marks, or for those of `names`.

    Where keys are only declared, and where they are the order of the rows, they stand in the table
    in any case.
    """
    return tuple(_table(dialect, each, with_keys=with_keys) for each in chosen(names))


def create_missing(
    dialect: Dialect, present: Collection[str], *, is_altered: bool = False
) -> tuple[str, ...]:
    """Return what makes the tables that a target lacks: without keys, for a bulk load, but for the marks.

    Comments and views follow, where a table is missing or has been altered. `present` are the names of the tables it has.
    """
    marks = () if MARKS.name in present else create_tables(dialect, [MARKS.name])
    missing = [each.name for each in LOADED if each.name not in present]
    if not missing and not is_altered:
        return marks
    tables = create_tables(dialect, missing, with_keys=False)
    return (*marks, *tables, *create_comments(dialect), *create_views(dialect))


def create_primary_keys(dialect: Dialect, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return ALTER TABLE statements that add the primary keys of tables made without.

    They fail where a table has its key. Empty where keys are not enforced.
    """
    if not dialect.enforces_keys:
        return ()
    return tuple(
        f"ALTER TABLE {dialect.table(each.name)} ADD {_primary_key(dialect, each)}" for each in chosen(names)
    )


def create_foreign_keys(dialect: Dialect, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return ALTER TABLE statements that add foreign keys, which need the primary keys.

    They fail where a table has them. Empty where keys are not enforced.
    """
    if not dialect.enforces_keys:
        return ()
    return tuple(
        f"ALTER TABLE {dialect.table(each.name)} ADD {key}"
        for each in chosen(names)
        for key in _foreign_keys(dialect, each)
    )


def create_indexes(dialect: Dialect, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return CREATE INDEX IF NOT EXISTS for each index; empty where the target has none."""
    if not dialect.has_indexes:
        return ()
    return tuple(
        f"CREATE INDEX IF NOT EXISTS {relation.name}_{'_'.join(index.columns)}_idx "
        f"ON {dialect.table(relation.name)} ({dialect.identifiers(index.columns)})"
        for relation in chosen(names)
        for index in relation.indexes
    ) + root_indexes(dialect, chosen(names))


def create_comments(dialect: Dialect, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return COMMENT ON statements; empty where CREATE TABLE has the comments."""
    if dialect.comments != "statement":
        return ()
    return tuple(statement for each in chosen(names) for statement in _comments(dialect, each))


def _table(dialect: Dialect, relation: Relation, *, with_keys: bool) -> str:
    lines = [column_definition(dialect, relation, column) for column in relation.columns]
    if dialect.has_keys and (with_keys or not dialect.enforces_keys):
        lines += [_primary_key(dialect, relation), *_foreign_keys(dialect, relation)]
    layout, comment = dialect.laid_out(relation), _table_comment(dialect, relation)
    body = ",\n".join(f"    {line}" for line in lines)
    return f"CREATE TABLE IF NOT EXISTS {dialect.table(relation.name)} (\n{body}\n){layout}{comment}"


def column_definition(dialect: Dialect, relation: Relation, column: Column) -> str:
    """Return a column as CREATE TABLE and ALTER TABLE take it: name, type, whether it may be null, and its comment where it has one."""
    is_id = column.name in relation.key or column.refers_to is not None
    kind = dialect.types[column.type] + (dialect.id_option if is_id and column.type is Type.TEXT else "")
    pattern = (
        dialect.nullable_of(column.type)
        if column.nullable
        else dialect.required_nested
        if column.type in NESTED
        else dialect.required
    )
    line = f"{dialect.identifier(column.name)} {pattern.format(type=kind)}"
    if dialect.comments == "clause":
        return f"{line} COMMENT {dialect.text(column.means)}"
    if dialect.comments == "options":
        return f"{line} OPTIONS (description = {dialect.text(column.means)})"
    return line


def _primary_key(dialect: Dialect, relation: Relation) -> str:
    return f"PRIMARY KEY ({dialect.identifiers(relation.key)}){dialect.key_option}"


def _foreign_keys(dialect: Dialect, relation: Relation) -> list[str]:
    if not dialect.has_foreign_keys:
        return []
    return [
        f"FOREIGN KEY ({dialect.identifier(column.name)}) REFERENCES {dialect.table(column.refers_to)} "
        f"({dialect.identifiers(KEYS[column.refers_to])}){dialect.key_option}"
        for column in relation.columns
        if column.refers_to
    ]


def _table_comment(dialect: Dialect, relation: Relation) -> str:
    comment = dialect.text(_sentence(relation))
    if dialect.comments == "options":
        return f"\nOPTIONS (description = {comment})"
    if dialect.comments == "clause":
        # Snowflake alone has it as a setting.
        return f"\nCOMMENT {'= ' if dialect.name == 'snowflake' else ''}{comment}"
    return ""


def _comments(dialect: Dialect, relation: Relation) -> Iterator[str]:
    table = dialect.table(relation.name)
    yield f"COMMENT ON TABLE {table} IS {dialect.text(_sentence(relation))}"
    for column in relation.columns:
        name = dialect.identifier(column.name)
        yield f"COMMENT ON COLUMN {table}.{name} IS {dialect.text(column.means)}"


def _sentence(relation: Relation) -> str:
    return f"{relation.grain[0].upper()}{relation.grain[1:]}."
