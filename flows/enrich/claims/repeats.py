"""Claims that are stated again: the same number of the same people in a later sentence."""

from __future__ import annotations

from collections.abc import Sequence

from flows.enrich.claims.claim import Claim
from flows.enrich.claims.counts import DEFINITE, NAMED, ONE, PLURAL, PRONOUN, RANK
from flows.enrich.claims.reference import PERSON

KILLED = "killed"
MAX_LOOK_BACK = 100
"""Claims between one and the same claim stated again, so that a long list takes linear time."""

SINGULAR = (ONE, DEFINITE, NAMED, PRONOUN, RANK)
GENERIC = frozenset(
    "person people other victim one man woman body someone somebody individual member dead".split()
)


def repeated(claims: Sequence[Claim]) -> list[int | None]:
    """Return for each claim, in reading order, the number of the first claim that it repeats, or None."""
    found: list[int | None] = []
    for at, claim in enumerate(claims):
        original = None
        for before in range(at - 1, max(-1, at - 1 - MAX_LOOK_BACK), -1):
            if _is_same(claims[before], claim):
                original = found[before] if found[before] is not None else before
                break
        found.append(original)
    return found


def _is_same(first: Claim, second: Claim) -> bool:
    if first.effect != second.effect or first.affected.is_people != second.affected.is_people:
        return False
    if _is_same_death(first, second):
        return True
    if (first.is_negated, first.is_hypothetical, first.is_historical, first.is_part) != (
        second.is_negated,
        second.is_hypothetical,
        second.is_historical,
        second.is_part,
    ):
        return False
    if first.is_cumulative != second.is_cumulative or first.span == second.span:
        return first.span == second.span
    if _claimants_differ(first, second):
        return False
    a, b = first.count, second.count
    one, other = first.affected.lemma, second.affected.lemma
    if b.form == PLURAL:
        return a.form == PLURAL and (one == other or other in GENERIC)
    if (a.low, a.best, a.high) != (b.low, b.best, b.high):
        return False
    if first.sentence_no == second.sentence_no and PRONOUN not in (a.form, b.form):
        return False
    if a.form in SINGULAR and b.form in SINGULAR:
        return _is_same_person(first, second)
    return _nouns_agree(first, second)


def is_same_name(one: str, other: str) -> bool:
    """Return True if all words of an entity's key are words of the other's: `Lee` and `Ann Lee`."""
    shorter, longer = sorted((words_of(one), words_of(other)), key=len)
    return bool(shorter) and shorter <= longer


def words_of(key: str) -> set[str]:
    """Return the words of a key, without the type before them."""
    return set(key.partition(":")[2].split() or key.split())


def _is_same_death(first: Claim, second: Claim) -> bool:
    """Return True if both tell that the same named person died, which happens once, whoever says so and whenever."""
    one, other = first.affected.entity, second.affected.entity
    return (
        first.effect == KILLED
        and first.is_negated == second.is_negated
        and first.is_hypothetical == second.is_hypothetical
        and one is not None
        and other is not None
        and is_same_name(one.key, other.key)
    )


def _claimants_differ(first: Claim, second: Claim) -> bool:
    a, b = first.attribution, second.attribution
    if a.claimant is None or b.claimant is None:
        return False
    if a.stance != b.stance:
        return True
    if a.entity is not None and b.entity is not None:
        return a.entity.key != b.entity.key and a.type != b.type
    return a.type is not None and b.type is not None and a.type != b.type


def _nouns_agree(first: Claim, second: Claim) -> bool:
    one, other = first.affected.lemma, second.affected.lemma
    if (
        first.affected.nationality
        and second.affected.nationality
        and first.affected.nationality != second.affected.nationality
    ):
        return False
    if (
        one == other
        or one in GENERIC
        or other in GENERIC
        or first.affected.is_bare
        or second.affected.is_bare
    ):
        return True
    kinds = {first.affected.type, second.affected.type}
    return len(kinds) == 1 or PERSON in kinds


def _is_same_person(first: Claim, second: Claim) -> bool:
    a, b = first.affected, second.affected
    if not a.is_people:
        return a.lemma == b.lemma and b.count.form != ONE
    if a.entity is not None and b.entity is not None:
        return is_same_name(a.entity.key, b.entity.key)
    if b.count.form in (ONE, RANK):
        return False
    if a.gender and b.gender and a.gender != b.gender:
        return False
    if b.count.form == PRONOUN or b.count.form == NAMED:
        return a.entity is None
    return _nouns_agree(first, second)
