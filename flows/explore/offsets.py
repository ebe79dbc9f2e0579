"""Offsets in UTF-16 code units, in which JavaScript counts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

ASTRAL = re.compile("[\U00010000-\U0010ffff]")
"""Characters that are two code units each."""


def utf16_offsets(text: str) -> Callable[[int], int]:
    """Return the function from an offset in code points of a text to the offset in UTF-16 code units."""
    if text.isascii():
        return _same
    positions = [found.start() for found in ASTRAL.finditer(text)]
    return (lambda offset: offset + bisect_left(positions, offset)) if positions else _same


def _same(offset: int) -> int:
    return offset
