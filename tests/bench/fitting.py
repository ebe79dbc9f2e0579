"""The softmax that the weights of places and of names are fitted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass
class Group:
    """A choice among candidates: the signs of each with their values, how right each is (0 is wrong), and its weight."""

    signs: Sequence[Mapping[str, float]]
    right: Sequence[float]
    weight: float


def fit_softmax(groups: Sequence[Group], ridge: float, steps: int = 1200) -> dict[str, float]:
    """Return the weight of each sign that makes the right candidates likely, by gradient descent with momentum (Adam).

    `ridge` keeps weights small: half of it times their squares is added to the loss.
    """
    names = sorted({sign for group in groups for candidate in group.signs for sign in candidate})
    column = {name: at for at, name in enumerate(names)}
    cells = [
        (row, column[sign], value)
        for row, candidate in enumerate(each for group in groups for each in group.signs)
        for sign, value in candidate.items()
    ]
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    owner = np.repeat(np.arange(len(groups)), [len(group.signs) for group in groups])
    right = np.array([each for group in groups for each in group.right])
    worth = np.array([group.weight for group in groups])[owner]
    weights, speed, power = (np.zeros(len(names)) for _ in range(3))
    for step in range(1, steps + 1):
        sums = np.bincount(rows, values * weights[columns], len(owner))
        most = np.full(len(groups), -np.inf)
        np.maximum.at(most, owner, sums)
        exps = np.exp(sums - most[owner])
        belief = exps / np.bincount(owner, exps)[owner]
        truth = exps * right / (np.bincount(owner, exps * right) + 1e-12)[owner]
        slope = ridge * weights - np.bincount(columns, values * ((truth - belief) * worth)[rows], len(names))
        speed, power = 0.9 * speed + 0.1 * slope, 0.999 * power + 0.001 * slope**2
        rate = 0.05 if step < steps * 2 / 3 else 0.01
        weights -= rate * (speed / (1 - 0.9**step)) / (np.sqrt(power / (1 - 0.999**step)) + 1e-8)
    return dict(zip(names, weights.tolist(), strict=True))


def rounded(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the weights that matter, short enough to read."""
    return {sign: round(weight, 3) for sign, weight in sorted(weights.items()) if abs(weight) >= 0.02}
