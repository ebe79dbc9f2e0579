"""What to do about a rejected dispatch, by the code of its row."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import DispatchError


def _kinds(kind: type[DispatchError] = DispatchError) -> Iterator[type[DispatchError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def remedy_of(code: str) -> str:
    """Return what the user does about dispatches that were rejected with a code; empty for a code of another version.

    No remedy of a `DispatchError` has fields, so that it is the same for all of them.
    """
    return next((kind.remedy for kind in _kinds() if kind.code == code), "")
