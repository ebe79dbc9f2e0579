"""Durations and sets: `nine years`, `half an hour`, `for decades`; `every Friday`, `twice a week`, `6,000 hectares a year`."""

from __future__ import annotations

import re

from flows.enrich.times import hints
from flows.enrich.times.rules import NOT_DATED, REPEATED, Context, Value, before_end, rule
from flows.enrich.times.vocabulary import (
    ABOUT,
    ADVERBS,
    COUNT,
    FULL_MONTHS,
    NUMBERS,
    PART,
    PARTS_OF_DAY,
    PLAIN_MONTHS,
    SEASON,
    SEASONS,
    SPAN_OF,
    UNIT,
    UNIT_LETTERS,
    UNITS,
    WEEKDAY,
    WEEKDAYS,
    count_of,
    either,
)
from flows.parse.dates import MONTHS

HALVES = {"Y": "6M", "D": "T12H", "TH": "30M", "TM": "30S"}
"""Half of a unit in the next smaller one, as ISO 8601 writes it, by the unit's letters."""
HALF_OF = {"TH": "PT30M", "D": "PT12H", "Y": "P6M", "E": "P5Y", "C": "P50Y", "TM": "PT30S"}

YEARS_OF = {"E": 10, "C": 100}

AGE_BEFORE = re.compile(r"\b(?:aged?|ages)\b[^.;]{0,12}$", re.IGNORECASE)
RATE = re.compile(
    r"(?:[0-9]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|million|billion|percent|per cent"
    r"|mln|bln|pct|tons|times|%))(?:[ -](?!(?:in|for|within|after|over|during|and|or|about|lasted|spent|took|by)\b)[\w-]+){0,3}\s$",
    re.IGNORECASE,
)
"""A quantity before `a year` or `per year`, which is then a rate and no duration."""
SPEED = re.compile(
    r"(?:\b(?:km|kms|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|feet|knots|mm|millimet(?:er|re)s?|cm|centimet(?:er|re)s?|inch(?:es)?"
    r"|revolutions|bits|bytes|kilowatts?|megawatts?|litres?|liters?|gallons|cubic \w+)|(?<=[0-9])(?:k?m|mm|cm|kg))\)?\s$",
    re.IGNORECASE,
)
"""A unit before `per hour` or `a second`: together they are a unit of speed or flow, and no time."""
CLOCK_UNIT = re.compile(r"(?:an?|per)\s(?:second|minute|hour)s?$", re.IGNORECASE)
RATE_UNIT = re.compile(r"(?:an?|per)\s", re.IGNORECASE)


def period_value(count: int | None, letters: str) -> str:
    """Return the TIMEX3 value of a duration; `X` is an unknown number."""
    if letters in YEARS_OF:
        return f"P{count * YEARS_OF[letters]}Y" if count else f"PX{letters}"
    if letters == "Q":
        return f"P{count * 3}M" if count else "PXM"
    if letters == "2W":
        return f"P{count * 2}W" if count else "PXW"
    return f"P{'T' if letters.startswith('T') else ''}{count or 'X'}{letters[-1]}"


def _length(of: Context) -> Value | None:
    """Read `nine years`, `two-week`, `several months`: a duration, which has no beginning of its own."""
    some = of["some"]
    count = 2 if some == "a couple of" else None if some else count_of(of["count"])
    if (count is None and not some) or before_end(AGE_BEFORE, of.preceding):
        return None
    letters = UNIT_LETTERS[of["unit"]]
    if _is_speed(of):
        return None
    if count == 1 and RATE_UNIT.match(of.match.group()) and RATE.search(of.preceding):
        return Value("SET", period_value(1, letters), null_reason=REPEATED)
    value = period_value(count, letters)
    if of["fraction"] and count and letters in YEARS_OF:
        value = f"P{count * YEARS_OF[letters] + YEARS_OF[letters] // 2}Y"
    elif of["fraction"]:
        value = value + half if (half := HALVES.get(letters)) else f"P{count}.5{letters[-1]}"
    return Value("DURATION", value, null_reason=NOT_DATED)


def _long(of: Context) -> Value | None:
    """Read `month-long`, `years-long` and `three-year-long`."""
    count = count_of(of["count"] or "one")
    letters = UNIT_LETTERS[of["unit"]]
    return Value("DURATION", period_value(None if of["many"] else count, letters), null_reason=NOT_DATED)


def _half_unit(of: Context) -> Value | None:
    if of["quarter"]:
        return Value("DURATION", "P25Y", null_reason=NOT_DATED)
    value = HALF_OF.get(UNIT_LETTERS[of["unit"]])
    return Value("DURATION", value, null_reason=NOT_DATED) if value else None


def _some(of: Context) -> Value:
    """Read the `years` of `for years`: a duration of unknown length."""
    letters = UNIT_LETTERS[of["unit"].removesuffix("s")]
    return Value("DURATION", period_value(None, letters), null_reason=NOT_DATED)


def _is_speed(of: Context) -> bool:
    return CLOCK_UNIT.match(of.match.group()) is not None and SPEED.search(of.preceding) is not None


