"""Temporary folders of this machine, which a later run removes where their process was killed.

A process holds a lock on each of its folders. The system releases it when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "dateline-scratch-"


@contextmanager
def folder() -> Iterator[Path]:
    """Give a new folder, and remove it at the end of the block."""
    path, lock = _locked()
    try:
        yield path
    finally:
        shutil.rmtree(path)
        os.close(lock)


def sweep() -> None:
    """Remove the folders of this user whose processes have ended."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        seen = path.lstat() if os.path.lexists(path) else None
        if seen is None or not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid():
            continue
        lock = _lock_of(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _locked() -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = _lock_of(path)
        # Another process may have swept it before it was locked.
        if lock is not None:
            return path, lock


def _lock_of(path: Path) -> int | None:
    """Lock a folder and return the handle, or None if a process holds it or it is gone."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_there = path.exists()
    except BlockingIOError:
        is_there = False
    if not is_there:
        os.close(handle)
        return None
    return handle
