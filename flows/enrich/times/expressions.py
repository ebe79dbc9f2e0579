"""Expressions of time, normalised to TIMEX3 values and resolved against the day of publication."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.times.countries import Countries, countries_of
from flows.enrich.times.grammar import NUMERIC_RULES, RULES
from flows.enrich.times.hints import Passage, passages_in
from flows.enrich.times.intervals import Interval
from flows.enrich.times.names import is_part_of_name
from flows.enrich.times.rules import NO_ANCHOR, Context, Rule, outline_of
from flows.records import Reading, Span


@dataclass(frozen=True, slots=True)
class Time:
    """One expression of time.

    `type` and `value` are TIMEX3's; `start` and `end` are the first and last day, or None with
    `null_reason`. `anchor` is the day that a relative expression was counted from,
    and `anchor_from` whether the publication or the text named it.
    """

    span: Span
    type: str
    value: str
    start: date | None
    end: date | None
    precision: str | None
    anchor: date | None
    anchor_from: str | None
    rule: str
    null_reason: str | None
    sentence_no: int


def times_in(reading: Reading, places: Sequence[PlaceMention] = ()) -> tuple[Time, ...]:
    """Return the expressions in reading order; where two overlap, that of the earlier rule.

    `places` are those of the same text: they determine whose holiday is meant. In a text of another language only expressions in
    figures are read.
    """
    is_unread = reading.unread is not None
    matches = [
        found
        for passage in passages_in(reading)
        for found in _matches(reading.text, passage, rules_for(passage.kinds, numeric_only=is_unread))
    ]
    # In reading order, since some are counted from the one before them.
    times: list[Time] = []
    countries = countries_of(places)
    named = _Named()
    for _, rule, match in sorted(matches, key=lambda each: each[0]):
        if time := _time(rule, match, reading, countries, named):
            times.append(time)
            named.remember(time)
    return tuple(times)


@lru_cache(maxsize=1024)
def rules_for(kinds: frozenset[str], *, numeric_only: bool) -> tuple[Rule, ...]:
    """Return the rules that are tried in a passage with these kinds of words, in their order."""
    return tuple(
        [each for each in (NUMERIC_RULES if numeric_only else RULES) if not each.hints.isdisjoint(kinds)]
    )


def _matches(text: str, passage: Passage, rules: Sequence[Rule]) -> Iterator[tuple[int, Rule, re.Match[str]]]:
    """Yield what the rules match in a passage; where two matches overlap, that of the earlier rule."""
    start, end = passage.start, passage.end
    outline = outline_of(text[start:end])
    taken = bytearray(end - start)
    for rule in rules:
        if not _holds(outline, rule.needs):
            continue
        for match in rule.pattern.finditer(text, start, end):
            first, last = match.start() - start, match.end() - start
            if not any(taken[first:last]) and (rule.applies is None or rule.applies(match)):
                taken[first:last] = b"\1" * (last - first)
                yield match.start(), rule, match


def _holds(outline: str, needs: tuple[str, ...]) -> bool:
    for word in needs:  # a generator takes twice the time, for each rule and passage
        if word in outline:
            return True
    return not needs


@dataclass(slots=True)
class _Named:
    """What the text has named so far: the last interval with its sentence, and the last quarter."""

    interval: Interval | None = None
    sentence_no: int = -9
    quarter: Interval | None = None

    def remember(self, time: Time) -> None:
        if time.start is None or time.end is None or time.precision is None:
            return
        interval = Interval(time.value, time.start, time.end, time.precision)
        if time.precision == "quarter":
            self.quarter = self.quarter if time.rule in ("counted", "counted-year", "period") else interval
        if time.precision in ("day", "week", "month", "year"):
            self.interval, self.sentence_no = interval, time.sentence_no


def _time(
    rule: Rule, match: re.Match[str], reading: Reading, countries: Countries, named: _Named
) -> Time | None:
    number = sentence_at(reading.sentences, match.start())
    sentence = reading.sentences[number]
    before = named.interval if number - named.sentence_no <= 1 else None
    context = Context(match, reading, sentence, before, named.quarter, countries)
    if is_part_of_name(context, rule.name):
        return None
    value = rule.read(context)
    if value is None:
        return None
    interval = value.interval
    named_before = (before or named.quarter) if value.counted_from == "text" else None
    return Time(
        span=Span(*match.span()),
        type=value.type,
        value=value.value,
        start=interval.start if interval else None,
        end=interval.end if interval else None,
        precision=interval.precision if interval else None,
        anchor=(named_before.start if named_before else reading.published_on)
        if value.anchored and interval
        else None,
        anchor_from=value.counted_from if value.anchored and interval else None,
        rule=rule.name,
        null_reason=None if interval else value.null_reason or NO_ANCHOR,
        sentence_no=number,
    )
