"""One row for each run that found something to do."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import Between
from flows.commits import MAX_NAMED, STAGES, FinishedRun
from flows.schema import Column, Row, Table, Type

SPENT_ON = {
    "fetch": "finding, copying and checking the bytes",
    "parse": "reading headers and bodies, over all processes",
    "enrich": "the language model and the fields, over all processes",
    "write": "making, checking and staging Parquet, over all processes",
    "commit": "committing and publishing",
}

COUNTS = {
    "source_count": "Files found, without those that were left out.",
    "unchanged_count": "Files that had not changed since the last run and were not read again.",
    "left_out_count": "Files ignored because of their name, such as `README.md` or `.hidden`. Null in rows older than the column.",
    "vanished_count": "Files committed by earlier runs that have disappeared; their rows are kept.",
    "moved_count": "Files that changed while they were being read; the next run reads them.",
    "byte_count": "Size of the dispatches read, in bytes.",
    "dispatch_count": "Dispatches read; always article_count + reject_count.",
    "article_count": "Dispatches understood.",
    "reject_count": "Dispatches rejected.",
}


def rows(run: FinishedRun) -> Iterator[Row]:
    """Yield the one row of a run."""
    yield {
        "run_id": run.run_id,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "sources": list(run.sources),
        "parameters": dict(run.parameters),
        "versions": dict(run.versions),
        **{name: run.counts[name] for name in COUNTS},
        **{f"{stage}_seconds": float(run.seconds[stage]) for stage in STAGES},
        "fill_counts": {name: str(count) for name, count in run.fill_counts.items()},
        "total_seconds": float(run.seconds["total"]),
        **{name: list(getattr(run, name)) for name in NAMED},
    }


NAMED = {
    "failures": "What failed and is tried again by the next run: batches, with the error but without values of rows, and servers.",
    "moved": "uri of files that changed while they were being read.",
    "vanished": "uri of files that have disappeared.",
}
"""What is named, the first MAX_NAMED of each."""

ADDED = frozenset({"left_out_count"})
"""Counts that files of older versions lack: null in their rows."""

TABLE = Table(
    name="runs",
    grain="one run that committed at least one batch",
    key=("run_id",),
    partition_by="started_month",
    month_of=lambda run: run.started_at.date(),
    columns=(
        Column("run_id", Type.TEXT, "Id of the run."),
        Column("started_at", Type.INSTANT, "Start of the run."),
        Column("ended_at", Type.INSTANT, "Time at which its last batch was published."),
        Column("sources", Type.TEXT_LIST, "The sources given to the run."),
        Column("parameters", Type.TEXT_MAP, "The options of the run."),
        Column(
            "versions",
            Type.TEXT_MAP,
            "Versions of Dateline, Python and the libraries that shape rows; sha256 of the model, the lexicons and the weights.",
        ),
        *(Column(name, Type.INT64, means, nullable=name in ADDED) for name, means in COUNTS.items()),
        *(
            Column(f"{stage}_seconds", Type.FLOAT64, f"Seconds spent on {SPENT_ON[stage]}.")
            for stage in STAGES
        ),
        Column(
            "fill_counts",
            Type.TEXT_MAP,
            "What later runs are compared with: by format, folder (digits as `#`) and `article`, `reject` or a column of `articles`, how many "
            "articles and rejects there are, and how many articles have a value in the column. Null in rows older than the column.",
            nullable=True,
        ),
        Column(
            "total_seconds",
            Type.FLOAT64,
            "Seconds from the start of the run until this row was made. Null in rows older than the column.",
            nullable=True,
        ),
        *(
            Column(
                name,
                Type.TEXT_LIST,
                f"{means} The first {MAX_NAMED}. Null in rows older than the column.",
                nullable=True,
            )
            for name, means in NAMED.items()
        ),
    ),
    rows=rows,
    checks=(
        *(Between(name, 0) for name in COUNTS),
        *(Between(f"{stage}_seconds", 0) for stage in (*STAGES, "total")),
    ),
)
