"""Quantities: every number expression of a text with its bounds and what its shape says it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from flows.enrich.numbers.atoms import atoms_in, lowercase
from flows.enrich.numbers.modifiers import (
    AT_LEAST,
    AT_MOST,
    BETWEEN,
    VAGUE_BOUND,
    bound_of,
    modifiers_after,
    modifiers_before,
)
from flows.enrich.numbers.numerals import Numeral, number_of, numerals_in
from flows.enrich.numbers.reference import DIGITS, NumberReference
from flows.enrich.numbers.shapes import (
    AGE,
    COUNT,
    DATE,
    MONEY,
    ORDINAL,
    PERCENT,
    PHONE,
    SCORE,
    shape_of,
)
from flows.records import Span

Number = int | float


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number expression.

    `span` covers the numeral and its modifiers, `numeral` the numeral alone; of a range it runs from the first numeral to the second, which
    are `parts`. `low`, `best` and `high` are null where the words leave them open: `high` of at_least, `low` of at_most, `best` of
    a range, `best` and `high` of a vague term. All three are the number itself where the bound is exact or about.
    `acled_number` is what ACLED codes for a vague term. `kind` is digits or words. `shape` is count, or what makes the
    number no count: ordinal, fraction, percent, money, age, date, clock, score, designation, label, address, phone.
    `factor` is that of its last multiplier: 1000000 of `3 million`.
    """

    span: Span
    numeral: Span
    low: Number | None
    best: Number | None
    high: Number | None
    bound: str
    vague: str | None
    acled_number: int | None
    kind: str
    shape: str
    factor: int
    parts: tuple[Span, ...]

    @property
    def is_ordinal(self) -> bool:
        """Return True for `second`, `3rd`."""
        return self.shape == ORDINAL

    @property
    def is_count(self) -> bool:
        """Return True if nothing in its shape says that the number counts nothing."""
        return self.shape == COUNT


@dataclass(slots=True)
class _Shaped:
    """A numeral with its shape."""

    numeral: Numeral
    shape: str


DASH = re.compile(r"\s?[-–—‑]\s?")
RANGE_GAP = re.compile(
    r"(?P<link>\s?[-–—‑]\s?|\s(?:to|or|and)\s)(?:(?:up to|as many as|at most|perhaps|even|about|around)\s)?(?:[a-z]{0,3}[$€£¥₹]\s?|rs\.?\s?)?"
)
BETWEEN_BEFORE = re.compile(
    r"(?<![^\W_])(?P<word>between|from|anywhere from|somewhere between)\s(?:[a-z]{0,3}[$€£¥₹]\s?|(?:the\sages?\sof|rs\.?|usd|eur)\s|(?:about|around|some)\s)?$"
)
UNIT_GAP = 24
ORDINAL_LETTERS = re.compile(r"(?:st|nd|rd|th)(?![^\W_])")
RESULT_WORDS = 5
MAX_RANGE_RATIO = 3
"""Behind a verb of change, `rose 10 to 15 percent` is a range and `rose 3 to 450` a change and a level."""
LOOK_BACK = 48
COMPARABLE = frozenset({COUNT, MONEY, PERCENT, AGE, DATE})
WORD = re.compile(r"[^\W\d_]+")


def quantities_in(text: str, reference: NumberReference) -> tuple[Quantity, ...]:
    """Return every number expression of a text in reading order, whatever its shape; a caller filters by it."""
    lowered = lowercase(text)
    numerals = numerals_in(lowered, list(atoms_in(lowered, reference)), reference)
    for numeral in numerals:
        if numeral.kind == DIGITS and (letters := ORDINAL_LETTERS.match(lowered, numeral.end)):
            numeral.end, numeral.is_ordinal = letters.end(), True
    shaped = [_Shaped(each, shape_of(text, lowered, each, reference)) for each in numerals]
    _mark_chains(text, shaped)
    found = list(_quantities(lowered, shaped, reference))
    # The `few` of `as few as 50` is part of the modifier.
    return tuple(
        each
        for each, following in zip_longest(found, found[1:])
        if following is None or each.numeral.end <= following.span.start
    )


def _quantities(lowered: str, shaped: Sequence[_Shaped], reference: NumberReference) -> Iterator[Quantity]:
    at = 0
    while at < len(shaped):
        link = _range_link(lowered, shaped, at, reference)
        if link == BETWEEN:
            yield _range(lowered, shaped[at], shaped[at + 1], reference)
            at += 2
        elif link == SCORE:
            yield _single(lowered, _Shaped(shaped[at].numeral, SCORE), reference)
            yield _single(lowered, _Shaped(shaped[at + 1].numeral, SCORE), reference)
            at += 2
        else:
            yield _single(lowered, shaped[at], reference)
            at += 1


def _single(lowered: str, shaped: _Shaped, reference: NumberReference) -> Quantity:
    numeral = shaped.numeral
    start, before = modifiers_before(lowered, numeral.start, reference)
    end, after = modifiers_after(lowered, numeral.end, reference)
    if shaped.shape in (ORDINAL, DATE):
        start, end, before, after = numeral.start, numeral.end, frozenset(), frozenset()
    span = Span(start, end)
    bare = Span(numeral.start, numeral.end)
    if numeral.vague:
        return Quantity(
            span=span,
            numeral=bare,
            low=None if AT_MOST in before else numeral.low,
            best=None,
            high=None,
            bound=VAGUE_BOUND,
            vague=numeral.vague,
            acled_number=numeral.acled_number,
            kind=numeral.kind,
            shape=shaped.shape,
            factor=numeral.factor,
            parts=(bare,),
        )
    bound = bound_of(before | after)
    value = None if numeral.value is None else number_of(numeral.value)
    return Quantity(
        span=span,
        numeral=bare,
        low=None if bound == AT_MOST else value,
        best=value,
        high=None if bound == AT_LEAST else value,
        bound=bound,
        vague=None,
        acled_number=None,
        kind=numeral.kind,
        shape=shaped.shape,
        factor=numeral.factor,
        parts=(bare,),
    )


