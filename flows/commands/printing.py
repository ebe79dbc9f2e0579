"""How a command prints what it found, and the examples at the end of its help."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from flows.escaping import visible_json

EXAMPLES = "Examples:"
"""The line before the examples in the help of a command."""


def print_found(found: Any, show: Callable[[Any], None], *, as_json: bool) -> None:
    """Print what a command found: as JSON, or by a function for people."""
    print_json(found) if as_json else show(found)


def print_json(found: Any) -> None:
    """Print plain types, and dates and paths as strings, as one line of JSON."""
    click.echo(visible_json(json.dumps(found, default=str, ensure_ascii=False)))


def examples(*lines: str) -> str:
    """Return the end of the help of a command; the tests run each line of it."""
    return "\n".join(("\b", EXAMPLES, *(f"  {line}" for line in lines)))
