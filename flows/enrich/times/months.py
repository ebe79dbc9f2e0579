"""Months: `March 1987`, `June last year`, `in May`, `late November`."""

from __future__ import annotations

from flows.enrich.times import hints, intervals
from flows.enrich.times.absolute import MAX_DAYS_AHEAD, YEAR_LATER, near_year
from flows.enrich.times.intervals import Interval
from flows.enrich.times.rules import Context, Value, dated, rule
from flows.enrich.times.vocabulary import AHEAD, BACK, EARLY, MONTH, PLAIN_MONTHS, WHICH, YEAR
from flows.parse.dates import MONTHS


def _month_of_year(of: Context) -> Value:
    if of["year"]:
        return dated(intervals.month(int(of["year"]), MONTHS[of["month"]]))
    stated = near_year(of)
    if stated is None:
        return Value("DATE", f"XXXX-{MONTHS[of['month']]:02d}")
    return dated(intervals.month(stated, MONTHS[of["month"]]), anchored=True)


def month_near(of: Context, number: int) -> Interval | None:
    """Return the last such month before the anchor, the anchor's own, or the next if the sentence refers to it."""
    if of.anchor is None:
        return None
    which = of["which"]
    away = (number - of.anchor.month) % 12
    if which == "this":
        away = number - of.anchor.month
    elif which in AHEAD or (which not in BACK and away and of.looks_ahead and away <= MAX_DAYS_AHEAD // 30):
        away = away or 12
    elif away or which in BACK:
        away -= 12
    there = intervals.months_from(of.anchor.replace(day=1), away)
    return intervals.month(there.year, there.month) if there else None


def _bare_month(of: Context) -> Value:
    number = MONTHS[of["month"]]
    if of["year"]:
        return dated(intervals.month(int(of["year"]), number))
    if of.anchor is None:
        return Value("DATE", f"XXXX-{number:02d}")
    return dated(month_near(of, number), anchored=True)


MONTH_YEAR = rule(
    "month-year",
    rf"{EARLY}{MONTH}(?:,|\s(?i:of))?(?:\s{YEAR}|\s(?i:(?P<yearly>last|this|next)\syear))(?!,[0-9])",
    _month_of_year,
    after_dash=True,
    fold=False,
    needs="0000 year",
    hints=(hints.MONTH,),
    examples=(
        ("in [March 1987]", "1987-03"),
        ("in [late March 1987]", "1987-03"),
        ("ARRESTED IN [SEPTEMBER 1973]", "1973-09"),
        ("in [June last year]", "2019-06"),
        ("in [June of this year]", "2020-06"),
    ),
)
BARE_MONTH = rule(
    "bare-month",
    rf"{EARLY}{WHICH}(?P<month>{PLAIN_MONTHS}){YEAR_LATER}",
    _bare_month,
    after_dash=True,
    fold=False,
    hints=(hints.MONTH,),
    examples=(
        ("by [late November]", "2019-11"),
        ("moves up to [last November]", "2019-11"),
        ("NEXT ROUND IN [JUNE]", "2020-06"),
        ("from [April] to July 2010", "2010-04"),
    ),
    counterexamples=("August Sanders runs the clinic.",),
)
_AFTER = "|".join(
    rf"(?<=\b{word}\s)"
    for preposition in (
        "in",
        "since",
        "until",
        "by",
        "of",
        "from",
        "during",
        "between",
        "till",
        "through",
        "and",
        "or",
        "to",
    )
    for word in (preposition, preposition.capitalize(), preposition.upper())
)
VERB_MONTH = rule(
    "verb-month",
    rf"(?:(?:(?P<which>(?i:last|next|this|this\spast|this\scoming))\s|(?i:early|late|mid)[ -])(?P<month>May|March|MAY|MARCH)"
    rf"|(?:{_AFTER})(?P<month2>May|March|MAY|MARCH)){YEAR_LATER}(?!\s(?i:on|against|to\sthe|through|into|be|not|have)\s)",
    _bare_month,
    fold=False,
    needs="may march",
    hints=(hints.MONTH,),
    examples=(
        ("in [May] the", "2019-05"),
        ("[this past May] it", "2019-05"),
        ("from [May] to July 2010", "2010-05"),
    ),
    counterexamples=(
        "THE CURFEW HOLDS AND MAY BE EXTENDED.",
        "May said she may send troops to march.",
        "Thousands set out to March on the capital.",
    ),
)
SHORT_MONTH = rule(
    "short-month",
    rf"(?P<which>(?i:this\s(?:past|coming)|last|next))\s{MONTH}(?!\s[A-Z])",
    _bare_month,
    fold=False,
    needs="this last next",
    hints=(hints.MONTH,),
    examples=(("since [last Sept.] they", "2019-09"),),
    counterexamples=("at last Jun Li came",),
)
