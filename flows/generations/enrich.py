"""`dateline enrich`: the fields of all articles made anew from their committed text, as one generation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.batch import BATCH_SIZE, reference_for
from flows.enrich.findings import Enriched
from flows.errors import WrongUse
from flows.fields import ALL, Fields, fields_named, name_of
from flows.generations.rebuilding import DERIVED, article_from
from flows.generations.renewed_stories import Tolls, renew_stories
from flows.generations.rewriting import KEPT_DAYS, Changed, Rewriting, rewriting
from flows.generations.sorting import sorted_rows
from flows.journey import enriched
from flows.schema import BATCH_SEQ, Row
from flows.tables import BY_NAME, FILLED_BY, rows_of
from flows.versions import versions
from flows.write.arrow import arrow_table
from flows.write.output import Output

ENRICH = "enrich"

Anew = dict[str, pa.Table]
"""New rows by table."""

Mapped = Callable[[Iterable[pa.Table]], Iterator[Anew]]
"""Applies `read_again` to rows of `articles`, in order."""

TASK_ROWS = 4 * BATCH_SIZE
"""Articles of one task: a second or more of work."""


def read_again(rows: pa.Table, *, model: str | None, fields: Fields, batch_seq: int = 0) -> Anew:
    """Extract the fields of articles from their rows; return the rows of all tables, each with the `batch_seq` of its article.

    Columns of `articles` that are not derived stay as they are. `batch_seq` is that of the generation, which no row gets.
    """
    del batch_seq
    reference = reference_for(model, fields)
    found: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
    given: list[dict[str, Any]] = rows.to_pylist()
    for start in range(0, len(given), BATCH_SIZE):
        some = given[start : start + BATCH_SIZE]
        for row, outcome in zip(some, enriched(list(map(article_from, some)), reference), strict=True):
            if not isinstance(outcome, Enriched):
                raise TypeError(f"{outcome} of an article, which is enriched and never rejected")
            seq = row.pop(BATCH_SEQ.name)
            for table, made in _rows_anew(row, outcome):
                found[table, seq].append(made)
    tables: defaultdict[str, list[pa.Table]] = defaultdict(list)
    for (table, seq), made_rows in found.items():
        tables[table].append(arrow_table(BY_NAME[table], made_rows, seq))
    return {table: pa.concat_tables(parts) for table, parts in tables.items()}


def _rows_anew(row: dict[str, Any], outcome: Enriched) -> Iterator[tuple[str, Row]]:
    """Yield the rows of an article. Its key is in the row: the bytes that it may be made of are not at hand."""
    if row["dispatch_key"] is not None:
        outcome = replace(outcome, signature=replace(outcome.signature, dispatch_key=row["dispatch_key"]))
    for table, _, made in rows_of(outcome):
        if table.name == "articles":
            derived = {name: made[name] for name in DERIVED}
            yield table.name, {**row, "header": dict(row["header"]), **derived}
        else:
            yield table.name, made


def enrich(
    output: Output,
    began: datetime,
    *,
    fields: Fields | None = None,
    model: str | None = None,
    keep: timedelta = timedelta(days=KEPT_DAYS),
    mapped: Mapped | None = None,
) -> Changed:
    """Extract the fields of all articles anew, and replace the rows of all tables that are made of them.

    `fields` may be more than the output has, and are recorded as those of the output; None stands for those it has. Ids are made of the
    article and of what is found, so that what is found again keeps its id. Memberships of stories stay as they are; their tolls,
    those of the newest revision of each story, and the changes between versions of a dispatch are made anew. Articles of an output that had no
    stories are placed by the next run. Nothing is kept of a generation that is interrupted before its commit.

    Raises:
        WrongUse: no output there, one on an object store, or fewer fields than it has.
        OutputBusy: a run is writing there.
        LostFile: a file is not as it was committed; nothing was changed.
    """
    with rewriting(output, ENRICH, began) as new:
        before = fields_named(new.history.fields) if new.history.fields else ALL
        wanted = before if fields is None else fields
        if lacking := before - wanted:
            raise WrongUse(
                "--fields",
                name_of(wanted),
                f"fields with {name_of(lacking)}, which {output.address} has; or another --output for fewer",
            )
        if not any(file.table == "articles" and file.rows for file in new.live):
            return new.nothing()
        work = mapped or partial(map, partial(read_again, model=model, fields=wanted))
        tolls: Tolls = {}
        partitions = new.by_partition()
        for (table, month), files in partitions.items():
            if table == "articles" and any(file.rows for file in files):
                rows = (batch for file in files for batch in _tasks(new.rows_of(file)))
                _replace_month(new, month, work(rows), tolls)
        if "stories" in before:
            renew_stories(new, tolls)
        return new.commit(keep=keep, made_by=versions(model, wanted))


def _tasks(batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
    for batch in batches:
        for start in range(0, batch.num_rows, TASK_ROWS):
            yield batch.slice(start, TASK_ROWS)


def _replace_month(new: Rewriting, month: str, made: Iterable[Anew], tolls: Tolls) -> None:
    """Write the new rows of a month to the disk table by table as they come, then sort each table into its files."""
    live = new.by_partition()
    with new.folder() as folder:
        spilled = _spill(folder, made, tolls)
        for table in FILLED_BY[Enriched]:
            old = live.get((table.name, month), [])
            path = spilled.get(table.name)
            rows = sorted_rows(table.name, _read(path), folder) if path else iter(())
            if path or any(file.rows for file in old):
                new.replace(table.name, month, old, rows, is_rewritten=True)
            if path:
                path.unlink()


def _spill(folder: Path, made: Iterable[Anew], tolls: Tolls) -> dict[str, Path]:
    writers: dict[str, pa.RecordBatchFileWriter] = {}
    paths: dict[str, Path] = {}
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    try:
        for tables in made:
            if "signatures" in tables:
                _note_tolls(tables["signatures"], tolls)
            for name, rows in tables.items():
                if name not in writers:
                    paths[name] = folder / f"anew-{name}.arrow"
                    writers[name] = pa.ipc.new_file(str(paths[name]), rows.schema, options=options)
                writers[name].write_table(rows)
    finally:
        for writer in writers.values():
            writer.close()
    return paths


def _note_tolls(signatures: pa.Table, tolls: Tolls) -> None:
    for row in signatures.select(
        ["article_id", "killed_low", "killed_high", "injured_low", "injured_high"]
    ).to_pylist():
        key, *values = row.values()
        if any(value is not None for value in values):
            tolls[key] = tuple(values)


def _read(path: Path) -> Iterator[pa.Table]:
    with pa.ipc.open_file(pa.memory_map(str(path))) as opened:
        for number in range(opened.num_record_batches):
            yield pa.Table.from_batches([opened.get_batch(number)])
