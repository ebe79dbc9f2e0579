"""The toll of an article: how many its main event killed and injured, as far as its claims support a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.enrich.claims.claim import Claim
from flows.enrich.claims.counts import DEFINITE, NAMED, NUMBER, ONE, PRONOUN, RANK

KILLED, WOUNDED = "killed", "wounded"
LEAD_SENTENCES = 5
"""The headline, where the text has one, and the first sentences tell the main event."""

SINGULAR = frozenset((ONE, DEFINITE, NAMED, PRONOUN, RANK))


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


NO_TOLL = Toll(None, None)


def toll_of(claims: Sequence[Claim]) -> Toll:
    """Return the toll of an article from its claims in reading order."""
    counted = [claim for claim in claims if _counts(claim)]
    killed = _range(counted, KILLED)
    injured = _range(counted, WOUNDED)
    if killed is None and injured is None:
        denied = {claim.effect for claim in claims if claim.is_negated and not claim.is_hypothetical}
        return Toll(_zero(KILLED in denied), _zero(WOUNDED in denied))
    return Toll(killed or Range(0, 0), injured or Range(0, 0))


def _zero(is_denied: bool) -> Range | None:
    return Range(0, 0) if is_denied else None


def _counts(claim: Claim) -> bool:
    return (
        claim.is_fact
        and not claim.is_cumulative
        and claim.affected.is_people
        and claim.effect in (KILLED, WOUNDED)
    )


def _range(claims: Sequence[Claim], effect: str) -> Range | None:
    mine = [claim for claim in claims if claim.effect == effect and not claim.is_part]
    if not mine:
        return None
    lead = [claim for claim in mine if claim.sentence_no < LEAD_SENTENCES]
    totals = _sentence_totals(lead or mine)
    stated = max(totals, key=lambda each: each.low)
    rivals = _rivals(mine)
    if len(rivals) > 1:
        return Range(min(each.low for each in rivals), max(each.high or each.low for each in rivals))
    return stated


def _sentence_totals(claims: Iterable[Claim]) -> list[Range]:
    """Return the total of each sentence: what is said of a toll, else the sum of its disjoint victims."""
    by_sentence: dict[int, list[Claim]] = {}
    for claim in claims:
        by_sentence.setdefault(claim.sentence_no, []).append(claim)
    totals = []
    for found in by_sentence.values():
        tolls = [claim for claim in found if claim.rule == "toll"]
        totals.append(_sum(tolls[-1:] or found))
    return totals


def _sum(claims: Iterable[Claim]) -> Range:
    low, high = 0, 0
    is_open = False
    for claim in claims:
        count = claim.count
        low += count.low or 0
        is_open = is_open or (count.high is None and count.bound != "at_least")
        high += count.high if count.high is not None else (count.low or 0)
    return Range(low, None if is_open else high)


def _rivals(claims: Sequence[Claim]) -> list[Range]:
    """Return the tolls of the claimants who differ in one sentence."""
    by_claimant: dict[str, Range] = {}
    for claim in claims:
        if claim.attribution.claimant is None or claim.count.form != NUMBER:
            continue
        key = claim.attribution.type or ""
        others = [
            each
            for each in claims
            if each.sentence_no == claim.sentence_no
            and each.attribution.claimant not in (None, claim.attribution.claimant)
        ]
        if others:
            by_claimant.setdefault(key, _sum([claim]))
    return list(by_claimant.values())
