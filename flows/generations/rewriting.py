"""One generation while it is made: which files it replaces, the files that it stages, and its commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.errors import WrongUse
from flows.fields import ALL, fields_named
from flows.generations.reading import batches_of
from flows.history.checkpoints import write_checkpoints
from flows.history.reading import History, read_history
from flows.records import identify
from flows.schema import UNKNOWN_MONTH
from flows.tables import BY_NAME
from flows.versions import versions
from flows.warehouse.catalog import write_catalog
from flows.warehouse.parquet import write_beside
from flows.write.arrow import arrow_table
from flows.write.deliver import deliver, stage_of
from flows.write.generations import sweep_kept
from flows.write.log import Commit, Generation, StagedFile, refuse_older
from flows.write.output import Output
from flows.write.publish import recover
from flows.write.stage import FileWriter
from flows.write.store import STAGE

TARGET_BYTES = 128 << 20
"""Default size of a file. A table of a month that has more becomes several."""

ROW_GROUP_BYTES = 8 << 20
"""Columns in memory that become a row group: what a reader of one article decodes."""

KEPT_DAYS = 7.0
"""Default of how long the replaced files are kept."""

Files = Mapping[tuple[str, str], list[StagedFile]]


@dataclass(frozen=True, slots=True)
class Changed:
    """What a generation came to. `seq` is None where nothing was to be done. Rows removed are counted by table."""

    kind: str
    output: str
    seq: int | None
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    rows_removed: Mapping[str, int] = field(default_factory=dict)
    kept_until: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it in plain types."""
        return asdict(self)


