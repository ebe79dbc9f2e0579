"""Commands that look at an output, a dispatch or the tables, and change nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from flows.addresses import path_or_address
from flows.commands.printing import examples, print_found, print_json
from flows.errors import WrongUse
from flows.escaping import visible
from flows.exits import FAILED
from flows.options import JSON, MODEL, OUTPUT, RULES, TARGET, complete_path, complete_table
from flows.secret_blocks import resolve


@click.command(
    epilog=examples("dateline status --output output", "dateline status --output output --rejects --json")
)
@OUTPUT
@click.option("--rejects", is_flag=True, help="List each rejected dispatch.")
@JSON
def status(output: str, rejects: bool, json: bool) -> None:
    """Show what an output holds: commits, tables, rejects by code, runs."""
    from flows.report import state, terminal

    found = state.state_of(path_or_address(output), with_rejects=rejects)
    print_found(found, terminal.show_state, as_json=json)


@click.command(
    epilog=examples(
        "dateline explain seeds/inline-bridge.txt",
        "dateline explain seeds/lines-desk.jsonl --number 2",
        "dateline explain seeds/inline-bridge.txt --json",
    )
)
@click.argument("what", metavar="FILE|ID", shell_complete=complete_path)
@OUTPUT
@click.option("--number", type=click.IntRange(0), default=0, help="Which dispatch of the file, from 0.")
@RULES
@MODEL
@JSON
def explain(
    what: str,
    output: str,
    number: int,
    format: str | None,
    date_order: Literal["dmy", "mdy"] | None,
    repair: bool,
    column: tuple[tuple[str, str], ...],
    model: str | None,
    json: bool,
) -> None:
    """Show one dispatch at each step of its journey, or the words and bytes of the row with an id."""
    from flows.fetch.slices import Wishes
    from flows.records import Rules
    from flows.report import explanation, terminal

    if Path(what).is_dir():
        raise WrongUse("FILE|ID", f"{what}, a folder", "one of its files, or an id of a row")
    rules = Rules(date_order=date_order, repairs=repair, columns=dict(column))
    wishes = Wishes(rules, format)
    found = (
        explanation.of_file(Path(what), number, wishes, model)
        if Path(what).exists()
        else explanation.of_id(what, path_or_address(output))
    )
    print_found(found, terminal.show_steps, as_json=json)


@click.command(
    epilog=examples(
        "dateline verify --output output",
        "dateline load duckdb:///news.duckdb --output output",
        "dateline verify duckdb:///news.duckdb --output output",
    )
)
@click.argument("target", required=False, envvar="DATELINE_VERIFY_TARGET", **TARGET)
@OUTPUT
@JSON
def verify(target: str | None, output: str, json: bool) -> None:
    """Check each file of an output against its log, and with TARGET the rows and keys of a warehouse too.

    Prints a line for each difference; if there are any, the exit status is 3. Nothing is changed.
    """
    from flows.report.loads import describe_verification
    from flows.warehouse.verify import verify as verified

    found = verified(path_or_address(output), resolve(target) if target else None)
    lines = "\n".join(map(visible, describe_verification(found)))
    print_found(found.as_json(), lambda _: click.echo(lines), as_json=json)
    if found.differences:
        sys.exit(FAILED)


@click.command(epilog=examples("dateline evaluate --gold tests/evaluation/gold"))
@click.option(
    "--gold",
    required=True,
    type=click.Path(exists=True, file_okay=False),
    help="A folder of labelled texts: JSON lines (or .gz) with text and gold labels.",
)
@MODEL
@JSON
def evaluate(gold: str, model: str | None, json: bool) -> None:
    """Measure the accuracy of each field on labelled texts."""
    from dataclasses import asdict

    from flows.evaluation.figures import evaluate as measured
    from flows.report import terminal

    figures = [asdict(figure) for figure in measured(Path(gold), model)]
    print_found(figures, terminal.show_figures, as_json=json)


@click.command(epilog=examples("dateline formats"))
@JSON
def formats(json: bool) -> None:
    """List the formats in the order in which they are tried, with what each yields."""
    from flows.parse.headers import FORMATS

    found = [{"name": known.name, "yields": known.yields} for known in FORMATS]
    lines = "\n".join(f"{known.name:<14} {known.yields}" for known in FORMATS)
    print_found(found, lambda _: click.echo(lines), as_json=json)


@click.command(
    epilog=examples(
        "dateline schema",
        "dateline schema claims",
        "dateline schema --sql --output output > views.sql",
        "dateline schema --write --output output",
    )
)
@click.argument("table", required=False, shell_complete=complete_table)
@click.option("--sql", is_flag=True, help="Print SQL views (DuckDB) over the files of the output.")
@click.option("--write", is_flag=True, help="Write README.md and views.sql into the output folder.")
@OUTPUT
@JSON
def schema(table: str | None, sql: bool, write: bool, output: str, json: bool) -> None:
    """Show the tables: every column with its type and its meaning."""
    from flows.warehouse import parquet
    from flows.write import dictionary
    from flows.write.output import Output

    if write:
        for path in parquet.write_beside(Output(path_or_address(output))):
            click.echo(visible(path))
    elif sql:
        place = Output(path_or_address(output))
        views = parquet.parquet_views(f"{place.uri}/", parquet.age_of(place))
        click.echo(views, nl=False)
    elif json:
        print_json(dictionary.as_json(table))
    else:
        click.echo(dictionary.describe(table), nl=False)


@click.command(
    epilog=examples("dateline catalog --output output", "dateline catalog --write --output output")
)
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
