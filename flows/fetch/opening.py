"""Opens a source: a local file, a page, or an object of a store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.errors import SourceMoved, UnreadableSource
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


def _file_chunks(file: FoundFile) -> Iterator[bytes]:
    if not file.is_regular:
        raise UnreadableSource(file.uri, "a device, a pipe or a socket")
    path = file.path
    try:
        with path.open("rb") as raw:
            while chunk := raw.read(CHUNK):
                yield chunk
    except FileNotFoundError:
        raise SourceMoved(file.uri) from None
    except OSError as error:
        raise UnreadableSource(file.uri, error.strerror or type(error).__name__) from None
    now = described(file.uri, path.stat)
    if now is None or now.stamp != file.stamp:
        raise SourceMoved(file.uri)
