"""Matches labelled spans with found ones, one to one: equal spans first, then those with the largest overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flows.evaluation.scores import Item


@dataclass(frozen=True, slots=True)
class Match:
    """A labelled span and the found span matched to it; `exact` if the two are equal."""

    gold: Item
    found: Item
    exact: bool


def matched(
    gold: Sequence[Item], found: Sequence[Item], alike: Callable[[Item, Item], bool] = lambda _, __: True
) -> list[Match]:
    """Match each labelled span with at most one found span: equal spans first, then those with the largest overlap."""
    candidates = [
        (not is_same(there, here), -shared(there, here), abs(there["start"] - here["start"]), at, to)
        for at, there in enumerate(gold)
        for to, here in enumerate(found)
        if shared(there, here) > 0 and alike(there, here)
    ]
    pairs, given, used = [], set(), set()
    for differs, _, _, at, to in sorted(candidates):
        if at not in given and to not in used:
            given.add(at)
            used.add(to)
            pairs.append(Match(gold[at], found[to], not differs))
    return pairs


def shared(one: Item, other: Item) -> int:
    """Return how many code points two spans share; 0 or less if they share none."""
    return int(min(one["end"], other["end"]) - max(one["start"], other["start"]))


def is_same(one: Item, other: Item) -> bool:
    """Return True if two spans are equal."""
    return bool(one["start"] == other["start"] and one["end"] == other["end"])


def unique(found: Iterable[Item]) -> list[Item]:
    """Return the first of the items of each span."""
    return list({(each["start"], each["end"]): each for each in reversed(list(found))}.values())
