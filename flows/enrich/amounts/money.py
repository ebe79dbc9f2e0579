"""Money: the sign, code or noun of a currency beside a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from flows.enrich.amounts.currencies import PLACE, WORDS, Currency, Setting, currency_of, named_currency
from flows.enrich.amounts.followers import Follower
from flows.enrich.amounts.reference import CurrencyWord
from flows.enrich.numbers.modifiers import EXACT
from flows.enrich.numbers.quantities import Quantity
from flows.enrich.numbers.reference import DIGITS
from flows.records import Span

SIGN = re.compile(
    r"(?<![^\W_])(?P<sign>(?:[^\W\d_]{1,3}\.?){0,3}[$€£¥₹₨₺₽₩₪₴฿₫₱₦₵¢₸₼₾₲₡＄￥]|[^\W\d_]{1,4}[./]?)[\u00a0 ]?$"
)
SIGN_CHARS = 12
NOUN_BEFORE = re.compile(r"(?<![^\W_])(?P<noun>[^\W\d_]{3,10})\s$")
POUNDS = ("pound", "pounds")
MILLION = 1_000_000
"""No weight is given in millions of pounds, except of harvests."""

YEAR = re.compile(r"(?:19|20)[0-9]{2}")
"""`Euro 2016`"""

MASS_BEFORE_CHARS = 40
OF = re.compile(r"\sof\s(?P<word>[^\W\d_]+)")
NEXT = re.compile(r"\s(?P<word>[^\W\d_]+(?:-[^\W\d_]+)?)")
NEAR_WORD = re.compile(r"[^\W\d_]+")
CODE_CHARS = 3


class Money(NamedTuple):
    """The words of a sum of money, its currency, and the factor of its numbers (0.01 for cents)."""

    span: Span
    currency: Currency
    factor: float


def money_of(text: str, quantity: Quantity, followers: Sequence[Follower], setting: Setting) -> Money | None:
    """Return the money that a number with a currency beside it is, or None."""
    behind = _behind(text, quantity, followers, setting)
    start, end = quantity.numeral.start, quantity.numeral.end
    sign = SIGN.search(text, max(0, start - SIGN_CHARS), start)
    word = _sign(sign["sign"], setting) if sign else None
    if sign is None or word is None:
        return behind or _noun_before(text, quantity, setting)
    currency = currency_of(word, setting, start)
    if word.needs_place and (currency.code is None or sign.end("sign") < start):
        return behind
    if behind and behind.currency.decided_by == WORDS:
        # `$5 million Canadian dollars`
        return Money(Span(sign.start("sign"), behind.span.end), behind.currency, behind.factor)
    return Money(Span(sign.start("sign"), end), currency, word.factor)


def _sign(written: str, setting: Setting) -> CurrencyWord | None:
    signs = setting.reference.before
    # `us$5` is written too.
    return signs.get(written) or (signs.get(written.upper()) if written.endswith("$") else None)


def _behind(text: str, quantity: Quantity, followers: Sequence[Follower], setting: Setting) -> Money | None:
    """Read the currency behind a number: `Syrian pounds`, `dollars`, `USD`."""
    reference = setting.reference
    start = quantity.numeral.start
    for phrase, end in followers:
        if phrase in reference.units and phrase not in reference.behind:
            # `pounds per square inch`
            return None
        if codes := reference.names.get(phrase):
            return Money(Span(start, end), Currency(named_currency(codes, setting), WORDS), 1)
        last = phrase.rpartition(" ")[2]
        word = reference.behind.get(phrase)
        if word is None:
            noun = reference.behind.get(last)
            # `Canadian dollars`: the place before the noun decides.
            code = setting.code_of_place(end - len(last) - 1, noun.codes) if noun else None
            if noun and code:
                return Money(Span(start, end), Currency(code, WORDS), noun.factor)
            continue
        if _is_word_like_code(text[end - len(phrase) : end], word):
            continue
        if word.factor != 1 and text[end - len(last) : end].istitle():
            # `50 Cent` is a name.
            return None
        if last in POUNDS and _is_mass(text, quantity, end, setting):
            return None
        currency = currency_of(word, setting, start)
        if word.needs_place and currency.decided_by != PLACE:
            return None
        return Money(Span(start, end), currency, word.factor)
    return None


def _is_word_like_code(written: str, word: CurrencyWord) -> bool:
    """Return True for the letters of a code in lowercase: `all` is no Albanian lek."""
    return len(written) == CODE_CHARS and word.default == written.upper() and not written.isupper()


def _noun_before(text: str, quantity: Quantity, setting: Setting) -> Money | None:
    """Read `rupees 500` and `Turkish lira 3 million`, where no unit of time follows."""
    start, end = quantity.numeral.start, quantity.numeral.end
    found = NOUN_BEFORE.search(text, max(0, start - SIGN_CHARS), start)
    word = setting.reference.behind.get(found["noun"].lower()) if found else None
    if found is None or word is None or word.needs_place or word.factor != 1:
        return None
    if (
        quantity.kind != DIGITS
        or quantity.bound != EXACT
        or YEAR.fullmatch(text, start, end)
        or _is_word_like_code(found["noun"], word)
    ):
        return None
    following = NEXT.match(text, end)
    if following and following["word"].lower() in setting.reference.words["time"]:
        return None
    code = setting.code_of_place(found.start() - 1, word.codes)
    currency = Currency(code, WORDS) if code else currency_of(word, setting, start)
    return Money(Span(found.start("noun"), end), currency, 1)


def _is_mass(text: str, quantity: Quantity, end: int, setting: Setting) -> bool:
    """Return True for pounds of weight, by the words beside them; else where the text has places, and none of them uses a pound."""
    if quantity.factor >= MILLION:
        return False
    words = setting.reference.words
    begin = max(0, quantity.span.start - MASS_BEFORE_CHARS)
    if not words["weighed"].isdisjoint(NEAR_WORD.findall(text[begin : quantity.span.start].lower())):
        return True
    if of := OF.match(text, end):
        return of["word"].lower() not in words["money"]
    following = NEXT.match(text, end)
    noun = following["word"].lower() if following else ""
    if noun in words["weighs"] or noun in words["money"]:
        return noun in words["weighs"]
    pounds = setting.reference.behind["pound"]
    return bool(setting.evidence.by_frequency) and not any(
        setting.reference.code_of(country, pounds.codes, setting.year)
        for country in setting.evidence.by_frequency
    )
