"""Fit the weights of `flows/enrich/lexicons/names.json` on labelled texts, and say what they reach on texts left out.

    python tests/bench/fit_names.py GOLD [--write]

GOLD holds `gum-news.jsonl` and `uner-ewt.jsonl`: JSON lines with `text` and `gold.entities` (`start`, `end`, `label`). Nothing of
the texts is kept.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from flows.enrich.entities.mentions import names_in
from flows.enrich.entities.names import KINDS, Option, options_in
from flows.enrich.lexicons import LEXICONS
from flows.enrich.places.mentions import PlaceMention, places_in
from flows.enrich.reference import Reference
from flows.evaluation import entity_figures
from flows.journey import read
from flows.parse.body import body_as_is
from flows.records import Reading
from flows.reference import load_reference
from tests.bench.fitting import Group, fit_softmax

SETS = {"gum-news": 1.5, "uner-ewt": 1.0}
"""Each set with the weight of its names: news counts for more."""

RIDGE = 5.0
FOLDS = 5
LABELS = {"PER": "PER", "ORG": "ORG", "LOC": "LOC"}


@dataclass
class Labelled:
    """A labelled text, read, with its options and the kind of each."""

    set: str
    document: dict[str, Any]
    reading: Reading
    places: tuple[PlaceMention, ...]
    options: list[Option]
    kinds: list[str]


def main() -> None:
    """Print the measures of five folds, and write the weights fitted on all texts where asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("gold", type=Path)
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    reference = load_reference()
    texts = labelled(given.gold, reference)
    order = list(range(len(texts)))
    random.Random(1).shuffle(order)  # noqa: S311  # folds, not secrets
    outcomes: defaultdict[str, list[tuple[Any, list[dict[str, Any]]]]] = defaultdict(list)
    bare: defaultdict[str, list[tuple[Any, list[dict[str, Any]]]]] = defaultdict(list)
    for name in SETS:
        own = [at for at in order if texts[at].set == name]
        for fold in range(FOLDS):
            held_out = set(own[fold::FOLDS])
            weights = fitted([texts[at] for at in order if at not in held_out])
            for at in held_out:
                text = texts[at]
                found = names_in(text.reading, text.places, replace(reference.entities, weights=weights))
                outcomes[name].append(
                    (
                        text.document,
                        [
                            {"start": each.span.start, "end": each.span.end, "label": each.type}
                            for each in found
                        ],
                    )
                )
                seen = text.reading.entities
                bare[name].append(
                    (
                        text.document,
                        [
                            {"start": each.span.start, "end": each.span.end, "label": each.label}
                            for each in seen
                        ],
                    )
                )
        sys.stdout.write(
            f"{name} {entity_figures(outcomes[name])}\n  the bare model {entity_figures(bare[name])}\n"
        )
    if given.write:
        stored = {
            "fitted by": "tests/bench/fit_names.py",
            "fitted on": f"{len(texts)} texts: parts of the news of GUM and of the English Web Treebank (UNER)",
            "kinds": KINDS,
            "signs": {
                sign: [round(weight, 3) for weight in worth] for sign, worth in sorted(fitted(texts).items())
            },
        }
        (LEXICONS / "names.json").write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2) + b"\n")


def labelled(folder: Path, reference: Reference) -> list[Labelled]:
    """Read both sets."""
    documents = [
        (name, orjson.loads(line))
        for name in SETS
        for line in (folder / f"{name}.jsonl").read_bytes().splitlines()
    ]
    bodies = [(body_as_is(document["text"]), None) for _, document in documents]
    texts = []
    for (name, document), reading in zip(documents, read(bodies, reference), strict=True):
        places = places_in(reading, reference.places)
        options = options_in(reading, places, reference.entities)
        texts.append(
            Labelled(name, document, reading, places, options, _kinds(options, document["gold"]["entities"]))
        )
    return texts


def _kinds(options: Sequence[Option], gold: Sequence[dict[str, Any]]) -> list[str]:
    """Return the kind of each option: the label of its very span, else of the labelled one whose best option it is."""
    kinds = ["OTHER"] * len(options)
    inexact = []
    for each in gold:
        if each["label"] not in LABELS:
            continue
        same = [
            at
            for at, option in enumerate(options)
            if (option.span.start, option.span.end) == (each["start"], each["end"])
        ]
        for at in same:
            kinds[at] = each["label"]
        if not same:
            inexact.append(each)
    for each in inexact:
        shared = [
            (
                # Of a long phrase, as `Afghan Ambassador to the United States Hamdullah Mohib`, the person is the one in it.
                option.label == "PERSON" and each["label"] == "PER",
                min(option.span.end, each["end"]) - max(option.span.start, each["start"]),
                -(option.span.end - option.span.start),
                at,
            )
            for at, option in enumerate(options)
            if option.span.start < each["end"]
            and each["start"] < option.span.end
            and kinds[at] == "OTHER"
            and option.label
        ]
        if shared:
            kinds[max(shared)[-1]] = each["label"]
    return kinds


def fitted(texts: Sequence[Labelled]) -> dict[str, list[float]]:
    """Return the weight of each sign for each of KINDS."""
    groups = [
        Group(
            [{f"{kind}|{sign}": 1.0 for sign in option.signs} for kind in KINDS],
            [float(kind == right) for kind in KINDS],
            SETS[text.set],
        )
        for text in texts
        for option, right in zip(text.options, text.kinds, strict=True)
    ]
    weights: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * len(KINDS))
    for name, weight in fit_softmax(groups, RIDGE).items():
        kind, sign = name.split("|", 1)
        weights[sign][KINDS.index(kind)] = weight
    return weights


if __name__ == "__main__":
    main()
