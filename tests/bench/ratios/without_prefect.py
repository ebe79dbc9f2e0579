"""A run by the coordinator with plain steps, and none of Prefect: SOURCES OUTPUT WORKERS FIELDS.

With 0 workers, all is done in this process.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.batch import end_with_parent, work_on
from flows.coordinator import Steps, run_job
from flows.fetch.plan import Part
from flows.fields import fields_named
from flows.report.summary import Summary
from flows.survey import Job
from flows.write.deliver import deliver


def run_plain(sources: str, output: Path, workers: int, fields: str) -> Summary:
    """Read what is new and commit it."""
    job = Job((sources,), output, max(workers, 1), datetime.now(UTC), fields=fields_named(fields))
    pool = (
        ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=end_with_parent)
        if workers
        else nullcontext()
    )
    with pool as processes:

        def submit(part: Part, stage: Path, seq: int) -> Any:
            options = {"stage": stage, "batch_seq": seq, "fields": job.fields}
            return processes.submit(work_on, part, **options) if processes else work_on(part, **options)

        def outcomes(handles: list[Any]) -> list[Any]:
            if not processes:
                return handles
            futures: list[Future[Any]] = list(handles)
            wait(futures)
            return [future.exception() or future.result() for future in futures]

        return run_job(
            job,
            Steps(
                fetch=lambda planned, _: next(planned, None), submit=submit, outcomes=outcomes, write=deliver
            ),
        )


if __name__ == "__main__":
    done = run_plain(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    sys.stdout.write(json.dumps(done.as_json()) + "\n")
