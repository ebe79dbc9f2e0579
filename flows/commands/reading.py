"""Commands that read dispatches: `run`, `annotate`, `deploy`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from flows import signals
from flows.commands.printing import examples, print_json
from flows.escaping import visible, visible_json
from flows.exits import FAILED, REJECTS_OVER, readers_may_leave
from flows.options import FIELDS, JSON, MODEL, OUTPUT, RULES, SOURCES, WORKERS, Instant, complete_target
from flows.records import MAX_REJECT_SHARE

SAMPLES = "seeds"
"""The folder that is read where no source is named: the samples of the project."""


@click.command(
    epilog=examples(
        "dateline run seeds --output output",
        "dateline run 'seeds/*.jsonl' seeds/inline-bridge.txt --fields header --output headers",
        "dateline run seeds --output output --only-rejects --date-order dmy",
        "dateline run seeds --output output --workers 2 --json",
    )
)
@SOURCES("run")
@OUTPUT
@WORKERS
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
    help="Instant to record as the time of the fetch; default: now. With it, two runs give equal bytes in all tables but runs and loads.",
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
@click.option(
    "--reread",
    is_flag=True,
    help="Read every source again; changed bytes, or other options, make a new version.",
)
@JSON
def run(
    sources: tuple[str, ...],
    output: str,
    max_reject_share: float,
    fail_on_drift: bool,
    column: tuple[tuple[str, str], ...],
    json: bool,
    **asked: Any,
) -> None:
    """Read what is new under SOURCE and commit its rows.

    A source is a file, a folder, a glob, or an address (https://, s3://, gs://); default: the samples in
    seeds. With --reread, unchanged sources are read again too; those that were read with another --column, --date-order, --format or --repair
    become new versions.
    """
    sources = sources or _default_sources()
    from flows.report import progress

    with progress.shown(as_json=json):
        from flows import api

        summary = api.run(sources, output, max_reject_share=max_reject_share, columns=dict(column), **asked)
    with readers_may_leave():
        if json:
            print_json(summary.as_json())
        else:
            from flows.report.terminal import show_summary

            show_summary(summary, only_rejects=asked["only_rejects"])
    if summary.failures:
        sys.exit(FAILED)
    if summary.reject_share() > max_reject_share:
        share = f"{summary.reject_share():.1%} of the dispatches were rejected"
        with readers_may_leave():
            click.echo(f"dateline: {share}, wanted at most {max_reject_share:.1%}", err=True)
            why = f"dateline status --rejects --output {shlex.quote(output)}"
            click.echo(
                visible(f"What to do: see why in `{why}`, or allow more with --max-reject-share."), err=True
            )
        sys.exit(REJECTS_OVER)
    if summary.drifts and fail_on_drift:
        with readers_may_leave():
            click.echo(f"dateline: {'; '.join(map(str, summary.drifts))}", err=True)
        sys.exit(REJECTS_OVER)


def _default_sources() -> tuple[str, ...]:
    """Return the samples of the project, where the command is run in its folder.

    Raises:
        UsageError: it is run elsewhere.
    """
    if not Path(SAMPLES).is_dir():
        raise click.UsageError(
            f"no SOURCE, and no folder {SAMPLES} here; name a file, a folder, a glob or an address"
        )
    return (SAMPLES,)


@click.command(epilog=examples("dateline annotate < seeds/lines-desk.jsonl"))
@MODEL
def annotate(model: str | None) -> None:
    """Annotate JSONL from standard input: {"id", "published", "text"} a line; one line out for each."""
    from flows.annotation import annotate_stream
    from flows.reference import load_for_process

    if sys.stdin.isatty():
        click.echo("Reading JSON lines from the terminal; Ctrl-D ends them.", err=True)
    refused = 0
    for line in annotate_stream(sys.stdin.fileno(), load_for_process(model)):
        refused += b'"error":' in line[:200]
        sys.stdout.buffer.write(visible_json(line.decode()).encode() + b"\n")
        sys.stdout.buffer.flush()
    if refused:
        click.echo(f"dateline: {refused} lines were rejected; the answer to each has its `error`", err=True)
        sys.exit(REJECTS_OVER)


@click.command(epilog=examples("dateline deploy seeds --output output --target duckdb:///news.duckdb"))
@SOURCES("deploy")
@OUTPUT
@click.option(
    "--target",
    multiple=True,
    shell_complete=complete_target,
    help="Load this warehouse after each run; may be repeated.",
)
def deploy(sources: tuple[str, ...], output: str, target: tuple[str, ...]) -> None:
    """Serve the scheduled deployments from this process, until interrupted.

    Needs a Prefect server (PREFECT_API_URL) and no work pool: an incremental run of SOURCE every 15 minutes,
    a verification each night, a backfill each month. Default of SOURCE: seeds.
    """
    from flows.deploy import serve_deployments

    # Prefect ends its own way.
    signals.use_defaults()
    serve_deployments(sources or _default_sources(), output, target)
