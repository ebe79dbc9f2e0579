"""Expressions of time, normalised to TIMEX3 values and resolved against the day of publication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flows.enrich.language.sentences import sentence_at
from flows.enrich.times.calendar import Stretch
from flows.enrich.times.timex import (
    HINT_HEADS,
    HINT_WORDS,
    NO_ANCHOR,
    OFF_CALENDAR,
    RULES,
    Context,
    Rule,
    Value,
)
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
    r"(?:\b(?:will|would|shall|won['’]t|to be|due|scheduled|plan(?:s|ned)?|expect(?:s|ed)?|set to|going to|(?:is|are) to|agree(?:d|ment) to|"
    r"next|upcoming|coming|effective|as (?:early|soon) as)|['’]ll)\b[^.;]*$|\b(?:until|through|by) $",
    re.IGNORECASE,
)
"""In the same sentence before a bare weekday or month, one of these sends it into the future."""


AROUND = 40
"""Characters on either side of a word of time that its expression lies within."""

BLANK, DIGITS, POSSESSIVE = re.compile(r"\s"), re.compile(r"[0-9]+"), re.compile(r"['’]s\b")

PAST = re.compile(
    r"\b(?:said|was|were|had|did|met|held|announced|reported|began|launched|arrived|closed|ended|canceled|cancelled|called)\b",
    re.IGNORECASE,
)
"""Behind such a word, one of these brings it back: `will vote on a bill that was passed Tuesday`."""


def times_in(reading: Reading) -> tuple[Time, ...]:
    """Return the expressions in reading order; the earlier rule has the word where two overlap."""
    matches: list[tuple[int, Rule, re.Match[str]]] = []
    taken = bytearray(len(reading.text))
    stretches = list(_worth_reading(reading))
    small = reading.text.lower()
    for rule in RULES:
        if rule.needs and not any(word in small for word in rule.needs):
            continue
        for start, end in stretches:
            for match in rule.pattern.finditer(reading.text, start, end):
                if not any(taken[match.start() : match.end()]):
                    matches.append((match.start(), rule, match))
                    taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    # In reading order, since some are counted from the one before them.
    times: list[Time] = []
    said = _Said()
    for _, rule, match in sorted(matches, key=lambda each: each[0]):
        if time := _time(rule, match, reading, said):
            times.append(time)
            said.remember(time)
    return tuple(times)


def _worth_reading(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text that hold a word or number of time, with what surrounds it, from blank to blank.

    The rules read these alone: most of a news text says nothing of time.
    """
    text = reading.text
    start = end = -1
    hints = [(digit.start(), digit.end()) for digit in DIGITS.finditer(text)]
    hints += [(word.start, word.end) for word in reading.words if _is_hint(word.text.lower())]
    for first, last in sorted(hints):
        if end >= 0 and first - AROUND <= end:
            end = max(end, last + AROUND)
            continue
        if end >= 0:
            yield start, _next_blank(text, end)
        start, end = max(0, first - AROUND), last + AROUND
    if end >= 0:
        yield start, _next_blank(text, end)


def _is_hint(word: str) -> bool:
    return word[:3] in HINT_HEADS and word.startswith(HINT_WORDS)


def _next_blank(text: str, at: int) -> int:
    blank = BLANK.search(text, min(at, len(text)))
    return blank.start() if blank else len(text)


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
    # `Wednesday's ruling` has been, whatever will be done about it.
    owned = POSSESSIVE.match(reading.text, match.end()) is not None
    named = said.stretch if number - said.sentence_no <= 1 else None
    try:
        value = rule.read(Context(match, anchor, _looks_ahead(before) and not owned, named, said.quarter))
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
