"""The files of a tar archive, read from a stream."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Generator, Iterator
from contextlib import closing

from flows.errors import BrokenCompression, DispatchError, NoFile
from flows.fetch.members import Member, in_unicode, joined, why_not
from flows.fetch.streams import CHUNK, Budget

TAR_ERRORS = (tarfile.TarError, EOFError, OSError, ValueError, OverflowError)
"""What tarfile raises for damaged headers, whose numbers it reads with `int`."""


def tar_members(chunks: Iterator[bytes], path: str, budget: Budget) -> Iterator[Member]:
    """Yield the files of a tar archive, each to be read before the next is requested; last, why the archive ends early."""
    names: dict[str, int] = {}
    reader = _Reader(chunks)
    try:
        with closing(_tar_infos(reader, budget)) as infos:
            for archive, info in infos:
                if budget.is_over:
                    return
                budget.member()
                if info.isdir():
                    continue
                own = in_unicode(info.name)
                name = joined(path, own, names)
                if refused := why_not(own, budget.uri):
                    yield Member(name, refused=refused)
                elif not info.isfile():
                    yield Member(name, refused=NoFile(budget.uri, name, "a link or a device"))
                else:
                    yield Member(name, _tar_chunks(archive, info, name, budget, reader))
    except DispatchError as error:
        yield Member(path, refused=error)


def _tar_infos(
    reader: _Reader, budget: Budget
) -> Generator[tuple[tarfile.TarFile, tarfile.TarInfo], None, None]:
    """Yield the files of a tar archive.

    Raises:
        BrokenCompression: what tarfile cannot read.
    """
    try:
        archive = tarfile.open(fileobj=reader, mode="r|")  # noqa: SIM115  # closed below
    except TAR_ERRORS as error:
        raise _broken_tar(error, reader, budget, "tar error") from None
    with archive:
        while True:
            try:
                info = archive.next()
            except TAR_ERRORS as error:
                # After a bomb nothing more is read; the archive itself is not damaged.
                if budget.is_over:
                    return
                raise _broken_tar(error, reader, budget, "tar error") from None
            if info is None:
                return
            yield archive, info


def _tar_chunks(
    archive: tarfile.TarFile, info: tarfile.TarInfo, name: str, budget: Budget, reader: _Reader
) -> Iterator[bytes]:
    content = archive.extractfile(info)
    left = info.size
    while content is not None and left > 0:
        try:
            piece = content.read(min(CHUNK, left))
        except TAR_ERRORS as error:
            raise _broken_tar(error, reader, budget, f"{name} is cut short") from None
        if not piece:
            raise BrokenCompression(budget.uri, f"{name} is cut short")
        left -= len(piece)
        yield piece


def _broken_tar(error: Exception, reader: _Reader, budget: Budget, what: str) -> Exception:
    """Return what to raise for an error of tarfile; one of what it reads from passes through as it is."""
    if error is reader.failure:
        return error
    return BrokenCompression(budget.uri, f"{what}: {error}"[:200])


class _Reader(io.RawIOBase):
    """Chunks as the file that tarfile reads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""
        self.failure: Exception | None = None
        """What reading the chunks raised, which tarfile passes on."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        pieces = [self._left]
        have = len(self._left)
        while size < 0 or have < size:
            try:
                chunk = next(self._chunks, None)
            except TAR_ERRORS as error:
                self.failure = error
                raise
            if chunk is None:
                break
            pieces.append(chunk)
            have += len(chunk)
        data = b"".join(pieces)
        if size < 0:
            self._left = b""
            return data
        self._left = data[size:]
        return data[:size]
