"""The rules of times in their order: where two matches overlap, the earlier rule is used."""

from __future__ import annotations

from flows.enrich.times import absolute, clock, durations, holidays, months, periods, relative, years
from flows.enrich.times.rules import Rule

RULES: tuple[Rule, ...] = (
    absolute.ISO,
    absolute.NUMERIC,
    clock.CLOCK_DAY,
    clock.WEEKDAY_NOON,
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

NUMERIC_RULES: tuple[Rule, ...] = (absolute.ISO, absolute.NUMERIC, clock.CLOCK_ALONE)
"""The rules that hold in every language: the words of the others are English."""
