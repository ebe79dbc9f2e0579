"""An output in a folder of this machine, or of a disk that several machines share."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.errors import LostFile, OutputBusy
from flows.write import disk, holder
from flows.write.store import (
    CHECKPOINTS,
    GENERATED_BY,
    LOG,
    OWN_FILES,
    SEQ_DIGITS,
    SPOOL,
    STAGE,
    STATE,
    Move,
    foreign,
    wrong_output,
)

EMPTY_DISK = "lost+found"

DRAFT = ".new"
"""How the name of a draft in `.dateline` ends."""

RECORD = re.compile(rf"[0-9]{{{SEQ_DIGITS}}}\.json")


@dataclass(frozen=True, slots=True)
class FolderStore:
    """The files of an output below a folder. See `Store` for what each method promises."""

    root: Path

    @property
    def uri(self) -> str:
        """The absolute path."""
        return str(self.root.absolute())

    def prepare(self) -> None:
        """Make the folders."""
        self.refuse_foreign()
        try:
            for folder in (LOG, CHECKPOINTS, STAGE, SPOOL):
                disk.make_folder(self.root / folder)
        except OSError as error:
            if error.errno == errno.EIO:
                # No other folder is wanted, but another disk.
                raise
            raise wrong_output(f"{self.root} ({error.strerror})") from None
        if not os.access(self.root / STATE, os.W_OK):
            is_read_only = os.statvfs(self.root).f_flag & os.ST_RDONLY
            raise wrong_output(
                f"{self.root} ({'read-only file system' if is_read_only else 'no permission'})"
            )

    def refuse_foreign(self) -> None:
        """Refuse a folder with files of another program.

        Raises:
            WrongUse: there are some.
        """
        if (self.root / STATE).is_dir() or not self.root.is_dir():
            return
        found = sorted(path.name for path in self.root.iterdir() if path.name[0] != "." and not _is_own(path))
        if found:
            raise foreign(str(self.root), found)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of the folder; a killed run holds nothing. It makes leftovers safe to sweep."""
        path = self.root / STATE / "lock"
        with disk.naming_full_disk(path):
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OutputBusy(str(self.root), holder.described(os.pread(lock, 1000, 0))) from None
            with disk.naming_full_disk(path):
                os.ftruncate(lock, 0)
                disk.write_all(lock, holder.mine().encode())
            yield
        finally:
            os.close(lock)

    def names(self, folder: str, after: str = "") -> list[str]:
        """Walk through a folder."""
        root = self.root.absolute()
        start = len(f"{root}{os.sep}")
        return sorted(
            name
            for path, _, files in os.walk(root / folder)
            for file in files
            if (name := os.path.join(path, file)[start:].replace(os.sep, "/")) > after
        )

    def read(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        """Read a file."""
        path = self.root / name
        with disk.naming_full_disk(path), path.open("rb") as file:
            file.seek(start)
            return file.read(-1 if end is None else end - start)

    def read_all(self, names: Sequence[str]) -> Iterator[bytes]:
        """Read files one after the other."""
        return map(self.read, names)

    def size(self, name: str) -> int | None:
        """Ask the file system."""
        try:
            return (self.root / name).stat().st_size
        except FileNotFoundError:
            return None

    def create(self, name: str, data: bytes) -> None:
        """Link a draft to its name, which fails if there is a file of that name."""
        path = self.root / name
        draft = path.parent / f".{path.stem}.{uuid.uuid4().hex}"
        disk.write_new(draft, data)
        try:
            disk.link_new(draft, path)
        finally:
            disk.remove(draft)

    def replace(self, name: str, data: bytes) -> None:
        """Rename a draft, which is beside the file in a folder that is no output yet: `dateline schema --write` makes none."""
        path = self.root / name
        state = self.root / STATE
        if path.parent != self.root and state.is_dir():
            disk.make_folder(path.parent)
        draft = (state if state.is_dir() else path.parent) / f"{path.name}{DRAFT}"
        disk.write_new(draft, data)
        disk.rename(draft, path)
        disk.sync_folder(path.parent)

    def advance(self, name: str, data: bytes, is_behind: Callable[[bytes], bool]) -> None:
        """Rename a draft: the lock keeps other writers out."""
        del is_behind
        self.replace(name, data)

    def delete(self, names: Iterable[str]) -> None:
        """Unlink files."""
        for name in names:
            (self.root / name).unlink(missing_ok=True)

    @contextmanager
    def staging(self, stage: str) -> Iterator[Path]:
        """Give the folder of the stage itself."""
        folder = self.root / STAGE / stage
        disk.make_folder(folder)
        yield folder

    def add_to_stage(self, stage: str, folder: Path) -> None:
        """Copy files under names that nobody else uses, and rename them.

        A worker that was given up may still write: a file that another has published must not change under it.
        """
        staged = self.root / STAGE / stage
        disk.make_folder(staged)
        for path in sorted(folder.iterdir()):
            target = staged / path.name
            draft = target.with_name(f".{path.name}.{uuid.uuid4().hex}")
            with disk.naming_full_disk(draft):
                shutil.copyfile(path, draft)
            disk.sync_file(draft)
            disk.rename(draft, target)

    def sync_stage(self, stage: str) -> None:
        """Sync the folder."""
        disk.sync_folder(self.root / STAGE / stage)

    def sync_log(self) -> None:
        """Sync the folder of the log."""
        disk.sync_folder(self.root / LOG)

    def publish(self, stage: str, moves: Collection[Move]) -> None:
        """Rename files, then sync their folders."""
        folders = set()
        for move in moves:
            target = self.root / move.name
            move_staged(self.root / STAGE / stage, move, target)
            folders.add(target.parent)
        for folder in sorted(folders):
            disk.sync_folder(folder)

    def forget_stage(self, stage: str) -> None:
        """Remove the folder."""
        folder = self.root / STAGE / stage
        if folder.exists():
            shutil.rmtree(folder)

    def keep_stage(self, stage: str, folder: str) -> None:
        """Rename the folder."""
        target = self.root / folder
        disk.make_folder(target.parent)
        self.remove_folder(folder)
        disk.rename(self.root / STAGE / stage, target)
        disk.sync_folder(target.parent)

    def remove_folder(self, folder: str) -> None:
        """Remove it."""
        if (self.root / folder).exists():
            shutil.rmtree(self.root / folder)

    def sweep(self, last: int) -> None:
        """Remove all that is staged or spooled, and drafts: the lock is held, so that no run owns them."""
        del last
        for folder in (self.root / STAGE).iterdir():
            shutil.rmtree(folder)
        for left in (*(self.root / SPOOL).iterdir(), *self._drafts()):
            disk.remove(left)

    def _drafts(self) -> list[Path]:
        """Return the files that `create` and `replace` began and a killed run left."""
        records = [path for path in (self.root / LOG).iterdir() if not RECORD.fullmatch(path.name)]
        return [*records, *(self.root / STATE).glob(f"*{DRAFT}")]

    def last_staged(self) -> int:
        """Return 0."""
        return 0

    def is_swept(self) -> bool:
        """Look into the folders; False for an output that was copied without its empty folders."""
        return (
            all(
                folder.is_dir() and not any(folder.iterdir())
                for folder in (self.root / STAGE, self.root / SPOOL)
            )
            and not self._drafts()
        )

    @contextmanager
    def spooling(self) -> Iterator[Path]:
        """Give the spool of the output."""
        yield self.root / SPOOL

    @contextmanager
    def at_hand(self, names: Collection[str]) -> Iterator[Path]:
        """Give the root."""
        del names
        yield self.root

    def opened(self, name: str) -> Any:
        """Return its path."""
        return self.root / name

    def for_pyarrow(self) -> tuple[Any, str]:
        """Return the local file system."""
        from pyarrow import fs  # noqa: PLC0415  # start-up

        return fs.LocalFileSystem(), str(self.root)


def move_staged(stage: Path, move: Move, target: Path) -> None:
    """Rename a staged file to its target, unless that was done before; the caller syncs the folder.

    Raises:
        LostFile: the file is neither staged nor there, whole.
    """
    if not target.exists():
        disk.make_folder(target.parent)
        try:
            disk.rename(stage / move.staged, target)
        except FileNotFoundError:
            raise LostFile(move.name, "neither staged nor published", "one of the two") from None
    if target.stat().st_size != move.bytes:
        raise LostFile(move.name, f"{target.stat().st_size} bytes", f"{move.bytes} bytes")


def _is_own(path: Path) -> bool:
    if path.name in OWN_FILES:
        with path.open(encoding="utf-8", errors="replace") as file:
            return GENERATED_BY in file.read(1000)
    return path.name == EMPTY_DISK
