"""Publication dates in headers. Each is read whole or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, TypeVar

from flows.errors import AmbiguousDate, UnreadableDate
from flows.records import PublishedAt

Made = TypeVar("Made")

WANTED = "a date such as 2020-02-20, 20 Feb 2020 10:15 GMT or 20-FEB-2020 10:15:00"

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}

MONTH_NAMES = {number: name.title() for name, number in reversed(MONTHS.items())}
"""The whole English name of each month."""

# Names and abbreviations in other languages, by CLDR 46 (`dates/calendars/gregorian`).
# None of them means another month in English.
FOREIGN_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv januar januari enero ene janeiro gennaio gen jän jänner",
            "février févr fév februar februari febrero febr fevereiro fev febbraio",
            "mars märz mär marzo março maart mrt",
            "avril avr abril abr aprile april",
            "mai mayo maio maggio mag mei maj",
            "juin juni junio jun junho giugno giu",
            "juillet juil juli julio julho luglio lug",
            "août aoû agosto ago augustus augusti",
            "septembre septiembre setembro set settembre sett",
            "octobre oktober okt octubre outubro out ottobre ott",
            "novembre noviembre novembro",
            "décembre déc dezember dez diciembre dic dezembro dicembre desember des",
        ),
        start=1,
    )
    for name in names.split()
}

# Hours east of UTC. RFC 5322 section 4.3 names the American ones; the others are the civil zones
# of the IANA time zone database whose abbreviation has one common meaning in English news.
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "bst": 1, "west": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2, "mesz": 2, "mez": 1,
    "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "nzst": 12, "nzdt": 13,
    "ast": -4, "adt": -3, "hst": -10, "sast": 2,
}  # fmt: skip

_MONTH = r"(?P<mon>[^\W\d_]{3,10})\.?"
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<frac>[0-9]{1,9}))?)?"
_AMPM = r"(?:\s?(?P<ampm>[ap])\.?m\.?)?"
_ZONE = r"(?:\s?(?P<zone>[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}|[A-Za-z]{1,5}(?:\(?[+-][0-9]{1,4}\)?)?)(?:\s\([A-Za-z0-9 :+-]{1,40}\))?)?"
# English days with a comma or none; those of other languages with one.
_DAYNAME = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s|[^\W\d_]{2,10}\.?,\s)?"
)

ZONE = re.compile(r"(?P<name>[A-Za-z]*)\(?(?:(?P<sign>[+-])(?P<digits>[0-9]{1,2}:?[0-9]{0,2}))?\)?", re.ASCII)

FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # ISO 8601 extended and basic; RFC 3339
        rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})(?:[T\s]{_TIME}{_ZONE})?",
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})",
        r"(?P<year>[0-9]{4})",
        # Epoch: 10 digits of seconds or 13 of milliseconds, which no YYYYMMDDHH is.
        r"(?P<epoch>[0-9]{10}(?:[0-9]{3})?)(?:\.[0-9]{1,6})?",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
        r"(?:T?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?"
        rf"{_ZONE})?",
        # RFC 822, 850, 5322; `20 February 2020`; `17-JUN-1987 08:31:06.42`
        rf"{_DAYNAME}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]{_MONTH},?[\s-](?P<year>[0-9]{{2}}|[0-9]{{4}})"
        rf"(?:,?\s(?:at\s)?{_TIME}{_AMPM}{_ZONE})?",
        # `February 20, 2020`, `Feb. 20, 2020 10:15 a.m. GMT`
        rf"{_DAYNAME}{_MONTH}\s(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>[0-9]{{4}})"
        rf"(?:,?\s(?:at\s)?{_TIME}{_AMPM}{_ZONE})?",
        # asctime: `Thu Feb 20 10:15:00 GMT 2020`
        rf"{_DAYNAME}{_MONTH}\s(?P<day>[0-9]{{1,2}})\s{_TIME}{_ZONE}\s(?P<year>[0-9]{{4}})",
        rf"{_MONTH}\s(?P<year>[0-9]{{4}})",
        # A day without a year: `20 February`, `Feb. 20`; the latest that is not after the fetch.
        rf"{_DAYNAME}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]{_MONTH}(?:,?\s(?:at\s)?{_TIME}{_AMPM}{_ZONE})?",
        rf"{_DAYNAME}{_MONTH}\s(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?:at\s)?{_TIME}{_AMPM}{_ZONE})?",
        # IPTC 7901: `131137 GMT Nov 13`, day, hour, minute, zone, month, year
        rf"(?P<day>[0-9]{{2}})(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}})\s(?P<zone>[A-Za-z]{{1,4}})\s{_MONTH}\s(?P<year>[0-9]{{2}})",
        rf"(?P<day>[0-9]{{2}})(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}})\s{_MONTH}\s(?P<year>[0-9]{{2}})",
        r"(?P<first>[0-9]{1,2})(?P<mark>[/.-])(?P<second_of_two>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
        rf"(?:,?\s{_TIME}{_AMPM}{_ZONE})?",
        rf"(?P<year>[0-9]{{4}})/(?P<month>[0-9]{{1,2}})/(?P<day>[0-9]{{1,2}})(?:\s{_TIME}{_AMPM}{_ZONE})?",
    )
)

MAX_WORDS = 8
"""A date header has at most this many words, as in `Thu, 20 Feb 2020 at 10:15 a.m. GMT`."""


def read_date(
    found: str,
    *,
    key: str = "date",
    line: int = 1,
    order: str | None = None,
    not_after: datetime | None = None,
) -> PublishedAt:
    """Read a publication date.

    Two-digit years are those of RFC 5322: 00-49 are 2000-2049. A zone that is not known is taken
    as UTC and `zone_from` is None. A day without a year is the latest that is not after `not_after`,
    and is not read without it. `order` is `dmy` or `mdy`, for `02/03/2020`.

    Raises:
        AmbiguousDate: `02/03/2020`, which is a day in February or in March.
        UnreadableDate: any other text, and days that no calendar has, as `2020-02-31`.
    """
    text = " ".join(found.split())
    for form in FORMS:
        match = form.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        if parts.get("mon") and _month(parts["mon"]) is None:
            continue
        if parts.get("first"):
            parts["day"], parts["month"] = _day_and_month(parts, found, key, line, order)
        try:
            if parts.get("epoch"):
                return _of_epoch(parts["epoch"], found)
            if "year" not in parts:
                if not_after is None:
                    continue
                return _latest(parts, found, not_after)
            return _published(parts, raw=found)
        except _NotOnCalendar as error:
            raise UnreadableDate(line, key, found, f"a day of the calendar ({error})") from None
    raise UnreadableDate(line, key, found[:200], WANTED)


def date_at_start(
    words: list[str], *, order: str | None = None, not_after: datetime | None = None
) -> tuple[PublishedAt, int] | None:
    """Read the longest date that the words begin with; return it and the number of its words.

    None if they do not begin with a date. Raises as `read_date` does if they begin with something
    that is written as a date and does not exist, as `2020-02-31`.
    """
    refused: UnreadableDate | AmbiguousDate | None = None
    for count in range(min(MAX_WORDS, len(words)), 0, -1):
        candidate = " ".join(words[:count]).rstrip(",")
        if not candidate or not candidate[-1].isalnum() or len(candidate) > 80:
            continue
        try:
            return read_date(candidate, order=order, not_after=not_after), count
        except UnreadableDate as error:
            if error.wanted != WANTED:
                refused = error
        except AmbiguousDate as error:
            refused = error
    if refused:
        raise refused
    return None


class _NotOnCalendar(Exception):
    """A day, a time or an offset that does not exist."""


def _on_calendar(make: Callable[..., Made], *parts: Any) -> Made:
    """Make a date, a time or a zone of numbers that were read.

    Raises:
        _NotOnCalendar: there is none, as for 31 February, or it is out of the range of datetime.
    """
    try:
        return make(*parts)
    except (ValueError, OverflowError) as error:
        raise _NotOnCalendar(str(error)) from None


def _of_epoch(digits: str, raw: str) -> PublishedAt:
    """Read seconds or milliseconds since 1970 in UTC."""
    seconds = int(digits) / (1000 if len(digits) == 13 else 1)
    instant = _on_calendar(datetime.fromtimestamp, seconds, UTC)
    return PublishedAt(instant, instant.date(), "second", "offset", raw)


def _latest(parts: dict[str, str | None], raw: str, not_after: datetime) -> PublishedAt:
    """Read a day without a year as the latest that is not after an instant; leap days go back four years."""
    for year in range(not_after.year, not_after.year - 9, -1):
        try:
            published = _published(parts | {"year": str(year)}, raw)
        except _NotOnCalendar:
            if year == not_after.year - 8:
                raise
            continue
        if published.instant <= not_after:
            return published
    raise _NotOnCalendar("no such day in nine years")


def _day_and_month(
    parts: dict[str, str], found: str, key: str, line: int, order: str | None
) -> tuple[str, str]:
    """Return day and month of `20/02/2020`, if only one order gives a date, or the order is given."""
    if order:
        both = parts["first"], parts["second_of_two"]
        return both if order == "dmy" else (both[1], both[0])
    first, second = int(parts["first"]), int(parts["second_of_two"])
    if first > 12 or first == second:
        return parts["first"], parts["second_of_two"]
    if second > 12:
        return parts["second_of_two"], parts["first"]
    raise AmbiguousDate(
        line, key, found, f"one day: {first} {MONTH_NAMES[second]} or {second} {MONTH_NAMES[first]}"
    )


def _published(parts: dict[str, str | None], raw: str) -> PublishedAt:
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 50 else 1900
    name = parts.get("mon")
    month = (_month(name) if name else None) or int(parts.get("month") or 1)
    on = _on_calendar(date, year, month, int(parts.get("day") or 1))
    if not parts.get("hour"):
        precision = "day" if parts.get("day") else "month" if name or parts.get("month") else "year"
        return PublishedAt(_midnight(on), on, precision, None, raw)

    hour = int(parts["hour"] or 0)
    if parts.get("ampm"):
        if not 1 <= hour <= 12:
            raise _NotOnCalendar(f"hour {hour} of a 12-hour clock")
        hour = hour % 12 + (12 if (parts["ampm"] or "").lower() == "p" else 0)
    offset, zone_from = _offset(parts.get("zone"))
    local = _on_calendar(
        datetime,
        on.year,
        on.month,
        on.day,
        hour,
        int(parts["minute"] or 0),
        # A leap second is written :60; datetime has none, so it is read as the second before.
        min(int(parts.get("second") or 0), 59)
        if parts.get("second") == "60"
        else int(parts.get("second") or 0),
        int(((parts.get("frac") or "") + "000000")[:6]),
        _on_calendar(timezone, offset),
    )
    precision = "second" if parts.get("second") else "minute"
    return PublishedAt(_on_calendar(local.astimezone, UTC), on, precision, zone_from, raw)


def _offset(zone: str | None) -> tuple[timedelta, str | None]:
    """Return the offset from UTC and what it was read from: `offset`, `name`, or None if there is no zone.

    A known name has priority over an offset after it, as in `EDT(-0400)`, but in `GMT+2` the offset counts.
    """
    parts = ZONE.fullmatch(zone or "")
    if parts is None:
        return timedelta(0), None
    name, sign, digits = parts["name"].lower(), parts["sign"], (parts["digits"] or "").replace(":", "")
    if sign and (not name or ZONES.get(name) == 0):
        hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
        away = timedelta(hours=int(hours), minutes=int(minutes))
        return (away if sign == "+" else -away), "offset"
    if name in ZONES:
        return timedelta(hours=ZONES[name]), "name"
    return timedelta(0), None


def _month(name: str) -> int | None:
    name = name.lower()
    return MONTHS.get(name) or FOREIGN_MONTHS.get(name)


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=UTC)
