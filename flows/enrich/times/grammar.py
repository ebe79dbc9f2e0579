"""The rules of times in their order: where two overlap, the earlier one has the words."""

from __future__ import annotations

from flows.enrich.times import absolute, clock, durations, holidays, months, periods, relative, years
from flows.enrich.times.holiday_names import FEASTS, FIXED, HOME
from flows.enrich.times.rules import Rule
from flows.enrich.times.vocabulary import (
    ADVERBS,
    DECADES,
    PARTS_OF_DAY,
    PRESENT,
    SEASONS,
    UNIT_LETTERS,
    WEEKDAYS,
)
from flows.parse.dates import MONTHS

RULES: tuple[Rule, ...] = (
    absolute.ISO,
    absolute.NUMERIC,
    clock.CLOCK_DAY,
    clock.CLOCK_ALONE,
    clock.OCLOCK_ALONE,
    years.ERA,
    holidays.HOLIDAY,
    absolute.DAY_MONTH_YEAR,
    absolute.MONTH_DAY_YEAR,
    absolute.DAY_BEFORE_LIST,
    absolute.DAY_MONTH,
    months.MONTH_YEAR,
    absolute.MONTH_DAY,
    absolute.DAY_AFTER_LIST,
    periods.QUARTER,
    periods.HALF,
    periods.NAMED_QUARTER,
    durations.SET,
    durations.WEEKLY,
    relative.WEEKDAY_ALONE,
    relative.NEAR_DAY,
    clock.PART_OF_DAY,
    relative.NEAR_UNIT,
    periods.SEASON_OF_YEAR,
    relative.COUNTED,
    relative.COUNTED_YEAR,
    years.CENTURY,
    years.DECADE,
    years.DECADE_IN_WORDS,
    months.BARE_MONTH,
    months.VERB_MONTH,
    months.SHORT_MONTH,
    durations.HALF_UNIT,
    durations.LONG,
    durations.LENGTH,
    relative.VAGUE_TIME,
    durations.SOME_LENGTH,
    relative.UNIT_OF_ANCHOR,
    relative.THE_YEAR,
    durations.FOR_LENGTH,
    periods.FISCAL,
    years.YEAR_IN_CONTEXT,
    years.YEAR_RANGE_END,
    years.SHORT_YEAR,
)

_HINT_WORDS = sorted(
    {
        *MONTHS, *WEEKDAYS, *SEASONS, *ADVERBS, *PARTS_OF_DAY, *DECADES, *PRESENT, *UNIT_LETTERS,
        *(name.split()[0] for name in (*FIXED, *FEASTS, *HOME)), "prophet", "presiden",
        "centur", "today", "yesterday", "tomorrow", "noon", "midday", "midnight", "overnight", "recent", "period", "future",
        "past", "clock",
    }
)  # fmt: skip
HINT_HEADS = frozenset(word[:3] for word in _HINT_WORDS)
HINT_WORDS = tuple(_HINT_WORDS)
"""Every expression that a rule reads holds a digit or a word that begins with one of these; HINT_HEADS are their first letters."""
