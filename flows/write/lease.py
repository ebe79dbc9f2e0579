"""A lease on an output of an object store: one small object that its holder writes again and again.

It only keeps two runs from doing the same work. Times are those of the store, so that no clock of a machine counts.
"""

from __future__ import annotations

import os
import platform
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from flows.errors import OutputBusy, RefusedByStore, UnreachableStore
from flows.write.store import STATE

if TYPE_CHECKING:
    from flows.write.objects import ObjectStore

LEASE = f"{STATE}/lease.json"

LASTS = timedelta(seconds=60)
"""A run that was killed keeps others out for so long, those of its own machine excepted."""

RENEWED_EVERY = 15.0


@contextmanager
def held(store: ObjectStore) -> Iterator[None]:
    """Hold the lease of an output until the end of the block.

    Raises:
        OutputBusy: another run holds it.
    """
    lease = _Lease(store)
    lease.take()
    ended = threading.Event()
    threading.Thread(target=_renew, args=(lease, ended), daemon=True).start()
    try:
        yield
    finally:
        # Not joined: it may wait for a store that does not answer. What it changes is on a condition.
        ended.set()
        lease.give_back()


class _Lease:
    """The lease of one holder. Each change is on the condition that nobody else has changed it: of two that take it over, one has it."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._token = uuid.uuid4().hex
        self._change_count = 0

    def take(self) -> None:
        """Take the lease if nobody holds it, or if it has ended.

        Raises:
            OutputBusy: another run holds it.
        """
        try:
            self._store.create(LEASE, self._content())
        except FileExistsError:
            self._take_over()

    def _take_over(self) -> None:
        try:
            found = self._store.look(LEASE)
        except FileNotFoundError:
            raise OutputBusy(self._store.uri, "a run that ends at this moment") from None
        holder = orjson.loads(found.data)
        if found.age < LASTS and not _is_gone(holder):
            left = round((LASTS - found.age).total_seconds())
            raise OutputBusy(
                self._store.uri,
                f"process {holder['process']} of {holder['host']} (if it was killed, its lease ends in {left} s)",
            )
        if not self._exchange(found.tag):
            raise OutputBusy(self._store.uri, "a run that has begun at this moment")

    def renew(self) -> bool:
        """Make the lease last longer; False if it is another's by now."""
        try:
            found = self._store.look(LEASE)
        except FileNotFoundError:
            return False
        return self._is_own(found.data) and self._exchange(found.tag)

    def _exchange(self, tag: str) -> bool:
        content = self._content()
        try:
            self._store.exchange(LEASE, content, tag)
        except FileNotFoundError:
            return False
        except FileExistsError:
            # Perhaps by this very request, whose first answer was lost.
            return self._is_held_as(content)
        return True

    def _is_held_as(self, content: bytes) -> bool:
        try:
            return self._store.read(LEASE) == content
        except FileNotFoundError:
            return False

    def give_back(self) -> None:
        """Delete the lease if it is this holder's."""
        try:
            if self._is_own(self._store.read(LEASE)):
                self._store.delete([LEASE])
        except (FileNotFoundError, UnreachableStore, RefusedByStore):
            # It ends by itself.
            return

    def _content(self) -> bytes:
        self._change_count += 1
        return orjson.dumps(
            {
                "host": platform.node(),
                "process": os.getpid(),
                "token": self._token,
                # So that each content has a tag of its own.
                "change": self._change_count,
            }
        )

    def _is_own(self, content: bytes) -> bool:
        return bool(orjson.loads(content)["token"] == self._token)


def _is_gone(holder: dict[str, Any]) -> bool:
    return holder["host"] == platform.node() and not Path(f"/proc/{holder['process']}").exists()


def _renew(lease: _Lease, ended: threading.Event) -> None:
    while not ended.wait(RENEWED_EVERY):
        try:
            if not lease.renew():
                # Another run has taken it over. What this one commits is decided by the log.
                return
        except (UnreachableStore, RefusedByStore):
            # The run itself meets the same store.
            continue
