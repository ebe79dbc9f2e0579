"""One run: plan batches of what is new, hand their parts to workers, commit what comes back.

The caller provides the steps: Prefect tasks in `ingest.py`, plain calls in tests. The commit log decides what
is committed: a run may be killed, repeated or started twice, and the data stays correct.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import perf_counter
from typing import Any

import structlog

from flows.addresses import is_address
from flows.batch import PartDone, violations_of
from flows.checks import Violation
from flows.errors import BrokenRow, DiskFull, RefusedByStore, SequenceTaken, WorkerDied
from flows.fetch import plan
from flows.fetch.local import FoundFile
from flows.fetch.plan import Batch, Part, Sizes, Tally, forget_spool, plan_batches
from flows.fetch.remote import find_remote
from flows.fetch.slices import Wishes
from flows.history.checkpoints import write_checkpoints
from flows.history.reading import read_history
from flows.quality.drift import LAST_RUNS, drifts
from flows.reference.gazetteer_index import build_gazetteer
from flows.report.run_facts import counts_of
from flows.report.run_rows import last_rows
from flows.report.state import refused_sources
from flows.report.summary import Summary
from flows.run_commits import RunCommits
from flows.schema_versions import SCHEMA_VERSION
from flows.survey import Job, Survey, find_sources, survey
from flows.warehouse.catalog import write_catalog
from flows.warehouse.parquet import write_beside
from flows.write import disk
from flows.write.deliver import Stage, stage_of
from flows.write.generations import sweep_kept
from flows.write.log import Commit, refuse_older
from flows.write.output import Output
from flows.write.publish import recover
from flows.write.store import REPORTS

log = structlog.stdlib.get_logger("dateline")

HEADER_FACTOR = 8
"""How much larger batches and parts are in a run without a field."""

MAX_PARTS_AHEAD = 8
"""Parts for each worker that are submitted at most, in a batch that has more."""

MAX_PLANS = 3
"""Plans that one run makes at most, when another writer commits first."""


def _ignore(done: int, total: int) -> None:
    del done, total


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Steps:
    """The functions that carry out the steps of a run.

    `fetch` takes the next batch from the plan, None at its end; its second argument is the sequence number of
    that batch. `submit` starts work on a part (part, stage, sequence number) and returns a handle.
    `outcomes` waits for handles and returns the result of each; an exception is returned, not raised. `write`
    is `deliver`. `progressed` takes the number of bytes done and the total. `release` is called when no part will be submitted
    any more: the memory of the workers is free for what follows.
    """

    fetch: Callable[[Iterator[Batch], int], Batch | None]
    submit: Callable[[Part, Stage, int], Any]
    outcomes: Callable[[Sequence[Any]], list[PartDone | BaseException]]
    write: Callable[..., Commit]
    progressed: Callable[[int, int], None] = _ignore
    release: Callable[[], None] = _nothing


def run_job(job: Job, steps: Steps) -> Summary:
    """Read what is new under the sources and commit its rows; `Summary.failures` names what failed.

    Raises:
        WrongUse: a source that does not exist, or an output that cannot be written.
        OlderOutput, NewerOutput: an output with other tables than those of this version.
        OutputBusy: another run is writing to the output.
        DiskFull: a file of the output cannot be written for lack of space.
        WorkerDied: a worker process has ended before its work; what is committed stays.
    """
    output = Output(job.output)
    addressed = [
        file
        for each in job.sources
        if is_address(each)
        for file in find_remote(each, allows_private=job.allow_private)
        if not file.uri.startswith(f"{output.uri}/")
    ]
    addressed = list({file.uri: file for file in addressed}.values())
    # Before anything is written: a source that does not exist.
    find_sources(job)
    output.prepare()
    others = multiprocessing.active_children()
    for attempt in range(1, MAX_PLANS + 1):
        # Again for each plan: a writer that was overtaken may have lost its lease, and another one is at work.
        with output.locked():
            try:
                return _run(job, output, addressed, steps)
            except SequenceTaken as taken:
                log.warning("plan.overtaken", seq=taken.seq, attempt=attempt)
                if attempt == MAX_PLANS:
                    raise
            except BaseException:
                end_workers(others)
                raise
    raise AssertionError("the last attempt returns or raises")


def end_workers(others: Collection[BaseProcess]) -> None:
    """Kill the worker processes of an interrupted run, so that it does not wait for their parts.

    `others` are processes that the calling program started before the run.
    """
    for worker in multiprocessing.active_children():
        if worker not in others:
            worker.kill()


def _run(job: Job, output: Output, addressed: Sequence[FoundFile], steps: Steps) -> Summary:
    clock = perf_counter()
    head = recover(output)
    # A run that was killed has left records that no checkpoint covers, as many as it had made.
    write_checkpoints(output)
    sweep_kept(output, job.began)
    again = refused_sources(output) if job.only_rejects else None
    seen = survey(job, addressed, again)
    summary = seen.summary(job, head)
    commits = RunCommits(job, output, summary, steps.write)
    if seen.waiting or seen.has_unplaced:
        refuse_older(output, seen.schema)
    log.info("run.began", sources=seen.file_count, new=len(seen.waiting), bytes=seen.waiting.byte_count)
    if not seen.waiting:
        summary.unchanged_count = seen.file_count
        last = head
        if seen.has_unplaced:
            last = commits.place_articles(head + 1, seen.placed_seq)
        if head and seen.schema == SCHEMA_VERSION:
            commits.take_left_numbers(last)
        if head:
            # An earlier run may have committed without publishing; `recover` has published the rest.
            write_beside(output)
            write_catalog(output)
        summary.seconds["total"] = perf_counter() - clock
        return summary

    if head == 0:
        head = commits.commit_empty()
    wishes = Wishes(job.rules, job.form, again, job.reread, seen.erased)
    last = _commit_batches(commits, seen, wishes, head, steps)
    if output.is_folder:
        # Elsewhere another writer may be first with the next number, and then the plan is made again.
        steps.release()
    if "stories" in job.fields and (summary.batch_count or seen.has_unplaced):
        last = commits.place_articles(last + 1, seen.placed_seq)
    summary.seconds["total"] = perf_counter() - clock
    if summary.batch_count:
        before = last_rows(output, read_history(output).files())[-LAST_RUNS:]
        summary.drifts = drifts(summary.profile, [counts_of(row) for row in reversed(before)])
        for drift in summary.drifts:
            log.warning("run.drifted", **drift.as_json())
        last += 1
        commits.commit_run(last)
        write_beside(output)
    commits.take_left_numbers(last)
    # Before the catalogue, which then reads few records.
    write_checkpoints(output)
    write_catalog(output)
    if summary.batch_count:
        _report(output, summary)
    return summary


def _report(output: Output, summary: Summary) -> None:
    """Write the report of the run. Everything is committed: an error is a warning, and the run keeps its outcome."""
    try:
        from flows.report.run_report import write_report  # noqa: PLC0415  # the templates, which no other run needs

        name = write_report(output)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is named, and the run has done its work
        name = f"{REPORTS}/{summary.run_id}.html"
        summary.report_failure = f"{output.address}/{name}: {type(error).__name__}: {error}"
        log.warning("report.failed", report=name, error=f"{type(error).__name__}: {error}")
    else:
        summary.report = f"{output.address}/{name}"
        log.info("report.written", report=name)


def _commit_batches(commits: RunCommits, seen: Survey, wishes: Wishes, head: int, steps: Steps) -> int:
    """Commit the batches of the plan in order; return the last sequence number that was planned."""
    job, output, summary = commits.job, commits.output, commits.summary
    tally = Tally(unchanged=seen.file_count - len(seen.waiting))
    if job.fields:
        # Before the workers start; otherwise each of them builds the index.
        build_gazetteer()
    total = seen.waiting.byte_count
    last, done_bytes = head, 0
    with output.store.spooling() as spool:
        planned = plan_batches(
            seen.waiting,
            seen.ledger,
            spool_folder=spool,
            first_seq=head + 1,
            fetched_at=job.began,
            tally=tally,
            wishes=wishes,
            left_out=seen.left_out,
            sizes=_sizes_for(job),
        )
        batches = _fetched(_spooled(planned, spool), head + 1, steps, summary)
        for batch, outcomes in _in_flight(batches, output, job, steps, summary.run_id):
            match _done_parts(batch, outcomes, summary):
                case None:
                    commits.commit_nothing(batch.seq, batch.batch_id)
                case done, ():
                    commits.commit_batch(batch, done)
                case _, violations:
                    commits.quarantine(batch.seq, batch.batch_id, violations, batch.inputs)
            last = batch.seq
            done_bytes += sum(each.size for each in batch.inputs if each.dispatch_count)
            steps.progressed(done_bytes, total)
            forget_spool(batch)
    summary.unchanged_count, summary.moved = tally.unchanged, tally.moved
    for each in tally.unreachable:
        summary.fail(each)
    return last


def _sizes_for(job: Job) -> Sizes:
    """Return how much is one batch and one task: without a field, reading it takes a twentieth of the time."""
    factor = 1 if job.fields else HEADER_FACTOR
    return Sizes(factor * plan.BATCH_BYTES, factor * plan.PART_BYTES, job.workers)


def _spooled(plan: Iterator[Batch], spool: Path) -> Iterator[Batch]:
    with disk.naming_full_disk(spool):
        yield from plan


def _fetched(plan: Iterator[Batch], first_seq: int, steps: Steps, summary: Summary) -> Iterator[Batch]:
    """Yield the batches of the plan, and add up the time that fetching takes."""
    for seq in count(first_seq):
        began = perf_counter()
        batch = steps.fetch(plan, seq)
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


@dataclass(slots=True)
class _Flight:
    """A batch with the handles of parts that are being worked on, in their order, and the outcomes of those before them."""

    batch: Batch
    waiting: deque[Any]
    outcomes: list[PartDone | BaseException]


def _in_flight(
    batches: Iterator[Batch], output: Output, job: Job, steps: Steps, run_id: str
) -> Iterator[tuple[Batch, list[PartDone | BaseException]]]:
    """Yield the batches in order with the outcomes of their parts, and keep the workers busy.

    Only as many parts are submitted ahead as keep every worker busy while a batch is committed: parts in
    flight when a run is killed are done again, and a file of gigabytes has thousands of parts.
    """
    flying: deque[_Flight] = deque()

    def ended(flight: _Flight) -> tuple[Batch, list[PartDone | BaseException]]:
        return flight.batch, flight.outcomes + steps.outcomes(list(flight.waiting))

    for batch in batches:
        stage = stage_of(output, batch.seq, run_id)
        flight = _Flight(batch, deque(), [])
        flying.append(flight)
        for part in batch.parts:
            flight.waiting.append(steps.submit(part, stage, batch.seq))
            while sum(len(each.waiting) for each in flying) > MAX_PARTS_AHEAD * job.workers:
                if len(flying) > 1:
                    yield ended(flying.popleft())
                else:
                    flight.outcomes += steps.outcomes([flight.waiting.popleft()])
        while sum(len(each.waiting) for each in flying) > 2 * job.workers and len(flying) > 1:
            yield ended(flying.popleft())
    while flying:
        yield ended(flying.popleft())


_UNTOLD: dict[type[BaseException], str] = {
    MemoryError: "memory ran out in a worker process; run with fewer workers"
}
"""What Python's own errors do not tell."""


