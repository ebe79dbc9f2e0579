"""Faults in the real command, with its worker processes: kills and errors at calls of either."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.conftest import FETCHED_AT
from tests.processes import without_prefect

from . import shim
from .runner import write_sources
from .shim import Fault
from .trace import Call, points, read_trace
from .trial import Rows, Trial, restart, rows_seen, trial_of

FAULTS = "kill -9 and errors at calls of the real command and of its workers"

KILLED, FAILED = -9, 3

EVERY = {"coordinator": 16, "worker": 6}
"""A run of the command takes seconds: of the points that `folder_kills.py` tries, each so many."""

EIO, ENOSPC = str(errno.EIO), str(errno.ENOSPC)


class Command:
    """The command over a few sources, below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shim = shim.build(folder)
        self.sources = folder / "in"
        write_sources(self.sources)
        self._numbers = count()
        self.undisturbed: Rows = {}
        output = self.new_output()
        assert self.run(output).returncode == 0
        self.undisturbed = rows_seen(output)

    def new_output(self) -> Path:
        """Return the path of an output that no trial has used."""
        return self.folder / f"output-{next(self._numbers)}"

    def run(
        self,
        output: Path,
        fault: Fault | None = None,
        process: str = "coordinator",
        trace: Path | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run it once; one process of the named kind meets the fault."""
        claim = output.with_name(f"{output.name}-claim") if fault and not fault.is_sticky else None
        met = shim.environment(self.shim, output, fault, process, claim=claim, trace=trace) if fault else {}
        return subprocess.run(
            [Path(sys.executable).with_name("dateline"), "run", self.sources, "--output", output, "--workers", "2",
             "--fields", "header", "--max-reject-share", "1", "--fetched-at", FETCHED_AT.isoformat()],
            env=without_prefect() | met,
            capture_output=True, timeout=300, check=False,
        )  # fmt: skip

    def calls(self, process: str) -> list[Call]:
        """Return the calls by which a process of a kind changes the output where nothing fails."""
        output = self.new_output()
        trace = output.with_name(f"{output.name}-trace")
        assert self.run(output, Fault(), process, trace).returncode == 0
        return read_trace(trace, output)

    def attempt(self, fault: Fault, process: str, point: str) -> Trial:
        """Run with a fault, restart until a run succeeds, and compare."""
        output = self.new_output()
        ended = self.run(output, fault, process)
        wanted = KILLED if fault.mode == "kill" and process == "coordinator" else FAILED
        lines = [line for line in ended.stderr.decode().splitlines() if "[info " not in line]
        assert ended.returncode == wanted, (fault, process, point, lines)
        assert wanted == KILLED or (len(lines) == 2 and lines[1].startswith("What to do: ")), (
            fault,
            process,
            point,
            lines,
        )
        runs, seconds = restart(lambda: self.run(output).returncode == 0)
        name = f"{fault.name} in the {process} of the command"
        found = trial_of(name, point, output, self.undisturbed, runs=1 + runs, recovery_seconds=seconds)
        shutil.rmtree(output)
        return found


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Let the command meet faults; then restart it."""
    command = Command(folder)
    for process, each in EVERY.items():
        tried = points(command.calls(process))[:: each * every]
        for number, call in enumerate(tried):
            yield command.attempt(Fault("kill", call.number), process, call.point)
            # The last calls of a run write a checkpoint, which it does without.
            if number % 2 == 0 and "checkpoints" not in call.path:
                yield command.attempt(Fault(EIO, call.number), process, call.point)
    yield command.attempt(Fault(ENOSPC, 30, shim.NEEDING_SPACE, is_sticky=True), "coordinator", "30")
    yield command.attempt(Fault(ENOSPC, 10, shim.NEEDING_SPACE, is_sticky=True), "worker", "10")
