"""A run by the coordinator with plain steps, and none of Prefect: SOURCES OUTPUT WORKERS FIELDS.

With 0 workers, all is done in this process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.batch import PartDone, work_on
from flows.coordinator import run_job
from flows.fetch.plan import Part
from flows.fields import Fields, fields_named
from flows.report.summary import Summary
from flows.steps import Steps
from flows.survey import Job
from flows.workers import worker_processes
from flows.write.deliver import Stage, deliver


def run_plain(sources: str, output: Path, workers: int, fields: str) -> Summary:
    """Read what is new and commit it."""
    job = Job((sources,), output, max(workers, 1), datetime.now(UTC), fields=fields_named(fields))
    if not workers:
        return run_job(job, _steps(lambda part, stage, seq: work(part, stage, seq, job.fields), list))
    with worker_processes(workers, None, job.fields) as pool:
        return run_job(
            job, _steps(lambda part, stage, seq: pool.submit(work, part, stage, seq, job.fields), _outcomes)
        )


def work(part: Part, stage: Stage, seq: int, fields: Fields) -> PartDone:
    """Do what a task of the flow does."""
    with stage.folder() as folder:
        return work_on(part, stage=folder, batch_seq=seq, fields=fields)


def _steps(submit: Callable[[Part, Stage, int], Any], outcomes: Callable[[Any], list[Any]]) -> Steps:
    return Steps(
        fetch=lambda planned, _: next(planned, None), submit=submit, outcomes=outcomes, write=deliver
    )


def _outcomes(futures: Sequence[Future[PartDone]]) -> list[PartDone | BaseException]:
    wait(futures)
    return [future.exception() or future.result() for future in futures]


if __name__ == "__main__":
    done = run_plain(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    sys.stdout.write(json.dumps(done.as_json()) + "\n")
