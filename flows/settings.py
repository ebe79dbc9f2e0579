"""The settings file `dateline.toml`: a table for each command, with the names of its options.

The values become click's `default_map`: the command line and the environment come before them, the defaults after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from flows.addresses import SECRET_NAME, has_password, is_address, without_secrets
from flows.errors import WrongSetting, nearest_of
from flows.options import Instant, described

FILE = "dateline.toml"
PREFIX = "DATELINE"
"""How the names of environment variables begin."""

COMMON = "output"
"""The setting that may stand before the tables: it is that of every command."""

ARGUMENTS = ("sources", "target")
"""Arguments that are settings too."""


def settings_of(command: click.Command) -> dict[str, click.Parameter]:
    """Return the parameters of a command that a file may set, by name."""
    return {
        each.name: each
        for each in command.params
        if each.name and (isinstance(each, click.Option) or each.name in ARGUMENTS)
    }


def variable_of(command: str, param: click.Parameter) -> str:
    """Return the environment variable of a parameter."""
    return str(param.envvar or f"{PREFIX}_{command.upper()}_{(param.name or '').upper()}")


def read_settings(path: Path, commands: Mapping[str, click.Command]) -> dict[str, dict[str, Any]]:
    """Return the values of a file by command and parameter; every one has been checked.

    Raises:
        WrongSetting: no file, no TOML, a name that is not known, a value of another type or out of range, or a secret.
    """
    import tomllib  # noqa: PLC0415  # start-up: most runs have no file

    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongSetting(str(path), str(error), "TOML, as `dateline init` writes it") from None
    except UnicodeDecodeError as error:
        raise WrongSetting(str(path), f"byte {error.start} that is no UTF-8", "TOML in UTF-8") from None
    except OSError as error:
        raise WrongSetting(str(path), str(error.strerror), "a file of settings") from None
    return _File(path, text, commands).checked(document)


class _File:
    """A file that is being checked."""

    def __init__(self, path: Path, text: str, commands: Mapping[str, click.Command]) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.commands = commands

    def checked(self, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        common = document.pop(COMMON, None)
        for name, command in self.commands.items():
            if common is not None and COMMON in settings_of(command):
                self._check(None, command, COMMON, common)
                found[name] = {COMMON: common}
        for name, table in document.items():
            if name not in self.commands:
                what = "the table" if isinstance(table, dict) else "the key"
                known = [*self.commands, COMMON]
                raise self._wrong(None, name, f"{what} {name!r}", nearest_of(name, known, "tables"))
            if not isinstance(table, dict):
                raise self._wrong(None, name, _shown(table), f"a table: [{name}] on a line of its own")
            found[name] = found.get(name, {}) | self._table(self.commands[name], table)
        return found

    def _table(self, command: click.Command, table: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in table.items():
            name = key.replace("-", "_")
            if name in found:
                raise self._wrong(command.name, key, f"{key} a second time", "each setting once")
            self._check(command.name, command, key, value)
            found[name] = value
        return found

    def _check(self, table: str | None, command: click.Command, key: str, value: Any) -> None:
        known = settings_of(command)
        name = key.replace("-", "_")
        if name not in known:
            if SECRET_NAME.search(key):
                raise self._wrong(table, key, "a secret", self._without_secret(command, known.get("target")))
            raise self._wrong(table, key, f"the key {key!r}", nearest_of(name, known, "keys"))
        param = known[name]
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and is_address(each) and _has_secret(each):
                shown = f"{without_secrets(each)} with a password or another secret"
                raise self._wrong(table, key, shown, self._without_secret(command, param))
        if not _is_of_type(param, value) or not _is_accepted(param, value):
            raise self._wrong(table, key, _shown(value), described(param))

    def _without_secret(self, command: click.Command, param: click.Parameter | None) -> str:
        variable = variable_of(command.name or "", param) if param else "an environment variable"
        return f"the secret outside of the file: in {variable}, or in a Prefect Secret block that the value `prefect-secret:NAME` names"

    def _wrong(self, table: str | None, key: str, found: str, wanted: str) -> WrongSetting:
        line = _line_of(self.lines, table, key)
        where = f"{self.path}, line {line}" if line else str(self.path)
        return WrongSetting(f"{where}: {f'[{table}] ' if table else ''}{key}", found, wanted)


def _has_secret(address: str) -> bool:
    try:
        return has_password(address)
    except ValueError:
        # It cannot be read, and what is in it is not known.
        return True


def _is_of_type(param: click.Parameter, value: Any) -> bool:
    """Return True if the TOML value has the type of the parameter."""
    if param.multiple or param.nargs == -1:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if isinstance(param, click.Option) and param.is_flag:
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if isinstance(param.type, click.types.IntParamType):
        return isinstance(value, int)
    if isinstance(param.type, click.types.FloatParamType) or param.type.name == "days":
        return isinstance(value, (int, float))
    return isinstance(value, str) or (isinstance(param.type, Instant) and hasattr(value, "tzinfo"))


def _is_accepted(param: click.Parameter, value: Any) -> bool:
    """Return True if click converts the value. Whether a path exists is asked by the command that reads it."""
    if isinstance(param.type, click.Path):
        return True
    with click.Context(click.Command("settings")) as context:
        try:
            param.type_cast_value(context, value)
        except click.BadParameter:
            return False
    return True


def _shown(value: Any) -> str:
    kinds = {bool: "true" if value is True else "false", dict: "a table", list: f"the list {value!r}"}
    return kinds.get(type(value), repr(value))


def _line_of(lines: list[str], table: str | None, key: str) -> int | None:
    """Return the number of the line with a key or the head of a table; None where it is written in another way."""
    name = rf"""["']?{re.escape(key)}["']?"""
    for number, head, line in _with_heads(lines):
        if head == table and re.match(rf"\s*{name}\s*=", line):
            return number
        if table is None and re.match(rf"\s*\[\s*{name}\s*\]", line):
            return number
    return None


def _with_heads(lines: list[str]) -> Iterator[tuple[int, str | None, str]]:
    """Yield the number of each line, the table that it is in, and the line."""
    head = None
    for number, line in enumerate(lines, 1):
        if found := re.match(r"\s*\[\s*[\"']?([\w-]+)[\"']?\s*\]", line):
            head = found[1]
        yield number, head, line
