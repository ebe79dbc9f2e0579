"""What a stretch of commit records comes to, each question by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from flows.commits import Input
from flows.records import FEED_ITEM
from flows.write.log import Commit


def inputs_of(records: Iterable[Commit]) -> Iterator[dict[str, Any]]:
    """Yield the inputs of commits, in their order."""
    return chain.from_iterable(record.inputs for record in records)


def revised_among(inputs: Iterable[Input]) -> dict[str, int]:
    """Return the newest version of each source, and of each item of a feed, that has had more than one.

    A version without dispatches has no rows, so that it supersedes none.
    """
    found = {}
    for each in inputs:
        if each.version > 1 and each.dispatch_count:
            found[each.uri] = each.version
        elif each.version > 1:
            found.pop(each.uri, None)
        for key, (_, version) in each.items.items():
            if version > 1:
                found[f"{each.uri}{FEED_ITEM}{key}"] = version
    return found


def erased_by(records: Iterable[Commit]) -> Iterator[str]:
    """Yield the keys of what commits have erased."""
    return chain.from_iterable(record.generation.erased for record in records if record.generation)


def last_placed(records: Iterable[Commit]) -> int:
    """Return the number of the last commit that placed articles into stories, 0 for none."""
    return max((record.seq for record in records if record.kind == "stories"), default=0)


def last_signed(records: Iterable[Commit]) -> int:
    """Return the number of the last commit that added articles to be placed, 0 for none."""
    signed = (
        record.seq
        for record in records
        # The rows of a generation are older than it.
        if record.generation is None
        and any(file.table == "signatures" and file.rows > 0 for file in record.files)
    )
    return max(signed, default=0)
