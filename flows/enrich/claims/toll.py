"""The toll of an article: how many its main event killed and injured, as far as its claims support a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flows.enrich.claims.casualties import (
    KILLED,
    OPEN,
    WOUNDED,
    Person,
    Single,
    is_single,
    persons_in,
)
from flows.enrich.claims.claim import Claim
from flows.enrich.claims.context import RECALLED
from flows.enrich.claims.counts import BOTH, NUMBER

ADULTS = frozenset(
    "man woman adult officer husband wife father mother grandmother grandfather uncle aunt parent driver soldier".split()
)
LEAD_SENTENCES = 6
"""The headline, where the text has one, and the first sentences tell the main event."""

MAX_DISTANCE = 20
"""Sentences between the first claim of an article and a number of its main event. Tuned on the Gun Violence Archive."""


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest number that an article supports; `high` is null where the article leaves it open."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Toll:
    """How many the main event of an article killed and injured; null where it states neither.

    An article that states one of the two and nothing of the other supports zero for the other.
    """

    killed: Range | None
    injured: Range | None


ZERO = Range(0, 0)


def toll_of(claims: Sequence[Claim]) -> Toll:
    """Return the toll of an article from its claims in reading order."""
    counted = [claim for claim in claims if _counts(claim) and not claim.is_historical]
    # An article about a trial has no other event than the old one.
    counted = _with_others(counted or [claim for claim in claims if _counts(claim)])
    if not counted:
        denied = {claim.effect for claim in claims if claim.is_negated and not claim.is_hypothetical}
        return Toll(ZERO if KILLED in denied else None, ZERO if WOUNDED in denied else None)
    groups = [claim for claim in counted if not is_single(claim) and not claim.is_part]
    singles = [_single(claim) for claim in counted if is_single(claim) and not claim.is_part]
    first = groups[0].sentence_no if groups else None
    persons = persons_in(singles, first, {claim.effect for claim in groups})
    killed = _killed(counted, persons)
    return Toll(killed, _injured(counted, persons, killed))


def _with_others(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims; the `others` of a number who are other than those of another effect are not on top of their own: `2 killed, 3 others hurt`."""
    told: list[Claim] = []
    for claim in claims:
        before = told[-1] if told else None
        is_apart = (
            before is not None
            and before.effect != claim.effect
            and before.sentence_no == claim.sentence_no
            and claim.affected.is_additional
            and not is_single(claim)
        )
        told.append(
            replace(claim, affected=replace(claim.affected, is_additional=False)) if is_apart else claim
        )
    return told


def _counts(claim: Claim) -> bool:
    return (
        not (claim.is_negated or claim.is_hypothetical)
        and not (claim.is_cumulative and claim.since is not None)
        and claim.affected.is_people
        and claim.effect in (KILLED, WOUNDED)
        and claim.history != RECALLED
    )


def _single(claim: Claim) -> Single:
    affected = claim.affected
    is_child = True if affected.type == "child" else False if affected.lemma in ADULTS else None
    return Single(claim, affected.lemma, affected.gender, is_child, affected.is_kin, affected.is_additional)


@dataclass(frozen=True, slots=True)
class _Stated:
    """A number of victims that the article states, and the first claim that it is made of."""

    total: Range
    first: Claim


def _killed(claims: Sequence[Claim], persons: Sequence[Person]) -> Range:
    deaths = [claim for claim in claims if claim.effect == KILLED]
    stated = _stated(_near(deaths, claims[0]))
    if stated is not None:
        return _with_killer(stated, deaths)
    dead = sum(person.is_killed for person in persons)
    return Range(dead, dead) if dead else _greatest(_near(deaths, claims[0]))


def _near(claims: Sequence[Claim], first: Claim) -> list[Claim]:
    """Return the claims not far behind the first of the article: far below stand the homicides of the year, and below the lead other totals."""
    return [
        claim
        for claim in claims
        if claim.sentence_no <= first.sentence_no + MAX_DISTANCE
        and (claim.sentence_no < LEAD_SENTENCES or claim.rule == "toll" or not claim.is_cumulative)
    ]


def _with_killer(stated: _Stated, deaths: Sequence[Claim]) -> Range:
    """Return the dead with the one who killed them and then himself: `shot his wife and two sons and killed himself`."""
    killer = stated.first.perpetrator
    total = stated.total
    if killer is None or total.high is None:
        return total
    own = any(
        claim.sentence_no == stated.first.sentence_no
        and claim.trigger != stated.first.trigger
        and is_single(claim)
        and claim.affected.span.overlaps(killer)
        for claim in deaths
    )
    return Range(total.low + own, total.high + own)


