"""Commands for a new installation: `init`, `doctor`, `completion`."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from flows.addresses import path_or_address
from flows.commands.printing import examples, print_found
from flows.errors import WrongUse
from flows.escaping import visible
from flows.exits import FAILED
from flows.options import JSON, OUTPUT, complete_folder, complete_target
from flows.settings import FILE


@click.command(epilog=examples("dateline init news", "dateline --config news/dateline.toml run seeds"))
@click.argument("folder", default=".", shell_complete=complete_folder)
@click.pass_context
def init(context: click.Context, folder: str) -> None:
    """Write a commented settings file, dateline.toml, into FOLDER; default: this one.

    It lists every setting with its default, its environment variable and an example. A file that exists is not changed.
    """
    from flows.settings_template import template

    group = context.find_root().command
    if not isinstance(group, click.Group):
        raise TypeError("dateline is a group of commands")
    path = Path(folder) / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not through a link, and not over a file.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        raise WrongUse(
            "FOLDER", f"{path}, which exists", "a folder without one; nothing was changed"
        ) from None
    except OSError as error:
        raise WrongUse("FOLDER", f"{folder} ({error.strerror})", "a folder that can be written") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(template(group.commands))
    named = "" if path == Path(FILE) else f"--config {shlex.quote(str(path))} "
    click.echo(
        visible(
            f"Wrote {path}. Remove the # before a setting to change it, then run `dateline {named}doctor`."
        )
    )


@click.command(
    epilog=examples(
        "dateline completion bash > dateline.bash",
        "dateline completion zsh > _dateline",
        "dateline completion fish > dateline.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete commands, options and values.

    For each new shell: `eval "$(dateline completion bash)"` in ~/.bashrc; `zsh` in the same way in ~/.zshrc; for fish
    write the script to ~/.config/fish/completions/dateline.fish.
    """
    from click.shell_completion import get_completion_class

    known = get_completion_class(shell)
    if known is None:
        raise WrongUse("SHELL", shell, "bash, zsh or fish")
    script = known(context.find_root().command, {}, "dateline", "_DATELINE_COMPLETE")
    # Click's script for fish cuts a value at each comma, and `--fields times,claims` has one.
    click.echo(script.source().replace('string split ","', 'string split --max 1 ","'))


@click.command(
    epilog=examples(
        "dateline doctor",
        "dateline doctor --output output --target duckdb:///news.duckdb",
        "dateline doctor --json",
    )
)
@OUTPUT
@click.option("--target", metavar="TARGET", shell_complete=complete_target, help="A warehouse to check too.")
@JSON
@click.pass_context
def doctor(context: click.Context, output: str, target: str | None, json: bool) -> None:
    """Check the installation, the settings, the disk or store of an output, Prefect and a warehouse.

    Each line is ok, a warning or a problem, with what was found, what was wanted, and what to do. Nothing is changed.
    Exit status: 0 no problem (there may be warnings), 3 a problem.
    """
    from flows.doctor.checks import findings
    from flows.doctor.finding import PROBLEM

    found = findings(path_or_address(output), target, context.obj)
    shown = "\n".join(visible(line) for each in found for line in each.lines())
    print_found([each.as_json() for each in found], lambda _: click.echo(shown), as_json=json)
    if any(each.level == PROBLEM for each in found):
        sys.exit(FAILED)
