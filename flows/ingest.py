"""The Prefect flow: find, fetch, hand parts to processes, commit. Read `journey.py` for what they do.

Prefect is a bell, not a lock: a run may be killed, doubled or revived late, and the data stays
right, because what counts is the commit log.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import structlog
from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.futures import PrefectConcurrentFuture, wait
from prefect.task_runners import ProcessPoolTaskRunner

from flows.batch import PartDone, end_with_parent, work_on
from flows.enrich.gazetteer import load_gazetteer
from flows.errors import BatchFailed, DatelineError, SequenceTaken, WorkerDied, WrongUse
from flows.fetch.ledger import Ledger
from flows.fetch.local import FoundFile, find_files, is_address, vanished_from
from flows.fetch.plan import Batch, Part, Tally, forget_spool, plan_batches
from flows.fetch.remote import find_remote
from flows.fetch.slices import Wishes
from flows.records import FinishedRun, Rules, identify
from flows.report.state import refused_sources
from flows.report.summary import Summary, as_markdown
from flows.tables import rows_of
from flows.versions import versions
from flows.write.deliver import deliver, deliver_empty, stage_folder
from flows.write.log import Commit, read_log
from flows.write.output import Output
from flows.write.publish import recover
from flows.write.stage import stage_rows

log = structlog.stdlib.get_logger("dateline")

Flying = PrefectConcurrentFuture[PartDone]
"""A part that is being worked on."""

TRIES = 3
"""How often a plan is made anew when another writer commits first."""

PASSING = frozenset({errno.EAGAIN, errno.EINTR, errno.ENOBUFS, errno.ENOMEM, errno.ESTALE})


def is_retryable(task: Any, run: Any, state: State[Any]) -> bool:
    """Tell whether the failure may pass by itself."""
    del task, run
    error = state.result(raise_on_failure=False)
    if isinstance(error, DatelineError):
        return error.retryable
    return isinstance(error, OSError) and error.errno in PASSING


_TASK: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "persist_result": False,
    # Nothing is stored there; without a path Prefect asks its server for one.
    "result_storage": Path(tempfile.gettempdir()),
}


# Fetching and writing are not retried here: a plan that has failed is over and would seem to have
# nothing left, and a commit that is cut off is finished by the recovery of the next run.
@task(name="fetch", **_TASK)
def fetch(plan: Iterator[Batch]) -> Batch | None:
    """Copy and check the bytes of the next batch; None where there is none."""
    return next(plan, None)


@task(
    name="parse-enrich",
    retries=2,
    retry_delay_seconds=1,
    retry_condition_fn=is_retryable,
    **_TASK,
)
def work(part: Part, stage: Path, batch_seq: int, model: str | None = None) -> PartDone:
    """Take a part of a batch from the spool to staged files, in a process of its own."""
    return work_on(part, stage=stage, batch_seq=batch_seq, model=model)


@task(name="write", **_TASK)
def write(output: Output, **what: Any) -> Commit:
    """Commit and publish what is staged; see `deliver`."""
    record: Commit = deliver(output, **what)
    rows = sum(file.rows for file in record.files)
    log.info("batch.committed", seq=record.seq, kind=record.kind, files=len(record.files), rows=rows)
    return record


@flow(name="dateline-ingest", persist_result=False)
def ingest(
    sources: list[str],
    output: str = "output",
    *,
    workers: int | None = None,
    fetched_at: datetime | None = None,
    form: str | None = None,
    date_order: str | None = None,
    repairs: bool = False,
    columns: dict[str, str] | None = None,
    only_rejects: bool = False,
    model: str | None = None,
) -> Summary:
    """Read what is new under the sources, and commit its rows under the output.

    `fetched_at` (default: now) is what the rows say, and no dispatch may be published after it. `form`
    forces a form on every file; `date_order`, `repairs` and `columns` are those of `Rules`.
    `only_rejects` reads again just the sources with refused dispatches, and commits those of which fewer
    are refused now, as new versions. `model` names the package of another English pipeline.

    Raises:
        WrongUse: a source that does not exist, or an output that cannot be written.
        OutputBusy: another run is writing to the output.
        WorkerDied: a process was ended by the system; what is committed stays.
        BatchFailed: under a server only, so that its flow run is seen to have failed; elsewhere the
            summary says it.
    """
    place = Output(Path(output))
    rules = Rules(date_order=date_order, repairs=repairs, columns=columns or {})
    files = find_files([each for each in sources if not is_address(each)], outside=place.root)
    files += [file for each in sources if is_address(each) for file in find_remote(each)]
    if not files:
        raise WrongUse("source", ", ".join(sources) + " (no files)", "at least one file")
    place.prepare()
    began = fetched_at or datetime.now(UTC)
    with place.locked():
        wishes = Wishes(rules, form, refused_sources(place) if only_rejects else None)
        if wishes.again is not None:
            files = [file for file in files if file.uri in wishes.again]
        for attempt in range(1, TRIES + 1):
            try:
                summary = _run(files, place, sources, began, workers or os.cpu_count() or 1, wishes, model)
                break
            except BrokenProcessPool:
                raise WorkerDied(workers or os.cpu_count() or 1) from None
            except SequenceTaken as taken:
                log.warning("plan.overtaken", seq=taken.seq, attempt=attempt)
                if attempt == TRIES:
                    raise
    if FlowRunContext.get():
        create_markdown_artifact(as_markdown(summary), key="dateline-run")
        if summary.failures:
            raise BatchFailed(tuple(summary.failures))
    return summary


def _run(
    files: list[FoundFile],
    output: Output,
    sources: list[str],
    began: datetime,
    workers: int,
    wishes: Wishes,
    model: str | None,
) -> Summary:
    clock = perf_counter()
    head = recover(output)
    commits = list(read_log(output))
    ledger = Ledger(each for record in commits for each in record.inputs)
    run_id = identify("run", began.isoformat(), os.getpid(), head)
    summary = Summary(run_id=run_id, output=str(output.root), source_count=len(files))
    if wishes.again is None:
        summary.vanished = vanished_from(sources, files, ledger.uris())
    waiting = [
        file
        for file in files
        if wishes.again is not None or not ((known := ledger.of(file.uri)) and known.stamp == file.stamp)
    ]
    log.info(
        "run.began", sources=len(files), new=len(waiting), bytes=sum(max(0, file.size) for file in waiting)
    )
    if not waiting:
        summary.unchanged_count = len(files)
        summary.seconds["total"] = perf_counter() - clock
        return summary

    if head == 0:
        first = deliver_empty(output, run_id, began)
        summary.add_rows(first.files)
        head = first.seq
    tally = Tally()
    plan = plan_batches(
        files,
        ledger,
        spool_folder=output.spool,
        first_seq=head + 1,
        fetched_at=began,
        tally=tally,
        wishes=wishes,
    )
    last = head
    # Before the processes start, lest each builds it for itself.
    load_gazetteer()
    with ProcessPoolTaskRunner(max_workers=workers, initializer=end_with_parent) as pool:
        for batch, futures in _in_flight(_timed(plan, summary), output, pool, run_id, workers, model):
            done = _outcome(batch, futures, summary)
            if done is not None:
                _commit(output, batch, done, run_id, began, summary)
            last = batch.seq
            forget_spool(batch)
    summary.unchanged_count, summary.moved = tally.unchanged, tally.moved
    summary.failures += tally.unreachable
    summary.seconds["total"] = perf_counter() - clock
    if summary.batch_count:
        _record_run(output, last + 1, sources, began, workers, _asked(wishes, model), summary)
    return summary


def _asked(wishes: Wishes, model: str | None) -> dict[str, str]:
    """Return what the user asked for beyond the sources, for the row of the run."""
    rules = wishes.rules
    asked = {
        "form": wishes.form,
        "date_order": rules.date_order,
        "repairs": "true" if rules.repairs else None,
        "columns": ", ".join(f"{key}={name}" for key, name in rules.columns.items()),
        "model": model,
        "only_rejects": None if wishes.again is None else "true",
    }
    return {name: value for name, value in asked.items() if value}


def _timed(plan: Iterator[Batch], summary: Summary) -> Iterator[Batch]:
    """Pass the plan's batches on, and count the time that fetching each takes."""
    while True:
        began = perf_counter()
        batch = fetch(plan)
        summary.seconds["fetch"] += perf_counter() - began
        if batch is None:
            return
        log.info(
            "batch.fetched",
            seq=batch.seq,
            sources=len(batch.inputs),
            dispatches=sum(part.dispatch_count for part in batch.parts),
            bytes=sum(part.byte_count for part in batch.parts),
            packed=sum(each.size for each in batch.inputs),
        )
        yield batch


