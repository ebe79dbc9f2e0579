"""What tests ask of the processes they have started."""

from __future__ import annotations

import os
import select
import shutil
from contextlib import suppress
from pathlib import Path

import pytest


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


def without_prefect() -> dict[str, str]:
    """The environment of a command that sees no Prefect server."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}


def program(*names: str) -> str:
    """The path of the first of these programs that is installed; where none is, skip the test, or fail it if programs are required."""
    for name in names:
        if path := shutil.which(name):
            return path
    missing = f"found none of {', '.join(names)} on the PATH"
    if os.environ.get("DATELINE_REQUIRE_PROGRAMS") == "1":
        pytest.fail(f"{missing}, and DATELINE_REQUIRE_PROGRAMS is 1")
    pytest.skip(missing)


def readable(handle: int, seconds: float) -> bool:
    """Wait until there is something to read, or a process of a pidfd has ended; false where it lasts longer."""
    # `select` knows no handle over 1,023, and a process of tests may have opened more.
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(1000 * seconds))


def has_ended(handle: int) -> bool:
    """Wait for the process of a pidfd to end; false where it goes on for a minute."""
    return readable(handle, 60)
