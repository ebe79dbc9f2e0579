"""What earlier runs know of each source: a projection of the commit log."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from flows.commits import LEFT_OUT, Input, Stamp


class KnownSources(Protocol):
    """The newest version of each source in a range of the log, by uri; a checkpoint is one."""

    @property
    def left_out(self) -> frozenset[str]:
        """The files that were left out for their names."""

    def stamp_of(self, uri: str) -> Stamp | None:
        """Return the stamp of a source, or None for one that is not in the range."""

    def of(self, uri: str) -> Input | None:
        """Return the newest version of a source; `items` are those of all its versions in the range."""

    def uris(self, prefix: str = "") -> Iterator[str]:
        """Yield the sources whose uri begins with a prefix, in order."""


class SourcesInMemory:
    """The sources of commits that no checkpoint covers yet."""

    def __init__(self, inputs: Iterable[Mapping[str, Any]]) -> None:
        """Take the inputs of commits, in their order."""
        known: dict[str, Input] = {}
        left_out = set()
        for each in inputs:
            if each["format"] == LEFT_OUT:
                left_out.add(each["uri"])
                continue
            seen = Input(**each)
            before = known.get(seen.uri)
            known[seen.uri] = seen.with_items_of(before) if before else seen
        self._known = known
        self.left_out = frozenset(left_out)

    def __bool__(self) -> bool:
        return bool(self._known or self.left_out)

    def stamp_of(self, uri: str) -> Stamp | None:
        """Return the stamp of a source, or None for one that is not among them."""
        seen = self._known.get(uri)
        return seen.stamp if seen else None

    def of(self, uri: str) -> Input | None:
        """Return the newest version of a source; `items` are those of all its versions."""
        return self._known.get(uri)

    def uris(self, prefix: str = "") -> Iterator[str]:
        """Yield the sources whose uri begins with a prefix, in order."""
        return iter(sorted(uri for uri in self._known if uri.startswith(prefix)))

    def inputs(self) -> Iterator[Input]:
        """Yield the newest version of each source, in the order of their uris."""
        return (self._known[uri] for uri in sorted(self._known))


class Ledger:
    """The newest known version of each source, by uri, and the newest of each item of a feed."""

    def __init__(
        self, inputs: Iterable[Mapping[str, Any]] = (), *, checkpoints: Sequence[KnownSources] = ()
    ) -> None:
        """Take what checkpoints know, the oldest first, and the inputs of the commits after them, in their order."""
        latest = SourcesInMemory(inputs)
        self._newest_first: list[KnownSources] = [*([latest] if latest else []), *reversed(checkpoints)]

    def stamp_of(self, uri: str) -> Stamp | None:
        """Return the stamp of the newest version of a source, or None for one never seen."""
        for known in self._newest_first:
            if (stamp := known.stamp_of(uri)) is not None:
                return stamp
        return None

    def of(self, uri: str) -> Input | None:
        """Return the newest version of a source, or None for one never seen."""
        return next((seen for known in self._newest_first if (seen := known.of(uri))), None)

    def items_of(self, uri: str) -> Mapping[str, tuple[str, int]]:
        """Return sha256 and version of each item that a feed ever held, by the item's key."""
        items: dict[str, tuple[str, int]] = {}
        for known in reversed(self._newest_first):
            if seen := known.of(uri):
                items.update({key: (sha, version) for key, (sha, version) in seen.items.items()})
        return items

    def uris(self, prefix: str = "") -> Iterator[str]:
        """Yield every source ever committed whose uri begins with a prefix, in order."""
        merged = heapq.merge(*(known.uris(prefix) for known in self._newest_first))
        return (uri for uri, _ in groupby(merged))

    def left_out(self) -> frozenset[str]:
        """Return every file that was left out for its name, unless it was read as a source of its own."""
        named = frozenset[str]().union(*(known.left_out for known in self._newest_first))
        return frozenset(uri for uri in named if self.stamp_of(uri) is None)

    def lists(self, uri: str) -> bool:
        """Return True if a commit lists the file, as read or as left out."""
        return any(uri in known.left_out for known in self._newest_first) or self.stamp_of(uri) is not None
