"""The bytes of one source: read once, unpacked, hashed, and the same file from beginning to end."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from flows.errors import DispatchError, UnreadableSource
from flows.fetch.local import FoundFile
from flows.fetch.opening import open_source
from flows.fetch.unpack import members_of
from flows.fetch.web_archives import Damage
from flows.records import identify

ALIGNED_TO = mmap.ALLOCATIONGRANULARITY


@dataclass(slots=True)
class Entry:
    """A file within a source: its path there and the range of its bytes in the unpacked source, or why it is refused.

    `damages` are records of a web archive that could not be unpacked; offsets are within the file.
    """

    path: str
    start: int
    end: int
    sha256: str
    refused: DispatchError | None = None
    damages: tuple[Damage, ...] = ()


@dataclass(slots=True)
class Fetched:
    """The decompressed bytes of a source: in memory if they are few, else in a spool file.

    `file` is the source with the validators of its server; `entries` are the files in it, one without a path if it is not an archive.
    """

    file: FoundFile
    sha256: str
    size: int
    entries: list[Entry]
    charset: str | None = None
    memory: bytes = field(default=b"", repr=False)
    spooled: Path | None = None

    @property
    def is_refused(self) -> bool:
        """Return True if no file in it can be read."""
        return all(entry.refused for entry in self.entries)

    def forget(self) -> None:
        """Remove the copy, when nothing new is in it."""
        if self.spooled:
            self.spooled.unlink()


def fetch_bytes(
    file: FoundFile, spool_folder: Path, memory_bytes: int, known_etag: str = ""
) -> Fetched | None:
    """Read a source once, hash what is read, and check that it was the same file throughout.

    Over `memory_bytes` it is kept in a file of the spool folder. What cannot be read is `refused`; a
    spool that cannot be written is the run's failure, and raises OSError. None where a server says that
    nothing has changed.

    Raises:
        SourceMoved: it changed meanwhile, or is gone.
        UnreachableSource: its server does not give it whole.
    """
    opened = open_source(file, known_etag)
    if opened is None:
        return None
    file = opened.file
    digest = hashlib.sha256()
    kept = _Kept(spool_folder, file.uri, memory_bytes)
    try:
        entries = list(_entries(_hashed(opened.chunks, digest), file.uri, kept))
    except UnreadableSource as error:
        kept.cut_to(0)
        entries = [Entry("", 0, 0, digest.hexdigest(), error)]
    except BaseException:
        kept.forget()
        raise
    memory, spooled = kept.done()
    return Fetched(file, digest.hexdigest(), kept.size, entries, opened.charset, memory, spooled)


def _entries(chunks: Iterator[bytes], uri: str, kept: _Kept) -> Iterator[Entry]:
    for member in members_of(chunks, uri):
        start = kept.size
        digest = hashlib.sha256()
        refused = member.refused
        try:
            pieces = iter(member.chunks)
            first, second = next(pieces, b""), next(pieces, b"")
            if second and member.path:
                # Another one than the source itself, and not tiny.
                kept.align()
                start = kept.size
            for piece in chain((first, second), pieces):
                digest.update(piece)
                kept.add(piece)
        except UnreadableSource:
            raise
        except DispatchError as error:
            refused = error
            kept.cut_to(start)
        damages = () if refused else tuple(member.damages)
        yield Entry(member.path, start, kept.size, digest.hexdigest(), refused, damages)
    # To the end, since the hash is of the whole file: bytes may follow an archive.
    for _ in chunks:
        pass


def _hashed(chunks: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


class _Kept:
    """The bytes decompressed so far: in memory, or in a file if there are many."""

    def __init__(self, spool_folder: Path, uri: str, memory_bytes: int) -> None:
        self._folder = spool_folder
        self._uri = uri
        self._most = memory_bytes
        self._memory = bytearray()
        self._is_spooled = False
        self.size = 0

    @property
    def _path(self) -> Path:
        return self._folder / f"large-{identify('spool', self._uri)}"

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if not self._is_spooled and self.size > self._most:
            self._path.write_bytes(self._memory)
            self._memory.clear()
            self._is_spooled = True
        if self._is_spooled:
            with self._path.open("ab") as spool:
                spool.write(piece)
        else:
            self._memory += piece

    def align(self) -> None:
        """Add zeros, so that what follows can be mapped into memory by itself."""
        if self.size % ALIGNED_TO:
            self.add(bytes(ALIGNED_TO - self.size % ALIGNED_TO))

    def cut_to(self, size: int) -> None:
        self.size = size
        if self._is_spooled:
            with self._path.open("r+b") as spool:
                spool.truncate(size)
        else:
            del self._memory[size:]

    def forget(self) -> None:
        if self._is_spooled:
            self._path.unlink()

    def done(self) -> tuple[bytes, Path | None]:
        if self._is_spooled and not self.size:
            self._path.unlink()
            self._is_spooled = False
        return bytes(self._memory), self._path if self._is_spooled else None
