"""Checks of the machine: memory, text, clock, limits."""

from __future__ import annotations

import locale
import os
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flows.doctor.finding import OK, WARNING, Asked, Finding

WORKER_BYTES = 350 << 20
"""Memory for a worker process: the measured peak of one that reads the bulk corpus is below 300 MB."""

MIN_FILES = 256
FIRST_YEAR = 2026
"""The clock of a machine that shows an earlier year is wrong: this version is younger."""

CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def check_memory(asked: Asked) -> Iterator[Finding]:
    """Compare the free memory, or the limit of the container, with what one worker for each core needs."""
    del asked
    cores = os.cpu_count() or 1
    free = _free_memory()
    found = f"{free / 1e9:,.1f} GB free for {cores} worker processes"
    wanted = WORKER_BYTES * (cores + 1)
    if free >= wanted:
        yield Finding("memory", OK, found)
        return
    fitting = max(1, free // WORKER_BYTES - 1)
    yield Finding(
        "memory",
        WARNING,
        found,
        f"{wanted / 1e9:,.1f} GB",
        f"use --workers {fitting}, or DATELINE_RUN_WORKERS={fitting}",
    )


def _free_memory() -> int:
    """Return the bytes that can be used: those the system has, or the limit of the container."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    available = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    limit = CGROUP_LIMIT.read_text(encoding="ascii").strip() if CGROUP_LIMIT.is_file() else "max"
    return available if limit == "max" else min(available, int(limit))


def check_text(asked: Asked) -> Iterator[Finding]:
    """Check that names of files and what is printed are UTF-8."""
    del asked
    names, printed = sys.getfilesystemencoding(), sys.stdout.encoding or "none"
    found = f"names of files in {names}, output in {printed}, locale {locale.setlocale(locale.LC_CTYPE)}"
    if {names.lower(), printed.lower()} <= {"utf-8", "utf8"}:
        yield Finding("text", OK, found)
    else:
        yield Finding(
            "text", WARNING, found, "UTF-8", "export LC_ALL=C.UTF-8 PYTHONUTF8=1 and unset PYTHONIOENCODING"
        )


def check_clock(asked: Asked) -> Iterator[Finding]:
    """Check the year of the clock, by which dispatches of the future are rejected."""
    del asked
    now = datetime.now(UTC)
    found = (
        f"{now:%Y-%m-%d %H:%M} UTC, local zone {now.astimezone().tzname()} (all times are recorded in UTC)"
    )
    if now.year >= FIRST_YEAR:
        yield Finding("clock", OK, found)
    else:
        yield Finding("clock", WARNING, found, f"{FIRST_YEAR} or later", "set the clock of the machine (NTP)")


def check_limits(asked: Asked) -> Iterator[Finding]:
    """Check the number of files that a process may have open."""
    del asked
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= MIN_FILES:
        yield Finding("open files", OK, f"at most {soft:,}")
    else:
        yield Finding("open files", WARNING, f"at most {soft}", f"{MIN_FILES}", f"ulimit -n {MIN_FILES}")
