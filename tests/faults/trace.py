"""The calls of a run that change the disk, as the shim records them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

RANDOM = re.compile(r"[0-9a-f]{32}|(?<=-)[0-9a-f]{8,12}(?=[/.])")
"""Parts of names that differ from run to run, or are made of what is in a file."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that succeeded. `number` is what a `Fault` is told; `inode` is 0 for a call on names; paths are below the output."""

    number: int
    name: str
    inode: int
    position: int
    path: str
    other: str
    data: bytes

    @property
    def point(self) -> str:
        """The call in words: `17 write .dateline/stage/…/articles.staged`."""
        where = f"{self.path} to {self.other}" if self.other else self.path
        return f"{self.number} {self.name} {RANDOM.sub('…', where) or '.'}"


def read_trace(path: Path, root: Path) -> list[Call]:
    """Read the calls that were recorded for an output."""
    return list(_calls(path.read_bytes(), str(root)))


def _calls(recorded: bytes, root: str) -> Iterator[Call]:
    at = 0
    while at < len(recorded):
        end = recorded.index(b"\n", at)
        number, name, inode, position, length, path, other = recorded[at:end].decode().split("\t")
        at = end + 1 + int(length)
        yield Call(
            int(number),
            name,
            int(inode),
            int(position),
            path.removeprefix(root).lstrip("/"),
            other.removeprefix(root).lstrip("/"),
            recorded[end + 1 : at],
        )


def points(calls: Sequence[Call]) -> list[Call]:
    """Return the calls at which faults are tried: all, but of the writes that follow one another in a file the first and the last.

    A Parquet file is written in dozens of small pieces, and between two of them nothing else happens.
    """
    return [
        call
        for before, call, after in zip((None, *calls), calls, (*calls[1:], None), strict=False)
        if not (_continues(before, call) and _continues(call, after))
    ]


def _continues(call: Call | None, after: Call | None) -> bool:
    return (
        call is not None
        and after is not None
        and call.name == after.name == "write"
        and call.path == after.path
    )
