"""What is counted: the noun of a noun phrase, its type, its unit, its nationality and its words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.enrich.claims.counts import (
    BOTH,
    DEFINITE,
    NAMED,
    NONE,
    NUMBER,
    ONE,
    PLURAL,
    PRONOUN,
    RANK,
    Count,
    count_of,
)
from flows.enrich.claims.noun_types import lemma_of, type_of_named, type_of_noun
from flows.enrich.claims.reference import PERSON, PERSON_TYPES
from flows.enrich.claims.sources import Sources
from flows.enrich.entities.coreference import Entity
from flows.enrich.numbers.shapes import AGE
from flows.records import Span

PEOPLE_UNIT = "people"
HOUSEHOLDS = frozenset(("family", "household"))

PHRASE_LABELS = frozenset("amod compound nmod nummod punct quantmod".split())


@dataclass(frozen=True, slots=True)
class Affected:
    """People or things that something happened to.

    `head` is the token that stands in the sentence (`dozens`), `noun` the one that says what is counted (`villagers`); `type` a type of
    `affected.tsv`, or None where the noun is unknown; `span` covers the noun with its adjectives, or the number where it has no noun.
    `is_bare`: a number or a name stands without a noun. `is_additional`: a word such as `another` sets them apart from those before. `lemma` is that of the noun, `gender` f, m or None; `is_kin`: the noun names somebody by a relation to another.
    """

    head: int
    noun: int
    count: Count
    type: str | None
    unit: str
    span: Span
    nationality: str | None
    entity: Entity | None
    is_bare: bool
    is_additional: bool
    lemma: str
    gender: str | None
    is_kin: bool

    @property
    def is_people(self) -> bool:
        """Return True if those affected are people, as far as the noun tells."""
        return self.type in PERSON_TYPES

    @property
    def victim_type(self) -> str | None:
        """Return the type of victims, or None for things and where the noun does not tell it."""
        return self.type if self.is_people and self.type != PERSON else None


def affected_at(sources: Sources, head: int) -> Affected | None:
    """Return who or what the noun phrase with this head counts, or None if it counts nothing."""
    if _is_of_date(sources, head) or _is_score(sources, head):
        return None
    count = count_of(sources, head)
    noun = _noun_of(sources, head)
    if noun != head and head not in sources.quantity_at:
        count = _inner_count(sources, head, noun, count)
    if count is None:
        return None
    is_bare = _is_bare(sources, noun)
    mention = sources.mention_at.get(noun)
    entity = mention.entity if mention is not None and count.form in (NAMED, PRONOUN) else None
    kind = PERSON if count.form in (NAMED, PRONOUN) else None if is_bare else type_of_noun(sources, noun)
    if count.form == NAMED and mention is not None:
        kind = type_of_named(sources, mention.entity.sector, mention.role)
        kind = kind or _type_of_apposition(sources, noun) or PERSON
        span = mention.span
    elif is_bare:
        span = count.number or sources.span(noun, noun)
    else:
        span = _phrase(sources, noun)
    return Affected(
        head,
        noun,
        count,
        kind,
        _unit(sources, noun, kind, is_bare=is_bare),
        span,
        _nationality(sources, noun, entity),
        entity,
        is_bare,
        _is_additional(sources, head, noun),
        lemma_of(sources, noun),
        _gender(sources, noun),
        lemma_of(sources, noun) in sources.reference.words["kin"],
    )


def _is_of_date(sources: Sources, head: int) -> bool:
    """Return True for the numbers of a date: `the first murder of 2016`, `IDPs (OCHA, 7 August 2014)`."""
    token = sources.tokens[head]
    if token.tag != "CD" or not token.text.isdecimal():
        return False
    return any(
        token.start < time.span.end and time.type in DATES
        for time in sources.times_within(token.start - MAX_TIME_CHARS, token.end)
        if time.span.end >= token.end
    )


def _is_score(sources: Sources, head: int) -> bool:
    """Return True for digits behind an article, which count nobody: `shot a 67`."""
    token = sources.tokens[head]
    if not token.text.isdecimal() or head == 0 or sources.tokens[head - 1].text.lower() not in ("a", "an"):
        return False
    return sources.tokens[head - 1].head == head


DATES = ("DATE", "TIME")
MAX_TIME_CHARS = 30
"""How far back a date may begin that ends with a year: `September 14, 1985`."""


def _type_of_apposition(sources: Sources, name: int) -> str | None:
    """Return the type of the noun beside a name: `Ann Lee, a 52-year-old reporter`, `Ann Lee, 52, a reporter`."""
    for child in sources.children(name, "appos"):
        for noun in (child, *sources.children(child, "appos")):
            kind = type_of_noun(sources, noun) if sources.tokens[noun].tag in ("NN", "NNP") else None
            if kind in PERSON_TYPES and kind != PERSON and noun not in sources.mention_at:
                return kind
    return None


def bare_number(sources: Sources, at: int, count: Count) -> Affected:
    """Return people that only a number counts."""
    return Affected(
        head=at,
        noun=at,
        count=count,
        type=PERSON,
        unit=PEOPLE_UNIT,
        span=count.number or sources.span(at, at),
        nationality=None,
        entity=None,
        is_bare=True,
        is_additional=False,
        lemma=lemma_of(sources, at),
        gender=None,
        is_kin=False,
    )


def _gender(sources: Sources, noun: int) -> str | None:
    words, lemma = sources.reference.words, lemma_of(sources, noun)
    return "f" if lemma in words["female"] else "m" if lemma in words["male"] else None


def _is_additional(sources: Sources, head: int, noun: int) -> bool:
    additive = sources.reference.words["additive"]
    return any(
        sources.tokens[at].text.lower() in additive
        for each in (head, noun)
        for at in (each, *(child for child in sources.syntax.children(each) if child <= noun))
    )


def _noun_of(sources: Sources, head: int) -> int:
    """Return the noun behind `of` where the head only counts it: `dozens of villagers`, `the bodies of two men`, `two of the guards`."""
    tokens, partitive = sources.tokens, sources.reference.words["partitive"]
    noun = head
    for _ in range(3):
        is_counter = noun in sources.quantity_at or lemma_of(sources, noun) in partitive
        inner = sources.object_of(noun, "of") if is_counter else None
        if inner is None or tokens[inner].tag == "PRP":
            return noun
        noun = inner
    return noun


def _inner_count(sources: Sources, head: int, noun: int, count: Count | None) -> Count | None:
    """Return the count of a noun behind `of`: its own where the head only measures it (`a minimum of six`, `the bodies of two men`)."""
    if count is not None and count.form == NUMBER:
        return count
    inner = count_of(sources, noun)
    if inner is None:
        return count
    if inner.form in (NUMBER, BOTH) or (
        inner.form in (ONE, RANK, NONE, NAMED, DEFINITE)
        and lemma_of(sources, head) in sources.reference.words["remains"]
    ):
        return inner
    if inner.form == PLURAL and (count is None or count.form in (ONE, DEFINITE)):
        return inner
    return count


def _is_bare(sources: Sources, noun: int) -> bool:
    """Return True if a number, `another` or `others` stands without a noun."""
    token = sources.tokens[noun]
    if token.lemma.lower() in ("other", "another") or token.text.lower() in (
        "both",
        "none",
        "neither",
        "all",
    ):
        return True
    quantity = sources.quantity_at.get(noun)
    # The last word of `a number of` is a preposition.
    return quantity is not None and quantity.shape != AGE and token.tag[:2] in ("CD", "NN", "JJ", "IN")


def _unit(sources: Sources, noun: int, kind: str | None, *, is_bare: bool) -> str:
    lemma = lemma_of(sources, noun)
    if lemma in HOUSEHOLDS:
        return lemma
    if is_bare or kind is None or kind in PERSON_TYPES:
        return PEOPLE_UNIT if is_bare or kind in PERSON_TYPES else lemma
    types = sources.reference.types
    before = noun - 1
    if before >= 0 and sources.tokens[before].head == noun and sources.tokens[before].dep == "compound":
        pair = f"{sources.tokens[before].text.lower()} {lemma}"
        if pair in types:
            return pair
    return lemma


def _phrase(sources: Sources, noun: int) -> Span:
    """Return the words of a noun with its adjectives and compounds, without determiners and numbers."""
    tokens = sources.tokens
    first = noun
    for child in reversed(sources.syntax.children(noun)):
        if child > noun:
            continue
        left, right = sources.syntax.edges(child)
        if right != first - 1 or tokens[child].dep not in PHRASE_LABELS or child in sources.quantity_at:
            break
        if sources.child(child, "cc") is not None:
            # `armoured carrier` in `a tank and armoured carrier`
            break
        if any(at in sources.quantity_at for at in range(left, right + 1)) or tokens[child].dep == "punct":
            break
        first = left
    return sources.span(first, noun)


def _nationality(sources: Sources, noun: int, entity: Entity | None) -> str | None:
    """Return the country that an adjective or the noun itself states: `two Italian tourists`, `two Filipinos`."""
    tokens, demonyms = sources.tokens, sources.reference.demonyms
    for at in (noun, *sources.children(noun, "amod", "compound", "nmod", "poss")):
        place = sources.place_at.get(at)
        if (
            place is not None
            and place.point is not None
            and place.point.country
            and (place.is_adjective or _is_country(sources, at))
        ):
            return place.point.country
        if found := demonyms.get(tokens[at].text.lower()):
            return found
    return entity.country if entity else None


def _is_country(sources: Sources, at: int) -> bool:
    place = sources.place_at.get(at)
    return place is not None and place.point is not None and (place.point.fcode or "").startswith("PCL")


def with_count(affected: Affected, count: Count) -> Affected:
    """Return the same people or things with another count."""
    return replace(affected, count=count)
