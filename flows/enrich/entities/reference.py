"""The tables and weights that mentions of entities are found with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from flows.enrich.lexicons import LEXICONS, table


@dataclass(frozen=True, slots=True)
class Actor:
    """A well-known organisation: its name, ISO 3166-1 alpha-2 country or None, and CAMEO sector."""

    name: str
    country: str | None
    sector: str


@dataclass(frozen=True, slots=True)
class EntityReference:
    """What mentions are found with.

    `weights` maps a feature to its weight for each of `names.KINDS`, in order. `given_names` are folded. `actors` are
    by each of their names, as written. `weapons` maps the first word of a name, in lowercase, to (name, kind), longest
    name first. `table_heads` are words at the head of columns of figures, in lowercase.
    """

    weights: Mapping[str, Sequence[float]]
    given_names: frozenset[str]
    actors: Mapping[str, Actor]
    weapons: Mapping[str, Sequence[tuple[str, str]]]
    table_heads: frozenset[str]


def read_entity_reference(table_heads: frozenset[str]) -> EntityReference:
    """Read the weights that `tests/bench/fit_names.py` fitted and the tables."""
    lines = (LEXICONS / "given_names.txt").read_text(encoding="utf-8").splitlines()
    return EntityReference(
        weights=orjson.loads((LEXICONS / "names.json").read_bytes())["signs"],
        given_names=frozenset(line for line in lines if not line.startswith("#")),
        actors=_actors(),
        weapons=_weapons(),
        table_heads=table_heads,
    )


def _actors() -> dict[str, Actor]:
    known = {}
    for row in table("actors"):
        actor = Actor(row["name"], row["country"] or None, row["sector"])
        known.update(dict.fromkeys([row["name"], *filter(None, row["aliases"].split("|"))], actor))
    return known


def _weapons() -> dict[str, list[tuple[str, str]]]:
    by_word: dict[str, list[tuple[str, str]]] = {}
    names = [(name, row["kind"]) for row in table("weapons") for name in row["names"].split("|")]
    for name, kind in sorted(names, key=lambda each: -len(each[0])):
        first = re.split(r"[ -]", name.lower())[0]
        for form in (first, f"{first}s"):
            by_word.setdefault(form, []).append((name, kind))
    return by_word
