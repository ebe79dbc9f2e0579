"""The rows of live files in batches, checked before they are written again: a damaged file never becomes part of a new one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from flows.errors import LostFile
from flows.write.arrow import schema_of
from flows.write.evolve import conform
from flows.write.log import StagedFile
from flows.write.output import Output

BATCH_ROWS = 4096
"""Rows that are read at a time; never more than a row group."""


def batches_of(output: Output, file: StagedFile, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the rows of a file in its order, in the declared columns or in some of them.

    Raises:
        LostFile: the file is not the one that was committed.
    """
    check(output, file)
    yield from unchecked_batches_of(output, file, columns)


def unchecked_batches_of(
    output: Output, file: StagedFile, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield the rows of a file whose bytes need not be compared as a whole: the checksum of each page that is read is."""
    schema = schema_of(file.table)
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
    try:
        with pq.ParquetFile(output.root / file.path, page_checksum_verification=True) as opened:
            own = [name for name in schema.names if name in opened.schema_arrow.names]
            for batch in opened.iter_batches(BATCH_ROWS, columns=own):
                yield conform(pa.Table.from_batches([batch]), schema, file.path)
    except (OSError, pa.ArrowInvalid) as error:
        raise LostFile(file.path, f"a damaged file ({error})", "the committed file") from None


def check(output: Output, file: StagedFile) -> None:
    """Compare a file with its commit.

    Raises:
        LostFile: it is missing, or other bytes.
    """
    try:
        with (output.root / file.path).open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        raise LostFile(file.path, "no file", f"{file.bytes} bytes") from None
    if sha256 != file.sha256:
        raise LostFile(file.path, f"sha256 {sha256}", f"sha256 {file.sha256}")
