"""Results that are kept by what they were computed from, as many as fit."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """A mapping of bounded size. When it is full, what was not asked for since it was last full is dropped.

    A look-up takes less time than that of `functools.lru_cache`, whose key is made of all arguments.
    """

    def __init__(self, size: int) -> None:
        """Begin empty; at most twice `size` values are kept."""
        self._size = size
        self._new: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """Return the value of a key, or None if it has none."""
        value = self._new.get(key)
        if value is None and (value := self._old.get(key)) is not None:
            self.put(key, value)
        return value

    def put(self, key: Key, value: Value) -> Value:
        """Keep a value, and return it."""
        if len(self._new) >= self._size:
            self._new, self._old = {}, self._new
        self._new[key] = value
        return value
