"""Clock times and parts of a day: `10:15 p.m. Wednesday`, `0600 GMT`, `noon`, `this morning`, `overnight`."""

from __future__ import annotations

import re

from flows.enrich.times import hints, intervals
from flows.enrich.times.absolute import day_of_month
from flows.enrich.times.relative import NEAR_DAYS, read_weekday
from flows.enrich.times.rules import Context, Value, dated, rule
from flows.enrich.times.vocabulary import MONTH, PART, PARTS_OF_DAY, WEEKDAY, WHICH
from flows.parse.dates import MONTHS

NAMED_HOURS = {"noon": (12, 0), "midday": (12, 0), "midnight": (0, 0)}
IN_CELL = re.compile(r"\S(?: {3,}|\t+)$")
"""Before a cell of a table that is not the first of its line: bare figures there are as often a length or a score (`Nilsson 2    11:29`)."""
LATE_PARTS = frozenset({"afternoon", "evening", "night"})

ABOUT_CLOCK = r"(?:(?i:around|about)\s)?"
ZONE_AHEAD = r"(?=\s(?:GMT|UTC|Z|(?i:local\stime))\b)"
CLOCK = (
    r"(?:(?P<hour>[0-2]?[0-9])(?:[:.](?P<minute>[0-5][0-9]))?\s?(?P<half>[aApP]\.?[mM])\b(?:(?<=\.[mM])\.)?"
    r"|(?P<name>(?i:noon|midday|midnight))"
    rf"|(?P<hour2>[0-2][0-9]):?(?P<minute2>[0-5][0-9]){ZONE_AHEAD}"
    r"|(?:(?<=\b(?:[aA]t|AT|by|BY)\s))(?P<hour3>[0-2][0-9])(?P<minute3>[0-5][0-9])(?i:\s?(?:hours|hrs)\b|(?=\s\([0-2][0-9]{3}\s(?:GMT|UTC)\)))"
    r"|(?<=\b(?:[aA]t|AT)\s)(?P<hour6>0[0-9])(?P<minute6>[0-5][0-9])(?=[\s,.;)]|$)"
    r"|(?P<hour7>[0-2]?[0-9])[hH](?P<minute7>[0-5][0-9])"
    r"|(?P<hour4>[0-2]?[0-9]):(?P<minute4>[0-5][0-9])(?!:?[0-9])(?i:\s(?:hours|hrs)\b)?"
    r"|(?:(?<=\b(?:[aA]t|AT|by|BY)\s))(?P<hour5>[0-2]?[0-9])\.(?P<minute5>[0-5][0-9])(?=\s(?i:on|yesterday|today|GMT|local|and|when)\b|\s[MTWFS][a-z]+day\b|,\s|\.(?:\s|$)))"
)
CLOCK_NEEDS = (
    "noon midday midnight 0am 0a.m 0pm 0p.m 0_am 0_a.m 0_pm 0_p.m 0:0 0h0 at_0000 by_0000 0000_gmt 0000_utc 0000_z 0000_local"
    " at_0.0 at_00.0 by_0.0 by_00.0"
)
OCLOCK = (
    r"(?P<hour>[0-9]{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\so['’]clock"
    rf"(?:\s(?:in\sthe|at)\s(?P<part>{PART}))?"
)
ZONE = r"(?:\s?(?P<zone>[ECMP][SD]T|GMT|UTC|(?i:local\stime))\b)?"


