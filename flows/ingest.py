"""The Prefect flows and tasks. The work is in `coordinator.py`; what Prefect displays is in `observe.py`.

Prefect schedules and displays runs; the commit log alone decides what is committed. A run may be killed,
repeated, or retried hours later, and the data stays correct.

The module is long because flows and tasks are in one place, the only one that may import their decorators, and because
Prefect shows the docstring of a flow, with a sentence for each parameter.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.futures import PrefectConcurrentFuture, PrefectFuture, wait
from prefect.states import Cancelled
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows import cluster, logs, observe, parameters
from flows.addresses import path_or_address, set_secrets_apart
from flows.batch import PartDone, work_on
from flows.coordinator import log, run_job
from flows.errors import BatchFailed, DatelineError, OutputBusy, OutputDiffers, WrongUse
from flows.fetch.plan import Batch, Part
from flows.fields import ALL, Fields, fields_named
from flows.records import MAX_REJECT_SHARE, Rules
from flows.report.summary import Summary
from flows.secret_blocks import resolve
from flows.steps import Steps
from flows.survey import Job
from flows.warehouse.load import LoadSummary
from flows.warehouse.load import load as load_committed
from flows.warehouse.verify import Verification
from flows.warehouse.verify import verify as verify_output
from flows.workers import WorkerPool, worker_processes
from flows.write.deliver import Stage, deliver
from flows.write.log import Commit
from flows.write.output import Output

if TYPE_CHECKING:
    # An extra.
    from prefect_dask.task_runners import DaskTaskRunner

TRANSIENT = frozenset({errno.EAGAIN, errno.EINTR, errno.ENOBUFS, errno.ENOMEM, errno.ESTALE})


def result_of(state: State[Any]) -> Any:
    """Return the result of a task, or its exception.

    Prefect answers with a coroutine where an event loop runs in this thread, as it does in a notebook, unless it is told not to.
    """
    return state.result(raise_on_failure=False, _sync=True)  # type: ignore[call-overload]


def is_retryable(task: Any, run: Any, state: State[Any]) -> bool:
    """Return True if the same call may succeed later."""
    del task, run
    error = result_of(state)
    if isinstance(error, DatelineError):
        return error.retryable
    return isinstance(error, OSError) and error.errno in TRANSIENT


_TASK: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "persist_result": False,
    # Nothing is stored there. Without a path, Prefect requests one from its server.
    "result_storage": Path(tempfile.gettempdir()),
}
_RETRIED: dict[str, Any] = {"retries": 2, "retry_delay_seconds": 1, "retry_condition_fn": is_retryable}


# Fetching and writing are not retried: a generator that has failed is exhausted and looks like the end of the
# plan, and the next run recovers an unfinished commit.
@task(name="fetch", task_run_name="fetch-{batch_seq}", **_TASK)
def fetch(plan: Iterator[Batch], batch_seq: int) -> Batch | None:
    """Copy and check the bytes of the next batch, which gets this number; None at the end of the plan."""
    del batch_seq
    return next(plan, None)


@task(name="parse-enrich", task_run_name="parse-enrich-{batch_seq}-{part.number}", **_RETRIED, **_TASK)
def work(
    part: Part,
    stage: Stage,
    batch_seq: int,
    model: str | None = None,
    fields: Fields = ALL,
    processes: WorkerPool | None = None,
) -> PartDone:
    """Read a part of a batch from the spool and stage its rows, in one of the processes, or in this one."""
    with stage.folder() as folder:
        if processes is None:
            return work_on(part, stage=folder, batch_seq=batch_seq, model=model, fields=fields)
        working = processes.submit(
            work_on, batch_seq, part.number, part=part, stage=folder, model=model, fields=fields
        )
        return working.result()


@task(
    name="parse-enrich", task_run_name="parse-enrich-{far.batch_seq}-{far.part.number}", **_RETRIED, **_TASK
)
def work_on_cluster(far: cluster.FarPart) -> PartDone:
    """Read a part of a batch and stage its rows, on a worker of a cluster."""
    return cluster.work_far(far)


@task(name="write", task_run_name="write-{seq}", **_TASK)
def write(output: Output, *, seq: int, **what: Any) -> Commit:
    """Commit and publish what is staged; see `deliver`."""
    return deliver(output, seq=seq, **what)


@flow(
    name="dateline-ingest",
    description="Read what is new under the sources, commit its rows under the output, load the targets.",
    flow_run_name=observe.ingest_name,
    persist_result=False,
)
def ingest(
    sources: parameters.Sources,
    output: parameters.OutputFolder = "output",
    targets: parameters.Targets = [],  # noqa: B006  # Prefect shows the default, and nothing changes it
    format: parameters.Format = None,  # noqa: A002  # named as on the command line
    date_order: parameters.DateOrder = None,
    repair: bool = False,
    columns: parameters.Columns = None,
    only_rejects: bool = False,
    reread: bool = False,
    max_reject_share: parameters.MaxRejectShare = MAX_REJECT_SHARE,
    model: parameters.Model = None,
    fields: parameters.FieldNames = "all",
    workers: parameters.Workers = None,
    engine: parameters.Engine = "processes",
    scheduler: parameters.Scheduler = None,
    fetched_at: parameters.FetchedAt = None,
    allow_private: bool = False,
) -> Summary | State[Any]:
    """Read what is new under the sources, commit its rows under the output, and load the targets.

    Under a server, a run that finds the output busy is cancelled; the message of its state names the writer.

    Args:
        sources: Files, folders, globs, or addresses (https://, s3://, gs://). Only what is new is read.
        output: Folder of the dataset, or s3://bucket/prefix.
        targets: Warehouses to load when the rows are committed, such as duckdb:///news.duckdb,
            postgresql://host/db, clickhouse:///folder or delta:folder; prefect-secret:NAME is the address in a Secret block.
        format: Read every file in this format. Empty: the format is detected from the bytes.
        date_order: The order of dates such as 02/03/2020. Empty: a dispatch with such a date is rejected.
        repair: Replace undecodable bytes by U+FFFD, and record it.
        columns: Columns of CSV files to read as header keys, as in {"Full text": "text"}.
        only_rejects: Read the sources with rejected dispatches again; commit those of which fewer are rejected now.
        reread: Read every source again, also those whose size and times have not changed. Changed bytes are a new version; unchanged bytes add nothing.
        max_reject_share: Share of rejected dispatches above which the run emits the event
            dateline.rejects.over-threshold.
        model: Package of another installed English pipeline of spaCy. Empty: en_core_web_sm.
        fields: What is extracted: all, header (nothing), or names of fields as in mentions,places,times. An output has one set of fields.
        workers: Worker processes. Empty: one for each core. With the engine dask: parts that are worked on at a
            time; empty: one for each worker of the cluster.
        engine: Where parts are worked on: in processes of this machine, or on a Dask cluster whose workers
            have the same installation, and see the output.
        scheduler: Address of the Dask scheduler, such as tcp://10.0.0.1:8786.
        fetched_at: Instant with a zone to record as the time of the fetch. Empty: now.
        allow_private: Read addresses of private networks and of this machine too.

    Raises:
        WrongUse: a source that does not exist, or an output that cannot be written.
        OutputBusy: another run is writing to the output, and there is no server.
        DiskFull: there is no room for a file of the output; what is committed stays.
        WorkerDied: a worker process has ended before its work; what is committed stays.
        ClusterLost: the Dask scheduler does not answer, or has ended; what is committed stays.
        BatchFailed: a batch or a load failed; under a server only, where the flow run must fail. Elsewhere
            `Summary.failures` names them.
    """
    sources, targets = set_secrets_apart(map(resolve, sources)), set_secrets_apart(map(resolve, targets))
    job = Job(
        sources=tuple(sources),
        output=path_or_address(output),
        workers=workers or os.cpu_count() or 1,
        began=fetched_at or datetime.now(UTC),
        form=format,
        rules=Rules(date_order=date_order, repairs=repair, columns=columns or {}),
        only_rejects=only_rejects,
        reread=reread,
        model=model,
        fields=fields_named(fields),
        allow_private=allow_private,
    )
    logs.shorten_prefect_logs()
    if FlowRunContext.get():
        logs.outlive_output()
    if scheduler and engine != "dask":
        raise WrongUse("--scheduler", f"{scheduler} with --engine {engine}", "--engine dask")
    if engine == "dask":
        # The working folder of a worker is another one.
        job = replace(job, output=path_or_address(Output(job.output).uri))
    with logs.routed(), ExitStack() as opened:
        if engine == "dask":
            runner = opened.enter_context(cluster.connected(scheduler))
            job = replace(job, workers=workers or cluster.worker_count(runner))
            steps = _cluster_steps(runner, job)
        else:
            processes = opened.enter_context(worker_processes(job.workers, job.model, job.fields))
            # Half of the tasks wait in the queue of the processes, so that none of these waits for Prefect.
            threads = opened.enter_context(ThreadPoolTaskRunner[PartDone](max_workers=2 * job.workers))
            steps = _steps(threads, processes, job)
        try:
            summary = run_job(job, steps)
        except OutputBusy as busy:
            if not FlowRunContext.get():
                raise
            return Cancelled(message=str(busy))
        observe.show_tables(summary, job)
        _load_targets(job.output, targets, summary)
        observe.show_run(summary, job, max_reject_share)
    if FlowRunContext.get() and summary.failures:
        raise BatchFailed(tuple(summary.failures))
    return summary


@flow(
    name="dateline-verify",
    description="Compare every committed file, and the rows of the targets, with the commit log.",
    flow_run_name=observe.verify_name,
    persist_result=False,
)
def verify(
    output: parameters.OutputFolder = "output",
    targets: parameters.Targets = [],  # noqa: B006
) -> None:
    """Compare every committed file, and the rows of the targets, with the commit log.

    Raises:
        OutputDiffers: a file or a target differs; the message names each difference.

    Args:
        output: Folder of the dataset.
        targets: Warehouses to compare, as the flow `ingest` loads them.
    """
    logs.shorten_prefect_logs()
    targets = set_secrets_apart(map(resolve, targets))
    outcomes = [
        result_of(compare(path_or_address(output), target, return_state=True))
        for target in (targets or (None,))
    ]
    found = [each for each in outcomes if isinstance(each, Verification)]
    observe.show_verification(found)
    lines = [line for each in found for line in each.differences]
    # A target that cannot be compared must not hide the differences of another.
    lines += [str(each) for each in outcomes if not isinstance(each, Verification)]
    if lines:
        raise OutputDiffers(tuple(dict.fromkeys(lines)))


def _load_targets(output: Path | str, targets: Sequence[str], summary: Summary) -> None:
    """Load each target in a task of its own. A load that fails is added to the failures of the run."""
    for target in targets:
        load = materialize(
            *observe.target_assets(target),
            by="dateline",
            asset_deps=[*observe.table_keys(output)],
            name="load",
            task_run_name=f"load-{observe.target_uri(target)}",
            **_RETRIED,
            **_TASK,
        )(load_target)
        outcome = result_of(load(output, target, return_state=True))
        if isinstance(outcome, LoadSummary):
            summary.loaded[outcome.target] = outcome.row_count
            log.info("target.loaded", target=outcome.target, rows=outcome.row_count, mark=outcome.mark)
        else:
            summary.failures.append(f"load: {type(outcome).__name__}: {outcome}")
            log.error("load.failed", error=f"{type(outcome).__name__}: {outcome}")


def load_target(output: Path | str, target: str) -> LoadSummary:
    """Load what is committed, and not in the target yet."""
    loaded = load_committed(output, target)
    observe.show_load(target, loaded)
    return loaded


@task(name="verify", **_RETRIED, **_TASK)
def compare(output: Path | str, target: str | None) -> Verification:
    """Compare the files of an output, and a target, with the commit log."""
    return verify_output(output, target)


def _steps(runner: ThreadPoolTaskRunner[PartDone], processes: WorkerPool, job: Job) -> Steps:
    """Return the steps of a run as Prefect tasks; parts are worked on in the processes.

    What is large is quoted: Prefect looks for futures in all else, and needs 0.2 s for 4,000 sources.
    """

    def submit(part: Part, stage: Stage, batch_seq: int) -> PrefectConcurrentFuture[PartDone]:
        asked = {"part": quote(part), "stage": stage, "batch_seq": batch_seq, "processes": processes}
        future = runner.submit(work, {**asked, "model": job.model, "fields": job.fields})
        _log_end(future, part, batch_seq)
        return future

    return Steps(
        fetch=fetch,
        submit=submit,
        outcomes=lambda futures: [processes.explained(each) for each in _outcomes(futures)],
        write=_write,
        progressed=observe.show_progress(),
        release=processes.end,
    )


def _cluster_steps(runner: DaskTaskRunner, job: Job) -> Steps:
    """Return the steps of a run whose parts are worked on by the workers of a cluster."""

    def submit(part: Part, stage: Stage, batch_seq: int) -> PrefectFuture[PartDone]:
        far = cluster.sent(part, stage, batch_seq, job.model, job.fields)
        future: PrefectFuture[PartDone] = runner.submit(work_on_cluster, {"far": far})
        _log_end(future, part, batch_seq)
        return future

    return Steps(
        fetch=fetch,
        submit=submit,
        outcomes=lambda futures: cluster.outcomes(runner, futures),
        write=_write,
        progressed=observe.show_progress(),
    )


def _write(output: Output, *, seq: int, **what: Any) -> Commit:
    return write(output, seq=seq, **{name: quote(value) for name, value in what.items()})


def _log_end(future: PrefectFuture[PartDone], part: Part, batch_seq: int) -> None:
    ended = {"seq": batch_seq, "part": part.number, "dispatches": part.dispatch_count}
    future.add_done_callback(lambda _: log.debug("part.ended", **ended, bytes=part.byte_count))


def _outcomes(futures: Sequence[PrefectConcurrentFuture[PartDone]]) -> list[PartDone | BaseException]:
    # Before any result is read: reading a failure cancels the parts in the queue.
    wait(list(futures))
    return [result_of(future.state) for future in futures]
