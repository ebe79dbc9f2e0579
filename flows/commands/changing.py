"""Commands that change what an output holds: `compact`, `enrich`, `erase`, `split`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from flows.addresses import path_or_address
from flows.commands.printing import examples, print_found
from flows.escaping import visible
from flows.options import JSON, KEEP, MODEL, OUTPUT, WORKERS, complete_fields, complete_path

ARTICLE_ID = "0123456789abcdef0123456789abcdef"
"""Stands for the id of an article in the examples."""


@click.command(
    epilog=examples(
        "dateline compact --output output", "dateline compact --output output --target-size 64 --keep 0"
    )
)
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
def compact(output: str, target_size: int, keep: timedelta, json: bool) -> None:
    """Write the small files of an output as few large ones, without the rows of superseded versions.

    Readers see the old files or the new ones, never both. Done again, it does nothing.
    """
    from flows.generations.compact import compact as compacted
    from flows.report.generations import describe_change
    from flows.write.output import Output

    place = Output(path_or_address(output))
    found = compacted(place, datetime.now(UTC), target_bytes=target_size << 20, keep=keep)
    print_found(found.as_json(), lambda _: click.echo(visible(describe_change(found))), as_json=json)


@click.command(
    epilog=examples("dateline enrich --output output", "dateline enrich --output output --workers 1")
)
@OUTPUT
@click.option(
    "--fields",
    metavar="NAMES",
    shell_complete=complete_fields,
    help="Fields to extract, at least those of the output; default: those.",
)
@MODEL
@WORKERS
@KEEP
@JSON
def enrich(
    output: str,
    fields: str | None,
    model: str | None,
    workers: int | None,
    keep: timedelta,
    json: bool,
) -> None:
    """Extract the fields of all articles anew, from their committed text: the sources are not read.

    Rows are replaced at once, at the end; one that is found again keeps its id.
    """
    from flows.api import enrich as enriched
    from flows.report.generations import describe_change

    found = enriched(output, fields=fields, model=model, workers=workers, keep=keep)
    print_found(found.as_json(), lambda _: click.echo(visible(describe_change(found))), as_json=json)


@click.command(
    epilog=examples(
        'dateline erase seeds/inline-bridge.txt --reason "asked for by the author" --output output'
    )
)
@click.argument("what", nargs=-1, required=True, metavar="ID|URI...", shell_complete=complete_path)
@click.option("--reason", required=True, metavar="TEXT", help="Why, for the commit log.")
@OUTPUT
@JSON
def erase(what: tuple[str, ...], reason: str, output: str, json: bool) -> None:
    """Remove all rows of dispatches and sources, and keep later runs from taking them up again.

    ID is that of an article or a rejected dispatch: it is erased with its other versions and with every article of the
    same text. URI, or a path, is a source. Replaced files are not kept. Nothing brings the rows back.
    """
    from flows.generations.erase import erase as erased
    from flows.report.generations import describe_change
    from flows.write.output import Output

    found = erased(Output(path_or_address(output)), what, reason, datetime.now(UTC))
    print_found(found.as_json(), lambda _: click.echo(visible(describe_change(found))), as_json=json)


@click.command(epilog=examples(f"dateline split {ARTICLE_ID} --output output"))
@click.argument("article_ids", nargs=-1, required=True, metavar="ARTICLE_ID...")
@OUTPUT
def split(article_ids: tuple[str, ...], output: str) -> None:
    """Take articles out of their story, into a new story of their own; see `story_members`."""
    from flows.stories.split import split_story
    from flows.write.output import Output

    record = split_story(Output(path_or_address(output)), article_ids, datetime.now(UTC))
    click.echo(f"commit {record.seq}: {len(article_ids)} articles are a story of their own")
