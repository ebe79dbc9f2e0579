"""Commands that are started, killed and waited for, with all of their processes."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from tests.processes import children_of, readable, without_prefect, workers_of
from tests.warm import FORK_SERVER, Started, Warm, warm

DEADLINE_SECONDS = 120.0
"""No run of these takes a tenth of it: one that does hangs."""


@dataclass(slots=True)
class Command:
    """A command that was started; it leads a session."""

    started: Started
    said: Path
    began: float = field(default_factory=perf_counter)

    @property
    def pid(self) -> int:
        """The process id of its leader."""
        return self.started.pid

    def lasts(self, seconds: float) -> bool:
        """Wait so long; return False if the command has ended before."""
        return not readable(self.started.connection.fileno(), seconds)

    def wait(self) -> int:
        """Wait for the end of the command; return its exit status, negative for a signal.

        Raises:
            AssertionError: it hangs.
        """
        if self.lasts(DEADLINE_SECONDS):
            self.kill_all()
            self.started.wait()
            raise AssertionError(f"the command hangs: {self.said.read_text()}")
        return self.started.wait()

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

    def is_stopped(self) -> bool:
        """Wait until the process is stopped; return False if it has ended before."""
        while self.lasts(0.005):
            with suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                    return True
        return False

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
            if not readable(handle, max(0.0, deadline - perf_counter())):
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
    """Starts commands in forks of one process; what they print goes into files of the folder."""

    warm: Warm
    folder: Path
    started: int = 0

    def start(
        self,
        *arguments: str | Path,
        batch_bytes: int = 20_000,
        part_bytes: int = 5_000,
        stop_at: int = 0,
        **env: str,
    ) -> Command:
        """Start the command with batches and parts of these sizes; it stops before the nth commit if that is not 0."""
        self.started += 1
        said = self.folder / f"{self.started}.log"
        begun = self.warm.start(
            *arguments,
            said=said,
            env=env,
            batch_bytes=batch_bytes,
            part_bytes=part_bytes,
            stop_at=stop_at,
        )
        return Command(begun, said)


@contextmanager
def commands(folder: Path, **env: str) -> Iterator[Commands]:
    """Start the process, which loads no model, and end it after the block."""
    folder.mkdir(exist_ok=True)
    with warm("header", without_prefect() | env) as process:
        yield Commands(process, folder)


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
