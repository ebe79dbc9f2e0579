"""The tables that actors are coded with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flows.enrich.entities.reference import EntityReference
from flows.enrich.language.reference import LanguageReference
from flows.enrich.lexicons import table

MAX_ROLE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Sector:
    """A role code of CAMEO: PLOVER's sector, ACLED's `inter` code, and whether who has it bears arms."""

    plover: str
    inter: int
    is_armed: bool


@dataclass(frozen=True, slots=True)
class RoleNoun:
    """A noun for who has a role. `sector` is None where the noun says none; `is_generic`: it takes that of the words before it."""

    sector: str | None
    is_generic: bool
    kind: str | None


@dataclass(frozen=True, slots=True)
class Leader:
    """A head of state or government, or of an organisation: ISO 3166-1 alpha-2 country or CAMEO's code, first and last year in office.

    No last year: still in office in 2025.
    """

    country: str
    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class ActorReference:
    """The tables that actors are coded with. Words are in lowercase; names are as written.

    `companies` are the legal forms in names of companies, `ranks` those of soldiers and police. `demonyms` an adjective or the name of a people to alpha-2. `organisations` maps each name of an organisation to its CAMEO code, `regions` a
    region of the world to its. `leaders` maps the names of a person to the offices held.
    """

    nouns: Mapping[str, RoleNoun]
    sides: Mapping[str, str]
    modifiers: Mapping[str, str]
    scopes: Mapping[str, str]
    companies: frozenset[str]
    ranks: frozenset[str]
    boundaries: frozenset[str]
    opening: frozenset[str]
    closing: frozenset[str]
    describing: frozenset[str]
    sectors: Mapping[str, Sector]
    iso3: Mapping[str, str]
    demonyms: Mapping[str, str]
    organisations: Mapping[str, str]
    regions: Mapping[str, str]
    leaders: Mapping[str, tuple[Leader, ...]]


def read_actor_reference(entities: EntityReference, language: LanguageReference) -> ActorReference:
    """Read the tables."""
    roles = list(table("actor_roles"))
    by_use = {
        use: {row["word"]: row["sector"] for row in roles if row["use"] == use}
        for use in ("side", "modifier", "scope", "boundary", "company")
    }
    codes = {row["name"]: row["code"] for row in table("igo_codes")}
    nouns = {
        word: RoleNoun(row["sector"] or None, row["use"] == "generic", row["kind"] or None)
        for row in roles
        if row["use"] in ("role", "generic")
        for word in (row["word"], row["plural"])
        if word
    }
    return ActorReference(
        nouns=nouns,
        opening=frozenset(word.split()[0] for word in nouns if " " in word),
        closing=frozenset(word.split()[-1] for word in nouns),
        describing=frozenset(
            word.split()[-1] for use in ("side", "modifier", "scope") for word in by_use[use]
        ),
        sides=by_use["side"],
        modifiers=by_use["modifier"],
        scopes=by_use["scope"],
        companies=frozenset(by_use["company"]),
        ranks=frozenset(row["title"] for row in table("titles") if row["kind"] == "rank"),
        boundaries=frozenset(by_use["boundary"])
        | language.grammar["preposition"]
        | language.grammar["relative"]
        | language.grammar["subordinator"],
        sectors={
            row["sector"]: Sector(row["plover"], int(row["inter"]), row["armed"] == "yes")
            for row in table("actor_sectors")
        },
        iso3={row["iso"]: row["iso3"] for row in table("country_codes")},
        demonyms=entities.demonyms,
        organisations={
            alias: codes[actor.name] for alias, actor in entities.actors.items() if actor.name in codes
        },
        regions={row["name"]: row["code"] for row in table("region_codes")},
        leaders=_leaders(),
    )


def _leaders() -> dict[str, tuple[Leader, ...]]:
    found: dict[str, tuple[Leader, ...]] = {}
    for row in table("leaders"):
        for term in row["terms"].split("|"):
            first, last = re.fullmatch(r"(\d{4})-(\d{4})?", term).groups()  # type: ignore[union-attr]
            leader = Leader(row["country"], int(first), int(last) if last else None)
            for name in filter(None, (row["name"], *row["aliases"].split("|"))):
                found[name] = (*found.get(name, ()), leader)
    return found
