"""Runs in forks of a warm process: reads orders from standard input, and answers how each run ended.

It is started with the shim preloaded. A fork costs milliseconds, where the command takes most of a second to start. The run itself
is the coordinator's; `worker` gives each part to a process of its own, in which the fault is met.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import structlog

from flows import batch, coordinator, fields, reference, run_batches, run_commits
from flows.enrich.language.model import ModelReading
from flows.errors import DatelineError, WorkerDied
from flows.fetch import plan
from flows.survey import Job
from flows.syntax import Syntax
from tests.conftest import FETCHED_AT
from tests.coordinating import run_here, steps_here
from tests.processes import readable

from .shim import Fault, arm, disarm

BATCH_BYTES = 400
"""Batches so small that three short files are two of them."""


@dataclass(frozen=True, slots=True)
class Order:
    """One run. `part` is the number of the part, from 0, whose process meets the fault; None: the coordinator does."""

    sources: str
    output: str
    fault: Fault = Fault()  # noqa: RUF009  # frozen
    part: int | None = None
    fields: str = "all"
    trace: str = ""
    deadline: float = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended. `status` is 0, 3 for an error that the command prints, 70 for a bug, or the signal below 0.

    `error` is what would be printed. `counted` and `acted` are the calls below the output and those that the fault met, by part for
    faults in workers; a process that was killed does not tell.
    """

    status: int
    error: str = ""
    failures: tuple[str, ...] = ()
    counted: tuple[int, ...] = ()
    acted: int = 0
    hung: bool = False


class SeesNothing:
    """A model that finds no entity, so that a run costs milliseconds."""

    name = "none"

    def read(self, texts: list[str], **_: Any) -> Any:
        return iter([ModelReading((), Syntax())] * len(texts))


def main() -> None:
    """Load what a run needs; then answer each line with a line."""
    loaded = replace(reference.load_reference(), model=SeesNothing())
    header = reference.load_header_reference()
    batch._reference = lambda _, wanted: loaded if wanted else header
    plan.BATCH_BYTES = BATCH_BYTES
    run_batches.HEADER_FACTOR = 1
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    run_commits.read_background = cache(run_commits.read_background)
    with tempfile.TemporaryDirectory() as folder:
        # What a process reads once is read before the forks.
        (Path(folder) / "in.txt").write_text("date 2020-02-20 It rained.")
        run_here(Path(folder) / "in.txt", output=Path(folder) / "output")
    for line in sys.stdin:
        asked = json.loads(line)
        order = Order(**asked | {"fault": Fault(**asked["fault"])})
        print(json.dumps(asdict(in_a_fork(order))), flush=True)  # noqa: T201  # the answer


def in_a_fork(order: Order) -> Ended:
    """Fork, run, and wait for the end; kill what has not ended by its deadline."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setpgid(0, 0)
        answer = json.dumps(asdict(_run(order))).encode()
        os.write(writing, answer)
        os._exit(0)
    os.close(writing)
    handle = os.pidfd_open(child)
    ended = readable(handle, order.deadline)
    os.close(handle)
    if not ended:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    if answer:
        return Ended(**json.loads(answer))
    return Ended(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), hung=not ended)


def _run(order: Order) -> Ended:
    counted: list[int] = []
    acted = 0
    chosen = fields.fields_named(order.fields)

    def steps(job: Any) -> Any:
        plain = steps_here(job)

        def submit(part: Any, stage: Any, seq: int) -> Any:
            nonlocal acted
            is_chosen = len(counted) == order.part
            outcome, calls, met = _in_a_worker(
                lambda: plain.submit(part, stage, seq),
                order if is_chosen else replace(order, fault=Fault(), trace=""),
            )
            counted.append(calls)
            acted += met
            return outcome

        return plain if order.part is None else replace(plain, submit=submit)

    status, error, failures = 0, "", ()
    if order.part is None:
        arm(order.output, order.fault, order.trace)
    try:
        job = Job((order.sources,), Path(order.output), began=FETCHED_AT, workers=1, fields=chosen)
        failures = tuple(coordinator.run_job(job, steps(job)).failures)
    except (DatelineError, OSError) as found:
        status, error = 3, f"{type(found).__name__}: {found}"
    except Exception as found:  # noqa: BLE001  # told to the parent
        status, error = 70, f"{type(found).__name__}: {found}"
    if order.part is None:
        calls, acted = disarm()
        counted.append(calls)
    return Ended(3 if failures else status, error, failures, tuple(counted), acted)


def _in_a_worker(work: Callable[[], Any], order: Order) -> tuple[Any, int, int]:
    """Return what the work gives in a fork, or the error; and how many calls were counted and met there, 0 of one that died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        arm(order.output, order.fault, order.trace)
        try:
            outcome: Any = work()
        except Exception as found:  # noqa: BLE001  # returned, as a pool does
            outcome = found
        answer = pickle.dumps((outcome, *disarm()))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    if not answer:
        return WorkerDied("a worker process was ended", "of this test"), 0, 1
    done: tuple[Any, int, int] = pickle.loads(answer)  # noqa: S301  # a child of this process has written it
    return done


if __name__ == "__main__":
    main()
