"""The rows of `runs`: that of one run, and those of the runs before it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from flows.errors import WrongUse
from flows.quality.drift import LAST_RUNS
from flows.schema import Row
from flows.write.arrow import schema_of
from flows.write.log import StagedFile
from flows.write.output import Output

Live = Sequence[tuple[int, StagedFile]]


def rows_in(output: Output, files: Sequence[StagedFile], where: Any = None) -> list[Row]:
    """Return the rows of some files of `runs` in the order of the log; columns that came later are null."""
    if not files:
        return []
    system, root = output.store.for_pyarrow()
    paths = [f"{root}/{file.path}" for file in files]
    data = ds.dataset(paths, schema=schema_of("runs"), format="parquet", filesystem=system)
    rows = data.to_table(filter=where).to_pylist(maps_as_pydicts="strict")
    return sorted(rows, key=itemgetter("batch_seq"))


def last_rows(output: Output, live: Live, up_to: int | None = None) -> list[Row]:
    """Return the row of a run and those of the LAST_RUNS before it, the oldest first.

    `live` are the live files of the output, `up_to` is the number of the commit of the run; without it, the run is the last one.
    """
    files = [(seq, file) for seq, file in live if file.table == "runs" and file.rows]
    seqs = [seq for seq, _ in files]
    # The file of a run that was compacted is another one, and has more rows than those that are wanted.
    end = len(files) if up_to is None else seqs.index(up_to) + 1 if up_to in seqs else len(files)
    start = 0 if up_to is not None and up_to not in seqs else max(0, end - LAST_RUNS - 1)
    where = None if up_to is None else pc.field("batch_seq") <= up_to
    return rows_in(output, [file for _, file in files[start:end]], where)[-LAST_RUNS - 1 :]


def seq_of_run(output: Output, live: Live, run_id: str) -> int:
    """Return the number of the commit that has the row of a run, which is named by its id or the start of it.

    Raises:
        WrongUse: no run, or more than one, has an id that starts so.
    """
    files = [file for _, file in live if file.table == "runs" and file.rows]
    found = rows_in(output, files, pc.starts_with(pc.field("run_id"), run_id))
    if len(found) != 1:
        raise WrongUse(
            "--run",
            f"{run_id!r}, with which the ids of {len(found)} runs begin",
            "the id of a run that committed something, or its first digits; `dateline status --json` lists the last runs",
        )
    return int(found[0]["batch_seq"])
