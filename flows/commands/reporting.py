"""The command that makes pages for people from an output."""

from __future__ import annotations

from pathlib import Path

import click

from flows.addresses import path_or_address
from flows.commands.printing import examples, print_found
from flows.escaping import visible
from flows.options import JSON, OUTPUT


@click.command(
    epilog=examples("dateline report --output output", "dateline report --output output --into report.html")
)
@OUTPUT
@click.option("--run", metavar="ID", help="Id of a run, or its first digits; default: the last run.")
@click.option(
    "--into",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Write the page there; default: _reports/ID.html in the output.",
)
@JSON
def report(output: str, run: str | None, into: str | None, json: bool) -> None:
    """Make the report of a run again: a page with its counts, times, rejects and fill rates.

    Each run that commits something writes its own, and keeps those of the 50 runs before it. A report is made from the tables: it is the
    same whenever it is made, while the rows of the run are the same.
    """
    from flows.report.run_report import report_of, rewrite_report
    from flows.write.output import Output

    place = Output(path_or_address(output))
    if into is None:
        path = f"{output}/{rewrite_report(place, run)}"
    else:
        path = into
        Path(path).write_text(report_of(place, run)[1], encoding="utf-8")
    print_found({"report": path}, lambda found: click.echo(visible(found["report"])), as_json=json)
