"""Runs without Prefect and without worker processes: the coordinator, driven by plain calls in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows import batch
from flows.batch import PartDone
from flows.coordinator import Steps, run_job
from flows.fetch.plan import Part
from flows.report.summary import Summary
from flows.survey import Job
from flows.write.deliver import Stage, deliver

from .conftest import FETCHED_AT


def work_here(part: Part, stage: Stage, seq: int) -> PartDone:
    """Work on a part in this process."""
    with stage.folder() as folder:
        return batch.work_on(part, stage=folder, batch_seq=seq)


IN_PROCESS = Steps(
    fetch=lambda planned, _: next(planned, None),
    submit=work_here,
    outcomes=list,
    write=deliver,
)
"""The steps of a run as plain calls. The flow itself is tested in test_flow.py, the command in test_run.py."""


def run_here(*sources: str | Path, output: Path, **options: Any) -> Summary:
    """Read what is new and commit it, as `dateline run` does; `options` are those of `Job`."""
    options = {"began": FETCHED_AT, "workers": 1} | options
    return run_job(Job(tuple(map(str, sources)), output, **options), IN_PROCESS)
