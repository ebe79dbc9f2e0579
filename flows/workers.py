"""Worker processes, forked from one that has loaded the language model and the gazetteer once.

That process, Python's fork server, starts while the coordinator still imports Prefect. A worker is there at once, imports nothing, and shares
the pages of what was loaded. The fork server has no threads, so that a fork loses none.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection, forkserver, resource_tracker

from flows.fields import Fields, name_of

PRELOADED = "flows.warm"

ASKED = "DATELINE_FORK_SERVER"
"""The variable by which the fork server is told the fields and the model, as in `times,places en_core_web_sm`."""

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
    finally:
        with _lock:
            if not is_foreign:
                _users -= 1
                if _users == 0:
                    # There is no public name for it.
                    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def _start(asked: str) -> None:
    multiprocessing.set_forkserver_preload([PRELOADED])
    os.environ[ASKED] = asked
    # Before the mask is set, since its start clears it.
    resource_tracker.ensure_running()
    # Inherited by the workers: Ctrl-C is the coordinator's alone.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        del os.environ[ASKED]


@contextmanager
def worker_processes(count: int, model: str | None, fields: Fields) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of worker processes, which end with the block."""
    with fork_server(model, fields):
        pool = ProcessPoolExecutor(
            count,
            mp_context=multiprocessing.get_context("forkserver"),
            initializer=_begin,
            initargs=(dict(os.environ),),
        )
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(environment: dict[str, str]) -> None:
    """Take over the environment of the coordinator, which may have changed since the fork server started."""
    os.environ.clear()
    os.environ.update(environment)
    end_with_parent()


def end_with_parent() -> None:
    """End this worker process when its parent ends; otherwise the workers of a killed run would continue."""
    parent = multiprocessing.parent_process()
    if parent is None:
        raise AssertionError("only a process that another one started has a parent to end with")

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
