"""Times: the measures of TempEval-3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.evaluation.scores import Figures, Item, f1, share
from flows.evaluation.spans import matched, unique


def time_figures(pairs: Iterable[tuple[Item, Sequence[Item]]]) -> Figures:
    """Return strict, relaxed and value F1 as TempEval-3 counts them; values are compared as strings."""
    count: Counter[str] = Counter()
    for document, found in pairs:
        gold, times = document["gold"]["times"], unique(found)
        count["gold"] += len(gold)
        count["found"] += len(times)
        for match in matched(gold, times):
            count["relaxed"] += 1
            count["strict"] += match.exact
            if match.gold.get("value") is not None:
                count["valued"] += 1
                count["value"] += match.gold["value"] == match.found.get("value")
    relaxed = f1(count["relaxed"], count["found"], count["gold"])
    right_values = share(count["value"], count["valued"])
    return {
        "strict F1": f1(count["strict"], count["found"], count["gold"]),
        "relaxed F1": relaxed,
        "value F1": None if right_values is None else relaxed * right_values,
    }
