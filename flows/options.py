"""Options that several commands share, and what their values may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from flows.errors import WrongUse

OUTPUT = click.option(
    "--output",
    default="output",
    show_default=True,
    help="Folder of the dataset, or s3://BUCKET/PREFIX.",
    metavar="FOLDER",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
MODEL = click.option(
    "--model",
    metavar="PACKAGE",
    help="Another installed English pipeline of spaCy; default: en_core_web_sm.",
)


FIELDS = click.option(
    "--fields",
    default="all",
    show_default=True,
    metavar="NAMES",
    help="Fields to extract: all, header (none; no language model), or names such as mentions,places,times.",
)


class Days(click.ParamType[timedelta]):
    """A number of days, which may be a fraction."""

    name = "days"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the time."""
        if isinstance(value, timedelta):
            return value
        try:
            days = float(value)
            if not days >= 0:
                raise ValueError
            return timedelta(days=days)
        except (ValueError, OverflowError):
            self.fail(f"found {value!r}, wanted a number of days, 0 or more", param, ctx)


KEEP = click.option(
    "--keep",
    type=Days(),
    default="7",
    show_default=True,
    metavar="DAYS",
    help="How long the replaced files are kept in .dateline/generations; 0 removes them at once.",
)


def RULES(command: Any) -> Any:  # noqa: N802  # a decorator beside the others
    """Add the options that state what a source does not state itself."""
    for option in (
        click.option(
            "--column", "columns", multiple=True, metavar="COLUMN=KEY", help="Read a CSV column as a key."
        ),
        click.option("--repair", is_flag=True, help="Replace undecodable bytes by U+FFFD, and record it."),
        click.option(
            "--date-order", type=click.Choice(["dmy", "mdy"]), help="The order of dates such as 02/03/2020."
        ),
        click.option(
            "--format",
            "form",
            metavar="NAME",
            help="Read every file in this format; see `dateline formats`.",
        ),
    ):
        command = option(command)
    return command


class Instant(click.ParamType[datetime]):
    """An instant in ISO 8601, in UTC where it states no zone."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"found {value!r}, wanted an instant in ISO 8601 such as 2020-02-20T10:15:00Z", param, ctx
            )
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def known_format(name: str | None) -> str | None:
    """Check and return the name of a format.

    Raises:
        WrongUse: no such format.
    """
    if name is None:
        return None
    from flows.parse.headers import BY_NAME  # noqa: PLC0415  # start-up: the formats import their parsers

    if name not in BY_NAME:
        raise WrongUse("--format", name, "one of " + ", ".join(BY_NAME))
    return name


def keys_of_columns(columns: tuple[str, ...]) -> dict[str, str]:
    """Return the key that each column of CSV files is read as, from `COLUMN=KEY`.

    Raises:
        WrongUse: a value of another form.
    """
    found = {}
    for each in columns:
        column, mark, key = each.partition("=")
        if not mark or not column or not key:
            raise WrongUse("--column", each, "COLUMN=KEY, as in 'Full text=text'")
        found[column] = key
    return found
