"""Public holidays of a country, by the library `holidays`.

The library is imported when a text first names a holiday: it takes a tenth of a second, which `annotate` would spend before its
first line (decision 0011).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

LANGUAGE = "en_US"
FIRST_YEAR, LAST_YEAR = 1800, 2100
"""The last year for which the library has rules."""

NOT_THE_DAY = (
    "day before",
    "day following",
    "day after",
    "holiday for",
    "day off",
    "weekend",
    "second day",
    "joint",
)
"""Labels of days beside a holiday that are free because of it."""

PART_OF_DAY = ("from", "half", "observed")
"""What the library adds in brackets to the label of a day that is only partly a holiday."""

EXACT, BEGINS, CONTAINS = 3, 2, 1


def dates_in(country: str, name: str, year: int) -> tuple[date, ...]:
    """Return the first days of the holidays of a folded name in a country and a year; empty if there are none."""
    days = free_days(country, name, year)
    return tuple(on for on in days if on - timedelta(days=1) not in days)


def free_days(country: str, name: str, year: int, *, exact: bool = False) -> tuple[date, ...]:
    """Return all days of a holiday in a country and a year, by the labels that are most similar to its folded name."""
    scores = {
        on: max(_likeness(label, name) for label in labels) for on, labels in days_of(country, year).items()
    }
    best = max(scores.values(), default=0)
    if best < (EXACT if exact else CONTAINS):
        return ()
    return tuple(on for on, score in scores.items() if score == best)


def has_holiday(country: str, name: str, month_and_day: tuple[int, int], year: int = 2020) -> bool:
    """Return True if a holiday whose name contains the folded name is on the day in the country."""
    month, day = month_and_day
    return any(name in label for label in days_of(country, year).get(date(year, month, day), ()))


def _likeness(label: str, name: str) -> int:
    if label == name:
        return EXACT
    if any(words in label for words in NOT_THE_DAY):
        return 0
    if label.startswith(f"{name} "):
        return BEGINS
    return CONTAINS if f" {name} " in f" {label} " else 0


def folded(label: str) -> str:
    """Return a name in lowercase without apostrophes and brackets, in American spelling."""
    kept = "".join(letter for letter in label.lower() if letter not in "'’‘`().")
    return " ".join(kept.replace("labour", "labor").replace("-", " ").split())


# A pure function of its arguments, which texts repeat: each call computes a year's holidays anew.
@lru_cache(maxsize=512)
def days_of(country: str, year: int) -> Mapping[date, tuple[str, ...]]:
    """Return the folded names of a country's holidays of a year by day; empty if the library does not know the country."""
    import holidays  # a tenth of a second, for texts that name a holiday  # noqa: PLC0415  # start-up

    if not FIRST_YEAR <= year <= LAST_YEAR or country not in _supported():
        return {}
    with warnings.catch_warnings():
        # Outside the years for which it has a country's movable feasts, the library warns and leaves them out.
        warnings.simplefilter("ignore", UserWarning)
        known = holidays.country_holidays(
            country,
            years=year,
            language=LANGUAGE,
            observed=False,
            categories=tuple(holidays.country_holidays(country).supported_categories),
        )
    return {
        on: tuple(name for label in labels.split(";") for name in _names_in(label))
        for on, labels in sorted(known.items())
        if on.year == year
    }


def _names_in(label: str) -> Iterator[str]:
    """Yield the folded names in a label such as `Easter Sunday (Pascha)`."""
    yield folded(label)
    if "(" in label:
        outside, _, inside = label.partition("(")
        if inside.startswith(PART_OF_DAY):
            return
        yield folded(outside)
        yield folded(inside)


@lru_cache(maxsize=1)
def _supported() -> frozenset[str]:
    import holidays  # as above  # noqa: PLC0415  # start-up

    return frozenset(holidays.list_supported_countries(include_aliases=False))
