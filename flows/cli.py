"""The `dateline` command."""

from __future__ import annotations

import json
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import click

from flows import __version__
from flows.errors import DatelineError, WrongUse
from flows.records import MAX_REJECT_SHARE

REJECTS_OVER = 1
WRONG_USE = 2
FAILED = 3
INTERRUPTED = 130


class _Group(click.Group):
    """Turns what is raised on purpose into a line on standard error and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DatelineError as error:
            click.echo(f"dateline: {error}", err=True)
            ctx.exit(WRONG_USE if isinstance(error, WrongUse) else FAILED)
        except OSError as error:
            click.echo(f"dateline: the system refuses: {error}", err=True)
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            click.echo("dateline: interrupted; what is committed stays, and the next run goes on", err=True)
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        # Python ends with status 1 after a bug, which here means refused dispatches.
        except Exception:  # noqa: BLE001  # the last door: the traceback is printed whole, and the status is that of a failure
            traceback.print_exc()
            ctx.exit(FAILED)


class _Instant(click.ParamType[datetime]):
    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant, wanted ISO 8601 as in 2020-02-20T10:15:00Z", param, ctx)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


OUTPUT = click.option(
    "--output", default="output", show_default=True, help="Folder of the dataset.", metavar="FOLDER"
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


MODEL = click.option(
    "--model",
    metavar="PACKAGE",
    help="Read with another installed English pipeline of spaCy; default: en_core_web_sm.",
)


def RULES(command: Any) -> Any:  # noqa: N802  # a decorator beside the others
    """Add the options that say of a source what it does not say itself."""
    for option in (
        click.option(
            "--column", "columns", multiple=True, metavar="COLUMN=KEY", help="Read a CSV column as a key."
        ),
        click.option(
            "--repair", "repairs", is_flag=True, help="Replace bytes that no encoding reads, and record it."
        ),
        click.option(
            "--date-order", type=click.Choice(["dmy", "mdy"]), help="The order of dates such as 02/03/2020."
        ),
        click.option(
            "--format", "form", metavar="NAME", help="Read every file in this form; see `dateline formats`."
        ),
    ):
        command = option(command)
    return command


def _known_form(name: str | None) -> str | None:
    if name is None:
        return None
    from flows.parse.headers import BY_NAME

    if name not in BY_NAME:
        raise WrongUse("--format", name, "one of " + ", ".join(BY_NAME))
    return name


def _mapped(columns: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for each in columns:
        column, mark, key = each.partition("=")
        if not mark or not column or not key:
            raise WrongUse("--column", each, "COLUMN=KEY, as in 'Full text=text'")
        found[column] = key
    return found


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dateline")
def main() -> None:
    """News dispatches in, committed Parquet tables out.

    Exit status: 0 success, 1 more rejects than --max-reject-share, 2 wrong use, 3 a run that failed,
    130 interrupted.
    """


@main.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@OUTPUT
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; default: one a core.")
@click.option(
    "--fetched-at",
    type=_Instant(),
    help="Instant to record as the time of the fetch; default: now. Makes two runs equal to the bit.",
)
@click.option(
    "--max-reject-share",
    type=click.FloatRange(0, 1),
    default=MAX_REJECT_SHARE,
    show_default=True,
    help="Share of refused dispatches above which the exit status is 1.",
)
@RULES
@MODEL
@click.option(
    "--only-rejects",
    is_flag=True,
    help="Read again the sources with refused dispatches; commit those of which fewer are refused now.",
)
@click.option(
    "--reread",
    is_flag=True,
    help="Read every source again, also those whose size and times have not changed; other bytes are a new version.",
)
@JSON
def run(
    sources: tuple[str, ...],
    output: str,
    workers: int | None,
    fetched_at: datetime | None,
    max_reject_share: float,
    form: str | None,
    date_order: Literal["dmy", "mdy"] | None,
    repairs: bool,
    columns: tuple[str, ...],
    model: str | None,
    only_rejects: bool,
    reread: bool,
    as_json: bool,
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
            workers=workers,
            fetched_at=fetched_at,
            format=_known_form(form),
            date_order=date_order,
            repair=repairs,
            columns=_mapped(columns),
            only_rejects=only_rejects,
            reread=reread,
            max_reject_share=max_reject_share,
            model=model,
        )
    if as_json:
        click.echo(json.dumps(summary.as_json()))
    else:
        from flows.report.terminal import show_summary

        show_summary(summary)
    if summary.failures:
        sys.exit(FAILED)
    if summary.reject_share() > max_reject_share:
        click.echo(
            f"dateline: {summary.reject_share():.1%} of the dispatches were refused, "
            f"wanted at most {max_reject_share:.1%}",
            err=True,
        )
        sys.exit(REJECTS_OVER)


@main.command()
@MODEL
def annotate(model: str | None) -> None:
    """Annotate JSONL from standard input: {"id", "published", "text"} a line; one line out for each."""
    from flows.annotation import annotate_stream
    from flows.reference import load_reference

    refused = 0
    for line in annotate_stream(sys.stdin.fileno(), load_reference(model)):
        refused += b'"error":' in line[:200]
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    if refused:
        click.echo(f"dateline: {refused} lines were refused", err=True)
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
    date_order: str | None,
    repairs: bool,
    columns: tuple[str, ...],
    model: str | None,
    as_json: bool,
) -> None:
    """Show one dispatch at each step of its journey, or lead an id back to its words."""
    from flows.fetch.slices import Wishes
    from flows.records import Rules
    from flows.report import explanation, terminal

    wishes = Wishes(
        Rules(date_order=date_order, repairs=repairs, columns=_mapped(columns)), _known_form(form)
    )
    found = (
        explanation.of_file(Path(what), number, wishes, model)
        if Path(what).exists()
        else explanation.of_id(what, Path(output))
    )
    click.echo(json.dumps(found, default=str, ensure_ascii=False)) if as_json else terminal.show_steps(found)


@main.command()
@click.option(
    "--gold",
    required=True,
    type=click.Path(exists=True, file_okay=False),
    help="A folder of labelled texts: JSON lines with text and gold times, places, entities.",
)
@MODEL
@JSON
def evaluate(gold: str, model: str | None, as_json: bool) -> None:
    """Measure times, places and entities on labelled texts, by the usual measures of each."""
    from dataclasses import asdict

    from flows.evaluation import evaluate as measured
    from flows.report import terminal

    figures = [asdict(figure) for figure in measured(Path(gold), model)]
    click.echo(json.dumps(figures)) if as_json else terminal.show_figures(figures)


@main.command()
@OUTPUT
@click.option("--rejects", "with_rejects", is_flag=True, help="List each refused dispatch.")
@JSON
def status(output: str, with_rejects: bool, as_json: bool) -> None:
    """Show what an output holds: commits, tables, rejects by code, runs."""
    from flows.report import state, terminal

    found = state.state_of(Path(output), with_rejects=with_rejects)
    click.echo(json.dumps(found, default=str)) if as_json else terminal.show_state(found)


@main.command()
@click.argument("target")
@OUTPUT
@JSON
def load(target: str, output: str, as_json: bool) -> None:
    """Load what is committed, and not in TARGET yet, into a warehouse.

    TARGET is duckdb:///FILE, postgresql://user@host/database, clickhouse:///FOLDER or delta:FOLDER. A load
    that was stopped goes on where it was.
    """
    from flows.report.loads import describe_load
    from flows.warehouse.load import load as loaded

    summary = loaded(Path(output), target)
    click.echo(json.dumps(summary.as_json()) if as_json else describe_load(summary))


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

    serve_deployments(sources or ("seeds",), output, targets)


@main.command()
@click.argument("target", required=False)
@OUTPUT
@JSON
def verify(target: str | None, output: str, as_json: bool) -> None:
    """Check each file of an output against its log, and with TARGET the rows and keys of a warehouse too.

    Exit status 3 and a line for each difference, where there is one. Nothing is changed.
    """
    from flows.report.loads import describe_verification
    from flows.warehouse.verify import verify as verified

    found = verified(Path(output), target)
    click.echo(json.dumps(found.as_json()) if as_json else "\n".join(describe_verification(found)))
    if found.differences:
        sys.exit(FAILED)


@main.command()
@JSON
def formats(as_json: bool) -> None:
    """List the forms that are read, in the order in which they are tried, with what each yields."""
    from flows.parse.headers import FORMATS

    if as_json:
        click.echo(json.dumps([{"name": known.name, "yields": known.yields} for known in FORMATS]))
        return
    for known in FORMATS:
        click.echo(f"{known.name:<14} {known.yields}")


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

    if write:
        for path in parquet.write_beside(Path(output)):
            click.echo(path)
    elif sql:
        click.echo(parquet.parquet_views(f"{Path(output).absolute()}/"), nl=False)
    elif as_json:
        click.echo(json.dumps(dictionary.as_json(table)))
    else:
        click.echo(dictionary.describe(table), nl=False)


@main.command()
@click.option("--write", is_flag=True, help="Write it to datapackage.json in the output folder.")
@OUTPUT
def catalog(write: bool, output: str) -> None:
    """Print the catalogue of an output: each table with its columns, keys and files, as a Data Package.

    Every run that commits writes it to datapackage.json in the output folder.
    """
    from flows.warehouse import catalog as cataloging
    from flows.warehouse.load import identify_output
    from flows.write.output import Output

    if not write:
        click.echo(cataloging.as_bytes(cataloging.catalog(Path(output))), nl=False)
        return
    place = Output(Path(output))
    identify_output(place)
    with place.locked():
        click.echo(cataloging.write_catalog(place))


@main.command()
@click.argument("dialect", metavar="DIALECT")
@click.option("--part", type=click.Choice(["schema", "views", "load"]), help="Print this part alone.")
@click.option("--location", metavar="URI", help="Where the Parquet files lie, as the warehouse sees them.")
@click.option(
    "--schema", metavar="NAME", help="Schema or dataset of the tables; default: that of the session."
)
@click.option(
    "--output-id",
    default="output",
    show_default=True,
    metavar="TEXT",
    help="Name of the output in the marks.",
)
def sql(dialect: str, part: str | None, location: str | None, schema: str | None, output_id: str) -> None:
    """Print the SQL of a warehouse: tables, views, and the incremental load from the Parquet files.

    DIALECT: bigquery, snowflake, redshift, databricks, postgres, duckdb or clickhouse.
    """
    from flows.warehouse.dialects import dialect_named
    from flows.warehouse.script import script

    click.echo(script(dialect_named(dialect).in_schema(schema), part, location, output_id), nl=False)
