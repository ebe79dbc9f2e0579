"""A property that is computed when it is first read, and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class lazy(Generic[Value]):  # noqa: N801  # used as a decorator
    """A property that is computed once. That of functools takes a lock each time, which is a tenth of the time of this room."""

    def __init__(self, read: Callable[[Any], Value]) -> None:
        """Take the function that computes the value."""
        self.read = read
        self.name = read.__name__

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[Value]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> lazy[Value] | Value:
        """Compute the value; the instance answers itself from then on."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.read(instance)
        return value
