"""What earlier runs know of each source: a projection of the commit log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.records import Input


class Ledger:
    """The newest known version of each source, by uri."""

    def __init__(self, inputs: Iterable[Mapping[str, Any]] = ()) -> None:
        """Take the inputs of all commits, in their order."""
        self._known: dict[str, Input] = {each["uri"]: Input(**each) for each in inputs}

    def of(self, uri: str) -> Input | None:
        """Return the newest version of a source, or None for one never seen."""
        return self._known.get(uri)

    def uris(self) -> frozenset[str]:
        """Return every source ever committed."""
        return frozenset(self._known)
