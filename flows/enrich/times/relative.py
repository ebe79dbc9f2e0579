"""Times relative to the publication or to an earlier time of the text: `Friday`, `last week`, `two days ago`, `the next day`."""

from __future__ import annotations

import re

from flows.enrich.times import hints, intervals
from flows.enrich.times.rules import NOT_DATED, VAGUE, Context, Value, dated, rule
from flows.enrich.times.vocabulary import (
    ABOUT,
    AHEAD,
    BACK,
    COUNT,
    EARLY,
    MONTH_NAME,
    PART,
    PARTS_OF_DAY,
    PRESENT,
    UNIT,
    UNIT_LETTERS,
    WEEKDAY,
    WEEKDAYS,
    WHICH,
    count_of,
)

NEAR_DAYS = {"yesterday": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}
"""Days from the anchor; other words, such as `today`, are the anchor itself."""

UNKNOWN = {
    "week": "XXXX-WXX",
    "weekend": "XXXX-WXX-WE",
    "month": "XXXX-XX",
    "quarter": "XXXX-QX",
    "day": "XXXX-XX-XX",
}
"""TIMEX3 values of a unit without an anchor; of a year and longer, `XXXX`."""

RESULTS = re.compile(
    r"\b(?:profits?|earnings|revenues?|turnover|dividends?|(?:net|operating) (?:income|loss|profit)|a share|per share)\b",
    re.IGNORECASE,
)
"""Words of company results. In a sentence with one of them `a year ago` is the same quarter of the year before."""
LIKE_RESULTS = re.compile(
    r"\b(?:loss(?:es)?|sales|income|net|earned|margins?|shipments|orders|results|compared with|(?:up|down|rose|fell) \S+ from|from|against)\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"[$£€#]\s?[0-9]|\b[0-9.]{1,30}\s?(?:mln|bln|million|billion|dlrs|pct|percent|%)", re.IGNORECASE
)
"""An amount of money, beside which the ambiguous words refer to results too."""


def read_weekday(of: Context) -> Value:
    """Read a bare weekday as the anchor's own or the last before it, or the next if asked; `this Friday` is of the anchor's week."""
    number = WEEKDAYS[of["weekday"]]
    suffix = f"T{PARTS_OF_DAY[of['part']]}" if of["part"] else ""
    if of.anchor is None:
        return Value("TIME" if suffix else "DATE", f"XXXX-WXX-{number + 1}{suffix}")
    back = (of.anchor.weekday() - number) % 7
    which = of["which"]
    if which in AHEAD or (which not in BACK and back and of.looks_ahead):
        away = 7 - back
    elif which == "this":
        away = number - of.anchor.weekday()
    else:
        away = -(back or (7 if which in BACK else 0))
    return dated(intervals.day_from(of.anchor, away), anchored=True, suffix=suffix)


def _near_day(of: Context) -> Value:
    word = of["word"]
    part = "night" if word == "tonight" else of["part"]
    suffix = f"T{PARTS_OF_DAY[part]}" if part else ""
    if of.anchor is None:
        return Value("TIME" if suffix else "DATE", f"XXXX-XX-XX{suffix}")
    away = NEAR_DAYS.get(word.removeprefix("on "), 0)
    return dated(intervals.day_from(of.anchor, away), anchored=True, suffix=suffix)


OF_LONGER = re.compile(
    rf"\s(?:of|in)\s(?:{MONTH_NAME}|(?:last|this|next|the)\s(?:year|month)|[12][0-9]{{3}})\b"
)


def _near_unit(of: Context) -> Value | None:
    """Read `this month`, `last week`, `next year`, and `the next day`, which is counted from the time before it."""
    which, unit = of["which"], of["unit"]
    if OF_LONGER.match(of.following) and which.endswith(("last", "next")):
        # `the last week of December 2019` is no last week.
        return None
    away = 0 if which in ("this", "the current") else 1 if which in AHEAD else -1
    from_text = of.before is not None and which in ("the next", "the following", "the previous")
    start = of.before.start if of.before and from_text else of.anchor
    if start is None:
        return Value("DATE", UNKNOWN.get(unit, "XXXX"))
    there = intervals.moved(start, unit, away)
    return dated(there, anchored=True, counted_from="text" if from_text else "publication")


def _counted(of: Context) -> Value | None:
    """Read `two days ago`, counted from the anchor, and `three weeks later`, from the time before it in the text."""
    count = count_of(of["count"])
    if count is None:
        return None
    unit, way = of["unit"], of["way"]
    ahead = way in ("from now", "later", "hence", "after")
    if unit == "year" and count == 1 and not ahead and (compared := _compared_quarter(of)):
        return compared
    from_text = way in ("earlier", "later", "before", "after")
    start = of.before.start if from_text and of.before else of.anchor
    if unit in ("hour", "minute", "second"):
        if from_text or start is None:
            # `an hour later` says how long, not when.
            return Value("DURATION", f"PT{count}{UNIT_LETTERS[unit][-1]}", null_reason=NOT_DATED)
        return Value("TIME", start.isoformat(), intervals.day(start), True)
    if start is None:
        return Value("DATE", "XXXX-XX-XX")
    there = intervals.moved(start, "century" if unit == "centurie" else unit, count if ahead else -count)
    return dated(there, anchored=True, counted_from="text" if from_text and of.before else "publication")


def _compared_quarter(of: Context) -> Value | None:
    """Return the quarter with which a company compares its own: the same one of the year before."""
    if of.quarter is None:
        return None
    sentence = of.preceding + of.following
    if not RESULTS.search(sentence) and not (LIKE_RESULTS.search(of.preceding) and AMOUNT.search(sentence)):
        return None
    there = intervals.same_quarter_a_year_before(of.quarter)
    return dated(there, anchored=True, counted_from="text")


def _year_earlier(of: Context) -> Value:
    """Read the `year-earlier` of `the year-earlier loss`."""
    if compared := _compared_quarter(of):
        return compared
    if of.anchor is None:
        return Value("DATE", "XXXX")
    return dated(intervals.moved(of.anchor, "year", -1), anchored=True)


def _unit_of_anchor(of: Context) -> Value:
    """Read `the week` and `the weekend`: of the anchor, the one that has begun."""
    if of.anchor is None:
        return Value("DATE", UNKNOWN[of["unit"]])
    there = intervals.moved(of.anchor, of["unit"], 0)
    if there and of["unit"] == "weekend" and there.start > of.anchor:
        there = intervals.moved(of.anchor, "weekend", -1)
    return dated(there, anchored=True)


def _the_year(of: Context) -> Value:
    """Read `the year` as a duration, and `the full year`, `earlier in the year` as the anchor's own."""
    if of["part"]:
        if of.anchor is None:
            return Value("DATE", "XXXX")
        return dated(intervals.moved(of.anchor, of["unit"], 0), anchored=True)
    return Value("DURATION", f"P1{UNIT_LETTERS[of['unit']]}", null_reason=NOT_DATED)


def _vague(of: Context) -> Value:
    words = of["word"].split()
    word = words[-1] if words[0] == "the" else words[0]
    kind = "FUTURE" if word in ("future", "soon", "coming") else "PRESENT" if word in PRESENT else "PAST"
    return Value("DATE", f"{kind}_REF", null_reason=VAGUE)


WEEKDAY_ALONE = rule(
    "weekday",
    rf"(?:(?i:early|late|earlier|later)\s)?{WHICH}(?P<weekday>{WEEKDAY})(?:\s(?P<part>(?i:{PART})))?",
    read_weekday,
    after_dash=True,
    fold=False,
    hints=(hints.WEEKDAY,),
    examples=(
        ("said on [Wednesday].", "2020-02-19"),
        ("will vote on [Sunday]", "2020-02-23"),
        ("the match [this coming Saturday]", "2020-02-22"),
        ("WAS KILLED [EARLY SATURDAY].", "2020-02-15"),
        ("shelled on [Tuesday night]", "2020-02-18TNI"),
    ),
    counterexamples=("The Sunday Times reported it.", "Families of Bloody Sunday victims met."),
)
NEAR_DAY = rule(
    "near-day",
    r"(?:(?:early|late|earlier|later)\s)?(?P<word>the\sday\sbefore\syesterday|the\sday\safter\stomorrow|today|yesterday|tomorrow|tonight)"
    rf"(?:\s(?P<part>{PART}))?",
    _near_day,
    needs="today yesterday tomorrow tonight",
    hints=(hints.DAY,),
    examples=(
        ("[yesterday morning]", "2020-02-19TMO"),
        ("sank [the day before yesterday]", "2020-02-18"),
        ("closed [tonight]", "2020-02-20TNI"),
    ),
)
NEAR_UNIT = rule(
    "near-unit",
    rf"{EARLY}(?P<which>this past|this coming|this|last|next|the past|the last|the next|the coming|the current|the previous|the following)"
    r"\s(?P<unit>week|weekend|month|quarter|year|decade)|(?P<which2>the next|the previous|the following)\s(?P<unit2>day)",
    _near_unit,
    needs="this last next past coming current previous following",
    hints=(hints.UNIT,),
    examples=(
        ("[last week], he", "2020-W07"),
        ("[early next year]", "2021"),
        ("[the end of this month]", "2020-02"),
        ("They met on 3 May 2019. [The next day] they signed.", "2019-05-04"),
    ),
)
COUNTED = rule(
    "counted",
    rf"{ABOUT}{COUNT}\s{UNIT}s?\s(?P<way>ago|earlier|later|from now|hence|before(?=\s?[.,;)]))",
    _counted,
    needs="ago earlier later now hence before",
    hints=(hints.UNIT,),
    examples=(
        ("[Three days ago] the navy", "2020-02-17"),
        ("They met on 3 May 2019. [Two days later] they signed.", "2019-05-05"),
        ("Profit rose in the third quarter of 2019 from $2 million [a year earlier].", "2018-Q3"),
        ("Output fell in the third quarter. Jets struck the market [a year ago].", "2019"),
        ("They met on 3 May 2019, and had met [two days before].", "2019-05-01"),
        ("[9,999 years ago]", "XXXX-XX-XX"),
    ),
)
COUNTED_YEAR = rule(
    "counted-year",
    r"(?:a\s)?year-(?:earlier|ago)(?!\s(?:quarter|period))",
    _year_earlier,
    needs="year",
    hints=(hints.UNIT,),
    examples=(("the [year-earlier] loss", "2019"),),
)
UNIT_OF_ANCHOR = rule(
    "unit-of-anchor",
    r"the\s(?P<unit>weekend)|the\s(?P<unit2>week)(?!\sof|\sbefore|\safter|\sthat)",
    _unit_of_anchor,
    needs="week",
    hints=(hints.UNIT,),
    examples=(("over [the weekend]", "2020-W07-WE"),),
)
THE_YEAR = rule(
    "the-year",
    r"(?P<part>(?:the\s(?:end|beginning|start|middle|rest)\sof|earlier\sin|later\sin|early\sin|late\sin)\s)?"
    r"the\s(?P<part2>full\s|fiscal\s)?(?:entire\s|whole\s)?(?P<unit>year)"
    r"(?!['’-]|\s(?:ago|earlier|before|after|of|in\swhich|when|that|to|two|nineteen|[12]\d{3})\b)",
    _the_year,
    needs="year",
    hints=(hints.UNIT,),
    examples=(
        ("[later in the year]", "2020"),
        ("for [the full year]", "2020"),
        ("it lasted [the year]", "P1Y"),
    ),
)
VAGUE_TIME = rule(
    "reference",
    r"(?P<word>(?:several|many|a few|a couple of)\s(?:days|weeks|months|years|decades)\sago"
    r"|(?:more |most )?recent (?:days|weeks|months|years|quarters)|(?:more |most )?recently|currently|current|recent(?= [a-z])"
    r"|(?:coming|future) (?:days|weeks|months|years|quarters)|nowadays|now|the (?:near )?future"
    r"|the (?:recent )?past(?!\s\w+\s(?:minutes|hours|days|weeks|months|quarters|years|decades|centuries)\b))",
    _vague,
    needs="ago recent current nowadays now coming future past",
    hints=(
        hints.VAGUE,
        hints.UNIT,
    ),
    examples=(
        ("in [recent weeks] and", "PAST_REF"),
        ("in [the future]", "FUTURE_REF"),
        ("the situation [now]", "PRESENT_REF"),
        ("It closed [several years ago].", "PAST_REF"),
        ("in [coming months]", "FUTURE_REF"),
    ),
)
