"""The grammar of times: TIMEX3 expressions of English news, and what each is worth.

A rule is a pattern and a reader. The reader is given the match, the day to count from and what was said of time
before in the text; it returns a TIMEX3 type and value with the days that it covers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flows.enrich.times import calendar
from flows.enrich.times.calendar import Stretch
from flows.parse.dates import MONTHS

NO_ANCHOR = "no publication date to count from"
OFF_CALENDAR = "no such day in the calendar"
VAGUE = "the expression names no certain time"
NOT_DATED = "a length of time with no beginning"
REPEATED = "a time that comes again and again"

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
    "quarter": "Q", "year": "Y", "decade": "E", "century": "CE", "centurie": "CE",
}  # fmt: skip

SEASONS = {"spring": "SP", "summer": "SU", "fall": "FA", "autumn": "FA", "winter": "WI"}
ADVERBS = {
    "hourly": "TH",
    "daily": "D",
    "weekly": "W",
    "monthly": "M",
    "yearly": "Y",
    "annual": "Y",
    "annually": "Y",
}
DECADES = {"twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970,
           "eighties": 1980, "nineties": 1990}  # fmt: skip
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4}
PRESENT = frozenset({"now", "currently", "nowadays", "current", "presently"})

FAR = 2
"""A day to come is as far as one twice as long ago, where nothing says that the text looks ahead."""

SOON = 200
"""Days ahead within which a day or month of no year is taken for the coming one, where the sentence looks ahead."""

PARTS_OF_DAY = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "tonight": "NI"}


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader is given: the match, the day to count from, which way the sentence looks, what came before.

    `before` is the last stretch of days named in this sentence or the one before it; `quarter` the last
    quarter named in the text.
    """

    match: re.Match[str]
    anchor: date | None
    looks_ahead: bool
    before: Stretch | None = None
    quarter: Stretch | None = None

    def __getitem__(self, group: str) -> str:
        """Return the words of a group in lower case with single blanks, or of another spelling of it; empty where it took no part."""
        groups = self.match.re.groupindex
        names = (name for name in (group, f"{group}2", f"{group}3") if name in groups)
        found = next(filter(None, (self.match[name] for name in names)), "")
        return " ".join(found.lower().rstrip(".").split())


