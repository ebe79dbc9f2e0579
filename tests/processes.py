"""What tests ask of the processes they have started."""

from __future__ import annotations

from pathlib import Path


def children_of(pid: int) -> list[str]:
    """The processes that any thread of a process has started."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [child for thread in threads for child in thread.read_text().split()]
