"""The files that the sources of a run name: files, folders and globs on this machine."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote, urlsplit

from flows.commits import Stamp
from flows.errors import WrongUse

LEFT_OUT = ("README", "README.md", "README.txt", "LICENSE", "LICENSE.txt", "COPYING", "NOTICE")
"""Names that a walk through a folder leaves out, as it does names that begin with a dot. A file that
is itself a source is always read."""

PLAIN_NAME = re.compile(r"[A-Za-z0-9_.~-]+").fullmatch
"""Matches a name that is the same in a uri."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, with what shows without reading it whether it has changed.

    `ctime_ns` is included because a copy can keep size and mtime and have other bytes; `etag` is what a
    server states. A size of -1 is not known until the file is requested. A file that is left out for its
    name is not read. `address` is what is requested where the uri lacks its secrets; `allows_private` permits that it
    leads to a private network.
    """

    uri: str
    size: int
    mtime_ns: int
    ctime_ns: int
    is_regular: bool
    etag: str = ""
    is_left_out: bool = False
    address: str = field(default="", repr=False)
    allows_private: bool = False

    @property
    def stamp(self) -> Stamp:
        """Size, mtime, ctime and etag: if all are equal, the bytes are assumed to be equal."""
        return self.size, self.mtime_ns, self.ctime_ns, self.etag

    @property
    def path(self) -> Path:
        """The path on this machine."""
        return Path(unquote(urlsplit(self.uri).path, errors="surrogateescape"))


def find_files(sources: Iterable[str], *, outside: Path | None) -> list[FoundFile]:
    """Find the files that the sources name on this machine, each once, ordered by uri.

    A source is a file, a folder (walked whole, links to folders not followed) or a glob. Files under
    `outside`, the output if it is a folder, are never returned. An empty folder, and a glob below a folder that exists,
    may match no file.

    Raises:
        WrongUse: a source names nothing that exists.
    """
    found: dict[str, FoundFile] = {}
    kept_out = (f"{outside.resolve()}{os.sep}",) if outside else ()
    for source in sources:
        for file in _files_of(source, kept_out):
            if not file.is_left_out or file.uri not in found:
                found[file.uri] = file
    return [found[uri] for uri in sorted(found)]


def look_at(path: Path) -> FoundFile | None:
    """Return the file as the file system describes it now; None if it no longer exists."""
    return described(path.as_uri(), path.stat)


def described(uri: str, ask: Callable[[], os.stat_result], is_left_out: bool = False) -> FoundFile | None:
    """Return a file by its uri as `ask`, its stat, describes it; None if it no longer exists."""
    try:
        seen = ask()
    except FileNotFoundError:
        return None
    except OSError:
        # A loop of links, a folder without permission: reading the file reports which.
        return FoundFile(uri, 0, 0, 0, True, "", is_left_out)
    regular = stat.S_ISREG(seen.st_mode)
    return FoundFile(uri, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, regular, "", is_left_out)


def _files_of(source: str, kept_out: tuple[str, ...]) -> Iterator[FoundFile]:
    """Yield the files that a source names, without those below `kept_out`."""
    if os.path.isdir(source):
        yield from _files_below(os.path.abspath(source), kept_out)
    elif os.path.lexists(source):
        yield from _files_at((source,), kept_out)
    elif glob.has_magic(source) and os.path.isdir(_folder_above(source)):
        yield from _files_at(
            (path for path in glob.iglob(source, recursive=True) if not os.path.isdir(path)), kept_out
        )
    else:
        raise WrongUse("source", source, "a file, a folder, or a glob below a folder that exists")


def _files_at(paths: Iterable[str], kept_out: tuple[str, ...]) -> Iterator[FoundFile]:
    for path in paths:
        resolved = os.path.abspath(path)
        if not resolved.startswith(kept_out) and (file := look_at(Path(resolved))):
            yield file


def _files_below(folder: str, kept_out: tuple[str, ...]) -> Iterator[FoundFile]:
    """Walk a folder, given by its absolute path; a folder that cannot be listed has no files.

    The folder's part of the uri is quoted once: 100,000 files take half of the time of one `Path` for each.
    """
    folders = [folder]
    while folders:
        folder = os.path.join(folders.pop(), "")
        if folder.startswith(kept_out):
            continue
        start = Path(folder).as_uri().removesuffix("/") + "/"
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            name = entry.name
            if _is_folder(entry):
                if not name.startswith(".") and not entry.is_symlink():
                    folders.append(entry.path)
                continue
            uri = start + (name if PLAIN_NAME(name) else quote_from_bytes(os.fsencode(name)))
            file = described(uri, entry.stat, name.startswith(".") or name in LEFT_OUT)
            if file is not None:
                yield file


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _folder_above(pattern: str) -> str:
    """Return the longest part of a glob that is a plain path: the folder in which it searches."""
    folder = pattern
    while glob.has_magic(folder):
        folder = os.path.dirname(folder)
    return folder or "."


def vanished_from(
    sources: Iterable[str], files: Iterable[FoundFile], known_below: Callable[[str], Iterable[str]]
) -> list[str]:
    """Return the known uris under the folders among the sources that have disappeared.

    `known_below` returns the known uris that begin with a prefix.
    """
    folders = [
        Path(os.path.abspath(source)).as_uri().removesuffix("/") + "/"
        for source in sources
        if os.path.isdir(source)
    ]
    if not folders:
        return []
    there = {file.uri for file in files}
    return sorted({uri for folder in folders for uri in known_below(folder)} - there)
