"""Runs without Prefect and without worker processes: the coordinator, driven by plain calls in this process."""

from __future__ import annotations

from collections.abc import Callable
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


def run_here(*sources: str | Path, output: Path | str, **options: Any) -> Summary:
    """Read what is new and commit it, as `dateline run` does; `options` are those of `Job`."""
    options = {"began": FETCHED_AT, "workers": 1} | options
    job = Job(tuple(map(str, sources)), output, **options)
    # The flow itself is tested in test_flow.py, the command in test_run.py.
    return run_job(job, steps_here(job))


def steps_here(job: Job, submit: Callable[[Part, Stage, int], Any] | None = None) -> Steps:
    """The steps of a run as plain calls; `submit` takes the place of the work on a part."""

    def work(part: Part, stage: Stage, seq: int) -> PartDone:
        with stage.folder() as folder:
            return batch.work_on(part, stage=folder, batch_seq=seq, fields=job.fields)

    return Steps(
        fetch=lambda planned, _: next(planned, None),
        submit=submit or work,
        outcomes=list,
        write=deliver,
    )
