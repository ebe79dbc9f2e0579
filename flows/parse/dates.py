"""Publication dates as headers write them, each read whole or refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from flows.errors import AmbiguousDate, UnreadableDate
from flows.records import PublishedAt

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

# Hours east of UTC. RFC 5322 section 4.3 names the American ones; the others are the civil zones
# of the IANA time zone database whose abbreviation has one common meaning in English news.
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "bst": 1, "west": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2, "mesz": 2, "mez": 1,
    "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "nzst": 12, "nzdt": 13,
    "ast": -4, "adt": -3, "hst": -10, "sast": 2,
}  # fmt: skip

_MONTH = r"(?P<mon>[A-Za-z]{3,9})\.?"
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<frac>[0-9]{1,9}))?)?"
_AMPM = r"(?:\s?(?P<ampm>[ap])\.?m\.?)?"
_ZONE = r"(?:\s?(?P<zone>[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}|[A-Za-z]{1,5}(?:\(?[+-][0-9]{1,4}\)?)?)(?:\s\([A-Za-z0-9 :+-]{1,40}\))?)?"
_DAYNAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s)?"

ZONE = re.compile(r"(?P<name>[A-Za-z]*)\(?(?:(?P<sign>[+-])(?P<digits>[0-9]{1,2}:?[0-9]{0,2}))?\)?", re.ASCII)

FORMS = tuple(
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        # ISO 8601 extended and basic; RFC 3339
        rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})(?:[T\s]{_TIME}{_ZONE})?",
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})",
        r"(?P<year>[0-9]{4})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
        r"(?:T?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?"
        rf"{_ZONE})?",
        # RFC 822, 850, 5322; `20 February 2020`; `26-FEB-1987 15:01:01.79`
        rf"{_DAYNAME}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]{_MONTH},?[\s-](?P<year>[0-9]{{2}}|[0-9]{{4}})"
        rf"(?:,?\s(?:at\s)?{_TIME}{_AMPM}{_ZONE})?",
        # `February 20, 2020`, `Feb. 20, 2020 10:15 a.m. GMT`
        rf"{_DAYNAME}{_MONTH}\s(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>[0-9]{{4}})"
        rf"(?:,?\s(?:at\s)?{_TIME}{_AMPM}{_ZONE})?",
        # asctime: `Thu Feb 20 10:15:00 GMT 2020`
        rf"{_DAYNAME}{_MONTH}\s(?P<day>[0-9]{{1,2}})\s{_TIME}{_ZONE}\s(?P<year>[0-9]{{4}})",
        rf"{_MONTH}\s(?P<year>[0-9]{{4}})",
        r"(?P<first>[0-9]{1,2})(?P<mark>[/.-])(?P<second_of_two>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})",
    )
)

MOST_WORDS = 8
"""A date header has at most this many words, as in `Thu, 20 Feb 2020 at 10:15 a.m. GMT`."""


def read_date(found: str, *, key: str = "date", line: int = 1) -> PublishedAt:
    """Read a publication date.

    Two-digit years are those of RFC 5322: 00-49 are 2000-2049. A zone that is not known is taken
    as UTC and `zone_from` is None. A day without a year is not read.

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
        if parts.get("mon") and parts["mon"].lower() not in MONTHS:
            continue
        if parts.get("first"):
            parts["day"], parts["month"] = _day_and_month(parts, found, key, line)
        try:
            return _published(parts, raw=found)
        except (ValueError, OverflowError) as error:
            raise UnreadableDate(line, key, found, f"a day of the calendar ({error})") from None
    raise UnreadableDate(line, key, found[:200], WANTED)


def date_at_start(words: list[str]) -> tuple[PublishedAt, int] | None:
    """Read the longest date that the words begin with; return it and how many words it took.

    None where they begin with no date. Raises as `read_date` does where they begin with something
    that has the shape of a date and is none, as `2020-02-31`.
    """
    refused: UnreadableDate | AmbiguousDate | None = None
    for count in range(min(MOST_WORDS, len(words)), 0, -1):
        candidate = " ".join(words[:count]).rstrip(",")
        if not candidate or not candidate[-1].isalnum() or len(candidate) > 80:
            continue
        try:
            return read_date(candidate), count
        except UnreadableDate as error:
            if error.wanted != WANTED:
                refused = error
        except AmbiguousDate as error:
            refused = error
    if refused:
        raise refused
    return None


def _day_and_month(parts: dict[str, str], found: str, key: str, line: int) -> tuple[str, str]:
    """Tell the day from the month in `20/02/2020`, where only one way is a date."""
    first, second = int(parts["first"]), int(parts["second_of_two"])
    if first > 12 or first == second:
        return parts["first"], parts["second_of_two"]
    if second > 12:
        return parts["second_of_two"], parts["first"]
    raise AmbiguousDate(line, key, found, "a date that is the same day first and month first")


def _published(parts: dict[str, str | None], raw: str) -> PublishedAt:
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 50 else 1900
    name = parts.get("mon")
    month = MONTHS[name.lower()] if name else int(parts.get("month") or 1)
    on = date(year, month, int(parts.get("day") or 1))
    if not parts.get("hour"):
        precision = "day" if parts.get("day") else "month" if name or parts.get("month") else "year"
        return PublishedAt(_midnight(on), on, precision, None, raw)

    hour = int(parts["hour"] or 0)
    if parts.get("ampm"):
        if not 1 <= hour <= 12:
            raise ValueError(f"hour {hour} of a 12-hour clock")
        hour = hour % 12 + (12 if (parts["ampm"] or "").lower() == "p" else 0)
    offset, zone_from = _offset(parts.get("zone"))
    local = datetime(
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
        tzinfo=timezone(offset),
    )
    precision = "second" if parts.get("second") else "minute"
    return PublishedAt(local.astimezone(UTC), on, precision, zone_from, raw)


def _offset(zone: str | None) -> tuple[timedelta, str | None]:
    """Return the offset from UTC and where it was read: offset, name, or None for not at all.

    A known name goes before an offset behind it, as in `EDT(-0400)`, but in `GMT+2` the offset counts.
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


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=UTC)
