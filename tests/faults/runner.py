"""Starts the warm process of `forked.py`, gives it orders, and makes trials of what comes back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from queue import SimpleQueue

from tests.conftest import ROOT

from . import shim
from .forked import Ended, Order
from .shim import Fault
from .trace import Call, read_trace
from .trial import Rows, Trial, restart, rows_seen, trial_of

MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory, where it is a folder
"""What a kill leaves does not depend on the file system, and syncing there takes no time."""


@dataclass
class Runner:
    """A warm process, a folder for its outputs, and the rows of an undisturbed run over the same sources."""

    folder: Path
    sources: Path
    shim: Path
    _process: subprocess.Popen[str]
    _numbers: Iterator[int] = field(default_factory=count)
    _undisturbed: dict[str, Rows] = field(default_factory=dict)

    def new_output(self) -> Path:
        """Return the path of an output that no trial has used."""
        return self.folder / f"output-{next(self._numbers)}"

    def run(self, output: Path, fault: Fault = Fault(), **order: object) -> Ended:  # noqa: B008  # frozen
        """Run once, in a fork, and return how it ended."""
        asked = Order(str(self.sources), str(output), fault, **order)  # type: ignore[arg-type]
        self._process.stdin.write(json.dumps(asdict(asked)) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Ended(**answer | {name: tuple(answer[name]) for name in ("failures", "counted")})

    def calls(
        self, output: Path | None = None, fields: str = "all", part: int | None = None, counted: str = ""
    ) -> list[Call]:
        """Return the calls by which a run that meets no fault changes an output, by default a new one; with `part`, those of a worker.

        The numbers are those of a fault of which `counted` are the calls.
        """
        used = output or self.new_output()
        trace = self.folder / f"trace-{next(self._numbers)}"
        ended = self.run(used, Fault(calls=counted), fields=fields, part=part, trace=str(trace))
        assert ended.status == 0, ended
        self.forget(used)
        return read_trace(trace, used)

    def forget(self, output: Path) -> None:
        """Remove an output, if the run came so far as to make it."""
        if output.exists():
            shutil.rmtree(output)

    def undisturbed(self, fields: str = "all") -> Rows:
        """Return the rows of a run that meets no fault."""
        if fields not in self._undisturbed:
            output = self.new_output()
            ended = self.run(output, fields=fields)
            assert ended.status == 0, ended
            self._undisturbed[fields] = rows_seen(output)
            shutil.rmtree(output)
        return self._undisturbed[fields]

    def recovered(self, fault: str, point: str, output: Path, runs: int = 1, fields: str = "all") -> Trial:
        """Restart over an output until a run succeeds; compare its rows, and remove it."""
        more, seconds = restart(lambda: self.run(output, fields=fields).status == 0)
        found = trial_of(
            fault, point, output, self.undisturbed(fields), runs=runs + more, recovery_seconds=seconds
        )
        shutil.rmtree(output)
        return found


@contextmanager
def runner(folder: Path) -> Iterator[Runner]:
    """Give a runner over a few small sources: two batches with articles, quotes and a reject, and stories of them."""
    with runners(folder, 1) as (one,):
        yield one


@contextmanager
def runners(folder: Path, number: int = 2) -> Iterator[list[Runner]]:
    """Give several runners over the same sources, which work at the same time."""
    built = shim.build(folder)
    environment = os.environ | {
        "LD_PRELOAD": str(built),
        "PYTHONPATH": str(ROOT),
        "OPENBLAS_NUM_THREADS": "1",
    }
    with ExitStack() as stack:
        fast = tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else folder)
        outputs = Path(stack.enter_context(fast))
        sources = outputs / "in"
        write_sources(sources)
        started = []
        for each in range(number):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.forked"], cwd=ROOT, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.enter_context(process)
            # It ends at the end of its orders.
            stack.callback(process.stdin.close)
            started.append(Runner(outputs / str(each), sources, built, process))
            started[-1].folder.mkdir()
        yield started


def write_sources(folder: Path) -> None:
    """Write sources of two batches: dispatches of two months, one of them a reject."""
    folder.mkdir()
    rain = "It rained. "
    (folder / "1.txt").write_text(f"date 2020-01-20 “We go,” Mr Smith said on Monday. {rain * 10}")
    (folder / "2.txt").write_text(
        f"date 2020-02-20 Two soldiers were killed in Ankara on Monday. {rain * 20}"
    )
    (folder / "3.jsonl").write_bytes(b'{"text": "One."}\nbroken\n')


Attempt = Callable[[Runner], Trial]


def each_of(started: Sequence[Runner], attempts: Sequence[Attempt]) -> Iterator[Trial]:
    """Make attempts, one at a time by each runner; yield their trials in order."""
    free: SimpleQueue[Runner] = SimpleQueue()
    for each in started:
        free.put(each)

    def made(attempt: Attempt) -> Trial:
        used = free.get()
        try:
            return attempt(used)
        finally:
            free.put(used)

    with ThreadPoolExecutor(len(started)) as threads:
        yield from threads.map(made, attempts)