def _range(lowered: str, first: _Shaped, second: _Shaped, reference: NumberReference) -> Quantity:
    low, high = first.numeral, second.numeral
    value = low.value
    if (
        low.factor == 1 < high.factor
        and value is not None
        and high.value is not None
        and value <= high.value / high.factor
    ):
        # `10 to 15 million`
        value = value * high.factor
    start, _ = modifiers_before(lowered, low.start, reference)
    if opening := BETWEEN_BEFORE.search(lowered, max(0, low.start - LOOK_BACK), low.start):
        start = min(start, opening.start())
    shapes = {first.shape, second.shape} - {COUNT}
    return Quantity(
        span=Span(start, high.end),
        numeral=Span(low.start, high.end),
        low=None if value is None else number_of(value),
        best=None,
        high=None if high.value is None else number_of(high.value),
        bound=BETWEEN,
        vague=None,
        acled_number=None,
        kind=low.kind,
        shape=min(shapes) if shapes else COUNT,
        factor=high.factor,
        parts=(Span(low.start, low.end), Span(high.start, high.end)),
    )


def _range_link(lowered: str, shaped: Sequence[_Shaped], at: int, reference: NumberReference) -> str | None:
    """Return BETWEEN if a numeral and the next are the ends of a range, SCORE if they are a result, else None."""
    if at + 1 >= len(shaped):
        return None
    first, second = shaped[at], shaped[at + 1]
    low, high = first.numeral, second.numeral
    if high.start - low.end > UNIT_GAP or low.value is None or high.value is None:
        return None
    if not {first.shape, second.shape} <= COMPARABLE or low.is_ordinal != high.is_ordinal:
        return None
    gap = _gap(lowered, low.end, high.start, first.shape)
    if gap is None:
        return None
    is_hyphen = DASH.fullmatch(gap) is not None
    before = lowered[max(0, low.start - LOOK_BACK) : low.start]
    opening = BETWEEN_BEFORE.search(before)
    word = opening["word"].split()[-1] if opening else None
    words = WORD.findall(before)[-RESULT_WORDS:]
    if first.shape == PERCENT != second.shape:
        return None
    if (gap.strip() == "and" and word != "between") or (gap.strip() == "or" and first.shape != second.shape):
        return None
    shared = high.value / high.factor if low.factor == 1 < high.factor else high.value
    if low.value >= shared and low.value >= high.value:
        return (
            SCORE
            if (is_hyphen or gap.strip() == "to")
            and first.shape == second.shape == COUNT
            and low.factor == high.factor == 1
            else None
        )
    contexts = reference.contexts
    if gap.strip() == "to" and word == "from" and not contexts["change"].isdisjoint(words):
        return None
    if is_hyphen and first.shape == second.shape == COUNT and not contexts["result"].isdisjoint(words):
        return SCORE
    is_level = shared > MAX_RANGE_RATIO * low.value
    if gap.strip() == "to" and word is None and is_level and not contexts["change"].isdisjoint(words[-2:]):
        # `rose 3 to 450`
        return None
    return BETWEEN


def _gap(lowered: str, start: int, end: int, shape: str) -> str | None:
    """Return the `-`, `to`, `or` or `and` between two numerals, or None; a sign of per cent may stand before it."""
    if shape == PERCENT:
        start += len("%") if lowered.startswith("%", start) else 0
        if word := PERCENT_WORD.match(lowered, start, end):
            start = word.end()
    found = RANGE_GAP.fullmatch(lowered, start, end)
    return found["link"] if found else None


PERCENT_WORD = re.compile(r"\s?(?:percent|per\scent|pct)")


def _mark_chains(text: str, shaped: Sequence[_Shaped]) -> None:
    """Mark digits joined by hyphens that are dates, seasons and telephone numbers: `2020-02-20`, `2019-20`, `555-123-4567`, `+963 11 222`."""
    for before, each in pairwise(shaped):
        if before.shape == PHONE and text[before.numeral.end : each.numeral.start] in (" ", "-", ") ", ")"):
            each.shape = PHONE
    at = 0
    while at < len(shaped):
        last = at
        while (
            last + 1 < len(shaped)
            and shaped[last].numeral.kind == shaped[last + 1].numeral.kind == DIGITS
            and text[shaped[last].numeral.end : shaped[last + 1].numeral.start] in ("-", "–")
            and shaped[last].numeral.factor == 1
        ):
            last += 1
        if last > at and (
            shape := _shape_of_chain([text[e.numeral.start : e.numeral.end] for e in shaped[at : last + 1]])
        ):
            for each in shaped[at : last + 1]:
                each.shape = shape
        at = last + 1


def _shape_of_chain(written: Sequence[str]) -> str | None:
    lengths = [len(each) for each in written]
    if not all(each.isdecimal() for each in written):
        return None
    is_year = lengths[0] == 4 and written[0][:2] in ("19", "20")
    if len(written) > 2:
        return DATE if is_year or (lengths[-1] in (2, 4) and max(lengths[:-1]) <= 2) else PHONE
    if (
        is_year
        and (lengths[1] == 2 or (lengths[1] == 4 and written[1][:2] in ("19", "20")))
        and written[1] != written[0]
    ):
        return DATE if lengths[1] == 4 or int(written[1]) == (int(written[0]) + 1) % 100 else None
    if lengths == [3, 4] or written[0].startswith("0"):
        return PHONE
    return None
