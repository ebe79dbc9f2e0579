"""Joins the parts of numerals: `a hundred and twenty thousand`, `half a million`, `tens of thousands`, `twenty-first`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flows.enrich.numbers.atoms import Atom, is_multiplier
from flows.enrich.numbers.reference import (
    DIGITS,
    DOZEN,
    FRACTION,
    HUNDRED,
    ORDINAL,
    PLURAL,
    SCALE,
    TEEN,
    TEN,
    UNIT,
    VAGUE,
    NumberReference,
)

JOINED = re.compile(r"(?!\s?\n\s?\n)\s?[ \n\u00a0\u202f‑-]\s?")
AND = re.compile(r"\s?[ -]and[ -]\s?")
OF = re.compile(r"\s(?:of\s)?(?:an?\s)?|-")
AND_A_HALF = re.compile(r"[\s-]and[\s-](?:a|one)[\s-](?P<word>half|quarter|third)(?![^\W_])")
LOOK_BACK = 20
ARTICLE = re.compile(r"(?<![^\W_])an?[\s-]$")
PART_OF = re.compile(r"\sof\b")
MAX_GAP = len(" and one ")
"""Characters between two parts of a numeral."""

MAX_ATOMS = 16
"""Parts of the longest numeral: no number in words has more."""


@dataclass(slots=True)
class Numeral:
    """A numeral without its modifiers: offsets, value, and the factor that its last multiplier gives.

    `value` is None for digits that are no number. Of a vague term `low` and `acled_number` are given and `value` is None.
    """

    start: int
    end: int
    value: Fraction | int | None
    kind: str
    factor: int = 1
    is_ordinal: bool = False
    is_fraction: bool = False
    vague: str | None = None
    low: int | None = None
    acled_number: int | None = None


def numerals_in(lowered: str, atoms: Sequence[Atom], reference: NumberReference) -> list[Numeral]:
    """Return the numerals of a lowercase text in order."""
    found: list[Numeral] = []
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        if atom.kind in (VAGUE, PLURAL):
            numeral, at = _vague(lowered, atoms, at, reference)
        elif atom.kind == FRACTION:
            numeral, at = _part(lowered, atoms, at)
        elif atom.kind == ORDINAL:
            numeral, at = _ordinal(lowered, atom, reference), at + 1
        else:
            numeral, at = _count(lowered, atoms, at, reference)
        if numeral:
            found.append(numeral)
    return found


def _count(
    lowered: str, atoms: Sequence[Atom], at: int, reference: NumberReference
) -> tuple[Numeral | None, int]:
    """Read an exact number that begins with digits, a numeral word or a multiplier."""
    first = atoms[at]
    start = _with_article(lowered, first.start) if is_multiplier(first) else first.start
    if first.value is None:
        return Numeral(start, first.end, None, DIGITS), at + 1
    if first.kind in (HUNDRED, SCALE) and start == first.start and not _is_led(lowered, start, reference):
        # `(mln barrels)`
        return None, at + 1
    total: Fraction | int = 0
    current: Fraction | int = first.value * first.scale
    factor, least = first.scale, None
    if first.kind in (HUNDRED, SCALE, DOZEN):
        factor = int(first.value)
    if first.kind == SCALE:
        total, current, least = current, 0, factor
    numeral = Numeral(start, first.end, None, DIGITS if first.kind == DIGITS else "words")
    if at + 1 == len(atoms) or atoms[at + 1].start - first.end > MAX_GAP:
        return _closed(numeral, total + current, factor), at + 1
    last, at, limit = first, at + 1, at + MAX_ATOMS
    while at < min(len(atoms), limit) and _joins(lowered, last, atoms[at]):
        atom = atoms[at]
        value = int(atom.value or 0)
        if atom.kind == HUNDRED and factor % 100 and current < 100:
            current, factor = current * value, value
        elif (
            atom.kind in (SCALE, PLURAL)
            and value >= 1000
            and (least is None or value < least)
            and last.kind != SCALE
        ) and first.scale == 1:
            total, current, least = total + current * value, 0, value
            factor = value if last.kind == DIGITS or factor == 1 else factor * value
        elif atom.kind in (DOZEN, PLURAL) and value < 1000 and factor == 1:
            current, factor = current * value, value
        elif atom.kind in (UNIT, TEEN, TEN) and _adds(last, atom):
            current, factor = current + value, 1
        elif atom.kind in (ORDINAL, FRACTION):
            end = _ended(numeral, total + current, last, atom, reference)
            return (numeral, at + 1) if end else (_closed(numeral, total + current, factor), at + 1)
        else:
            break
        numeral.end, last, at = atom.end, atom, at + 1
    if half := AND_A_HALF.match(lowered, numeral.end):
        at += 1
        numeral.end = half.end()
        current += Fraction(least or 1, reference.fractions[half["word"]])
        if (
            at < len(atoms)
            and is_multiplier(atoms[at])
            and JOINED.fullmatch(lowered, half.end(), atoms[at].start)
        ):
            factor = int(atoms[at].value or 1)
            numeral.end, current, at = atoms[at].end, current * factor, at + 1
    return _closed(numeral, total + current, factor), at


def _closed(numeral: Numeral, value: Fraction | int, factor: int) -> Numeral:
    numeral.value, numeral.factor = value, factor
    return numeral


def _joins(lowered: str, last: Atom, atom: Atom) -> bool:
    """Return True if nothing but a blank, a hyphen or the `and` of `a hundred and six` separates two parts."""
    if JOINED.fullmatch(lowered, last.end, atom.start):
        return True
    return (
        last.kind in (HUNDRED, SCALE)
        and atom.kind in (UNIT, TEEN, TEN, ORDINAL)
        and AND.fullmatch(lowered, last.end, atom.start) is not None
    )


def _adds(last: Atom, atom: Atom) -> bool:
    if last.kind == TEN:
        return atom.kind == UNIT and atom.value != 0
    return last.kind in (HUNDRED, SCALE)


def _ended(
    numeral: Numeral, value: Fraction | int, last: Atom, atom: Atom, reference: NumberReference
) -> bool:
    """Add `-first` to `twenty`, or divide `two` by `thirds`; return False if the word belongs to what follows (`one second`)."""
    divisor = reference.fractions.get(atom.word)
    if atom.kind == ORDINAL and last.kind in (TEN, HUNDRED, SCALE) and int(atom.value or 0) < 20:
        numeral.value, numeral.is_ordinal = value + int(atom.value or 0), True
    elif divisor and divisor > 2 and value < 10 * divisor:
        numeral.value, numeral.is_fraction = Fraction(value) / divisor, True
    else:
        return False
    numeral.end = atom.end
    return True


def _part(lowered: str, atoms: Sequence[Atom], at: int) -> tuple[Numeral | None, int]:
    """Read `half a million`, `a quarter of a million`, `half of`; nothing for a `quarter` of the year."""
    atom = atoms[at]
    start = _with_article(lowered, atom.start)
    divisor = int(atom.value or 1)
    if at + 1 < len(atoms):
        following = atoms[at + 1]
        if (
            following.kind in (HUNDRED, SCALE, DOZEN)
            and atom.word in ("half", "quarter")
            and OF.fullmatch(lowered, atom.end, following.start)
        ):
            value = Fraction(int(following.value or 1), divisor)
            return Numeral(start, following.end, value, "words", int(following.value or 1)), at + 2
    if atom.word == "half" or (start < atom.start and PART_OF.match(lowered, atom.end)):
        return Numeral(start, atom.end, Fraction(1, divisor), "words", is_fraction=True), at + 1
    return None, at + 1


def _ordinal(lowered: str, atom: Atom, reference: NumberReference) -> Numeral:
    value = int(atom.value or 0)
    start = _with_article(lowered, atom.start)
    divisor = reference.fractions.get(atom.word)
    if divisor and start < atom.start and PART_OF.match(lowered, atom.end):
        return Numeral(start, atom.end, Fraction(1, value), "words", is_fraction=True)
    return Numeral(atom.start, atom.end, value, "words", is_ordinal=True)


def _vague(
    lowered: str, atoms: Sequence[Atom], at: int, reference: NumberReference
) -> tuple[Numeral | None, int]:
    """Read `several`, `several hundred`, `hundreds of thousands`; nothing for the `some` of `some 50` and the `many` of `as many as`."""
    atom = atoms[at]
    term = reference.plurals[atom.word] if atom.kind == PLURAL else reference.vague[atom.word]
    low, acled_number, end, factor = term.low, term.acled_number, atom.end, 1
    name = term.term
    last, following = atom, at + 1
    while following < len(atoms) and is_multiplier(atoms[following]):
        multiplier = atoms[following]
        value = int(multiplier.value or 1)
        if value <= factor or not OF.fullmatch(lowered, last.end, multiplier.start):
            break
        if term.kind == "counted" and multiplier.kind == PLURAL:
            # `many thousands`
            term = reference.plurals[multiplier.word]
            low, acled_number, name = term.low, term.acled_number, term.term
        else:
            low, acled_number, factor = low * value, acled_number * value, factor * value
            name = " ".join(lowered[atom.start : multiplier.end].split())
        last, end, following = multiplier, multiplier.end, following + 1
    if term.kind == "counted" and following == at + 1:
        before = lowered[max(0, atom.start - 8) : atom.start].split()
        if before and before[-1] in reference.contexts["uncounted"]:
            return None, at + 1
        if following < len(atoms) and JOINED.fullmatch(lowered, atom.end, atoms[following].start):
            # `some 50`
            return None, at + 1
    return (
        Numeral(atom.start, end, None, "words", factor, vague=name, low=low, acled_number=acled_number),
        following,
    )


def _is_led(lowered: str, start: int, reference: NumberReference) -> bool:
    """Return True if a modifier or an article stands before a multiplier without a numeral: `an estimated billion`, `the hundred`."""
    words = lowered[max(0, start - LOOK_BACK) : start].split()
    return bool(words) and (words[-1] in reference.last_before or words[-1] in reference.contexts["led"])


def _with_article(lowered: str, start: int) -> int:
    article = ARTICLE.search(lowered, max(0, start - 3), start)
    return article.start() if article else start


def number_of(value: Fraction | int) -> int | float:
    """Return a whole number as int, another as the nearest float."""
    return value.numerator if value.denominator == 1 else value.numerator / value.denominator
