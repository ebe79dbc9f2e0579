"""Rows in the order in which statistics of files and row groups exclude most: an external merge sort, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.schema import Type
from flows.tables import BY_NAME

MAX_RUN_BYTES = 64 << 20
"""Rows that are sorted in memory; a partition that has more is sorted in runs on the disk, which are then merged."""

RUN_BATCH_ROWS = 2048
"""Rows of a batch of a run. While runs are merged, one batch of each is in memory."""

KEY = "sort_key"

FIRST = {
    "articles": "published_at",
    "signatures": "published_at",
    "story_members": "published_at",
    "stories": "last_published_at",
    "rejects": "fetched_at",
    "runs": "started_at",
    "loads": "batch_seq",
}
"""The column that queries of a table select ranges of. Rows of evidence are selected by their article."""

WITHIN_ARTICLE = ("article_id", "char_start", "char_end")

YEAR_1_TO_1970 = 62_135_596_800_000_000
"""Microseconds; instants begin in year 1, so that with it none is negative."""

DIGITS = 20


def order_of(table: str) -> tuple[str, ...]:
    """Return the columns by which the rows of a table are sorted; the last is its key, so that the order is total."""
    names = {column.name for column in BY_NAME[table].columns}
    if table in FIRST:
        first: tuple[str, ...] = (FIRST[table],)
    else:
        first = tuple(name for name in WITHIN_ARTICLE if name in names)
    return (*first, *(name for name in BY_NAME[table].key if name not in first))


def sorted_rows(table: str, batches: Iterable[pa.Table], folder: Path) -> Iterator[pa.Table]:
    """Yield all rows of a table in its order; `folder` is for runs that do not fit in memory."""
    runs: list[Path] = []
    waiting: list[pa.Table] = []
    size = 0
    for batch in batches:
        waiting.append(batch.append_column(KEY, sort_keys(table, batch)))
        size += batch.nbytes
        if size >= MAX_RUN_BYTES:
            runs.append(_written(_sorted(waiting), folder / f"run-{len(runs):05d}.arrow"))
            waiting, size = [], 0
    if not runs:
        if waiting:
            yield _sorted(waiting).drop_columns([KEY])
        return
    if waiting:
        runs.append(_written(_sorted(waiting), folder / f"run-{len(runs):05d}.arrow"))
        waiting = []
    for merged in _merged(runs):
        yield merged.drop_columns([KEY])
    for run in runs:
        run.unlink()


def sort_keys(table: str, rows: pa.Table) -> pa.ChunkedArray:
    """Return one text for each row, whose order by bytes is that of the columns; null comes after every value."""
    types = {column.name: column.type for column in BY_NAME[table].columns}
    parts = [_sortable(rows[name], types.get(name, Type.INT64)) for name in order_of(table)]
    # U+0000 comes before every character that a value may have.
    return pc.binary_join_element_wise(*parts, "\0")


def _sortable(values: pa.ChunkedArray, kind: Type) -> pa.ChunkedArray:
    if kind is Type.TEXT:
        return pc.fill_null(values, "~")
    shift = YEAR_1_TO_1970 if kind is Type.INSTANT else 0
    numbers = pc.cast(pc.add(pc.cast(values, pa.int64()), shift), pa.string())
    return pc.fill_null(pc.utf8_lpad(numbers, DIGITS, "0"), "~")


def _sorted(tables: list[pa.Table]) -> pa.Table:
    rows = pa.concat_tables(tables)
    return rows.take(pc.sort_indices(rows, sort_keys=[(KEY, "ascending")]))


def _written(rows: pa.Table, path: Path) -> Path:
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, rows.schema, options=options) as writer:
        writer.write_table(rows.combine_chunks(), max_chunksize=RUN_BATCH_ROWS)
    return path


class _Run:
    """A sorted run, of which one batch is in memory."""

    def __init__(self, path: Path) -> None:
        self._reader = pa.ipc.open_file(pa.memory_map(str(path)))
        self._next = 0
        self.rows = self._read()

    @property
    def has_more(self) -> bool:
        """Whether there are batches after the one in memory."""
        count: int = self._reader.num_record_batches
        return self._next < count

    @property
    def last_key(self) -> str:
        """The key of the last row in memory."""
        key: str = self.rows[KEY][-1].as_py()
        return key

    def take(self, bound: str | None) -> pa.Table:
        """Return the rows in memory up to a key, all for None, and read on if they are all."""
        count = self.rows.num_rows
        if bound is not None:
            count = pc.sum(pc.less_equal(self.rows[KEY], bound)).as_py() or 0
        taken, self.rows = self.rows.slice(0, count), self.rows.slice(count)
        if not self.rows.num_rows and self.has_more:
            self.rows = self._read()
        return taken

    def _read(self) -> pa.Table:
        batch = self._reader.get_batch(self._next)
        self._next += 1
        return pa.Table.from_batches([batch])


def _merged(paths: list[Path]) -> Iterator[pa.Table]:
    """Merge sorted runs: what is not after the last key in memory of any run with more rows has no earlier row left on the disk."""
    runs = [_Run(path) for path in paths]
    while runs:
        bound = min((run.last_key for run in runs if run.has_more), default=None)
        taken = [run.take(bound) for run in runs]
        yield _sorted([rows for rows in taken if rows.num_rows])
        runs = [run for run in runs if run.rows.num_rows]
