"""A commit from its staged files to visible ones, with its rows of `loads`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.commits import Input, Load
from flows.records import identify
from flows.tables import loads, rows_of
from flows.write.log import FIRST_SEQ, Commit, Generation, StagedFile, commit
from flows.write.output import Output
from flows.write.publish import publish
from flows.write.stage import stage_checked, stage_empty
from flows.write.store import SEQ_DIGITS


@dataclass(frozen=True, slots=True)
class Stage:
    """The folder in which one commit of one run is staged; no two runs share one. Picklable and small."""

    output: Output
    name: str

    def folder(self) -> AbstractContextManager[Path]:
        """Give a folder of this machine for new files; at the end of the block they are staged."""
        return self.output.store.staging(self.name)

    def add(self, folder: Path) -> None:
        """Stage all files of another folder, each at once."""
        self.output.store.add_to_stage(self.name, folder)


def stage_of(output: Output, seq: int, run_id: str) -> Stage:
    """Return the stage of a commit of a run."""
    return Stage(output, f"{seq:0{SEQ_DIGITS}d}-{run_id[:8]}")


def deliver(
    output: Output,
    *,
    seq: int,
    kind: str,
    batch_id: str,
    run_id: str,
    staged_at: datetime,
    versions: Mapping[str, str],
    files: Sequence[StagedFile],
    inputs: Sequence[Input] = (),
    generation: Generation | None = None,
) -> Commit:
    """Commit what is staged for a number, and publish it. `versions` are those of what made the rows.

    A generation adds no row to `loads`: its rows are those of earlier commits, and keep their numbers.

    Raises:
        SequenceTaken: another writer has this number; nothing was changed.
        LostFile: a file of the commit was removed meanwhile.
    """
    stage = stage_of(output, seq, run_id)
    loaded = _loads(files, batch_id, staged_at) if generation is None else ()
    added = [row for load in loaded for row in rows_of(load)]
    with stage.folder() as folder:
        everything = [*files, *stage_checked(added, folder=folder, name="loads", batch_seq=seq)]
    output.store.sync_stage(stage.name)
    record = Commit(
        seq=seq,
        kind=kind,
        batch_id=batch_id,
        run_id=run_id,
        staged_at=staged_at.isoformat(),
        stage=stage.name,
        versions=dict(versions),
        inputs=[each.as_json() for each in inputs],
        files=everything,
        writer=uuid.uuid4().hex,
        generation=generation,
    )
    commit(output, record)
    publish(output, record)
    return record


def deliver_empty(output: Output, run_id: str, staged_at: datetime, versions: Mapping[str, str]) -> Commit:
    """Make the first commit, so that readers find every table, with its types, from the start."""
    with stage_of(output, FIRST_SEQ, run_id).folder() as folder:
        files = stage_empty(folder, FIRST_SEQ)
    return deliver(
        output,
        seq=FIRST_SEQ,
        kind="empty",
        batch_id=identify("empty"),
        run_id=run_id,
        staged_at=staged_at,
        versions=versions,
        files=files,
    )


def _loads(files: Iterable[StagedFile], batch_id: str, staged_at: datetime) -> list[Load]:
    by_table: dict[str, list[StagedFile]] = {}
    for file in files:
        if file.table != loads.TABLE.name:
            by_table.setdefault(file.table, []).append(file)
    return [
        Load(
            batch_id=batch_id,
            staged_at=staged_at,
            table=table,
            file_count=len(group),
            row_count=sum(file.rows for file in group),
            byte_count=sum(file.bytes for file in group),
            sha256s=tuple(file.sha256 for file in sorted(group, key=lambda file: file.path)),
        )
        for table, group in sorted(by_table.items())
    ]
