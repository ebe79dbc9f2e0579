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

from flows.errors import OutputBusy, UnreachableStore
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
    mine = orjson.dumps({"host": platform.node(), "process": os.getpid(), "token": uuid.uuid4().hex})
    _take(store, mine)
    ended = threading.Event()
    renewing = threading.Thread(target=_renew, args=(store, mine, ended), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        _give_back(store, mine)


def _take(store: ObjectStore, mine: bytes) -> None:
    try:
        store.create(LEASE, mine)
    except FileExistsError:
        _take_over(store, mine)


def _take_over(store: ObjectStore, mine: bytes) -> None:
    try:
        holder, age = orjson.loads(store.read(LEASE)), store.age(LEASE)
    except FileNotFoundError:
        # It was given back meanwhile.
        holder, age = {}, LASTS
    if age < LASTS and not _is_gone(holder):
        left = round((LASTS - age).total_seconds())
        raise OutputBusy(
            store.uri,
            f"process {holder['process']} of {holder['host']} (if it was killed, its lease ends in {left} s)",
        )
    store.replace(LEASE, mine)


def _is_gone(holder: dict[str, Any]) -> bool:
    return holder["host"] == platform.node() and not Path(f"/proc/{holder['process']}").exists()


def _renew(store: ObjectStore, mine: bytes, ended: threading.Event) -> None:
    while not ended.wait(RENEWED_EVERY):
        try:
            store.replace(LEASE, mine)
        except UnreachableStore:
            # The run itself meets the same store.
            continue


def _give_back(store: ObjectStore, mine: bytes) -> None:
    try:
        if store.read(LEASE) == mine:
            store.delete([LEASE])
    except (FileNotFoundError, UnreachableStore):
        # It ends by itself.
        return
