"""How the `dateline` command ends: its exit statuses, and errors as a line on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from flows import signals
from flows.errors import DatelineError, WrongUse
from flows.escaping import visible, visible_lines, visible_traceback
from flows.unread import discard_output, is_unread

REJECTS_OVER = 1
WRONG_USE = 2
FAILED = 3
INTERRUPTED = 130
UNREAD = 141
"""As a shell reports a program that a closed pipe has ended."""

SYSTEM_REMEDY = "check that the path exists and may be used, and run again; `dateline doctor` checks the disk"


class ExitingGroup(click.Group):
    """A group of commands that ends with a line on standard error and an exit status for whatever is raised."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments of the group itself."""
        with _visible_usage_errors():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and set the exit status by what it raises."""
        open_standard_streams()
        try:
            with signals.interruptible(), _visible_usage_errors():
                return super().invoke(ctx)
        except DatelineError as error:
            _print_error(f"dateline: {error}", _remedy(error, ctx))
            ctx.exit(WRONG_USE if isinstance(error, WrongUse) else FAILED)
        except OSError as error:
            if is_unread(error):
                discard_output()
                ctx.exit(UNREAD)
            _print_error(f"dateline: the operating system reports: {error}", SYSTEM_REMEDY)
            ctx.exit(FAILED)
        except KeyboardInterrupt as interrupted:
            signals.tell(interrupted)
            ctx.exit(interrupted.status if isinstance(interrupted, signals.Interrupted) else INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        # Python ends with status 1 after a bug, which here means refused dispatches.
        except Exception as error:  # noqa: BLE001  # the outermost handler: it prints the whole traceback and sets the status
            click.echo(visible_traceback(error), err=True, nl=False)
            ctx.exit(FAILED)
        finally:
            # What could not be written is still in the buffers: Python would try again, and end with status 120.
            discard_output()


def open_standard_streams() -> None:
    """Open /dev/null for each standard stream that is closed: the next file that is opened would take its place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # Numbers are given from the lowest: those below are open.
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))


@contextmanager
def readers_may_leave() -> Iterator[None]:
    """Ignore that nobody reads what the block prints: the exit status is that of the work."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if not is_unread(error):
            raise
        discard_output()


def _remedy(error: DatelineError, ctx: click.Context) -> str:
    """Return what to do about an error, with the name of the command that was called."""
    return error.what_to_do().replace("dateline COMMAND", f"dateline {ctx.invoked_subcommand}")


def _print_error(line: str, remedy: str) -> None:
    with suppress(BrokenPipeError):
        click.echo(f"{visible(line)}\nWhat to do: {visible(remedy)}.", err=True)


@contextmanager
def _visible_usage_errors() -> Iterator[None]:
    """Make the message of a usage error visible: it repeats arguments, and a shell puts names of files among them."""
    try:
        yield
    except click.UsageError as error:
        found = error.format_message()
        if visible_lines(found) == found:
            raise
        raise click.UsageError(visible_lines(found), error.ctx) from None
