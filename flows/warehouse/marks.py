"""What a target may hold before a load: nothing, or rows of the same output in the declared columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flows.warehouse.load_errors import ForeignTarget
from flows.warehouse.relations import MARKS, RELATIONS

MARKS_QUERY = f"SELECT output_id, max(seq) AS seq FROM {MARKS.name} GROUP BY output_id"
"""How far each output is loaded into a target: one row for each."""


def check_output(shown: str, output_id: str, marks: Mapping[str, int]) -> int:
    """Return the mark of an output among those of a target, 0 for none.

    Raises:
        ForeignTarget: another output was loaded there.
    """
    for other in marks:
        if other != output_id:
            raise ForeignTarget(shown, f"rows of output {other}", f"those of output {output_id}, or none")
    return marks.get(output_id, 0)


def check_tables(shown: str, tables: Collection[str]) -> None:
    """Check the names of the tables that a target has.

    Raises:
        ForeignTarget: tables of these names that no load made.
    """
    known = [relation for relation in RELATIONS if relation.name in tables]
    if known and MARKS.name not in tables:
        names = ", ".join(relation.name for relation in known)
        raise ForeignTarget(shown, f"tables {names} without {MARKS.name}", "no tables, or those of a load")
