"""Ages: `a 34-year-old man`, `aged 5 to 12`, `Ali Hassan, 34`, `34 years of age`, `under the age of 18`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from flows.enrich.numbers.modifiers import EXACT
from flows.enrich.numbers.quantities import Quantity
from flows.enrich.numbers.shapes import AGE, COUNT
from flows.records import Span

OLD = re.compile(
    r"(?:[\s-]and[\s-]a[\s-]half)?[\s-](?P<unit>years?|months?|weeks?|days?|yrs?)(?:[\s-]olds?\b|\sof\sage\b)|(?P<yo>[\s-]?y/?o\b)",
    re.IGNORECASE,
)
OF_AGE = re.compile(
    r"(?<![^\W_])(?:ages?(?:\s(?:of|at|between|from))?|aged(?:\s(?:between|from|about|around|just|only|under|over|at))?)\s$",
    re.IGNORECASE,
)
DECADE = re.compile(r"(?<![^\W_])in\s(?:his|her|their)\s(?:(?:early|mid|late)[\s-])?$", re.IGNORECASE)
WAS = re.compile(r"(?<![^\W_])(?:who|he|she)(?:\s(?:is|was|turned|turns)|['’]s)\s$", re.IGNORECASE)
ENDS = re.compile(r"[.,;]?(?:$|\n)|[.,;](?!\d)|\swhen\b|\sat\sthe\stime\b", re.IGNORECASE)
"""Behind the 71 of `The singer, who was 71, had been ill` and of `She was 12 when she fled`."""

PARTED = re.compile(
    r"(?<![^\W_])(?P<people>[^\W\d_]+)\s(?:aged\s)?(?P<parted>(?:under|over|above|below|(?:younger|older)\sthan)\s)$",
    re.IGNORECASE,
)
LISTED = re.compile(r",\s|,?\s(?:and|or)\s")
NEXT = re.compile(r"[\s-](?P<word>[^\W_]+)")

MAX_AGE = 120
LOOK_BACK = 32
HINTS = ("age", "he ", "who ", "under", "over", "above", "below", "than")
"""One of these stands before each age in words that is no `five-year-old`."""


class Age(NamedTuple):
    """The words of an age, its unit, and whether it stands behind a name between commas.

    `years` is how many years more it may be: 9 of `in her 60s`.
    """

    span: Span
    unit: str
    is_apposition: bool
    years: int = 0


def age_of(text: str, quantity: Quantity, words: Mapping[str, frozenset[str]]) -> Age | None:
    """Return the age that a number is, or None; `words` are the classes of `amount_words.tsv`."""
    highest = quantity.high if quantity.high is not None else quantity.low
    if highest is None or highest > MAX_AGE:
        return None
    numeral = quantity.numeral
    if old := OLD.match(text, numeral.end):
        unit = (old["unit"] or "year").lower().rstrip("s").replace("yr", "year")
        return Age(Span(numeral.start, old.end()), unit, is_apposition=False)
    if quantity.best is not None and quantity.best % 10 == 0 and text[numeral.end : numeral.end + 1] == "s":
        decade = DECADE.search(text, max(0, numeral.start - LOOK_BACK), numeral.start)
        return (
            Age(Span(decade.start(), numeral.end + 1), "year", is_apposition=False, years=9)
            if decade
            else None
        )
    before = OF_AGE.search(
        text, max(0, quantity.span.start - LOOK_BACK), quantity.span.start
    ) or OF_AGE.search(text, max(0, numeral.start - LOOK_BACK), numeral.start)
    if before:
        return Age(Span(before.start(), numeral.end), "year", is_apposition=False)
    parted = PARTED.search(text, max(0, numeral.start - LOOK_BACK), numeral.start)
    if parted and parted["people"].lower() in words["people"] and is_alone(text, numeral.end, words):
        return Age(Span(parted.start("parted"), numeral.end), "year", is_apposition=False)
    if quantity.shape == COUNT and quantity.bound == EXACT and ENDS.match(text, numeral.end):
        if WAS.search(text, max(0, numeral.start - LOOK_BACK), numeral.start):
            return Age(Span(numeral.start, numeral.end), "year", is_apposition=False)
        return None
    if (
        quantity.shape == AGE
        and quantity.kind == "digits"
        and text[numeral.start - 1 : numeral.start] in (" ", ",", "(")
    ):
        return Age(Span(numeral.start, numeral.end), "year", is_apposition=True)
    return None


def is_alone(text: str, end: int, words: Mapping[str, frozenset[str]]) -> bool:
    """Return True if the words behind a number are none that it could count."""
    following = NEXT.match(text, end)
    return following is None or following["word"].lower() in words["behind_age"]


def goes_on(text: str, end: int, quantity: Quantity, words: Mapping[str, frozenset[str]]) -> bool:
    """Return True if a number is one more age of a list: the 22 and the 25 of `aged 19, 22 and 25`; the list so far ends at `end`."""
    return (
        quantity.shape == COUNT
        and quantity.bound == EXACT
        and quantity.best is not None
        and quantity.best <= MAX_AGE
        and LISTED.fullmatch(text, end, quantity.numeral.start) is not None
        and is_alone(text, quantity.numeral.end, words)
    )
