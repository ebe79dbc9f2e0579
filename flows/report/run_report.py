"""The report of a run, made from what is committed: the run makes it at its end, `dateline report` makes it again."""

from __future__ import annotations

import re

from flows.errors import WrongUse
from flows.history.reading import History, read_history
from flows.report.run_contents import contents_of
from flows.report.run_page import run_page
from flows.report.run_rows import last_rows, seq_of_run
from flows.write.log import record_names
from flows.write.output import Output
from flows.write.publish import read_watermark
from flows.write.store import REPORTS

OF_A_RUN = re.compile(rf"{REPORTS}/([0-9a-f]{{32}})\.html")


def report_of(output: Output, run_id: str | None = None) -> tuple[str, str]:
    """Return the id of a run and its report: the same text whenever it is made, while the rows of the run are the same.

    `run_id` may be the start of the id; without it, the run is the last one.

    Raises:
        WrongUse: no such run, or no run at all.
    """
    found, page, _ = _made(output, run_id)
    return found, page


def _made(output: Output, run_id: str | None) -> tuple[str, str, set[str]]:
    """Return the id of a run, its report, and the ids of the runs in it."""
    history: History = read_history(output)
    live = history.files(read_watermark(output))
    rows = last_rows(output, live, None if run_id is None else seq_of_run(output, live, run_id))
    if not rows:
        raise no_run(output)
    run = rows[-1]
    before = rows[-2]["batch_seq"] if len(rows) > 1 else 0
    contents = contents_of(output, live, run["run_id"], before, run["batch_seq"])
    return run["run_id"], run_page(rows, contents, history.erased()), {row["run_id"] for row in rows}


def rewrite_report(output: Output, run_id: str | None = None) -> str:
    """Write the report of a run as `write_report` does, while no other command writes: an erasure leaves no report of before.

    Raises:
        WrongUse: no such run, or no output.
        OutputBusy: a run is writing there.
    """
    if not record_names(output):
        raise no_run(output)
    with output.locked():
        return write_report(output, run_id)


def no_run(output: Output) -> WrongUse:
    """Return the error for an output without a run."""
    return WrongUse("--output", f"{output.address} (no run)", "an output that `dateline run` has written")


def write_report(output: Output, run_id: str | None = None) -> str:
    """Write the report of a run into the output, and return its name there; the caller holds the lock.

    The report of the last run takes the place of the oldest: those of the runs that it is compared with are kept. They can all be made again.
    """
    found, page, recent = _made(output, run_id)
    name = f"{REPORTS}/{found}.html"
    output.store.replace(name, page.encode())
    if run_id is None:
        reports = ((each, OF_A_RUN.fullmatch(each)) for each in output.store.names(REPORTS))
        output.store.delete(each for each, report in reports if report and report[1] not in recent)
    return name
