"""The sums that the measures of all tasks are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Item = Mapping[str, Any]
"""A labelled or a found thing, as a gold file or an annotation writes it."""

Figures = dict[str, float | None]
"""Measures by name, 0 to 1; None where nothing could be counted."""


def f1(right: float, found: float, wanted: float) -> float:
    """Return the F1 of so many right ones; 1 if nothing was wanted and nothing found."""
    return 2 * right / (found + wanted) if found + wanted else 1.0


def share(part: float, whole: float) -> float | None:
    """Return part / whole, or None of nothing."""
    return part / whole if whole else None
