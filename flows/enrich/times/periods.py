"""Quarters, halves, fiscal years and seasons."""

from __future__ import annotations

import re
from datetime import date

from flows.enrich.times import hints, intervals
from flows.enrich.times.intervals import Interval
from flows.enrich.times.relative import UNKNOWN
from flows.enrich.times.rules import Context, Value, dated, rule
from flows.enrich.times.vocabulary import AHEAD, BACK, EARLY, MONTH_NAME, NTH, SEASON, SEASONS, YEAR
from flows.parse.dates import MONTHS

ENDS_ON = re.compile(
    rf"\s(?:ended|ending|that\sended)\s(?:on\s)?(?:[0-3]?[0-9]\s)?(?P<month>{MONTH_NAME})(?:\s[0-3]?[0-9])?,?\s(?P<year>[12][0-9]{{3}})\b"
)
_NTH = "first|second|third|fourth"


def _quarter(of: Context) -> Value:
    """Read a quarter of a stated year, of the anchor's, or of the last that has begun."""
    number = int(of["number"]) if of["number"] else NTH[of["nth"]]
    if of["year"]:
        return dated(intervals.quarter(int(of["year"]), number))
    if ends := ENDS_ON.match(of.following):
        # A company's own year: the fourth quarter that ended on 30 March is the first of the calendar.
        month = MONTHS[ends["month"].lower().rstrip(".")]
        return dated(intervals.quarter(int(ends["year"]), (month + 2) // 3))
    if of.anchor is None:
        return Value("DATE", f"XXXX-Q{number}")
    away = {"last": -1, "next": 1}.get(of["which"], 0)
    there = intervals.quarter(of.anchor.year + away, number)
    if there and of["back"]:
        there = intervals.quarter(of.anchor.year - (1 if there.end < of.anchor else 2), number)
    elif there and not of["which"] and there.start > of.anchor and not of.looks_ahead:
        there = intervals.quarter(of.anchor.year - 1, number)
    return dated(there, anchored=True)


def _named_quarter(of: Context) -> Value:
    """Read `the quarter`, the one that the text named last, `the latest quarter`, which has ended, and `the year-ago quarter`."""
    is_named = of.quarter is not None and (of["which"] != "latest" or of.anchor is None)
    there: Interval | None
    if of.quarter and is_named:
        there = of.quarter
    elif of.anchor:
        there = intervals.moved(of.anchor, "quarter", -1)
    else:
        return Value("DATE", UNKNOWN["quarter"])
    if there and of["which"].startswith(("year-", "prior-", "last", "a ")):
        there = intervals.same_quarter_a_year_before(there)
    return dated(there, anchored=True, counted_from="text" if is_named else "publication")


def _half(of: Context) -> Value:
    """Read `the first half of 1989`, `the second half of this year`."""
    number = 1 if of["nth"] == "first" else 2
    if of["year"]:
        return dated(intervals.half(int(of["year"]), number))
    if of.anchor is None:
        return Value("DATE", f"XXXX-H{number}")
    away = {"last": -1, "next": 1}.get(of["which"], 0)
    return dated(intervals.half(of.anchor.year + away, number), anchored=True)


def _season(of: Context) -> Value:
    """Read `this summer`, `the winter of 1994`; a winter is of the year that it begins in."""
    letters = SEASONS[of["season"]]
    if of["year"]:
        return dated(intervals.season(int(of["year"]), letters))
    if of.anchor is None:
        return Value("DATE", f"XXXX-{letters}")
    years = range(of.anchor.year - 2, of.anchor.year + 2)
    seasons = [there for year in years if (there := intervals.season(year, letters))]
    return dated(_chosen(seasons, of.anchor, of["which"]), anchored=True)


def _chosen(seasons: list[Interval], anchor: date, which: str) -> Interval | None:
    """Return the last season that has ended, the next that begins, or the current one, else the one of the anchor's year."""
    if which in BACK:
        return next((there for there in reversed(seasons) if there.end < anchor), None)
    if which in AHEAD:
        return next((there for there in seasons if there.start > anchor), None)
    current = (there for there in seasons if there.start <= anchor <= there.end)
    of_year = (there for there in seasons if there.start.year == anchor.year)
    return next(current, None) or next(of_year, None)


QUARTER = rule(
    "quarter",
    rf"(?:the\s)?(?:(?P<back>year-ago|year-earlier|prior-year)\s)?(?:fiscal\s)?(?P<nth>{_NTH}|final)\squarter"
    rf"(?:(?:\sof)?\s(?:{YEAR}|(?P<which>this|last|next)\syear))?"
    rf"|(?:fiscal\s)?(?P<nth3>{_NTH}|final)-quarter"
    rf"|(?:(?P<which2>this|last|next)\syear['’]s|(?:the\s)?(?P<year3>[12][0-9]{{3}}))\s(?P<nth2>{_NTH}|final)[ -]quarter|Q(?P<number>[1-4])(?:\sof)?\s(?P<year2>[12][0-9]{{3}})",
    _quarter,
    needs="quarter q0",
    hints=(
        hints.UNIT,
        hints.DIGIT,
    ),
    examples=(
        ("[the fourth quarter of 1986]", "1986-Q4"),
        ("[the first quarter of last year]", "2019-Q1"),
        ("[this year's third quarter]", "2020-Q3"),
        ("in [the 2019 third quarter]", "2019-Q3"),
        ("the [third-quarter] profit", "2019-Q3"),
        ("in [Q3 2019]", "2019-Q3"),
        ("[the fourth quarter] ended March 30, 2019", "2019-Q1"),
    ),
    counterexamples=("Families fled the old quarter of Aleppo.",),
)
NAMED_QUARTER = rule(
    "period",
    r"(?:the\s)?(?P<which>latest|current|year-ago|year-earlier|prior-year)\s(?:fiscal\s)?(?:quarter|period)"
    r"|the\s(?:corresponding|same|comparable)\s(?:quarter|period)\s(?P<which2>last)\syear"
    r"|the\squarter(?:\s(?P<which3>a\syear\s(?:ago|earlier)))?(?!\s(?:of|in|where))",
    _named_quarter,
    needs="quarter period",
    hints=(
        hints.UNIT,
        hints.VAGUE,
    ),
    examples=(
        ("profit in [the latest quarter]", "2019-Q4"),
        ("in the third quarter of 2019 and [the year-ago quarter]", "2018-Q3"),
    ),
)
HALF = rule(
    "half",
    rf"(?:the\s)?(?P<nth>first|second|last|latter)[ -]half(?:\sof|,)?\s(?:{YEAR}|(?P<which>this|last|next)\syear)",
    _half,
    needs="half",
    hints=(
        hints.UNIT,
        hints.DIGIT,
    ),
    examples=(("[the second half of 2019]", "2019-H2"),),
)
FISCAL = rule(
    "fiscal",
    rf"fiscal\s(?:year\s)?{YEAR}",
    lambda of: dated(intervals.year(int(of["year"]))),
    needs="fiscal",
    hints=(hints.DIGIT,),
    examples=(("[fiscal 2019]", "2019"),),
)
SEASON_OF_YEAR = rule(
    "season",
    rf"{EARLY}(?:(?P<which>this past|this coming|this|last|next)\s(?P<season>{SEASON})|(?:the\s)?(?P<season2>{SEASON})(?:\sof)?\s{YEAR})",
    _season,
    before_slash=True,
    needs="spring summer fall autumn winter",
    hints=(hints.SEASON,),
    examples=(
        ("[this summer]", "2020-SU"),
        ("[This winter] the front", "2019-WI"),
        ("[last winter]", "2018-WI"),
        ("[the winter of 1994]", "1994-WI"),
        ("in [autumn 2018]", "2018-FA"),
    ),
)
