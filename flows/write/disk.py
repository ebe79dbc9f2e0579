"""What the commit protocol asks of the file system; nothing else under `write` changes a file."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Force a folder's names to the disk."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, and force the new names to the disk."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def write_new(path: Path, data: bytes) -> None:
    """Write a whole file under a name that nothing reads yet, and force it to the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def link_new(source: Path, target: Path) -> None:
    """Give a file its final name, if no file has it; at once, and to the disk.

    Raises:
        FileExistsError: the name is taken; nothing was changed.
    """
    os.link(source, target)
    sync_folder(target.parent)


def rename(source: Path, target: Path) -> None:
    """Move a file to its final name at once; the caller syncs the folder."""
    os.rename(source, target)


def remove(path: Path) -> None:
    """Remove a file that nothing refers to."""
    os.unlink(path)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
