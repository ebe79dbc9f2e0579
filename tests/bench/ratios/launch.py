"""Run a command and write what it spent to a file: REPORT WATCH COMMAND...; alone in a process, since it waits for every child.

Processes that the command leaves behind, such as the fork server of its workers, become children of this one, which waits for them:
their time counts, but the clock stops when the command itself ends. With WATCH 1 the memory of all of them is looked at.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

PR_SET_CHILD_SUBREAPER = 36
PAGE = os.sysconf("SC_PAGESIZE")
WATCHED_EVERY = 0.02
"""Seconds between two looks at the memory of the processes."""

SHARED_EVERY = 25
"""Looks at resident sets for each one at proportional sets, for which the system walks through all pages."""

MAX_WAIT = 30
"""Seconds that processes left behind get to end; then they are killed."""


class MemoryWatch(threading.Thread):
    """Looks at the resident sets of all descendants of this process until `ended` is set.

    `greatest` is the greatest sum at one time (a page that several share counts in each), `largest` the greatest of one process.
    `proportional` is the greatest sum of the proportional sets, where a shared page counts once; it is looked at less often.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.greatest = self.largest = self.proportional = 0

    def run(self) -> None:
        """Look again and again."""
        looks = 0
        while not self.ended.wait(WATCHED_EVERY):
            pids = list(descendants(os.getpid()))
            if looks % SHARED_EVERY == 0:
                self.proportional = max(self.proportional, sum(map(proportional, pids)))
            looks += 1
            sizes = [resident(pid) for pid in pids]
            self.greatest = max(self.greatest, sum(sizes))
            self.largest = max(self.largest, *sizes, 0)


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that a process has started, and those that they have."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, children.read_text().split()):
                yield child
                yield from descendants(child)


def resident(pid: int) -> int:
    """Return the resident set of a process in bytes, 0 if it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def proportional(pid: int) -> int:
    """Return the proportional set of a process in bytes, 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def wait_for_all() -> None:
    """Wait for every child of this process."""
    ended = threading.Event()

    def kill_late() -> None:
        if not ended.wait(MAX_WAIT):
            for pid in descendants(os.getpid()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)

    threading.Thread(target=kill_late, daemon=True).start()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    ended.set()


def main(report: str, watch: str, *command: str) -> int:
    """Run the command; return its exit status."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    memory = MemoryWatch()
    if watch == "1":
        memory.start()
    began = perf_counter()
    status = subprocess.run(command, check=False).returncode
    wall = perf_counter() - began
    memory.ended.set()
    wait_for_all()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": memory.greatest,
        "memory_largest": memory.largest,
        "memory_proportional": memory.proportional,
    }
    Path(report).write_text(json.dumps(found))
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
