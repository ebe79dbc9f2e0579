"""The command that makes pages for people from an output."""

from __future__ import annotations

from pathlib import Path

import click

from flows.addresses import path_or_address
from flows.commands.printing import examples, print_found
from flows.escaping import visible
from flows.options import JSON, OUTPUT


@click.command(
    epilog=examples(
        "dateline report --output output",
        "dateline report --output output --into report.html",
        "dateline report --explore --output output",
        "dateline report --explore --where \"published_on >= '2020-02-01' AND effect = 'killed'\" --output output",
    )
)
@OUTPUT
@click.option("--run", metavar="ID", help="Id of a run, or its first digits; default: the last run.")
@click.option(
    "--explore", is_flag=True, help="Make the explorer instead: claims and events with their words."
)
@click.option(
    "--where",
    metavar="SQL",
    help="With --explore: what is in the page, as a condition over columns of articles, claims and events, such as source_name = 'Reuters' or country = 'SY'.",
)
@click.option(
    "--into",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Write the page there; default: _reports/ID.html, or _reports/explorer.html, in the output.",
)
@JSON
def report(
    output: str, run: str | None, explore: bool, where: str | None, into: str | None, json: bool
) -> None:
    """Make a page for people: the report of a run, or with --explore a page of what the dispatches say.

    The report of a run has its counts, times, rejects and fill rates.

    Each run that commits something writes its own, and keeps those of the 50 runs before it. A report is made from the tables: it is the
    same whenever it is made, while the rows of the run are the same.

    The explorer shows claims and events on a map, a timeline and a table, with the article of each. --where is evaluated for each claim, each event and each
    article; columns that a row does not have are null. A wrong name lists the columns.
    """
    if where is not None and not explore:
        raise click.UsageError("--where needs --explore")
    if run is not None and explore:
        raise click.UsageError("--run and --explore make different pages")
    if explore:
        _explore(output, where, into, as_json=json)
        return
    from flows.report.run_report import report_of, rewrite_report
    from flows.write.output import Output

    place = Output(path_or_address(output))
    if into is None:
        path = f"{output}/{rewrite_report(place, run)}"
    else:
        path = into
        Path(path).write_text(report_of(place, run)[1], encoding="utf-8")
    print_found({"report": path}, lambda found: click.echo(visible(found["report"])), as_json=json)


def _explore(output: str, where: str | None, into: str | None, *, as_json: bool) -> None:
    from dataclasses import asdict

    from flows.report.explorer import write_explorer
    from flows.write.output import Output

    found = write_explorer(Output(path_or_address(output)), where, None if into is None else Path(into))
    print_found(asdict(found), lambda _: click.echo("\n".join(map(visible, found.lines()))), as_json=as_json)
