"""Public holidays of a country, by the library `holidays`.

The library is imported when a text first names a holiday: it takes a tenth of a second, which `annotate` would spend before its
first line (decision 0011).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

LANGUAGE = "en_US"
FIRST_YEAR, LAST_YEAR = 1800, 2100
"""The library's own rules reach no farther."""

NOT_THE_DAY = ("day before", "day following", "day after", "holiday for", "day off", "weekend", "second day", "joint")
"""Days beside a holiday that are free because of it."""

EXACT, BEGINS, CONTAINS = 3, 2, 1


def date_in(country: str, name: str, year: int, *, exact: bool = False) -> date | None:
    """Return the first day of a country's holiday in a year, by its folded name, or None if the country has none of that name."""
    best: tuple[int, date] | None = None
    for on, labels in days_of(country, year).items():
        for label in labels:
            score = _likeness(label, name)
            if score and (not exact or score == EXACT) and (best is None or (score, -on.toordinal()) > (best[0], -best[1].toordinal())):
                best = score, on
    return best[1] if best else None


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
    import holidays  # noqa: PLC0415  # a tenth of a second, for texts that name a holiday

    if not FIRST_YEAR <= year <= LAST_YEAR or country not in _supported():
        return {}
    categories = tuple(holidays.country_holidays(country).supported_categories)
    found = holidays.country_holidays(
        country, years=year, language=LANGUAGE, observed=False, categories=categories
    )
    return {
        on: tuple(folded(label) for label in labels.split(";"))
        for on, labels in sorted(found.items())
        if on.year == year
    }


@lru_cache(maxsize=1)
def _supported() -> frozenset[str]:
    import holidays  # noqa: PLC0415  # as above

    return frozenset(holidays.list_supported_countries(include_aliases=False))
