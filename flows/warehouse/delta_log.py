"""The log of a Delta table: entries for Parquet files that are written already, and how the log reaches the disk."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.transaction import AddAction, RemoveAction

from flows.schema import BATCH_SEQ
from flows.warehouse.target import TargetFile
from flows.write import disk


def registered_files(delta: DeltaTable) -> list[str]:
    """Return the paths, within the table, of the files that its log names."""
    found: list[str] = pa.table(delta.get_add_actions())["path"].to_pylist()
    return found


def addition(file: TargetFile, partition_by: str) -> AddAction:
    """Return the entry that registers a committed file, with the range of its sequence numbers as statistics."""
    footer = pq.read_metadata(file.path)
    leaf = _leaf_of(footer, BATCH_SEQ.name)
    ranges = [footer.row_group(at).column(leaf).statistics for at in range(footer.num_row_groups)]
    # A generation has rows of many commits.
    seqs = [(each.min, each.max) for each in ranges] or [(file.seq, file.seq)]
    statistics = {
        "numRecords": footer.num_rows,
        "minValues": {BATCH_SEQ.name: min(low for low, _ in seqs)},
        "maxValues": {BATCH_SEQ.name: max(high for _, high in seqs)},
        "nullCount": {BATCH_SEQ.name: 0},
    }
    return AddAction(
        path=file.relative.partition("/")[2],
        size=file.bytes,
        partition_values={partition_by: file.partition},
        modification_time=int(file.path.stat().st_mtime * 1000),
        data_change=True,
        stats=orjson.dumps(statistics).decode(),
    )


def _leaf_of(footer: pq.FileMetaData, name: str) -> int:
    """Return the number of a column among the leaves of the schema: a nested column before it has several."""
    return [footer.schema.column(number).path for number in range(len(footer.schema))].index(name)


def removal(path: str, partition_by: str, at: Path) -> RemoveAction:
    """Return the entry for a file that is registered no longer: its path within the table, and where it is or was."""
    return RemoveAction(
        path,
        data_change=True,
        deletion_timestamp=int(time.time() * 1000),
        size=at.stat().st_size if at.exists() else None,
        partition_values={partition_by: path.partition("/")[0].partition("=")[2]},
    )


def sync_log(table: Path) -> None:
    """Force the log of the table in this folder to the disk: delta-rs does not."""
    log = table / "_delta_log"
    newest = max(path for path in log.iterdir() if path.suffix == ".json")
    disk.sync_file(newest)
    disk.sync_folder(log)
    disk.sync_folder(table)
