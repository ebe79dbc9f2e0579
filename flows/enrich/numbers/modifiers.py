"""Words before and after a numeral that set its bound: `at least 50`, `up to some 50`, `50 or more`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.enrich.numbers.reference import NumberReference

EXACT, AT_LEAST, AT_MOST, ABOUT, BETWEEN, VAGUE_BOUND = "exact at_least at_most about between vague".split()
BOUNDS = (AT_LEAST, AT_MOST, ABOUT, EXACT)
"""The first that a modifier of a numeral has is its bound: `at least some 50` is at_least."""

MAX_WORDS = 5
MAX_WORD = 16
BLANKS = (" ", "\n", "\u00a0")
LOOK_BACK = 48
"""Characters before a numeral in which modifiers are looked for: those of the longest with its blanks."""

MAX_MODIFIERS = 3
CURRENCY = re.compile(r"(?:(?<![a-z])[a-z]{1,3})?[$€£¥₹₦₽₺₩₪₴₱฿]\s?$|(?<![a-z])(?:rs\.?|usd|eur|gbp)\s?$")
"""Between a modifier and digits: `at least $50`."""

TOKEN = re.compile(r"(?:\s*|-)([a-z]+|\+)")


def modifiers_before(lowered: str, start: int, reference: NumberReference) -> tuple[int, frozenset[str]]:
    """Return where the modifiers before a numeral begin, and their bounds."""
    bounds: set[str] = set()
    at = start
    if lowered[start - 1 : start] not in (" ", "") and (
        sign := CURRENCY.search(lowered, max(0, start - 6), start)
    ):
        at = sign.start()
    begin = start
    for _ in range(MAX_MODIFIERS):
        if not _may_end(lowered, at, reference):
            break
        window = lowered[max(0, at - LOOK_BACK) : at]
        stripped = window.rstrip()
        words = _last_words(stripped, MAX_WORDS)
        found = next(
            (
                position
                for position in words
                if (position == 0 or not stripped[position - 1].isalnum())
                and " ".join(stripped[position:].split()) in reference.before
            ),
            None,
        )
        if found is None:
            break
        bounds.add(reference.before[" ".join(stripped[found:].split())])
        begin = at = at - len(window) + found
    return begin, frozenset(bounds)


def _may_end(lowered: str, at: int, reference: NumberReference) -> bool:
    """Return True if the word before `at` ends a modifier; it ends most searches early."""
    end = at - 1 if lowered[at - 1 : at] in BLANKS else at
    begin = max(0, end - MAX_WORD)
    start = max(begin, lowered.rfind(" ", begin, end) + 1, lowered.rfind("\n", begin, end) + 1)
    return lowered[start:end].strip("(-\"“'‘,") in reference.last_before


def _last_words(window: str, count: int) -> list[int]:
    """Return where each of the last words begins, the farthest first; a sign that is no modifier ends the search."""
    starts: list[int] = []
    end = len(window)
    while len(starts) < count and end:
        at = max(window.rfind(blank, 0, end) for blank in BLANKS) + 1
        if window[end - 1] in ".,;:!?)(\"“”'’" and starts:
            break
        starts.append(at)
        end = len(window[: at - 1].rstrip()) if at else 0
    return starts[::-1]


def modifiers_after(lowered: str, end: int, reference: NumberReference) -> tuple[int, frozenset[str]]:
    """Return where the modifier behind a numeral ends, and its bound, if there is one."""
    token = TOKEN.match(lowered, end)
    if token is None or token[1] not in reference.first_after:
        return end, frozenset()
    words: list[str] = []
    longest: tuple[int, frozenset[str]] = (end, frozenset())
    at = end
    while len(words) < MAX_WORDS and (token := TOKEN.match(lowered, at)):
        words.append(token[1])
        at = token.end()
        if bound := _bound(words, reference.after):
            longest = (at, frozenset((bound,)))
    return longest


def _bound(words: list[str], table: Mapping[str, str]) -> str | None:
    return table.get(" ".join(words))


def bound_of(bounds: frozenset[str]) -> str:
    """Return the bound that holds of all that modify a numeral."""
    return next((bound for bound in BOUNDS if bound in bounds), EXACT)
