"""Worker processes, forked from one that has loaded the language model and the gazetteer once.

That process, Python's fork server, starts while the coordinator still imports Prefect. A worker is there at once, imports nothing, and shares
the pages of what was loaded. The fork server has no threads, so that a fork loses none.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, MutableSequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import connection, forkserver, resource_tracker
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from flows.errors import WorkerDied
from flows.fields import Fields, name_of

Result = TypeVar("Result")

PRELOADED = "flows.warm"

ASKED = "DATELINE_FORK_SERVER"
"""The variable by which the fork server is told the fields and the model, as in `times,places en_core_web_sm`."""

SENTINEL_SECONDS = 1.0
"""How long the sentinel of a process that has ended may take to say so: the pool reads its status, and the fork server closes it after that."""

_lock = threading.Lock()
_users = 0


@contextmanager
def fork_server(model: str | None, fields: Fields) -> Iterator[None]:
    """Start the process that workers are forked from, do not wait for it, and end it after the block.

    It loads what these fields need; a worker that finds it running for other fields loads its own. One that the calling program runs already
    is left as it is.
    """
    global _users
    with _lock:
        is_foreign = _users == 0 and forkserver._forkserver._forkserver_pid is not None  # type: ignore[attr-defined]
        if not is_foreign:
            _users += 1
            _start(f"{name_of(fields)} {model or ''}")
    try:
        yield
    except BaseException:
        if not is_foreign and _users == 1:
            _kill_fork_server()
        raise
    finally:
        with _lock:
            if not is_foreign:
                _users -= 1
                if _users == 0:
                    # There is no public name for it.
                    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def _kill_fork_server() -> None:
    """End the fork server while it loads the reference: a run that failed does not wait for that."""
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _start(asked: str) -> None:
    multiprocessing.set_forkserver_preload([PRELOADED])
    os.environ[ASKED] = asked
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    # It removes the semaphores of a run that ends at once, and needs not print that.
    sys.warnoptions.append("ignore:resource_tracker")
    try:
        # It outlives a terminal that closes, as it does Ctrl-C. Before the mask is set, since its start clears it.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        # Inherited by the workers: Ctrl-C is the coordinator's alone.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        sys.warnoptions.remove("ignore:resource_tracker")
        del os.environ[ASKED]


class _RecordingContext(ForkServerContext):
    """A context that numbers the worker processes it makes, and remembers them when they have ended."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[BaseProcess] = []

    def Process(self, *, target: Callable[..., object], args: tuple[Any, ...]) -> BaseProcess:  # type: ignore[override]  # noqa: N802  # a class there
        process = super().Process(target=target, args=args, name=f"worker-{len(self.made)}")
        self.made.append(process)
        return process


