"""Finds the parts of numerals: digits with their separators and letters, words, vague terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from flows.enrich.numbers.reference import DIGITS, FRACTION, PLURAL, VAGUE, NumberReference

MAX_DIGITS = 18
"""Longer digits are identifiers, and their value does not fit a column of 64 bits."""

PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]+)?")
SPACED = re.compile(r"[1-9][0-9]{0,2}(?:[\u00a0\u202f ][0-9]{3})+(?:\.[0-9]+)?")
DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}")
SEPARATORS = re.compile(r"[,\u00a0\u202f ]")
MIXED = re.compile(r"(?P<whole>[0-9]+)[ -](?P<over>[0-9]+)/(?P<under>[0-9]+)")
"""`7-1/2 percent`"""

DENOMINATORS = frozenset({2, 3, 4, 5, 8, 16, 32, 64})

PART = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
LETTERS = re.compile(r"[a-z]{1,4}(?![^\W_])")
CURRENCY_SIGNS = tuple("$£€¥₹")
METRES = re.compile(
    r"\s?(?:-\s?)?(?:wide|tall|high|deep|long|away|apart|below|above|sprint|race|hurdles|freestyle|relay|x|by|\(|tsunami|waves?)\b"
)
"""Behind `20m` these words make it metres, not millions."""


class Atom(NamedTuple):
    """A part of a numeral: its offsets, class and value. Digits with a letter such as `2m` have its factor as `scale`.

    `value` is None for digits that are no decimal number, such as `1.2.3`.
    """

    start: int
    end: int
    kind: str
    value: Fraction | int | None
    word: str
    scale: int = 1


def lowercase(text: str) -> str:
    """Return the text in lowercase, each character at its offset."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := each.lower()) == 1 else each for each in text)


def atoms_in(lowered: str, reference: NumberReference) -> Iterator[Atom]:
    """Yield the parts of numerals of a lowercase text, in order."""
    for found in reference.atom.finditer(lowered):
        word = found.group()
        start, end = found.span()
        if found.lastgroup == DIGITS:
            yield from _digits(lowered, start, word, reference)
        elif known := reference.words.get(word):
            yield Atom(start, end, known[0], known[1], word)
        elif divisor := reference.fractions.get(word):
            yield Atom(start, end, FRACTION, divisor, word)
        else:
            yield Atom(start, end, VAGUE, None, " ".join(word.split()))


def _digits(lowered: str, start: int, written: str, reference: NumberReference) -> Iterator[Atom]:
    if mixed := MIXED.fullmatch(written):
        over, under = int(mixed["over"]), int(mixed["under"])
        if over < under and under in DENOMINATORS:
            yield Atom(
                start, start + len(written), DIGITS, int(mixed["whole"]) + Fraction(over, under), written
            )
            return
    is_one = written.isdigit() or any(form.fullmatch(written) for form in (PLAIN, GROUPED, DOTTED))
    if is_one or (SPACED.fullmatch(written) and not _is_behind_month(lowered, start, reference)):
        yield _number(lowered, start, written, reference)
    else:
        for part in PART.finditer(written):
            yield _number(lowered, start + part.start(), part.group(), reference)


def _is_behind_month(lowered: str, start: int, reference: NumberReference) -> bool:
    """Return True for the `5 300` of `On May 5 300 people`."""
    words = lowered[max(0, start - 12) : start].split()
    return bool(words) and words[-1].rstrip(".") in reference.months


def _number(lowered: str, start: int, written: str, reference: NumberReference) -> Atom:
    end = start + len(written)
    plain = _plain(written)
    if plain is None or len(plain) > MAX_DIGITS:
        return Atom(start, end, DIGITS, None, written)
    letters = LETTERS.match(lowered, end)
    scale = reference.letters.get(letters.group(), 1) if letters else 1
    is_length = letters and letters.group() == "m" and METRES.match(lowered, letters.end())
    if letters and scale > 1 and (not is_length or lowered[start - 1 : start] in CURRENCY_SIGNS):
        end = letters.end()
    else:
        scale = 1
    return Atom(start, end, DIGITS, Fraction(plain) if "." in plain else int(plain), written, scale)


def _plain(written: str) -> str | None:
    """Return digits without the separators of their groups, or None if they are no decimal number."""
    if written.isdigit():
        return written
    if DOTTED.fullmatch(written):
        return written.replace(".", "")
    if "," in written and not GROUPED.fullmatch(written):
        return None
    plain = SEPARATORS.sub("", written)
    return plain if PLAIN.fullmatch(plain) else None


def is_multiplier(atom: Atom) -> bool:
    """Return True for `hundred`, `million` and `dozen`, and for their plurals."""
    return atom.kind in ("hundred", "scale", "dozen", PLURAL)
