"""What an output holds, by its log and its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from flows.errors import ErasedDispatch, WrongUse
from flows.fetch.ledger import Ledger
from flows.history.reading import live_files, read_history
from flows.tables import TABLES
from flows.write.arrow import schema_of
from flows.write.generations import kept_generations
from flows.write.log import record_names, seq_of
from flows.write.output import Output
from flows.write.publish import read_watermark
from flows.write.quarantine import quarantined

LAST_RUNS = 5


def state_of(root: Path | str, *, with_rejects: bool = False) -> dict[str, Any]:
    """Return the state of an output in plain types.

    `source_count` counts the files that were read; `left_out` lists the uris of those left out for their names. `quarantine` has the
    reason of each batch that did not pass the checks, and whether its sources were committed since. Rejects are those of the newest version
    of each source; `superseded_reject_count` counts the others.

    Raises:
        WrongUse: there is no output here.
    """
    output = Output(root)
    names = record_names(output)
    if not names:
        raise WrongUse("--output", f"{root} (no commit)", "an output that `dateline run` has written")
    history = read_history(output)
    ledger = history.ledger()
    tables: dict[str, Counter[str]] = {table.name: Counter(rows=0, files=0, bytes=0) for table in TABLES}
    for _, file in history.files():
        tables[file.table].update(rows=file.rows, files=1, bytes=file.bytes)
    rejects = read_rows(output, "rejects", None if with_rejects else ["code", "uri", "source_version"])
    current = [each for each in rejects if _is_current(each, ledger)]
    runs = sorted(read_rows(output, "runs"), key=lambda run: run["started_at"])
    state: dict[str, Any] = {
        "output": str(root),
        "commit_count": len(names),
        "head": seq_of(names[-1]),
        "watermark": read_watermark(output),
        "source_count": sum(1 for _ in ledger.uris()),
        "left_out": sorted(ledger.left_out()),
        "tables": {name: dict(counts) for name, counts in tables.items()},
        "kept_generations": [
            {"seq": record.seq, "kind": record.kind, "kept_until": record.generation.kept_until}
            for record, _ in (kept_generations(output) if output.is_folder else ())
            if record.generation is not None
        ],
        "reject_codes": dict(Counter(reject["code"] for reject in current).most_common()),
        "superseded_reject_count": len(rejects) - len(current),
        "runs": runs[-LAST_RUNS:],
        "quarantine": [
            each | {"is_committed": _is_committed(each["inputs"], ledger)} for each in quarantined(output)
        ],
    }
    if with_rejects:
        state["rejects"] = current
    return state


def _is_committed(inputs: Iterable[Mapping[str, str]], ledger: Ledger) -> bool:
    """Return True if the sources of a batch in quarantine were committed since."""
    known = ((each["sha256"], ledger.of(each["uri"])) for each in inputs)
    return all(found is not None and found.sha256 == sha256 for sha256, found in known)


def _is_current(reject: Mapping[str, Any], ledger: Ledger) -> bool:
    """Return True for a dispatch of the newest version of its source; an item of a feed has a version of its own, and stays."""
    newest = ledger.of(reject["uri"].partition("!/")[0])
    return newest is None or newest.version == reject["source_version"]


def refused_sources(output: Output) -> dict[str, int]:
    """Return the sources whose newest version has rejected dispatches, and how many; an archive is one source."""
    counted: Counter[tuple[str, int]] = Counter()
    for reject in read_rows(output, "rejects", ["uri", "source_version", "code"]):
        if reject["code"] == ErasedDispatch.code:
            # Whatever is changed, it is rejected again.
            continue
        counted[reject["uri"].partition("!/")[0], reject["source_version"]] += 1
    ledger = read_history(output).ledger()
    return {
        uri: count
        for (uri, version), count in sorted(counted.items())
        if (newest := ledger.of(uri)) and newest.version == version
    }


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
