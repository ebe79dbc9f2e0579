"""Events: who did what to whom, by the country of the actors and the cue category of CAMEO or the type of PLOVER.

An event is a tuple (source, code, target) for each of its sources and targets, in both directions if they act on each other. Of an
actor's code counts what stands for the country: the first three letters. Each tuple counts once in a text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import permutations, product

from flows.evaluation.scores import Figures, Item, f1

NONE = ""
"""The country of an actor that is not named, or has none."""

Tuple = tuple[str, str, str]

VIEWS: Mapping[str, Callable[[Tuple], tuple[str, ...]]] = {
    "code and countries F1": lambda each: each,
    "code F1": lambda each: (each[1],),
    "countries F1": lambda each: (each[0], each[2]),
}


def event_figures(pairs: Iterable[tuple[Item, Sequence[Item]]]) -> Figures:
    """Return F1 of the tuples, of their codes alone and of their actors alone."""
    count: Counter[str] = Counter()
    for document, found in pairs:
        labelled = document["gold"]["events"]
        is_plover = any(not _is_cameo(event["code"]) for event in labelled)
        gold = set(_tuples(labelled, "code"))
        events = set(_tuples(found, "plover" if is_plover else "code"))
        for measure, view in VIEWS.items():
            wanted, got = ({view(each) for each in some} for some in (gold, events))
            count[f"{measure} gold"] += len(wanted)
            count[f"{measure} found"] += len(got)
            count[measure] += len(wanted & got)
    return {
        measure: f1(count[measure], count[f"{measure} found"], count[f"{measure} gold"]) for measure in VIEWS
    }


def _tuples(events: Sequence[Item], key: str) -> Iterator[Tuple]:
    for event in events:
        if event.get("error"):
            # The makers of the labels mark a wrong one so.
            continue
        code = event[key][:2] if _is_cameo(event[key]) else event[key]
        sources, targets = (_countries(event[role]) for role in ("source", "target"))
        is_mutual = event.get("reciprocal") and targets == [NONE] and len(sources) > 1
        for source, target in permutations(sources, 2) if is_mutual else product(sources, targets):
            yield source, code, target


def _is_cameo(code: str) -> bool:
    return code[:2].isdigit()


def _countries(actors: Sequence[Item]) -> list[str]:
    return [re.sub("[^A-Z]", "", actor["code"] or NONE)[:3] for actor in actors] or [NONE]
