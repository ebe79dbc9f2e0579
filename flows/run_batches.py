"""The batches of one run: fetched in the order of the plan, their parts worked on ahead of the commits, committed in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import structlog

from flows.batch import PartDone, violations_of
from flows.checks import Violation
from flows.errors import BrokenRow, DiskFull, RefusedByStore, WorkerDied
from flows.fetch import plan
from flows.fetch.plan import Batch, Sizes, Tally, forget_spool, plan_batches
from flows.fetch.slices import Wishes
from flows.reference.gazetteer_index import build_gazetteer
from flows.report.summary import Summary
from flows.run_commits import RunCommits
from flows.steps import Steps
from flows.survey import Job, Survey
from flows.write import disk
from flows.write.deliver import stage_of
from flows.write.output import Output

log = structlog.stdlib.get_logger("dateline")

HEADER_FACTOR = 8
"""How much larger batches and parts are in a run without a field."""

MAX_PARTS_AHEAD = 8
"""Parts for each worker that are submitted at most, in a batch that has more."""


def commit_batches(commits: RunCommits, seen: Survey, wishes: Wishes, head: int, steps: Steps) -> int:
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


_MESSAGES: dict[type[BaseException], str] = {
    MemoryError: "memory ran out in a worker process; run with fewer workers"
}
"""Messages for errors of Python that have none."""


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
        f"batch {batch.seq}: {type(error).__name__}: {str(error) or _MESSAGES.get(type(error), 'no message')}": error
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
