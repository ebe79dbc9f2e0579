"""What the characters and words around digits make of them: a count, or a date, a clock time, a designation, a score."""

from __future__ import annotations

import re

from flows.enrich.numbers.numerals import Numeral
from flows.enrich.numbers.reference import DIGITS, NumberReference

COUNT, ORDINAL, FRACTION, DATE, CLOCK, DESIGNATION, LABEL, ADDRESS, PHONE, SCORE, MONEY, PERCENT, AGE = (
    "count ordinal fraction date clock designation label address phone score money percent age".split()
)

LOOK_AROUND = 24
WORD_BEFORE = re.compile(r"(?<![^\W_])(?P<word>[^\W\d_]+(?:\.[^\W\d_]+)?)\.?\s?,?\s?$")
WORD_AFTER = re.compile(r"\s?(?:of\s)?(?P<word>[^\W\d_]+(?:[.’'][^\W\d_]+)?)")
GLUED = re.compile(r"[a-z0-9]{1,3}")
SIGNS = frozenset("$€£¥₹₦₽₺₩₪₴₱฿¢")
SLASHED = re.compile(r"[0-9]/[0-9]")
YEARS_OLD = re.compile(
    r"[\s-](?:(?:and\sa\shalf)[\s-])?(?:years?|months?|weeks?|days?|yrs?)[\s-]olds?\b|yo\b"
)
PERCENT_WORD = re.compile(
    r"\s?(?:%|٪|per\s?cent\b|pct\b|pc\b|percentage\spoints?\b|basis\spoints?\b)|-(?:percent|per-cent|per\scent)\b"
)
STREET = re.compile(r",?\s(?:[A-Z][\w’'.]*\s){1,3}(?P<word>[A-Z][a-z]+|[A-Z]+)\b")
COUNTED_WORD = re.compile(r"\s[a-z]")
DAY_BEFORE = re.compile(r"[0-9](?:st|nd|rd|th)?,\s$")
NAME_BEFORE = re.compile(r"(?P<word>[^\W\d_][\w’'.-]*)(?:,\s?|\s\()$")
AGE_AFTER = re.compile(
    r"\)|,(?!\s?[0-9]|\s(?:mostly|most|including|all|many|some|among)\b)|;|\.?$|\.\s"
    r"|\s(?:of|from)\s(?!(?:the|them|those|these|whom|which|its|his|her|their|our|about|all)\b|[0-9])"
)
BEHIND = tuple(" \u00a0\n-%٪yp")
"""Characters that `years old` and `percent` begin with behind a number."""

MONTH_VERB = frozenset("may march mar".split())
MAX_AGE = 115
FIRST_YEAR, LAST_YEAR = 1900, 2099
MAX_DAY = 31


def shape_of(text: str, lowered: str, numeral: Numeral, reference: NumberReference) -> str:
    """Return what a numeral is by its shape and its neighbours; `count` if they say nothing else."""
    if numeral.is_ordinal:
        return DATE if _is_day(text, lowered, numeral, reference) else ORDINAL
    if numeral.start > 1 and SLASHED.match(lowered, numeral.start - 2):
        # The second of `5.81/80 pct`
        return DATE
    if lowered[numeral.end : numeral.end + 1] in BEHIND:
        if YEARS_OLD.match(lowered, numeral.end):
            return AGE
        if PERCENT_WORD.match(lowered, numeral.end):
            return PERCENT
    if numeral.is_fraction:
        return FRACTION
    if numeral.kind != DIGITS:
        if _word_before(lowered, numeral.start) in ("aged", "age"):
            return AGE
        return CLOCK if _is_clock(lowered, numeral, reference) else COUNT
    return _shape_of_digits(text, lowered, numeral, reference)


def _shape_of_digits(text: str, lowered: str, numeral: Numeral, reference: NumberReference) -> str:
    start, end = numeral.start, numeral.end
    before, after = text[start - 1 : start], text[end : end + 1]
    beyond = text[end + 1 : end + 2]
    sign = text[start - 2 : start - 1] if before == " " else before
    if (
        sign in SIGNS
        or after in SIGNS
        or (after == " " and beyond in SIGNS and not text[end + 2 : end + 3].isdigit())
    ):
        return MONEY
    if numeral.value is None:
        return LABEL
    if (before == ":" and text[start - 2 : start - 1].isdigit()) or (after == ":" and beyond.isdigit()):
        return CLOCK
    if (before == "/" and text[start - 2 : start - 1].isalpha()) or (after == "/" and beyond.isdigit()):
        return DATE
    if before in ("#", "№", "+") and before:
        return PHONE if before == "+" else LABEL
    if before and (before.isalpha() or before == "_"):
        return DESIGNATION
    if before == "-" and text[start - 2 : start - 1].isalpha():
        return DESIGNATION
    if before in "'’" and before and len(text[start:end]) == 2 and after == "s":
        return DATE
    if _is_clock(lowered, numeral, reference):
        return CLOCK
    if _is_day(text, lowered, numeral, reference) or _is_year(text, lowered, numeral, reference):
        return DATE
    word = _word_before(lowered, start)
    contexts = reference.contexts
    if word in contexts["telephone"] and lowered[start - 1 : start] in (" ", ":"):
        return PHONE
    if word in ("aged", "age"):
        return AGE
    if (
        word in contexts["numbered"]
        and text[start - 1 : start] == " "
        and text[start - 2 : start - 1] not in ",;:"
    ):
        return LABEL
    if text[start] == "0" and len(text[start:end]) > 1 and text[start + 1].isdigit():
        return LABEL
    if _is_stated_age(text, lowered, numeral, reference):
        return AGE
    return _shape_by_follower(text, lowered, end, reference)


