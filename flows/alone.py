"""The flow without a Prefect server: Prefect's tasks, retries and process pool, and no API, no socket."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prefect.context import refresh_global_settings_context
from prefect.events.clients import NullEventsClient
from prefect.events.worker import EventsWorker
from prefect.exceptions import ParameterTypeError
from prefect.settings import PREFECT_API_URL

from flows.errors import WrongUse
from flows.ingest import ingest
from flows.report.summary import Summary

ALONE = {
    # An address where Prefect wants one; nothing is ever sent there, and port 9 discards.
    "PREFECT_API_URL": "http://127.0.0.1:9/api",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "DO_NOT_TRACK": "1",
}
"""Settings for a run without a server: processes inherit them, so they are of the environment
(decision 0001)."""


def run_ingest(**parameters: Any) -> Summary:
    """Run the flow: reported to the Prefect server that the settings name, or in this process alone.

    Raises:
        WrongUse: a parameter that the flow does not take.
    """
    try:
        checked = ingest.validate_parameters(parameters)
    except ParameterTypeError as error:
        raise WrongUse("parameter", str(error), "the parameters of `dateline run`") from None
    return ingest(**checked) if PREFECT_API_URL.value() else _ingest_alone(**checked)


def _ingest_alone(**parameters: Any) -> Summary:
    with _without_server():
        return ingest.fn(**parameters)  # type: ignore[return-value]  # only a server gives states


@contextmanager
def _without_server() -> Iterator[None]:
    """Keep Prefect from any server until the block ends; then its settings are what they were.

    A program that calls `flows.run` may use Prefect for itself, and may call it again.
    """
    before = {name: os.environ.get(name) for name in ALONE}
    loggers = [logging.getLogger(name) for name in ("prefect", "prefect.task_runs")]
    levels = [logger.level for logger in loggers]
    os.environ.update(ALONE)
    refresh_global_settings_context()
    EventsWorker.set_client_override(NullEventsClient)
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        refresh_global_settings_context()
        EventsWorker.set_client_override(None)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
