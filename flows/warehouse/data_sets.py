"""The views that have the columns of other data sets, and what their documentation says."""

from __future__ import annotations

from collections.abc import Iterator

from flows.warehouse import acled, gdelt, gdelt_mentions, ged, geojson, gkg, ninjs
from flows.warehouse.declared import DataSet, Field
from flows.warehouse.dialects import DIALECTS

DATA_SETS: tuple[DataSet, ...] = (
    gdelt.DATA_SET,
    gdelt_mentions.DATA_SET,
    gkg.DATA_SET,
    acled.DATA_SET,
    ged.DATA_SET,
    ninjs.DATA_SET,
    geojson.DATA_SET,
)

HEAD = """\
# Views with the columns of other data sets

`views.sql` and loaded warehouses have them beside the tables. Columns have the names and the order of the codebook that is named. What
has no source here is null in every row (empty in `gdelt_gkg`, absent in `ninjs`), and is listed with the reason.
"""


def describe_data_sets() -> str:
    """Return the second part of `output/README.md`: each view, and each column that is null or differs."""
    return "\n".join((HEAD, *(line for each in DATA_SETS for line in _described(each))))


def _described(data_set: DataSet) -> Iterator[str]:
    fields = data_set.fields(DIALECTS["duckdb"])
    yield f"## {data_set.name}"
    yield ""
    yield f"Row: {data_set.grain}. {len(fields)} columns. Source: {data_set.source}."
    yield ""
    noted = [field for field in (*fields, *data_set.properties) if field.why]
    if noted:
        yield "| column | value | reason or difference |"
        yield "| --- | --- | --- |"
        yield from map(_row, noted)
        yield ""
    if data_set is geojson.DATA_SET:
        yield f"One collection of all features (DuckDB):\n\n```sql\n{geojson.COLLECTION}```\n"


def _row(field: Field) -> str:
    return f"| `{field.name}` | {'differs' if field.sql else 'none'} | {field.why} |"
