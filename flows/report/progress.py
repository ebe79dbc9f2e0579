"""Events of a run while it runs: bars on a terminal, a line for each elsewhere, JSON for machines."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from structlog.dev import Column, KeyValueColumnFormatter, LogLevelColumnFormatter

from flows.escaping import in_quotes
from flows.unread import discard_output, is_unread

Event = MutableMapping[str, Any]


class _Lines(logging.StreamHandler[TextIO]):
    """Writes a line for each event, until nobody reads them."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # its name there
        """Discard the line and all later ones if the reader has left: a line that stays in the buffer would fail the start of a process."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError) and is_unread(error):
            discard_output()
        else:
            super().handleError(record)


@contextmanager
def shown(*, as_json: bool) -> Iterator[None]:
    """Show the events on standard error until the block ends."""
    handler = _Lines(sys.stderr)
    logger = logging.getLogger("dateline")
    logger.propagate = False
    logger.handlers = [handler]
    bars = _Bars() if sys.stderr.isatty() and not as_json else None
    # The end of each part moves the bar, and is too much for a log.
    logger.setLevel(logging.DEBUG if bars else logging.INFO)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([bars.take] if bars else []),
            structlog.processors.JSONRenderer() if as_json else AS_LINES,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    if bars is None:
        yield
        return
    with bars.progress:
        yield


def _plain(key_style: str | None, value_repr: Callable[[Any], str]) -> KeyValueColumnFormatter:
    return KeyValueColumnFormatter(key_style, "", "", value_repr)


AS_LINES = structlog.dev.ConsoleRenderer(
    columns=[
        Column("timestamp", _plain(None, str)),
        Column(
            "level",
            LogLevelColumnFormatter(
                dict.fromkeys(structlog.dev.ConsoleRenderer.get_default_level_styles(), ""), ""
            ),
        ),
        Column("event", _plain(None, str)),
        # All others: a file name or the words of an error begin neither another line nor another `key=value`.
        Column("", _plain("", lambda value: in_quotes(str(value)))),
    ]
)
"""Renders an event as a line without colours."""


class _Bars:
    """One bar for the bytes of the run, with counts beside it, moved by the run's own events."""

    def __init__(self) -> None:
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn(
                "{task.fields[files]:,} files  {task.fields[dispatches]:,} dispatches  "
                "{task.fields[rate]:,.0f} rows/s"
            ),
            TimeRemainingColumn(),
            transient=True,
        )
        self._bar = self.progress.add_task("fetching", total=None, files=0, dispatches=0, rate=0.0)
        self._rows = 0
        self._packing: dict[int, float] = {}

    def take(self, logger: Any, method: str, event: Event) -> Event:
        """Move the bar by an event and drop the event; pass on warnings and errors, which are printed."""
        del logger
        name = event["event"]
        task = self.progress.tasks[0]
        if name == "run.began":
            self.progress.update(self._bar, total=event["bytes"])
        elif name == "batch.fetched":
            # The bar counts bytes on the disk; parts are counted unpacked.
            self._packing[event["seq"]] = event["packed"] / (event["bytes"] or 1)
            self.progress.update(
                self._bar, description="reading", files=task.fields["files"] + event["sources"]
            )
        elif name == "part.ended":
            self.progress.update(
                self._bar,
                advance=event["bytes"] * self._packing[event["seq"]],
                dispatches=task.fields["dispatches"] + event["dispatches"],
            )
        elif name == "batch.committed":
            self._rows += event["rows"]
            self.progress.update(self._bar, rate=self._rows / (task.elapsed or 1.0))
        if method in ("warning", "error", "critical"):
            return event
        raise structlog.DropEvent
