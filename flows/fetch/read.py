"""The bytes of one source: read once, unpacked, hashed, and the same file from beginning to end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from flows.errors import DispatchError, SourceMoved, UnreadableSource
from flows.fetch.local import FoundFile, look_at
from flows.fetch.unpack import CHUNK, compression_of, unpacked
from flows.records import identify


@dataclass(slots=True)
class Fetched:
    """The bytes of a source, unpacked: in memory while they are few, in a spool file when not."""

    sha256: str
    size: int
    memory: bytes
    spooled: Path | None
    refused: DispatchError | None

    def forget(self) -> None:
        """Remove the copy, when nothing new is in it."""
        if self.spooled:
            self.spooled.unlink()


def fetch_bytes(file: FoundFile, spool_folder: Path, memory_bytes: int) -> Fetched:
    """Read a source once, hash what is read, and check that it was the same file throughout.

    Over `memory_bytes` it is kept in a file of the spool folder. A source that cannot be read is
    `refused`; a spool that cannot be written is the run's failure, and raises OSError.

    Raises:
        SourceMoved: it changed meanwhile, or is gone.
    """
    digest = hashlib.sha256()
    memory = bytearray()
    spooled: Path | None = None
    size = 0
    try:
        for piece in pieces_of(file, digest):
            size += len(piece)
            if spooled is None and size > memory_bytes:
                spooled = spool_folder / f"large-{identify('spool', file.uri)}"
                spooled.write_bytes(memory)
                memory.clear()
            if spooled:
                with spooled.open("ab") as spool:
                    spool.write(piece)
            else:
                memory += piece
    except DispatchError as error:
        if spooled:
            spooled.unlink()
        return Fetched(digest.hexdigest(), file.size, b"", None, error)
    now = look_at(file.path)
    if now is None or now.stamp != file.stamp:
        raise SourceMoved(file.uri)
    return Fetched(digest.hexdigest(), size, bytes(memory), spooled, None)


def pieces_of(file: FoundFile, digest: hashlib._Hash) -> Iterator[bytes]:
    """Yield the bytes of a source, unpacked, and hash them as they are stored.

    Raises:
        UnreadableSource: no file, or one that the system refuses to read.
        BrokenCompression, CompressionBomb: as `unpacked`.
        SourceMoved: it is gone.
    """
    chunks = _stored(file, digest)
    first = next(chunks, b"")
    kind = compression_of(first)
    together = chain((first,), chunks)
    yield from unpacked(together, kind, file.uri) if kind else together


def _stored(file: FoundFile, digest: hashlib._Hash) -> Iterator[bytes]:
    if not file.is_regular:
        raise UnreadableSource(file.uri, "a device, a pipe or a socket")
    try:
        with file.path.open("rb") as raw:
            while chunk := raw.read(CHUNK):
                digest.update(chunk)
                yield chunk
    except FileNotFoundError:
        raise SourceMoved(file.uri) from None
    except OSError as error:
        raise UnreadableSource(file.uri, error.strerror or type(error).__name__) from None
