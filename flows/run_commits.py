"""The commits of one run: of its batches, of numbers that stay without rows, of the stories, and of the run itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import structlog

from flows.addresses import is_address, without_secrets
from flows.batch import PartDone
from flows.checks import Violation
from flows.commits import MAX_NAMED, FinishedRun, Input
from flows.enrich.stories.terms import read_background
from flows.errors import ChecksFailed
from flows.fetch.plan import Batch
from flows.history.reading import read_history
from flows.quality.profile import limited
from flows.records import identify
from flows.report.summary import Summary
from flows.stories.committed import committed_files
from flows.stories.step import placed
from flows.survey import Job
from flows.tables import rows_of
from flows.versions import versions
from flows.write.deliver import deliver_empty, stage_of
from flows.write.log import Commit, StagedFile
from flows.write.output import Output
from flows.write.quarantine import quarantine
from flows.write.stage import Staging, stage_checked

log = structlog.stdlib.get_logger("dateline")


@dataclass(frozen=True, slots=True)
class RunCommits:
    """Commits what a run has staged, and adds it to the summary of the run. `write` is `deliver`."""

    job: Job
    output: Output
    summary: Summary
    write: Callable[..., Commit]

    def commit_empty(self) -> int:
        """Make the first commit of a new output; return its sequence number."""
        shaped_by = versions(self.job.model, self.job.fields)
        record = deliver_empty(self.output, self.summary.run_id, self.job.began, shaped_by)
        self.summary.add_rows(record.files)
        return record.seq

    def commit_batch(self, batch: Batch, done: list[PartDone]) -> None:
        """Commit the parts of a batch."""
        clock = perf_counter()
        files = [file for part in done for file in part.files]
        record = self._write(batch.seq, "batch", batch.batch_id, files, batch.inputs)
        self.summary.seconds["commit"] += perf_counter() - clock
        read = sum(part.dispatch_count for part in batch.parts)
        self.summary.add(done, read, sum(part.byte_count for part in batch.parts))
        self.summary.add_rows(record.files)
        rows = sum(file.rows for file in record.files)
        log.info("batch.committed", seq=record.seq, kind=record.kind, files=len(record.files), rows=rows)

    def commit_nothing(self, seq: int, batch_id: str) -> None:
        """Take the number of a batch that failed, with a commit of nothing, where no lock keeps others out.

        Otherwise another writer could commit under it after later ones, unseen by readers that are past it.
        """
        if not self.output.is_folder:
            self._write(seq, "failed", batch_id, [])

    def take_left_numbers(self, last: int) -> None:
        """Take the numbers after the last commit for which a killed run has staged files, by commits of nothing.

        Where no lock tells that it was killed, only then can its files be removed: it can no longer commit them.
        """
        for seq in range(last + 1, self.output.store.last_staged() + 1):
            self.commit_nothing(seq, identify("left", self.summary.run_id, seq))

    def quarantine(
        self, seq: int, batch_id: str, violations: Sequence[Violation], inputs: Sequence[Input]
    ) -> None:
        """Keep a batch that does not pass the checks apart, whole; the run goes on with the next one."""
        folder = quarantine(
            stage_of(self.output, seq, self.summary.run_id),
            seq=seq,
            batch_id=batch_id,
            violations=violations,
            inputs=inputs,
            versions=versions(self.job.model, self.job.fields),
        )
        failure = ChecksFailed(f"batch {seq}", tuple(map(str, violations)))
        checks = "; ".join(f"{each.table}: {each.rows:,} rows where not {each.check}" for each in violations)
        self.summary.fail(
            f"{failure}; kept in {folder}", f"batch {seq}: checks failed: {checks}; kept in {folder}"
        )
        log.error("batch.quarantined", seq=seq, folder=folder, violations=list(map(str, violations)))
        self.commit_nothing(seq, batch_id)

    def place_articles(self, seq: int, placed_seq: int) -> int:
        """Place the articles of all batches since the last commit of stories; return the last sequence number that is used.

        It comes after the batches, also after those of a run that was killed before this: so that stories depend on what is
        committed, and not on how often a run was killed.
        """
        clock = perf_counter()
        committed = committed_files(self.output, read_history(self.output).files())
        nouns = placed(committed, placed_seq, read_background())
        rows = [row for noun in nouns for row in rows_of(noun)]
        if not rows:
            return seq - 1
        with stage_of(self.output, seq, self.summary.run_id).folder() as folder:
            staging = Staging(folder, "stories", seq)
            staging.add(rows)
            files = staging.done()
        batch_id = identify("stories", *(file.sha256 for file in files))
        if violations := staging.violations():
            self.quarantine(seq, batch_id, violations, ())
            return seq
        record = self._write(seq, "stories", batch_id, files)
        self.summary.add_rows(record.files)
        seconds = round(perf_counter() - clock, 3)
        log.info(
            "stories.committed", seq=record.seq, rows=sum(file.rows for file in record.files), seconds=seconds
        )
        return seq

    def commit_run(self, seq: int) -> None:
        """Commit the row of the run, which has ended."""
        job = self.job
        finished = FinishedRun(
            run_id=self.summary.run_id,
            started_at=job.began,
            ended_at=datetime.now(UTC),
            sources=tuple(without_secrets(each) if is_address(each) else each for each in job.sources),
            parameters={"output": str(self.output.address), **job.options()},
            versions=versions(job.model, job.fields),
            counts=self.summary.counts(),
            seconds=self.summary.seconds,
            fill_counts=limited(self.summary.profile),
            failures=tuple(self.summary.recorded_failures[:MAX_NAMED]),
            moved=tuple(self.summary.moved[:MAX_NAMED]),
            vanished=tuple(self.summary.vanished[:MAX_NAMED]),
        )
        with stage_of(self.output, seq, self.summary.run_id).folder() as folder:
            files = stage_checked(rows_of(finished), folder=folder, name="run", batch_seq=seq)
        record = self._write(seq, "run", identify("run", self.summary.run_id), files)
        self.summary.add_rows(record.files)

    def _write(
        self, seq: int, kind: str, batch_id: str, files: Sequence[StagedFile], inputs: Sequence[Input] = ()
    ) -> Commit:
        return self.write(
            self.output,
            seq=seq,
            kind=kind,
            batch_id=batch_id,
            run_id=self.summary.run_id,
            staged_at=self.job.began,
            versions=versions(self.job.model, self.job.fields),
            files=files,
            inputs=inputs,
        )
