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
UCDP_PRECISION = {"day": 1, "week": 3, "month": 4, "quarter": 5, "season": 5, "half": 5, "year": 5}


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


def half(year_number: int, number: int) -> Stretch:
    """Return a half, 1 or 2, of a calendar year."""
    first, last = month(year_number, 6 * number - 5), month(year_number, 6 * number)
    return Stretch(f"{year_number:04d}-H{number}", first.start, last.end, "half")


def year(number: int) -> Stretch:
    """Return a calendar year."""
    return Stretch(f"{number:04d}", date(number, 1, 1), date(number, 12, 31), "year")


def decade(first: int) -> Stretch:
    """Return the ten years from one that ends in 0."""
    return Stretch(f"{first // 10:03d}", date(first, 1, 1), date(first + 9, 12, 31), "decade")


def century(number: int) -> Stretch:
    """Return a century by its number: the 20th is of 1901 to 2000, and its value `19`."""
    first = (number - 1) * 100
    return Stretch(f"{number - 1:02d}", date(max(first, 1), 1, 1), date(first + 99, 12, 31), "century")


SEASON_MONTHS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
"""The month in which each begins, as meteorologists count on the northern half of the earth."""


def season(year_number: int, letters: str) -> Stretch:
    """Return a season of a year, by TIMEX3's letters; a winter ends in the next year."""
    start = date(year_number, SEASON_MONTHS[letters], 1)
    end = months_from(start, 3) - timedelta(days=1)
    return Stretch(f"{year_number:04d}-{letters}", start, end, "season")


def same_a_year_before(there: Stretch) -> Stretch:
    """Return the same quarter of the year before."""
    return quarter(there.start.year - 1, (there.start.month + 2) // 3)


# Month and day; or month, weekday (Monday is 0) and which of the month, -1 for its last.
HOLIDAYS: dict[str, tuple[int, ...]] = {
    "new year's day": (1, 1), "new year's eve": (12, 31), "valentine's day": (2, 14), "independence day": (7, 4),
    "halloween": (10, 31), "veterans day": (11, 11), "christmas": (12, 25), "christmas day": (12, 25),
    "christmas eve": (12, 24), "boxing day": (12, 26), "memorial day": (5, 0, -1), "labor day": (9, 0, 1),
    "thanksgiving": (11, 3, 4), "thanksgiving day": (11, 3, 4), "martin luther king day": (1, 0, 3),
    "easter": (0,), "easter sunday": (0,), "good friday": (-2,), "easter monday": (1,),
}  # fmt: skip


def holiday(name: str, year_number: int) -> date:
    """Return the day of a holiday, by its name in lower case, in a year."""
    rule = HOLIDAYS[name]
    if len(rule) == 1:
        return _easter(year_number) + timedelta(days=rule[0])
    if len(rule) == 2:
        return date(year_number, rule[0], rule[1])
    number, weekday, which = rule
    if which < 0:
        last = month(year_number, number).end
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year_number, number, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def _easter(year_number: int) -> date:
    """Return Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus, Astronomical Algorithms, 8)."""
    golden, (hundreds, rest) = year_number % 19, divmod(year_number, 100)
    fours, left = divmod(hundreds, 4)
    moon = (19 * golden + hundreds - fours - (hundreds - (hundreds + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * sunday) // 451
    number, day_before = divmod(moon + sunday - 7 * shift + 114, 31)
    return date(year_number, number, day_before + 1)


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
