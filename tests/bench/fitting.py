"""Fitting weights: a logistic regression over named features, and a softmax over the candidates of one choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

MAX_STEPS = 400


def fit_logistic(
    features: Sequence[Sequence[str]], wanted: Sequence[bool], counts: Sequence[float], ridge: float
) -> dict[str, float]:
    """Return the weight of each feature in the log-odds; `counts` are the weights of the examples.

    `ridge` is the L2 penalty: half of it times the squared weights is added to the loss. `always` among the features is the intercept.
    """
    vectorizer = DictVectorizer(dtype=np.float64)
    matrix = vectorizer.fit_transform([dict.fromkeys(names, 1.0) for names in features])
    model = LogisticRegression(C=1 / ridge, fit_intercept=False, max_iter=MAX_STEPS)
    model.fit(matrix, wanted, sample_weight=counts)
    return dict(zip(vectorizer.get_feature_names_out(), model.coef_[0].tolist(), strict=True))


@dataclass
class Group:
    """A choice among candidates: the features of each with their values, how right each is (0 is wrong), and its weight."""

    features: Sequence[Mapping[str, float]]
    right: Sequence[float]
    weight: float


def fit_softmax(groups: Sequence[Group], ridge: float) -> dict[str, float]:
    """Return the weight of each feature that makes the right candidates likely.

    scikit-learn has no regression whose classes differ from one example to the next; scipy minimises the same loss.
    """
    vectorizer = DictVectorizer(dtype=np.float64)
    matrix: csr_matrix = vectorizer.fit_transform([each for group in groups for each in group.features])
    transposed = matrix.T.tocsr()
    owner = np.repeat(np.arange(len(groups)), [len(group.features) for group in groups])
    right = np.array([each for group in groups for each in group.right])
    counts = np.array([group.weight for group in groups])

    def loss(weights: Any) -> tuple[float, Any]:
        scores = matrix @ weights
        highest = np.full(len(groups), -np.inf)
        np.maximum.at(highest, owner, scores)
        powers = np.exp(scores - highest[owner])
        every = np.bincount(owner, powers)
        true = np.bincount(owner, powers * right) + 1e-12
        slope = (powers / every[owner] - powers * right / true[owner]) * counts[owner]
        value = float(counts @ (np.log(every) - np.log(true))) + ridge / 2 * float(weights @ weights)
        return value, transposed @ slope + ridge * weights

    start = np.zeros(matrix.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": MAX_STEPS})
    return dict(zip(vectorizer.get_feature_names_out(), found.x.tolist(), strict=True))


def rounded(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of at least 0.02, rounded."""
    return {name: round(weight, 3) for name, weight in sorted(weights.items()) if abs(weight) >= 0.02}
