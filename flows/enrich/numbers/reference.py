"""The words of numbers, and the patterns that are built from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flows.enrich.lexicons import table
from flows.parse.dates import MONTHS

DIGITS, UNIT, TEEN, TEN, HUNDRED, SCALE, DOZEN, PLURAL, FRACTION, ORDINAL, VAGUE = (
    "digits unit teen ten hundred scale dozen plural fraction ordinal vague".split()
)
"""Classes of the parts of numerals."""


class VagueTerm(NamedTuple):
    """A term for an unknown number: the least that it can mean, and what ACLED codes."""

    term: str
    low: int
    acled_number: int
    kind: str


@dataclass(frozen=True, slots=True)
class NumberReference:
    """Words in lowercase.

    `words` maps a numeral word to its class and value, `fractions` the words of fractions to their divisors, `letters` the letters
    behind digits to their factor, `vague` the words of vague terms and `plurals` the plural multipliers to their term.
    `before` and `after` map modifiers to bounds; `last_before` and `first_after` are
    their words beside the numeral. `contexts` holds the classes of `number_contexts.tsv`. `atom` matches
    a part of a numeral in a lowercase text.
    """

    words: Mapping[str, tuple[str, int]]
    fractions: Mapping[str, int]
    letters: Mapping[str, int]
    vague: Mapping[str, VagueTerm]
    plurals: Mapping[str, VagueTerm]
    before: Mapping[str, str]
    after: Mapping[str, str]
    last_before: frozenset[str]
    first_after: frozenset[str]
    contexts: Mapping[str, frozenset[str]]
    months: frozenset[str]
    atom: re.Pattern[str]


def read_number_reference() -> NumberReference:
    """Read the tables of numerals, vague terms, modifiers and contexts."""
    rows = [
        (row["class"], int(row["value"]), word)
        for row in table("number_words")
        for word in row["words"].split("|")
    ]
    words = {word: (kind, value) for kind, value, word in rows if kind not in ("letter", FRACTION)}
    fractions = {word: value for kind, value, word in rows if kind == FRACTION}
    terms: dict[str, VagueTerm] = {}
    for row in table("vague_numbers"):
        term = VagueTerm(row["term"], int(row["low"]), int(row["acled_number"]), row["kind"])
        terms |= dict.fromkeys(row["words"].split("|"), term)
    vague = {word: term for word, term in terms.items() if term.kind != PLURAL}
    modifiers = [
        (row["position"], row["bound"], word)
        for row in table("number_modifiers")
        for word in row["words"].split("|")
    ]
    before = {word: bound for position, bound, word in modifiers if position == "before"}
    after = {word: bound for position, bound, word in modifiers if position == "after"}
    return NumberReference(
        words=words,
        fractions=fractions,
        letters={word: value for kind, value, word in rows if kind == "letter"},
        vague=vague,
        plurals={word: term for word, term in terms.items() if term.kind == PLURAL},
        before=before,
        after=after,
        last_before=frozenset(word.split()[-1] for word in before),
        first_after=frozenset(word.split()[0] for word in after),
        contexts={row["class"]: frozenset(row["words"].split("|")) for row in table("number_contexts")},
        months=frozenset(MONTHS),
        atom=_atom(words.keys() | fractions.keys() | vague.keys()),
    )


def _atom(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of digits with their separators, or of any of the words."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda each: (-len(each), each)):
        by_letter.setdefault(word[0], []).append(word[1:].replace(" ", r"\s"))
    either = "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items()))
    mixed = r"[0-9]{1,4}[ -][0-9]{1,2}/[0-9]{1,2}(?![0-9/])"
    digits = rf"{mixed}|[0-9]+(?:[.,\u00a0\u202f ][0-9]+)*"
    return re.compile(rf"(?P<digits>{digits})|(?<![^\W_])(?:{either})(?![^\W_])")