def _in_flight(
    batches: Iterable[Batch],
    output: Output,
    pool: ProcessPoolTaskRunner,
    run_id: str,
    workers: int,
    model: str | None,
) -> Iterator[tuple[Batch, list[Flying]]]:
    """Keep the processes busy, and yield the batches in order, each when its parts have ended.

    Enough parts wait to keep every process at work while a batch is committed, and no more: what
    is in flight when a run is killed is done again.
    """
    flying: deque[tuple[Batch, list[Flying]]] = deque()
    for batch in batches:
        stage = stage_folder(output, batch.seq, run_id)
        futures = [
            _submitted(pool, {"part": part, "stage": stage, "batch_seq": batch.seq, "model": model})
            for part in batch.parts
        ]
        flying.append((batch, futures))
        while sum(len(futures) for _, futures in flying) > 2 * workers and len(flying) > 1:
            yield _ended(flying.popleft())
    while flying:
        yield _ended(flying.popleft())


def _submitted(pool: ProcessPoolTaskRunner, parameters: dict[str, Any]) -> Flying:
    """Hand a part to the processes, and tell when it has ended."""
    part: Part = parameters["part"]
    future = pool.submit(work, parameters)
    future.add_done_callback(
        lambda _: log.debug(
            "part.ended",
            seq=parameters["batch_seq"],
            part=part.number,
            dispatches=part.dispatch_count,
            bytes=part.byte_count,
        )
    )
    return future


