"""What earlier runs know of each source: a projection of the commit log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from flows.records import Input


class Ledger:
    """The newest known version of each source, by uri, and the newest of each item of a feed."""

    def __init__(self, inputs: Iterable[Mapping[str, Any]] = ()) -> None:
        """Take the inputs of all commits, in their order."""
        self._known: dict[str, Input] = {}
        self._items: defaultdict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
        for each in inputs:
            seen = self._known[each["uri"]] = Input(**each)
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
