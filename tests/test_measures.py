"""The tables of units and currencies agree with the libraries that they were made of."""

from __future__ import annotations

import babel
import pytest

from flows.enrich.lexicons import LEXICONS, table

pint = pytest.importorskip("pint", reason="units.tsv is compared with pint only where it is installed")
measures = pytest.importorskip("tests.reference.measures")


def head_of(name: str) -> str:
    return "\n".join(
        line
        for line in (LEXICONS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        if line[:1] == "#"
    )


def test_the_factors_of_units_are_those_of_pint():
    shipped = [tuple(row.values()) for row in table("units")]

    assert shipped == list(measures.units())


def test_the_currencies_are_those_of_cldr():
    if f"babel {babel.__version__}" not in head_of("currencies"):
        pytest.skip(f"currencies.tsv was made of another babel than {babel.__version__}")
    shipped = [tuple(row.values()) for row in table("currencies")]

    assert shipped == list(measures.currencies())


def test_the_tables_say_of_which_version_they_were_made():
    assert f"pint {pint.__version__}" in head_of("units")
