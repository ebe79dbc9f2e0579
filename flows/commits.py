"""The data classes of runs and commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

Stamp = tuple[int, int, int, str]
"""Size, mtime, ctime and etag of a source: if all are equal, the bytes are assumed to be equal."""

STAGES = ("fetch", "parse", "enrich", "write", "commit")
"""The stages of a run whose time is measured, in order."""

MAX_NAMED = 20
"""Files, and failures, that the row of a run names; it counts all."""

LEFT_OUT = "left_out"
"""The format of a file that was left out for its name: listed in the log, and not read."""


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """One finished run: what it read, and how long each stage, and `total`, took."""

    run_id: str
    started_at: datetime
    ended_at: datetime
    sources: tuple[str, ...]
    parameters: Mapping[str, str]
    versions: Mapping[str, str]
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    fill_counts: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """What one committed batch adds to one table."""

    batch_id: str
    staged_at: datetime
    table: str
    file_count: int
    row_count: int
    byte_count: int
    sha256s: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One source in a commit, and how many dispatches it contained.

    `items` are those of a feed that were new in it: by the item's key, its sha256 and its version. `options` are the `Rules.options` that it
    was read with.
    """

    uri: str
    sha256: str
    version: int
    supersedes: str | None
    size: int
    mtime_ns: int
    ctime_ns: int
    format: str
    dispatch_count: int
    etag: str = ""
    items: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def stamp(self) -> Stamp:
        """Size, mtime, ctime and etag, as `FoundFile.stamp`."""
        return self.size, self.mtime_ns, self.ctime_ns, self.etag

    def with_items_of(self, before: Input) -> Input:
        """Return this version with the items of an earlier one too."""
        return replace(self, items={**before.items, **self.items}) if before.items else self

    def as_json(self) -> dict[str, Any]:
        """Return the input as a commit record stores it."""
        return {name: getattr(self, name) for name in self.__slots__}