@dataclass(frozen=True, slots=True)
class Value:
    """A TIMEX3 type and value, the days it covers, and from what it was counted."""

    type: str
    value: str
    stretch: Stretch | None = None
    anchored: bool = False
    null_reason: str | None = None
    counted_from: str = "publication"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern with a name, and the reader of what it matches.

    `needs` are words of which a text holds one, in small letters, where the pattern matches anything; empty where none is sure.
    """

    name: str
    pattern: re.Pattern[str]
    read: Callable[[Context], Value | None]
    needs: tuple[str, ...] = ()


def _dated(
    stretch: Stretch, *, anchored: bool = False, suffix: str = "", counted_from: str = "publication"
) -> Value:
    return Value("TIME" if suffix else "DATE", stretch.value + suffix, stretch, anchored, None, counted_from)


def _full_date(of: Context) -> Value | None:
    month = of["month"]
    number = MONTHS[month] if month in MONTHS else int(month)
    return _dated(calendar.day(date(int(of["year"]), number, int(of["day"]))))


def _month_of_year(of: Context) -> Value:
    return _dated(calendar.month(int(of["year"]), MONTHS[of["month"]]))


BACK = frozenset({"last", "past", "this past", "the past", "the last"})
AHEAD = frozenset({"next", "the next", "coming", "this coming", "the coming", "the following"})
"""Words before a unit, a month or a day that say on which side of the anchor it lies."""


def _day_of_month(of: Context) -> Value:
    """Read `February 12` in the year that puts it nearest to the anchor, or on the side that is asked for: `last July 17`."""
    number, day, anchor = MONTHS[of["month"]], int(of["day"]), of.anchor
    if anchor is None:
        # A leap year, so that 29 February is a day.
        return Value("DATE", f"XXXX-{date(2000, number, day):%m-%d}")
    # 29 February is in one year of four.
    days = [
        date(year, number, day)
        for year in (anchor.year, anchor.year - 1, anchor.year + 1)
        if day <= calendar.month(year, number).end.day
    ]
    if not days:
        raise ValueError(f"no day {day} in month {number}")
    which = of["which"]
    coming = [there for there in days if 0 <= (there - anchor).days <= SOON]
    if which in BACK and (gone := [there for there in days if there < anchor]):
        nearest = max(gone)
    elif which in AHEAD and (ahead := [there for there in days if there > anchor]):
        nearest = min(ahead)
    elif which == "this" and days[0].year == anchor.year:
        nearest = days[0]
    elif of.looks_ahead and coming:
        nearest = min(coming)
    else:
        nearest = min(days, key=lambda there: abs((there - anchor).days) * (FAR if there > anchor else 1))
    return _dated(calendar.day(nearest), anchored=True)


def _bare_month(of: Context) -> Value:
    """Read `in February` as the last one before the anchor, its own, or the next if asked."""
    number = MONTHS[of["month"]]
    if of.anchor is None:
        return Value("DATE", f"XXXX-{number:02d}")
    which = of["which"]
    away = (number - of.anchor.month) % 12
    if which == "this":
        away = number - of.anchor.month
    elif which in AHEAD or (which not in BACK and away and of.looks_ahead and away <= SOON // 30):
        away = away or 12
    elif away or which in BACK:
        away -= 12
    there = calendar.months_from(of.anchor.replace(day=1), away)
    return _dated(calendar.month(there.year, there.month), anchored=True)


def _weekday(of: Context) -> Value:
    """Read a bare weekday as the anchor's own or the last before it, or the next if asked; `this Friday` is of the anchor's week."""
    number = WEEKDAYS[of["weekday"]]
    suffix = f"T{PARTS_OF_DAY[of['part']]}" if of["part"] else ""
    if of.anchor is None:
        return Value("TIME" if suffix else "DATE", f"XXXX-WXX-{number + 1}{suffix}")
    back = (of.anchor.weekday() - number) % 7
    which = of["which"]
    if which in AHEAD or (which not in BACK and back and of.looks_ahead):
        there = of.anchor + timedelta(days=7 - back)
    elif which == "this":
        there = of.anchor + timedelta(days=number - of.anchor.weekday())
    else:
        there = of.anchor - timedelta(days=back or (7 if which in BACK else 0))
    return _dated(calendar.day(there), anchored=True, suffix=suffix)


def _near_day(of: Context) -> Value:
    word = of["word"]
    away = {"yesterday": -1, "tomorrow": 1}.get(word, 0)
    part = "night" if word == "tonight" else of["part"]
    suffix = f"T{PARTS_OF_DAY[part]}" if part else ""
    if of.anchor is None:
        return Value("TIME" if suffix else "DATE", f"XXXX-XX-XX{suffix}")
    return _dated(calendar.day(of.anchor + timedelta(days=away)), anchored=True, suffix=suffix)


def _this_part(of: Context) -> Value:
    """Read `this morning` and `last night`."""
    suffix = f"T{PARTS_OF_DAY[of['part']]}"
    if of.anchor is None:
        return Value("TIME", f"XXXX-XX-XX{suffix}")
    away = -1 if of["which"] == "last" else 0
    return _dated(calendar.day(of.anchor + timedelta(days=away)), anchored=True, suffix=suffix)


def _this_unit(of: Context) -> Value:
    """Read `this month`, `last week`, `next year`, and `the next day`, which is counted from the time before it."""
    which, unit = of["which"], of["unit"]
    away = 0 if which in ("this", "the current") else 1 if which in AHEAD else -1
    from_text = of.before is not None and which in ("the next", "the following", "the previous")
    start = of.before.start if of.before and from_text else of.anchor
    if start is None:
        blank = {
            "week": "XXXX-WXX",
            "weekend": "XXXX-WXX-WE",
            "month": "XXXX-XX",
            "quarter": "XXXX-QX",
            "day": "XXXX-XX-XX",
        }
        return Value("DATE", blank.get(unit, "XXXX"))
    if unit == "weekend":
        there = calendar.weekend(start + timedelta(weeks=away))
    else:
        there = calendar.moved(start, unit, away)
    return _dated(there, anchored=True, counted_from="text" if from_text else "publication")


def _count(words: str) -> int | None:
    if words.replace(",", "").isdecimal():
        return int(words.replace(",", ""))
    parts = [NUMBERS.get(word) for word in re.split(r"[\s-]+", words)]
    if any(part is None for part in parts):
        return None
    return 100 if 100 in parts else sum(part for part in parts if part is not None)


def _ago(of: Context) -> Value | None:
    """Read `two days ago`, counted from the anchor, and `three weeks later`, from the time before it in the text."""
    count = _count(of["count"])
    if count is None:
        return None
    unit, way = of["unit"], of["way"]
    ahead = way in ("from now", "later", "hence", "after")
    if unit == "year" and count == 1 and not ahead and of.quarter:
        # Companies compare a quarter with the same of the year before.
        return _dated(calendar.same_a_year_before(of.quarter), anchored=True, counted_from="text")
    from_text = way in ("earlier", "later", "before", "after")
    start = of.before.start if from_text and of.before else of.anchor
    if start is None:
        return Value("DATE", "XXXX-XX-XX")
    if unit in ("hour", "minute", "second"):
        if from_text:
            # `an hour later` says how long, not when.
            return Value("DURATION", f"PT{count}{UNIT_LETTERS[unit][-1]}", null_reason=NOT_DATED)
        return Value("TIME", start.isoformat(), calendar.day(start), True)
    there = calendar.moved(start, unit, count if ahead else -count)
    return _dated(there, anchored=True, counted_from="text" if from_text and of.before else "publication")


def _ago_short(of: Context) -> Value | None:
    """Read `year-earlier`."""
    quarter = of.quarter
    if quarter:
        return _dated(calendar.same_a_year_before(quarter), anchored=True, counted_from="text")
    if of.anchor is None:
        return Value("DATE", "XXXX")
    return _dated(calendar.moved(of.anchor, "year", -1), anchored=True)


def _period(of: Context) -> Value:
    """Read `the quarter`, which the text has named, `the latest quarter`, which has ended, and `the year-ago quarter`."""
    which = of["which"]
    is_named = of.quarter is not None and (which != "latest" or of.anchor is None)
    if of.quarter and is_named:
        there = of.quarter
    elif of.anchor:
        there = calendar.moved(of.anchor, "quarter", -1)
    else:
        return Value("DATE", "XXXX-QX")
    if which.startswith(("year-", "prior-", "last", "a ")):
        there = calendar.same_a_year_before(there)
    return _dated(there, anchored=True, counted_from="text" if is_named else "publication")


def _length(of: Context) -> Value | None:
    """Read `nine years`, `two-week`, `several months`: a duration, which has no beginning of its own."""
    some = of["some"]
    count = 2 if some == "a couple of" else None if some else _count(of["count"])
    if count is None and not some:
        return None
    letters = UNIT_LETTERS[of["unit"]]
    number = "X" if count is None else f"{count}.5" if of["fraction"] else str(count)
    if letters in ("E", "CE"):
        years = 10 if letters == "E" else 100
        return Value("DURATION", f"P{count * years}Y" if count else "PXE", null_reason=NOT_DATED)
    if letters == "Q":
        return Value("DURATION", f"P{count * 3}M" if count else "PXM", null_reason=NOT_DATED)
    timed = letters.startswith("T")
    if of["fraction"] and (half := HALVES.get(letters)):
        return Value("DURATION", f"P{'T' if timed else ''}{count}{letters[-1]}{half}", null_reason=NOT_DATED)
    return Value("DURATION", f"P{'T' if timed else ''}{number}{letters[-1]}", null_reason=NOT_DATED)


HALVES = {"Y": "6M", "D": "T12H", "TH": "30M", "TM": "30S"}
"""Half of a unit in the next smaller one, as ISO 8601 writes it, by the unit's letters."""


