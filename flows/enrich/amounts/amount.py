"""One amount: a sum of money, a quantity in a unit of measure, a percentage or an age."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.numbers.quantities import Number
from flows.records import Span

MONEY_KIND, QUANTITY_KIND, PERCENT_KIND, AGE_KIND = "MONEY QUANTITY PERCENT AGE".split()

NO_BEST = "the words give a range or a vague number, and no best value"


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount. `low`, `best`, `high` are in `unit`, or in the main unit of `currency`; None where the words leave them open.

    `si_*` are the same in `si_unit`: null for money and ages. `currency_from` is words, place or default. `number` is the
    numeral in the span, `counted` the words of what is counted.
    """

    span: Span
    number: Span
    kind: str
    low: Number | None
    best: Number | None
    high: Number | None
    bound: str
    vague: str | None
    currency: str | None
    currency_from: str | None
    unit: str | None
    si_low: float | None
    si_value: float | None
    si_high: float | None
    si_unit: str | None
    counted: Span | None
    rule: str
    null_reason: str | None
    sentence_no: int
