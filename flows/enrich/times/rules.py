"""What a rule of times is: a pattern, a reader of what it matches, and examples that are tested."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from flows.enrich.times.countries import Countries
from flows.enrich.times.future import looks_ahead
from flows.enrich.times.intervals import Interval
from flows.records import Reading, Span

NO_ANCHOR = "no publication date to count from"
OFF_CALENDAR = "no such day in the calendar"
VAGUE = "the expression names no certain time"
NOT_DATED = "a duration without a beginning"
REPEATED = "a time that repeats"
AMBIGUOUS = "the order of day and month is ambiguous"
BEFORE_CALENDAR = "before the year 1"
NO_COUNTRY = "no country that the text names is known to have this holiday"


WINDOW = 240
"""Characters on either side of a match that its reader may look at, so that a long sentence is read in linear time."""

BOUNDARY = r"(?<![\w$£€.,:/-])"


MAX_VARIANTS = 7
_VARIANTS: dict[tuple[str, str], tuple[str, ...]] = {}
"""The names of a group and of its variants that a pattern has, by the pattern and the group."""

MAX_END_CHARS = 80
"""No phrase that `before_end` looks for is longer."""


def before_end(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the match of a pattern that ends in `$` and looks for a short phrase: only the end of the text is searched."""
    return pattern.search(text, max(0, len(text) - MAX_END_CHARS))


@dataclass(frozen=True, slots=True)
class Context:
    """The arguments of a reader: the match, the text around it, and the times before it.

    `anchor` is the day of publication. `before` is the last interval named in this sentence or the one before it;
    `quarter` the last quarter named in the text.
    """

    match: re.Match[str]
    reading: Reading = field(repr=False)
    sentence: Span
    before: Interval | None = None
    quarter: Interval | None = None
    countries: Countries = field(default=Countries(), repr=False)

    def __getitem__(self, group: str) -> str:
        """Return the words of a group, or of its variants, in lowercase with single spaces; empty if it did not match."""
        pattern = self.match.re
        names = _VARIANTS.get((pattern.pattern, group))
        if names is None:
            variants = (group, *(f"{group}{number}" for number in range(2, MAX_VARIANTS + 1)))
            names = tuple([name for name in variants if name in pattern.groupindex])
            _VARIANTS[pattern.pattern, group] = names
        for name in names:
            if found := self.match[name]:
                return " ".join(found.lower().rstrip(".").split())
        return ""

    @property
    def looks_ahead(self) -> bool:
        """Whether the sentence speaks of what will be, so that a bare weekday or month is a coming one."""
        return looks_ahead(self.reading.text, self.sentence.start, self.match)

    @property
    def anchor(self) -> date | None:
        """The day of publication, or None."""
        return self.reading.published_on

    @property
    def preceding(self) -> str:
        """The text of the sentence before the match, at most WINDOW characters."""
        start = self.match.start()
        return self.reading.text[max(self.sentence.start, start - WINDOW) : start]

    @property
    def following(self) -> str:
        """The text of the sentence after the match, at most WINDOW characters."""
        end = self.match.end()
        return self.reading.text[end : min(self.sentence.end, end + WINDOW)]


@dataclass(frozen=True, slots=True)
class Value:
    """A TIMEX3 type and value, the interval, and the origin of a relative time."""

    type: str
    value: str
    interval: Interval | None = None
    anchored: bool = False
    null_reason: str | None = None
    counted_from: str = "publication"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern with a name, and the reader of what it matches; the reader returns None for what is not a time.

    The rule is tried where a passage holds a word of one of the kinds `hints` and its outline one of the strings `needs`, if
    there are any; `outline_of` says what an outline is.
    `examples` are sentences with the expression in brackets, and its value counted from Thursday, 20 February 2020;
    in `counterexamples` the rule finds nothing. Text that a match covers is not tried by later rules, unless `applies`
    returns False.
    """

    name: str
    pattern: re.Pattern[str]
    read: Callable[[Context], Value | None]
    hints: frozenset[str]
    examples: tuple[tuple[str, str], ...]
    counterexamples: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    applies: Callable[[re.Match[str]], bool] | None = None


_AS_ZERO = str.maketrans("123456789", "000000000")


def outline_of(text: str) -> str:
    """Return a text in lowercase, with `0` for each digit and `_` for blanks: `AT 9:30 PM` is `at_0:00_pm`."""
    return "_".join(text.lower().translate(_AS_ZERO).split())


def rule(
    name: str,
    pattern: str,
    read: Callable[[Context], Value | None],
    *,
    hints: tuple[str, ...],
    examples: tuple[tuple[str, str], ...],
    counterexamples: tuple[str, ...] = (),
    needs: str = "",
    applies: Callable[[re.Match[str]], bool] | None = None,
    fold: bool = True,
    bounded: bool = True,
    after_dash: bool = False,
    before_slash: bool = False,
) -> Rule:
    """Build a rule.

    `fold` ignores case; `bounded` keeps the match from beginning inside a number, an amount or an address; `after_dash` lets it
    begin after a number or a word and a dash, and `before_slash` end before a slash.
    """
    left = BOUNDARY if bounded else ""
    if after_dash:
        left = rf"(?:{BOUNDARY}|(?<=[0-9a-z][-–/]))"
    right = r"(?!\w)" if before_slash else r"(?![\w/])"
    compiled = re.compile(rf"{left}(?:{pattern}){right}", re.IGNORECASE if fold else 0)
    return Rule(
        name, compiled, read, frozenset(hints), examples, counterexamples, tuple(needs.split()), applies
    )


def dated(
    interval: Interval | None,
    *,
    anchored: bool = False,
    suffix: str = "",
    counted_from: str = "publication",
) -> Value:
    """Return the value of an interval, or a null if it is not on the calendar."""
    if interval is None:
        return Value("DATE", "XXXX-XX-XX", null_reason=OFF_CALENDAR)
    return Value(
        "TIME" if suffix else "DATE", interval.value + suffix, interval, anchored, None, counted_from
    )
