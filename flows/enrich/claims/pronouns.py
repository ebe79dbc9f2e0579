"""The dead whom a pronoun names: `both men were taken to hospital, where they were pronounced dead`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.enrich.claims.counts import BOTH, NUMBER
from flows.enrich.claims.found import Found
from flows.enrich.claims.sources import Sources

THEY = "they"
KILLED, WOUNDED = "killed", "wounded"


def resolved(sources: Sources, found: Sequence[Found]) -> list[Found]:
    """Return what the frames found, each `they` with the number of the wounded of its sentence or the one before; without it where there is none."""
    if all(each.rule != THEY for each in found):
        return list(found)
    hurt = sorted((each for each in found if _may_have_died(each)), key=lambda each: each.trigger)
    kept = []
    for each in found:
        if each.rule != THEY:
            kept.append(each)
            continue
        before = [other for other in hurt if other.trigger < each.affected.head]
        sentence_no = sources.sentence_no_of(each.trigger)
        if before and sentence_no - sources.sentence_no_of(before[-1].trigger) <= 1:
            counted = before[-1].affected
            count = replace(counted.count, number=None, form=NUMBER)
            kept.append(
                replace(
                    each, affected=replace(each.affected, count=count, type=counted.type, unit=counted.unit)
                )
            )
    return kept


def _may_have_died(found: Found) -> bool:
    """Return True for several wounded people with an exact number."""
    count = found.affected.count
    return (
        found.frame.effect == WOUNDED
        and count.form in (NUMBER, BOTH)
        and count.bound == "exact"
        and (count.low or 0) > 1
        and found.affected.is_people
    )
