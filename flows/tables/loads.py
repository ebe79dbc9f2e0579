"""One row for each table in each committed batch."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import Between
from flows.commits import Load
from flows.records import identify
from flows.schema import Column, Row, Table, Type


def rows(load: Load) -> Iterator[Row]:
    """Yield the one row of what a batch adds to a table."""
    yield {
        "load_id": identify("load", load.batch_id, load.table),
        "batch_id": load.batch_id,
        "table_name": load.table,
        "staged_at": load.staged_at,
        "file_count": load.file_count,
        "row_count": load.row_count,
        "byte_count": load.byte_count,
        "sha256s": list(load.sha256s),
    }


TABLE = Table(
    name="loads",
    grain="what one committed batch adds to one table",
    key=("load_id",),
    partition_by="staged_month",
    month_of=lambda load: load.staged_at.date(),
    columns=(
        Column("load_id", Type.TEXT, "Id of the row, made of the batch and the table."),
        Column(
            "batch_id",
            Type.TEXT,
            "Id of the batch, made of its inputs; `batch_seq` is its position in the log.",
        ),
        Column(
            "table_name", Type.TEXT, "The table to which the files belong; `loads` itself is not counted."
        ),
        Column("staged_at", Type.INSTANT, "Start of the run that staged the batch."),
        Column("file_count", Type.INT64, "Number of Parquet files."),
        Column("row_count", Type.INT64, "Number of rows in them."),
        Column("byte_count", Type.INT64, "Their size in bytes."),
        Column("sha256s", Type.TEXT_LIST, "sha256 of each file, in the order of the file names."),
    ),
    rows=rows,
    checks=(
        Between("file_count", 0),
        Between("row_count", 0),
        Between("byte_count", 0),
    ),
)