def _some_of(of: Context) -> Value:
    """Read the `years` of `for years`: more than one, and nobody says how many."""
    unit = of["unit"].removesuffix("s")
    letters = UNIT_LETTERS[unit]
    return Value(
        "DURATION", f"P{'T' if letters.startswith('T') else ''}X{letters[-1]}", null_reason=NOT_DATED
    )


def _half(of: Context) -> Value:
    """Read `the first half of 1989`, `the second half of this year`."""
    number = 1 if of["nth"] == "first" else 2
    if of["year"]:
        return _dated(calendar.half(int(of["year"]), number))
    if of.anchor is None:
        return Value("DATE", f"XXXX-H{number}")
    away = {"last": -1, "next": 1}.get(of["which"], 0)
    return _dated(calendar.half(of.anchor.year + away, number), anchored=True)


def _whole(of: Context) -> Value:
    """Read `the year` as its length, and `the full year`, `earlier in the year` as the anchor's own."""
    if of["part"]:
        if of.anchor is None:
            return Value("DATE", "XXXX")
        return _dated(calendar.moved(of.anchor, of["unit"], 0), anchored=True)
    return Value("DURATION", f"P1{UNIT_LETTERS[of['unit']]}", null_reason=NOT_DATED)


def _set(of: Context) -> Value:
    """Read `every week`, `each July`, `daily`: times that come again and again, on no day of their own."""
    unit = of["unit"]
    if unit in WEEKDAYS:
        part = f"T{PARTS_OF_DAY[of['part']]}" if of["part"] else ""
        return Value("SET", f"XXXX-WXX-{WEEKDAYS[unit] + 1}{part}", null_reason=REPEATED)
    if unit in MONTHS:
        return Value("SET", f"XXXX-{MONTHS[unit]:02d}", null_reason=REPEATED)
    if unit in PARTS_OF_DAY:
        return Value("SET", f"XXXX-XX-XXT{PARTS_OF_DAY[unit]}", null_reason=REPEATED)
    letters = ADVERBS.get(unit) or UNIT_LETTERS[unit]
    count = _count(of["count"]) or 1
    return Value(
        "SET", f"P{'T' if letters.startswith('T') else ''}{count}{letters[-1]}", null_reason=REPEATED
    )