def _injured(claims: Sequence[Claim], persons: Sequence[Person], killed: Range) -> Range:
    wounded = [claim for claim in claims if claim.effect == WOUNDED]
    near = _near(wounded, claims[0])
    certain = _stated([claim for claim in near if not claim.is_open])
    if certain is not None:
        return certain.total
    struck = _stated([claim for claim in near if claim.is_open])
    if struck is not None:
        return _less_dead(struck, killed, claims)
    several_died = killed.low > 1 and not any(person.is_killed for person in persons)
    hurt = sum(not (person.is_killed or (several_died and person.fates == {OPEN})) for person in persons)
    if hurt or persons or killed.low:
        return Range(hurt, hurt)
    return _greatest(wounded)


def _greatest(claims: Sequence[Claim]) -> Range:
    """Return the number of those whom no number and no person tells: `Both were taken to hospital`; zero if there are none."""
    both = [_sum([claim]) for claim in claims if claim.count.form == BOTH]
    return max(both, key=lambda each: each.low, default=ZERO)


def _less_dead(struck: _Stated, killed: Range, claims: Sequence[Claim]) -> Range:
    """Return how many of those who were shot are alive: `five people were shot, two of them fatally`; after `two killed, five shot` it is five."""
    first, total = struck.first, struck.total
    if killed.low == total.low + 1 and killed == Range(killed.low, killed.low) and _kills_himself(claims):
        return ZERO
    if killed.high is None or total.high is None or killed.low > total.low or first.affected.is_additional:
        return total
    if any(
        claim.effect == KILLED and claim.sentence_no == first.sentence_no and claim.trigger < first.trigger
        for claim in claims
    ):
        return total
    return Range(total.low - killed.low, total.high - killed.high)


def _kills_himself(claims: Sequence[Claim]) -> bool:
    """Return True if one of the dead is who shot or killed others."""
    doers = [claim.perpetrator for claim in claims if claim.perpetrator is not None]
    return any(
        claim.effect == KILLED
        and is_single(claim)
        and any(claim.affected.span.overlaps(doer) for doer in doers)
        for claim in claims
    )


def _stated(claims: Sequence[Claim]) -> _Stated | None:
    """Return the number of victims that the article states best: a toll, or the greatest total of a sentence of the lead; None if it names only single persons."""
    mine = [claim for claim in claims if not claim.is_part]
    if rivals := _rivals([claim for claim in mine if claim.sentence_no < LEAD_SENTENCES]):
        return _Stated(rivals, mine[0])
    tolls = [claim for claim in mine if claim.rule == "toll"]
    if tolls:
        return _Stated(_sum(tolls[-1:]), tolls[-1])
    together = Counter(claim.trigger for claim in mine)
    # A verb that affects several counts them, as a number does: `killed Ann Lee, 21, and Bo Ek, 22`.
    numbered = [claim for claim in mine if _is_numbered(claim) or together[claim.trigger] > 1]
    lead = [claim for claim in numbered if claim.sentence_no < LEAD_SENTENCES]
    lead = lead or [claim for claim in numbered if not is_single(claim)][:1]
    best: _Stated | None = None
    for claim in lead:
        total = _total([each for each in mine if each.sentence_no == claim.sentence_no])
        if best is None or total.low > best.total.low:
            best = _Stated(total, claim)
    return best


def _is_numbered(claim: Claim) -> bool:
    """Return True if a number counts the victims; `both men` are two who were told of before."""
    form = claim.count.form
    return form == NUMBER or (form == BOTH and claim.affected.victim_type is not None)


def _total(claims: Sequence[Claim]) -> Range:
    """Return the total of a sentence: the sum of those whom one verb affects, and of those whom `others` adds."""
    by_trigger: dict[int, list[Claim]] = {}
    for claim in claims:
        by_trigger.setdefault(claim.trigger.start, []).append(claim)
    sums = [_sum(each) for each in by_trigger.values()]
    greatest = max(sums, key=lambda each: each.low)
    added = [
        each
        for each, total in zip(by_trigger.values(), sums, strict=True)
        if total is not greatest and each[0].affected.is_additional
    ]
    return _sum([claim for each in added for claim in each], greatest)


def _sum(claims: Iterable[Claim], start: Range = ZERO) -> Range:
    low, high = start.low, start.high or 0
    is_open = start.high is None
    for claim in claims:
        count = claim.count
        low += count.low or 0
        is_open = is_open or (count.high is None and count.bound != "at_least")
        high += count.high if count.high is not None else (count.low or 0)
    return Range(low, None if is_open else high)


def _rivals(claims: Sequence[Claim]) -> Range | None:
    """Return the range of what two claimants of one sentence say."""
    by_sentence: dict[int, list[Claim]] = {}
    for claim in claims:
        if claim.attribution.claimant is not None:
            by_sentence.setdefault(claim.sentence_no, []).append(claim)
    for found in by_sentence.values():
        first = next((claim for claim in found if not is_single(claim)), None)
        rival = next(
            (claim for claim in found if first and claim.attribution.claimant != first.attribution.claimant),
            None,
        )
        if first and rival:
            sums = (_sum([first]), _sum([rival]))
            return Range(min(each.low for each in sums), max(each.high or each.low for each in sums))
    return None
