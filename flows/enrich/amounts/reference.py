"""The words and signs of units, currencies and ages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.enrich.language.spelling import folded
from flows.enrich.lexicons import table
from flows.enrich.numbers.reference import NumberReference

SHARE = "share"
"""The kind of the units of percentages."""

CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure; a value in `si_unit` is `factor` times the value, plus `offset`. It is no unit before a word of `not_before`."""

    kind: str
    name: str
    si_unit: str
    factor: float
    offset: float
    not_before: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tender:
    """A country where a currency is or was legal tender, with the years; None where they are open."""

    country: str
    first: int | None
    last: int | None

    def is_valid(self, year: int | None) -> bool:
        """Return True if it is tender in a year; without a year, if it still is."""
        if year is None:
            return self.last is None
        return not self.is_future(year) and (self.last is None or year <= self.last)

    def is_future(self, year: int | None) -> bool:
        """Return True if it became tender after a year."""
        return year is not None and (self.first or 0) > year


@dataclass(frozen=True, slots=True)
class CurrencyWord:
    """What a sign or a word of a currency may mean.

    `codes` are of ISO 4217; `default` is the one that is meant where no place of the text decides, None where none is.
    `places` are the codes that a place of the text may decide for. `factor` is 0.01 for cents.
    """

    codes: tuple[str, ...]
    default: str | None
    places: frozenset[str]
    needs_place: bool
    factor: float


@dataclass(frozen=True, slots=True)
class AmountReference:
    """The tables of amounts.

    `units`, `names` and `behind` are keyed by the lowercase words behind a number: units, full names of currencies with their codes, and
    nouns of currencies; `before` by the signs before a number. `tenders` are the countries of each currency, `words` the
    classes of `amount_words.tsv`, and `first_words` those with which a unit or a currency begins.
    """

    numbers: NumberReference
    units: Mapping[str, Unit]
    before: Mapping[str, CurrencyWord]
    behind: Mapping[str, CurrencyWord]
    names: Mapping[str, tuple[str, ...]]
    tenders: Mapping[str, tuple[Tender, ...]]
    words: Mapping[str, frozenset[str]]
    first_words: frozenset[str]

    def code_of(self, country: str, codes: Iterable[str], year: int | None) -> str | None:
        """Return the one of the codes that is tender in a country in a year; else one that was."""
        those = [
            (tender.is_valid(year), tender.first or 0, code)
            for code in codes
            for tender in self.tenders.get(code, ())
            if tender.country == country and not tender.is_future(year)
        ]
        return max(those)[2] if those else None

    def is_tender(self, code: str, country: str, year: int | None) -> bool:
        """Return True if a currency is tender in a country in a year."""
        return any(each.country == country and each.is_valid(year) for each in self.tenders.get(code, ()))


def read_amount_reference(numbers: NumberReference) -> AmountReference:
    """Read the tables of units and currencies."""
    tenders: dict[str, tuple[Tender, ...]] = {}
    names: defaultdict[str, list[str]] = defaultdict(list)
    by_noun: defaultdict[str, list[str]] = defaultdict(list)
    for row in table("currencies"):
        tenders[row["code"]] = tuple(_tender(each) for each in row["used_in"].split("|") if each)
        for name in row["names"].split("|"):
            names[name].append(row["code"])
        for noun in {folded(name.split()[-1]) for name in row["names"].split("|")}:
            by_noun[noun].append(row["code"])
    nouns = {noun: tuple(codes) for noun, codes in by_noun.items()}
    words: dict[str, dict[str, CurrencyWord]] = {"before": {}, "after": {}}
    for row in table("currency_words"):
        word = _currency_word(row, nouns)
        for position in ("before", "after"):
            if row["position"] in (position, "both") or (row["position"], position) == ("subunit", "after"):
                words[position] |= dict.fromkeys(row["words"].split("|"), word)
    words["before"] |= {code: _of_code(code) for code in tenders if CODE.fullmatch(code)}
    units = _units()
    behind = {code.lower(): _of_code(code) for code in tenders} | words["after"]
    return AmountReference(
        numbers=numbers,
        units=units,
        before=words["before"],
        behind=behind,
        names={name: tuple(codes) for name, codes in names.items()},
        tenders=tenders,
        words={row["class"]: frozenset(row["words"].split("|")) for row in table("amount_words")},
        first_words=frozenset(phrase.split(" ")[0] for each in (units, behind, names) for phrase in each),
    )


def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for row in table("units"):
        unit = Unit(
            kind=row["kind"],
            name=row["unit"],
            si_unit=row["si_unit"],
            factor=float(row["factor"]),
            offset=float(row["offset"]),
            not_before=frozenset(row["not_before"].split("|")) - {""},
        )
        found |= dict.fromkeys(row["words"].split("|"), unit)
    return found


def _tender(written: str) -> Tender:
    country, _, years = written.partition(":")
    first, _, last = years.partition("-")
    return Tender(country, int(first) if first else None, int(last) if last else None)


def _of_code(code: str) -> CurrencyWord:
    return CurrencyWord((code,), code, frozenset(), needs_place=False, factor=1)


def _currency_word(row: Mapping[str, str], nouns: Mapping[str, tuple[str, ...]]) -> CurrencyWord:
    codes: list[str] = []
    for meaning in row["means"].split("|"):
        codes += [meaning] if CODE.fullmatch(meaning) else nouns[meaning]
    is_sure = len(set(codes)) == 1
    return CurrencyWord(
        codes=tuple(codes),
        default=row["default"] or (codes[0] if is_sure else None),
        places=frozenset(row["places"].split("|")) - {""} or frozenset(codes),
        needs_place=row["needs_place"] == "yes",
        factor=0.01 if row["position"] == "subunit" else 1,
    )
