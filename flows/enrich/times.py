"""Expressions of time, normalised to TIMEX3 values and resolved against the day of publication."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flows.enrich import calendar
from flows.enrich.calendar import Stretch
from flows.enrich.field import Field
from flows.enrich.sentences import sentence_at
from flows.parse.dates import MONTHS
from flows.records import Reading, Span

NO_ANCHOR = "no publication date to count from"
OFF_CALENDAR = "no such day in the calendar"
VAGUE = "the expression names no certain time"
NOT_DATED = "a length of time with no beginning"

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thur thu",
         "friday fri", "saturday sat", "sunday sun")
    )
    for name in names.split()
}  # fmt: skip

NUMBERS = {
    word: number
    for number, words in {
        1: "a an one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight",
        9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen",
        16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty",
        40: "forty", 50: "fifty", 60: "sixty", 90: "ninety", 100: "hundred",
    }.items()
    for word in words.split()
}  # fmt: skip

UNIT_LETTERS = {
    "second": "TS", "minute": "TM", "hour": "TH", "day": "D", "week": "W", "month": "M",
    "quarter": "Q", "year": "Y", "decade": "E", "century": "CE",
}  # fmt: skip

PARTS_OF_DAY = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "tonight": "NI"}

FUTURE = re.compile(
    r"\b(?:will|would|shall|won['’]t|['’]ll|to be|due|scheduled|plan(?:s|ned)?|expect(?:s|ed)?|set to|going to|"
    r"until|by|next|upcoming|coming)\b[^.;]*$",
    re.IGNORECASE,
)
"""In the same sentence before a bare weekday or month, one of these sends it into the future."""


@dataclass(frozen=True, slots=True)
class Time:
    """One expression of time.

    `type` and `value` are TIMEX3's; `start` and `end` are the first and last day, or None with
    `null_reason`. `anchor` is the day that a relative expression was counted from.
    """

    span: Span
    type: str
    value: str
    start: date | None
    end: date | None
    precision: str | None
    anchor: date | None
    rule: str
    null_reason: str | None
    sentence_no: int


@dataclass(frozen=True, slots=True)
class _Reader:
    """What a rule is given: the match, the day to count from, and which way the sentence looks."""

    match: re.Match[str]
    anchor: date | None
    looks_ahead: bool

    def __getitem__(self, group: str) -> str:
        return (self.match[group] or "").lower().rstrip(".")


@dataclass(frozen=True, slots=True)
class _Value:
    type: str
    value: str
    stretch: Stretch | None = None
    anchored: bool = False
    null_reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    pattern: re.Pattern[str]
    read: Callable[[_Reader], _Value | None]


def times_in(reading: Reading, found: Mapping[str, Any]) -> tuple[Time, ...]:
    """Return the expressions in reading order; the earlier rule has the word where two overlap."""
    del found
    times: list[Time] = []
    taken = bytearray(len(reading.text))
    for rule in RULES:
        for match in rule.pattern.finditer(reading.text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            if time := _time(rule, match, reading):
                times.append(time)
                taken[start:end] = b"\1" * (end - start)
    return tuple(sorted(times, key=lambda time: time.span))


def _time(rule: _Rule, match: re.Match[str], reading: Reading) -> Time | None:
    number = sentence_at(reading.sentences, match.start())
    before = reading.text[max(reading.sentences[number].start, match.start() - 80) : match.start()]
    anchor = reading.published_on
    try:
        value = rule.read(_Reader(match, anchor, bool(FUTURE.search(before))))
    except (ValueError, OverflowError):
        value = _Value("DATE", "XXXX-XX-XX", null_reason=OFF_CALENDAR)
    if value is None:
        return None
    stretch = value.stretch
    return Time(
        span=Span(*match.span()),
        type=value.type,
        value=value.value,
        start=stretch.start if stretch else None,
        end=stretch.end if stretch else None,
        precision=stretch.precision if stretch else None,
        anchor=anchor if value.anchored and stretch else None,
        rule=rule.name,
        null_reason=None if stretch else value.null_reason or NO_ANCHOR,
        sentence_no=number,
    )


def _dated(stretch: Stretch, *, anchored: bool = False, suffix: str = "") -> _Value:
    return _Value("TIME" if suffix else "DATE", stretch.value + suffix, stretch, anchored)


def _full_date(of: _Reader) -> _Value | None:
    month = of["month"]
    number = MONTHS[month] if month in MONTHS else int(month)
    return _dated(calendar.day(date(int(of["year"]), number, int(of["day"]))))


def _month_of_year(of: _Reader) -> _Value:
    return _dated(calendar.month(int(of["year"]), MONTHS[of["month"]]))


def _day_of_month(of: _Reader) -> _Value:
    """Read `February 12` in the year that puts it nearest to the anchor, or ahead of it if asked."""
    number, day, anchor = MONTHS[of["month"]], int(of["day"]), of.anchor
    if anchor is None:
        # A leap year, so that 29 February is a day.
        return _Value("DATE", f"XXXX-{date(2000, number, day):%m-%d}")
    # 29 February is in one year of four.
    days = [
        date(year, number, day)
        for year in (anchor.year, anchor.year - 1, anchor.year + 1)
        if day <= calendar.month(year, number).end.day
    ]
    if not days:
        raise ValueError(f"no day {day} in month {number}")
    nearest = min(days, key=lambda there: (of.looks_ahead and there < anchor, abs((there - anchor).days)))
    return _dated(calendar.day(nearest), anchored=True)


def _bare_month(of: _Reader) -> _Value:
    """Read `in February` as the last one before the anchor, its own, or the next if asked."""
    number = MONTHS[of["month"]]
    if of.anchor is None:
        return _Value("DATE", f"XXXX-{number:02d}")
    which = of["which"]
    away = (number - of.anchor.month) % 12
    if which == "next" or (which != "last" and away and of.looks_ahead):
        away = away or 12
    elif away or which == "last":
        away -= 12
    there = calendar.months_from(of.anchor.replace(day=1), away)
    return _dated(calendar.month(there.year, there.month), anchored=True)


def _weekday(of: _Reader) -> _Value:
    """Read a bare weekday as the anchor's own or the last before it, or the next if asked."""
    number = WEEKDAYS[of["weekday"]]
    suffix = f"T{PARTS_OF_DAY[of['part']]}" if of["part"] else ""
    if of.anchor is None:
        return _Value("TIME" if suffix else "DATE", f"XXXX-WXX-{number + 1}{suffix}")
    back = (of.anchor.weekday() - number) % 7
    if of["which"] == "next" or (of["which"] != "last" and back and of.looks_ahead):
        there = of.anchor + timedelta(days=7 - back)
    else:
        there = of.anchor - timedelta(days=back or (7 if of["which"] == "last" else 0))
    return _dated(calendar.day(there), anchored=True, suffix=suffix)