def _season(of: Context) -> Value:
    """Read `this summer`, `the winter of 1994`; a winter is of the year that it begins in."""
    season, which = SEASONS[of["season"]], of["which"]
    if of["year"]:
        return _dated(calendar.season(int(of["year"]), season))
    if of.anchor is None:
        return Value("DATE", f"XXXX-{season}")
    there = calendar.season(of.anchor.year, season)
    if which in BACK:
        while there.end >= of.anchor:
            there = calendar.season(int(there.value[:4]) - 1, season)
    elif which in AHEAD and there.start <= of.anchor:
        there = calendar.season(of.anchor.year + 1, season)
    return _dated(there, anchored=True)


def _century(of: Context) -> Value:
    number = int(of["nth"])
    return _dated(calendar.century(number))


def _holiday(of: Context) -> Value | None:
    """Read a holiday in the year that puts it nearest to the anchor, or on the side that is asked for."""
    name = of["holiday"].replace("’", "'").removesuffix(" sunday")
    if of["year"]:
        found = calendar.holiday(name, int(of["year"]))
        return _dated(calendar.day(found))
    if of.anchor is None:
        return Value("DATE", "XXXX-XX-XX")
    years = (of.anchor.year, of.anchor.year - 1, of.anchor.year + 1)
    days = [calendar.holiday(name, year) for year in years]
    if of["which"] in BACK:
        days = [day for day in days if day < of.anchor]
    elif of["which"] in AHEAD:
        days = [day for day in days if day > of.anchor]
    return _dated(calendar.day(min(days, key=lambda day: abs(day - of.anchor))), anchored=True)  # type: ignore[operator]  # it is a day here


