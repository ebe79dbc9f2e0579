"""The files that the sources of a run name: files, folders and globs on this machine."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flows.errors import WrongUse

LEFT_OUT = ("README", "README.md", "README.txt", "LICENSE", "LICENSE.txt", "COPYING", "NOTICE")
"""Names that a walk through a folder leaves out, as it does names that begin with a dot. A file that
is itself a source is always read."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, with what shows without reading it whether it has changed.

    `ctime_ns` is included because a copy can keep size and mtime and have other bytes; `etag` is what a
    server states. A size of -1 is not known until the file is requested. A file that is left out for its
    name is not read.
    """

    uri: str
    size: int
    mtime_ns: int
    ctime_ns: int
    is_regular: bool
    etag: str = ""
    is_left_out: bool = False

    @property
    def stamp(self) -> tuple[int, int, int, str]:
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
    kept_out = f"{outside.resolve()}{os.sep}" if outside else None
    for source in sources:
        for path, is_left_out in _paths(source):
            resolved = os.path.abspath(path)
            if (kept_out and resolved.startswith(kept_out)) or not (file := look_at(Path(resolved))):
                continue
            if not is_left_out or file.uri not in found:
                found[file.uri] = replace(file, is_left_out=True) if is_left_out else file
    return [found[uri] for uri in sorted(found)]


def look_at(path: Path) -> FoundFile | None:
    """Return the file as the file system describes it now; None if it no longer exists."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    except OSError:
        # A loop of links, a folder without permission: reading the file reports which.
        return FoundFile(path.as_uri(), 0, 0, 0, True)
    regular = stat.S_ISREG(seen.st_mode)
    return FoundFile(path.as_uri(), seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, regular)


def _paths(source: str) -> Iterator[tuple[str, bool]]:
    """Yield each path that a source names, and whether it is left out for its name."""
    if os.path.isdir(source):
        for folder, folders, names in os.walk(source):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in names:
                yield os.path.join(folder, name), name.startswith(".") or name in LEFT_OUT
    elif os.path.lexists(source):
        yield source, False
    elif glob.has_magic(source) and os.path.isdir(_folder_above(source)):
        for path in glob.glob(source, recursive=True):
            if not os.path.isdir(path):
                yield path, False
    else:
        raise WrongUse("source", source, "a file, a folder, or a glob below a folder that exists")


def _folder_above(pattern: str) -> str:
    """Return the longest part of a glob that is a plain path: the folder in which it searches."""
    folder = pattern
    while glob.has_magic(folder):
        folder = os.path.dirname(folder)
    return folder or "."


def vanished_from(sources: Iterable[str], files: Iterable[FoundFile], known: frozenset[str]) -> list[str]:
    """Return the known uris under the folders among the sources that have disappeared."""
    there = {file.uri for file in files}
    folders = tuple(
        Path(os.path.abspath(source)).as_uri() + "/" for source in sources if os.path.isdir(source)
    )
    return sorted(uri for uri in known - there if uri.startswith(folders)) if folders else []
