"""Write the tables of currencies and the factors of units from the packages that know them.

    python -m tests.reference.measures

Babel brings Unicode CLDR, and pint the definitions of units.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import babel
import pint
from babel import Locale
from babel.core import get_global

from flows.enrich.lexicons import LEXICONS, table

DIGITS = 12
"""Significant digits of a factor; the definitions have no more."""

WITH_YEARS = re.compile(r"\s*\([^)]*[0-9][^)]*\)$")
NO_CURRENCY = {"XXX", "XTS", "XSU", "XUA", "XFO", "XFU", "XRE", "XBA", "XBB", "XBC", "XBD"}
"""Codes of ISO 4217 for tests, bonds and units of account that no country uses."""

METALS = {"XAG", "XAU", "XPD", "XPT"}


def main() -> None:
    """Write `currencies.tsv`, and `units.tsv` with its factors anew."""
    _rewrite("currencies", ("code", "used_in", "names"), currencies())
    _rewrite(
        "units", ("kind", "unit", "si_unit", "registry", "factor", "offset", "words", "not_before"), units()
    )


def currencies() -> Iterator[tuple[str, str, str]]:
    """Yield the code of each currency, the countries whose tender it was with the years, and its English names in lowercase."""
    used: defaultdict[str, list[str]] = defaultdict(list)
    for country, tenders in sorted(get_global("territory_currencies").items()):
        for code, first, last, is_tender in tenders:
            if is_tender and len(country) == 2:
                until = last[0] if last else ""
                used[code].append(f"{country}:{first[0] if first else ''}-{until}")
    english = Locale("en")
    plurals = english._data["currency_names_plural"]
    for code, name in sorted(english.currencies.items()):
        if code in NO_CURRENCY or code in METALS:
            continue
        names = {WITH_YEARS.sub("", each).lower() for each in (name, *plurals.get(code, {}).values())}
        yield code, "|".join(used[code]), "|".join(sorted(names))


def units() -> Iterator[tuple[str, ...]]:
    """Yield the rows of `units.tsv` with the factor and offset that pint gives."""
    registry = pint.UnitRegistry()
    for row in table("units"):
        expression = registry.parse_expression(row["registry"])
        magnitude = getattr(expression, "magnitude", 1)
        unit = expression.units
        si_unit = "dimensionless" if row["si_unit"] == "1" else row["si_unit"]
        zero = registry.Quantity(0, unit).to(si_unit).magnitude
        one = registry.Quantity(magnitude, unit).to(si_unit).magnitude
        yield (
            row["kind"],
            row["unit"],
            row["si_unit"],
            row["registry"],
            f"{one - zero:.{DIGITS}g}",
            f"{zero:.{DIGITS}g}",
            row["words"],
            row["not_before"],
        )


def versions() -> dict[str, str]:
    """Return the version of each package that the tables are made of."""
    return {"babel": babel.__version__, "pint": pint.__version__}


def _rewrite(name: str, columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    """Write the rows below the comment lines that the table has."""
    path = LEXICONS / f"{name}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    body = ["\t".join(row) for row in rows]
    path.write_text("\n".join([*head, "\t".join(columns), *body]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
