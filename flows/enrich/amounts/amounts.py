"""Amounts: money, quantities in units of measure, percentages and ages, with their bounds and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from flows.enrich.amounts.ages import age_of
from flows.enrich.amounts.counted import counted_behind
from flows.enrich.amounts.currencies import CountryEvidence, Setting
from flows.enrich.amounts.followers import Follower, followers_of
from flows.enrich.amounts.money import money_of
from flows.enrich.amounts.reference import SHARE, AmountReference, Unit
from flows.enrich.language.sentences import sentence_at
from flows.enrich.numbers.atoms import lowercase
from flows.enrich.numbers.modifiers import BETWEEN, EXACT, bound_of, modifiers_after, modifiers_before
from flows.enrich.numbers.quantities import Number, Quantity, quantities_in
from flows.enrich.numbers.reference import DIGITS
from flows.enrich.numbers.shapes import AGE, COUNT, DESIGNATION, FRACTION, MONEY, PERCENT
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span

MONEY_KIND, QUANTITY_KIND, PERCENT_KIND, AGE_KIND = "MONEY QUANTITY PERCENT AGE".split()
MEASURABLE = frozenset({COUNT, MONEY, PERCENT, FRACTION, DESIGNATION, AGE})
"""Shapes of numbers that may be amounts. Digits glued to letters are a designation, and money in `Rs500`."""

NO_BEST = "the words give a range or a vague number, and no best value"
LINK = re.compile(r"\s?[-–—]\s?|\s(?:to|or)\s(?:(?:about|up to|as much as|as many as)\s)?")
AND = re.compile(r"\sand\s")
BETWEEN_WORD = re.compile(r"(?<![^\W_])between\s(?:[^\W\d_]+\s){0,2}$", re.IGNORECASE)
LOOK_BACK = 24
CHANGE_WORDS = 5
NEXT_WORD = re.compile(r"[\s-](?P<word>[^\W\d_]+)")
GLUED = ("in",)
"""Symbols that are units only right behind digits: `(6.7in)`."""

SHORT_TON = "short ton"


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


def amounts_in(
    reading: Reading, places: Sequence[PlaceMention], reference: AmountReference
) -> tuple[Amount, ...]:
    """Return the amounts of a text in reading order; none where the model did not read the text. Durations and bare counts are none."""
    if reading.unread or not reading.text:
        return ()
    found = _Finder(reading, places, reference).amounts()
    return tuple(_joined(reading.text, list(found), reference.numbers.contexts["change"]))


class _Finder:
    """Reads the amounts of one text."""

    def __init__(self, reading: Reading, places: Sequence[PlaceMention], reference: AmountReference) -> None:
        self.reading = reading
        self.text = reading.text
        self.lowered = lowercase(reading.text)
        self.reference = reference
        self.evidence = CountryEvidence(places)
        self.year = reading.published_on.year if reading.published_on else None

    def amounts(self) -> Iterator[Amount]:
        """Yield the amounts, each on its own."""
        for quantity in quantities_in(self.text, self.reference.numbers):
            if quantity.shape in MEASURABLE and (amount := self._amount(quantity)):
                yield amount

    def _amount(self, quantity: Quantity) -> Amount | None:
        is_loose = quantity.vague is not None or quantity.shape == FRACTION or quantity.factor > 1
        followers = followers_of(
            self.text, quantity.numeral.end, self.reference.first_words, is_loose=is_loose
        )
        if not followers and quantity.kind != DIGITS and quantity.shape != AGE:
            begin = max(0, quantity.span.start - LOOK_BACK)
            if AGE not in self.lowered[begin : quantity.span.start]:
                # Words with no unit behind them: no sign of a currency stands before words.
                return None
        sentence_no = sentence_at(self.reading.sentences, quantity.numeral.start)
        sentence = self.reading.sentences[sentence_no] if self.reading.sentences else Span(0, len(self.text))
        setting = Setting(self.evidence, sentence, self.year, self.reference)
        if money := money_of(self.text, quantity, followers, setting):
            made = self._made(quantity, MONEY_KIND, money.span, sentence_no, factor=money.factor)
            return replace(
                made,
                currency=money.currency.code,
                currency_from=money.currency.decided_by,
                null_reason=money.currency.null_reason or made.null_reason,
                rule=f"money/{money.currency.decided_by or 'unknown'}",
            )
        if quantity.shape == DESIGNATION:
            return None
        if age := age_of(self.text, quantity):
            if age.is_apposition and self.evidence.ends.intersection(
                range(quantity.numeral.start - 3, quantity.numeral.start)
            ):
                # `In Homs, 34, mostly children, died`
                return None
            amount = self._made(quantity, AGE_KIND, age.span, sentence_no)
            if age.years and amount.low is not None:
                amount = replace(
                    amount, high=amount.low + age.years, best=None, bound=BETWEEN, null_reason=NO_BEST
                )
            return replace(
                amount,
                unit=age.unit,
                rule="age/apposition" if age.is_apposition else "age/words",
                counted=self._aged(amount, is_apposition=age.is_apposition),
            )
        if found := self._unit(followers, quantity.numeral.end):
            unit, end = found
            kind = PERCENT_KIND if unit.kind == SHARE else QUANTITY_KIND
            span = Span(quantity.numeral.start, end)
            is_length = unit.kind == "length"
            return _in_si(self._made(quantity, kind, span, sentence_no, is_length=is_length), unit)
        return None

    def _unit(self, followers: Sequence[Follower], quantity_end: int) -> tuple[Unit, int] | None:
        """Return the unit of the longest phrase behind a number and where it ends, or None."""
        for phrase, end in followers:
            unit = self.reference.units.get(phrase)
            if unit is None or (phrase in GLUED and end > quantity_end + len(phrase)):
                continue
            following = NEXT_WORD.match(self.lowered, end)
            if following and following["word"] in unit.not_before:
                return None
            if unit.name == "ton" and self.evidence.by_frequency[:1] == ("US",):
                unit = self.reference.units[SHORT_TON]
            return unit, end
        return None

    def _made(
        self,
        quantity: Quantity,
        kind: str,
        span: Span,
        sentence_no: int,
        *,
        factor: float = 1,
        is_length: bool = False,
    ) -> Amount:
        """Return the amount of a number whose words are the span, with the modifiers around them."""
        start, before = modifiers_before(self.lowered, span.start, self.reference.numbers)
        end, after = modifiers_after(self.lowered, span.end, self.reference.numbers)
        bound = quantity.bound
        low, best, high = (_times(value, factor) for value in (quantity.low, quantity.best, quantity.high))
        if bound == EXACT and (bound := bound_of(before | after)) != EXACT:
            low = None if bound == "at_most" else best
            high = None if bound == "at_least" else best
        whole = Span(min(start, quantity.span.start), max(end, quantity.span.end))
        return Amount(
            span=whole,
            number=quantity.numeral,
            kind=kind,
            low=low,
            best=best,
            high=high,
            bound=bound,
            vague=quantity.vague,
            currency=None,
            currency_from=None,
            unit=None,
            si_low=None,
            si_value=None,
            si_high=None,
            si_unit=None,
            counted=counted_behind(
                self.text,
                span.end,
                self.reading.syntax,
                self.reference.words,
                is_money=kind == MONEY_KIND,
                is_length=is_length,
            ),
            rule="",
            null_reason=NO_BEST if best is None else None,
            sentence_no=sentence_no,
        )

    def _aged(self, amount: Amount, *, is_apposition: bool) -> Span | None:
        """Return the words for whose age it is: what the age stands before, or the name or noun before it."""
        if amount.counted and not is_apposition:
            return amount.counted
        before = BEFORE_AGE.search(self.text, max(0, amount.span.start - NAME_CHARS), amount.span.start)
        if before is None or before["who"].lower() in self.reference.words["determiner"]:
            return None
        return Span(*before.span("who"))


NAME_CHARS = 60
BEFORE_AGE = re.compile(
    r"(?P<who>(?:[^\W\d_a-z][\w’'.-]*\s){0,3}[^\W\d_][\w’'.-]*)(?:,\s?|\s\(|\s)(?:(?:who|is|was|were|are)\s){0,2}$"
)


def _times(value: Number | None, factor: float) -> Number | None:
    if value is None or factor == 1:
        return value
    scaled = round(value * factor, 6)
    return int(scaled) if scaled == int(scaled) else scaled


def _in_si(amount: Amount, unit: Unit) -> Amount:
    def converted(value: Number | None) -> float | None:
        return None if value is None else float(f"{value * unit.factor + unit.offset:.12g}")

    return replace(
        amount,
        unit=unit.name,
        si_low=converted(amount.low),
        si_value=converted(amount.best),
        si_high=converted(amount.high),
        si_unit=unit.si_unit,
        rule=f"unit/{unit.kind}",
    )


def _joined(text: str, amounts: Sequence[Amount], change: Set[str]) -> Iterator[Amount]:
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
    is_change = words[-1:] == ["from"] and not change.isdisjoint(words)
    return LINK.fullmatch(gap) is not None and not is_change
