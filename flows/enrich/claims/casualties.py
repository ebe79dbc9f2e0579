"""The casualties of an article one by one: which claims of a single person are about the same person, and what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from flows.enrich.claims.claim import Claim
from flows.enrich.claims.counts import DEFINITE, NAMED, NUMBER, ONE, PRONOUN, RANK
from flows.enrich.claims.repeats import is_same_name
from flows.records import Span

KILLED, WOUNDED, OPEN, TREATED = "killed", "wounded", "open", "treated"
SINGULAR = frozenset((ONE, DEFINITE, NAMED, PRONOUN, RANK))
NEWS_SENTENCES = {KILLED: 3, WOUNDED: 8, OPEN: 8, TREATED: 8}
"""A person who is first named so many sentences after the first is background: another event, or a crime of last year. News tells of its dead early.
Tuned on the Gun Violence Archive; 3 and 8 move the exact tolls by 1 %."""

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
    is_child: bool | None = None

    @property
    def is_killed(self) -> bool:
        """Return True if a claim says that the person died."""
        return KILLED in self.fates


@dataclass(frozen=True, slots=True)
class Single:
    """A claim of one person, with its noun in lowercase, its gender, whether it is a child (None if unknown), whether it is named as a relative of another, and whether a word such as `another` sets the person apart."""

    claim: Claim
    noun: str
    gender: str | None
    is_child: bool | None
    is_kin: bool
    is_additional: bool

    @property
    def fate(self) -> str:
        """Return what the claim says of the person."""
        return self.claim.outcome or self.claim.effect


def is_single(claim: Claim) -> bool:
    """Return True if the claim is about one person."""
    count = claim.count
    return count.form in SINGULAR or (count.form == NUMBER and count.best == 1 and count.bound == "exact")


def persons_in(singles: Iterable[Single], first: int | None, grouped: Collection[str]) -> list[Person]:
    """Return the persons whom the claims of single people are about, in reading order.

    `first` is the number of the sentence that counts the first victims, None if none counts several; `grouped` are the effects by which the article counts several; `the victim` is then one of them, and one who died is somebody new if several were only wounded.
    """
    persons: list[Person] = []
    trigger: Span | None = None
    beside: list[Person] = []
    for single in singles:
        sentence = single.claim.sentence_no
        if single.claim.trigger != trigger:
            trigger, beside = single.claim.trigger, []
        # Those whom one verb affects are different people: `a mayor and his driver`.
        person = _person_of(single, [each for each in persons if all(each is not other for other in beside)])
        if person is None:
            has_groups = KILLED in grouped if single.claim.effect == KILLED else bool(grouped)
            if not beside and _is_one_of_those_told(single, persons, has_groups=has_groups):
                continue
            if first is not None and sentence > first + NEWS_SENTENCES[single.fate]:
                continue
            first = sentence if first is None else first
            person = Person(None, single.noun, single.gender)
            persons.append(person)
        beside.append(person)
        _note(person, single)
    return persons


def _is_one_of_those_told(single: Single, persons: list[Person], *, has_groups: bool) -> bool:
    """Return True for a pronoun, and for `the victim` of several: nobody new, though not known who."""
    form = single.claim.count.form
    if form == PRONOUN:
        return bool(persons) or has_groups
    return (
        form == DEFINITE
        and (has_groups or bool(persons))
        and not single.is_kin
        and (has_groups or single.noun in GENERIC)
    )


def _note(person: Person, single: Single) -> None:
    """Add to a person what a claim says of it."""
    person.fates.add(single.fate)
    person.last_sentence = single.claim.sentence_no
    person.gender = person.gender or single.gender
    person.is_child = single.is_child if person.is_child is None else person.is_child
    entity, form = single.claim.affected.entity, single.claim.count.form
    if entity is not None and form == NAMED:
        person.name = person.name or entity.key
    if (person.noun in GENERIC or single.is_kin) and single.noun not in GENERIC and form != NAMED:
        person.noun = single.noun


def _person_of(single: Single, persons: list[Person]) -> Person | None:
    """Return the last of the persons who may be the one that a claim is about."""
    entity, form = single.claim.affected.entity, single.claim.count.form
    if entity is not None:
        for each in persons:
            if each.name is not None and is_same_name(each.name, entity.key):
                return each
    if single.is_additional:
        return None
    fits = [each for each in reversed(persons) if _fits(single, each)]
    if form == NAMED:
        fits = [each for each in fits if each.name is None]
    elif form not in (PRONOUN, DEFINITE):
        # The first sentence may run on from a headline: `Man shot in Leeds A man was shot`.
        fits = [
            each for each in fits if each.last_sentence != single.claim.sentence_no or not each.last_sentence
        ]
    return max(fits, key=lambda each: _likeness(single, each), default=None)


def _likeness(single: Single, person: Person) -> tuple[bool, bool, bool, int]:
    """Return how well a person fits a claim: by noun, age and gender, then by nearness."""
    return (
        single.noun == person.noun,
        single.is_child is not None and single.is_child == person.is_child,
        single.gender is not None and single.gender == person.gender,
        person.last_sentence,
    )


def _fits(single: Single, person: Person) -> bool:
    """Return True if the claim may be about the person, by gender, age and fate."""
    if single.gender and person.gender and single.gender != person.gender:
        return False
    if single.is_child is not None and person.is_child is not None and single.is_child != person.is_child:
        return False
    fates = person.fates | {single.fate}
    # Whoever is known to be wounded only is nobody who was killed at once.
    return not (
        WOUNDED in fates
        and KILLED in fates
        and fates.isdisjoint((OPEN, TREATED))
        and single.claim.count.form != PRONOUN
    )
