"""How the `dateline` command ends: its exit statuses, and errors as a line on standard error."""

from __future__ import annotations

import traceback
from typing import Any

import click

from flows.errors import DatelineError, WrongUse

REJECTS_OVER = 1
WRONG_USE = 2
FAILED = 3
INTERRUPTED = 130


class ExitingGroup(click.Group):
    """A group of commands that ends with a line on standard error and an exit status for whatever is raised."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and set the exit status by what it raises."""
        try:
            return super().invoke(ctx)
        except DatelineError as error:
            click.echo(f"dateline: {error}", err=True)
            ctx.exit(WRONG_USE if isinstance(error, WrongUse) else FAILED)
        except OSError as error:
            click.echo(f"dateline: the operating system reports: {error}", err=True)
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            click.echo("dateline: interrupted; committed data is kept, run again to continue", err=True)
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        # Python ends with status 1 after a bug, which here means refused dispatches.
        except Exception:  # noqa: BLE001  # the outermost handler: it prints the whole traceback and sets the status
            traceback.print_exc()
            ctx.exit(FAILED)
