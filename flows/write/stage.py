"""Rows to Parquet files in the stage: whole, on the disk, read back and hashed before they count."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.checks import Violation
from flows.errors import ChecksFailed, LostFile
from flows.quality.evaluate import columns_checked, violations_in
from flows.schema import UNKNOWN_MONTH, Row, Table
from flows.tables import BY_NAME, TABLES
from flows.write import disk
from flows.write.arrow import arrow_table
from flows.write.log import StagedFile

CHUNK_ROWS = 1024
"""Rows of a table that are made columns together. Until then they are Python objects, which take ten times the memory."""

MAX_WAITING_BYTES = 32 << 20
"""Columns that wait in memory for the end of their file; beyond it the largest of the waiting files gets a row group."""

UNIQUE = frozenset({"body_text", "minhash", "content_sha256"})
"""Columns of long values that seldom repeat. They, and the keys, are written without a dictionary."""


class Staging:
    """The files of a part while its rows are added: one for each table and partition.

    Their names end in `.staged`, so that no reader of Parquet takes them up wherever it looks.
    """

    def __init__(self, folder: Path, name: str, batch_seq: int) -> None:
        """Take the folder, what the names of the files have in common, and the number of the batch."""
        self._folder = folder
        self._name = name
        self._batch_seq = batch_seq
        self._rows: defaultdict[str, defaultdict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        self._row_counts: defaultdict[str, int] = defaultdict(int)
        self._files: dict[tuple[str, str], FileWriter] = {}
        self._checked: defaultdict[str, list[pa.Table]] = defaultdict(list)

    def add(self, rows: Iterable[tuple[Table[Any], str, Row]]) -> None:
        """Add rows, each with its table and the value of its partition.

        Raises:
            BrokenRow: a row that its table does not allow; nothing of the part counts.
        """
        for table, partition, row in rows:
            self._rows[table.name][partition].append(row)
            self._row_counts[table.name] += 1
            if self._row_counts[table.name] == CHUNK_ROWS:
                self._make_columns(table.name)

    def done(self) -> list[StagedFile]:
        """Complete the files, and return those that have rows, in the order of tables and partitions.

        Raises:
            BrokenRow: a row that its table does not allow; nothing of the part counts.
            LostFile: a file is not on the disk as it was written.
        """
        for name in list(self._rows):
            self._make_columns(name)
        return [file.staged(self._batch_seq) for _, file in sorted(self._files.items())]

    def violations(self) -> tuple[Violation, ...]:
        """Return the checks that the staged rows do not pass, with how many rows; empty for sound rows."""
        return violations_in({name: pa.concat_tables(chunks) for name, chunks in self._checked.items()})

    def _make_columns(self, name: str) -> None:
        groups = self._rows.pop(name)
        self._row_counts[name] = 0
        data = arrow_table(BY_NAME[name], list(chain.from_iterable(groups.values())), self._batch_seq)
        self._checked[name].append(data.select(columns_checked(name)))
        start = 0
        for partition, rows in groups.items():
            self._file(name, partition).add(data.slice(start, len(rows)))
            start += len(rows)
        while sum(file.waiting_bytes for file in self._files.values()) > MAX_WAITING_BYTES:
            max(self._files.values(), key=lambda file: file.waiting_bytes).write()

    def _file(self, name: str, partition: str) -> FileWriter:
        if (name, partition) not in self._files:
            path = self._folder / f"{name}-{partition}-{self._name}.staged"
            self._files[name, partition] = FileWriter(BY_NAME[name], partition, path)
        return self._files[name, partition]


class FileWriter:
    """A staged file, and the rows that wait for its next row group."""

    def __init__(self, table: Table[Any], partition: str, path: Path) -> None:
        self._table = table
        self._partition = partition
        self._path = path
        self._waiting: list[pa.Table] = []
        self._writer: pq.ParquetWriter | None = None
        self._row_count = 0
        self.waiting_bytes = 0

    @property
    def written_bytes(self) -> int:
        """How large the row groups are that are in the file."""
        return self._path.stat().st_size if self._writer else 0

    def add(self, data: pa.Table) -> None:
        """Add rows of the declared schema to those that wait."""
        self._waiting.append(data)
        self._row_count += data.num_rows
        self.waiting_bytes += data.nbytes

    def write(self) -> None:
        """Write what waits as a row group."""
        data = pa.concat_tables(self._waiting)
        self._waiting, self.waiting_bytes = [], 0
        with self._naming_failures():
            if self._writer is None:
                self._writer = pq.ParquetWriter(
                    self._path,
                    data.schema,
                    compression="zstd",
                    write_page_checksum=True,
                    store_schema=True,
                    coerce_timestamps="us",
                    use_dictionary=[
                        name for name in data.column_names if name not in {*UNIQUE, *self._table.key}
                    ],
                )
            self._writer.write_table(data)

    @contextmanager
    def _naming_failures(self) -> Iterator[None]:
        try:
            with disk.naming_full_disk(self._path):
                yield
        except OSError:
            if self._writer is not None:
                # Otherwise its destructor writes again, and fails again.
                self._writer.is_open = False
            raise

    def staged(self, batch_seq: int) -> StagedFile:
        """Complete the file and force it to the disk; read it back, and return what it holds."""
        if self._waiting:
            self.write()
        with self._naming_failures():
            if self._writer is not None:
                self._writer.close()
        disk.sync_file(self._path)
        with disk.naming_full_disk(self._path):
            written = self._path.read_bytes()
        footer = pq.read_metadata(pa.BufferReader(written))
        if footer.num_rows != self._row_count:
            raise LostFile(str(self._path), f"{footer.num_rows} rows", f"{self._row_count} rows")
        sha256 = hashlib.sha256(written).hexdigest()
        table, partition = self._table, self._partition
        return StagedFile(
            table=table.name,
            staged=self._path.name,
            path=f"{table.name}/{table.partition_by}={partition}/b{batch_seq:08d}-{sha256[:12]}.parquet",
            rows=self._row_count,
            bytes=len(written),
            sha256=sha256,
        )


def stage_rows(
    rows: Iterable[tuple[Table[Any], str, Row]], *, folder: Path, name: str, batch_seq: int
) -> list[StagedFile]:
    """Stage rows, one file for each table and partition; none for no rows.

    Raises:
        BrokenRow: a row that its table does not allow; nothing of it counts.
    """
    staging = Staging(folder, name, batch_seq)
    staging.add(rows)
    return staging.done()


def stage_checked(
    rows: Iterable[tuple[Table[Any], str, Row]], *, folder: Path, name: str, batch_seq: int
) -> list[StagedFile]:
    """Stage rows as `stage_rows`, and evaluate the checks of their tables.

    Raises:
        BrokenRow: a row that its table does not allow; nothing of it counts.
        ChecksFailed: rows that do not pass the checks; nothing of it counts.
    """
    staging = Staging(folder, name, batch_seq)
    staging.add(rows)
    files = staging.done()
    if violations := staging.violations():
        raise ChecksFailed(f"commit {batch_seq}", tuple(map(str, violations)))
    return files


def stage_empty(folder: Path, batch_seq: int) -> list[StagedFile]:
    """Stage a file without rows for each table, so that all can be read, by schema, from the start."""
    files = []
    for table in TABLES:
        file = FileWriter(table, UNKNOWN_MONTH, folder / f"{table.name}-{UNKNOWN_MONTH}-empty.staged")
        file.add(arrow_table(table, (), batch_seq))
        files.append(file.staged(batch_seq))
    return files
