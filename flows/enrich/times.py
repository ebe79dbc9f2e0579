"""Expressions of time, normalised to TIMEX3 values and resolved against the day of publication."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.enrich.calendar import Stretch
from flows.enrich.field import Field
from flows.enrich.sentences import sentence_at
from flows.enrich.timex import NO_ANCHOR, OFF_CALENDAR, RULES, Context, Rule, Value
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


FUTURE = re.compile(
    r"\b(?:will|would|shall|won['’]t|['’]ll|to be|due|scheduled|plan(?:s|ned)?|expect(?:s|ed)?|set to|going to|"
    r"until|by|next|upcoming|coming)\b[^.;]*$",
    re.IGNORECASE,
)
"""In the same sentence before a bare weekday or month, one of these sends it into the future."""


PAST = re.compile(
    r"\b(?:said|was|were|had|did|(?:met|held|announced|reported|began|launched|arrived))\b", re.IGNORECASE
)
"""Behind such a word, one of these brings it back: `will vote on a bill that was passed Tuesday`."""


def times_in(reading: Reading, found: Mapping[str, Any]) -> tuple[Time, ...]:
    """Return the expressions in reading order; the earlier rule has the word where two overlap."""
    del found
    matches: list[tuple[int, Rule, re.Match[str]]] = []
    taken = bytearray(len(reading.text))
    for rule in RULES:
        for match in rule.pattern.finditer(reading.text):
            start, end = match.span()
            if not any(taken[start:end]):
                matches.append((start, rule, match))
                taken[start:end] = b"\1" * (end - start)
    # In reading order, since some are counted from the one before them.
    times: list[Time] = []
    said = _Said()
    for _, rule, match in sorted(matches, key=lambda each: each[0]):
        if time := _time(rule, match, reading, said):
            times.append(time)
            said.remember(time)
    return tuple(times)


@dataclass(slots=True)
class _Said:
    """What the text has named so far: the last stretch of days with its sentence, and the last quarter."""

    stretch: Stretch | None = None
    sentence_no: int = -9
    quarter: Stretch | None = None

    def remember(self, time: Time) -> None:
        if time.start is None or time.end is None or time.precision is None:
            return
        stretch = Stretch(time.value, time.start, time.end, time.precision)
        if time.precision == "quarter":
            self.quarter = self.quarter if time.rule in ("counted", "counted-year", "period") else stretch
        if time.precision in ("day", "week", "month", "year"):
            self.stretch, self.sentence_no = stretch, time.sentence_no


def _looks_ahead(before: str) -> bool:
    cue = FUTURE.search(before)
    return cue is not None and not PAST.search(before, cue.start() + 1)


def _time(rule: Rule, match: re.Match[str], reading: Reading, said: _Said) -> Time | None:
    number = sentence_at(reading.sentences, match.start())
    before = reading.text[max(reading.sentences[number].start, match.start() - 80) : match.start()]
    anchor = reading.published_on
    named = said.stretch if number - said.sentence_no <= 1 else None
    try:
        value = rule.read(Context(match, anchor, _looks_ahead(before), named, said.quarter))
    except (ValueError, OverflowError):
        value = Value("DATE", "XXXX-XX-XX", null_reason=OFF_CALENDAR)
    if value is None:
        return None
    stretch = value.stretch
    return Time(
        span=Span(*match.span()),
        type=value.type,
        value=value.value,
        start=stretch.start if stretch else None,
        end=stretch.end if stretch else None,
        precision=stretch.precision if stretch else None,
        anchor=(named.start if value.counted_from == "text" and named else anchor)
        if value.anchored and stretch
        else None,
        anchor_from=value.counted_from if value.anchored and stretch else None,
        rule=rule.name,
        null_reason=None if stretch else value.null_reason or NO_ANCHOR,
        sentence_no=number,
    )


FIELD = Field("times", times_in)