def _clock(of: Context) -> Value | None:
    """Read `10:15 p.m. Wednesday`, `noon`, `0600 GMT`: a time of a day, of the anchor's where no day is named."""
    hour, minute = {"noon": (12, 0), "midnight": (0, 0)}.get(
        of["name"], (int(of["hour"] or 0), int(of["minute"] or 0))
    )
    universal = "Z" if of["zone"] in ("utc", "gmt") else ""
    if of["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if of["half"][0] == "p" else 0)
    if hour > 24 or minute > 59:
        return None
    day = of.anchor
    if of["weekday"]:
        named = _weekday(of)
        if named.stretch is None:
            return Value("TIME", f"{named.value}T{hour:02d}:{minute:02d}{universal}")
        day = named.stretch.start
    elif of["month"]:
        named = _day_of_month(of)
        if named.stretch is None:
            return Value("TIME", f"{named.value}T{hour:02d}:{minute:02d}{universal}")
        day = named.stretch.start
    elif not of["word"] and of.before and of.before.precision == "day":
        # The hour is of the day that was just named.
        return _dated(
            calendar.day(of.before.start),
            anchored=True,
            suffix=f"T{hour:02d}:{minute:02d}{universal}",
            counted_from="text",
        )
    elif of["word"] and day:
        day += timedelta(days={"yesterday": -1, "tomorrow": 1}.get(of["word"], 0))
    clock = f"T{hour:02d}:{minute:02d}{universal}"
    return (
        _dated(calendar.day(day), anchored=True, suffix=clock) if day else Value("TIME", f"XXXX-XX-XX{clock}")
    )


def _year_in_words(of: Context) -> Value | None:
    """Read `nineteen ninety-six` and `the year two thousand`."""
    if of["thousand"]:
        return _dated(calendar.year(2000))
    rest = _count(of["rest"])
    return _dated(calendar.year(1900 + rest)) if rest else None


def _unit_of_anchor(of: Context) -> Value:
    """Read `the week` and `the weekend`: of the anchor, the one that has begun."""
    if of.anchor is None:
        return Value("DATE", "XXXX-WXX")
    if of["unit"] == "weekend":
        there = calendar.weekend(of.anchor)
        return _dated(
            there if there.start <= of.anchor else calendar.weekend(of.anchor - timedelta(weeks=1)),
            anchored=True,
        )
    return _dated(calendar.week(of.anchor), anchored=True)


def _counted_year_quarter(of: Context) -> Value:
    """Read `this year's third quarter`, `the 1988 second quarter`."""
    number = NTH[of["nth"]]
    if of["year"]:
        return _dated(calendar.quarter(int(of["year"]), number))
    if of.anchor is None:
        return Value("DATE", f"XXXX-Q{number}")
    away = {"last": -1, "next": 1}.get(of["which"], 0)
    return _dated(calendar.quarter(of.anchor.year + away, number), anchored=True)


def _month_of_near_year(of: Context) -> Value:
    """Read `June last year`."""
    if of.anchor is None:
        return Value("DATE", f"XXXX-{MONTHS[of['month']]:02d}")
    away = {"last": -1, "next": 1}.get(of["which"], 0)
    return _dated(calendar.month(of.anchor.year + away, MONTHS[of["month"]]), anchored=True)


def _same_quarter(of: Context) -> Value:
    """Read `the 1988 quarter` as the one of that year that the text has named of another."""
    if of.quarter is None:
        return _year(of)
    number = (of.quarter.start.month + 2) // 3
    return _dated(calendar.quarter(int(of["year"]), number), anchored=True, counted_from="text")


def _year(of: Context) -> Value:
    return _dated(calendar.year(int(of["year"])))


def _decade(of: Context) -> Value:
    named = DECADES.get(of["decade"])
    first = named or int(of["decade"])
    return _dated(calendar.decade(first if first > 99 else 1900 + first))


def _quarter(of: Context) -> Value:
    number = NTH[of["nth"]]
    if of["year"]:
        return _dated(calendar.quarter(int(of["year"]), number))
    if of.anchor is None:
        return Value("DATE", f"XXXX-Q{number}")
    away = {"last": -1, "next": 1}.get(of["which"], 0)
    if of["back"]:
        there = calendar.quarter(of.anchor.year, number)
        ended = there.end < of.anchor
        return _dated(calendar.quarter(of.anchor.year - (1 if ended else 2), number), anchored=True)
    there = calendar.quarter(of.anchor.year + away, number)
    if not of["which"] and there.start > of.anchor and not of.looks_ahead:
        there = calendar.quarter(of.anchor.year - 1, number)
    return _dated(there, anchored=True)


def _reference(of: Context) -> Value:
    word = of["word"].split()[-1] if of["word"].startswith("the ") else of["word"].split()[0]
    kind = "FUTURE" if word in ("future", "soon") else "PRESENT" if word in PRESENT else "PAST"
    return Value("DATE", f"{kind}_REF", null_reason=VAGUE)


HOLIDAY_NAMES = "|".join(
    sorted((name.title().replace("'S", "['’]s") for name in calendar.HOLIDAYS), key=len, reverse=True)
)


def _rules() -> Iterator[Rule]:
    months = "|".join(sorted((name.capitalize() for name in MONTHS), key=len, reverse=True))
    days = "|".join(sorted((name.capitalize() for name in WEEKDAYS), key=len, reverse=True))
    # Full names: Mar, Jan and Jun are people, May is a verb and March another.
    plain_months = "|".join(
        name.capitalize()
        for name in MONTHS
        if (len(name) > 4 and name not in ("march", "sept")) or name in ("june", "july")
    )
    full_days = "|".join(name.capitalize() for name in WEEKDAYS if name.endswith("day"))
    month = rf"(?P<month>{months})\.?"
    # Which of those that come each year or week is meant. In `will last July 17` it is a verb.
    which = r"(?:(?P<which>[Tt]his\s(?:past|coming)|(?<!\bwill\s)(?<!\bwould\s)(?<!\bmay\s)[Ll]ast|[Nn]ext|[Tt]his)\s)?"
    day = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
    year = r"(?P<year>[12][0-9]{3})"
    numbers = "|".join(sorted(NUMBERS, key=len, reverse=True))
    tens = "|".join(word for word, number in NUMBERS.items() if number in range(20, 100, 10))
    ones = "|".join(word for word, number in NUMBERS.items() if number < 10 and word not in ("a", "an"))
    count = rf"(?P<count>[0-9][0-9,]{{0,6}}|(?:{tens})[ -](?:{ones})|an?\shundred|(?:{numbers}))"
    units = "second|minute|hour|day|week|month|quarter|year|decade|century|centurie"
    unit = rf"(?P<unit>{units})"
    part = "morning|afternoon|evening|night"
    nth = "first|second|third|fourth"
    season = "spring|summer|fall|autumn|winter"
    # Words that say which part of a time is meant, or how surely; they are of the expression (TimeML 1.2.1, MOD).
    early = r"(?i:(?:(?:early|late|mid|earlier|later|sometime|around)[ -]|the\s(?:end|beginning|start|middle|close|rest)\sof\s)?)"
    about = r"(?:(?:nearly|almost|about|around|over|some|roughly|approximately|more\sthan|less\sthan|no\smore\sthan|at\sleast|up\sto)\s)?"
    span = r"(?:(?:the\s)?(?:past|last|next|first|previous|following|coming|latest|final)\s|the\s(?![\w]+-))?"

    def rule(
        name: str, pattern: str, read: Callable[[Context], Value | None], flags: int = 0, needs: str = ""
    ) -> Rule:
        compiled = re.compile(rf"(?<![\w$£€.,:/-])(?:{pattern})(?![\w/])", flags)
        return Rule(name, compiled, read, tuple(needs.split()))

    fold = re.IGNORECASE
    clock = (
        r"(?:(?P<hour>[0-2]?[0-9])(?:[:.](?P<minute>[0-5][0-9]))?\s?(?P<half>[ap]\.?m)\b(?:(?<=\.m)\.)?|(?P<name>noon|midnight)"
        r"|(?P<hour2>[0-2][0-9]):?(?P<minute2>[0-5][0-9])(?=\s(?:GMT|UTC|Z|local\stime)\b)|(?P<hour3>[0-2]?[0-9]):(?P<minute3>[0-5][0-9]))"
    )
    zone = r"(?:\s?(?P<zone>[ECMP][SD]T|GMT|UTC|local\stime)\b)?"
    yield rule("iso", rf"{year}-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])", _full_date)
    yield rule(
        "clock-day",
        rf"(?:(?i:around|about)\s)?{clock}{zone},?\s(?:on\s)?{which}(?:(?P<weekday>{full_days})|{month}\s{day}|(?P<word>yesterday|today|tomorrow))",
        _clock,
    )
    yield rule("clock", rf"(?:(?i:around|about)\s)?{clock}{zone}", _clock)
    yield rule("day-month-year", rf"(?:(?:{days})\.?,? )?{day}[ -]{month},?[ -]{year}", _full_date)
    yield rule("month-day-year", rf"(?:(?:{days})\.?,? )?{month}\s{day},?\s{year}", _full_date)
    yield rule("month-year", rf"{early}{month}(?:,| of)?\s{year}", _month_of_year)
    yield rule(
        "month-day",
        rf"(?:(?i:around)\s)?{which}(?:(?:{days})\.?,? )?{month}\s{day}(?!,?[0-9%]|\.[0-9])",
        _day_of_month,
    )
    yield rule("day-month", rf"{which}(?:(?:{days})\.?,? )?{day}(?: of)?\s{month}", _day_of_month)
    yield rule(
        "month-near-year",
        rf"{month}\s(?:of\s)?(?P<which>last|this|next)\syear",
        _month_of_near_year,
        needs="year",
    )
    yield rule(
        "year-quarter",
        rf"(?:(?P<which>this|last|next)\syear['’]s|(?:the\s)?{year})\s(?P<nth>{nth})[ -]quarter",
        _counted_year_quarter,
        fold,
        needs="quarter",
    )
    yield rule(
        "quarter",
        rf"(?:the\s)?(?:(?P<back>year-ago|year-earlier|prior-year)\s)?(?:fiscal\s)?(?P<nth>{nth}|final)\squarter(?:(?:\sof)?\s(?:{year}|(?P<which>this|last|next)\syear))?|(?:fiscal\s)?(?P<nth2>{nth})-quarter",
        _quarter,
        fold,
        needs="quarter",
    )
    yield rule(
        "half",
        rf"(?:the\s)?(?P<nth>first|second|last|latter)[ -]half(?:\sof|,)?\s(?:{year}|(?P<which>this|last|next)\syear)",
        _half,
        fold,
        needs="half",
    )
    yield rule(
        "year-period", rf"the\s{year}\s(?:period|quarter)", _same_quarter, fold, needs="period quarter"
    )
    yield rule(
        "period",
        r"(?:the\s)?(?P<which>latest|current|year-ago|year-earlier|prior-year)\s(?:fiscal\s)?(?:quarter|period)|the\s(?:corresponding|same|comparable)\s(?:quarter|period)\s(?P<which2>last)\syear|the\squarter(?:\s(?P<which3>a\syear\s(?:ago|earlier)))?",
        _period,
        fold,
        needs="quarter period",
    )
    yield rule(
        "set",
        rf"(?:every|each)\s(?:(?P<count>{numbers}|[0-9]{{1,3}})\s)?(?P<unit>{units}|{part}|{full_days}|{plain_months})s?(?:\s(?P<part>{part}))?|(?P<unit2>hourly|daily|weekly|monthly|annual|annually)",
        _set,
        fold,
        needs="every each hourly daily weekly monthly annual",
    )
    yield rule(
        "weekly",
        rf"(?P<unit>{full_days})s(?:\s(?P<part>{part})s?)?|(?P<unit2>{full_days})\s(?P<part2>{part})s",
        _set,
        needs="days day",
    )
    yield rule(
        "weekday",
        rf"(?<!Black\s)(?:(?i:early|late|earlier|later)\s)?{which}(?P<weekday>{full_days})(?:\s(?P<part>{part}))?",
        _weekday,
    )
    yield rule(
        "near-day",
        rf"(?:(?:early|late|earlier|later)\s)?(?P<word>today|yesterday|tomorrow|tonight)(?:\s(?P<part>{part}))?",
        _near_day,
        fold,
        needs="today yesterday tomorrow tonight",
    )
    yield rule(
        "part-of-day",
        rf"(?:(?:early|late|earlier|later)\s)?(?P<which>this|last)\s(?P<part>{part})",
        _this_part,
        fold,
        needs="this last",
    )
    yield rule(
        "near-unit",
        rf"{early}(?P<which>this past|this coming|this|last|next|the past|the last|the next|the coming|the current|the previous|the following)"
        r"\s(?P<unit>week|weekend|month|quarter|year|decade)|(?P<which2>the next|the previous|the following)\s(?P<unit2>day)",
        _this_unit,
        fold,
        needs="this last next past coming current previous following",
    )
    yield rule(
        "season",
        rf"{early}(?:(?P<which>this past|this coming|this|last|next)\s(?P<season>{season})|(?:the\s)?(?P<season2>{season})(?:\sof)?\s{year})",
        _season,
        fold,
        needs="spring summer fall autumn winter",
    )
    yield rule("holiday", rf"{which}(?P<holiday>{HOLIDAY_NAMES})(?:,?\s{year})?", _holiday)
    yield rule(
        "counted",
        rf"{about}{count}\s{unit}s?\s(?P<way>ago|earlier|later|from now|hence)",
        _ago,
        fold,
        needs="ago earlier later now hence",
    )
    yield rule(
        "counted-year",
        r"(?P<count>a)\s(?P<unit>year)-(?P<way>earlier|ago)|(?P<unit2>year)-(?P<way2>earlier|ago)",
        _ago_short,
        fold,
        needs="year",
    )
    yield rule(
        "century",
        r"(?:the\s)?(?:(?:early|mid|late)[ -])?(?P<nth>[12]?[0-9])(?:st|nd|rd|th)\scentury",
        _century,
        fold,
        needs="century",
    )
    decades = "|".join(DECADES)
    yield rule(
        "decade",
        rf"(?:the\s)?(?:(?:early|mid|late)[ -])?['’]?(?P<decade>[12][0-9]{{2}}0|[2-9]0)s|the\s(?P<decade2>{decades})",
        _decade,
    )
    yield rule("bare-month", rf"{early}{which}(?P<month>{plain_months})", _bare_month)
    # May is a verb and March another: they are months behind a word that asks for one.
    after = "|".join(
        rf"(?<=\b{word}\s)" for word in ("in", "In", "since", "Since", "until", "by", "of", "from")
    )
    yield rule(
        "verb-month",
        rf"(?:{after}|(?P<which>last|next|this|this\spast|this\scoming)\s|(?:early|late|mid)[ -])(?P<month>May|March)",
        _bare_month,
    )
    # The short forms are names and words too (Jan, Mar): they are months behind one of these.
    yield rule(
        "short-month",
        rf"(?P<which>[Tt]his\s(?:past|coming)|[Ll]ast|[Nn]ext)\s{month}(?!\s[A-Z])",
        _bare_month,
    )
    # `a second tank` is no length of time: seconds are counted in digits or in the plural. Ages are none.
    yield rule(
        "length",
        rf"{span}{about}(?!an?\ssecond\b|one\ssecond\b|a\squarter\b)(?!\w{{1,12}}-quarters?\b){count}(?P<fraction>\sand\sa\shalf|\s1/2)?(?:\sor\smore)?[\s-]{unit}s?(?P<fraction2>\sand\sa\shalf)?(?!\sold|-olds?\b|s?['’]?\sof\sage|-quarters)",
        _length,
        fold,
    )
    yield rule(
        "some-ago",
        r"(?P<word>(?:several|many|a few|a couple of)\s(?:days|weeks|months|years|decades)\sago)",
        _reference,
        fold,
        needs="ago",
    )
    yield rule(
        "some-length",
        rf"{span}(?P<some>several|a few|many|few|a couple of)\s{unit}s",
        _length,
        fold,
        needs="several few many couple",
    )
    yield rule(
        "unit-of-anchor",
        r"the\s(?P<unit>weekend)|the\s(?P<unit2>week)(?!\sof|\sbefore|\safter|\sthat)",
        _unit_of_anchor,
        fold,
        needs="week",
    )
    yield rule(
        "reference",
        r"(?P<word>(?:more |most )?recent (?:days|weeks|months|years|quarters)|(?:more |most )?recently|currently|current|recent(?= [a-z])|(?:coming|future) (?:days|weeks|months|years|quarters)|nowadays|now|the (?:near )?future|the (?:recent )?past(?!\s\w+\s(?:days|weeks|months|years)))",
        _reference,
        fold,
        needs="recent current nowadays now future past soon previously coming",
    )
    yield rule(
        "the-year",
        r"(?P<part>(?:the\s(?:end|beginning|start|middle|rest)\sof|earlier\sin|later\sin|early\sin|late\sin)\s)?"
        r"the\s(?P<part2>full\s|fiscal\s)?(?:entire\s|whole\s)?(?P<unit>year)(?!\stwo\b)(?!['’-]|\s(?:ago|earlier|before|after|of|in\swhich|when|that|to|[12]\d{3})\b)",
        _whole,
        fold,
        needs="year",
    )
    yield rule(
        "for-length",
        r"(?<=\bfor\s)(?P<unit>seconds|minutes|hours|days|weeks|months|years|decades|centuries)(?!\s(?:to|from)\b)",
        _some_of,
        fold,
        needs="for",
    )
    yield rule("fiscal", rf"fiscal\s(?:year\s)?{year}", _year, fold, needs="fiscal")
    yield rule(
        "words",
        r"(?P<thousand>the\syear\stwo\sthousand)|nineteen[ -](?P<rest>(?:"
        + tens
        + r")(?:[ -](?:"
        + ones
        + r"))?)",
        _year_in_words,
        fold,
        needs="nineteen thousand",
    )
    yield rule("year", rf"{early}{year}(?!['’]s?\w|[.,][0-9]|[ ]?%|[- ](?:dlrs|mln|people|tonnes))", _year)


RULES = tuple(_rules())

_HINT_WORDS = sorted(
    {
        *MONTHS, *WEEKDAYS, *SEASONS, *ADVERBS, *PARTS_OF_DAY, *DECADES, *PRESENT,
        *(name.split()[0].split("'")[0] for name in calendar.HOLIDAYS),
        *UNIT_LETTERS, "centur", "fortnight", "today", "yesterday", "tomorrow", "noon", "midnight", "recent", "period", "future", "past", "soon", "previously", "coming", "nineteen",
    }
)  # fmt: skip
HINT_HEADS = frozenset(word[:3] for word in _HINT_WORDS)
HINT_WORDS = tuple(_HINT_WORDS)
"""Every expression that a rule reads holds a digit or a word that begins with one of these; HINT_HEADS are their first letters."""