class WorkerPool:
    """Worker processes, which tell what each of them is working on also when it has ended."""

    def __init__(self, count: int) -> None:
        self._context = _RecordingContext()
        self._starting = threading.Lock()
        self._is_over = False
        self._died: WorkerDied | None = None
        # The batch and the number of the part that each process works on; 0 for none.
        self._begun: MutableSequence[int] = self._context.Array("q", 2 * count, lock=False)
        self._pool = ProcessPoolExecutor(
            count, mp_context=self._context, initializer=_begin, initargs=(dict(os.environ), self._begun)
        )

    def submit(
        self, work: Callable[..., Result], batch_seq: int, number: int, **named: Any
    ) -> Future[Result]:
        """Start work on a part of a batch in one of the processes.

        Raises:
            BrokenProcessPool: a process has ended, or cannot be started.
        """
        with self._starting:
            if self._is_over:
                raise BrokenProcessPool("the worker processes have ended")
            try:
                return self._pool.submit(_work, work, batch_seq, number, named)
            except (EOFError, OSError) as error:
                # The fork server has ended, or the pool is about to: nothing else is asked of the system here.
                self._is_over = True
                raise BrokenProcessPool(f"the fork server does not answer: {error}") from error

    def explained(self, outcome: Result) -> Result | WorkerDied:
        """Return the outcome of a part; where the processes have ended, which of them did so first, and how."""
        if not isinstance(outcome, BrokenProcessPool):
            return outcome
        self._died = self._died or self._death(outcome)
        return self._died

    def end(self) -> None:
        """End the processes at once, whatever they work on.

        One that is asked to end waits for a lock of the queue of calls, and for ever if another was killed while it held it.
        """
        self._kill(self._started())
        self._shut_down()

    def _started(self) -> list[BaseProcess]:
        """Start no more processes; return those that were started, in their order."""
        with self._starting:
            self._is_over = True
            return [process for process in self._context.made if process.pid is not None]

    def _kill(self, processes: Iterable[BaseProcess]) -> None:
        for process in processes:
            with suppress(ProcessLookupError):
                process.kill()

    def _shut_down(self) -> None:
        """Wait for the thread of the pool, whose processes have ended."""
        if sys.version_info < (3, 11, 5) and (calls := self._pool._call_queue):  # type: ignore[attr-defined]
            # The thread waits until every call is written to a pipe, which nobody reads any more (issue 94777 of CPython).
            calls._reader.close()
        self._pool.shutdown(cancel_futures=True)

    def _death(self, broken: BrokenProcessPool) -> WorkerDied:
        started = self._started()
        # The pool tells the others to end by SIGTERM, and waits for them: also for one that is stopped, or that was being started.
        gone = connection.wait([process.sentinel for process in started], SENTINEL_SECONDS)
        self._kill(process for process in started if process.sentinel not in gone)
        self._shut_down()
        ended = [(self._context.made.index(each), each) for each in started if each.sentinel in gone]
        ended.sort(key=lambda found: found[1].exitcode == -signal.SIGTERM)
        if not ended:
            return WorkerDied(f"a worker process could not start ({broken})", IS_A_BUG)
        at, process = ended[0]
        batch_seq, number = self._begun[2 * at : 2 * at + 2]
        where = f"in part {number} of batch {batch_seq}" if batch_seq else "before it had a part"
        how, advice = describe_end(process.exitcode or 0, has_begun=batch_seq > 0)
        return WorkerDied(f"worker process {process.pid} {how} {where}", advice)


IS_A_BUG = "report it if it happens again"
FROM_OUTSIDE = "it was ended from outside"
CRASHES = frozenset({signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV})
"""Signals by which a process is ended for an error of its own."""

LOST_STATUS = 255
"""The exit code that Python gives to a process whose fork server has ended, so that nobody knows it."""


def describe_end(exitcode: int, *, has_begun: bool) -> tuple[str, str]:
    """Return how a process ended by its exit code, which is negative for a signal, and what an operator can do."""
    if exitcode == -signal.SIGKILL:
        return "was ended by SIGKILL", "if memory ran out, run with fewer workers"
    if exitcode < 0:
        name = signal.Signals(-exitcode).name if -exitcode in set(signal.Signals) else f"signal {-exitcode}"
        return f"was ended by {name}", IS_A_BUG if -exitcode in CRASHES else FROM_OUTSIDE
    if exitcode == LOST_STATUS:
        return "was lost with the process that it was forked from", FROM_OUTSIDE
    why = IS_A_BUG if has_begun else "its error is printed above"
    return f"ended with status {exitcode}", why


@contextmanager
def worker_processes(count: int, model: str | None, fields: Fields) -> Iterator[WorkerPool]:
    """Give a pool of worker processes, which end with the block."""
    with fork_server(model, fields):
        pool = WorkerPool(count)
        try:
            yield pool
        finally:
            pool.end()


_begun: MutableSequence[int] = [0, 0]


def _begin(environment: dict[str, str], begun: MutableSequence[int]) -> None:
    """Take over the environment of the coordinator, which may have changed since the fork server started."""
    global _begun
    _begun = begun
    os.environ.clear()
    os.environ.update(environment)
    end_with_parent()


def _work(work: Callable[..., Result], batch_seq: int, number: int, named: dict[str, Any]) -> Result:
    """Work on a part, and note meanwhile which, where the coordinator finds it even if this process is killed."""
    at = 2 * int(multiprocessing.current_process().name.rpartition("-")[2])
    _begun[at], _begun[at + 1] = batch_seq, number
    try:
        return work(batch_seq=batch_seq, **named)
    finally:
        _begun[at] = 0


def end_with_parent() -> None:
    """End this worker process when its parent ends; otherwise the workers of a killed run would continue."""
    parent = multiprocessing.parent_process()
    if parent is None:
        raise AssertionError("only a process that another one started has a parent to end with")

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
