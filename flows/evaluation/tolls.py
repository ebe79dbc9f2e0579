"""Tolls: the killed and the injured of the incident that an article reports.

Counted are incidents with one number, in articles that contain it as far as the labels say. No answer is a wrong one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from flows.evaluation.scores import Figures, Item, share

TOLLS = ("killed", "injured")


def toll_figures(pairs: Iterable[tuple[Item, Item]]) -> Figures:
    """Return the share of exact numbers of killed and of injured."""
    count: Counter[str] = Counter()
    for document, answer in pairs:
        gold = document["gold"]
        for toll in TOLLS:
            wanted = _range(gold.get(toll))
            if wanted is None or wanted[0] != wanted[1] or gold.get(f"{toll}_number_in_text") is False:
                continue
            count[toll] += 1
            count[f"{toll} exact"] += _range(answer[toll]) == wanted
    return {f"{toll} exact": share(count[f"{toll} exact"], count[toll]) for toll in TOLLS}


def _range(toll: Any) -> tuple[int, int | None] | None:
    """Return the range of a number, of `[low, high]`, or of null."""
    if toll is None:
        return None
    return (toll, toll) if isinstance(toll, int) else (toll[0], toll[1])
