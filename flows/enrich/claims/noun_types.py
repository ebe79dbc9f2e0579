"""The type of a noun: of which type of victims or things it is."""

from __future__ import annotations

from flows.enrich.claims.reference import PERSON, PERSON_TYPES
from flows.enrich.claims.sources import Sources
from flows.enrich.numbers.shapes import AGE

GENERAL = frozenset(
    "person people man woman member other one leader staff personnel employee worker official officer chief commander".split()
)
"""Nouns whose type a modifier tells: `army officer`, `militia members`."""
MAX_NOUN_WORDS = 4
ADULT_AGE = 18
NAME_LABELS = frozenset(("compound", "nmod", "amod", "flat", "poss", "case"))
SECTORS = {
    "MIL": "military",
    "COP": "police",
    "REB": "rebel",
    "MED": "journalist",
    "GOV": "official",
    "LEG": "official",
    "JUD": "official",
}


def lemma_of(sources: Sources, at: int) -> str:
    """Return the lemma of a token in lowercase; `policemen` is `policeman`."""
    token = sources.tokens[at]
    lemma = token.lemma.lower()
    if token.tag[:3] == "NNP" and lemma.endswith("s"):
        # A common noun with a capital, as at the beginning of a headline: `Guerrillas`.
        reference = sources.reference
        if lemma not in reference.types and (
            lemma[:-1] in reference.types or lemma[:-1] in reference.claimants
        ):
            lemma = lemma[:-1]
    return lemma[:-2] + "an" if lemma.endswith("men") and token.tag[:2] == "NN" and len(lemma) > 3 else lemma


def noun_type(sources: Sources, noun: int) -> str | None:
    """Return the type of a noun by its last words, the longest first: `police officer`, `officer`."""
    types, tokens = sources.reference.types, sources.tokens
    lemma = lemma_of(sources, noun)
    before = noun - 1
    words = [lemma]
    found = types.get(lemma) or types.get(tokens[noun].text.lower())
    while (
        before >= 0
        and len(words) < MAX_NOUN_WORDS
        and tokens[before].head in (noun, before + 1)
        and tokens[before].dep in NAME_LABELS | {"punct"}
    ):
        words.insert(0, tokens[before].text.lower())
        longer = types.get(" ".join(words)) or types.get("".join(words))
        found = longer or found
        before -= 1
    return found


def type_of_noun(sources: Sources, noun: int) -> str | None:
    """Return the type of a noun, by its modifier where the noun is a general one; None if no table lists it."""
    if (
        sources.tokens[noun].tag in ("VBN", "VBD", "JJ")
        and sources.tokens[noun].text.lower() in sources.reference.victims
    ):
        # `three of the wounded`
        return PERSON
    found = noun_type(sources, noun)
    lemma = lemma_of(sources, noun)
    if lemma in GENERAL or lemma in sources.reference.words["rank"] or found in (None, PERSON):
        types, claimants = sources.reference.types, sources.reference.claimants
        for child in sources.children(noun, "compound", "amod", "nmod"):
            word = lemma_of(sources, child)
            kind = types.get(word) or claimants.get(word)
            if kind in ("military", "police", "rebel", "journalist", "aid_worker", "prisoner"):
                return kind
    if found is None and lemma in ("old", "olds", "year-old"):
        return _type_by_age(sources, noun)
    if found is None:
        mention, place = sources.mention_at.get(noun), sources.place_at.get(noun)
        if (mention is not None and mention.type in ("NORP", "PER")) or (
            place is not None and place.is_adjective
        ):
            return PERSON
        if sources.tokens[noun].text.lower() in sources.reference.demonyms:
            return PERSON
    return found


def _type_by_age(sources: Sources, noun: int) -> str:
    """Return the type of `a 12-year-old`."""
    left = sources.syntax.edges(noun)[0]
    age = next(
        (
            sources.quantity_at[at]
            for at in range(left, noun)
            if at in sources.quantity_at and sources.quantity_at[at].shape == AGE
        ),
        None,
    )
    return "child" if age is not None and age.best is not None and age.best < ADULT_AGE else PERSON


def type_of_named(sources: Sources, sector: str | None, role: str | None) -> str | None:
    """Return the type of a named victim, by the office before the name, or the sector of the entity."""
    if role:
        words = role.lower().split()
        types = sources.reference.types
        for at in range(len(words)):
            if found := types.get(" ".join(words[at:])):
                return found if found in PERSON_TYPES else None
    return SECTORS.get(sector or "")


def names_thing(sources: Sources, victim: int) -> bool:
    """Return True for a noun of victims that names a thing with those beside it: `14 refugee camps`, `a hostage situation`, `a political body`."""
    tokens, organ = sources.tokens, sources.reference.words["organ"]
    token = tokens[victim]
    if token.lemma.lower() == "body":
        return any(
            tokens[child].text.lower() in organ
            for child in sources.children(victim, "amod", "compound", "nmod")
        )
    return (
        token.dep in ("compound", "nmod")
        and token.head > victim
        and tokens[token.head].tag in ("NN", "NNS")
        and type_of_noun(sources, token.head) not in PERSON_TYPES
    )
