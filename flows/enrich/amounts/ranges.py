"""Joins the two ends of a range that both have their unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from flows.enrich.amounts.amount import AGE_KIND, NO_BEST, Amount
from flows.enrich.numbers.modifiers import BETWEEN
from flows.enrich.numbers.quantities import MAX_RANGE_RATIO
from flows.records import Span

LINK = re.compile(r"\s?[-–—]\s?|\s(?:to|or)\s(?:(?:about|up to|as much as|as many as)\s)?")
AND = re.compile(r"\sand\s")
BETWEEN_WORD = re.compile(r"(?<![^\W_])between\s(?:[^\W\d_]+\s){0,2}$", re.IGNORECASE)
CHANGE_WORDS = 5
LOOK_BACK = 24


def joined(text: str, amounts: Sequence[Amount], change: Set[str]) -> Iterator[Amount]:
    """Join the two ends of a range that both have their unit: `5 km to 10 km`, `between 2 dollars and 3 dollars`.

    Behind a verb of `change` and `from` they are two amounts.
    """
    at = 0
    while at < len(amounts):
        first = amounts[at]
        second = amounts[at + 1] if at + 1 < len(amounts) else None
        if second and _are_range(text, first, second, change):
            opening = BETWEEN_WORD.search(text, max(0, first.span.start - LOOK_BACK), first.span.start)
            yield replace(
                first,
                span=Span(opening.start() if opening else first.span.start, second.span.end),
                number=Span(first.number.start, second.number.end),
                best=None,
                high=second.best,
                bound=BETWEEN,
                si_value=None,
                si_high=second.si_value,
                counted=second.counted,
                null_reason=NO_BEST,
            )
            at += 2
        else:
            yield first
            at += 1


def _are_range(text: str, first: Amount, second: Amount, change: Set[str]) -> bool:
    if (first.kind, first.unit, first.currency) != (
        second.kind,
        second.unit,
        second.currency,
    ) or first.kind == AGE_KIND:
        return False
    if first.best is None or second.best is None or first.best >= second.best:
        return False
    if second.span.start < first.span.end:
        return False
    gap = text[first.span.end : second.span.start]
    before = text[max(0, first.span.start - 2 * LOOK_BACK) : first.span.start]
    if AND.fullmatch(gap):
        return BETWEEN_WORD.search(before) is not None
    words = before.lower().split()[-CHANGE_WORDS:]
    is_level = second.best > MAX_RANGE_RATIO * first.best
    is_change = (words[-1:] == ["from"] or is_level) and not change.isdisjoint(words)
    if " or " in gap and is_level:
        # `seven cents or 1.2 million dollars`
        return False
    return LINK.fullmatch(gap) is not None and not is_change