def _near_day(of: _Reader) -> _Value:
    word = of["word"]
    away = {"yesterday": -1, "tomorrow": 1}.get(word, 0)
    part = "night" if word == "tonight" else of["part"]
    suffix = f"T{PARTS_OF_DAY[part]}" if part else ""
    if of.anchor is None:
        return _Value("TIME" if suffix else "DATE", f"XXXX-XX-XX{suffix}")
    return _dated(calendar.day(of.anchor + timedelta(days=away)), anchored=True, suffix=suffix)


def _this_part(of: _Reader) -> _Value:
    """Read `this morning` and `last night`."""
    suffix = f"T{PARTS_OF_DAY[of['part']]}"
    if of.anchor is None:
        return _Value("TIME", f"XXXX-XX-XX{suffix}")
    away = -1 if of["which"] == "last" else 0
    return _dated(calendar.day(of.anchor + timedelta(days=away)), anchored=True, suffix=suffix)


def _this_unit(of: _Reader) -> _Value:
    """Read `this month`, `last week`, `next year`, `last weekend`."""
    which = of["which"]
    away = 0 if which in ("this", "the current") else 1 if which in ("next", "the coming") else -1
    unit = of["unit"]
    if of.anchor is None:
        blank = {"week": "XXXX-WXX", "weekend": "XXXX-WXX-WE", "month": "XXXX-XX", "quarter": "XXXX-QX"}
        return _Value("DATE", blank.get(unit, "XXXX"))
    if unit == "weekend":
        return _dated(calendar.weekend(of.anchor + timedelta(weeks=away)), anchored=True)
    return _dated(calendar.moved(of.anchor, unit, away), anchored=True)


