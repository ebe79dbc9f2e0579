"""Files of gigabytes as buffers: mapped into memory, with few of their pages there at a time.

A page that was looked at stays in memory until it is given back. So searches go through a mapped file window by window, and give back
what lies behind them.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from typing import Any

WINDOW = 16 << 20
"""Bytes that are searched at a time, and the most that stay in memory behind the place where a file is read."""

REACH = 1 << 20
"""A match that begins in a window may end so many bytes after it. No format has a mark of more than a few hundred."""


class MappedFile(mmap.mmap):
    """A file mapped into memory, to be read from its beginning to its end; parts of it may be read again."""

    _resident = 0

    def find(self, sub: Any, start: int = 0, end: int | None = None) -> int:
        """Return the lowest offset of some bytes, at least one, in a range; -1 if they are not there."""
        stop = len(self) if end is None else min(end, len(self))
        self.reading(start)
        while start < stop:
            window = min(stop, start + WINDOW + len(sub) - 1)
            found = super().find(sub, start, window)
            if found >= 0 or window == stop:
                return found
            start += WINDOW
            self.release(start)
        return -1

    def reading(self, at: int) -> None:
        """Note that pages from an offset on are read, perhaps not for the first time."""
        self._resident = min(self._resident, at // mmap.PAGESIZE * mmap.PAGESIZE)

    def release(self, before: int) -> None:
        """Give back the memory of the pages before an offset, once they are more than a window."""
        if before - self._resident > WINDOW:
            size = (before - self._resident) // mmap.PAGESIZE * mmap.PAGESIZE
            self.madvise(mmap.MADV_DONTNEED, self._resident, size)
            self._resident += size


def release(payload: bytes | MappedFile, before: int) -> None:
    """Give back the memory of what lies before an offset, of a mapped file."""
    if isinstance(payload, MappedFile):
        payload.release(before)


def window(payload: MappedFile, at: int) -> tuple[int, int]:
    """Return the end of the window from an offset on, before which a match must begin, and the offset before which it must end."""
    payload.reading(at)
    size = len(payload)
    stop = min(size, at + WINDOW + REACH)
    return (at + WINDOW if stop < size else size), stop


def found_in(
    pattern: re.Pattern[bytes], payload: bytes | MappedFile, at: int = 0
) -> Iterator[re.Match[bytes]]:
    """Yield the matches of a pattern from an offset on, as `finditer` does; none is longer than REACH."""
    size = len(payload)
    if not isinstance(payload, MappedFile):
        yield from pattern.finditer(payload, at)
        return
    while at < size:
        limit, stop = window(payload, at)
        following = limit
        for match in pattern.finditer(payload, at, stop):
            if match.start() >= limit:
                break
            yield match
            following = max(limit, match.end())
        at = following
        payload.release(at)


def first_in(pattern: re.Pattern[bytes], payload: bytes | MappedFile, at: int = 0) -> re.Match[bytes] | None:
    """Return the first match of a pattern from an offset on, None if there is none."""
    return next(found_in(pattern, payload, at), None)


WORD = re.compile(rb"\S")


def has_words(payload: bytes | MappedFile, start: int, end: int) -> bool:
    """Return True if a range holds more than white space."""
    if not isinstance(payload, MappedFile):
        return WORD.search(payload, start, end) is not None
    return any(WORD.search(payload, at, min(end, at + WINDOW)) for at in range(start, end, WINDOW))
