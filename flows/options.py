"""Options that several commands share, and what their values may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from click.shell_completion import CompletionItem

from flows.errors import WrongUse


def complete_path(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the path of a file or a folder."""
    del context, param
    return [CompletionItem(incomplete, type="file")]


def complete_folder(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the path of a folder."""
    del context, param
    return [CompletionItem(incomplete, type="dir")]


def complete_target(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the scheme of a warehouse."""
    del context, param
    return _starting(TARGET_SCHEMES, incomplete)


def complete_table(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a table."""
    del context, param
    from flows.tables import TABLES  # noqa: PLC0415  # start-up

    return _starting({table.name: table.grain for table in TABLES}, incomplete)


def complete_dialect(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a dialect of SQL."""
    del context, param
    from flows.warehouse.dialects import DIALECTS  # noqa: PLC0415  # start-up

    return _starting(dict.fromkeys(DIALECTS, ""), incomplete)


def complete_fields(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the last name of a list such as `times,claims`."""
    del context, param
    from flows.fields import NEEDS  # noqa: PLC0415  # only here

    before, comma, name = incomplete.rpartition(",")
    taken = before.split(",")
    names = [each for each in NEEDS if each not in taken] + ([] if comma else ["all", "header"])
    return [CompletionItem(f"{before}{comma}{each}") for each in names if each.startswith(name)]


def _starting(names: Mapping[str, str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(each, help=text) for each, text in names.items() if each.startswith(incomplete)]


TARGET_SCHEMES = {
    "duckdb:///": "a file of DuckDB",
    "postgresql://": "a database of PostgreSQL",
    "clickhouse:///": "a folder of ClickHouse",
    "delta:": "a folder of Delta tables",
}
"""How the address of a warehouse begins, and what it is."""

TARGET: dict[str, Any] = {"shell_complete": complete_target}


def SOURCES(command: str) -> Callable[[Any], Any]:  # noqa: N802  # a decorator beside the others
    """Add the argument with the sources to the command of a name."""
    variable = f"DATELINE_{command.upper()}_SOURCES"
    return click.argument(
        "sources", nargs=-1, metavar="[SOURCE]...", envvar=variable, shell_complete=complete_path
    )


OUTPUT = click.option(
    "--output",
    default="output",
    show_default=True,
    help="Folder of the dataset, or s3://BUCKET/PREFIX.",
    metavar="FOLDER",
    shell_complete=complete_folder,
)
WORKERS = click.option("--workers", type=click.IntRange(1, 256), help="Processes; default: one a core.")
JSON = click.option("--json", is_flag=True, help="Print JSON for machines.")
MODEL = click.option(
    "--model",
    metavar="PACKAGE",
    help="Another installed English pipeline of spaCy; default: en_core_web_sm.",
)


class FieldNames(click.ParamType[str]):
    """`all`, `header`, or names of fields separated by commas."""

    name = "names"

    def wanted(self) -> str:
        """Return which values are accepted."""
        from flows.fields import WANTED  # noqa: PLC0415  # only here

        return WANTED

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the names as they are given."""
        from flows.fields import fields_named  # noqa: PLC0415  # only here

        try:
            fields_named(value)
        except WrongUse as error:
            self.fail(f"found {error.found}, wanted {self.wanted()}", param, ctx)
        return str(value)


FIELDS = click.option(
    "--fields",
    type=FieldNames(),
    shell_complete=complete_fields,
    default="all",
    show_default=True,
    metavar="NAMES",
    help="Fields to extract: all, header (none; no language model), or names such as mentions,places,times.",
)


class Days(click.ParamType[timedelta]):
    """A number of days, which may be a fraction."""

    name = "days"

    def wanted(self) -> str:
        """Return which values are accepted."""
        return "a number of days, 0 or more"

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
            self.fail(f"found {value!r}, wanted {self.wanted()}", param, ctx)


KEEP = click.option(
    "--keep",
    type=Days(),
    default=7,
    show_default=True,
    metavar="DAYS",
    help="How long the replaced files are kept in .dateline/generations; 0 removes them at once.",
)


class ColumnKey(click.ParamType[tuple[str, str]]):
    """A column of a CSV file and the key that it is read as: `COLUMN=KEY`."""

    name = "column=key"

    def wanted(self) -> str:
        """Return which values are accepted."""
        return "COLUMN=KEY, as in 'Full text=text'"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return the column and the key."""
        column, _, key = str(value).partition("=")
        if not column or not key:
            self.fail(f"found {value!r}, wanted {self.wanted()}", param, ctx)
        # The keys import the readers of their values.
        from flows.parse.keys import refuse_unknown  # noqa: PLC0415  # start-up

        try:
            refuse_unknown(key)
        except WrongUse as error:
            self.fail(f"found the key {error.found!r} in {value!r}, wanted {error.wanted}", param, ctx)
        return column, key


class FormatName(click.ParamType[str]):
    """The name of a format of files."""

    name = "format"

    def wanted(self) -> str:
        """Return which values are accepted."""
        # The formats import their parsers.
        from flows.parse.headers import BY_NAME  # noqa: PLC0415  # start-up

        return f"one of {', '.join(BY_NAME)}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a format that is known."""
        from flows.parse.headers import BY_NAME  # noqa: PLC0415  # start-up

        if value not in BY_NAME:
            self.fail(f"found {value!r}, wanted {self.wanted()}", param, ctx)
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete the name of a format."""
        del ctx, param
        from flows.parse.headers import FORMATS  # noqa: PLC0415  # start-up

        return _starting({known.name: known.yields for known in FORMATS}, incomplete)


def RULES(command: Any) -> Any:  # noqa: N802  # a decorator beside the others
    """Add the options that state what a source does not state itself."""
    for option in (
        click.option(
            "--column",
            type=ColumnKey(),
            multiple=True,
            metavar="COLUMN=KEY",
            help="Read a column of CSV files as a key: date, headline, byline, source_name, text or another; may be repeated.",
        ),
        click.option("--repair", is_flag=True, help="Replace undecodable bytes by U+FFFD, and record it."),
        click.option(
            "--date-order", type=click.Choice(["dmy", "mdy"]), help="The order of dates such as 02/03/2020."
        ),
        click.option(
            "--format",
            type=FormatName(),
            metavar="NAME",
            help="Read every file in this format; see `dateline formats`.",
        ),
    ):
        command = option(command)
    return command


class Instant(click.ParamType[datetime]):
    """An instant in ISO 8601, in UTC where it states no zone."""

    name = "instant"

    def wanted(self) -> str:
        """Return which values are accepted."""
        return "an instant in ISO 8601 such as 2020-02-20T10:15:00Z"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant in UTC."""
        try:
            found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"found {value!r}, wanted {self.wanted()}", param, ctx)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def described(param: click.Parameter) -> str:
    """Return in words which values a parameter accepts."""
    kind = param.type
    if isinstance(kind, (Days, FieldNames, ColumnKey, FormatName, Instant)):
        one = kind.wanted()
    elif isinstance(param, click.Option) and param.is_flag:
        one = "true or false"
    elif isinstance(kind, click.Choice):
        one = f"one of {', '.join(map(str, kind.choices))}"
    elif isinstance(kind, (click.IntRange, click.FloatRange)):
        noun = "a whole number" if isinstance(kind, click.IntRange) else "a number"
        one = f"{noun} from {kind.min} up" if kind.max is None else f"{noun} from {kind.min} to {kind.max}"
    else:
        one = "a string in quotation marks"
    return f"a list, in square brackets, of: {one}" if param.multiple or param.nargs == -1 else one
