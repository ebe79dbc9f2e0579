"""What Prefect shows of a run: its name, logs, artifacts, assets and events. Without a server, nothing.

Prefect's server is the only reader; what it shows can be made again from the commit log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.assets import Asset, AssetProperties, add_asset_metadata, materialize
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.events import emit_event
from prefect.logging.handlers import APILogHandler
from prefect.runtime import flow_run

from flows.fetch.local import is_address
from flows.report.summary import Summary, as_markdown
from flows.survey import Job
from flows.tables import TABLES

REJECTS_OVER_THRESHOLD = "dateline.rejects.over-threshold"
"""The event of a run that refused more than `max_reject_share` of its dispatches; automations may wait for it."""

MAX_NAMED_SOURCES = 3
MAX_ASSET_KEY = 512
REFUSED_IN_ASSET_KEYS = dict.fromkeys(map(ord, "\n\r\t\0 #?&%\"'<>[]{}|\\^`"), "-")
"""Prefect refuses these characters in the key of an asset."""


def ingest_name() -> str:
    """Return the name of an ingest run when it starts: what it reads and where the rows go."""
    asked = flow_run.parameters
    return f"{_named(asked['sources'])} to {asked['output']}"


def verify_name() -> str:
    """Return the name of a verification when it starts: what it compares."""
    asked = flow_run.parameters
    return f"verify {asked['output']}"


def _named(sources: Sequence[str]) -> str:
    more = len(sources) - MAX_NAMED_SOURCES
    return ", ".join(sources[:MAX_NAMED_SOURCES]) + (f" and {more} more" if more > 0 else "")


@contextmanager
def logs() -> Iterator[None]:
    """Send the events of a run to Prefect's server while the block runs."""
    if not FlowRunContext.get():
        yield
        return
    logger = logging.getLogger("dateline")
    added: list[logging.Handler] = [APILogHandler()]
    if not structlog.is_configured():
        # A worker started the flow, and no command has said how its events look.
        added += logging.getLogger("prefect").handlers
        logger.setLevel(logging.INFO)
        logger.propagate = False
        structlog.configure(
            processors=[
                structlog.stdlib.filter_by_level,
                structlog.processors.KeyValueRenderer(key_order=["event"]),
            ],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
        )
    for handler in added:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in added:
            logger.removeHandler(handler)


def show_progress() -> Callable[[int, int], None]:
    """Return what is told the bytes done and the bytes in all, and moves the progress artifact of the run."""
    artifacts: list[Any] = []

    def progressed(done: int, total: int) -> None:
        if not FlowRunContext.get():
            return
        share = 100.0 * min(done, total) / total if total else 100.0
        what = f"{done:,} of {total:,} bytes are read and committed"
        if artifacts:
            update_progress_artifact(artifacts[0], progress=share, description=what)
        else:
            artifacts.append(
                create_progress_artifact(progress=share, key="dateline-progress", description=what)
            )

    return progressed


def show_run(summary: Summary, job: Job, max_reject_share: float) -> None:
    """Show a run that has ended: its name, its summary, its refusals, the tables it wrote."""
    context = FlowRunContext.get()
    if not context or not context.flow_run:
        return
    with get_client(sync_client=True) as client:
        client.set_flow_run_name(context.flow_run.id, f"{_named(job.sources)}: {summary.outcome()}")
    create_markdown_artifact(
        as_markdown(summary), key="dateline-run", description="What the run read and wrote."
    )
    if summary.reject_codes:
        create_table_artifact(
            [
                {"code": code, "dispatches": count, "for example": summary.reject_examples.get(code, "")}
                for code, count in summary.reject_codes.most_common()
            ],
            key="dateline-rejects",
            description="Refused dispatches by code. `dateline status --rejects` lists each.",
        )
    if summary.batch_count:
        _materialize_tables(summary, job)
    if summary.reject_share() > max_reject_share:
        _emit_rejects(summary, job, max_reject_share)


def _materialize_tables(summary: Summary, job: Job) -> None:
    """Record the tables as assets made from the sources, with the rows that this run added."""
    tables = {
        table.name: Asset(
            key=asset_key(table_uri(job.output, table.name)),
            properties=AssetProperties(name=table.name, description=f"Grain: {table.grain}."),
        )
        for table in TABLES
    }

    @materialize(
        *tables.values(),
        by="dateline",
        name="tables",
        asset_deps=[asset_key(source_uri(source)) for source in job.sources],
        persist_result=False,
    )
    def record_tables() -> None:
        for name, asset in tables.items():
            add_asset_metadata(asset, {"rows_added": summary.rows[name], "run_id": summary.run_id})

    record_tables()


def _emit_rejects(summary: Summary, job: Job, max_reject_share: float) -> None:
    emit_event(
        REJECTS_OVER_THRESHOLD,
        resource={
            "prefect.resource.id": f"dateline.output.{job.output.absolute()}",
            "prefect.resource.name": str(job.output),
        },
        related=[
            {"prefect.resource.id": f"prefect.flow-run.{flow_run.id}", "prefect.resource.role": "flow-run"}
        ],
        payload={
            "reject_count": summary.reject_count,
            "dispatch_count": summary.dispatch_count,
            "reject_share": summary.reject_share(),
            "max_reject_share": max_reject_share,
            "reject_codes": dict(summary.reject_codes),
        },
    )


def table_uri(output: Path, table: str) -> str:
    """Return the uri of a table's folder."""
    return (output.absolute() / table).as_uri()


def source_uri(source: str) -> str:
    """Return the uri of a source: an address as it is, a path as `file://`."""
    return source if is_address(source) else Path(source).absolute().as_uri()


def asset_key(uri: str) -> str:
    """Return a uri as the key of a Prefect asset."""
    return uri.translate(REFUSED_IN_ASSET_KEYS)[:MAX_ASSET_KEY]
