"""Commands that bring committed rows into a warehouse: `load`, `sql`."""

from __future__ import annotations

import click

from flows.addresses import path_or_address
from flows.commands.printing import examples, print_found
from flows.escaping import visible
from flows.options import JSON, OUTPUT, TARGET, complete_dialect
from flows.secret_blocks import resolve


@click.command(
    epilog=examples(
        "dateline load duckdb:///news.duckdb --output output",
        "dateline load postgresql://localhost:5432/news --output output",
        "dateline load delta:lake --output output",
    )
)
@click.argument("target", envvar="DATELINE_LOAD_TARGET", **TARGET)
@OUTPUT
@JSON
def load(target: str, output: str, json: bool) -> None:
    """Load the commits that TARGET does not have yet into a warehouse.

    TARGET is duckdb:///FILE, postgresql://user@host/database, clickhouse:///FOLDER or delta:FOLDER. A load
    that was interrupted continues where it stopped.
    """
    from flows.report.loads import describe_load
    from flows.warehouse.load import load as loaded

    summary = loaded(path_or_address(output), resolve(target))
    print_found(summary.as_json(), lambda _: click.echo(visible(describe_load(summary))), as_json=json)


@click.command(
    epilog=examples(
        "dateline sql bigquery --location gs://my-bucket/output > bigquery.sql",
        "dateline sql snowflake --part load --location @dateline_stage/output > load.sql",
        "dateline sql postgres --part schema --schema news",
    )
)
@click.argument("dialect", metavar="DIALECT", shell_complete=complete_dialect)
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
