"""The files of a zip archive, which is copied to a temporary file, since its list of files is at its end."""

from __future__ import annotations

import lzma
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from flows.errors import BrokenCompression, CompressionBomb, DispatchError, EncryptedMember, NoFile
from flows.fetch.members import Member, joined, why_not
from flows.fetch.streams import CHUNK, Budget

ZIP_ERRORS = (zipfile.BadZipFile, EOFError, OSError, ValueError, OverflowError, NotImplementedError)
"""What zipfile raises for a damaged list of files, and for versions that it does not support."""

ZIPPED_ERRORS = (*ZIP_ERRORS, zlib.error, lzma.LZMAError, RuntimeError)
"""The same for the content of a file: RuntimeError if it requires a password."""


def zip_members(chunks: Iterator[bytes], path: str, budget: Budget) -> Iterator[Member]:
    """Yield the files of a zip archive, each to be read before the next is requested; or why it is refused."""
    # The list of files is at the end of a zip, so the whole archive is copied before it is read. What goes
    # wrong with that is the run's failure, not the archive's.
    with tempfile.TemporaryFile() as kept:
        names: dict[str, int] = {}
        try:
            for chunk in chunks:
                kept.write(chunk)
            size = kept.tell()
            archive = _zip_archive(kept, budget)
            with archive:
                infos = archive.infolist()
                _refuse_overlap(infos, size, budget.uri)
                for info in infos:
                    if budget.is_over:
                        return
                    budget.member()
                    if info.is_dir():
                        continue
                    name = joined(path, info.filename, names)
                    if refused := why_not(info.filename, budget.uri) or _why_not_zipped(
                        info, name, budget.uri
                    ):
                        yield Member(name, refused=refused)
                    else:
                        yield Member(name, _zipped(archive, info, name, budget))
        except DispatchError as error:
            yield Member(path, refused=error)


def _zip_archive(kept: IO[bytes], budget: Budget) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(kept)
    except ZIP_ERRORS as error:
        raise BrokenCompression(budget.uri, f"zip error: {error}"[:200]) from None


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: Budget) -> Iterator[bytes]:
    try:
        content = archive.open(info)
    except ZIPPED_ERRORS as error:
        raise BrokenCompression(budget.uri, f"{name}: {error}"[:200]) from None
    with content:
        while True:
            try:
                piece = content.read(CHUNK)
            except ZIPPED_ERRORS as error:
                raise BrokenCompression(budget.uri, f"{name}: {error}"[:200]) from None
            if not piece:
                return
            yield budget.count(piece)


def _refuse_overlap(infos: list[zipfile.ZipInfo], size: int, uri: str) -> None:
    """Refuse files that share their bytes: with them, a small zip decompresses to any size."""
    end = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.header_offset < end or info.header_offset > size:
            raise CompressionBomb(uri, "files that overlap", "bytes of its own for each file")
        end = info.header_offset + 30 + info.compress_size


def _why_not_zipped(info: zipfile.ZipInfo, name: str, uri: str) -> DispatchError | None:
    if info.flag_bits & 1:
        return EncryptedMember(uri, name)
    mode = info.external_attr >> 16
    if info.create_system == 3 and stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        return NoFile(uri, name, "a link or a device")
    return None
