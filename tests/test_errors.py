"""Errors: each says its message from its fields, and survives the way from a worker process."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import fields
from string import Formatter

import pytest

from flows import errors
from flows.errors import BatchFailed, DatelineError, DispatchError, UnreadableDate, UnreadableField, WrongUse
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
