"""Several dispatches in one file of text: end marks (`###`, `-30-`) and repeated heads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from flows.parse.formats import Buffer
from flows.parse.mapped import found_in, has_words

END_MARK = re.compile(rb"^[ \t]*(?:#[ \t]?#[ \t]?#|-[ \t]?30[ \t]?-)[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
HEAD_BYTES = 4096

IsHead = Callable[[bytes], bool]


def split_at_marks(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield the ranges between end marks; each mark belongs to the dispatch before it."""
    start = 0
    for mark in found_in(END_MARK, payload):
        if has_words(payload, mark.end(), len(payload)) and has_words(payload, start, mark.start()):
            yield start, mark.end()
            start = mark.end()
    yield start, len(payload)


def split_at_heads(payload: Buffer, is_head: IsHead, starts: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Yield each dispatch from its head to the next; `starts` finds where one may begin.

    A head is at the beginning of the file, or after a blank line or an end mark, so that a date in the text is not one.
    """
    start = 0
    for found in found_in(starts, payload):
        at = found.start()
        if (
            at > start
            and _follows_a_gap(payload, at)
            and has_words(payload, start, at)
            and is_head(bytes(payload[at : at + HEAD_BYTES]))
        ):
            yield start, at
            start = at
    yield start, len(payload)


def _follows_a_gap(payload: Buffer, at: int) -> bool:
    before = bytes(payload[max(0, at - 80) : at])
    if not before.endswith(b"\n"):
        return False
    last = before[:-1].rpartition(b"\n")[2].strip()
    return not last or END_MARK.fullmatch(last) is not None
