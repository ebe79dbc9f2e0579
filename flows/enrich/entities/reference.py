"""The tables and weights for the extraction of mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from flows.enrich.entities.forms import MAX_KEPT, Form, FormFeatures
from flows.enrich.entities.weapons import WeaponReference, read_weapon_reference
from flows.enrich.language.spelling import folded
from flows.enrich.language.words import WORD
from flows.enrich.lexicons import LEXICONS, table
from flows.enrich.places.kept import Kept
from flows.enrich.places.reference import PlaceReference


@dataclass(frozen=True, slots=True)
class Actor:
    """A well-known organisation: its name, ISO 3166-1 alpha-2 country or None, and CAMEO sector.

    `takes_country`: many countries have an organisation of that name (`Supreme Court`), so its country comes from the text around it.
    """

    name: str
    country: str | None
    sector: str
    takes_country: bool = False


@dataclass(frozen=True, slots=True)
class Titles:
    """Words that precede a person's name, in lowercase and without periods.

    `phrases` are whole titles with their CAMEO sector or empty; `words` are all words of titles, `heads` those that are a title alone, `modifiers` those that only precede another, `abbreviations` those that a period follows, `addresses` forms of address. `genders` maps a title to m or f.
    """

    phrases: Mapping[str, str]
    words: frozenset[str]
    heads: frozenset[str]
    modifiers: frozenset[str]
    abbreviations: frozenset[str]
    addresses: frozenset[str]
    genders: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OrganisationWords:
    """Words in names of organisations, in lowercase, by their use in `organisations.tsv`.

    `sectors` maps a word to its CAMEO sector.
    """

    heads: frozenset[str]
    first: frozenset[str]
    of_state: frozenset[str]
    nominal: frozenset[str]
    modifiers: frozenset[str]
    sectors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntityReference:
    """The reference data for mentions.

    `weights` maps a feature to its weight for each of `candidates.KINDS`, in order. `actors` are by each of their names, as
    written, and `actor_names` the words of those names by their first word, longest first; `actor_beginnings` are the parts of these first
    words before a hyphen (`Al` of `Al-Shabaab`); `ambiguous` names have other meanings.
    `demonyms` maps the adjective of a country to its ISO 3166-1 alpha-2 code, and `peoples` the name or adjective of an ethnic group, religion or movement to whether it is also an English word or a given name. `ordinary` are lowercase
    English words; `given_names` and `family_names` are folded. `speech` are the forms of verbs of speech; the other classes of words are
    of `name_words.tsv`. The last three keep what was computed: forms of names, their features by label, and where they begin and end
    without titles and punctuation.
    """

    weights: Mapping[str, Sequence[float]]
    titles: Titles
    organisations: OrganisationWords
    actors: Mapping[str, Actor]
    actor_names: Mapping[str, Sequence[tuple[str, ...]]]
    actor_beginnings: frozenset[str]
    ambiguous: frozenset[str]
    peoples: Mapping[str, bool]
    demonyms: Mapping[str, str]
    ordinary: frozenset[str]
    given_names: frozenset[str]
    family_names: frozenset[str]
    speech: frozenset[str]
    words: Mapping[str, frozenset[str]]
    weapons: WeaponReference
    forms: Kept[str, Form] = field(compare=False, repr=False)
    features: Kept[tuple[str, str], FormFeatures] = field(compare=False, repr=False)
    trims: Kept[tuple[str, str], tuple[int, int]] = field(compare=False, repr=False)


def read_entity_reference(places: PlaceReference) -> EntityReference:
    """Read the tables, and the weights that `tests/bench/fit_names.py` fitted; lists that places are found with are shared."""
    ordinary, given_names = places.words.ordinary, places.words.given_name
    actors, ambiguous = _actors()
    actor_names = _by_first_word(actors)
    words = {row["class"]: frozenset(row["words"].split("|")) for row in table("name_words")}
    return EntityReference(
        weights=orjson.loads((LEXICONS / "names.json").read_bytes())["features"],
        titles=_titles(),
        organisations=_organisations(),
        actors=actors,
        actor_names=actor_names,
        actor_beginnings=frozenset(word for name in actor_names for word in _beginnings(name)),
        ambiguous=ambiguous,
        demonyms={
            name: row["iso"] for row in table("countries") for name in row["demonyms"].split("|") if name
        },
        peoples=_peoples(ordinary | given_names),
        ordinary=ordinary,
        given_names=given_names,
        family_names=places.words.surname,
        speech=_speech(),
        words={**words, "table": words["table"] | places.unplaced["table"]},
        weapons=read_weapon_reference(),
        forms=Kept(MAX_KEPT),
        features=Kept(MAX_KEPT),
        trims=Kept(MAX_KEPT),
    )


def _titles() -> Titles:
    rows = list(table("titles"))
    phrases, genders = {}, {}
    for row in rows:
        for name in filter(None, [row["title"], *row["abbreviations"].split("|")]):
            if row["kind"] != "modifier":
                phrases[name] = row["sector"]
                if row["gender"]:
                    genders[name] = row["gender"]
    modifiers = frozenset(row["title"] for row in rows if row["kind"] == "modifier")
    words = frozenset(word for phrase in phrases if " of " not in phrase for word in _parts(phrase))
    return Titles(
        phrases=phrases,
        words=words | modifiers,
        heads=frozenset(phrases),
        modifiers=modifiers - frozenset(phrases),
        abbreviations=frozenset(part for row in rows for part in row["abbreviations"].split("|") if part),
        addresses=frozenset(row["title"] for row in rows if row["kind"] == "address"),
        genders=genders,
    )


def _parts(phrase: str) -> list[str]:
    return phrase.replace("-", " ").split()


def _organisations() -> OrganisationWords:
    by_use: defaultdict[str, set[str]] = defaultdict(set)
    sectors = {}
    for row in table("organisations"):
        for use in row["use"].split("|"):
            by_use[use].add(row["word"])
        if row["sector"]:
            sectors[row["word"]] = row["sector"]
    return OrganisationWords(
        heads=frozenset(by_use["name"]),
        first=frozenset(by_use["first"]),
        of_state=frozenset(by_use["state"]),
        nominal=frozenset(by_use["nominal"]),
        modifiers=frozenset(by_use["modifier"]),
        sectors=sectors,
    )


def _actors() -> tuple[dict[str, Actor], frozenset[str]]:
    known: dict[str, Actor] = {}
    ambiguous: set[str] = set()
    for row in table("actors"):
        names = [row["name"], *filter(None, row["aliases"].split("|"))]
        known.update(dict.fromkeys(names, Actor(row["name"], row["country"] or None, row["sector"])))
        ambiguous.update(filter(None, row["ambiguous"].split("|")))
    for row in table("state_organisations"):
        for name in row["names"].split("|"):
            known.setdefault(name, Actor(name, None, row["sector"], takes_country=True))
            ambiguous.add(name)
    for name, actor in list(known.items()):
        # In a text in capitals a name of several words is still no other.
        if name not in ambiguous or " " in name:
            known.setdefault(name.upper(), actor)
            if name in ambiguous:
                ambiguous.add(name.upper())
    return known, frozenset(ambiguous)


def _by_first_word(names: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    by_word: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for name in sorted(names, key=lambda each: (-len(each.split()), each)):
        by_word[name.split()[0]].append(tuple(name.split()))
    return dict(by_word)


def _beginnings(name: str) -> set[str]:
    """Return the words that the first word of a name may begin with in a text, where a period may stand behind it."""
    return {found.group() for written in (name, f"{name}.") if (found := WORD.match(written))}


def _peoples(common: frozenset[str]) -> dict[str, bool]:
    return {
        name: folded(name).removesuffix("s") in common or folded(name) in common
        for row in table("peoples")
        for name in row["names"].split("|")
    }


def _speech() -> frozenset[str]:
    """Return the finite forms of the verbs of speech."""
    return frozenset(
        form for row in table("speech_verbs") for cell in ("present", "past") for form in row[cell].split("|")
    )