def _set(of: Context) -> Value | None:
    """Read `every week`, `each July`, `daily`, `twice a week`: times that repeat, on no day of their own."""
    unit = of["unit"].removesuffix(".")
    if _is_speed(of):
        return None
    if unit in WEEKDAYS:
        part = f"T{PARTS_OF_DAY[of['part']]}" if of["part"] else ""
        return Value("SET", f"XXXX-WXX-{WEEKDAYS[unit] + 1}{part}", null_reason=REPEATED)
    if unit in MONTHS:
        return Value("SET", f"XXXX-{MONTHS[unit]:02d}", null_reason=REPEATED)
    if unit in SEASONS:
        return Value("SET", f"XXXX-{SEASONS[unit]}", null_reason=REPEATED)
    if unit in PARTS_OF_DAY:
        return Value("SET", f"XXXX-XX-XXT{PARTS_OF_DAY[unit]}", null_reason=REPEATED)
    letters = ADVERBS.get(unit) or UNIT_LETTERS[unit]
    return Value(
        "SET",
        period_value(2 if of["count"] == "other" else count_of(of["count"] or "one") or 1, letters),
        null_reason=REPEATED,
    )


LENGTH = rule(
    "length",
    # `a second tank` is not a duration: seconds are counted in digits or in the plural. Ages are not durations.
    rf"{SPAN_OF}{ABOUT}(?!an?\ssecond\b|one\ssecond\b|a\squarter\b)(?!\w{{1,12}}-quarters?\b)(?![12][0-9]{{3}}\s(?:{UNITS})\b)(?<!\baged\s)(?!an?\s(?:{UNITS})s\b)(?!(?<=several\s)hundred)(?!(?<=few\s)hundred){COUNT}"
    rf"(?P<fraction>\sand\sa\shalf|\s1/2)?(?:\sor\smore)?[\s-]{UNIT}s?(?P<fraction2>\sand\sa\shalf)?"
    r"(?![\s-]olds?\b|s?['’]?\sof\sage|-quarters)",
    _length,
    hints=(hints.UNIT,),
    examples=(
        ("a [nine-year] war", "P9Y"),
        ("[more than two weeks]", "P2W"),
        ("[the past two months]", "P2M"),
        ("[two and a half years]", "P2Y6M"),
        ("[over a decade]", "P10Y"),
        ("takes 6,000 hectares [a year].", "P1Y"),
        ("cut for [a fortnight]", "P2W"),
    ),
    counterexamples=(
        "gusts of 90 miles an hour",
        "a second tank",
        "a 44-year-old man",
        "he is 52 years old",
        "three-quarters of them",
    ),
)
LONG = rule(
    "long",
    rf"(?:(?!an?[ -]){COUNT}[ -])?{UNIT}(?P<many>s)?-?long",
    _long,
    needs="long",
    hints=(hints.UNIT,),
    examples=(
        ("a [month-long] siege", "P1M"),
        ("a [decades-long] war", "PXE"),
        ("the [three-year-long] war", "P3Y"),
    ),
)
HALF_UNIT = rule(
    "half-unit",
    rf"{ABOUT}(?:half[ -](?:an?[ -])?{UNIT}|(?P<quarter>(?:a\s)?quarter(?:\sof\sa|\sof\sthe|-|\s)\s?century))",
    _half_unit,
    needs="half quarter",
    hints=(hints.UNIT,),
    examples=(
        ("held for [half an hour]", "PT30M"),
        ("for [a quarter of a century]", "P25Y"),
    ),
)
SOME_LENGTH = rule(
    "some-length",
    rf"{SPAN_OF}(?P<some>several|a few|many|few|a couple of)\s{UNIT}s",
    _length,
    needs="several few many couple",
    hints=(hints.UNIT,),
    examples=(
        ("[several years]", "PXY"),
        ("[several centuries]", "PXC"),
        ("[a couple of days]", "P2D"),
    ),
)
FOR_LENGTH = rule(
    "for-length",
    r"(?<=\bfor\s)(?P<unit>seconds|minutes|hours|days|weeks|months|years|decades|centuries)(?!\s(?:to|from)\b)",
    _some,
    needs="for",
    hints=(hints.UNIT,),
    examples=(
        ("waited for [hours] in the sun", "PTXH"),
        ("no peace for [decades]", "PXE"),
    ),
)
SET = rule(
    "set",
    rf"(?:every|each)\s(?:(?P<count>{either(NUMBERS)}|other|[0-9]{{1,3}})\s)?(?P<unit>{UNITS}|{PART}|{WEEKDAY}|{PLAIN_MONTHS}|{either(FULL_MONTHS)}|{SEASON})s?"
    rf"(?:\s(?P<part>{PART}))?|(?P<unit2>{either(ADVERBS)})"
    rf"|(?:once|twice|thrice|\w+\stimes)\s(?:an?|per|each|every)\s(?P<unit3>{UNITS})|per\s(?P<unit4>hour|day|week|month|year)",
    _set,
    needs=f"every each once twice times per {' '.join(ADVERBS)}",
    hints=(
        hints.UNIT,
        hints.ADVERB,
        hints.WEEKDAY,
        hints.MONTH,
        hints.PART,
        hints.SEASON,
    ),
    examples=(
        ("[every day]", "P1D"),
        ("floods [every spring]", "XXXX-SP"),
        ("[each Thursday]", "XXXX-WXX-4"),
        ("a [daily] flight", "P1D"),
        ("[every two weeks] or so", "P2W"),
        ("[every other day]", "P2D"),
        ("Water comes [twice a week].", "P1W"),
        ("2000 pounds [per month]", "P1M"),
    ),
    counterexamples=("The Daily Star said so.", "Winds of 180 kilometres per hour hit the coast."),
)
WEEKLY = rule(
    "weekly",
    rf"(?P<unit>{WEEKDAY})s(?:\s(?P<part>{PART})s?)?|(?P<unit2>{WEEKDAY})\s(?P<part2>{PART})s",
    _set,
    needs="days day",
    hints=(hints.WEEKDAY,),
    examples=(("On [Fridays] they go", "XXXX-WXX-5"),),
)