def _ended(
    entry: tuple[Batch, list[Flying]],
) -> tuple[Batch, list[Flying]]:
    # Before any result is asked for: a first failure would cancel what is queued.
    wait(list(entry[1]))
    return entry


def _outcome(batch: Batch, futures: list[Flying], summary: Summary) -> list[PartDone] | None:
    """Return what came of the parts, or None where one failed: its batch is left to a later run."""
    results = [future.state.result(raise_on_failure=False) for future in futures]
    done = [result for result in results if isinstance(result, PartDone)]
    for error in (result for result in results if not isinstance(result, PartDone)):
        summary.failures.append(f"batch {batch.seq}: {type(error).__name__}: {error}")
        log.error("batch.failed", seq=batch.seq, error=f"{type(error).__name__}: {error}")
    return done if len(done) == len(results) else None


def _commit(
    output: Output, batch: Batch, done: list[PartDone], run_id: str, began: datetime, summary: Summary
) -> None:
    counts = sum((Counter(part.counts) for part in done), Counter())
    read = sum(part.dispatch_count for part in batch.parts)
    if read != counts["article"] + counts["reject"]:
        raise AssertionError(f"batch {batch.seq}: read {read} dispatches, made {dict(counts)} of them")
    clock = perf_counter()
    record = write(
        output,
        seq=batch.seq,
        kind="batch",
        batch_id=batch.batch_id,
        run_id=run_id,
        staged_at=began,
        files=[file for part in done for file in part.files],
        inputs=batch.inputs,
    )
    summary.seconds["commit"] += perf_counter() - clock
    summary.add(done, read, sum(part.byte_count for part in batch.parts))
    summary.add_rows(record.files)


def _record_run(
    output: Output,
    seq: int,
    sources: list[str],
    began: datetime,
    workers: int,
    asked: dict[str, str],
    summary: Summary,
) -> None:
    finished = FinishedRun(
        run_id=summary.run_id,
        started_at=began,
        ended_at=datetime.now(UTC),
        sources=tuple(sources),
        parameters={"workers": str(workers), "output": str(output.root), **asked},
        versions=versions(),
        counts=summary.counts(),
        seconds=summary.seconds,
    )
    stage = stage_folder(output, seq, summary.run_id)
    record = write(
        output,
        seq=seq,
        kind="run",
        batch_id=identify("run", summary.run_id),
        run_id=summary.run_id,
        staged_at=began,
        files=stage_rows(rows_of(finished), folder=stage, name="run", batch_seq=seq),
    )
    summary.add_rows(record.files)