class Rewriting:
    """A generation of an output that is locked and recovered."""

    def __init__(self, output: Output, kind: str, began: datetime, target_bytes: int) -> None:
        self.output = output
        self.kind = kind
        self.began = began
        self.seq = recover(output) + 1
        self.history: History = read_history(output)
        if self.history.fields is None:
            raise WrongUse("--output", f"{output.address} (no commit)", "the output of `dateline run`")
        self.live = [file for _, file in self.history.files()]
        self.removed: dict[str, int] = {}
        self._target_bytes = target_bytes
        self._run_id = identify(kind, began.isoformat(), self.seq)
        self._stage = stage_of(output, self.seq, self._run_id)
        self._new: list[StagedFile] = []
        self._replaced: dict[str, StagedFile] = {}
        self._rewritten: dict[str, None] = {}

    def by_partition(self) -> Files:
        """Return the live files by table and partition, in the order of the log."""
        found: dict[tuple[str, str], list[StagedFile]] = {}
        for file in self.live:
            found.setdefault((file.table, file.partition), []).append(file)
        return found

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give the folder of the stage."""
        with self._stage.folder() as folder:
            yield folder

    def rows_of(self, file: StagedFile) -> Iterator[pa.Table]:
        """Yield the rows of a live file."""
        return batches_of(self.output, file)

    def replace(
        self,
        table: str,
        partition: str,
        files: Iterable[StagedFile],
        rows: Iterable[pa.Table],
        *,
        is_rewritten: bool,
    ) -> None:
        """Stage rows as the new files of a partition, in the place of some of its files, which may be none.

        `is_rewritten` says that the rows are not those of the files that they replace.
        """
        self.forget(files)
        if is_rewritten:
            self._rewritten[_name(table, partition)] = None
        with self.folder() as folder:
            self._new += self._written(folder, table, partition, rows)

    def forget(self, files: Iterable[StagedFile]) -> None:
        """Replace files by nothing."""
        self._replaced |= {file.path: file for file in files}

    def _written(
        self, folder: Path, table: str, partition: str, rows: Iterable[pa.Table]
    ) -> Iterator[StagedFile]:
        writer: FileWriter | None = None
        number = len(self._new)
        for batch in rows:
            # A row group ends where it is full, however many rows come at once.
            for start in range(0, batch.num_rows, SLICE_ROWS):
                if writer is None:
                    path = folder / f"{table}-{partition}-{number:05d}.staged"
                    writer = FileWriter(BY_NAME[table], partition, path)
                    number += 1
                writer.add(batch.slice(start, SLICE_ROWS))
                if writer.waiting_bytes >= ROW_GROUP_BYTES:
                    writer.write()
                    if writer.written_bytes >= self._target_bytes:
                        yield writer.staged(self.seq)
                        writer = None
        if writer is not None:
            yield writer.staged(self.seq)

    def count_removed(self, table: str, count: int) -> None:
        """Count rows of a table that are not among the new ones."""
        if count:
            self.removed[table] = self.removed.get(table, 0) + count

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be committed."""
        return not (self._replaced or self._new)

    def pending_files(self) -> list[tuple[int, StagedFile]]:
        """Return the files that are live when the generation is committed, with a number for each."""
        return [(self.seq, file) for file in self.live_after()]

    def places_of_pending(self) -> dict[str, str]:
        """Return where in the output the staged files are now, by their final paths."""
        return {file.path: f"{STAGE}/{self._stage.name}/{file.staged}" for file in self._new}

    def live_after(self) -> list[StagedFile]:
        """Return the files that are live when the generation is committed."""
        return [*(file for file in self.live if file.path not in self._replaced), *self._new]

    def commit(
        self,
        *,
        keep: timedelta,
        erased: Sequence[str] = (),
        reason: str = "",
        made_by: Mapping[str, str] | None = None,
    ) -> Changed:
        """Commit the generation and let readers see it; then remove what is kept no longer.

        `made_by` are the versions of what made the rows; without it, of what moved them.
        """
        self._keep_schemas()
        kept_until = (self.began + keep).isoformat()
        fields = fields_named(self.history.fields) if self.history.fields else ALL
        generation = Generation(
            replaces=sorted(self._replaced),
            rewritten=sorted(self._rewritten),
            kept_until=kept_until,
            erased=sorted(erased),
            reason=reason,
        )
        record: Commit = deliver(
            self.output,
            seq=self.seq,
            kind=self.kind,
            batch_id=identify(self.kind, *generation.replaces, *(file.sha256 for file in self._new), *erased),
            run_id=self._run_id,
            staged_at=self.began,
            versions=made_by or versions(fields=fields),
            files=self._new,
            generation=generation,
        )
        finish(self.output, self.began)
        after = self.live_after()
        return Changed(
            kind=self.kind,
            output=str(self.output.address),
            seq=record.seq,
            files_before=len(self.live),
            files_after=len(after),
            bytes_before=sum(file.bytes for file in self.live),
            bytes_after=sum(file.bytes for file in after),
            rows_removed=self.removed,
            kept_until=kept_until if keep and not erased else None,
        )

    def nothing(self) -> Changed:
        """Return that nothing was to be done."""
        count, size = len(self.live), sum(file.bytes for file in self.live)
        finish(self.output, self.began)
        return Changed(self.kind, str(self.output.address), None, count, count, size, size)

    def _keep_schemas(self) -> None:
        """Stage an empty file for each table that would be left without one: readers find every table with its types.

        In an output of older tables those that came later have none.
        """
        left = {file.table for file in self.live_after()}
        for name in sorted(BY_NAME.keys() - left):
            empty = arrow_table(BY_NAME[name], (), self.seq)
            with self.folder() as folder:
                writer = FileWriter(
                    BY_NAME[name], UNKNOWN_MONTH, folder / f"{name}-{UNKNOWN_MONTH}-empty.staged"
                )
                writer.add(empty)
                self._new.append(writer.staged(self.seq))


SLICE_ROWS = 1024
"""Rows that are added to a file at a time."""


def _name(table: str, partition: str) -> str:
    return f"{table}/{BY_NAME[table].partition_by}={partition}"


def finish(output: Output, now: datetime) -> None:
    """Bring what is made from the log up to date, and remove what is kept no longer."""
    sweep_kept(output, now)
    write_beside(output)
    write_catalog(output)
    write_checkpoints(output)


@contextmanager
def rewriting(
    output: Output,
    kind: str,
    began: datetime,
    target_bytes: int = TARGET_BYTES,
    *,
    may_be_older: bool = False,
) -> Iterator[Rewriting]:
    """Lock an output, complete what an earlier run left, and give a new generation of it.

    `may_be_older` is for a generation that writes all files again, where they have older tables.

    Raises:
        OlderOutput: the output has older tables.
        WrongUse: nothing was ever committed there, or it is on an object store, which cannot exchange two folders at once.
        OutputBusy: a run is writing there.
    """
    if not output.is_folder:
        raise WrongUse(
            "--output",
            str(output.address),
            f"a folder: `{kind}` exchanges whole folders at once, which an object store cannot",
        )
    if not (output.root / ".dateline").is_dir():
        raise WrongUse("--output", f"{output.address} (no commit)", "the output of `dateline run`")
    output.prepare()
    with output.locked():
        new = Rewriting(output, kind, began, target_bytes)
        if not may_be_older:
            refuse_older(output, new.history.schema)
        yield new
