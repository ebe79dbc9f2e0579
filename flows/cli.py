"""The `dateline` command: its commands, by section of the help."""

from __future__ import annotations

import click

from flows import __version__
from flows.commands import changing, loading, looking, reading, reporting
from flows.exits import ExitingGroup

SECTIONS: tuple[tuple[str, tuple[click.Command, ...]], ...] = (
    ("Read dispatches", (reading.run, reading.annotate, reading.deploy)),
    (
        "Look",
        (
            looking.status,
            reporting.report,
            looking.explain,
            looking.verify,
            looking.formats,
            looking.schema,
            looking.catalog,
            looking.evaluate,
        ),
    ),
    ("Load a warehouse", (loading.load, loading.sql)),
    ("Change an output", (changing.compact, changing.enrich, changing.erase, changing.split)),
)
"""The commands in the order of the help."""

MAX_SUMMARY = 200
"""Characters of the sentence about a command: longer than any is, so that none is cut."""


class SectionedGroup(ExitingGroup):
    """The group whose help lists the commands by section."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a list of commands for each section."""
        del ctx
        longest = max(len(each.name or "") for _, commands in SECTIONS for each in commands)
        for title, commands in SECTIONS:
            rows = [(f"{each.name:<{longest}}", each.get_short_help_str(MAX_SUMMARY)) for each in commands]
            with formatter.section(title):
                formatter.write_dl(rows)


@click.group(
    cls=SectionedGroup,
    commands=[each for _, commands in SECTIONS for each in commands],
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`dateline COMMAND --help` ends with examples.",
)
@click.version_option(__version__, prog_name="dateline")
def main() -> None:
    """News dispatches in, committed Parquet tables out.

    Exit status: 0 success, 1 more rejects than --max-reject-share, 2 usage error, 3 a run that failed or that
    found the output busy, 129, 130, 143 ended by SIGHUP, Ctrl-C, SIGTERM, 141 nobody reads the output.
    """
