"""The flow without a Prefect server: Prefect's tasks, retries and process pool, without its API or a socket."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from prefect.context import SyncClientContext, refresh_global_settings_context
from prefect.events.clients import NullEventsClient
from prefect.events.worker import EventsWorker
from prefect.exceptions import (
    CancelledRun,
    ParameterBindError,
    ParameterTypeError,
    SignatureMismatchError,
)
from prefect.settings import PREFECT_API_URL

from flows import observe
from flows.errors import OutputBusy, WrongUse
from flows.ingest import ingest
from flows.report.summary import Summary

ALONE = {
    # Prefect requires an address. Nothing is sent there, and port 9 discards.
    "PREFECT_API_URL": "http://127.0.0.1:9/api",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    # Errors reach the caller, or are named in the summary; Prefect would print each of them too.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "DO_NOT_TRACK": "1",
}
"""Settings for a run without a server, set in the environment because worker processes inherit it
(decision 0001)."""


def run_ingest(**parameters: Any) -> Summary:
    """Run the flow: reported to the Prefect server that the settings name, or in this process alone.

    Raises:
        WrongUse: a parameter that the flow does not take, or a value that it does not allow.
        OutputBusy: another run is writing to the output.
        UnreachableServer: the server does not answer.
    """
    has_server = bool(PREFECT_API_URL.value())
    if has_server:
        observe.check_server()
    with nullcontext() if has_server else _without_server(), _quiet("prefect.flows", logging.CRITICAL):
        try:
            checked = ingest.validate_parameters(parameters)
        except (ParameterTypeError, ParameterBindError, SignatureMismatchError) as error:
            raise WrongUse("parameters", " ".join(str(error).split()), "those of `dateline run`") from None
        try:
            return cast("Summary", ingest(**checked) if has_server else ingest.fn(**checked))
        except CancelledRun:
            raise OutputBusy(str(checked["output"]), "another run") from None


@contextmanager
def _quiet(name: str, level: int) -> Iterator[None]:
    """Set the level of a logger until the block ends."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextmanager
def _without_server() -> Iterator[None]:
    """Keep Prefect from any server until the block ends; then restore its settings.

    A program that calls `flows.run` may also use Prefect itself.
    """
    before = {name: os.environ.get(name) for name in ALONE}
    os.environ.update(ALONE)
    refresh_global_settings_context()
    EventsWorker.set_client_override(NullEventsClient)
    try:
        with (
            _quiet("prefect", logging.CRITICAL),
            _quiet("prefect.task_runs", logging.CRITICAL),
            # One client for all tasks, which never sends anything: each task would make its own, and load certificates for it (30 ms).
            SyncClientContext.get_or_create(),
        ):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        refresh_global_settings_context()
        EventsWorker.set_client_override(None)
