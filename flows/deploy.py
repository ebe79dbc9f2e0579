"""The deployments of the flows, served by this process: for a machine without a work pool.

`prefect.yaml` declares the same deployments for a work pool, and a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from prefect import serve
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.events.schemas.automations import AutomationCore
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL
from prefect.types.entrypoint import EntrypointType

from flows import observe
from flows.addresses import has_password, is_address, without_secrets
from flows.errors import WrongUse
from flows.ingest import ingest, verify
from flows.secret_blocks import is_reference

AUTOMATIONS = Path(__file__).with_name("automations.yaml")

ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
"""A run that is due while the previous one is running is cancelled: the next run reads what is new."""


def deployments(sources: Sequence[str], output: str, targets: Sequence[str]) -> tuple[RunnerDeployment, ...]:
    """Return the three deployments: incremental, nightly verification, monthly backfill."""
    read: dict[str, Any] = {"sources": list(sources), "output": output, "targets": list(targets)}
    common: dict[str, Any] = {
        "entrypoint_type": EntrypointType.MODULE_PATH,
        "concurrency_limit": ONE_AT_A_TIME,
    }
    made = (
        ingest.to_deployment(
            name="incremental",
            description="Read what is new under the sources, commit its rows, load the targets.",
            schedule=Cron("*/15 * * * *", timezone="UTC"),
            parameters=read,
            tags=["dateline", "incremental"],
            **common,
        ),
        verify.to_deployment(
            name="nightly-verification",
            description="Compare every committed file and the loaded targets with the commit log.",
            schedule=Cron("37 2 * * *", timezone="UTC"),
            parameters={"output": output, "targets": list(targets)},
            tags=["dateline", "verification"],
            **common,
        ),
        ingest.to_deployment(
            name="monthly-backfill",
            description="Read every source again, whatever its size and times; only other bytes add rows.",
            schedule=Cron("7 3 1 * *", timezone="UTC"),
            parameters={**read, "reread": True},
            tags=["dateline", "backfill"],
            **common,
        ),
    )
    # Typed as a coroutine too, which it is only within one.
    return cast("tuple[RunnerDeployment, ...]", made)


def serve_deployments(sources: Sequence[str], output: str, targets: Sequence[str]) -> None:
    """Register the deployments and the automations, and run what is due until interrupted.

    Raises:
        WrongUse: Prefect's settings name no server, or an address holds a secret, which the server would store and show.
        UnreachableServer: the server does not answer.
    """
    for each in (*sources, *targets):
        if is_address(each) and has_password(each):
            raise WrongUse(
                "SOURCE or --target",
                f"{without_secrets(each)} with a password or another secret, which the server would store",
                "one without: PGPASSFILE or PGPASSWORD holds the password of PostgreSQL, and prefect-secret:NAME is the whole address in a Secret block",
            )
    if not PREFECT_API_URL.value():
        raise WrongUse("PREFECT_API_URL", "no server", "the address of a Prefect server")
    observe.check_server()
    register_automations()
    absolute = [each if is_address(each) or is_reference(each) else os.path.abspath(each) for each in sources]
    serve(*deployments(absolute, output if is_address(output) else os.path.abspath(output), targets))


def register_automations() -> None:
    """Create the automations of `automations.yaml` on the server, or bring them up to date by name."""
    with get_client(sync_client=True) as client:
        for declared in yaml.safe_load(AUTOMATIONS.read_text(encoding="utf-8"))["automations"]:
            wanted = AutomationCore(**declared)
            if known := client.read_automations_by_name(wanted.name):
                client.update_automation(known[0].id, wanted)
            else:
                client.create_automation(wanted)
