"""The files that the sources of a run name: files, folders and globs on this machine."""

from __future__ import annotations

import glob
import heapq
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote, unquote_to_bytes, urlsplit

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
        return _path_of(self.uri)


def find_files(sources: Iterable[str], *, outside: Path | None) -> Iterator[FoundFile]:
    """Find the files that the sources name on this machine, each once, ordered by uri.

    A source is a file, a folder (walked whole, links to folders not followed) or a glob. Files under
    `outside`, the output if it is a folder, are never returned. An empty folder, and a glob below a folder that exists,
    may match no file. Of a folder, the names of its entries are in memory, and one file.

    Raises:
        WrongUse: a source names nothing that exists; at once, before the first file is asked for.
    """
    kept_out = (f"{outside.resolve()}{os.sep}",) if outside else ()
    folders: list[str] = []
    others: list[str] = []
    for source in sources:
        if os.path.isdir(source):
            folders.append(os.path.abspath(source))
        elif os.path.lexists(source) or (glob.has_magic(source) and os.path.isdir(_folder_above(source))):
            others.append(source)
        else:
            raise WrongUse("source", source, "a file, a folder, or a glob below a folder that exists")
    streams = [_files_below(folder, kept_out) for folder in dict.fromkeys(folders)]
    if others:
        streams.append(_files_named(others, kept_out))
    return _each_once(heapq.merge(*streams, key=attrgetter("uri")))


def _each_once(files: Iterable[FoundFile]) -> Iterator[FoundFile]:
    """Yield one of the files that have the same uri, which follow one another: as a source it is read, whatever its name."""
    for _, same in groupby(files, key=attrgetter("uri")):
        yield min(same, key=attrgetter("is_left_out"))


def _path_of(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path, errors="surrogateescape"))


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


def _files_named(sources: Iterable[str], kept_out: tuple[str, ...]) -> Iterator[FoundFile]:
    """Yield the files that are sources themselves or that a glob matches, ordered by uri."""
    uris: set[str] = set()
    for source in sources:
        paths = (
            [source]
            if os.path.lexists(source)
            else (path for path in glob.iglob(source, recursive=True) if not os.path.isdir(path))
        )
        for path in paths:
            resolved = os.path.abspath(path)
            if not resolved.startswith(kept_out):
                uris.add(Path(resolved).as_uri())
    for uri in sorted(uris):
        file = described(uri, _path_of(uri).stat)
        if file is not None:
            yield file


def _files_below(folder: str, kept_out: tuple[str, ...]) -> Iterator[FoundFile]:
    """Walk a folder, given by its absolute path, in the order of the uris.

    A folder that cannot be listed is yielded itself, with a `/` at the end of its uri: reading it reports why. The folder's part of the uri is quoted once: 100,000 files take half of the time of one `Path` for each.
    """
    walked: list[tuple[str, str, list[str]]] = []
    waiting: str | None = folder
    while waiting is not None or walked:
        if waiting is not None:
            try:
                walked.append(_listed(waiting, kept_out))
            except FileNotFoundError:
                pass
            except OSError:
                yield FoundFile(_uri_of_folder(waiting), 0, 0, 0, is_regular=True)
            waiting = None
            continue
        start, path, names = walked[-1]
        if not names:
            walked.pop()
            continue
        name = names.pop()
        own = name if PLAIN_NAME(name.removesuffix("/")) else os.fsdecode(unquote_to_bytes(name))
        if name.endswith("/"):
            waiting = path + own
            continue
        is_left_out = own.startswith(".") or own in LEFT_OUT
        file = described(start + name, partial(os.stat, path + own), is_left_out)
        if file is not None:
            yield file


def _listed(folder: str, kept_out: tuple[str, ...]) -> tuple[str, str, list[str]]:
    """Return the uri and the path of a folder, and the names in it as in a uri, the last first; those of folders end in `/`.

    A folder sorts as its name with the `/`, since that is how the uris of its files go on.
    """
    folder = os.path.join(folder, "")
    start = _uri_of_folder(folder)
    names: list[str] = []
    if folder.startswith(kept_out):
        return start, folder, names
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name if PLAIN_NAME(entry.name) else quote_from_bytes(os.fsencode(entry.name))
            if not _is_folder(entry):
                names.append(name)
            elif not name.startswith(".") and not entry.is_symlink():
                names.append(f"{name}/")
    names.sort(reverse=True)
    return start, folder, names


def _uri_of_folder(folder: str) -> str:
    return Path(folder).as_uri().removesuffix("/") + "/"


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


def folders_among(sources: Iterable[str]) -> list[str]:
    """Return the uri of each folder among the sources, with a `/` at its end, in order; none is within another."""
    folders: list[str] = []
    for uri in sorted(Path(os.path.abspath(each)).as_uri() for each in sources if os.path.isdir(each)):
        folder = uri.removesuffix("/") + "/"
        if not folders or not folder.startswith(folders[-1]):
            folders.append(folder)
    return folders


def noting_vanished(
    files: Iterable[FoundFile], known: Iterator[str], vanished: list[str]
) -> Iterator[FoundFile]:
    """Pass the files on, and add to `vanished` the known uris that are not among them; both are ordered by uri."""
    ahead = next(known, None)
    for file in files:
        while ahead is not None and ahead < file.uri:
            vanished.append(ahead)
            ahead = next(known, None)
        if ahead == file.uri:
            ahead = next(known, None)
        yield file
    if ahead is not None:
        vanished += [ahead, *known]
