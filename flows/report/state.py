"""What an output holds, by its log and its tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from flows.commits import LEFT_OUT
from flows.errors import ErasedDispatch, WrongUse
from flows.fetch.ledger import Ledger
from flows.history.checkpoints import live_files
from flows.tables import TABLES
from flows.write.arrow import schema_of
from flows.write.log import read_log
from flows.write.output import Output
from flows.write.publish import read_watermark

LAST_RUNS = 5


def state_of(root: Path | str, *, with_rejects: bool = False) -> dict[str, Any]:
    """Return the state of an output in plain types.

    `source_count` counts the files that were read; `left_out` lists the uris of those left out for their names.

    Raises:
        WrongUse: there is no output here.
    """
    output = Output(root)
    commits = list(read_log(output))
    if not commits:
        raise WrongUse("--output", f"{root} (no commit)", "an output that `dateline run` has written")
    ledger = Ledger(each for record in commits for each in record.inputs)
    tables: dict[str, Counter[str]] = {table.name: Counter(rows=0, files=0, bytes=0) for table in TABLES}
    for _, file in live_files(output):
        tables[file.table].update(rows=file.rows, files=1, bytes=file.bytes)
    rejects = read_rows(output, "rejects", None if with_rejects else ["code"])
    runs = sorted(read_rows(output, "runs"), key=lambda run: run["started_at"])
    state: dict[str, Any] = {
        "output": str(root),
        "commit_count": len(commits),
        "head": commits[-1].seq,
        "watermark": read_watermark(output),
        "source_count": len(ledger.uris()),
        "left_out": sorted(ledger.left_out()),
        "tables": {name: dict(counts) for name, counts in tables.items()},
        "reject_codes": dict(Counter(reject["code"] for reject in rejects).most_common()),
        "runs": runs[-LAST_RUNS:],
    }
    if with_rejects:
        state["rejects"] = rejects
    return state


def refused_sources(output: Output) -> dict[str, int]:
    """Return the sources whose newest version has rejected dispatches, and how many; an archive is one source."""
    newest = {
        each["uri"]: each["version"]
        for record in read_log(output)
        for each in record.inputs
        if each["format"] != LEFT_OUT
    }
    counted: Counter[str] = Counter()
    for reject in read_rows(output, "rejects", ["uri", "source_version", "code"]):
        if reject["code"] == ErasedDispatch.code:
            # Whatever is changed, it is rejected again.
            continue
        root = reject["uri"].partition("!/")[0]
        if newest.get(root) == reject["source_version"]:
            counted[root] += 1
    return dict(counted)


def read_rows(
    output: Output, table: str, columns: list[str] | None = None, where: ds.Expression | None = None
) -> list[dict[str, Any]]:
    """Return rows of a published table; none where nothing is published yet."""
    files, root = output.store.for_pyarrow()
    live = live_files(output, up_to=read_watermark(output))
    paths = [f"{root}/{file.path}" for _, file in live if file.table == table]
    if not paths:
        return []
    data = ds.dataset(paths, schema=schema_of(table), format="parquet", filesystem=files)
    rows: list[dict[str, Any]] = data.to_table(columns=columns, filter=where).to_pylist()
    return rows
