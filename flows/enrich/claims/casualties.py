"""The casualties of an article one by one: which claims of a single person are about the same person, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.enrich.claims.claim import Claim
from flows.enrich.claims.counts import DEFINITE, NAMED, NUMBER, ONE, PRONOUN, RANK
from flows.records import Span

KILLED, WOUNDED, OPEN = "killed", "wounded", "open"
SINGULAR = frozenset((ONE, DEFINITE, NAMED, PRONOUN, RANK))
GENERIC = frozenset(
    "person people victim one body individual someone somebody suspect patient casualty other".split()
)


@dataclass(slots=True)
class Person:
    """One casualty: what claims say of it. `name` is the key of its entity, None while it is not named."""

    name: str | None
    noun: str
    gender: str | None
    fates: set[str] = field(default_factory=set)
    last_sentence: int = 0
    first_sentence: int = 0

    @property
    def is_killed(self) -> bool:
        """Return True if a claim says that the person died."""
        return KILLED in self.fates


@dataclass(frozen=True, slots=True)
class Single:
    """A claim of one person, with its noun in lowercase, its gender, and whether a word such as `another` sets the person apart."""

    claim: Claim
    noun: str
    gender: str | None
    is_additional: bool

    @property
    def fate(self) -> str:
        """Return what the claim says of the person."""
        return OPEN if self.claim.is_open else self.claim.effect


def is_single(claim: Claim) -> bool:
    """Return True if the claim is about one person."""
    count = claim.count
    return count.form in SINGULAR or (count.form == NUMBER and count.best == 1 and count.bound == "exact")


def persons_in(singles: Iterable[Single], *, has_groups: bool) -> list[Person]:
    """Return the persons whom the claims of single people are about, in reading order.

    `has_groups`: the article also counts several; a pronoun or `the victim` is then one of them.
    """
    persons: list[Person] = []
    trigger: Span | None = None
    beside: list[Person] = []
    for single in singles:
        if single.claim.trigger != trigger:
            trigger, beside = single.claim.trigger, []
        # Those whom one verb affects are different people: `a mayor and his driver`.
        person = _person_of(single, [each for each in persons if all(each is not other for other in beside)])
        if person is None:
            if single.claim.count.form in (PRONOUN, DEFINITE) and (persons or has_groups) and not beside:
                continue
            person = Person(None, single.noun, single.gender, first_sentence=single.claim.sentence_no)
            persons.append(person)
        beside.append(person)
        person.fates.add(single.fate)
        person.last_sentence = single.claim.sentence_no
        person.gender = person.gender or single.gender
        entity = single.claim.affected.entity
        if entity is not None and single.claim.count.form in (NAMED, PRONOUN):
            person.name = person.name or entity.key
        if person.noun in GENERIC and single.noun not in GENERIC and single.claim.count.form != NAMED:
            person.noun = single.noun
    return persons


def _person_of(single: Single, persons: list[Person]) -> Person | None:
    entity, form = single.claim.affected.entity, single.claim.count.form
    if entity is not None:
        named = next(
            (each for each in persons if each.name is not None and _is_same_name(each.name, entity.key)), None
        )
        if named is not None:
            return named
    if single.is_additional:
        return None
    fits = [each for each in reversed(persons) if _fits(single, each)]
    if form == NAMED:
        fits = [each for each in fits if each.name is None]
    elif form not in (PRONOUN, DEFINITE):
        fits = [each for each in fits if _may_restate(single, each)]
    return fits[0] if fits else None


def _is_same_name(one: str, other: str) -> bool:
    return one == other


def _fits(single: Single, person: Person) -> bool:
    if single.gender and person.gender and single.gender != person.gender:
        return False
    fates = person.fates | {single.fate}
    # Whoever is known to be wounded only is nobody who was killed at once.
    return not (
        WOUNDED in fates and KILLED in fates and OPEN not in fates and single.claim.count.form != PRONOUN
    )


def _may_restate(single: Single, person: Person) -> bool:
    """Return True if `a man` in a later sentence may be the man of the headline."""
    return single.claim.sentence_no != person.last_sentence
