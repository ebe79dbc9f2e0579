"""Commands that are started, killed and waited for, with all of their processes."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from tests.processes import children_of, workers_of

from .warm import FORK_SERVER

DEADLINE_SECONDS = 120.0
"""No run of these takes a tenth of it: one that does hangs."""


@dataclass(slots=True)
class Command:
    """A command that was started; it leads a session."""

    pid: int
    said: Path
    owner: Commands = field(repr=False)
    began: float = field(default_factory=perf_counter)
    handle: int = -1

    def __post_init__(self) -> None:
        self.handle = os.pidfd_open(self.pid)

    def lasts(self, seconds: float) -> bool:
        """Wait so long; return False if the command has ended before."""
        return not select.select([self.handle], [], [], seconds)[0]

    def wait(self) -> int:
        """Wait for the end of the command; return its exit status, negative for a signal.

        Raises:
            AssertionError: it hangs.
        """
        if self.lasts(DEADLINE_SECONDS):
            self.kill_all()
            self._reap()
            raise AssertionError(f"the command hangs: {self.said.read_text()}")
        return self._reap()

    def _reap(self) -> int:
        status = int(self.owner.ask({"wait": self.pid}))
        os.close(self.handle)
        return status

    def send(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to one of the processes, if it is still there."""
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    def send_all(self, number: signal.Signals) -> None:
        """Send a signal to all processes at once, as a terminal does."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill_all(self) -> None:
        """End all processes."""
        self.send_all(signal.SIGKILL)

    def workers(self) -> list[int]:
        """Return the worker processes that run now."""
        return [int(pid) for pid in workers_of(self.pid)]

    def fork_servers(self) -> list[int]:
        """Return the process that workers are forked from, if it runs now."""
        found = []
        for pid in children_of(self.pid):
            with suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{pid}/comm").read_text().strip() == FORK_SERVER:
                    found.append(int(pid))
        return found

    def outlived_by(self, seconds: float = 30.0) -> list[int]:
        """Return the processes of the session that go on for so long after the command has ended."""
        left = [(pid, handle) for pid in session(self.pid) if (handle := _opened(pid)) is not None]
        deadline = perf_counter() + seconds
        staying = []
        for pid, handle in left:
            if not select.select([handle], [], [], max(0.0, deadline - perf_counter()))[0]:
                staying.append(pid)
                self.send(pid, signal.SIGKILL)
            os.close(handle)
        return staying


def session(leader: int) -> list[int]:
    """Return the processes of a session that have not ended."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                state = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                if int(state[3]) == leader and state[0] != "Z":
                    found.append(int(entry))
    return found


def _opened(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


@dataclass(slots=True)
class Commands:
    """A process that starts commands by forks of itself."""

    process: subprocess.Popen[str]
    folder: Path
    started: int = 0

    def ask(self, order: dict[str, object]) -> str:
        """Send an order; return the answer."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def start(
        self, *arguments: str | Path, batch_bytes: int = 20_000, part_bytes: int = 5_000, **env: str
    ) -> Command:
        """Start the command with batches and parts of these sizes."""
        self.started += 1
        said = self.folder / f"{self.started}.log"
        order = {
            "arguments": list(map(str, arguments)),
            "said": str(said),
            "batch_bytes": batch_bytes,
            "part_bytes": part_bytes,
            "env": env,
        }
        return Command(int(self.ask(order)), said, self)


@contextmanager
def commands(folder: Path, **env: str) -> Iterator[Commands]:
    """Start the process, and end it after the block. What commands print goes into files of the folder."""
    folder.mkdir(exist_ok=True)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")} | env
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.warm"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clean,
        cwd=Path(__file__).parents[2],
    ) as process:
        try:
            yield Commands(process, folder)
        finally:
            process.kill()


def make_sources(folder: Path, files: int = 6, lines: int = 120) -> Path:
    """Write files that are several batches of several parts; some of their lines are rejected."""
    folder.mkdir()
    for number in range(files):
        texts = [
            json.dumps(
                {
                    "text": f"Day {line} of {number}: two soldiers were killed.",
                    "date": f"2020-0{1 + number % 9}-20",
                }
            )
            for line in range(lines)
        ]
        texts[3] = "broken"
        (folder / f"{number:02d}.jsonl").write_text("\n".join(texts))
    return folder


def run_arguments(sources: Path, output: Path) -> Sequence[str | Path]:
    """Return the arguments of a run with two workers that extracts no field, so that it takes a second."""
    fetched_at = "2026-01-02T03:04:05Z"
    options = ("--fields", "header", "--workers", "2", "--fetched-at", fetched_at, "--max-reject-share", "1")
    return ("run", sources, "--output", output, *options)