def _shape_by_follower(text: str, lowered: str, end: int, reference: NumberReference) -> str:
    glued = GLUED.match(lowered, end)
    if glued and text[end].isupper() and len(glued.group()) <= 2 and not text[end : end + 2].isupper():
        # `747B`, not `20KM`
        return DESIGNATION
    street = STREET.match(text, end, end + 60)
    if street and any(
        word.strip(".,").lower() in reference.contexts["street"] for word in street.group().split()[1:]
    ):
        return ADDRESS
    return COUNT


def _word_before(lowered: str, start: int) -> str:
    found = WORD_BEFORE.search(lowered, max(0, start - LOOK_AROUND), start)
    return found["word"] if found else ""


def _is_clock(lowered: str, numeral: Numeral, reference: NumberReference) -> bool:
    if numeral.value is None or numeral.value > 2400 or numeral.factor > 1:
        return False
    found = WORD_AFTER.match(lowered, numeral.end)
    if found is None or found.group().lstrip().startswith("of "):
        return False
    word = found["word"]
    return word in reference.contexts["clock"] and not (word in ("am", "est") and numeral.kind != DIGITS)


def _is_day(text: str, lowered: str, numeral: Numeral, reference: NumberReference) -> bool:
    """Return True for a day beside the name of a month: `20 February`, `May 12th`."""
    if (
        numeral.value is None
        or numeral.value > MAX_DAY
        or numeral.factor > 1
        or "." in text[numeral.start : numeral.end]
    ):
        return False
    after = WORD_AFTER.match(lowered, numeral.end)
    if after and after["word"] in reference.months:
        if after["word"] not in MONTH_VERB:
            return True
        word = text[after.start("word") : after.end()]
        behind = text[after.end() : after.end() + 2]
        return word[0].isupper() and (not word.isupper() or not COUNTED_WORD.match(behind.lower()))
    before = WORD_BEFORE.search(lowered, max(0, numeral.start - LOOK_AROUND), numeral.start)
    if before is None or before["word"] not in reference.months or numeral.kind != DIGITS:
        return False
    return text[before.start("word")].isupper() and not text[before.start() : numeral.start].endswith(", ")


def _is_year(text: str, lowered: str, numeral: Numeral, reference: NumberReference) -> bool:
    """Return True for four digits without a separator behind a word of time, or behind a month."""
    written = text[numeral.start : numeral.end]
    if len(written) != 4 or not written.isdecimal() or not FIRST_YEAR <= int(written) <= LAST_YEAR:
        return False
    if text[numeral.end : numeral.end + 1] == "s":
        return True
    word = _word_before(lowered, numeral.start)
    if word in reference.months:
        return True
    if (
        DAY_BEFORE.search(lowered, max(0, numeral.start - 6), numeral.start)
        or word in reference.contexts["instant"]
    ):
        return True
    return word in reference.contexts["weak_instant"] and not COUNTED_WORD.match(text, numeral.end)


def _is_stated_age(text: str, lowered: str, numeral: Numeral, reference: NumberReference) -> bool:
    """Return True for the 34 of `Ali Hassan, 34, of Idlib` and of `Ali Hassan (34)` and of `a boy, 12,`."""
    if (
        numeral.value is None
        or numeral.value > MAX_AGE
        or numeral.factor > 1
        or numeral.value.denominator > 1
    ):
        return False
    before = NAME_BEFORE.search(text, max(0, numeral.start - LOOK_AROUND), numeral.start)
    if before is None:
        return False
    word = before["word"].lower()
    is_person = word in reference.contexts["person"]
    if word in reference.contexts["weekday"]:
        # `Last Saturday (26)` is a day.
        return False
    if not is_person and not before.group()[0].isupper():
        return False
    after = AGE_AFTER.match(lowered, numeral.end)
    opened = before.group().rstrip().endswith("(")
    return after is not None and opened == after.group().startswith(")")
