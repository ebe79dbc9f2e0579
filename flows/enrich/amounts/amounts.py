"""Amounts: money, quantities in units of measure, percentages and ages, with their bounds and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flows.enrich.amounts.ages import HINTS, age_of, goes_on
from flows.enrich.amounts.amount import AGE_KIND, MONEY_KIND, NO_BEST, PERCENT_KIND, QUANTITY_KIND, Amount
from flows.enrich.amounts.counted import counted_behind
from flows.enrich.amounts.currencies import CountryEvidence, Setting
from flows.enrich.amounts.followers import Follower, followers_of
from flows.enrich.amounts.money import money_of
from flows.enrich.amounts.ranges import joined
from flows.enrich.amounts.reference import SHARE, AmountReference, Unit
from flows.enrich.language.sentences import sentence_at
from flows.enrich.numbers.atoms import lowercase
from flows.enrich.numbers.modifiers import BETWEEN, EXACT, bound_of, modifiers_after, modifiers_before
from flows.enrich.numbers.quantities import Number, Quantity
from flows.enrich.numbers.reference import DIGITS
from flows.enrich.numbers.shapes import AGE, COUNT, DESIGNATION, FRACTION, MONEY, PERCENT
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span

MEASURABLE = frozenset({COUNT, MONEY, PERCENT, FRACTION, DESIGNATION, AGE})
"""Shapes of numbers that may be amounts. Digits glued to letters are a designation, and money in `Rs500`."""

LOOK_BACK = 24
NEXT_WORD = re.compile(r"[\s-](?P<word>[^\W\d_]+)")
GLUED = ("in",)
"""Symbols that are units only right behind digits: `(6.7in)`."""

TEMPERATURE = "temperature"
MINUS = re.compile(r"(?<![^\W_])minus\s$|(?<![^\s(])[-−–]$", re.IGNORECASE)
BELOW_ZERO = re.compile(r"\sbelow\s(?:zero|freezing)(?![^\W_])")
SHORT_TON = "short ton"


def amounts_in(
    reading: Reading,
    places: Sequence[PlaceMention],
    quantities: Sequence[Quantity],
    reference: AmountReference,
) -> tuple[Amount, ...]:
    """Return which of the numbers of a text are amounts, in reading order; none where the model did not read the text. Durations and bare counts are none."""
    if reading.unread or not reading.text:
        return ()
    found = _Finder(reading, places, reference).amounts(quantities)
    return tuple(joined(reading.text, list(found), reference.numbers.contexts["change"]))


class _Finder:
    """Reads the amounts of one text."""

    def __init__(self, reading: Reading, places: Sequence[PlaceMention], reference: AmountReference) -> None:
        self.reading = reading
        self.text = reading.text
        self.lowered = lowercase(reading.text)
        self.reference = reference
        self.evidence = CountryEvidence(places)
        self.year = reading.published_on.year if reading.published_on else None

    def amounts(self, quantities: Sequence[Quantity]) -> Iterator[Amount]:
        """Yield the amounts, each on its own."""
        age: Amount | None = None
        for quantity in quantities:
            amount = self._amount(quantity) if quantity.shape in MEASURABLE else None
            if amount is None and age and goes_on(self.text, age.span.end, quantity, self.reference.words):
                amount = replace(
                    self._made(quantity, AGE_KIND, quantity.numeral, age.sentence_no),
                    unit=age.unit,
                    rule=age.rule,
                    counted=age.counted,
                )
            if amount:
                yield amount
                age = amount if amount.kind == AGE_KIND else None

    def _amount(self, quantity: Quantity) -> Amount | None:
        is_loose = quantity.vague is not None or quantity.shape == FRACTION or quantity.factor > 1
        followers = followers_of(
            self.text, quantity.numeral.end, self.reference.first_words, is_loose=is_loose
        )
        if not followers and quantity.kind != DIGITS and quantity.shape != AGE:
            begin = max(0, quantity.span.start - LOOK_BACK)
            if not any(hint in self.lowered[begin : quantity.numeral.start] for hint in HINTS):
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
        if age := age_of(self.text, quantity, self.reference.words):
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
        found = self._unit(followers, quantity.numeral.end)
        if found and not _is_in_name(self.text, quantity.numeral.start, quantity.numeral.end, found[1]):
            unit, end = found
            kind = PERCENT_KIND if unit.kind == SHARE else QUANTITY_KIND
            span = Span(quantity.numeral.start, end)
            is_length = unit.kind == "length"
            amount = self._made(quantity, kind, span, sentence_no, is_length=is_length)
            if unit.kind in (SHARE, TEMPERATURE):
                amount = self._signed(amount, end)
            return _in_si(amount, unit)
        return None

    def _signed(self, amount: Amount, end: int) -> Amount:
        """Return the amount below zero where its words say so: `minus 20 degrees Celsius`, `-0.5%`, `5 degrees Celsius below zero`."""
        minus = MINUS.search(self.text, max(0, amount.number.start - LOOK_BACK), amount.number.start)
        below = None if minus else BELOW_ZERO.match(self.lowered, end)
        if minus is None and below is None:
            return amount
        start = min(amount.span.start, minus.start()) if minus else amount.span.start
        low, best, high = (
            None if value is None else -value for value in (amount.high, amount.best, amount.low)
        )
        whole = Span(start, below.end() if below else amount.span.end)
        return replace(amount, span=whole, low=low, best=best, high=high)

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
        if (
            before is None
            or before["who"].endswith(".")
            or before["who"].lower() in self.reference.words["determiner"]
        ):
            return None
        return Span(*before.span("who"))


def _is_in_name(text: str, start: int, unit_start: int, end: int) -> bool:
    """Return True for a number and a unit that begin a name: `Three Mile Island`."""
    unit = text[unit_start:end].strip(" \n-")
    return text[start].isupper() and unit.istitle() and NEXT_CAPITAL.match(text, end) is not None


NEXT_CAPITAL = re.compile(r"\s[A-Z][a-z]")
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
