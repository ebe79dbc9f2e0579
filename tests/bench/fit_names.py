"""Fit the weights of `flows/enrich/lexicons/names.json` on labelled texts, and print their accuracy on corpora that they were not fitted on.

    python tests/bench/fit_names.py GOLD [--also NAME=FILE] [--write]

GOLD holds `gum-news.jsonl` and `uner-ewt.jsonl`: JSON lines with `text` and `gold.entities` (`start`, `end`, `label`). Each corpus is
measured with weights that were fitted on the other one; a corpus of `--also` (with `type` for `label`) is only measured,
with weights that were fitted on both. The texts are not stored.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from flows.enrich.entities.candidates import KINDS, NameCandidate, candidates_in
from flows.enrich.entities.casing import casing_of
from flows.enrich.entities.features import TextContext, features_of
from flows.enrich.entities.names import names_in
from flows.enrich.entities.reference import EntityReference
from flows.enrich.lexicons import LEXICONS
from flows.enrich.places.mentions import PlaceMention, places_in
from flows.enrich.reference import Reference
from flows.evaluation.entities import entity_figures
from flows.journey import read
from flows.parse.body import body_as_is
from flows.records import Reading
from flows.reference import load_reference

CORPORA = {"gum-news": 1.5, "uner-ewt": 1.0}
"""Each corpus with the weight of its candidates: news counts for more. Not tuned."""

INVERSE_RIDGE = 1.0
"""scikit-learn's C. Chosen on gum-news with weights of uner-ewt and the reverse: both move by less than half a point from 0.3 to 3."""

MIN_WEIGHT = 0.02
"""Features whose weights are all smaller are not stored."""

TYPES = {"Person": "PER", "Organisation": "ORG", "Location": "LOC"}
"""The labels of re3d."""

Weights = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled text, read, with its places."""

    corpus: str
    document: dict[str, Any]
    reading: Reading
    places: tuple[PlaceMention, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate with its features and its labelled kind."""

    corpus: str
    features: tuple[str, ...]
    kind: str


def main() -> None:
    """Print the measures with each corpus left out; with --write, store the weights fitted on all corpora."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--also", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    reference = load_reference()
    files = {name: given.gold / f"{name}.jsonl" for name in CORPORA}
    also = {name: Path(file) for name, _, file in (each.partition("=") for each in given.also)}
    texts = [text for name, file in (files | also).items() for text in read_corpus(name, file, reference)]
    report(texts, reference.entities)
    if given.write:
        write_weights(
            fit([each for each in examples_of(texts, reference.entities) if each.corpus in CORPORA])
        )


def read_corpus(name: str, file: Path, reference: Reference) -> list[Labelled]:
    """Read one corpus."""
    documents = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    bodies = [(body_as_is(document["text"]), None) for document in documents]
    return [
        Labelled(name, _with_labels(document), reading, places_in(reading, reference.places))
        for document, reading in zip(documents, read(bodies, reference), strict=True)
    ]


def _with_labels(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document of re3d with the labels of the others: names only, since most of its organisations are described in lowercase."""
    entities = document["gold"]["entities"]
    if not any("type" in each for each in entities):
        return document
    names = [
        {"start": each["start"], "end": each["end"], "label": TYPES.get(each["type"])}
        for each in entities
        if each["type"] in TYPES and any(letter.isupper() for letter in each["text"])
    ]
    return {**document, "gold": {"entities": names}}


def report(texts: Sequence[Labelled], reference: EntityReference) -> None:
    """Print strict and relaxed F1 of each corpus with weights of the others, and of the model alone."""
    examples = examples_of(texts, reference)
    for corpus in dict.fromkeys(text.corpus for text in texts):
        others = [each for each in examples if each.corpus != corpus and each.corpus in CORPORA]
        weights = fit(others)
        own = [text for text in texts if text.corpus == corpus]
        fitted_on = ", ".join(dict.fromkeys(each.corpus for each in others))
        sys.stdout.write(
            f"{corpus}, fitted on {fitted_on}: {_shown(measure(own, weights, reference))}; "
            f"the model alone: {_shown(_of_model(own))}\n"
        )


