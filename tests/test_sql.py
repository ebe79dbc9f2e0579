"""The SQL for warehouses: every statement is parsed in its dialect, and run where the engine is at hand."""

from __future__ import annotations

import pytest
from adbc_driver_postgresql import dbapi

from flows.schema import Type
from flows.tables import BY_NAME
from flows.warehouse.ddl import create_comments, create_indexes, create_keys, create_tables
from flows.warehouse.dialects import DIALECTS
from flows.warehouse.relations import RELATIONS
from flows.warehouse.views import create_views


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))
def test_every_type_has_a_name_in_every_dialect(dialect):
    assert set(dialect.types) == set(Type)


def test_a_column_refers_to_a_table_that_stands_before_its_own():
    names = [relation.name for relation in RELATIONS]
    referring = {
        (relation.name, column.refers_to)
        for relation in RELATIONS
        for column in relation.columns
        if column.refers_to
    }

    assert referring == {(name, "articles") for name in ("mentions", "places", "times", "quotes")}
    assert all(names.index(target) < names.index(name) for name, target in referring)


def test_an_index_is_of_columns_that_its_table_has():
    for table in BY_NAME.values():
        for index in table.indexes:
            assert set(index.columns) <= {column.name for column in table.columns}


@pytest.mark.parametrize("with_keys", [True, False])
def test_postgres_takes_the_schema_with_keys_at_once_or_after(postgres, with_keys):
    dialect = DIALECTS["postgres"]
    keys = () if with_keys else create_keys(dialect)
    with dbapi.connect(postgres) as connection, connection.cursor() as cursor:
        for statement in (
            *create_tables(dialect, with_keys=with_keys),
            *keys,
            *create_indexes(dialect),
            *create_comments(dialect),
            *create_views(dialect),
        ):
            cursor.execute(statement)
        cursor.execute(
            "SELECT contype::text, count(*) FROM pg_constraint WHERE contype IN ('p', 'f') "
            "AND connamespace = 'public'::regnamespace GROUP BY contype"
        )
        found = dict(cursor.fetchall())
        connection.rollback()

    assert found == {"p": 9, "f": 4}
