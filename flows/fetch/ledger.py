"""What earlier runs know of each source: a projection of the commit log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from flows.commits import Input

LEFT_OUT = "left_out"
"""The format of a file that was left out for its name: listed in the log, and not read."""


class Ledger:
    """The newest known version of each source, by uri, and the newest of each item of a feed."""

    def __init__(self, inputs: Iterable[Mapping[str, Any]] = ()) -> None:
        """Take the inputs of all commits, in their order."""
        self._known: dict[str, Input] = {}
        self._left_out: dict[str, Input] = {}
        self._items: defaultdict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
        for each in inputs:
            seen = Input(**each)
            if seen.format == LEFT_OUT:
                self._left_out[seen.uri] = seen
                continue
            self._known[seen.uri] = seen
            if seen.items:
                self._items[seen.uri].update(
                    {key: (sha, version) for key, (sha, version) in seen.items.items()}
                )

    def of(self, uri: str) -> Input | None:
        """Return the newest version of a source, or None for one never seen."""
        return self._known.get(uri)

    def items_of(self, uri: str) -> Mapping[str, tuple[str, int]]:
        """Return sha256 and version of each item that a feed ever held, by the item's key."""
        return self._items.get(uri, {})

    def uris(self) -> frozenset[str]:
        """Return every source ever committed."""
        return frozenset(self._known)

    def left_out(self) -> frozenset[str]:
        """Return every file that was left out for its name, unless it was read as a source of its own."""
        return frozenset(self._left_out) - self.uris()
