"""The tables of claims: effects and their frames, who is affected, claimants, stances, and the words of context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from flows.enrich.language.reference import LanguageReference
from flows.enrich.lexicons import table

PEOPLE, THINGS, ANY = "people", "things", "any"
OBJECT, SUBJECT, EITHER, POSSESSOR, STATE, VICTIM, DEED, TOLL = (
    "object subject either possessor state victim deed toll".split()
)
VERB_FRAMES = (OBJECT, SUBJECT, EITHER, POSSESSOR)

PERSON_TYPES = frozenset(
    "person civilian military police rebel journalist aid_worker official prisoner child other".split()
)
"""The types of `affected.tsv` that are people; `person` is one whose type the noun does not tell."""

UNCOUNTED, PERSON = "uncounted", "person"
FATALLY = frozenset(("fatally", "mortally", "lethally"))


@dataclass(frozen=True, slots=True)
class Frame:
    """A row of `effects.tsv`: an effect, whom it affects, where the affected stand, and what must and must not be beside the verb.

    `outcome`: open or treated where the wounded may have died later, else empty.
    """

    effect: str
    affects: str
    frame: str
    complements: frozenset[str]
    excluded: frozenset[str]
    outcome: str


@dataclass(frozen=True, slots=True)
class Stance:
    """What a verb or a noun of speech makes of a claim, and what its negation makes of it."""

    stance: str
    negated: str


@dataclass(frozen=True, slots=True)
class ClaimReference:
    """Words in lowercase.

    `verbs` maps a lemma to its frames, those that ask for a complement first, and those of death before others; `participles` the past participle of a regular verb to its lemma;
    `states`, `victims`, `deeds` and `tolls` a word to its frame; `words_of_effect` are the words and lemmas of all but the tolls. `types` maps a noun, of one or more words, to its type in `affected.tsv`;
    `claimants` a noun to the type of a claimant, `claimant_sectors` a CAMEO role code to it. `words` holds the classes of `claim_contexts.tsv`;
    `demonyms` maps a demonym to an ISO 3166-1 alpha-2 code.
    """

    verbs: Mapping[str, tuple[Frame, ...]]
    participles: Mapping[str, str]
    states: Mapping[str, Frame]
    victims: Mapping[str, Frame]
    deeds: Mapping[str, Frame]
    tolls: Mapping[str, Frame]
    words_of_effect: frozenset[str]
    types: Mapping[str, str]
    claimants: Mapping[str, str]
    claimant_sectors: Mapping[str, str]
    verb_stances: Mapping[str, Stance]
    noun_stances: Mapping[str, Stance]
    speech: frozenset[str]
    words: Mapping[str, frozenset[str]]
    demonyms: Mapping[str, str]


def read_claim_reference(language: LanguageReference) -> ClaimReference:
    """Read the tables of claims."""
    frames: dict[str, defaultdict[str, list[Frame]]] = {
        frame: defaultdict(list) for frame in (*VERB_FRAMES, STATE, VICTIM, DEED, TOLL)
    }
    for row in table("effects"):
        frame = Frame(
            row["effect"],
            row["affects"],
            row["frame"],
            frozenset(row["with"].split("|")) - {""},
            frozenset(row["without"].split("|")) - {""},
            row["outcome"],
        )
        for word in row["words"].split("|"):
            frames[frame.frame][word].append(frame)
    verbs: defaultdict[str, list[Frame]] = defaultdict(list)
    for kind in VERB_FRAMES:
        for lemma, found in frames[kind].items():
            verbs[lemma] += found
    claimants = list(table("claimants"))
    stances = [
        (row["part"], word, Stance(row["stance"], row["negated"]))
        for row in table("stances")
        for word in row["words"].split("|")
    ]
    participles = {_participle(lemma): lemma for lemma in verbs}
    return ClaimReference(
        verbs={
            lemma: tuple(sorted(found, key=lambda each: (not each.complements, each.effect != "killed")))
            for lemma, found in verbs.items()
        },
        participles=participles,
        words_of_effect=FATALLY.union(verbs, participles, *(frames[kind] for kind in (STATE, VICTIM, DEED))),
        states=_first(frames[STATE]),
        victims=_first(frames[VICTIM]),
        deeds=_first(frames[DEED]),
        tolls=_first(frames[TOLL]),
        types=_types(),
        claimants={word: row["type"] for row in claimants for word in row["words"].split("|")},
        claimant_sectors={code: row["type"] for row in claimants for code in row["sectors"].split("|")},
        verb_stances={word: stance for part, word, stance in stances if part == "verb"},
        noun_stances={word: stance for part, word, stance in stances if part == "noun"},
        speech=frozenset(verb.lemma for verb in language.speech.verbs if verb.use in ("speech", "mark")),
        words={row["class"]: frozenset(row["words"].split("|")) for row in table("claim_contexts")},
        demonyms=_demonyms(),
    )


def _types() -> dict[str, str]:
    """Return the type of each noun; words of currencies count nothing that is hurt or destroyed, unless they have another sense."""
    types = {word: row["type"] for row in table("affected") for word in row["words"].split("|")}
    for row in table("currency_words"):
        for word in row["words"].split("|"):
            if word.isalpha() and word.islower():
                types.setdefault(word, UNCOUNTED)
    return types


def _first(frames: Mapping[str, list[Frame]]) -> dict[str, Frame]:
    return {word: found[0] for word, found in frames.items()}


def _participle(lemma: str) -> str:
    """Return the regular past participle of a verb: `injured`, `buried`, `displaced`."""
    if lemma.endswith("e"):
        return f"{lemma}d"
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return f"{lemma[:-1]}ied"
    return f"{lemma}ed"


def _demonyms() -> dict[str, str]:
    """Return the country of each demonym in lowercase."""
    return {
        name.lower(): row["iso"] for row in table("countries") for name in row["demonyms"].split("|") if name
    }
