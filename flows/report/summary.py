"""The counts of a run, added up batch by batch, and their description."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows.commits import STAGES
from flows.escaping import as_code
from flows.write.log import StagedFile

if TYPE_CHECKING:
    # At run time they would import the language model and pyarrow, which a run with nothing new never needs.
    from flows.batch import PartDone
    from flows.quality.drift import Drift


def counted(count: int, one: str, many: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many}"


def minute_of(instant: str) -> str:
    """Return an instant in ISO 8601 to the minute of UTC, as people read it."""
    return f"{datetime.fromisoformat(instant).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(slots=True)
class Summary:
    """The outcome of a run.

    `differing_count` counts unchanged sources that were read with other options than this run has. `failures` names the batches that were not committed, the servers that gave nothing and the loads that
    failed; `recorded_failures` are the batches and servers as `runs` keeps them, without words of a dispatch. `report` is where the
    run report was written, and `report_failure` why it was not; both are None for a run that committed nothing.
    `loaded` has the rows added to each target. `profile` counts what has a value, and `drifts` are the shares that have changed
    against the last runs.
    """

    run_id: str
    output: str
    source_count: int
    unchanged_count: int = 0
    differing_count: int = 0
    batch_count: int = 0
    byte_count: int = 0
    dispatch_count: int = 0
    article_count: int = 0
    reject_count: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    reject_codes: Counter[str] = field(default_factory=Counter)
    reject_examples: dict[str, str] = field(default_factory=dict)
    formats: Counter[str] = field(default_factory=Counter)
    profile: Counter[str] = field(default_factory=Counter)
    drifts: list[Drift] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    recorded_failures: list[str] = field(default_factory=list)
    report: str | None = None
    report_failure: str | None = None
    loaded: dict[str, int] = field(default_factory=dict)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, parts: Sequence[PartDone], dispatches: int, size: int) -> None:
        """Count a committed batch."""
        self.batch_count += 1
        self.dispatch_count += dispatches
        self.byte_count += size
        for part in parts:
            self.article_count += part.counts["article"]
            self.reject_count += part.counts["reject"]
            self.reject_codes.update(part.reject_codes)
            self.reject_examples = {**part.reject_examples, **self.reject_examples}
            self.formats.update(part.formats)
            self.profile.update(part.profile)
            for stage, spent in part.seconds.items():
                self.seconds[stage] += spent

    def fail(self, failure: str, recorded: str | None = None) -> None:
        """Add a failure; `recorded` is its text without words of a dispatch, where it may have some."""
        self.failures.append(failure)
        self.recorded_failures.append(failure if recorded is None else recorded)

    def add_rows(self, files: Sequence[StagedFile]) -> None:
        """Count the rows of a commit, by table."""
        for file in files:
            self.rows[file.table] += file.rows

    def counts(self) -> dict[str, int]:
        """Return the counts that `runs` keeps."""
        return {
            "source_count": self.source_count,
            "unchanged_count": self.unchanged_count,
            "left_out_count": len(self.left_out),
            "vanished_count": len(self.vanished),
            "moved_count": len(self.moved),
            "byte_count": self.byte_count,
            "dispatch_count": self.dispatch_count,
            "article_count": self.article_count,
            "reject_count": self.reject_count,
        }

    def counted_by_format(self, what: str) -> Counter[str]:
        """Return what `profile` counts, such as articles with a value in `published_on`, by the format of their files."""
        found: Counter[str] = Counter()
        for key, count in self.profile.items():
            # FORMAT FOLDER WHAT: a folder may have blanks.
            form, _, rest = key.partition(" ")
            if rest.rpartition(" ")[2] == what:
                found[form] += count
        return found

    def reject_share(self) -> float:
        """Return the share of the dispatches that were rejected; 0 if none was read."""
        return self.reject_count / self.dispatch_count if self.dispatch_count else 0.0

    def outcome(self) -> str:
        """Return the outcome in a few words, as for the name of the run in Prefect."""
        if not self.dispatch_count and not self.failures:
            return "nothing new"
        words = [counted(self.article_count, "article", "articles")]
        words += [counted(self.reject_count, "reject", "rejects")] if self.reject_count else []
        words += [counted(len(self.failures), "failure", "failures")] if self.failures else []
        return ", ".join(words)

    def as_json(self) -> dict[str, Any]:
        """Return the summary in plain types."""
        return {
            "run_id": self.run_id,
            "output": self.output,
            **self.counts(),
            "batch_count": self.batch_count,
            "rows": dict(self.rows),
            "reject_codes": dict(self.reject_codes),
            "reject_examples": self.reject_examples,
            "formats": dict(self.formats),
            "drifts": [each.as_json() for each in self.drifts],
            "moved": self.moved,
            "left_out": self.left_out,
            "vanished": self.vanished,
            "failures": self.failures,
            "report": self.report,
            "report_failure": self.report_failure,
            "loaded": self.loaded,
            "seconds": {name: round(self.seconds[name], 3) for name in (*STAGES, "total")},
        }


MAX_NAMED = 20
"""Files named in one list of the artifact; the command `dateline status` names all."""


def as_markdown(summary: Summary) -> str:
    """Return the summary as the artifact that Prefect shows with the flow run; names and reasons are code, and so never markup."""
    lines = [
        f"# Dateline: {summary.outcome()}",
        "",
        f"Run {summary.run_id}, output {as_code(summary.output)}.",
        "",
        f"Read {summary.dispatch_count:,} dispatches = {summary.article_count:,} articles "
        f"+ {summary.reject_count:,} rejects, from {summary.source_count:,} sources "
        f"({summary.unchanged_count:,} unchanged), in {summary.seconds['total']:.1f} s.",
    ]
    if summary.rows:
        lines += ["", "| table | rows added |", "| --- | ---: |"]
        lines += [f"| {table} | {count:,} |" for table, count in sorted(summary.rows.items())]
    if summary.report:
        lines += ["", f"Report: {as_code(summary.report)}."]
    lines += ["", *(f"Loaded {rows:,} rows into {as_code(name)}." for name, rows in summary.loaded.items())]
    if summary.reject_codes:
        lines += ["", "| reject code | dispatches |", "| --- | ---: |"]
        lines += [f"| {code} | {count:,} |" for code, count in summary.reject_codes.most_common()]
        lines += ["", *(f"- `{code}`: {as_code(where)}" for code, where in summary.reject_examples.items())]
    for title, named in (
        ("Failed; the next run tries again", summary.failures),
        ("Changed against the last runs", [str(each) for each in summary.drifts]),
        ("Changed while they were read; the next run reads them", summary.moved),
        ("Disappeared; their rows are kept", summary.vanished),
        ("Left out for their names", summary.left_out),
    ):
        if named:
            lines += ["", f"{title}:", "", *(f"- {as_code(each)}" for each in named[:MAX_NAMED])]
            lines += [f"- and {len(named) - MAX_NAMED:,} more"] if len(named) > MAX_NAMED else []
    return "\n".join(lines)