def _clock(of: Context) -> Value | None:
    """Read a clock time of the day that is named beside it or before it, else of the anchor."""
    if IN_CELL.search(of.preceding) and of.match.group().replace(":", "").isdigit():
        return None
    hour, minute = NAMED_HOURS.get(of["name"], (int(of["hour"] or 0), int(of["minute"] or 0)))
    if of["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if of["half"][0] == "p" else 0)
    if hour > 24 or minute > 59:
        return None
    universal = "Z" if of["zone"] in ("utc", "gmt") else ""
    return _at(of, f"T{hour:02d}:{minute:02d}{universal}")


def _at(of: Context, clock: str) -> Value:
    if of["weekday"]:
        return _with_clock(read_weekday(of), clock)
    if of["month"]:
        return _with_clock(day_of_month(of, MONTHS[of["month"]], int(of["day"])), clock)
    if not of["word"] and of.before and of.before.precision == "day":
        # The hour is of the day that was just named.
        return dated(intervals.day(of.before.start), anchored=True, suffix=clock, counted_from="text")
    if of.anchor is None:
        return Value("TIME", f"XXXX-XX-XX{clock}")
    return dated(intervals.day_from(of.anchor, NEAR_DAYS.get(of["word"], 0)), anchored=True, suffix=clock)


def _with_clock(day: Value, clock: str) -> Value:
    if day.interval is None:
        return Value("TIME", f"{day.value}{clock}", null_reason=day.null_reason)
    return dated(day.interval, anchored=day.anchored, suffix=clock)


def _oclock(of: Context) -> Value | None:
    words = "one two three four five six seven eight nine ten eleven twelve".split()
    hour = words.index(of["hour"]) + 1 if of["hour"] in words else int(of["hour"])
    if not 1 <= hour <= 24:
        return None
    if of["part"] in LATE_PARTS and hour < 12:
        hour += 12
    return _at(of, f"T{hour:02d}:00")


def _this_part(of: Context) -> Value:
    """Read `this morning` and `last night`; `overnight` is the night before the anchor."""
    part = of["part"] or "night"
    suffix = f"T{PARTS_OF_DAY[part]}"
    if of.anchor is None:
        return Value("TIME", f"XXXX-XX-XX{suffix}")
    away = 0 if of["which"] == "this" else -1
    return dated(intervals.day_from(of.anchor, away), anchored=True, suffix=suffix)


CLOCK_DAY = rule(
    "clock-day",
    rf"{ABOUT_CLOCK}{CLOCK}{ZONE},?\s(?:(?i:on)\s)?{WHICH}(?:(?P<weekday>{WEEKDAY})(?!,?\s(?:{MONTH.replace('(?P<month>', '(?:')}|[0-9]))"
    rf"|{MONTH}\s(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?(?:,?\s(?P<year>[12][0-9]{{3}}))?(?![0-9])|(?P<word>(?i:yesterday|today|tomorrow)))",
    _clock,
    fold=False,
    needs=CLOCK_NEEDS,
    hints=(
        hints.DIGIT,
        hints.CLOCK,
    ),
    examples=(
        ("at [10:15 p.m. Wednesday]", "2020-02-19T22:15"),
        ("At [2:46 p.m. on March 11, 2011], the sea floor rose.", "2011-03-11T14:46"),
        ("at [21.15 on Monday]", "2020-02-17T21:15"),
        ("at [3 p.m. last Friday]", "2020-02-14T15:00"),
    ),
)
WEEKDAY_NOON = rule(
    "weekday-noon",
    rf"(?P<weekday>{WEEKDAY})(?:\sat)?\s(?P<name>(?i:noon|midday|midnight))",
    _clock,
    fold=False,
    hints=(hints.CLOCK,),
    examples=(("The alert ended on [Sunday noon].", "2020-02-16T12:00"),),
)
CLOCK_ALONE = rule(
    "clock",
    rf"{ABOUT_CLOCK}{CLOCK}{ZONE}",
    _clock,
    fold=False,
    needs=CLOCK_NEEDS,
    hints=(
        hints.DIGIT,
        hints.CLOCK,
    ),
    examples=(
        ("at [3 p.m.] they", "2020-02-20T15:00"),
        ("at [18:00 GMT]", "2020-02-20T18:00Z"),
        ("at [1600 local time]", "2020-02-20T16:00"),
        ("moved in at [1300 hours] and", "2020-02-20T13:00"),
        ("at [0915] (1415 GMT)", "2020-02-20T09:15"),
        ("shelled at [0200]", "2020-02-20T02:00"),
        ("from [20h30]", "2020-02-20T20:30"),
        ("between 09:00 hours and [13:00 hours]", "2020-02-20T13:00"),
    ),
    counterexamples=("He gave odds of 20:1.", "Goals: Okafor 2      11:29"),
)
OCLOCK_ALONE = rule(
    "oclock",
    OCLOCK,
    _oclock,
    hints=(hints.CLOCK,),
    examples=(("at [9 o'clock in the evening]", "2020-02-20T21:00"),),
)
PART_OF_DAY = rule(
    "part-of-day",
    rf"(?:(?:early|late|earlier|later)\s)?(?P<which>this|last)\s(?P<part>{PART})|(?P<which2>overnight)",
    _this_part,
    needs="this last overnight",
    hints=(hints.PART,),
    examples=(
        ("flew [late last night]", "2020-02-19TNI"),
        ("quiet [this morning]", "2020-02-20TMO"),
        ("Shells hit Zolote [overnight].", "2020-02-19TNI"),
    ),
)
