"""The words of expressions of time, and the parts of patterns that rules share."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flows.parse.dates import MONTHS

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
        40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety", 100: "hundred",
    }.items()
    for word in words.split()
}  # fmt: skip

ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
        "seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
}
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4}

UNIT_LETTERS = {
    "second": "TS", "minute": "TM", "hour": "TH", "day": "D", "week": "W", "fortnight": "2W", "month": "M",
    "quarter": "Q", "year": "Y", "decade": "E", "century": "C", "centurie": "C",
}  # fmt: skip
"""Letters of TIMEX3 durations; `E` is a decade, `C` a century and a leading `T` a unit of the clock."""

SEASONS = {"spring": "SP", "summer": "SU", "fall": "FA", "autumn": "FA", "winter": "WI"}
ADVERBS = {"hourly": "TH", "daily": "D", "nightly": "D", "weekly": "W", "monthly": "M",
           "yearly": "Y", "annual": "Y", "annually": "Y"}  # fmt: skip
DECADES = {"twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970,
           "eighties": 1980, "nineties": 1990}  # fmt: skip
PARTS_OF_DAY = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "tonight": "NI"}
PRESENT = frozenset({"now", "currently", "nowadays", "current", "presently"})

BACK = frozenset({"last", "past", "this past", "the past", "the last"})
AHEAD = frozenset({"next", "the next", "coming", "this coming", "the coming", "the following", "following"})
"""Words before a unit, a month or a day that set it before or after the anchor."""


def either(words: Iterable[str]) -> str:
    """Return an alternation of words, longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


def cased(words: Iterable[str]) -> str:
    """Return an alternation of names as prose writes them and as texts in capitals do."""
    names = list(words)
    return either([*(name.capitalize() for name in names), *(name.upper() for name in names)])


def count_of(words: str) -> int | None:
    """Return the number that digits or number words express, or None."""
    if words.replace(",", "").isdecimal():
        return int(words.replace(",", ""))
    parts = [NUMBERS.get(word) for word in re.split(r"[\s-]+", words)]
    if any(part is None for part in parts):
        return None
    return 100 if 100 in parts else sum(part for part in parts if part is not None)


FULL_MONTHS = [name for name in MONTHS if len(name) > 4 or name in ("may", "june", "july")]
SHORT_MONTHS = [name for name in MONTHS if name not in FULL_MONTHS]
FULL_WEEKDAYS = [name for name in WEEKDAYS if name.endswith("day")]

MONTH_NAME = rf"(?:{cased(FULL_MONTHS)}|(?:{cased(SHORT_MONTHS)})\b\.?)"
"""A month beside a day or a year. Only a short form takes the full stop after it."""
MONTH = rf"(?P<month>{MONTH_NAME})"
PLAIN_MONTHS = cased(name for name in FULL_MONTHS if name not in ("may", "march"))
"""Months without a day or a year: May and March are also words, and Jan and Jun names of persons."""
WEEKDAY = cased(FULL_WEEKDAYS)
WEEKDAY_BEFORE = rf"(?:(?:{cased(WEEKDAYS)})\.?,? )?"
"""A weekday before a date, which it is part of."""

WHICH = r"(?:(?P<which>(?i:this\s(?:past|coming)|(?<!\bwill\s)(?<!\bwould\s)(?<!\bmay\s)last|next|this))\s)?"
"""Words that select one of the recurring days. In `will last July 17` it is a verb."""
NEAR_YEAR = r"(?:,?\s(?i:(?P<yearly>last|this|next)\syear))"
DAY = r"(?P<day>[0-3]?[0-9])(?:(?i:st|nd|rd|th)\b)?"
ORDINAL_DAY = rf"(?P<ordinal>(?i:{either(ORDINALS)}))"
YEAR = r"(?P<year>[12][0-9]{3})"

TENS = either(word for word, number in NUMBERS.items() if number in range(20, 100, 10))
ONES = either(word for word, number in NUMBERS.items() if number < 10 and word not in ("a", "an"))
COUNT = rf"(?P<count>[0-9][0-9,]{{0,6}}|(?:{TENS})[ -](?:{ONES})|an?\shundred|(?:{either(NUMBERS)}))"
UNITS = "second|minute|hour|day|week|fortnight|month|quarter|year|decade|century|centurie"
UNIT = rf"(?P<unit>{UNITS})"
PART = "morning|afternoon|evening|night"
SEASON = either(SEASONS)

# Words for a part of a time or its certainty; they belong to the expression.
# Source: TimeML 1.2.1 Annotation Guidelines, attribute `mod`.
EARLY = (
    r"(?i:(?:(?:early|late|mid|end|earlier|later|sometime|around)[ -]"
    r"|the\s(?:end|beginning|start|middle|close|rest)\sof\s)?)"
)
ABOUT = (
    r"(?:(?:nearly|almost|about|around|over|some|roughly|approximately|more\sthan|less\sthan|no\smore\sthan|at\sleast"
    r"|up\sto)\s)?"
)
SPAN_OF = r"(?:(?:the\s)?(?:past|last|next|first|previous|following|coming|latest|final)\s|the\s(?!\w+-))?"