def _count(words: str) -> int | None:
    if words.replace(",", "").isdecimal():
        return int(words.replace(",", ""))
    parts = [NUMBERS.get(word) for word in re.split(r"[\s-]+", words)]
    if any(part is None for part in parts):
        return None
    return 100 if 100 in parts else sum(part for part in parts if part is not None)


def _ago(of: _Reader) -> _Value | None:
    """Read `two days ago` and `three weeks later`, counted from the anchor."""
    count = _count(of["count"])
    if count is None:
        return None
    ahead = of["way"] in ("from now", "later", "hence")
    unit = of["unit"]
    if of["way"] in ("earlier", "later", "before", "after"):
        # Counted from a time in the text that only a reading of the text can find.
        return _Value("DATE", "XXXX-XX-XX", null_reason="counted from another time in the text")
    if of.anchor is None:
        return _Value("DATE", "XXXX-XX-XX")
    if unit in ("hour", "minute", "second"):
        return _Value("TIME", of.anchor.isoformat(), calendar.day(of.anchor), True)
    return _dated(calendar.moved(of.anchor, unit, count if ahead else -count), anchored=True)


def _length(of: _Reader) -> _Value | None:
    """Read `nine years`, `two-week`: a duration, which has no beginning of its own."""
    count = _count(of["count"]) if of["count"] else None
    letters = UNIT_LETTERS[of["unit"]]
    number = "X" if count is None else str(count)
    if letters in ("E", "CE"):
        years = 10 if letters == "E" else 100
        return _Value("DURATION", f"P{count * years}Y" if count else "PXE", null_reason=NOT_DATED)
    if letters == "Q":
        return _Value("DURATION", f"P{count * 3}M" if count else "PXM", null_reason=NOT_DATED)
    timed = letters.startswith("T")
    return _Value("DURATION", f"P{'T' if timed else ''}{number}{letters[-1]}", null_reason=NOT_DATED)


def _year(of: _Reader) -> _Value:
    return _dated(calendar.year(int(of["year"])))


def _decade(of: _Reader) -> _Value:
    first = int(of["decade"])
    return _dated(calendar.decade(first if first > 99 else 1900 + first))


def _quarter(of: _Reader) -> _Value:
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4}[of["nth"]]
    if of["year"]:
        return _dated(calendar.quarter(int(of["year"]), number))
    if of.anchor is None:
        return _Value("DATE", f"XXXX-Q{number}")
    there = calendar.quarter(of.anchor.year, number)
    if there.start > of.anchor and not of.looks_ahead:
        there = calendar.quarter(of.anchor.year - 1, number)
    return _dated(there, anchored=True)


def _reference(of: _Reader) -> _Value:
    word = of["word"].split()[0]
    kind = "PRESENT" if word in ("now", "currently", "nowadays", "today") else "PAST"
    return _Value("DATE", f"{kind}_REF", null_reason=VAGUE)


