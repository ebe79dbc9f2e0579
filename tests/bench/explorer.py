"""Measure the explorer of a large output, which is made of copies of a real one.

    PYTHONPATH=. python tests/bench/explorer.py OUTPUT LARGE [--claims 50000]

LARGE is a new output of as many copies as it takes. Each copy has ids, days and places of its own; the texts are the same. If LARGE is there,
it is measured as it is. Time and memory are those of `dateline report --explore` in a process of its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from flows.fields import ALL
from flows.schema import BATCH_SEQ, Column, Type, columns_of
from flows.tables import BY_NAME
from flows.versions import versions
from flows.warehouse.rows import connect
from flows.warehouse.snapshot import Snapshot
from flows.write.arrow import schema_of
from flows.write.deliver import deliver, deliver_empty, stage_of
from flows.write.log import FIRST_SEQ, StagedFile
from flows.write.output import Output
from flows.write.stage import FileWriter

COPIED = (
    "articles", "mentions", "places", "times", "quotes", "claims", "events", "amounts", "signatures", "story_members", "stories",
)  # fmt: skip
KEPT_IDS = ("rule_id", "document_identifier", "batch_seq")
DAYS_APART = 3
DEGREES_APART = 0.37


def main() -> None:
    """Make the output, if it is not there, and print the measures of its page."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("output", type=Path)
    asked.add_argument("large", type=Path)
    asked.add_argument("--claims", type=int, default=50_000)
    wanted = asked.parse_args()
    if not wanted.large.exists():
        multiply(wanted.output, wanted.large, wanted.claims)
    page = wanted.large.with_suffix(".html")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "report", "--explore", "--output", str(wanted.large), "--into", str(page)],
        check=True,
        capture_output=True,
        text=True,
    )  # fmt: skip
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stdout.write(
        f"{done.stdout}{seconds:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processors, "
        f"peak {used.ru_maxrss / 1024:,.0f} MiB, page {page.stat().st_size / 1e6:.1f} MB\n"
    )


def multiply(source: Path, target: Path, claims: int) -> None:
    """Write an output of at least so many claims, in one commit: copies of the newest rows of another."""
    snapshot = Snapshot(source)
    tables = {name: snapshot.rows(name) for name in COPIED}
    copies = -(-claims // tables["claims"].num_rows)
    output = Output(target)
    staged_at = datetime.now(UTC)
    made_by = versions(fields=ALL)
    output.prepare()
    with output.locked():
        deliver_empty(output, "bench", staged_at, made_by)
        seq = FIRST_SEQ + 1
        with stage_of(output, seq, "bench").folder() as folder:
            files = copied(tables, copies, folder, seq)
        deliver(
            output,
            seq=seq,
            kind="batch",
            batch_id="bench",
            run_id="bench",
            staged_at=staged_at,
            versions=made_by,
            files=files,
        )


def copied(tables: dict[str, pa.Table], copies: int, folder: Path, seq: int) -> list[StagedFile]:
    """Stage the copies of each table as one file, in the partition of no month."""
    files = []
    with connect() as database:
        for name, rows in tables.items():
            database.register("original", rows)
            schema = schema_of(name)
            file = FileWriter(BY_NAME[name], "unknown", folder / f"{name}.staged")
            declared = {column.name: column for column in columns_of(BY_NAME[name])}
            values = ", ".join(value_of(declared[each]) for each in schema.names)
            for number in range(copies):
                made = database.sql(
                    f"SELECT {values} FROM original", params=_used(values, number, seq)
                ).to_arrow_table()
                file.add(made.cast(schema))
                file.write()
            files.append(file.staged(seq))
            database.unregister("original")
    return files


def _used(values: str, number: int, seq: int) -> dict[str, int]:
    return {name: value for name, value in {"copy": number, "seq": seq}.items() if f"${name}" in values}


def value_of(column: Column) -> str:
    """Return the expression for a column of a copy: new ids, later days, places further east."""
    name = f'"{column.name}"'
    if column.name == BATCH_SEQ.name:
        return f"$seq::BIGINT AS {name}"
    if column.name in ("longitude",):
        return f"(({name} + 180 + $copy * {DEGREES_APART}) % 360) - 180 AS {name}"
    if column.name in ("geonameid",):
        return f"{name} + $copy * 100000000::BIGINT AS {name}"
    if column.name == "uri":
        return f"{name} || '#copy-' || $copy AS {name}"
    if column.type is Type.TEXT and column.name.endswith("_id") and column.name not in KEPT_IDS:
        return f"md5({name} || $copy) AS {name}"
    if column.type is Type.TEXT_LIST and column.name == "claim_ids":
        return f"list_transform({name}, lambda id: md5(id || $copy)) AS {name}"
    if column.type is Type.DATE:
        return f"({name} + $copy * {DAYS_APART})::DATE AS {name}"
    if column.type is Type.INSTANT and column.name != "fetched_at":
        return f"{name} + to_days(($copy * {DAYS_APART})::INTEGER) AS {name}"
    return name


if __name__ == "__main__":
    main()
