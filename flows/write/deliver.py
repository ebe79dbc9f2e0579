"""A commit from its staged files to visible ones, with its rows of `loads`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from flows.commits import Input, Load
from flows.records import identify
from flows.tables import loads, rows_of
from flows.write import disk
from flows.write.log import Commit, StagedFile, commit
from flows.write.output import Output
from flows.write.publish import publish
from flows.write.stage import stage_empty, stage_rows

FIRST_SEQ = 1
"""The first commit of every output: an empty file of each table."""


def stage_folder(output: Output, seq: int, run_id: str) -> Path:
    """Make the folder in which a commit of a run is staged. No two runs share a folder."""
    folder = output.stage / f"{seq:020d}-{run_id[:8]}"
    disk.make_folder(folder)
    return folder


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
) -> Commit:
    """Commit what is staged for a number, and publish it. `versions` are those of what made the rows.

    Raises:
        SequenceTaken: another writer has this number; nothing was changed.
        LostFile: a file of the commit was removed meanwhile.
    """
    folder = stage_folder(output, seq, run_id)
    added = [row for load in _loads(files, batch_id, staged_at) for row in rows_of(load)]
    everything = [*files, *stage_rows(added, folder=folder, name="loads", batch_seq=seq)]
    disk.sync_folder(folder)
    record = Commit(
        seq=seq,
        kind=kind,
        batch_id=batch_id,
        run_id=run_id,
        staged_at=staged_at.isoformat(),
        stage=folder.name,
        versions=dict(versions),
        inputs=[each.as_json() for each in inputs],
        files=everything,
    )
    commit(output, record)
    publish(output, record)
    return record


def deliver_empty(output: Output, run_id: str, staged_at: datetime, versions: Mapping[str, str]) -> Commit:
    """Make the first commit, so that readers find every table, with its types, from the start."""
    return deliver(
        output,
        seq=FIRST_SEQ,
        kind="empty",
        batch_id=identify("empty"),
        run_id=run_id,
        staged_at=staged_at,
        versions=versions,
        files=stage_empty(stage_folder(output, FIRST_SEQ, run_id), FIRST_SEQ),
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
