"""Days and the stretches of days that expressions of time stand for."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

# ACLED's time precision: 1 the day, 2 the week, 3 the month; a longer stretch has none of these.
# Source: ACLED Codebook, "Time Precision".
ACLED_PRECISION = {"day": 1, "week": 2, "month": 3}

# UCDP GED's date_prec: 1 the day, 3 the week, 4 the month, 5 longer than a month, up to a year.
# Source: UCDP GED Codebook, "date_prec".
UCDP_PRECISION = {"day": 1, "week": 3, "month": 4, "quarter": 5, "season": 5, "year": 5}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of whole days, both ends in it, with its TIMEX3 value and its precision."""

    value: str
    start: date
    end: date
    precision: str


def day(on: date) -> Stretch:
    """Return one day."""
    return Stretch(on.isoformat(), on, on, "day")


def week(on: date) -> Stretch:
    """Return the ISO week, Monday to Sunday, that a day is in."""
    year, number, weekday = on.isocalendar()
    monday = on - timedelta(days=weekday - 1)
    return Stretch(f"{year:04d}-W{number:02d}", monday, monday + timedelta(days=6), "week")


def weekend(on: date) -> Stretch:
    """Return the Saturday and Sunday of the ISO week that a day is in."""
    whole = week(on)
    return Stretch(f"{whole.value}-WE", whole.end - timedelta(days=1), whole.end, "week")


def month(year: int, number: int) -> Stretch:
    """Return a month of a year."""
    last = calendar.monthrange(year, number)[1]
    return Stretch(f"{year:04d}-{number:02d}", date(year, number, 1), date(year, number, last), "month")


def quarter(year: int, number: int) -> Stretch:
    """Return a quarter, 1 to 4, of a calendar year."""
    first, last = month(year, 3 * number - 2), month(year, 3 * number)
    return Stretch(f"{year:04d}-Q{number}", first.start, last.end, "quarter")


def year(number: int) -> Stretch:
    """Return a calendar year."""
    return Stretch(f"{number:04d}", date(number, 1, 1), date(number, 12, 31), "year")


def decade(first: int) -> Stretch:
    """Return the ten years from one that ends in 0."""
    return Stretch(f"{first // 10:03d}", date(first, 1, 1), date(first + 9, 12, 31), "decade")


def months_from(on: date, count: int) -> date:
    """Return the day `count` months later, or the last of that month where it has no such day.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    at, number = divmod(on.year * 12 + on.month - 1 + count, 12)
    if not 1 <= at <= 9999:
        raise OverflowError(f"year {at}")
    return date(at, number + 1, min(on.day, calendar.monthrange(at, number + 1)[1]))


def moved(on: date, unit: str, count: int) -> Stretch:
    """Return the day, week, month, quarter, year or decade that is `count` of them away.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    if unit == "day":
        return day(on + timedelta(days=count))
    if unit == "week":
        return week(on + timedelta(weeks=count))
    if unit == "month":
        there = months_from(on, count)
        return month(there.year, there.month)
    if unit == "quarter":
        there = months_from(on, 3 * count)
        return quarter(there.year, (there.month + 2) // 3)
    years = count * 10 if unit == "decade" else count
    if not 1 <= on.year + years <= 9980:
        raise OverflowError(f"year {on.year + years}")
    return decade((on.year + years) // 10 * 10) if unit == "decade" else year(on.year + years)
