"""The changes that the commit protocol makes to the file system."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flows.errors import DiskFull

REMEDIES = {
    errno.ENOSPC: "free space on the disk",
    errno.EDQUOT: "a larger quota or fewer files",
    errno.EFBIG: "a higher limit on the size of files (ulimit -f)",
}
"""What the operator must provide, by error number."""

NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP})
"""Errors of a file system, or of its owner, that does not allow a second name of a file."""

NO_EXCHANGE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})
"""Errors of a system or a file system that cannot exchange two names."""

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""Source: renameat2(2), Linux 3.15; `renameat2` is in glibc since 2.28."""


@contextmanager
def naming_full_disk(path: Path | str) -> Iterator[None]:
    """Raise `DiskFull` for an error about missing space. An error that names no file gets the name of `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in REMEDIES:
            if error.filename is not None:
                raise
            # Arrow states no number for some errors.
            found = os.strerror(error.errno) if error.errno else str(error)
            raise OSError(error.errno or errno.EIO, found, str(path)) from error
        named = str(error.filename or path)
        raise DiskFull(named, os.strerror(error.errno), REMEDIES[error.errno]) from error


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
        with naming_full_disk(folder):
            folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def write_new(path: Path, data: bytes) -> None:
    """Write a whole file under a name that nothing reads yet, and force it to the disk."""
    with naming_full_disk(path), path.open("wb", buffering=0) as file:
        write_all(file.fileno(), data)
        os.fsync(file.fileno())


def write_all(handle: int, data: bytes) -> None:
    """Write all bytes to an open file, in as many calls as the system needs.

    Raises:
        OSError: the system wrote nothing and reported no error. Python's buffered files would try again without end.
    """
    rest = memoryview(data)
    while rest:
        written = os.write(handle, rest)
        if written == 0:
            raise OSError(errno.EIO, "no byte of it was written")
        rest = rest[written:]


def link_new(source: Path, target: Path) -> None:
    """Give a file its final name, if no file has it; at once, and to the disk.

    Raises:
        FileExistsError: the name is taken; nothing was changed.
    """
    with naming_full_disk(target):
        os.link(source, target)
    sync_folder(target.parent)


def rename(source: Path, target: Path) -> None:
    """Move a file to its final name at once; the caller syncs the folder."""
    with naming_full_disk(target):
        os.rename(source, target)


def link(source: Path, target: Path) -> None:
    """Give a file that never changes a second name, or copy it where that is not allowed; the caller syncs the folder."""
    with naming_full_disk(target):
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            draft = target.with_name(f".{target.name}.copy")
            shutil.copyfile(source, draft)
            sync_file(draft)
            os.rename(draft, target)


def exchange(first: Path, second: Path) -> bool:
    """Exchange the names of two folders at once; the caller syncs the folders above. False where the system cannot."""
    call = _renameat2()
    if call is None:
        return False
    if call(AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(first), None, str(second))


@cache
def _renameat2() -> Any:
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is not None:
        call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return call


def remove(path: Path) -> None:
    """Remove a file that nothing refers to."""
    os.unlink(path)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        with naming_full_disk(path):
            os.fsync(handle)
    finally:
        os.close(handle)
