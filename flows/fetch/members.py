"""A file in a source: its path and its bytes, or why it is refused."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.errors import DispatchError, EscapingPath
from flows.fetch.web_archives import Damage

UNDECODED = re.compile("[\udc80-\udcff]")


@dataclass(slots=True)
class Member:
    """A file within a source, by its path there (empty for the source itself), or why it is refused.

    `damages` is complete when all chunks are read.
    """

    path: str
    chunks: Iterable[bytes] = ()
    refused: DispatchError | None = None
    damages: list[Damage] = field(default_factory=list)


def why_not(name: str, uri: str) -> DispatchError | None:
    """Return the refusal of a path that leads out of the archive; nothing would be written there, but it is an attack."""
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or (len(name) > 1 and name[1] == ":"):
        return EscapingPath(uri, name)
    return None


def joined(path: str, name: str, taken: dict[str, int]) -> str:
    """Return a path in the source that no other file of the archive has: a repeated one gets a number.

    `taken` are the names of the archive until now, with how often each was found.
    """
    clean = posixpath.normpath(name.replace("\0", "\ufffd"))
    found = clean
    while found in taken:
        taken[clean] += 1
        found = f"{clean}#{taken[clean]}"
    taken[found] = 1
    return f"{path}!/{found}" if path else found


def in_unicode(name: str) -> str:
    """Return a name that was decoded with `surrogateescape` as Unicode text: `%FF` for a byte that is no UTF-8."""
    return UNDECODED.sub(lambda found: f"%{ord(found[0]) - 0xDC00:02X}", name)
