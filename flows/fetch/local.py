"""What the sources of a run name: files, folders and globs on this machine, and addresses elsewhere."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flows.errors import WrongUse

LEFT_OUT = ("README", "README.md", "README.txt", "LICENSE", "LICENSE.txt", "COPYING", "NOTICE")
"""Names that a walk through a folder passes over, as it does names that begin with a dot. A file
that is named itself is always read."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, and what tells whether it is still the same without reading it.

    `ctime_ns` is in it because a copy can keep size and mtime and have other bytes; `etag` is what a
    server says of it. A size of -1 is not known before it is asked for.
    """

    uri: str
    size: int
    mtime_ns: int
    ctime_ns: int
    is_regular: bool
    etag: str = ""

    @property
    def stamp(self) -> tuple[int, int, int, str]:
        """Size, mtime, ctime and etag: where all are equal the bytes are taken to be equal."""
        return self.size, self.mtime_ns, self.ctime_ns, self.etag

    @property
    def path(self) -> Path:
        """Where it is on this machine."""
        return Path(unquote(urlsplit(self.uri).path, errors="surrogateescape"))


def is_address(source: str) -> bool:
    """Tell an address such as `https://…` or `s3://…` from a path."""
    return "://" in source


def find_files(sources: Iterable[str], *, outside: Path) -> list[FoundFile]:
    """Find the files that the sources name on this machine, each once, ordered by uri.

    A source is a file, a folder (walked whole, links to folders not followed) or a glob. Files
    under `outside`, the output, are never read.

    Raises:
        WrongUse: a source names nothing that exists.
    """
    found: dict[str, FoundFile] = {}
    kept_out = f"{outside.resolve()}{os.sep}"
    for source in sources:
        for path in _paths(source):
            resolved = os.path.abspath(path)
            if not resolved.startswith(kept_out) and (file := look_at(Path(resolved))):
                found[file.uri] = file
    return [found[uri] for uri in sorted(found)]


def look_at(path: Path) -> FoundFile | None:
    """Return what the file system says of a file now, or None where there is none any more."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    except OSError:
        # A loop of links, a folder that may not be entered: reading it will say which.
        return FoundFile(path.as_uri(), 0, 0, 0, True)
    regular = stat.S_ISREG(seen.st_mode)
    return FoundFile(path.as_uri(), seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, regular)


def _paths(source: str) -> Iterator[str]:
    if os.path.isdir(source):
        for folder, folders, names in os.walk(source):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in names:
                if not name.startswith(".") and name not in LEFT_OUT:
                    yield os.path.join(folder, name)
    elif os.path.lexists(source):
        yield source
    else:
        matched = glob.glob(source, recursive=True) if glob.has_magic(source) else []
        files = [path for path in matched if not os.path.isdir(path)]
        if not files:
            raise WrongUse("source", source, "a file, a folder or a glob that matches a file")
        yield from files


def vanished_from(sources: Iterable[str], files: Iterable[FoundFile], known: frozenset[str]) -> list[str]:
    """Return the known uris under the folders among the sources that are no longer there."""
    there = {file.uri for file in files}
    folders = tuple(
        Path(os.path.abspath(source)).as_uri() + "/" for source in sources if os.path.isdir(source)
    )
    return sorted(uri for uri in known - there if uri.startswith(folders)) if folders else []
