"""What tests ask of the processes they have started."""

from __future__ import annotations

import select
from contextlib import suppress
from pathlib import Path


def children_of(pid: int) -> list[str]:
    """The processes that any thread of a process has started."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        # A thread may end meanwhile.
        with suppress(FileNotFoundError, ProcessLookupError):
            found += thread.read_text().split()
    return found


def workers_of(pid: int) -> list[str]:
    """The worker processes of a run: forks of the fork server that it has started."""
    return [worker for child in children_of(pid) for worker in children_of(int(child))]


def has_ended(handle: int) -> bool:
    """Wait for the process of a pidfd to end; false where it goes on for a minute."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(60_000))