def _done_parts(
    batch: Batch, outcomes: Sequence[PartDone | BaseException], summary: Summary
) -> tuple[list[PartDone], tuple[Violation, ...]] | None:
    """Return the results of the parts, and the checks that they do not pass; None where a part failed, for the next run."""
    done = [outcome for outcome in outcomes if isinstance(outcome, PartDone)]
    broken = [outcome for outcome in outcomes if isinstance(outcome, BrokenRow)]
    errors = [outcome for outcome in outcomes if not isinstance(outcome, PartDone | BrokenRow)]
    for error in errors:
        if isinstance(error, WorkerDied | DiskFull | RefusedByStore | OSError):
            # The machine failed, not the batch. Later batches are not committed without it, so that the next run gives it its number.
            raise error
    named = {
        f"batch {batch.seq}: {type(error).__name__}: {str(error) or _UNTOLD.get(type(error), 'no message')}": error
        for error in errors
    }
    for failure, error in named.items():
        # The message of a bug may quote a dispatch, which may be erased later.
        summary.fail(failure, f"batch {batch.seq}: {type(error).__name__}")
        log.error("batch.failed", seq=batch.seq, error=failure)
    if errors:
        return None
    if broken:
        # The part of such a row has no counts, so that the sum of the batch says nothing.
        return done, tuple(
            Violation(each.table, f"{each.column} is {each.wanted}", 1, each.found) for each in broken
        )
    return done, violations_of(batch, done)
