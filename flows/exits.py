"""How the `dateline` command ends: its exit statuses, and errors as a line on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from flows.errors import DatelineError, WrongUse
from flows.escaping import visible, visible_lines, visible_traceback

REJECTS_OVER = 1
WRONG_USE = 2
FAILED = 3
INTERRUPTED = 130


class ExitingGroup(click.Group):
    """A group of commands that ends with a line on standard error and an exit status for whatever is raised."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments of the group itself."""
        with _visible_usage_errors():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and set the exit status by what it raises."""
        try:
            with _visible_usage_errors():
                return super().invoke(ctx)
        except DatelineError as error:
            click.echo(f"dateline: {visible(str(error))}", err=True)
            ctx.exit(WRONG_USE if isinstance(error, WrongUse) else FAILED)
        except OSError as error:
            click.echo(f"dateline: the operating system reports: {visible(str(error))}", err=True)
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            click.echo("dateline: interrupted; committed data is kept, run again to continue", err=True)
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        # Python ends with status 1 after a bug, which here means refused dispatches.
        except Exception as error:  # noqa: BLE001  # the outermost handler: it prints the whole traceback and sets the status
            click.echo(visible_traceback(error), err=True, nl=False)
            ctx.exit(FAILED)


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
