"""Errors: each says its message from its fields, and survives the way from a worker process."""

from __future__ import annotations

import inspect
import pickle
import re
from dataclasses import fields
from string import Formatter

import pytest
from click.testing import CliRunner

from flows import errors
from flows.cli import main
from flows.errors import (
    BatchFailed,
    DatelineError,
    DiskFull,
    DispatchError,
    OutputBusy,
    UnreadableDate,
    UnreadableField,
    WrongUse,
)
from flows.warehouse import load_errors

CLASSES = [
    each
    for module in (errors, load_errors)
    for each in vars(module).values()
    if inspect.isclass(each)
    and issubclass(each, DatelineError)
    and each not in (DatelineError, DispatchError)
]
NUMBERS = {"line": 7, "found": 1234, "wanted": 5678, "byte": 9, "seq": 3, "workers": 2}


def types_of(kind: type[DatelineError]) -> dict[str, str]:
    return {field.name: str(field.type) for field in fields(kind)}  # type: ignore[arg-type]


def made(kind: type[DatelineError]) -> DatelineError:
    """Make an error with a value of its own in each field."""
    values = {}
    for field in fields(kind):  # type: ignore[arg-type]
        is_number = field.type == "int"
        values[field.name] = (
            NUMBERS[field.name]
            if is_number
            else ("one", "two")
            if "tuple" in field.type
            else f"<{field.name}>"
        )
    return kind(**values)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling_with_its_fields_and_its_message(kind):
    error = made(kind)

    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # what this test has pickled

    assert type(again) is kind
    assert vars(again) == vars(error)
    assert str(again) == str(error)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_message_shows_every_field_that_is_text(kind):
    """What was found and wanted is for whoever reads it; whether to try again is for the program."""
    message = str(made(kind))

    shown = {name for _, name, _, _ in Formatter().parse(kind.message) if name}
    assert shown == {field.name for field in fields(kind)} - {"is_transient"}
    for name in shown:
        value = getattr(made(kind), name)
        assert (
            "; ".join(value) in message
            if isinstance(value, tuple)
            else str(value) in message.replace(",", "")
        )


COMMAND = re.compile(r"`dateline (\w+)([^`]*)`|`(prefect) server start`")


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_error_says_what_to_do_in_words_of_its_own(kind):
    """Fields that it shows exist, and so does each command and option of Dateline that it names."""
    assert "remedy" in vars(kind)
    remedy = made(kind).what_to_do()

    assert "{" not in remedy
    assert not remedy.endswith(".")
    assert remedy not in str(made(kind))
    for name, rest, _ in COMMAND.findall(remedy):
        if name:
            known = {"COMMAND": main}.get(name) or main.commands[name]
            options = {opt for param in known.params for opt in param.opts} | {"--help"}
            assert set(re.findall(r"--[\w-]+", rest)) <= options, name
    every = (main, *main.commands.values())
    given = {opt for command in every for param in command.params for opt in param.opts}
    for option in re.findall(r"--[\w-]+", COMMAND.sub("", remedy.partition("pip install")[0])):
        assert option in given


@pytest.mark.parametrize(
    ("error", "status", "printed"),
    [
        (
            WrongUse("--output", "x (no permission)", "a folder that can be written"),
            2,
            "dateline: --output: found x (no permission), wanted a folder that can be written\n"
            "What to do: change it to what was wanted; `dateline formats --help` ends with examples.\n",
        ),
        (
            OutputBusy("output", "process 7 on here"),
            3,
            "dateline: output is being written by process 7 on here; run again when it has ended\n"
            "What to do: wait until process 7 on here has ended, and run again.\n",
        ),
        (
            load_errors.MissingLibrary("chdb", "clickhouse"),
            3,
            "dateline: chdb is not installed, wanted: pip install 'dateline[clickhouse]'\n"
            "What to do: install the extra: pip install 'dateline[clickhouse]'.\n",
        ),
        (
            DiskFull("a.parquet", "No space left on device", "free space on the disk"),
            3,
            "dateline: cannot write a.parquet: No space left on device, wanted free space on the disk; committed data is "
            "kept, run again to continue\nWhat to do: provide free space on the disk, and run again.\n",
        ),
        (
            PermissionError(13, "Permission denied", "in\x1b[2J"),
            3,
            "dateline: the operating system reports: [Errno 13] Permission denied: 'in\\x1b[2J'\n"
            "What to do: check that the path exists and may be used, and run again; `dateline doctor` checks the disk.\n",
        ),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_a_command_prints_what_was_found_what_was_wanted_and_what_to_do(error, status, printed, monkeypatch):
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(main.commands["formats"], "callback", fail)
    done = CliRunner().invoke(main, ["formats"])

    assert (done.exit_code, done.stderr) == (status, printed)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rum"], "No such command 'rum'."),
        (["run", "--outptu", "x"], "No such option '--outptu'. Did you mean '--output'?"),
        (["run", "--workers", "0"], "Invalid value for '--workers': 0 is not in the range 1<=x<=256."),
        (["run", "--format", "docx"], "Invalid value for '--format': found 'docx', wanted one of "),
        (
            ["run", "--fields", "x"],
            "Invalid value for '--fields': found 'x', wanted all, header, or names of ",
        ),
        (
            ["run", "--column", "x"],
            "Invalid value for '--column': found 'x', wanted COLUMN=KEY, as in 'Full text=text'",
        ),
        (
            ["run", "--fetched-at", "now"],
            "Invalid value for '--fetched-at': found 'now', wanted an instant in ISO 8601 ",
        ),
        (
            ["compact", "--keep", "-1"],
            "Invalid value for '--keep': found '-1', wanted a number of days, 0 or more",
        ),
        (["load"], "Missing argument 'TARGET'."),
        (["erase", "x"], "Missing option '--reason'."),
        (["schema", "claim"], "found claim, wanted "),
        (["sql", "mysql"], "found mysql, wanted one of bigquery"),
    ],
)
def test_a_usage_error_says_what_was_wanted_and_where_the_help_is(arguments, words):
    done = CliRunner().invoke(main, arguments)

    assert done.exit_code == 2
    assert words in done.stderr.replace("\n", " ")
    assert "--help" in done.stderr


def test_codes_are_unique():
    codes = [kind.code for kind in CLASSES]

    assert sorted(codes) == sorted(set(codes))


def test_a_message_is_made_of_its_template():
    assert (
        str(UnreadableField(3, "urgency", "high", "one digit"))
        == "line 3: urgency is 'high', wanted one digit"
    )
    assert str(BatchFailed(("batch 2: no space", "batch 5: no space"))) == (
        "failed, the next run tries again: batch 2: no space; batch 5: no space"
    )


def test_braces_in_what_was_found_are_text():
    assert str(WrongUse("source", "{found}", "a {path}")) == "source: found {found}, wanted a {path}"


def test_an_error_of_a_family_is_caught_as_the_family():
    error = UnreadableDate(1, "date", "31 Feb", "a day")

    assert isinstance(error, UnreadableField)
    assert isinstance(error, DispatchError)
    assert (error.code, UnreadableField.code) == ("header.date.unreadable", "header.field.unreadable")


def test_only_what_may_succeed_later_is_retryable():
    assert {kind.__name__ for kind in CLASSES if kind.retryable} == {
        "ClusterLost",
        "OutputBusy",
        "SequenceTaken",
        "SourceMoved",
        "TargetBusy",
        "TargetFailed",
        "UnreachableServer",
        "UnreachableSource",
        "UnreachableStore",
        "WorkerDied",
    }
