"""SQL expressions of the views that have the columns of other data sets, in words that all dialects share."""

from __future__ import annotations

from collections.abc import Iterable

from flows.enrich.lexicons import table
from flows.schema import Type
from flows.warehouse.dialect import Dialect


def cast(expression: str, kind: Type, dialect: Dialect) -> str:
    """Return an expression as a type that may be null."""
    return f"CAST({expression} AS {dialect.nullable.format(type=dialect.types[kind])})"


def null(kind: Type, dialect: Dialect) -> str:
    """Return a null of a type."""
    return cast("NULL", kind, dialect)


def any_of(words: Iterable[str]) -> str:
    """Return text literals with commas between them; the words have no quotation marks."""
    return ", ".join(f"'{word}'" for word in words)


def country_code(country: str, code: str) -> str:
    """Return another code or the name of a country, by a column of `country_codes.tsv`; `country` is ISO 3166-1 alpha-2.

    A country that has none keeps its alpha-2 code.
    """
    rows = [(row["iso"], row[code].replace("'", "''")) for row in table("country_codes")]
    cases = "".join(f" WHEN '{iso}' THEN '{value}'" for iso, value in rows if value and value != iso)
    return f"CASE {country}{cases} ELSE {country} END"


def looked_up(key: str, by: str, column: str) -> str:
    """Return the value of a column of `country_codes.tsv` in the row whose column `by` is `key`; null where no row has one."""
    rows = [(row[by], row[column].replace("'", "''")) for row in table("country_codes")]
    return f"CASE {key}" + "".join(f" WHEN '{code}' THEN '{value}'" for code, value in rows if value) + " END"


def instant(point: str, dialect: Dialect) -> str:
    """Return YYYYMMDDHHMMSS of an instant, as a number."""
    parts = {"YEAR": 10**10, "MONTH": 10**8, "DAY": 10**6, "HOUR": 10**4, "MINUTE": 100, "SECOND": 1}
    # A cast would round half a second up.
    sums = " + ".join(f"FLOOR(EXTRACT({part} FROM {point})) * {factor}" for part, factor in parts.items())
    return cast(sums, Type.INT64, dialect)


def without(characters: str, text: str, dialect: Dialect) -> str:
    """Return a text with a space instead of each of these characters; they are no quotation marks and no backslashes."""
    for character in characters:
        literal = (
            f"'{character}'" if character.isprintable() else dialect.character.format(code=ord(character))
        )
        text = f"REPLACE({text}, {literal}, ' ')"
    return text