def _rules() -> Iterator[_Rule]:
    months = "|".join(sorted((name.capitalize() for name in MONTHS), key=len, reverse=True))
    days = "|".join(sorted((name.capitalize() for name in WEEKDAYS), key=len, reverse=True))
    plain_months = "|".join(
        name.capitalize() for name in MONTHS if len(name) > 4 and name not in ("march", "sept")
    )
    full_days = "|".join(name.capitalize() for name in WEEKDAYS if name.endswith("day"))
    month = rf"(?P<month>{months})\.?"
    day = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
    year = r"(?P<year>[12][0-9]{3})"
    numbers = "|".join(sorted(NUMBERS, key=len, reverse=True))
    tens = "|".join(word for word, number in NUMBERS.items() if number in range(20, 100, 10))
    ones = "|".join(word for word, number in NUMBERS.items() if number < 10 and word not in ("a", "an"))
    count = rf"(?P<count>[0-9][0-9,]{{0,6}}|(?:{tens})[ -](?:{ones})|an?\shundred|(?:{numbers}))"
    unit = r"(?P<unit>second|minute|hour|day|week|month|quarter|year|decade)"
    part = "morning|afternoon|evening|night"

    def rule(name: str, pattern: str, read: Callable[[_Reader], _Value | None], flags: int = 0) -> _Rule:
        return _Rule(name, re.compile(rf"(?<![\w$£€.,:/-])(?:{pattern})(?![\w/])", flags), read)

    fold = re.IGNORECASE
    yield rule("iso", rf"{year}-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])", _full_date)
    yield rule("day-month-year", rf"(?:(?:{days})\.?,? )?{day}[ -]{month},?[ -]{year}", _full_date)
    yield rule("month-day-year", rf"(?:(?:{days})\.?,? )?{month}\s{day},?\s{year}", _full_date)
    yield rule("month-year", rf"{month}(?:,| of)?\s{year}", _month_of_year)
    yield rule("month-day", rf"(?:(?:{days})\.?,? )?{month}\s{day}(?!,?[0-9%]|\.[0-9])", _day_of_month)
    yield rule("day-month", rf"(?:(?:{days})\.?,? )?{day}(?: of)?\s{month}", _day_of_month)
    yield rule(
        "quarter",
        rf"(?:the\s)?(?P<nth>first|second|third|fourth)[ -]quarter(?:(?:\sof)?\s{year})?",
        _quarter,
        fold,
    )
    yield rule(
        "weekday",
        rf"(?:(?P<which>last|next|this)\s)?(?P<weekday>{full_days})(?:['’]s)?(?:\s(?P<part>{part}))?",
        _weekday,
    )
    yield rule(
        "near-day", rf"(?P<word>today|yesterday|tomorrow|tonight)(?:\s(?P<part>{part}))?", _near_day, fold
    )
    yield rule("part-of-day", rf"(?P<which>this|last)\s(?P<part>{part})", _this_part, fold)
    yield rule(
        "near-unit",
        r"(?P<which>this|last|next|the past|the coming|the current)\s(?P<unit>week|weekend|month|quarter|year|decade)",
        _this_unit,
        fold,
    )
    yield rule("counted", rf"{count}\s{unit}s?\s(?P<way>ago|earlier|later|from now|hence)", _ago, fold)
    yield rule(
        "decade", r"(?:the\s)?(?:(?:early|mid|late)[ -])?['’]?(?P<decade>[12][0-9]{2}0|[2-9]0)s", _decade
    )
    which = r"(?:(?P<which>last|next|this)\s)?"
    yield rule("bare-month", rf"{which}(?P<month>{plain_months})", _bare_month)
    # May is a verb and March another: they are months behind a word that asks for one.
    after = "|".join(
        rf"(?<=\b{word}\s)" for word in ("in", "In", "since", "Since", "until", "by", "of", "from")
    )
    yield rule("verb-month", rf"(?:{after}|(?P<which>last|next|this)\s)(?P<month>May|March)", _bare_month)
    # `a second tank` is no length of time: seconds are counted in digits or in the plural.
    yield rule("length", rf"(?!an?\ssecond\b|one\ssecond\b){count}[\s-]{unit}s?", _length, fold)
    yield rule(
        "reference",
        r"(?P<word>(?:in )?recent (?:days|weeks|months|years)|recently|currently|nowadays|now)",
        _reference,
        fold,
    )
    yield rule("year", rf"{year}(?!['’]s?\w|[.,][0-9]|[ ]?%|[- ](?:dlrs|mln|people|tonnes))", _year)


RULES = tuple(_rules())

FIELD = Field("times", times_in)
