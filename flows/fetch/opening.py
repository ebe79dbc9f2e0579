"""Opens a source: a local file, a page, or an object of a store."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.errors import SourceMoved, UnreachableSource, UnreadableSource
from flows.fetch import stores, web
from flows.fetch.local import FoundFile, described
from flows.fetch.streams import CHUNK


@dataclass(slots=True)
class Opened:
    """A source that is being read: what is known of it now, and its bytes as they are stored.

    At its end `chunks` checks that the source was the same throughout, and raises SourceMoved if it was not.
    """

    file: FoundFile
    charset: str | None
    chunks: Iterator[bytes]


def open_source(file: FoundFile, known_etag: str = "") -> Opened | None:
    """Open a source; None where its server says that nothing has changed since `known_etag`.

    Raises, here or while chunks are read:
        UnreadableSource: no file, or one that the system refuses to read.
        UnreachableSource: its server does not return it completely.
        SourceMoved: it changed meanwhile, or no longer exists.
    """
    scheme = urlsplit(file.uri).scheme
    if scheme == "file":
        return Opened(file, None, _file_chunks(file))
    if scheme in web.SCHEMES:
        answer = web.request(file, known_etag)
        return Opened(answer.file, answer.charset, answer.chunks) if answer else None
    return Opened(file, None, stores.object_chunks(file))


CLOCK_STEP = 20_000_000
"""Nanoseconds by which the clock that stamps files may go forward at once: Linux has steps of 1 to 10 ms. Within one of
them a file can change and keep all of its stamp."""

COARSE_CLOCK_STEP = 2_000_000_000
"""That of file systems that store whole seconds."""

UNSTEADY = frozenset(
    {
        errno.EAGAIN,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EREMOTEIO,
        errno.ESTALE,
        errno.ETIMEDOUT,
    }
)
"""Errors of the machine or of a disk, which say nothing of the file: another run may read it."""


def _file_chunks(file: FoundFile) -> Iterator[bytes]:
    if not file.is_regular:
        raise UnreadableSource(file.uri, "a device, a pipe or a socket")
    _wait_for_clock(file.ctime_ns)
    try:
        yield from _whole(file)
    except (FileNotFoundError, NotADirectoryError):
        raise SourceMoved(file.uri) from None
    except OSError as error:
        found = error.strerror or type(error).__name__
        if error.errno in UNSTEADY:
            raise UnreachableSource(file.uri, found, "its bytes") from None
        raise UnreadableSource(file.uri, found) from None


def _whole(file: FoundFile) -> Iterator[bytes]:
    """Yield the bytes of a file that is the one that was found, from before the first of them until after the last."""
    if file.uri.endswith("/"):
        # A folder that could not be listed: the same again, for its error.
        os.scandir(file.path).close()
        raise SourceMoved(file.uri)
    # A pipe that has taken its place would be waited for, and a terminal would become that of the run.
    handle = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)

    def is_same(seen: Callable[[], os.stat_result]) -> bool:
        now = described(file.uri, seen)
        return now is not None and now.is_regular and now.stamp == file.stamp

    def opened() -> os.stat_result:
        return os.fstat(handle)

    try:
        left = file.size
        if not is_same(opened):
            raise SourceMoved(file.uri)
        while chunk := os.read(handle, CHUNK):
            left -= len(chunk)
            if left < 0:
                # A file may grow as fast as it is read.
                raise SourceMoved(file.uri)
            yield chunk
        if left or not (is_same(opened) and is_same(file.path.stat)):
            raise SourceMoved(file.uri)
    finally:
        os.close(handle)


def _wait_for_clock(changed_ns: int) -> None:
    """Wait until a change to the file would show in its stamp; not at all for one that was not just changed."""
    step = CLOCK_STEP if changed_ns % 1_000_000_000 else COARSE_CLOCK_STEP
    since = time.time_ns() - changed_ns
    if 0 <= since < step:
        time.sleep((step - since) / 1_000_000_000)
