"""Faults between a run and the S3 server of its output: at each request, once and from then on, and kills of the run there."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from unittest.mock import patch

import stamina
import structlog

from flows import s3, s3_client
from flows.errors import DatelineError
from flows.fetch import plan
from flows.write import lease
from tests.coordinating import run_here
from tests.s3_server import s3_server

from .proxy import FAULTS as BY_NAME
from .proxy import Proxy, proxy_before
from .trial import Rows, Trial, restart, rows_seen, trial_of

FAULTS = "faults of requests to S3, and kills at them"

STICKY = ("503 SlowDown", "connection reset, done", "hang, not done", "damaged answer")
"""Faults that are also tried at all requests from one on: the store does not come back during the run."""

ONLY = {"error in a 200": ("COPY", "DELETE"), "partial deletion": ("DELETE",), "damaged answer": ("GET",)}
"""The requests that a fault concerns, by the start of their labels."""

SPARSE = 3
"""Kills are tried at every request. The other faults, of which most are one to the client, at every third, each from another one on."""

RECORD = "PUT if .dateline/log/"
RECORD_AT = 60
"""How many requests are done, about, when the second commit record is."""

KILLS = tuple(name for name in BY_NAME if name.startswith("kill"))
DONE = "done"
MAX_SECONDS = 120
"""After so long, a run that should have ended hangs."""

BATCH_BYTES = 50
TEXT = "date 2020-0{0}-20 “We go,” Mr Smith said on Monday." + " It rained." * 12
CLIENT_LIMITS = {"CONNECT_SECONDS": 5.0, "SILENT_SECONDS": 3.0, "MAX_ATTEMPTS": 3}
REQUEST_LIMITS = {"REQUEST_SECONDS": 15.0, "WAIT_SECONDS": 0.01}
"""The limits of a client, and of requests, that give up early."""


@dataclass(frozen=True)
class Bench:
    """What the trials share: the proxy, a bucket, sources, and the rows of an undisturbed run with the number of its requests."""

    folder: Path
    proxy: Proxy
    bucket: str
    sources: Path
    wanted: Rows
    requests: tuple[str, ...]

    def output(self, name: str) -> str:
        """Return the address of an output for a trial."""
        return f"{self.bucket}/{''.join(c if c.isalnum() else '-' for c in name)}"


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Start a server with a proxy before it, and do the undisturbed run.

    Small batches, and no field: what a run asks of the store does not depend on what is in the rows.
    """
    sources = folder / "in"
    sources.mkdir()
    for number in (1, 2, 3):
        (sources / f"{number}.txt").write_text(TEXT.format(number))
    (sources / "4.jsonl").write_bytes(b'{"text": "One."}\nbroken\n')
    with (
        s3_server() as server,
        proxy_before(server.env["AWS_ENDPOINT_URL"]) as proxy,
        patch.dict(os.environ, server.env | {"AWS_ENDPOINT_URL": proxy.url}),
        low_limits(),
        patch.object(plan, "BATCH_BYTES", BATCH_BYTES),
        stamina.set_testing(True, attempts=3),
        quiet(),
    ):
        s3_client.close()
        bucket = server.new_bucket("faults")
        assert run(sources, f"{bucket}/undisturbed") == DONE
        wanted = rows_seen(f"{bucket}/undisturbed")
        proxy.arm(None)
        assert run(sources, f"{bucket}/counted") == DONE
        try:
            yield Bench(folder, proxy, bucket, sources, wanted, tuple(proxy.seen))
        finally:
            s3_client.close()


@contextmanager
def low_limits() -> Iterator[None]:
    """Let the client for S3 and its requests give up early."""
    with patch.multiple(s3_client, **CLIENT_LIMITS), patch.multiple(s3, **REQUEST_LIMITS):
        yield


@contextmanager
def quiet() -> Iterator[None]:
    """Print no line of the log of a run."""
    structlog.configure(processors=[_dropped])
    try:
        yield
    finally:
        structlog.reset_defaults()


def _dropped(*_: object) -> object:
    raise structlog.DropEvent


