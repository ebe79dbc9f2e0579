"""What a target holds: the tables of the dataset, and the marks that say how far it is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flows.schema import Column, Index, Table, Type, columns_of
from flows.tables import TABLES


@dataclass(frozen=True, slots=True)
class Relation:
    """One table of a target. `partition_by` is the dataset's folder level, None for the marks."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]
    partition_by: str | None

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def has(self, column: str) -> bool:
        """Return True if it has a column of that name."""
        return column in self.column_names


def relation_of(table: Table[Any]) -> Relation:
    """Return a table as a target stores it: with `batch_seq` and the partition as columns."""
    return Relation(table.name, table.grain, table.key, columns_of(table), table.indexes, table.partition_by)


MARKS = Relation(
    name="dateline_marks",
    grain="one commit, or one transaction of several, that is loaded; the mark of an output is its greatest seq",
    key=("output_id", "seq"),
    columns=(
        Column("output_id", Type.TEXT, "The output that the rows come from."),
        Column("seq", Type.INT64, "All commits up to this `batch_seq` are loaded."),
        Column("row_count", Type.INT64, "Rows that it added, over all tables."),
    ),
    indexes=(),
    partition_by=None,
)
"""Rows are only ever added. The key stops the second of two loads that run at once, where keys are enforced."""

LOADED: tuple[Relation, ...] = tuple(map(relation_of, TABLES))
"""The tables that a load fills, each after those that it refers to."""

BY_NAME = {relation.name: relation for relation in LOADED}

RELATIONS: tuple[Relation, ...] = (*LOADED, MARKS)


def chosen(names: Iterable[str] | None) -> tuple[Relation, ...]:
    """Return the relations of these names, in the order of RELATIONS; all for None."""
    wanted = None if names is None else set(names)
    return tuple(each for each in RELATIONS if wanted is None or each.name in wanted)
