"""JSON made in SQL as text, in words that all dialects share; only strings are quoted by a function of the dialect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.schema import Type
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import cast, instant


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object: its name and the SQL of its JSON. One whose `unless_null` is null is left out."""

    name: str
    json: str
    unless_null: str | None = None


def string(name: str, text: str, dialect: Dialect) -> Member:
    """Return a member that is a string, left out where it is null."""
    return Member(name, dialect.json_text.format(text=text), text)


def number(name: str, value: str, dialect: Dialect) -> Member:
    """Return a member that is a number, left out where it is null."""
    return Member(name, cast(value, Type.TEXT, dialect), value)


def constant(name: str, text: str) -> Member:
    """Return a member that is a string without quotation marks and backslashes."""
    return Member(name, f"'\"{text}\"'")


def an_object(first: Member, others: Iterable[Member]) -> str:
    """Return an object; its first member is always there."""
    return f"'{{\"{first.name}\":' || {first.json}" + "".join(map(_following, others)) + " || '}'"


def _following(member: Member) -> str:
    text = f"',\"{member.name}\":' || {member.json}"
    if member.unless_null is None:
        return f" || {text}"
    # The functions that quote a string make `null` of a null.
    return f" || CASE WHEN {member.unless_null} IS NULL THEN '' ELSE {text} END"


def array(items: Sequence[str]) -> str:
    """Return an array of items that are JSON."""
    return "'[' || " + " || ',' || ".join(items) + " || ']'"


def iso_instant(point: str, dialect: Dialect) -> str:
    """Return `YYYY-MM-DDTHH:MM:SSZ` of an instant, whose session is in UTC."""
    digits = cast(instant(point, dialect), Type.TEXT, dialect)
    parts = ((1, 4, "-"), (5, 2, "-"), (7, 2, "T"), (9, 2, ":"), (11, 2, ":"), (13, 2, "Z"))
    return " || ".join(
        f"SUBSTRING({digits}, {start}, {length}) || '{after}'" for start, length, after in parts
    )
