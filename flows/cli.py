"""The `dateline` command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import click

from flows import __version__, signals
from flows.addresses import path_or_address
from flows.escaping import visible, visible_json
from flows.exits import FAILED, REJECTS_OVER, ExitingGroup, readers_may_leave
from flows.options import FIELDS, JSON, KEEP, MODEL, OUTPUT, RULES, Instant, keys_of_columns, known_format
from flows.records import MAX_REJECT_SHARE


def _print(found: Any, show: Callable[[Any], None], *, as_json: bool) -> None:
    """Print what a command found: as JSON, or by a function for people."""
    _print_json(found) if as_json else show(found)


def _print_json(found: Any) -> None:
    click.echo(visible_json(json.dumps(found, default=str, ensure_ascii=False)))


@click.group(cls=ExitingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dateline")
def main() -> None:
    """News dispatches in, committed Parquet tables out.

    Exit status: 0 success, 1 more rejects than --max-reject-share, 2 usage error, 3 a run that failed or that
    found the output busy, 129, 130, 143 ended by SIGHUP, Ctrl-C, SIGTERM, 141 nobody reads the output.
    """


@main.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@OUTPUT
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; default: one a core.")
@click.option(
    "--engine",
    type=click.Choice(["processes", "dask"]),
    default="processes",
    show_default=True,
    help="Where parts are worked on: processes of this machine, or a Dask cluster (extra: dask).",
)
@click.option("--scheduler", metavar="ADDRESS", help="The Dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option(
    "--fetched-at",
    type=Instant(),
    help="Instant to record as the time of the fetch; default: now. With it, two runs give equal bytes.",
)
@click.option(
    "--max-reject-share",
    type=click.FloatRange(0, 1),
    default=MAX_REJECT_SHARE,
    show_default=True,
    help="Share of rejected dispatches above which the exit status is 1.",
)
@RULES
@MODEL
@FIELDS
@click.option(
    "--fail-on-drift",
    is_flag=True,
    help="End with status 1 if the share of rejects, or of articles with a value in a field, has changed suddenly against the last runs.",
)
@click.option("--only-rejects", is_flag=True, help="Read the sources with rejected dispatches again.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Read addresses of private networks and of this machine too, which are refused otherwise.",
)
@click.option("--reread", is_flag=True, help="Read every source again; changed bytes are a new version.")
@JSON
def run(
    sources: tuple[str, ...],
    output: str,
    max_reject_share: float,
    fail_on_drift: bool,
    form: str | None,
    columns: tuple[str, ...],
    as_json: bool,
    **asked: Any,
) -> None:
    """Read what is new under SOURCE and commit its rows.

    A source is a file, a folder, a glob, or an address (https://, s3://, gs://); default: seeds.
    """
    from flows.report import progress

    with progress.shown(as_json=as_json):
        from flows import api

        summary = api.run(
            sources or ("seeds",),
            output,
            max_reject_share=max_reject_share,
            format=known_format(form),
            columns=keys_of_columns(columns),
            **asked,
        )
    with readers_may_leave():
        if as_json:
            _print_json(summary.as_json())
        else:
            from flows.report.terminal import show_summary

            show_summary(summary)
    if summary.failures:
        sys.exit(FAILED)
    if summary.reject_share() > max_reject_share:
        share = f"{summary.reject_share():.1%} of the dispatches were rejected"
        with readers_may_leave():
            click.echo(f"dateline: {share}, wanted at most {max_reject_share:.1%}", err=True)
        sys.exit(REJECTS_OVER)
    if summary.drifts and fail_on_drift:
        with readers_may_leave():
            click.echo(f"dateline: {'; '.join(map(str, summary.drifts))}", err=True)
        sys.exit(REJECTS_OVER)


@main.command()
@MODEL
def annotate(model: str | None) -> None:
    """Annotate JSONL from standard input: {"id", "published", "text"} a line; one line out for each."""
    from flows.annotation import annotate_stream
    from flows.reference import load_for_process

    refused = 0
    for line in annotate_stream(sys.stdin.fileno(), load_for_process(model)):
        refused += b'"error":' in line[:200]
        sys.stdout.buffer.write(visible_json(line.decode()).encode() + b"\n")
        sys.stdout.buffer.flush()
    if refused:
        click.echo(f"dateline: {refused} lines were rejected", err=True)
        sys.exit(REJECTS_OVER)


@main.command()
@click.argument("what", metavar="FILE|ID")
@OUTPUT
@click.option("--number", type=click.IntRange(0), default=0, help="Which dispatch of the file, from 0.")
@RULES
@MODEL
@JSON
def explain(
    what: str,
    output: str,
    number: int,
    form: str | None,
    date_order: Literal["dmy", "mdy"] | None,
    repair: bool,
    columns: tuple[str, ...],
    model: str | None,
    as_json: bool,
) -> None:
    """Show one dispatch at each step of its journey, or the words and bytes of the row with an id."""
    from flows.fetch.slices import Wishes
    from flows.records import Rules
    from flows.report import explanation, terminal

    rules = Rules(date_order=date_order, repairs=repair, columns=keys_of_columns(columns))
    wishes = Wishes(rules, known_format(form))
    found = (
        explanation.of_file(Path(what), number, wishes, model)
        if Path(what).exists()
        else explanation.of_id(what, path_or_address(output))
    )
    _print(found, terminal.show_steps, as_json=as_json)


@main.command()
@click.option(
    "--gold",
    required=True,
    type=click.Path(exists=True, file_okay=False),
    help="A folder of labelled texts: JSON lines (or .gz) with text and gold labels.",
)
@MODEL
@JSON
def evaluate(gold: str, model: str | None, as_json: bool) -> None:
    """Measure the accuracy of each field on labelled texts."""
    from dataclasses import asdict

    from flows.evaluation.figures import evaluate as measured
    from flows.report import terminal

    figures = [asdict(figure) for figure in measured(Path(gold), model)]
    _print(figures, terminal.show_figures, as_json=as_json)


@main.command()
@OUTPUT
@click.option("--rejects", "with_rejects", is_flag=True, help="List each rejected dispatch.")
@JSON
def status(output: str, with_rejects: bool, as_json: bool) -> None:
    """Show what an output holds: commits, tables, rejects by code, runs."""
    from flows.report import state, terminal

    found = state.state_of(path_or_address(output), with_rejects=with_rejects)
    _print(found, terminal.show_state, as_json=as_json)


@main.command()
@OUTPUT
@click.option(
    "--run", "run_id", metavar="ID", help="Id of the run, or its first digits; default: the last run."
)
@click.option(
    "--into",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Write it there; default: _reports/ID.html in the output.",
)
@JSON
def report(output: str, run_id: str | None, into: str | None, as_json: bool) -> None:
    """Make the report of a run again: a page of its counts, times, rejects and fill rates.

    It is made from the tables, so that it is the same whenever it is made. Every run that commits something writes its own.
    """
    from flows.report.run_report import report_of, write_report
    from flows.write.output import Output

    place = Output(path_or_address(output))
    if into is None:
        with place.locked():
            path = f"{output}/{write_report(place, run_id)}"
    else:
        Path(into).write_text(report_of(place, run_id)[1], encoding="utf-8")
        path = into
    _print({"report": path}, lambda found: click.echo(visible(found["report"])), as_json=as_json)


@main.command()
@click.argument("article_ids", nargs=-1, required=True, metavar="ARTICLE_ID...")
@OUTPUT
def split(article_ids: tuple[str, ...], output: str) -> None:
    """Take articles out of their story, into a new story of their own; see `story_members`."""
    from flows.stories.split import split_story
    from flows.write.output import Output

    record = split_story(Output(path_or_address(output)), article_ids, datetime.now(UTC))
    click.echo(f"commit {record.seq}: {len(article_ids)} articles are a story of their own")


@main.command()
@OUTPUT
@click.option(
    "--target-size",
    type=click.IntRange(1, 4096),
    default=128,
    show_default=True,
    metavar="MIB",
    help="Size of a file; those of at least half of it stay as they are.",
)
@KEEP
@JSON
def compact(output: str, target_size: int, keep: timedelta, as_json: bool) -> None:
    """Write the small files of an output as few large ones, without the rows of superseded versions.

    Readers see the old files or the new ones, never both. Done again, it does nothing.
    """
    from flows.generations.compact import compact as compacted
    from flows.report.generations import describe_change
    from flows.write.output import Output

    place = Output(path_or_address(output))
    found = compacted(place, datetime.now(UTC), target_bytes=target_size << 20, keep=keep)
    _print(found.as_json(), lambda _: click.echo(visible(describe_change(found))), as_json=as_json)


@main.command()
@OUTPUT
@click.option(
    "--fields", metavar="NAMES", help="Fields to extract, at least those of the output; default: those."
)
@MODEL
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; default: one a core.")
@KEEP
@JSON
def enrich(
    output: str,
    fields: str | None,
    model: str | None,
    workers: int | None,
    keep: timedelta,
    as_json: bool,
) -> None:
    """Extract the fields of all articles anew, from their committed text: the sources are not read.

    Rows are replaced at once, at the end; one that is found again keeps its id.
    """
    from flows.api import enrich as enriched
    from flows.report.generations import describe_change

    found = enriched(output, fields=fields, model=model, workers=workers, keep=keep)
    _print(found.as_json(), lambda _: click.echo(visible(describe_change(found))), as_json=as_json)


@main.command()
@click.argument("what", nargs=-1, required=True, metavar="ID|URI...")
@click.option("--reason", required=True, metavar="TEXT", help="Why, for the commit log.")
@OUTPUT
@JSON
def erase(what: tuple[str, ...], reason: str, output: str, as_json: bool) -> None:
    """Remove all rows of dispatches and sources, and keep later runs from taking them up again.

    ID is that of an article or a rejected dispatch: it is erased with its other versions and with every article of the
    same text. URI, or a path, is a source. Replaced files are not kept. Nothing brings the rows back.
    """
    from flows.generations.erase import erase as erased
    from flows.report.generations import describe_change
    from flows.write.output import Output

    found = erased(Output(path_or_address(output)), what, reason, datetime.now(UTC))
    _print(found.as_json(), lambda _: click.echo(visible(describe_change(found))), as_json=as_json)


@main.command()
@click.argument("target")
@OUTPUT
@JSON
def load(target: str, output: str, as_json: bool) -> None:
    """Load the commits that TARGET does not have yet into a warehouse.

    TARGET is duckdb:///FILE, postgresql://user@host/database, clickhouse:///FOLDER or delta:FOLDER. A load
    that was interrupted continues where it stopped.
    """
    from flows.report.loads import describe_load
    from flows.warehouse.load import load as loaded

    summary = loaded(path_or_address(output), target)
    _print(summary.as_json(), lambda _: click.echo(visible(describe_load(summary))), as_json=as_json)


@main.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@OUTPUT
@click.option(
    "--target", "targets", multiple=True, help="Load this warehouse after each run; may be repeated."
)
def deploy(sources: tuple[str, ...], output: str, targets: tuple[str, ...]) -> None:
    """Serve the scheduled deployments from this process, until interrupted.

    Needs a Prefect server (PREFECT_API_URL) and no work pool: an incremental run of SOURCE every 15 minutes,
    a verification each night, a backfill each month. Default of SOURCE: seeds.
    """
    from flows.deploy import serve_deployments

    # Prefect ends its own way.
    signals.use_defaults()
    serve_deployments(sources or ("seeds",), output, targets)


@main.command()
@click.argument("target", required=False)
@OUTPUT
@JSON
def verify(target: str | None, output: str, as_json: bool) -> None:
    """Check each file of an output against its log, and with TARGET the rows and keys of a warehouse too.

    Prints a line for each difference; if there are any, the exit status is 3. Nothing is changed.
    """
    from flows.report.loads import describe_verification
    from flows.warehouse.verify import verify as verified

    found = verified(path_or_address(output), target)
    lines = "\n".join(map(visible, describe_verification(found)))
    _print(found.as_json(), lambda _: click.echo(lines), as_json=as_json)
    if found.differences:
        sys.exit(FAILED)


@main.command()
@JSON
def formats(as_json: bool) -> None:
    """List the formats in the order in which they are tried, with what each yields."""
    from flows.parse.headers import FORMATS

    found = [{"name": known.name, "yields": known.yields} for known in FORMATS]
    lines = "\n".join(f"{known.name:<14} {known.yields}" for known in FORMATS)
    _print(found, lambda _: click.echo(lines), as_json=as_json)


@main.command()
@click.argument("table", required=False)
@click.option("--sql", is_flag=True, help="Print SQL views (DuckDB) over the files of the output.")
@click.option("--write", is_flag=True, help="Write README.md and views.sql into the output folder.")
@OUTPUT
@JSON
def schema(table: str | None, sql: bool, write: bool, output: str, as_json: bool) -> None:
    """Show the tables: every column with its type and its meaning."""
    from flows.warehouse import parquet
    from flows.write import dictionary
    from flows.write.output import Output

    if write:
        for path in parquet.write_beside(Output(path_or_address(output))):
            click.echo(visible(path))
    elif sql:
        place = Output(path_or_address(output))
        views = parquet.parquet_views(f"{place.uri}/", parquet.tables_without_files(place))
        click.echo(views, nl=False)
    elif as_json:
        _print_json(dictionary.as_json(table))
    else:
        click.echo(dictionary.describe(table), nl=False)


@main.command()
@click.option("--write", is_flag=True, help="Write it to datapackage.json in the output folder.")
@OUTPUT
def catalog(write: bool, output: str) -> None:
    """Print the catalogue of an output: each table with its columns, keys and files, as a Data Package.

    Every run that commits writes it to datapackage.json in the output folder.
    """
    from flows.warehouse import catalog as catalogue

    if write:
        click.echo(visible(catalogue.rewrite_catalog(path_or_address(output))))
    else:
        click.echo(catalogue.as_bytes(catalogue.catalog(path_or_address(output))), nl=False)


@main.command()
@click.argument("dialect", metavar="DIALECT")
@click.option("--part", type=click.Choice(["schema", "views", "load"]), help="Print this part alone.")
@click.option(
    "--location", metavar="URI", help="Location of the Parquet files, as the warehouse addresses them."
)
@click.option(
    "--schema", metavar="NAME", help="Schema or dataset of the tables; default: that of the session."
)
@click.option(
    "--output-id",
    default="output",
    show_default=True,
    metavar="TEXT",
    help="Id of the output, as the watermark table stores it.",
)
def sql(dialect: str, part: str | None, location: str | None, schema: str | None, output_id: str) -> None:
    """Print the SQL of a warehouse: tables, views, and the incremental load from the Parquet files.

    DIALECT: bigquery, snowflake, redshift, databricks, postgres, duckdb or clickhouse.
    """
    from flows.warehouse.dialects import dialect_named
    from flows.warehouse.script import script

    click.echo(script(dialect_named(dialect).in_schema(schema), part, location, output_id), nl=False)
