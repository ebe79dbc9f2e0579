"""Holidays: the day of `Independence Day`, `Eid al-Fitr` or `Christmas`, by the country that the text names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date, timedelta

from flows.enrich.times import hints, intervals
from flows.enrich.times.absolute import near_year
from flows.enrich.times.holiday_calendar import dates_in, free_days, has_holiday
from flows.enrich.times.holiday_names import (
    EQUIVALENT,
    FEASTS,
    FIXED,
    GENERAL,
    HOME,
    NAMED,
    OPEN,
    Feast,
    folded_name,
)
from flows.enrich.times.intervals import Interval
from flows.enrich.times.rules import NO_COUNTRY, WINDOW, Context, Value, dated, rule
from flows.enrich.times.vocabulary import AHEAD, BACK, NEAR_YEAR, WHICH, YEAR

BESIDE_BEFORE = frozenset({"", " ", "'s ", "’s ", "' ", "’ "})
BESIDE_AFTER = frozenset({" in ", " of ", " in the ", " across "})
"""Words between a country and its holiday."""


def _holiday(of: Context) -> Value | None:
    """Read a holiday in the year that puts it nearest to the anchor, or on the side that is asked for."""
    name = folded_name(of["holiday"])
    stated = int(of["year"]) if of["year"] else near_year(of)
    if of.anchor is None and stated is None and name in FIXED:
        month, day = FIXED[name]
        return Value("DATE", f"XXXX-{month:02d}-{day:02d}")
    if of.anchor is None and stated is None:
        return Value("DATE", "XXXX-XX-XX") if name in FEASTS or name in GENERAL else None
    years = [year for year in _years(of.anchor, stated) if MINYEAR <= year <= MAXYEAR]
    found = _intervals_of(name, years, of)
    if found is None:
        return Value("DATE", "XXXX-XX-XX", null_reason=NO_COUNTRY) if name in GENERAL else None
    chosen = _chosen(found, of)
    return dated(chosen, anchored=not of["year"])


def _years(anchor: date | None, stated: int | None) -> tuple[int, ...]:
    if stated is not None:
        return (stated,)
    return (anchor.year - 1, anchor.year, anchor.year + 1) if anchor else ()


def _chosen(found: list[Interval], of: Context) -> Interval | None:
    anchor = of.anchor
    if anchor is None or of["year"]:
        return found[0] if found else None
    if of["which"] in BACK:
        found = [there for there in found if there.start < anchor]
    elif of["which"] in AHEAD:
        found = [there for there in found if there.start > anchor]
    return min(found, key=lambda there: abs((there.start - anchor).days), default=None)


def _intervals_of(name: str, years: list[int], of: Context) -> list[Interval] | None:
    """Return the holiday in each of the years, or None if no country of the text has it."""
    if name in FIXED and not _orthodox(name, of):
        month, day = FIXED[name]
        return [there for year in years if (there := intervals.day_of(year, month, day))]
    if feast := FEASTS.get(name):
        return [there for year in years for there in _feast(feast, year, of)]
    for countries in _countries(of):
        days = [
            intervals.day(found)
            for country in countries
            for label in (name, *EQUIVALENT.get(name, ()))
            for year in years
            for found in dates_in(country, label, year)
        ]
        if days:
            return days
    if home := HOME.get(name):
        country, label = home
        return [intervals.day(found) for year in years for found in dates_in(country, label, year)]
    return None


def _orthodox(name: str, of: Context) -> bool:
    """Return True for Christmas in a country that celebrates it on another day."""
    return (
        name.startswith("christmas")
        and name != "christmas eve"
        and any(
            not has_holiday(country, "christmas", (12, 25)) and has_holiday(country, "christmas", (1, 7))
            for country in _nearest(of)
        )
    )


def _feast(feast: Feast, year: int, of: Context) -> Iterator[Interval]:
    """Yield the days of a feast in the countries beside it, else in its own country."""
    home = (
        (western_easter(year),) if feast.counted_from_easter else dates_in(feast.country, feast.label, year)
    )
    kept = [free_days(country, feast.label, year, exact=True) for country in _nearest(of)]
    # If a country's days include those of the feast's own country, they only begin earlier, with the eve.
    own = [days for days in kept if days]
    for first in home if not own or set(own[0]) & set(home) else own[0][:1]:
        start = first + timedelta(days=feast.offset)
        last = start + timedelta(days=feast.days - 1)
        if feast.days == 1:
            yield intervals.day(start)
        else:
            yield Interval(f"{start.isoformat()}/{last.isoformat()}", start, last, "month")


def _nearest(of: Context) -> tuple[str, ...]:
    """Return the countries beside the holiday, else those of its sentence."""
    return next((countries for countries in list(_countries(of))[:2] if countries), ())


def _countries(of: Context) -> Iterator[tuple[str, ...]]:
    """Yield the countries beside the holiday, those of its sentence and, if it names none, those of the text by how often it names them."""
    start, end = of.match.span("holiday") if of.match["holiday"] else of.match.span()
    text = of.reading.text
    beside: list[str] = []
    sentence: list[str] = []
    for span, country in of.countries.within(
        max(of.sentence.start, start - WINDOW), min(of.sentence.end, end + WINDOW)
    ):
        sentence.append(country)
        inside = start <= span.start < end
        before = span.end <= start and text[span.end : start] in BESIDE_BEFORE
        after = span.start >= end and text[end : span.start] in BESIDE_AFTER
        if inside or before or after:
            beside.append(country)
    yield tuple(dict.fromkeys(beside))
    yield tuple(dict.fromkeys(sentence))
    if not sentence:
        for country in of.countries.by_frequency:
            yield (country,)


def western_easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar. Source: the anonymous algorithm (Meeus, Astronomical Algorithms, 8)."""
    golden, (hundreds, rest) = year % 19, divmod(year, 100)
    fours, left = divmod(hundreds, 4)
    moon = (19 * golden + hundreds - fours - (hundreds - (hundreds + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * sunday) // 451
    number, day_before = divmod(moon + sunday - 7 * shift + 114, 31)
    return date(year, number, day_before + 1)


HOLIDAY = rule(
    "holiday",
    rf"{WHICH}(?P<holiday>{NAMED}|{OPEN})(?:,?\s{YEAR}|(?=\s(?i:in)\s(?P<year2>[12][0-9]{{3}})\b)|{NEAR_YEAR})?",
    _holiday,
    fold=False,
    hints=(hints.HOLIDAY,),
    examples=(
        ("on [Christmas Eve]", "2019-12-24"),
        ("[Easter 2021]", "2021-04-04"),
        ("on [Easter Sunday] in 2018", "2018-04-01"),
        ("in churches on [Easter Sunday last year]", "2019-04-21"),
        ("[Thanksgiving 2019]", "2019-11-28"),
        ("a truce for [Eid al-Fitr]", "2020-05-24"),
        ("fasted in [Ramadan]", "2020-04-24/2020-05-23"),
        ("for [Orthodox Easter]", "2020-04-19"),
        ("on [Independence Day]", "XXXX-XX-XX"),
    ),
    counterexamples=("Christmas Island holds asylum seekers.", "Ramadan Shallah led the group."),
)
