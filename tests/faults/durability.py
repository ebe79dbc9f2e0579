"""What a disk may hold after a power cut: a model of files and names that were written, and of those that were forced to the disk.

The model replays the recorded calls of a run. What was written since the last fsync of its file, and each name since the last fsync of its
folder, may be there or not, or in part. A rename is whole or absent, as on every file system with a journal.

Source: Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014), which calls this ALICE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from .trace import Call

MAX_DROPPED = 8
"""Of the names that are not on the disk yet, so many of the newest are left out one at a time."""


Write = tuple[int, bytes | None]
"""A position and the bytes that are written there; None truncates."""


@dataclass(eq=False)
class File:
    """A file: its bytes on the disk, the writes since then, and its bytes with these."""

    synced: bytes = b""
    _writes: list[Write] = field(default_factory=list)
    _current: bytes = b""

    def write(self, position: int, data: bytes | None) -> None:
        """Write at a position; None truncates there."""
        self._writes.append((position, data))
        self._current = _applied(self._current, [(position, data)])

    def sync(self) -> None:
        """Force all writes to the disk."""
        self.synced, self._writes = self._current, []

    def current(self) -> bytes:
        """The bytes as every process sees them."""
        return self._current

    def torn(self) -> bytes:
        """The bytes where the last write was done by half."""
        if not self._writes:
            return self.synced
        position, data = self._writes[-1]
        return _applied(self.synced, [*self._writes[:-1], (position, data and data[: len(data) // 2])])

    def zeros(self) -> bytes:
        """The bytes where the length was stored, and what was written since the last fsync was not."""
        length = len(self._current)
        return self.synced[:length].ljust(length, b"\0") if self._writes else self.synced

    def on_disk(self) -> bytes:
        """The bytes at the last fsync."""
        return self.synced


def _applied(start: bytes, writes: Iterable[Write]) -> bytes:
    data = bytearray(start)
    for position, written in writes:
        if written is None:
            del data[position:]
            data.extend(bytes(position - len(data)))
        else:
            data.extend(bytes(max(0, position - len(data))))
            data[position : position + len(written)] = written
    return bytes(data)


@dataclass(eq=False)
class Change:
    """A change of names: what gets a name, and which name goes. `folder` is the one whose fsync makes it lasting."""

    folder: str
    removed: str = ""
    added: str = ""
    thing: File | None = None


State = dict[str, bytes | None]
"""A tree: the bytes of each file by its path below the output, None for a folder."""


class Disk:
    """The files of an output, as processes see them and as they are on the disk."""

    def __init__(self) -> None:
        self._names: dict[str, File | None] = {}
        self._synced: dict[str, File | None] = {}
        self._pending: list[Change] = []
        self._by_inode: dict[int, File] = {}

    def replay(self, call: Call) -> None:
        """Do what a call did."""
        if call.name == "open":
            self._open(call)
        elif call.name in ("write", "ftruncate"):
            data = call.data if call.name == "write" else None
            self._by_inode[call.inode].write(call.position, data)
        elif call.name == "fsync":
            self._sync(call)
        elif call.name == "mkdir":
            self._change(Change(_above(call.path), added=call.path))
        elif call.name == "link":
            self._change(Change(_above(call.other), added=call.other, thing=self._names[call.path]))
        elif call.name == "rename":
            self._change(Change(_above(call.other), call.path, call.other, self._names[call.path]))
        elif call.name in ("unlink", "rmdir"):
            self._change(Change(_above(call.path), removed=call.path))
        elif call.name != "close":
            raise AssertionError(f"the model does not know {call.name}")

    def states(self) -> Iterator[tuple[str, State]]:
        """Yield what the disk may hold if power is cut now, each with its name."""
        yield "nothing that was not synced", _tree(self._synced, File.on_disk)
        yield "all names, no bytes", _tree(self._names, File.on_disk)
        yield "all names, zeros for bytes", _tree(self._names, File.zeros)
        yield "all names, the last write torn", _tree(self._names, File.torn)
        yield "all bytes, no names", _tree(self._synced, File.current)
        yield "all", _tree(self._names, File.current)
        for dropped in self._pending[-MAX_DROPPED:]:
            rest = [each for each in self._pending if each is not dropped]
            yield "all names but one", _tree(self._with(rest), File.on_disk)
            yield "no name but one", _tree(self._with([dropped]), File.on_disk)

    def current(self) -> State:
        """Return the tree as every process sees it."""
        return _tree(self._names, File.current)

    def _with(self, changes: Iterable[Change]) -> dict[str, File | None]:
        names = dict(self._synced)
        for change in changes:
            _apply(names, change)
        return names

    def _open(self, call: Call) -> None:
        if call.path not in self._names:
            self._change(Change(_above(call.path), added=call.path, thing=File()))
        file = self._names[call.path]
        assert file is not None, call
        self._by_inode[call.inode] = file
        if call.position and file.current():
            file.write(0, None)

    def _sync(self, call: Call) -> None:
        if call.path in self._names and self._names[call.path] is not None:
            self._by_inode[call.inode].sync()
            return
        for change in [each for each in self._pending if each.folder == call.path]:
            _apply(self._synced, change)
            self._pending.remove(change)

    def _change(self, change: Change) -> None:
        _apply(self._names, change)
        self._pending.append(change)


def _above(path: str) -> str:
    above = str(PurePosixPath(path).parent)
    return "" if above == "." else above


def _apply(names: dict[str, File | None], change: Change) -> None:
    if change.removed:
        names.pop(change.removed, None)
    if change.added:
        names[change.added] = change.thing


def _tree(names: dict[str, File | None], content: Callable[[File], bytes]) -> State:
    """Return the names that can be reached from the root, with their content."""
    folders = {"", *(path for path, thing in names.items() if thing is None)}
    found: State = {}
    for path, thing in sorted(names.items()):
        above = _above(path)
        if above in folders and (above in found or above == ""):
            found[path] = None if thing is None else content(thing)
    return found


def write_state(state: State, folder: Path) -> None:
    """Make the tree in a new folder."""
    folder.mkdir()
    for path, content in state.items():
        if content is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(content)


def read_state(folder: Path) -> State:
    """Read the tree of a folder."""
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }
