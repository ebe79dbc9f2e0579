"""Days and months by their names and numbers: `3 May 2019`, `12 February`, `March 28 and 29`, `25/12/2019`, `in May`."""

from __future__ import annotations

import re
from datetime import date

from flows.enrich.times import hints, intervals
from flows.enrich.times.followers import counts_something
from flows.enrich.times.rules import AMBIGUOUS, Context, Value, dated, rule
from flows.enrich.times.vocabulary import (
    AHEAD,
    BACK,
    DAY,
    MONTH,
    MONTH_NAME,
    NEAR_YEAR,
    ORDINAL_DAY,
    ORDINALS,
    PART,
    WEEKDAY,
    WEEKDAY_BEFORE,
    WHICH,
    YEAR,
)
from flows.parse.dates import MONTHS

FUTURE_WEIGHT = 2
"""The distance of future days is multiplied by this when the nearest of several years is chosen and the sentence does not refer to the future.
Tuned on TimeBank and AQUAINT: 1.5 to 3 give the same values, 4 loses 0.2 on AQUAINT."""

MAX_DAYS_AHEAD = 240
"""A day or month without a year is at most this many days ahead if the sentence refers to the future. Tuned on TimeBank and AQUAINT: 200
to 300 give the same values within 0.1, 150 loses 0.1, 100 loses 0.3 and 366 loses 0.3 on both."""

YEAR_LATER = rf"(?=\s?(?:-|–|to|and|until|till|through)\s?(?:[0-3]?[0-9]\s)?{MONTH_NAME}(?:\s[0-3]?[0-9],?)?\s(?P<year2>[12][0-9]{{3}})\b)?"
"""In `24 February to 2 March 2020` the year belongs to both days."""

WEEKDAY_AFTER = rf"(?:,?\s\(?(?:{WEEKDAY})\b\)?(?!\s(?:{PART})))?"
"""A weekday behind a date with its year, which it is part of."""

SEPARATOR = r"(?:\s?[-–/]\s?|\s(?:to|and|or|until|till|through)\s|,\s(?:and\s)?)"


def near_year(of: Context) -> int | None:
    """Return the year that `last year` after a day or month means, or None."""
    if of.anchor is None or not of["yearly"]:
        return None
    return of.anchor.year + {"last": -1, "next": 1}.get(of["yearly"], 0)


def day_of_month(of: Context, number: int, day: int) -> Value:
    """Return a day without a year in the year nearest to the anchor, or on the side that is asked for: `last July 17`."""
    if of["year"]:
        return dated(intervals.day_of(int(of["year"]), number, day))
    if of.anchor is None:
        # 2000 is a leap year, so that 29 February is a day.
        if not intervals.is_on_calendar(2000, number, day):
            return dated(None)
        return Value("DATE", f"XXXX-{number:02d}-{day:02d}")
    if stated := near_year(of):
        return dated(intervals.day_of(stated, number, day), anchored=True)
    # 29 February is in one year of four.
    years = (of.anchor.year, of.anchor.year - 1, of.anchor.year + 1)
    days = [found.start for year in years if (found := intervals.day_of(year, number, day))]
    if not days:
        return dated(None)
    return dated(intervals.day(_chosen(days, of.anchor, of["which"], of.looks_ahead)), anchored=True)


def _chosen(days: list[date], anchor: date, which: str, looks_ahead: bool) -> date:
    coming = [there for there in days if 0 <= (there - anchor).days <= MAX_DAYS_AHEAD]
    if which in BACK and (gone := [there for there in days if there < anchor]):
        return max(gone)
    if which in AHEAD and (ahead := [there for there in days if there > anchor]):
        return min(ahead)
    if which == "this" and days[0].year == anchor.year:
        return days[0]
    if looks_ahead and coming:
        return min(coming)
    return min(days, key=lambda there: abs((there - anchor).days) * (FUTURE_WEIGHT if there > anchor else 1))


def _month_number(words: str) -> int:
    return MONTHS[words.lower().rstrip(".")]


def _iso(of: Context) -> Value:
    return dated(intervals.day_of(int(of["year"]), int(of["month"]), int(of["day"])))


def _numeric(of: Context) -> Value:
    """Read `25/12/2019` and `12/25/2019`; with dots the day comes first. `02/03/2020` is two days, so it is neither."""
    first, second, year = int(of["first"]), int(of["second"]), int(of["year"])
    if of.match["mark"] == "." or first > 12 or first == second:
        return dated(intervals.day_of(year, second, first))
    if second > 12:
        return dated(intervals.day_of(year, first, second))
    return Value("DATE", f"{year:04d}-XX-XX", null_reason=AMBIGUOUS)


def _day_month_year(of: Context) -> Value | None:
    if of["short_year"] and counts_something(of.following):
        return None
    year = full_year(int(of["short_year"]), of.anchor) if of["short_year"] else int(of["year"])
    return dated(intervals.day_of(year, MONTHS[of["month"]], int(of["day"])))


def full_year(last_two: int, anchor: date | None) -> int:
    """Return the year nearest to the anchor, or before 2000 from 50 on where there is none (RFC 5322, 4.3)."""
    if anchor is None:
        return last_two + (1900 if last_two >= 50 else 2000)
    century = anchor.year // 100 * 100
    return min((century - 100 + last_two, century + last_two), key=lambda year: abs(year - anchor.year))


def _day(of: Context) -> Value:
    day = ORDINALS[of["ordinal"]] if of["ordinal"] else int(of["day"])
    return day_of_month(of, MONTHS[of["month"]], day)


def _day_before_list(of: Context) -> Value:
    """Read the `18` of `18, 19 and 20 October 2019`."""
    return day_of_month(of, MONTHS[of["month"]], int(of["day"]))


MONTH_AND_DAYS = re.compile(
    rf"(?P<month>{MONTH_NAME})\s[0-3]?[0-9](?:st|nd|rd|th)?(?:{SEPARATOR}[0-3]?[0-9](?:st|nd|rd|th)?)*{SEPARATOR}$"
)
MAX_LIST = 60
"""Characters before a day in which the month of its list is searched."""


def _continues_list(match: re.Match[str]) -> bool:
    """Return True for the `29` of `March 28 and 29`, unless it counts something: `on March 28 and 29 people fled`."""
    before = match.string[max(0, match.start() - MAX_LIST) : match.start()]
    after = match.string[match.end() : match.end() + MAX_LIST]
    return MONTH_AND_DAYS.search(before) is not None and not counts_something(after)


def _day_after_list(of: Context) -> Value | None:
    listed = MONTH_AND_DAYS.search(of.preceding)
    return day_of_month(of, _month_number(listed["month"]), int(of["day"])) if listed else None


ISO = rule(
    "iso",
    rf"{YEAR}(?P<mark>[-/])(?P<month>[01]?[0-9])(?P=mark)(?P<day>[0-3]?[0-9])",
    _iso,
    needs="0-0 0/0",
    hints=(hints.DIGIT,),
    examples=(("Event date: [2020-02-12].", "2020-02-12"),),
)
NUMERIC = rule(
    "numeric",
    rf"(?P<first>[0-3]?[0-9])(?P<mark>[/.])(?P<second>[0-3]?[0-9])(?P=mark){YEAR}",
    _numeric,
    needs="0/0 0.0",
    hints=(hints.DIGIT,),
    examples=(
        ("the fire of [25/12/2019]", "2019-12-25"),
        ("the fire of [12/25/2019]", "2019-12-25"),
        ("signed on [06.02.2019] in Bangui", "2019-02-06"),
        ("signed on [06/02/2019]", "2019-XX-XX"),
    ),
)
DAY_MONTH_YEAR = rule(
    "day-month-year",
    rf"{WEEKDAY_BEFORE}{DAY}(?:[ -]|\s(?i:of)\s){MONTH}(?:,?[ -]{YEAR}|[ -]['’]?(?P<short_year>[0-9]{{2}})(?=[\s,.;:)]|$)){WEEKDAY_AFTER}",
    _day_month_year,
    after_dash=True,
    fold=False,
    needs="00",
    hints=(hints.MONTH,),
    examples=(
        ("killed on [3 May 2019] in Homs", "2019-05-03"),
        ("on the [12th of May 2019]", "2019-05-12"),
        ("[Wednesday, 19 February 2020]", "2020-02-19"),
        ("BOGOTA, [20 FEB 89] (AFP) --", "1989-02-20"),
        ("Update: 17:32, [19 February 2020 Wednesday]", "2020-02-19"),
        ("on [30 February 2020]", "XXXX-XX-XX"),
    ),
    counterexamples=("On 20 February 89 people fled",),
)
MONTH_DAY_YEAR = rule(
    "month-day-year",
    rf"{WEEKDAY_BEFORE}{MONTH}\s(?:the\s)?{DAY},?\s{YEAR}(?![-–][0-9]){WEEKDAY_AFTER}",
    lambda of: dated(intervals.day_of(int(of["year"]), MONTHS[of["month"]], int(of["day"]))),
    fold=False,
    needs="0000",
    hints=(hints.MONTH,),
    examples=(
        ("[March 11, 1987]", "1987-03-11"),
        ("on [Sept. 21, 2019] police", "2019-09-21"),
    ),
)
DAY_BEFORE_LIST = rule(
    "day-before-list",
    rf"{DAY}(?={SEPARATOR}(?:[0-3]?[0-9](?:st|nd|rd|th)?{SEPARATOR}){{0,30}}[0-3]?[0-9](?:st|nd|rd|th)?\s(?:of\s)?{MONTH}(?:,?\s{YEAR})?(?!\w))",
    _day_before_list,
    before_slash=True,
    fold=False,
    needs="0",
    hints=(hints.MONTH,),
    examples=(
        ("on [18], 19 and 20 October 2019", "2019-10-18"),
        ("from [3] to 7 February", "2020-02-03"),
        ("on [6]-7 January 2018", "2018-01-06"),
    ),
)
MONTH_DAY = rule(
    "month-day",
    rf"(?:(?i:around)\s)?{WHICH}{WEEKDAY_BEFORE}{MONTH}\s(?:the\s)?{DAY}(?!,?[0-9%]|\.[0-9]|:[0-9])"
    rf"(?:{NEAR_YEAR}|(?=(?:{SEPARATOR}[0-3]?[0-9]){{1,30}},?\s(?P<year>[12][0-9]{{3}})\b)|{YEAR_LATER})",
    _day,
    after_dash=True,
    fold=False,
    needs="0",
    hints=(hints.MONTH,),
    examples=(
        ("vowed on [February 12] to", "2020-02-12"),
        ("on [December 28] they", "2019-12-28"),
        ("The law was passed [last July 17].", "2019-07-17"),
        ("on [March 3 last year]", "2019-03-03"),
        ("on [March 28] and 29, 2018", "2018-03-28"),
    ),
)
DAY_MONTH = rule(
    "day-month",
    rf"{WHICH}{WEEKDAY_BEFORE}(?:{DAY}(?:-|\s(?:(?i:of)\s)?)|{ORDINAL_DAY}\s(?i:of)\s){MONTH}(?:{NEAR_YEAR}|{YEAR_LATER})",
    _day,
    after_dash=True,
    fold=False,
    needs="0 _of_",
    hints=(hints.MONTH,),
    examples=(
        ("died on [12 February].", "2020-02-12"),
        ("THE OFFENSIVE BEGAN ON [1 FEBRUARY]", "2020-02-01"),
        ("a [Fourth of July] picnic", "2019-07-04"),
        ("from [24 February] to 2 March 2018", "2018-02-24"),
        ("the vote of [last 3 March]", "2019-03-03"),
    ),
)
DAY_AFTER_LIST = rule(
    "day-after-list",
    rf"(?:(?<=[-–/])|(?<=[-–/,]\s)|(?<=\bto\s)|(?<=\bor\s)|(?<=\band\s)){DAY}(?:,?\s{YEAR})?(?![-:.,]?[0-9%])",
    _day_after_list,
    applies=_continues_list,
    fold=False,
    bounded=False,
    needs="-0 –0 /0 -_0 –_0 /_0 ,_0 to_0 or_0 and_0",
    hints=(hints.MONTH,),
    examples=(
        ("Rain fell on February 18 and [19] across Huila.", "2020-02-19"),
        ("Voting was held January 3-[7].", "2020-01-07"),
        ("between March 5-[9, 2018] on", "2018-03-09"),
    ),
    counterexamples=("On February 12 and 13 soldiers died.",),
)
