"""One run: find what is new, commit its batches, place the articles in stories, write catalogue and report.

The commit log decides what is committed: a run may be killed, repeated or started twice, and the data stays correct.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Collection, Sequence
from multiprocessing.process import BaseProcess
from time import perf_counter

import structlog

from flows.addresses import is_address
from flows.errors import SequenceTaken
from flows.fetch.local import FoundFile
from flows.fetch.remote import find_remote
from flows.fetch.slices import Wishes
from flows.history.checkpoints import write_checkpoints
from flows.history.reading import read_history
from flows.quality.drift import LAST_RUNS, drifts
from flows.report.run_facts import counts_of
from flows.report.run_rows import last_rows
from flows.report.state import refused_sources
from flows.report.summary import Summary
from flows.run_batches import commit_batches
from flows.run_commits import RunCommits
from flows.schema_versions import SCHEMA_VERSION
from flows.steps import Steps
from flows.survey import Job, find_sources, survey
from flows.warehouse.catalog import write_catalog
from flows.warehouse.parquet import write_beside
from flows.write.generations import sweep_kept
from flows.write.log import refuse_older
from flows.write.output import Output
from flows.write.publish import recover
from flows.write.store import REPORTS

log = structlog.stdlib.get_logger("dateline")

MAX_PLANS = 3
"""Plans that one run makes at most, when another writer commits first."""


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
    last = commit_batches(commits, seen, wishes, head, steps)
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
