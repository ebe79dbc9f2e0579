"""Intervals of whole days, the values of expressions of time.

A constructor returns None where the interval is not on the calendar: a day that its month does not have, or a year outside
1 to 9999. Callers turn None into a null with a reason.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

# ACLED's time precision: 1 the day, 2 the week, 3 the month; a longer interval has none of these.
# Source: ACLED Codebook, "Time Precision".
ACLED_PRECISION = {"day": 1, "week": 2, "month": 3}

# UCDP GED's date_prec: 1 the day, 3 the week, 4 the month, 5 longer than a month, up to a year.
# Source: UCDP GED Codebook, "date_prec".
UCDP_PRECISION = {"day": 1, "week": 3, "month": 4, "quarter": 5, "season": 5, "half": 5, "year": 5}

SEASON_MONTHS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
"""The first month of each season, by TIMEX3's letters. Source: the meteorological seasons of the northern hemisphere."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of whole days, both ends included, with its TIMEX3 value and its precision."""

    value: str
    start: date
    end: date
    precision: str


def shifted(on: date, days: int) -> date | None:
    """Return the day that is `days` later, or None outside the calendar."""
    ordinal = on.toordinal() + days
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None


def is_on_calendar(year_number: int, month_number: int, day_number: int) -> bool:
    """Return True if the Gregorian calendar has the day."""
    return (
        MINYEAR <= year_number <= MAXYEAR
        and 1 <= month_number <= 12
        and 1 <= day_number <= calendar.monthrange(year_number, month_number)[1]
    )


def day(on: date) -> Interval:
    """Return one day."""
    return Interval(on.isoformat(), on, on, "day")


def day_of(year_number: int, month_number: int, day_number: int) -> Interval | None:
    """Return a day by its numbers."""
    if not is_on_calendar(year_number, month_number, day_number):
        return None
    return day(date(year_number, month_number, day_number))


def day_from(on: date, days: int) -> Interval | None:
    """Return the day that is `days` later."""
    there = shifted(on, days)
    return day(there) if there else None


def week(on: date) -> Interval | None:
    """Return the ISO week, Monday to Sunday, that a day is in."""
    year_number, number, weekday = on.isocalendar()
    monday, sunday = shifted(on, 1 - weekday), shifted(on, 7 - weekday)
    if monday is None or sunday is None:
        return None
    return Interval(f"{year_number:04d}-W{number:02d}", monday, sunday, "week")


def weekend(on: date) -> Interval | None:
    """Return the Saturday and Sunday of the ISO week that a day is in."""
    whole = week(on)
    return whole and Interval(f"{whole.value}-WE", whole.end - timedelta(days=1), whole.end, "week")


def month(year_number: int, number: int) -> Interval | None:
    """Return a month of a year."""
    return _months(year_number, number, 1, f"-{number:02d}", "month")


def quarter(year_number: int, number: int) -> Interval | None:
    """Return a quarter, 1 to 4, of a calendar year."""
    return _months(year_number, 3 * number - 2, 3, f"-Q{number}", "quarter")


def half(year_number: int, number: int) -> Interval | None:
    """Return a half, 1 or 2, of a calendar year."""
    return _months(year_number, 6 * number - 5, 6, f"-H{number}", "half")


def season(year_number: int, letters: str) -> Interval | None:
    """Return a season of a year, by TIMEX3's letters; a winter ends in the next year."""
    return _months(year_number, SEASON_MONTHS[letters], 3, f"-{letters}", "season")


def year(number: int) -> Interval | None:
    """Return a calendar year."""
    return _months(number, 1, 12, "", "year")


def decade(first: int) -> Interval | None:
    """Return the ten years from one that ends in 0."""
    if not MINYEAR <= first <= MAXYEAR - 9:
        return None
    return Interval(f"{first // 10:03d}", date(first, 1, 1), date(first + 9, 12, 31), "decade")


def century(number: int) -> Interval | None:
    """Return a century by its number: the 20th has the value `19` and the years 1900 to 1999, as TIMEX3 counts."""
    first = (number - 1) * 100
    if not 0 <= first <= MAXYEAR - 99:
        return None
    return Interval(f"{number - 1:02d}", date(max(first, MINYEAR), 1, 1), date(first + 99, 12, 31), "century")


def same_quarter_a_year_before(there: Interval) -> Interval | None:
    """Return the same quarter of the year before."""
    return quarter(there.start.year - 1, quarter_number(there.start))


def quarter_number(on: date) -> int:
    """Return the quarter, 1 to 4, that a day is in."""
    return (on.month + 2) // 3


def months_from(on: date, count: int) -> date | None:
    """Return the day `count` months later, or the last of that month if it has no such day."""
    at, number = divmod(on.year * 12 + on.month - 1 + count, 12)
    if not MINYEAR <= at <= MAXYEAR:
        return None
    return date(at, number + 1, min(on.day, calendar.monthrange(at, number + 1)[1]))


def moved(on: date, unit: str, count: int) -> Interval | None:
    """Return the day, week, weekend, month, quarter, year, decade or century that is `count` of them away."""
    if unit in ("day", "week", "fortnight", "weekend"):
        there = shifted(on, count * {"day": 1, "fortnight": 14}.get(unit, 7))
        if there is None:
            return None
        return {"day": day, "weekend": weekend}.get(unit, week)(there)
    if unit in ("month", "quarter"):
        there = months_from(on, count * (3 if unit == "quarter" else 1))
        if there is None:
            return None
        return (
            month(there.year, there.month) if unit == "month" else quarter(there.year, quarter_number(there))
        )
    years = count * {"decade": 10, "century": 100}.get(unit, 1)
    if unit == "decade":
        return decade((on.year + years) // 10 * 10)
    return year(on.year + years)


def _months(year_number: int, first: int, count: int, suffix: str, precision: str) -> Interval | None:
    """Return whole months of a year, which may end in the next."""
    if not (MINYEAR <= year_number <= MAXYEAR and 1 <= first <= 12):
        return None
    start = date(year_number, first, 1)
    last = months_from(start, count - 1)
    if last is None:
        return None
    end = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return Interval(f"{year_number:04d}{suffix}", start, end, precision)
