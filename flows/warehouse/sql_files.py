"""The Parquet files of one table, as a warehouse names and selects them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from flows.schema import Column
from flows.warehouse.dialect import Dialect
from flows.warehouse.relations import Relation

PATTERN = re.compile(r"[*?\[]")
"""Characters that begin something in a pattern of DuckDB; each stands for itself within brackets."""

STAGE = "stage_"
"""Before the name of a table of rows that are on their way into the table of that name."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one table as a warehouse sees them; `taken` is the condition of a load for its rows."""

    dialect: Dialect
    relation: Relation
    location: str
    taken: str = ""

    @property
    def stage(self) -> str:
        """The name of the stage, in no schema."""
        return f"{STAGE}{self.relation.name}"

    @property
    def lasting_stage(self) -> str:
        """The name of a stage that is kept from load to load."""
        return self.dialect.table(self.stage)

    @property
    def month_in_path(self) -> str:
        """The regular expression whose group is the partition, as a text literal."""
        return self.dialect.text(f"{self.relation.partition_by}=([^/]+)")

    def path(self, within: str) -> str:
        """Return the table's folder and what follows, as a text literal."""
        return self.dialect.text(f"{self.location}/{self.relation.name}{within}")

    def name(self, column: Column) -> str:
        """Return the name of a column."""
        return self.dialect.identifier(column.name)

    def is_month(self, column: Column) -> bool:
        """Return True for the partition, which no file contains."""
        return column.name == self.relation.partition_by

    @property
    def in_files(self) -> tuple[Column, ...]:
        """The columns of the files, in order."""
        return tuple(column for column in self.relation.columns if not self.is_month(column))

    def declared(self, columns: tuple[Column, ...]) -> str:
        """Return columns with their types, for a table without keys or comments."""
        return ",\n".join(f"    {self.name(each)} {self.dialect.types[each.type]}" for each in columns)

    def selected(self, value: Callable[[Column], str]) -> str:
        """Return the columns as a list of values, each under its column's name."""
        values = [(value(column), self.name(column)) for column in self.relation.columns]
        return ",\n".join(
            f"    {made}" if made == f"incoming.{name}" else f"    {made} AS {name}" for made, name in values
        )

    def as_named(self, column: Column) -> str:
        """Return the value of a column that the source has under the same name."""
        return f"incoming.{self.name(column)}"


def read_parquet(dialect: Dialect, relation: Relation, folder: str) -> str:
    """Return DuckDB's call that reads a table's files; `folder` ends in a slash, or is empty, and is no pattern.

    A file that an older version wrote may lack a column, whose values are null there.
    """
    plain = PATTERN.sub(r"[\g<0>]", folder)
    files = dialect.text(f"{plain}{relation.name}/*/*.parquet")
    return (
        f"read_parquet({files}, union_by_name = true, hive_partitioning = true, "
        f"hive_types = {{'{relation.partition_by}': VARCHAR}})"
    )
