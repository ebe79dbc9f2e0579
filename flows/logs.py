"""The log of a run: sent to Python's logging, and to the Prefect server of the run if it has one."""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prefect.context import FlowRunContext
from prefect.logging.handlers import APILogHandler
from rich.console import Console

from flows.errors import DatelineError
from flows.escaping import visible, visible_traceback
from flows.report.progress import AS_LINES


def outlive_output() -> None:
    """Let this process continue when no one reads its output any more, as when its Prefect worker was killed.

    Prefect logs through rich, which ends the thread that prints to a closed pipe. When that thread is the one
    that collects results, the run waits for ever and holds its concurrency slot.
    """
    Console.on_broken_pipe = _discard_output  # type: ignore[assignment, method-assign]  # made to be overridden


def _discard_output(console: Console) -> None:
    del console
    with open(os.devnull, "w") as nowhere:
        for stream in (1, 2):
            os.dup2(nowhere.fileno(), stream)


class _WithoutTraceback(logging.Filter):
    """Logs what is raised on purpose as its message; the traceback follows at level DEBUG. Both are made visible.

    The traceback of anything else is that of a bug and is left where it is.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, DatelineError) and record.levelno > logging.DEBUG:
            logger = logging.getLogger(record.name)
            if logger.isEnabledFor(logging.DEBUG):
                traced = copy.copy(record)
                traced.levelno, traced.levelname = logging.DEBUG, "DEBUG"
                logger.handle(traced)
            record.exc_info = record.exc_text = None
        _make_visible(record)
        return True


def _make_visible(record: logging.LogRecord) -> None:
    """Show what an error says of a dispatch as escapes."""
    record.msg, record.args = visible(record.getMessage()), None
    if record.exc_info and record.exc_info[1]:
        record.exc_text = visible_traceback(record.exc_info[1]).rstrip("\n")


_FILTER = _WithoutTraceback()


def shorten_prefect_logs() -> None:
    """Let Prefect log what is raised on purpose without its traceback; in a worker process too."""
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_FILTER)


@contextmanager
def routed() -> Iterator[None]:
    """Send the events of a run to the logger `dateline`, and to Prefect's server while the block runs under one."""
    logger = logging.getLogger("dateline")
    added: list[logging.Handler] = []
    if FlowRunContext.get():
        added.append(APILogHandler())
    if not structlog.is_configured():
        # No command has configured the events: a Prefect worker started the flow, or a program that uses the library.
        structlog.configure(
            processors=[
                structlog.stdlib.filter_by_level,
                AS_LINES,
            ],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
        )
        if added:
            # The process of a worker is its own, and ends with the run.
            logger.setLevel(logging.INFO)
            logger.propagate = False
            added += logging.getLogger("prefect").handlers
    for handler in added:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in added:
            logger.removeHandler(handler)
