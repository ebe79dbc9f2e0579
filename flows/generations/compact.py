"""`dateline compact`: small files become large ones, sorted, without the rows of superseded versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from flows.generations.reading import unchecked_batches_of
from flows.generations.rewriting import KEPT_DAYS, TARGET_BYTES, Changed, Rewriting, rewriting
from flows.generations.sorting import sorted_rows
from flows.schema_versions import SCHEMA_VERSION
from flows.tables import BY_NAME, TABLES
from flows.warehouse.views import OF_ARTICLES, REVISED, VERSIONED
from flows.write.log import StagedFile
from flows.write.output import Output

COMPACT = "compact"

Selects = Callable[[pa.Table], pa.ChunkedArray]
"""Which rows stay, as a mask."""


def compact(
    output: Output,
    began: datetime,
    *,
    target_bytes: int = TARGET_BYTES,
    keep: timedelta = timedelta(days=KEPT_DAYS),
) -> Changed:
    """Write the small files of each partition as few large ones, and leave out the rows of superseded versions.

    Files of at least half the target stay as they are, but in an output of older tables: there all files are written again, in the
    present columns. Rows keep their `batch_seq`. Done again, it does nothing.

    Raises:
        WrongUse: no output there, or one on an object store.
        OutputBusy: a run is writing there; nothing was changed.
        LostFile: a file is not as it was committed; nothing was changed.
    """
    with rewriting(output, COMPACT, began, target_bytes, may_be_older=True) as new:
        migrates = new.history.schema < SCHEMA_VERSION
        stays = _Staying(new)
        partitions = new.by_partition()
        names = [table.name for table in TABLES]
        for (table, partition), files in sorted(partitions.items(), key=lambda each: names.index(each[0][0])):
            holding = [file for file in files if file.rows and stays.leaves_out(file)]
            small = files if migrates else [file for file in files if file.bytes < target_bytes // 2]
            merged = {
                file.path: file for file in (*(small if migrates or _is_worth_it(small) else ()), *holding)
            }
            if any(file.rows for file in merged.values()):
                chosen = [file for file in files if file.path in merged]
                with new.folder() as folder:
                    rows = sorted_rows(table, stays.of(chosen), folder)
                    new.replace(table, partition, chosen, rows, is_rewritten=bool(holding))
        if migrates:
            new.forget(file for file in new.live if not file.rows)
        _forget_empty(new)
        return new.nothing() if new.is_empty else new.commit(keep=keep)


def _is_worth_it(small: list[StagedFile]) -> bool:
    return len(small) > 1


def _forget_empty(new: Rewriting) -> None:
    """Leave out files without rows, of each table that has others: the first commit of an output makes one for each."""
    with_rows = {file.table for file in new.live_after() if file.rows}
    new.forget(file for file in new.live if not file.rows and file.table in with_rows)


class _Staying:
    """Which rows are those of the newest versions and revisions; as the views `<table>_latest` have it.

    Tables are asked in the order of `TABLES`, in which articles come before what refers to them.
    """

    def __init__(self, new: Rewriting) -> None:
        self._new = new
        self._versions = _Newest(new.history.revised())
        self._gone: list[pa.ChunkedArray] = []
        self._gone_ids: pa.Array | None = None
        self._revisions = {name: self._newest_revisions(name, key) for name, key in REVISED.items()}
        self._masks: dict[str, list[Selects]] = {}

    def leaves_out(self, file: StagedFile) -> bool:
        """Return True if rows of a file are superseded."""
        selects = self._selects(file.table)
        if not selects:
            return False
        columns = [
            name
            for name in ("article_id", "uri", "source_version", "story_id", "revision")
            if name in _names(file.table)
        ]
        found = False
        for batch in unchecked_batches_of(self._new.output, file, columns):
            mask = _all(selects, batch)
            if not pc.all(mask).as_py():
                found = True
                if file.table == "articles":
                    self._gone.append(batch.filter(pc.invert(mask))["article_id"])
                    self._gone_ids = None
        return found

    def of(self, files: list[StagedFile]) -> Iterator[pa.Table]:
        """Yield the rows of files that stay, and count the others."""
        for file in files:
            selects = self._selects(file.table)
            for batch in self._new.rows_of(file):
                rows = batch.filter(_all(selects, batch)) if selects else batch
                self._new.count_removed(file.table, batch.num_rows - rows.num_rows)
                yield rows

    def _selects(self, table: str) -> list[Selects]:
        found: list[Selects] = []
        if self._versions.has_any and any(each.name == table for each in VERSIONED):
            found.append(self._versions.mask)
        if self._gone and any(each.name == table for each in OF_ARTICLES):
            found.append(self._is_of_staying)
        if self._revisions.get(table) is not None:
            newest, key = self._revisions[table], REVISED[table]
            found.append(lambda rows: _is_newest(rows, newest, key))
        return found

    def _is_of_staying(self, rows: pa.Table) -> pa.ChunkedArray:
        if self._gone_ids is None:
            self._gone_ids = pa.chunked_array(
                [chunk for each in self._gone for chunk in each.chunks]
            ).combine_chunks()
        return pc.invert(pc.is_in(rows["article_id"], value_set=self._gone_ids))

    def _newest_revisions(self, table: str, key: str) -> pa.Table | None:
        """Return the greatest revision of each key that has several; None where no key has."""
        found: pa.Table | None = None
        for file in self._new.live:
            if file.table == table and file.rows:
                for batch in unchecked_batches_of(self._new.output, file, [key, "revision"]):
                    later = batch.filter(pc.greater(batch["revision"], 1))
                    if later.num_rows:
                        parts = [later] if found is None else [found, later]
                        found = pa.concat_tables(parts).group_by(key).aggregate([("revision", "max")])
                        found = found.rename_columns([key, "revision"])
        return found


class _Newest:
    """The newest version of each file that was fetched and has had several."""

    def __init__(self, versions: Mapping[str, int]) -> None:
        self.has_any = bool(versions)
        self._uris = pa.array(versions.keys(), pa.string())
        self._versions = pa.array(versions.values(), pa.int64())

    def mask(self, rows: pa.Table) -> pa.ChunkedArray:
        """Return which rows are of the newest version."""
        roots = pc.list_element(pc.split_pattern(rows["uri"], "!/", max_splits=1), 0)
        newest = self._versions.take(pc.index_in(roots, value_set=self._uris).combine_chunks())
        return pc.fill_null(pc.greater_equal(rows["source_version"], newest), fill_value=True)


def _is_newest(rows: pa.Table, newest: pa.Table, key: str) -> pa.ChunkedArray:
    at = pc.index_in(rows[key], value_set=newest[key]).combine_chunks()
    greatest = newest["revision"].combine_chunks().take(at)
    return pc.fill_null(pc.greater_equal(rows["revision"], greatest), fill_value=True)


def _all(selects: list[Selects], rows: pa.Table) -> pa.ChunkedArray:
    mask = selects[0](rows)
    for each in selects[1:]:
        mask = pc.and_(mask, each(rows))
    return mask


def _names(table: str) -> set[str]:
    return {column.name for column in BY_NAME[table].columns}
