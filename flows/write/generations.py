"""Generations: new folders of tables that take the place of those that readers see, at once, and the old ones while they are kept.

The new folder of a table is built beside the log, out of hard links of the files that stay and of the new files, and exchanged with
the visible one. A reader that lists files after the exchange finds the new generation only. One that listed them before
finds that the replaced files are missing, which every reader reports; it never counts a row twice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from flows.errors import LostFile
from flows.write import disk
from flows.write.folder import move_staged
from flows.write.log import Commit, read_log
from flows.write.output import Output
from flows.write.store import GENERATIONS, QUARANTINE, REPORTS, SEQ_DIGITS, STAGE, Move

REMOVED = ".removed"
"""What ends the name of a folder that is being removed."""


def swap(output: Output, record: Commit) -> None:
    """Put the files of a generation in the place of those that it replaces, table by table.

    It may be interrupted anywhere and repeated. Which of two folders is the new one is decided by the files in them.

    Raises:
        LostFile: a file is missing, or a folder is neither the old nor the new one.
    """
    for table in _tables(record):
        _swap_table(output, record, table)
    if record.generation is not None and record.generation.erased:
        # What was erased is not kept anywhere. Reports are made again of what is left, by `dateline report`.
        output.store.remove_folder(REPORTS)
        remove_kept(output, (folder for folder, _ in _folders(output.root)))
        # Batches that were not committed may hold it too; their sources are read again.
        for name in sorted({each.split("/")[2] for each in output.store.names(QUARANTINE)}):
            output.store.remove_folder(f"{QUARANTINE}/{name}")


def _tables(record: Commit) -> list[str]:
    replaces = record.generation.replaces if record.generation else []
    return sorted({file.table for file in record.files} | {path.partition("/")[0] for path in replaces})


def _swap_table(output: Output, record: Commit, table: str) -> None:
    visible, built = output.root / table, generation_folder(output, record.seq) / table
    aside = built.with_name(f"{table}.old")
    if not visible.exists() and aside.exists():
        # The second of two renames is missing.
        os.rename(built, visible)
    if not _is_swapped(record, table, visible):
        _build(output, record, table, built)
        if not visible.exists():
            disk.rename(built, visible)
        elif not disk.exchange(visible, built):
            disk.rename(visible, aside)
            disk.rename(built, visible)
        disk.sync_folder(output.root)
        disk.sync_folder(built.parent)
    if aside.exists():
        disk.rename(aside, built)
        disk.sync_folder(built.parent)


def _is_swapped(record: Commit, table: str, visible: Path) -> bool:
    present = files_below(visible)
    new = {file.path for file in record.files if file.table == table}
    replaced = record.generation.replaces if record.generation else []
    old = {path for path in replaced if path.partition("/")[0] == table}
    if new <= present and not old & present:
        return True
    if old <= present and not new & present:
        return False
    wrong = sorted((new | old) - present) or sorted(new | old)
    raise LostFile(wrong[0], "a folder that is neither the old nor the new generation", "one of the two")


def _build(output: Output, record: Commit, table: str, built: Path) -> None:
    """Make the new folder of a table: links of the files that stay, and the staged files."""
    visible = output.root / table
    replaced = set(record.generation.replaces if record.generation else ())
    folders = {built}
    disk.make_folder(built)
    for name in sorted(files_below(visible) - replaced):
        target = built.parent / name
        if not target.exists():
            disk.make_folder(target.parent)
            disk.link(output.root / name, target)
        folders.add(target.parent)
    for file in record.files:
        if file.table != table:
            continue
        target = built.parent / file.path
        move_staged(output.root / STAGE / record.stage, Move(file.staged, file.path, file.bytes), target)
        folders.add(target.parent)
    for folder in sorted(folders):
        disk.sync_folder(folder)


def files_below(folder: Path) -> set[str]:
    """Return the names of all files below the folder of a table, from that of the table on."""
    start = len(str(folder.parent)) + 1
    return {os.path.join(path, name)[start:] for path, _, names in os.walk(folder) for name in names}


def generation_folder(output: Output, seq: int) -> Path:
    """Return where a generation is built, and where what it replaced is kept."""
    return output.root / GENERATIONS / f"{seq:0{SEQ_DIGITS}d}"


def kept_generations(output: Output) -> Iterator[tuple[Commit, Path]]:
    """Yield the commit of each generation of which the old folders are kept, and where they are; those being removed are left out."""
    folders = [(seq, folder) for folder, seq in _folders(output.root) if seq is not None]
    for seq, folder in folders:
        for record in read_log(output, after=seq - 1):
            if record.seq == seq:
                yield record, folder
            break


def sweep_kept(output: Output, now: datetime) -> None:
    """Remove the old folders that are kept no longer; the caller holds the lock, and all commits are published."""
    if not output.is_folder:
        return
    kept = {
        folder
        for record, folder in kept_generations(output)
        if record.generation and datetime.fromisoformat(record.generation.kept_until) > now
    }
    remove_kept(output, [folder for folder, _ in _folders(output.root) if folder not in kept])


def remove_kept(output: Output, folders: Iterable[Path]) -> None:
    """Remove old folders, each under another name first, so that half of one is never taken for a whole."""
    for folder in list(folders):
        gone = folder if folder.name.endswith(REMOVED) else folder.with_name(f"{folder.name}{REMOVED}")
        if gone != folder:
            disk.rename(folder, gone)
        shutil.rmtree(gone)
    if (output.root / GENERATIONS).is_dir():
        disk.sync_folder(output.root / GENERATIONS)


def _folders(root: Path) -> list[tuple[Path, int | None]]:
    """Return the folders of generations, with the number of each that is whole."""
    found = root / GENERATIONS
    if not found.is_dir():
        return []
    return [
        (path, int(path.name) if path.name.isdigit() else None)
        for path in sorted(found.iterdir())
        if path.is_dir()
    ]
