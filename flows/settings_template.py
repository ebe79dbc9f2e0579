"""The text of a new `dateline.toml`, made of the options of the commands."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import click

from flows.settings import COMMON, FILE, settings_of, variable_of

WIDTH = 100

HEAD = f"""\
Settings of Dateline. The command line comes first, then environment variables, then this file, then the defaults.

Dateline reads {FILE} in the current folder, or the file that `--config` or the variable DATELINE_CONFIG names.
There is a table for each command, with the names of its options. A line that begins with # is not read: remove the #
to change a setting. Paths are relative to the current folder. `dateline doctor` checks this file.

Passwords and tokens are refused here. Put an address with a password into its environment variable, or into a Secret
block of a Prefect server, and write `prefect-secret:NAME` in the place of the address.
"""

EXAMPLES: Mapping[str, Any] = {
    "column": ["Full text=text", "Datum=date"],
    "date_order": "dmy",
    "engine": "dask",
    "fetched_at": "2026-01-02T03:04:05Z",
    "fields": "mentions,places,times",
    "format": "jsonl",
    "gold": "tests/evaluation/gold",
    "into": "report.html",
    "keep": 30,
    "location": "s3://news/output",
    "max_reject_share": 0.1,
    "model": "en_core_web_md",
    "number": 2,
    "output": "s3://news/output",
    "output_id": "news",
    "part": "load",
    "reason": "asked for by the author",
    "run": "0123456789abcdef0123456789abcdef",
    "scheduler": "tcp://10.0.0.1:8786",
    "schema": "news",
    "sources": ["inbox", "https://example.org/feed.xml"],
    "target": "duckdb:///news.duckdb",
    "target_size": 256,
    "workers": 4,
    "where": "published_on >= '2020-02-01' AND effect = 'killed'",
}
"""A value for each setting that is not a flag, by its name."""


def template(commands: Mapping[str, click.Command]) -> str:
    """Return the whole text; read as it is, it sets nothing."""
    lines = [*_comment(HEAD.strip()), *_setting(None, commands["run"], COMMON)]
    for name, command in commands.items():
        known = settings_of(command)
        if known:
            lines += ["", f"[{name}]", *_comment(command.get_short_help_str(500))]
        for key in known:
            lines += _setting(name, command, key)
    return "\n".join(lines) + "\n"


def _setting(table: str | None, command: click.Command, key: str) -> Iterator[str]:
    param = settings_of(command)[key]
    yield ""
    if table is None:
        yield from _comment(f"The {key} of every command, unless its table names another one.")
        variables = "one for each command, such as "
    else:
        what = (
            param.help if isinstance(param, click.Option) else f"The {key} where the command line names none."
        )
        yield from _comment(what or "")
        variables = ""
    variable = variable_of(command.name or "", param)
    yield f"# Environment: {variables}{variable}"
    yield f"# Example: {key} = {_toml(_example(param))}"
    is_flag = isinstance(param, click.Option) and param.is_flag
    default = param.default is True if is_flag else param.default
    is_set = isinstance(default, (str, bool, int, float))
    yield f"#{key} = {_toml(default)}" if is_set else f"#{key} is not set"


def _example(param: click.Parameter) -> Any:
    if isinstance(param, click.Option) and param.is_flag:
        return True
    example = EXAMPLES[param.name or ""]
    is_list = param.multiple or param.nargs == -1
    return [example] if is_list and not isinstance(example, list) else example


def _toml(value: Any) -> str:
    """Return a value as TOML: strings, numbers, booleans and lists of these are written as in JSON."""
    return json.dumps(value)


def _comment(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        for line in textwrap.wrap(paragraph, WIDTH - 2, break_long_words=False, break_on_hyphens=False):
            yield f"# {line}"
        if paragraph != text.split("\n\n")[-1]:
            yield "#"