def run(sources: Path | str, output: Path | str) -> str:
    """Run, and return `done`, or why not everything was committed."""
    try:
        summary = run_here(sources, output=output, fields=frozenset())
    except DatelineError as error:
        return f"{type(error).__name__}: {error}"
    return "; ".join(summary.failures) or DONE


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Try each fault at each request that it concerns."""
    with bench(folder) as shared:
        for name in BY_NAME:
            yield from of_fault(shared, name, every)
        for name in STICKY:
            yield from of_fault(shared, name, every, is_sticky=True)
        yield from killed_twice(shared, every)


def killed_twice(shared: Bench, every: int) -> Iterator[Trial]:
    """Kill a run after a commit record, and the next run at each request of its recovery and of the rest."""
    for at in range(1, len(shared.requests) - RECORD_AT + 1, every):
        output = shared.output(f"recovery {at}")
        shared.proxy.clock *= 0
        for name, only, number in ((KILLS[1], RECORD, 2), (KILLS[at % 2], "", at)):
            with process(shared, output) as started:
                shared.proxy.arm(BY_NAME[name], number, only=only)
                started.begin()
                started.end()
        label = shared.proxy.seen[at - 1] if len(shared.proxy.seen) >= at else "not reached"
        yield recovered(shared, "kill -9 during the recovery from one", f"{at} {label}", output, runs=2)


def of_fault(shared: Bench, name: str, every: int, *, is_sticky: bool = False) -> Iterator[Trial]:
    """Try one fault at the requests that it concerns."""
    step = every if name in KILLS or name in ONLY else every * SPARSE
    first = 1 + [*BY_NAME].index(name) % step
    kinds = ONLY.get(name, ("",))
    for only in kinds:
        count = sum(label.startswith(only) for label in shared.requests)
        for at in range(first, count + 1, step):
            yield at_request(shared, name, at, only=only, is_sticky=is_sticky)


def at_request(shared: Bench, name: str, at: int, *, only: str = "", is_sticky: bool = False) -> Trial:
    """Run with a fault at a request, then until a run succeeds, and compare."""
    proxy = shared.proxy
    fault = f"{name}, from then on" if is_sticky else name
    output = shared.output(f"{fault} {only} {at}")
    proxy.clock *= 0
    if name in KILLS:
        with process(shared, output) as started:
            proxy.arm(BY_NAME[name], at, only=only)
            started.begin()
            started.end()
    else:
        proxy.arm(BY_NAME[name], at, is_sticky=is_sticky, only=only)
        run(shared.sources, output)
    label = proxy.seen[at - 1] if len(proxy.seen) >= at else "not reached"
    return recovered(shared, fault, f"{at} {label}", output)


def recovered(shared: Bench, fault: str, point: str, output: str, runs: int = 1) -> Trial:
    """Run until a run succeeds, and compare. `runs` were done before."""
    shared.proxy.arm(None)
    # Of a lease that is left the process would have ended, or be stopped for so long.
    shared.proxy.clock += lease.LASTS
    count, longest = restart(lambda: run(shared.sources, output) == DONE)
    return trial_of(fault, point, output, shared.wanted, runs=runs + count, recovery_seconds=longest)


@dataclass(frozen=True)
class Process:
    """A run in a process of its own, which begins when it is told to."""

    process: BaseProcess
    pipe: Connection

    def begin(self) -> None:
        """Let the run begin."""
        self.pipe.send(None)

    def end(self) -> str:
        """Wait for the end of the run; return how it ended."""
        self.process.join(MAX_SECONDS)
        assert self.process.exitcode is not None, "the run hangs"
        return str(self.pipe.recv()) if self.process.exitcode == 0 else f"signal {-self.process.exitcode}"


@contextmanager
def process(shared: Bench, output: str) -> Iterator[Process]:
    """Start a process that waits to run, and to which kills and stops of the proxy go."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe()
    started = context.Process(target=_as_process, args=(theirs, shared.sources, output, dict(os.environ)))
    started.start()
    assert started.pid is not None
    shared.proxy.victim = started.pid
    try:
        yield Process(started, ours)
    finally:
        started.kill()
        started.join()


def _as_process(pipe: Connection, sources: Path, output: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    with low_limits(), patch.object(plan, "BATCH_BYTES", BATCH_BYTES), quiet():
        pipe.recv()
        pipe.send(run(sources, output))
