"""Who holds the lock of an output: what a run writes into the lock file, and how another one describes it."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

UNKNOWN = "another run"

WRITTEN = re.compile(r"process (?P<pid>[0-9]{1,10})(?: of (?P<host>[A-Za-z0-9._-]{1,255}))?")
"""What is in a lock file. The lock itself is the system's: a file that a dead run has left locks nothing, whatever is in it."""

STOPPED = ("T", "t")


def mine() -> str:
    """Return the description of this process for the lock file."""
    return f"process {os.getpid()} of {platform.node()}"


def described(written: bytes) -> str:
    """Return the holder of a lock that is held, by what is in its file; `another run` where that says nothing.

    A holder on this machine that is stopped is said to be: it continues when it gets SIGCONT, and ends by SIGKILL.
    """
    found = WRITTEN.fullmatch(written.decode("ascii", errors="replace").strip())
    if found is None:
        return UNKNOWN
    pid, host = found["pid"], found["host"]
    if host not in (None, platform.node()):
        return f"process {pid} of {host}"
    state = _state_of(int(pid))
    if state is None:
        # It has just begun and not written yet, or a machine without a name shares the disk.
        return UNKNOWN
    return f"process {pid}" + (
        f", which is stopped (kill -CONT {pid} lets it go on)" if state in STOPPED else ""
    )


def _state_of(pid: int) -> str | None:
    """Return the letter of the state of a process of this machine; None if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return stat.rpartition(")")[2].split()[0]
