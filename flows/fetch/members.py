"""A file in a source: its path and its bytes, or why it is refused."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.errors import DispatchError, EscapingPath
from flows.fetch.web_archives import Damage


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


def joined(path: str, name: str, names: dict[str, int]) -> str:
    """Return a path in the source; a repeated one gets a number."""
    names[name] = names.get(name, 0) + 1
    numbered = f"{name}#{names[name]}" if names[name] > 1 else name
    clean = posixpath.normpath(numbered.replace("\0", "\ufffd"))
    return f"{path}!/{clean}" if path else clean
