"""Words of time: they select the passages that the rules read, and the rules that are tried in each.

Every expression that a rule reads holds a digit or one of these words. Most of a news text holds neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from flows.enrich.times.holiday_names import FEASTS, FIXED, HOME
from flows.enrich.times.vocabulary import ADVERBS, DECADES, PARTS_OF_DAY, SEASONS, WEEKDAYS
from flows.parse.dates import MONTHS
from flows.records import Reading, Word

DIGIT, MONTH, WEEKDAY, UNIT, DAY, PART, SEASON, ADVERB, DECADE, VAGUE, HOLIDAY, CLOCK = (
    "digit month weekday unit day part season adverb decade vague holiday clock".split()
)

AROUND = 40
"""Characters on either side of a word of time that its expression lies within."""

HEAD = 3
"""Letters by which words are looked up."""

_NAMED = {
    **dict.fromkeys(MONTHS, MONTH),
    **dict.fromkeys((form for name in WEEKDAYS for form in (name, f"{name}s")), WEEKDAY),
    **dict.fromkeys(
        (
            name.split()[0].removesuffix("s")
            for name in (*FIXED, *FEASTS, *HOME)
            if not name.endswith(" day") and name != "new year"
        ),
        HOLIDAY,
    ),
    "prophet": HOLIDAY,
}
"""Words that refer to time only if capitalised; `may` is a verb."""

_STEMS = {
    **dict.fromkeys(
        "second minute hour day week fortnight month quarter period year decade centur".split(), UNIT
    ),
    **dict.fromkeys((*PARTS_OF_DAY, "overnight"), PART),
    **dict.fromkeys("today yesterday tomorrow tonight".split(), DAY),
    **dict.fromkeys("noon midday midnight o'clock o’clock".split(), CLOCK),
    **dict.fromkeys(SEASONS, SEASON),
    **dict.fromkeys(ADVERBS, ADVERB),
    **dict.fromkeys(DECADES, DECADE),
    **dict.fromkeys("now nowadays current present recent future past coming".split(), VAGUE),
}
"""Words that refer to time in any case and with any ending."""

_STEMS_BY_HEAD = {
    head: tuple((stem, kind) for stem, kind in _STEMS.items() if stem.startswith(head))
    for head in {stem[:HEAD] for stem in _STEMS}
}
_HEADS = frozenset(
    cased
    for head in {
        *_STEMS_BY_HEAD,
        *(form[:HEAD] for name in (*_NAMED, "day", "eve") for form in (name, f"{name}s")),
    }
    for cased in map("".join, product(*({letter, letter.upper()} for letter in head)))
)
"""In any case, so that the words of a text need not be lowered."""
_DAY_NAMES = frozenset({"Day", "DAY", "Eve", "EVE"})
_DIGITS, _BLANK = re.compile(r"[0-9]+"), re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text between blanks, and the kinds of words of time that it contains."""

    start: int
    end: int
    kinds: frozenset[str]


def passages_in(reading: Reading) -> Iterator[Passage]:
    """Yield the passages of a text around each word or number of time."""
    text = reading.text
    hints = [(*digit.span(), DIGIT) for digit in _DIGITS.finditer(text)]
    near = [word for word in reading.words if word.text[:HEAD] in _HEADS]
    hints += [(word.start, word.end, kind) for word in near for kind in kinds_of(word)]
    start = end = -1
    kinds: set[str] = set()
    for first, last, kind in sorted(hints):
        if end >= 0 and first - AROUND <= end:
            end = max(end, last + AROUND)
        else:
            if end >= 0:
                yield Passage(start, _next_blank(text, end), frozenset(kinds))
            start, end = max(0, first - AROUND), last + AROUND
            kinds = set()
        kinds.add(kind)
    if end >= 0:
        yield Passage(start, _next_blank(text, end), frozenset(kinds))


def kinds_of(word: Word) -> Iterator[str]:
    """Yield the kinds of a word of time; nothing for most words."""
    lowercase = word.text.lower()
    head = lowercase[:HEAD]
    for stem, kind in _STEMS_BY_HEAD.get(head, ()):
        if lowercase.startswith(stem):
            yield kind
            break
    named = _NAMED.get(lowercase) or _NAMED.get(lowercase.removesuffix("s")) if word.upper else None
    if named:
        yield named
    if word.text in _DAY_NAMES:
        yield HOLIDAY


def _next_blank(text: str, at: int) -> int:
    blank = _BLANK.search(text, min(at, len(text)))
    return blank.start() if blank else len(text)
