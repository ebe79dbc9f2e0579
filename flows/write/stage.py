"""Rows to Parquet files in the stage: whole, on the disk, read back and hashed before they count."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.errors import LostFile
from flows.schema import UNKNOWN_MONTH, Row, Table
from flows.tables import TABLES
from flows.write import disk
from flows.write.arrow import arrow_table
from flows.write.log import StagedFile


def stage_rows(
    rows: Iterable[tuple[Table[Any], str, Row]], *, folder: Path, name: str, batch_seq: int
) -> list[StagedFile]:
    """Stage rows, one file for each table and partition; none for no rows.

    The name ends in `.staged`, so that no reader of Parquet takes it up wherever it looks.

    Raises:
        BrokenRow: a row that its table does not allow; nothing of it counts.
    """
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    tables = {}
    for table, partition, row in rows:
        groups[table.name, partition].append(row)
        tables[table.name] = table
    return [
        _stage(
            arrow_table(tables[table], group, batch_seq), tables[table], partition, folder, name, batch_seq
        )
        for (table, partition), group in sorted(groups.items())
    ]


def stage_empty(folder: Path, batch_seq: int) -> list[StagedFile]:
    """Stage a file without rows for each table, so that all can be read, by schema, from the start."""
    return [
        _stage(arrow_table(table, (), batch_seq), table, UNKNOWN_MONTH, folder, "empty", batch_seq)
        for table in TABLES
    ]


def _stage(
    data: pa.Table, table: Table[Any], partition: str, folder: Path, name: str, batch_seq: int
) -> StagedFile:
    staged = f"{table.name}-{partition}-{name}.staged"
    path = folder / staged
    with disk.naming_full_disk(path):
        pq.write_table(
            data,
            path,
            compression="zstd",
            write_page_checksum=True,
            store_schema=True,
            coerce_timestamps="us",
            use_dictionary=[column for column in data.column_names if column != "body_text"],
        )
    disk.sync_file(path)
    written = path.read_bytes()
    footer = pq.read_metadata(path)
    if footer.num_rows != data.num_rows:
        raise LostFile(str(path), f"{footer.num_rows} rows", f"{data.num_rows} rows")
    sha256 = hashlib.sha256(written).hexdigest()
    return StagedFile(
        table=table.name,
        staged=staged,
        path=f"{table.name}/{table.partition_by}={partition}/b{batch_seq:08d}-{sha256[:12]}.parquet",
        rows=data.num_rows,
        bytes=len(written),
        sha256=sha256,
    )
