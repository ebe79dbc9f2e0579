"""Runs without Prefect and without worker processes: the coordinator, driven by plain calls in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows import batch
from flows.batch import PartDone
from flows.coordinator import run_job
from flows.enrich.language.model import ModelReading
from flows.fetch import plan
from flows.fetch.plan import Part
from flows.report.summary import Summary
from flows.steps import Steps
from flows.survey import Job
from flows.syntax import Syntax
from flows.write.deliver import Stage, deliver

from .conftest import FETCHED_AT, loaded_reference


class SeesNothing:
    """A model that finds no entity, so that a run costs milliseconds."""

    name = "none"

    def read(self, texts, **_):
        return iter([ModelReading((), Syntax())] * len(texts))


def dispatches_in(folder: Path, count: int, patch: pytest.MonkeyPatch) -> Path:
    """Write so many dispatches, of which runs of this process commit two in a batch, with a model that finds nothing."""
    patch.setattr(batch, "_reference", lambda *_: replace(loaded_reference(), model=SeesNothing()))
    patch.setattr(plan, "BATCH_BYTES", 400)
    folder.mkdir()
    for number in range(1, count + 1):
        text = f"date 2020-0{number}-20 “We go,” Mr Smith said on Monday. " + "It rained. " * 10
        (folder / f"{number}.txt").write_text(text)
    return folder


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
