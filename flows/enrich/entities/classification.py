"""The kind of a candidate: a softmax over the weights of its features, averaged over the mentions of a name in a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import exp

from flows.enrich.entities.candidates import KINDS, NameCandidate
from flows.enrich.entities.features import COARSE
from flows.enrich.language.spelling import folded

MIN_OTHER = 0.7
"""An entity that the model labels as a person or an organisation is discarded only from this probability of OTHER on. Chosen with one corpus left out
(`fit_names.py`): relaxed F1 on GUM's news is 72.8 at 0.65, 73.2 at 0.7 and 73.4 at 0.75, strict F1 on the Web Treebank 64.3, 64.2 and 63.9."""

OWN_WEIGHT = 1.0
"""The weight of a mention's own features, relative to those of one other mention of the name. Not tuned."""


FULL_NAME_WEIGHT = 2.0
"""The weight of a certain full name for a short one, relative to one mention of the short one. Not tuned."""


def classify(
    candidates: Sequence[NameCandidate],
    features: Sequence[Sequence[str]],
    weights: Mapping[str, Sequence[float]],
    persons: Sequence[str] = (),
    organisations: Sequence[str] = (),
) -> list[tuple[float, ...]]:
    """Return the probability of each of KINDS for each candidate; `persons` are the names that are certainly persons'.

    The mentions of a name are averaged. The last word of a person's name counts as a mention of that person. `organisations` are short
    forms of certain names of organisations: the first word, or all but the legal form.
    """
    alone = [_softmax(own, weights) for own in features]
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for at, candidate in enumerate(candidates):
        by_name[folded(candidate.surface)].append(at)
    people: defaultdict[str, float] = defaultdict(float)
    short: defaultdict[str, float] = defaultdict(float)
    for person in persons:
        people[folded(person).split()[-1]] += FULL_NAME_WEIGHT
    for name, mentions in by_name.items():
        words = name.split()
        if len(words) > 1:
            people[words[-1]] += sum(alone[at][0] for at in mentions)
    for organisation in organisations:
        short[folded(organisation)] += FULL_NAME_WEIGHT
    probabilities: list[tuple[float, ...]] = [()] * len(candidates)
    for name, mentions in by_name.items():
        sums: list[float] = [sum(kind) for kind in zip(*[alone[at] for at in mentions], strict=True)]
        if " " not in name:
            sums[0] += people.get(name, 0.0) * len(mentions)
        sums[1] += short.get(name, 0.0) * len(mentions)
        for at in mentions:
            mixed = [OWN_WEIGHT * own + all_ for own, all_ in zip(alone[at], sums, strict=True)]
            total = sum(mixed)
            probabilities[at] = tuple(each / total for each in mixed)
    return probabilities


def _softmax(features: Sequence[str], weights: Mapping[str, Sequence[float]]) -> list[float]:
    first = second = third = 0.0
    for feature in features:
        row = weights.get(feature)
        if row is not None:
            first += row[0]
            second += row[1]
            third += row[2]
    highest = max(first, second, third)
    exps = [exp(first - highest), exp(second - highest), exp(third - highest)]
    total = sum(exps)
    return [each / total for each in exps]


def kind_of(candidate: NameCandidate, probabilities: Sequence[float]) -> str:
    """Return the kind of a candidate: the certain one, else the most probable."""
    if candidate.certain is not None:
        return candidate.certain
    best = max(range(len(KINDS)), key=probabilities.__getitem__)
    if (
        KINDS[best] == "OTHER"
        and COARSE.get(candidate.label or "") in KINDS
        and probabilities[best] < MIN_OTHER
    ):
        best = max(range(len(KINDS) - 1), key=probabilities.__getitem__)
    return KINDS[best]
