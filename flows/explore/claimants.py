"""When the words of two claims name one claimant: `the defence ministry`, `Defence Ministry` and `Turkey's Ministry of Defence`.

Each has a core, without an article and without the country, and a country where the words or the mention state one. Those of one core and one country are
one claimant. A core without a country has that of the others of its core in the story, if they have one and the same; where two countries have
a defence ministry in a story, `the defence ministry` may be either, and is a claimant of its own.

Only `the` is left out: `a police officer` in two dispatches may be two persons. Only parts of a state are told from their country: `the American Red Cross`
is no other name of `the Red Cross`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from flows.enrich.lexicons import table


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who makes a claim: the core of the words in lowercase, and the country, None if it is not known."""

    core: str
    country: str | None


STATE = frozenset({"government", "military", "police", "medical"})
"""Types of claimants that are a part of a state, with its health ministry."""

PRONOUNS = frozenset({"he", "she", "it", "they", "we", "i", "you", "this", "that", "these", "those", "who"})
"""Words for somebody whom another sentence names."""

POSSESSIVE = re.compile(r"^(?P<owner>[^']+?)(?:'s|s') (?P<core>\S.*)$")
OF = re.compile(r"^(?P<kind>ministry|department) of (?:the )?(?P<field>.+)$")


def claimant_of(words: str, kind: str | None, country: str | None) -> Claimant:
    """Return the claimant that words name; `kind` is its type, `country` that of the mention, which goes before that of the words."""
    core = " ".join(words.lower().replace("\u2019", "'").split()).removeprefix("the ")
    if kind not in STATE:
        return Claimant(core, None)
    core, stated = _without_country(core)
    inverted = OF.match(core)
    return Claimant(f"{inverted['field']} {inverted['kind']}" if inverted else core, country or stated)


def _without_country(words: str) -> tuple[str, str | None]:
    """Return `defence ministry` and `TR` for `turkey's defence ministry` and `turkish defence ministry`."""
    owned = POSSESSIVE.match(words)
    if owned and owned["owner"] in _names():
        return owned["core"], _names()[owned["owner"]]
    found = words.split()
    for length in range(min(len(found) - 1, MAX_WORDS), 0, -1):
        name = " ".join(found[:length])
        if name in _demonyms():
            return " ".join(found[length:]), _demonyms()[name]
    return words, None


MAX_WORDS = 3
"""Words of a demonym, as in `Saudi Arabian`."""


@cache
def _names() -> Mapping[str, str]:
    """Return the countries by their names in lowercase."""
    aliases = {
        name.lower(): row["iso"] for row in table("countries") for name in row["aliases"].split("|") if name
    }
    return aliases | {row["name"].lower(): row["iso"] for row in table("country_codes")}


@cache
def _demonyms() -> Mapping[str, str]:
    """Return the countries by their demonyms in lowercase; one of two countries is none."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in table("countries"):
        for name in filter(None, row["demonyms"].split("|")):
            found[name.lower()].add(row["iso"])
    return {name: next(iter(countries)) for name, countries in found.items() if len(countries) == 1}


def known_countries(claimants: Iterable[Claimant]) -> Mapping[str, str]:
    """Return the country of each core for which the claimants of a story state exactly one."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in claimants:
        if each.country is not None:
            found[each.core].add(each.country)
    return {core: next(iter(countries)) for core, countries in found.items() if len(countries) == 1}
