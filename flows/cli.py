"""The `dateline` command: its commands, by section of the help."""

from __future__ import annotations

from pathlib import Path

import click

from flows import __version__
from flows.commands import changing, loading, looking, reading, reporting, setting_up
from flows.errors import WrongUse
from flows.exits import ExitingGroup
from flows.options import complete_path
from flows.settings import FILE, PREFIX, read_settings

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
    ("Set up", (setting_up.init, setting_up.doctor, setting_up.completion)),
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
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": PREFIX},
    epilog="`dateline COMMAND --help` ends with examples.",
)
@click.option(
    "--config",
    metavar="FILE",
    shell_complete=complete_path,
    help=f"Settings, as `dateline init` writes them; default: {FILE} in this folder, if there is one.",
)
# The variable DATELINE_VERSION is free for others.
@click.version_option(__version__, prog_name="dateline", allow_from_autoenv=False)
@click.pass_context
def main(context: click.Context, config: str | None) -> None:
    """News dispatches in, committed Parquet tables out.

    An option comes from the command line, else from the environment (DATELINE_RUN_WORKERS), else from the settings file.

    Exit status: 0 success, 1 more rejects than --max-reject-share, 2 usage error, 3 a run that failed or that
    found the output busy, 129, 130, 143 ended by SIGHUP, Ctrl-C, SIGTERM, 141 nobody reads the output.
    """
    if config is None and not Path(FILE).exists():
        return
    try:
        context.default_map = read_settings(Path(config or FILE), main.commands)
    except WrongUse as error:
        # These work without settings, and `doctor` shows what is wrong with them.
        if context.invoked_subcommand not in ("init", "doctor", "completion"):
            raise
        context.obj = error
