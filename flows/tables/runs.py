"""One row for each run that found something to do."""

from __future__ import annotations

from collections.abc import Iterator

from flows.records import RUN_COUNTS, RUN_STAGES, FinishedRun
from flows.schema import Column, Row, Table, Type


def rows(run: FinishedRun) -> Iterator[Row]:
    """Yield the one row of a run."""
    yield {
        "run_id": run.run_id,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "sources": list(run.sources),
        "parameters": dict(run.parameters),
        "versions": dict(run.versions),
        **{name: run.counts[name] for name in RUN_COUNTS},
        **{f"{stage}_seconds": float(run.seconds[stage]) for stage in RUN_STAGES},
    }


ADDED = frozenset({"left_out_count"})
"""Counts that came after the first release: null in rows of runs before it, whose files do not have them."""

TABLE = Table(
    name="runs",
    grain="one run that committed something, when it had ended",
    key=("run_id",),
    partition_by="started_month",
    month_of=lambda run: run.started_at.date(),
    columns=(
        Column("run_id", Type.TEXT, "Id of the run."),
        Column("started_at", Type.INSTANT, "When it began."),
        Column("ended_at", Type.INSTANT, "When its last batch was published."),
        Column("sources", Type.TEXT_LIST, "What it was asked to read."),
        Column("parameters", Type.TEXT_MAP, "The options it ran with."),
        Column("versions", Type.TEXT_MAP, "Dateline, the language model and the libraries that shape rows."),
        *(Column(name, Type.INT64, means, nullable=name in ADDED) for name, means in RUN_COUNTS.items()),
        *(
            Column(f"{stage}_seconds", Type.FLOAT64, f"Seconds spent on {what}.")
            for stage, what in RUN_STAGES.items()
        ),
    ),
    rows=rows,
)
