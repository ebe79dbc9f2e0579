"""What a command spends: time of the clock, time of processors, memory, over all of its processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LAUNCH = Path(__file__).with_name("launch.py")


class CommandFailed(Exception):
    """A command ended with another status than 0; the text has the end of what it printed to stderr."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one command spent; times in seconds, memory in bytes, 0 unless it was asked for.

    `said` is the JSON object on the last line of its output, empty if there is none. `memory` is that of all processes at one
    time, `memory_largest` that of one, `memory_proportional` that of all with shared pages counted once.
    """

    wall: float
    cpu: float
    memory: int = 0
    memory_largest: int = 0
    memory_proportional: int = 0
    said: Mapping[str, Any] = field(default_factory=dict)


def spend(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None, has_memory: bool = False
) -> Spent:
    """Run a command to its end.

    Raises:
        CommandFailed: it did not end with status 0.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        # -I -S: the launcher itself needs nothing but the standard library.
        launcher = [sys.executable, "-I", "-S", str(LAUNCH), str(report), "1" if has_memory else "0"]
        done = subprocess.run(
            [*launcher, *command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace")[-2000:]
            raise CommandFailed(f"{' '.join(command)}: status {done.returncode}: {said}")
        return Spent(**json.loads(report.read_text()), said=_last_object(done.stdout))


def cpu_of_children() -> float:
    """Return the processor time of all processes that this one has started and waited for."""
    times = os.times()
    return times.children_user + times.children_system


def _last_object(printed: bytes) -> dict[str, Any]:
    last = next((line for line in reversed(printed.split(b"\n")) if line.strip()), b"")
    return json.loads(last) if last.startswith(b"{") else {}
