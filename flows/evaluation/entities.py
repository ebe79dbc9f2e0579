"""Entities: the measures of entity recognition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from flows.evaluation.scores import Figures, Item, f1
from flows.evaluation.spans import matched

COARSE = {
    "PERSON": "PER", "PER": "PER", "ORG": "ORG", "ORGANIZATION": "ORG",
    "GPE": "LOC", "LOC": "LOC", "LOCATION": "LOC", "FAC": "LOC", "FACILITY": "LOC",
}  # fmt: skip
"""The labels that all entity corpora share."""


def entity_figures(pairs: Iterable[tuple[Item, Sequence[Item]]]) -> Figures:
    """Return strict and relaxed F1 over PER, ORG and LOC; the label must be the same."""
    count: Counter[str] = Counter()
    for document, found in pairs:
        gold = [each for each in map(_coarse, document["gold"]["entities"]) if each["label"]]
        entities = {
            (each["start"], each["end"], each["label"]): each for each in map(_coarse, found) if each["label"]
        }
        count["gold"] += len(gold)
        count["found"] += len(entities)
        for match in matched(
            gold, list(entities.values()), lambda one, other: one["label"] == other["label"]
        ):
            count["relaxed"] += 1
            count["strict"] += match.exact
    return {
        "strict F1": f1(count["strict"], count["found"], count["gold"]),
        "relaxed F1": f1(count["relaxed"], count["found"], count["gold"]),
    }


def _coarse(each: Item) -> dict[str, Any]:
    return {"start": each["start"], "end": each["end"], "label": COARSE.get(each["label"])}
