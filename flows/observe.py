"""What Prefect displays of a run: its name, artifacts, assets and events. Without a server, these do nothing.

Nothing here is needed for the data: all of it can be made again from the commit log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
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
from prefect.exceptions import PrefectException
from prefect.runtime import flow_run

from flows.addresses import is_address, redacted, without_secrets
from flows.errors import UnreachableServer
from flows.escaping import as_code, visible
from flows.report.loads import describe_verification
from flows.report.summary import Summary, as_markdown
from flows.schema import Table
from flows.secret_blocks import is_reference
from flows.survey import Job
from flows.tables import TABLES
from flows.warehouse.load import LoadSummary
from flows.warehouse.verify import Verification
from flows.write.output import Output

log = structlog.stdlib.get_logger("dateline")

REJECTS_OVER_THRESHOLD = "dateline.rejects.over-threshold"
"""The event of a run that rejected more than `max_reject_share` of its dispatches; automations may wait for it."""

MAX_NAMED_SOURCES = 3
MAX_ASSET_KEY = 512
REFUSED_IN_ASSET_KEYS = dict.fromkeys(map(ord, "\n\r\t\0 #?&%\"'<>[]{}|\\^`"), "-")
"""Prefect refuses these characters in the key of an asset."""


def check_server() -> None:
    """Check that the Prefect server that the settings name answers.

    Raises:
        UnreachableServer: it does not answer.
    """
    with get_client(sync_client=True) as client:
        if error := client.api_healthcheck():
            address = str(client.api_url)
            found = redacted(f"{type(error).__name__}: {error}", address)
            raise UnreachableServer(without_secrets(address), found)


def ingest_name() -> str:
    """Return the name of an ingest run when it starts: its sources and its output."""
    asked = flow_run.parameters
    return visible(f"{_named(asked['sources'])} to {_short(asked['output'])}")


def verify_name() -> str:
    """Return the name of a verification when it starts: its output and its targets."""
    asked = flow_run.parameters
    return visible(", ".join([f"verify {_short(asked['output'])}", *map(target_uri, asked["targets"])]))


def _named(sources: Sequence[str]) -> str:
    more = len(sources) - MAX_NAMED_SOURCES
    return ", ".join(map(_short, sources[:MAX_NAMED_SOURCES])) + (f" and {more} more" if more > 0 else "")


def _short(path: str) -> str:
    """Return a path below the working folder relative to it, and an address without its secrets."""
    return _without_query(path) if is_address(path) else path.removeprefix(f"{os.getcwd()}/")


def show_progress() -> Callable[[int, int], None]:
    """Return a function of the bytes done and the bytes in all that updates the progress artifact of the run."""
    artifacts: list[Any] = []

    def progressed(done: int, total: int) -> None:
        # The size of a source at an address is unknown until it is read.
        if not FlowRunContext.get() or not total:
            return
        share = 100.0 * min(done, total) / total
        what = f"{done:,} of {total:,} bytes are read and committed"
        try:
            if artifacts:
                update_progress_artifact(artifacts[0], progress=share, description=what)
            else:
                artifacts.append(
                    create_progress_artifact(progress=share, key="dateline-progress", description=what)
                )
        except (httpx.HTTPError, PrefectException) as error:
            # A run does not fail because its progress cannot be displayed.
            log.warning("progress.not_shown", error=f"{type(error).__name__}: {error}")

    return progressed


def show_run(summary: Summary, job: Job, max_reject_share: float) -> None:
    """Display a finished run: its name, its summary, and its rejects."""
    context = FlowRunContext.get()
    if not context or not context.flow_run:
        return
    with get_client(sync_client=True) as client:
        client.set_flow_run_name(context.flow_run.id, visible(f"{_named(job.sources)}: {summary.outcome()}"))
    create_markdown_artifact(
        as_markdown(summary), key="dateline-run", description="What the run read and wrote."
    )
    if summary.reject_codes:
        create_table_artifact(
            [
                {
                    "code": code,
                    "dispatches": count,
                    "for example": visible(summary.reject_examples.get(code, "")),
                }
                for code, count in summary.reject_codes.most_common()
            ],
            key="dateline-rejects",
            description="Refused dispatches by code. `dateline status --rejects` lists each.",
        )
    if summary.reject_share() > max_reject_share:
        _emit_rejects(summary, job, max_reject_share)


def show_tables(summary: Summary, job: Job) -> None:
    """Record the tables as assets made from the sources, with the rows that this run added."""
    if not FlowRunContext.get() or not summary.batch_count:
        return
    keys = table_keys(job.output)

    @materialize(
        *(_table_asset(key, table) for key, table in zip(keys, TABLES, strict=True)),
        by="dateline",
        name="tables",
        task_run_name="tables",
        asset_deps=[asset_key(source_uri(source)) for source in job.sources],
        persist_result=False,
    )
    def record_tables() -> None:
        for key, table in zip(keys, TABLES, strict=True):
            add_asset_metadata(key, {"rows_added": summary.rows[table.name], "run_id": summary.run_id})

    record_tables()


def _table_asset(key: str, table: Table[Any]) -> Asset:
    properties = AssetProperties(name=table.name, description=f"Grain: {table.grain}.")
    return Asset(key=key, properties=properties)


def table_keys(output: Path | str) -> list[str]:
    """Return the asset keys of the tables of an output, in the order of `TABLES`."""
    root = output.absolute().as_uri() if isinstance(output, Path) else Output(output).uri
    return [asset_key(f"{root}/{table.name}") for table in TABLES]


def target_assets(target: str) -> list[Asset]:
    """Return the tables of a warehouse as assets, in the order of `TABLES`."""
    return [_table_asset(asset_key(f"{target_uri(target)}/{table.name}"), table) for table in TABLES]


def show_load(target: str, loaded: LoadSummary) -> None:
    """Record the rows that a load added to each table of a warehouse, within the task that loaded them."""
    if not FlowRunContext.get():
        return
    for table, asset in zip(TABLES, target_assets(target), strict=True):
        rows = loaded.row_counts.get(table.name, 0)
        add_asset_metadata(asset, {"rows_added": rows, "last_seq": loaded.mark})


def show_verification(found: Sequence[Verification]) -> None:
    """Display what a verification compared, and each difference."""
    if FlowRunContext.get():
        lines = [f"- {as_code(line)}" for each in found for line in describe_verification(each)]
        create_markdown_artifact("\n".join(lines), key="dateline-verification")


def _emit_rejects(summary: Summary, job: Job, max_reject_share: float) -> None:
    emit_event(
        REJECTS_OVER_THRESHOLD,
        resource={
            "prefect.resource.id": f"dateline.output.{visible(Output(job.output).uri)}",
            "prefect.resource.name": visible(str(job.output)),
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


def target_uri(target: str) -> str:
    """Return the address of a warehouse without user, password and options; a path is absolute."""
    if is_reference(target):
        return target
    kind, _, rest = target.partition(":")
    if kind in ("postgresql", "postgres"):
        return _without_query(target)
    path = rest.removeprefix("///").removeprefix("//")
    return f"{kind}://{Path(path).absolute()}"


def source_uri(source: str) -> str:
    """Return the uri of a source: an address without its secrets, a path as `file://`."""
    return _without_query(source) if is_address(source) else Path(source).absolute().as_uri()


def _without_query(address: str) -> str:
    return without_secrets(address).partition("?")[0]


def asset_key(uri: str) -> str:
    """Return a uri as the key of a Prefect asset."""
    return visible(uri).translate(REFUSED_IN_ASSET_KEYS)[:MAX_ASSET_KEY]