def _shown(figures: Mapping[str, float | None]) -> str:
    return ", ".join(f"{name} {100 * (value or 0):.1f}" for name, value in figures.items())


def measure(
    texts: Iterable[Labelled], weights: Weights, reference: EntityReference
) -> dict[str, float | None]:
    """Return the measures of the names found in texts."""
    own = replace(reference, weights=weights)
    return entity_figures(
        (
            text.document,
            [
                {"start": each.span.start, "end": each.span.end, "label": each.type}
                for each in names_in(text.reading, text.places, own)
            ],
        )
        for text in texts
    )


def _of_model(texts: Iterable[Labelled]) -> dict[str, float | None]:
    return entity_figures(
        (
            text.document,
            [
                {"start": each.span.start, "end": each.span.end, "label": each.label}
                for each in text.reading.entities
            ],
        )
        for text in texts
    )


def examples_of(texts: Iterable[Labelled], reference: EntityReference) -> list[Example]:
    """Return the candidates that neither the gazetteer nor a table decides, with their kinds."""
    examples = []
    for text in texts:
        casing = casing_of(text.reading.text, text.reading.words, text.reading.sentences)
        candidates = candidates_in(text.reading, text.places, casing, reference)
        context = TextContext(text.reading, candidates, casing)
        kinds = _kinds(candidates, text.document["gold"]["entities"])
        examples += [
            Example(text.corpus, features_of(candidate, context, reference), kind)
            for candidate, kind in zip(candidates, kinds, strict=True)
            if candidate.certain is None
        ]
    return examples


def _kinds(candidates: Sequence[NameCandidate], gold: Sequence[dict[str, Any]]) -> list[str]:
    """Return the kind of each candidate: the label of its very span, else of the labelled one that it is the best candidate of.

    A labelled place is OTHER: whether words are a place is not decided here.
    """
    kinds = ["OTHER"] * len(candidates)
    by_span = {(each.span.start, each.span.end): at for at, each in enumerate(candidates)}
    inexact = []
    for each in gold:
        at = by_span.get((each["start"], each["end"]))
        if at is not None:
            kinds[at] = each["label"] if each["label"] in KINDS else "OTHER"
        elif each["label"] in KINDS:
            inexact.append(each)
    for each in inexact:
        shared = [
            (
                # Of a long phrase, as `Afghan Ambassador to the United States Hamdullah Mohib`, the person is the one in it.
                candidate.label == "PERSON" and each["label"] == "PER",
                min(candidate.span.end, each["end"]) - max(candidate.span.start, each["start"]),
                -(candidate.span.end - candidate.span.start),
                at,
            )
            for at, candidate in enumerate(candidates)
            if candidate.span.start < each["end"]
            and each["start"] < candidate.span.end
            and kinds[at] == "OTHER"
            and (candidate.label or candidate.source != "capitals")
        ]
        if shared:
            kinds[max(shared)[-1]] = each["label"]
    return kinds


def fit(examples: Sequence[Example]) -> dict[str, list[float]]:
    """Return the weight of each feature for each of KINDS: a softmax with an L2 penalty."""
    vectorizer = DictVectorizer()
    rows = vectorizer.fit_transform([dict.fromkeys(each.features, 1.0) for each in examples])
    regression = LogisticRegression(C=INVERSE_RIDGE, fit_intercept=False, max_iter=2000)
    regression.fit(
        rows,
        [each.kind for each in examples],
        sample_weight=[CORPORA[each.corpus] for each in examples],
    )
    columns = {kind: at for at, kind in enumerate(regression.classes_)}
    return {
        name: [float(regression.coef_[columns[kind], at]) for kind in KINDS]
        for at, name in enumerate(vectorizer.get_feature_names_out())
    }


def write_weights(weights: Weights) -> None:
    """Store the weights for `read_entity_reference`."""
    stored = {
        "fitted by": "tests/bench/fit_names.py",
        "fitted on": "parts of the news of GUM and of the English Web Treebank (UNER)",
        "kinds": KINDS,
        "features": {
            feature: [round(weight, 3) for weight in row]
            for feature, row in sorted(weights.items())
            if max(map(abs, row)) >= MIN_WEIGHT
        },
    }
    (LEXICONS / "names.json").write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    main()
