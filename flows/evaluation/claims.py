"""Claims: numbers with an effect.

A labelled claim is a range, and may be optional: it is not wanted, and finding it is no error. A found range agrees with a number that it
contains, and with a labelled range that its lower end lies in. Each claim is matched once: equal ranges first, then the others, the
narrowest labelled range first. A text that does not contain its number is left out.

Source: the measure of `effect+number` for MUC-4 templates and the numbers of IDMC.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.evaluation.scores import Figures, Item, f1

CASUALTIES = frozenset({"DEATH", "INJURY"})


@dataclass(frozen=True, slots=True)
class Number:
    """A range with its effects; `high` is infinite if the range is open."""

    effects: frozenset[str]
    low: float
    high: float
    is_optional: bool


def claim_figures(
    pairs: Iterable[tuple[Item, Sequence[Item]]], effects: frozenset[str] | None = None
) -> Figures:
    """Return F1 of effect and number, and of the number alone; with `effects`, over the claims that have one of them."""
    count: Counter[str] = Counter()
    for document, found in pairs:
        if document["gold"].get("number_in_text") is False:
            continue
        labelled = list(_numbers(document["gold"]["claims"], effects))
        numbers = list(_numbers(found, effects))
        wanted = [each for each in labelled if not each.is_optional]
        matched = _matched(wanted, numbers, have_same_effect)
        left = [each for to, each in enumerate(numbers) if to not in matched]
        spare = _matched([each for each in labelled if each.is_optional], left, have_same_effect)
        count["gold"] += len(wanted)
        count["found"] += len(numbers) - len(spare)
        count["right"] += len(matched)
        count["number"] += len(_matched(wanted, numbers, lambda _, __: True))
    return {
        "effect and number F1": f1(count["right"], count["found"], count["gold"]),
        "number F1": f1(min(count["number"], count["found"]), count["found"], count["gold"]),
    }


def have_same_effect(one: Number, other: Number) -> bool:
    """Return True if two numbers share an effect."""
    return not one.effects.isdisjoint(other.effects)


def _numbers(claims: Sequence[Item], effects: frozenset[str] | None) -> Iterator[Number]:
    for claim in claims:
        stated = claim["effect"]
        mine = frozenset([stated] if isinstance(stated, str) else stated)
        low, high = claim["lo"], claim["hi"]
        if low is not None and mine and (effects is None or mine & effects):
            yield Number(mine, low, math.inf if high is None else high, bool(claim.get("optional")))


def _matched(
    wanted: Sequence[Number], found: Sequence[Number], alike: Callable[[Number, Number], bool]
) -> set[int]:
    """Return the numbers of the found ones that are matched."""
    used: set[int] = set()
    open_ = sorted(wanted, key=lambda each: each.high - each.low)
    for agrees in (_is_equal, _is_within):
        rest = []
        for gold in open_:
            to = next(
                (
                    to
                    for to, each in enumerate(found)
                    if to not in used and alike(gold, each) and agrees(gold, each)
                ),
                None,
            )
            if to is None:
                rest.append(gold)
            else:
                used.add(to)
        open_ = rest
    return used


def _is_equal(gold: Number, found: Number) -> bool:
    return (gold.low, gold.high) == (found.low, found.high)


def _is_within(gold: Number, found: Number) -> bool:
    if gold.low != gold.high:
        return gold.low <= found.low <= gold.high
    return found.low == gold.low if math.isinf(found.high) else found.low <= gold.low <= found.high
