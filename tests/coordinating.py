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
from flows.write.deliver import deliver

from .conftest import FETCHED_AT


def run_here(*sources: str | Path, output: Path, **options: Any) -> Summary:
    """Read what is new and commit it, as `dateline run` does; `options` are those of `Job`."""
    options = {"began": FETCHED_AT, "workers": 1} | options
    job = Job(tuple(map(str, sources)), output, **options)

    def submit(part: Part, stage: Path, seq: int) -> PartDone:
        return batch.work_on(part, stage=stage, batch_seq=seq, fields=job.fields)

    # The flow itself is tested in test_flow.py, the command in test_run.py.
    steps = Steps(fetch=lambda planned, _: next(planned, None), submit=submit, outcomes=list, write=deliver)
    return run_job(job, steps)
