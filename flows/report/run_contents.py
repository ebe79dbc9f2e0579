"""What a run has committed: its files by table, and what its articles and its rejects are, as far as their rows are still there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from flows.commits import LEFT_OUT
from flows.report.run_rows import Live
from flows.tables import TABLES
from flows.write.arrow import schema_of
from flows.write.log import Commit, read_log
from flows.write.output import Output

SAMPLES = 3
"""Rejects that are shown of each code."""

SAMPLED = ("uri", "byte_start", "byte_end", "why", "excerpt")
COUNTED = ("language", "source_name", "format", "published_on")


@dataclass(frozen=True, slots=True)
class Written:
    """What a run added to a table: rows, files and bytes, as its commits say."""

    table: str
    rows: int
    files: int
    bytes: int


@dataclass(slots=True)
class Contents:
    """What is known of the rows of a run.

    `articles` and `rejects` count the rows that are still there. `values` counts articles by language, source, format and month of
    publication (`2020-02`), None where there is no value; `codes` counts rejects, and `samples` has the first of each code.
    `left_out` are the files that the log lists for the first time as left out for their names.
    """

    written: list[Written]
    left_out: list[str] = field(default_factory=list)
    articles: int = 0
    rejects: int = 0
    values: dict[str, Counter[str | None]] = field(
        default_factory=lambda: {name: Counter() for name in COUNTED}
    )
    codes: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def contents_of(output: Output, live: Live, run_id: str, after: int, seq: int) -> Contents:
    """Return what a run has committed, by the records between two numbers, `seq` being that of its last commit."""
    records = [
        record
        for record in takewhile(lambda each: each.seq <= seq, read_log(output, after=after))
        if record.run_id == run_id
    ]
    found = Contents(_written(records))
    found.left_out = [
        each["uri"] for record in records for each in record.inputs if each["format"] == LEFT_OUT
    ]
    for batch in _batches(output, live, records, "articles", COUNTED):
        found.articles += batch.num_rows
        _count(found.values, batch)
    for batch in _batches(output, live, records, "rejects", ("code", *SAMPLED)):
        found.rejects += batch.num_rows
        _sample(found, batch)
    return found


def _written(records: Sequence[Commit]) -> list[Written]:
    files = [file for record in records for file in record.files]
    by_table = {
        table.name: [file for file in files if file.table == table.name and file.rows] for table in TABLES
    }
    return [
        Written(name, sum(file.rows for file in own), len(own), sum(file.bytes for file in own))
        for name, own in by_table.items()
    ]


def _batches(
    output: Output, live: Live, records: Sequence[Commit], table: str, columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a run that are still there: in its own files, or in those of a generation that has replaced them."""
    own = {file.path for record in records for file in record.files if file.table == table and file.rows}
    paths = _holding(live, own, table, records[-1].seq)
    if not paths:
        return
    system, root = output.store.for_pyarrow()
    schema = pa.schema([schema_of(table).field(name) for name in (*columns, "batch_seq")])
    data = ds.dataset(
        [f"{root}/{path}" for path in paths], schema=schema, format="parquet", filesystem=system
    )
    is_own = pc.is_in(pc.field("batch_seq"), pa.array([record.seq for record in records], pa.int64()))
    yield from data.scanner(columns=list(columns), filter=is_own).to_batches()


def _holding(live: Live, own: set[str], table: str, after: int) -> list[str]:
    """Return the files of a run that are live, and those of later commits in the folders of files that are not."""
    present = [file.path for _, file in live if file.path in own]
    missing = {_folder(path) for path in own.difference(present)}
    later = [file for seq, file in live if seq > after and file.table == table and file.rows]
    return present + [file.path for file in later if _folder(file.path) in missing]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _count(values: Mapping[str, Counter[str | None]], batch: pa.RecordBatch) -> None:
    for name, counter in values.items():
        column = batch.column(name)
        if name == "published_on":
            column = pc.strftime(column, "%Y-%m")
        for each in pc.value_counts(column).to_pylist():
            counter[each["values"]] += each["counts"]


def _sample(found: Contents, batch: pa.RecordBatch) -> None:
    """Count the codes, and keep the first of each by address and position: whatever files they are in."""
    codes = pc.value_counts(batch.column("code")).to_pylist()
    rows = pa.Table.from_batches([batch])
    for code, count in ((each["values"], each["counts"]) for each in codes):
        found.codes[code] += count
        of_code = rows.filter(pc.equal(rows["code"], code)).sort_by(
            [("uri", "ascending"), ("byte_start", "ascending")]
        )
        both = found.samples.get(code, []) + of_code.slice(0, SAMPLES).select(SAMPLED).to_pylist()
        found.samples[code] = sorted(both, key=lambda each: (each["uri"], each["byte_start"]))[:SAMPLES]
