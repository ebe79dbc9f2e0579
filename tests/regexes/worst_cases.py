"""The worst case of each pattern, kept in `worst_cases.json` by the pattern: finding it takes seconds, counting its steps does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from tests.regexes.ambiguity import Analysis, Attack, TooLarge
from tests.regexes.collection import Compiled
from tests.regexes.steps import Counter, TooManySteps, deeply

KEPT = Path(__file__).with_name("worst_cases.json")

SIZES = 150, 300
"""Characters of the two texts on which steps are counted."""

MAX_GROWTH = 2.6
"""Steps on twice as many characters, at most: 2 for linear, 4 for quadratic."""

MAX_STEPS = 300_000
MAX_ATTACKS = 2
MAX_ENDS = 3


@dataclass(frozen=True, slots=True)
class Worst:
    """What is known of a pattern: its slowest text, None where the automaton has no ambiguous word; `is_proven` is False if it is too large."""

    where: str
    attack: Attack | None
    is_proven: bool = True


def key_of(compiled: Compiled) -> str:
    """Return what identifies a pattern and the way in which it is used."""
    how = (compiled.source, compiled.is_bytes, compiled.flags, compiled.tried_everywhere)
    whole = (*how, "whole") if compiled.is_whole else how
    return hashlib.sha256(repr(whole).encode()).hexdigest()[:16]


def read() -> dict[str, Worst]:
    """Return what is kept."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return {
        key: Worst(each["where"], Attack(**each["attack"]) if each["attack"] else None, each["is_proven"])
        for key, each in kept.items()
    }


def write(found: dict[str, Worst]) -> None:
    """Keep what was found."""
    plain = {
        key: asdict(each) for key, each in sorted(found.items(), key=lambda pair: (pair[1].where, pair[0]))
    }
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(each)}" for key, each in plain.items())
    KEPT.write_text(f"{{\n{lines}\n}}\n")


def steps(compiled: Compiled, text: str) -> int:
    """Count the steps of a pattern on a text: over all of it if it is tried everywhere, else of a match at its start."""
    counter = Counter(compiled.parsed, MAX_STEPS)

    def act() -> None:
        if compiled.tried_everywhere:
            counter.find_all(text)
        else:
            counter.match(text, is_whole=compiled.is_whole)

    try:
        deeply(act)
    except TooManySteps:
        return MAX_STEPS
    return counter.steps


def growth(compiled: Compiled, attack: Attack, sizes: tuple[int, int] = SIZES) -> float:
    """Return how many times as many steps the larger text takes, for twice the characters."""
    small, large = (steps(compiled, attack.text(size)) for size in sizes)
    return float("inf") if large >= MAX_STEPS else large / max(small, 1)


def worst_of(compiled: Compiled) -> Worst:
    """Search the worst case of a pattern."""
    where = f"{compiled.where.rpartition(':')[0]} {compiled.name}".strip()
    analysis = Analysis(compiled.parsed, searches=compiled.tried_everywhere, is_whole=compiled.is_whole)
    found: list[tuple[float, Attack]] = []
    is_proven = True
    try:
        for attack in islice(analysis.attacks(), MAX_ATTACKS):
            ends: Sequence[str] = ("", "!", *analysis.symbols[:MAX_ENDS])
            found += [(growth(compiled, each), each) for each in (replace(attack, end=end) for end in ends)]
            if found[-1][0] > MAX_GROWTH:
                break
    except TooLarge:
        is_proven = False
    return Worst(where, max(found, key=lambda pair: pair[0])[1] if found else None, is_proven)
