"""Fit the weights of `flows/enrich/lexicons/places.json` on labelled texts, and say what they reach on texts left out.

    python tests/bench/fit_places.py GOLD [--write]

GOLD holds `lgl.jsonl`, `trnews.jsonl`, `geovirus.jsonl` and `gwn.jsonl`: JSON lines with `text`, `published` and
`gold.places` (`start`, `end`, `geonameid`, `lat`, `lon`, `country`). Two models of few parameters: whether words name a place
(logistic regression) and which place it is (a softmax over the candidates of a name). Nothing of the texts is kept.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from flows.enrich.gazetteer import Gazetteer, Place
from flows.enrich.gazetteer_index import LEXICONS
from flows.enrich.model import load_model
from flows.enrich.places import LEAST_WEIGHT, Weights, places_by
from flows.enrich.resolution import Resolver
from flows.enrich.spelling import folded
from flows.enrich.toponyms import Reader, Toponym, chosen, weigh
from flows.evaluation import km_between, place_figures
from flows.journey import read
from flows.parse.body import body_as_is
from flows.records import Reading
from flows.reference.gazetteer_index import load_gazetteer
from tests.bench.fitting import Group, fit_softmax, rounded

SETS = {"lgl": 1.0, "trnews": 1.5, "geovirus": 1.2, "gwn": 1.2}
"""Each set with the weight of its texts: the smaller ones count for more."""

RIDGE_OF_NAMING, RIDGE_OF_MEANING = 3.0, 5.0
RADIUS_KM = 161.0
FOLDS = 5


@dataclass
class Labelled:
    """A labelled text, read, with its options and which of them are places."""

    set: str
    document: dict[str, Any]
    reading: Reading
    options: list[Toponym]
    wanted: list[bool]


def main() -> None:
    """Print the measures of five folds, and write the weights fitted on all texts where asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("gold", type=Path)
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    gazetteer = load_gazetteer()
    texts = list(labelled(given.gold, gazetteer))
    order = list(range(len(texts)))
    random.Random(0).shuffle(order)  # noqa: S311  # folds, not secrets
    outcomes: defaultdict[str, list[tuple[dict[str, Any], list[dict[str, Any]]]]] = defaultdict(list)
    for fold in range(FOLDS):
        held_out = order[fold::FOLDS]
        weights = fitted([texts[at] for at in order if at not in set(held_out)], gazetteer)
        for at in held_out:
            found = [_as_line(each) for each in places_by(texts[at].reading, gazetteer, weights)]
            outcomes[texts[at].set].append((texts[at].document, found))
    for name, pairs in outcomes.items():
        sys.stdout.write(f"{name} {place_figures(pairs)}\n")
    if given.write:
        weights = fitted(texts, gazetteer)
        stored = {
            "fitted by": "tests/bench/fit_places.py",
            "fitted on": f"{len(texts)} texts: parts of LGL, TR-News, GeoVirus and GeoWebNews",
            "naming": rounded(weights.naming),
            "meaning": rounded(weights.meaning),
        }
        (LEXICONS / "places.json").write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2) + b"\n")


def _as_line(mention: Any) -> dict[str, Any]:
    point = mention.point
    return {
        "start": mention.span.start,
        "end": mention.span.end,
        "geonameid": point.geonameid if point else None,
        "lat": point.latitude if point else None,
        "lon": point.longitude if point else None,
        "country": point.country if point else None,
    }


def labelled(folder: Path, gazetteer: Gazetteer) -> list[Labelled]:
    """Read the four sets."""
    documents = [
        (name, orjson.loads(line))
        for name in SETS
        for line in (folder / f"{name}.jsonl").read_bytes().splitlines()
    ]
    bodies = [
        (
            body_as_is(document["text"]),
            date.fromisoformat(document["published"][:10]) if document["published"] else None,
        )
        for _, document in documents
    ]
    texts = []
    for (name, document), reading in zip(documents, read(bodies, load_model()), strict=True):
        options = Reader(reading, gazetteer).toponyms()
        spans = [(option.span.start, option.span.end) for option in options]
        best = {_best(gold["start"], gold["end"], spans) for gold in document["gold"]["places"]}
        texts.append(Labelled(name, document, reading, options, [span in best for span in spans]))
    return texts


def _best(start: int, end: int, spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the option that a labelled span asks for: itself, else the one that shares most with it."""
    shared = [
        (min(end, to) - max(start, at), -abs((to - at) - (end - start)), at, to)
        for at, to in spans
        if at < end and start < to
    ]
    return max(shared)[2:] if shared else None


def fitted(texts: list[Labelled], gazetteer: Gazetteer) -> Weights:
    """Fit both models; the second in rounds, since what a name stands for depends on the others."""
    naming = _fit_naming(texts)
    meaning: dict[str, float] = {}
    for _ in range(3):
        meaning = fit_softmax(list(_groups(texts, naming, meaning, gazetteer)), RIDGE_OF_MEANING)
    return Weights(naming, meaning)


def _fit_naming(texts: list[Labelled]) -> dict[str, float]:
    """Fit the logistic regression by Newton's method."""
    signs = sorted({sign for text in texts for option in text.options for sign in option.signs})
    column = {sign: at for at, sign in enumerate(signs)}
    rows = [
        (option, wanted, SETS[text.set])
        for text in texts
        for option, wanted in zip(text.options, text.wanted, strict=True)
    ]
    matrix = np.zeros((len(rows), len(signs)))
    for at, (option, _, _) in enumerate(rows):
        matrix[at, [column[sign] for sign in option.signs]] = 1
    wanted = np.array([float(is_wanted) for _, is_wanted, _ in rows])
    worth = np.array([weight for _, _, weight in rows])
    weights = np.zeros(len(signs))
    for _ in range(12):
        chance = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (worth * (chance - wanted)) + RIDGE_OF_NAMING * weights
        curve = (matrix.T * (worth * chance * (1 - chance))) @ matrix + RIDGE_OF_NAMING * np.eye(len(signs))
        weights -= np.linalg.solve(curve, slope)
    return dict(zip(signs, weights.tolist(), strict=True))


def _groups(texts: list[Labelled], naming: Any, meaning: Any, gazetteer: Gazetteer) -> Any:
    """Yield for each name with a label its candidates, 2 for the very place, 1 for one near it."""
    for text in texts:
        weigh(text.options, naming)
        toponyms = chosen(text.options, LEAST_WEIGHT)
        labels = defaultdict(list)
        for toponym in toponyms:
            for gold in text.document["gold"]["places"]:
                if (
                    gold["lat"] is not None
                    and gold["start"] < toponym.span.end
                    and toponym.span.start < gold["end"]
                ):
                    labels[folded(toponym.surface), toponym.adjective].append(
                        (gold["lat"], gold["lon"], gold["geonameid"])
                    )
        resolver = Resolver(toponyms, text.reading.text, gazetteer)
        resolver.weigh(meaning)
        for name, signs in resolver.signs():
            found = labels.get((folded(name.toponyms[0].surface), name.toponyms[0].adjective))
            if found and len(name.candidates) > 1:
                label = Counter(found).most_common(1)[0][0]
                right = [_right(candidate.place, *label) for candidate in name.candidates]
                if any(right) and not all(right):
                    yield Group(signs, right, 1 + math.log(len(found)))


def _right(place: Place, latitude: float, longitude: float, geonameid: int | None) -> float:
    """Return 2 for the very place, 1 for one within the radius, else 0."""
    if geonameid and place.geonameid == geonameid:
        return 2.0
    return float(km_between(latitude, longitude, place.latitude, place.longitude) <= RADIUS_KM)


if __name__ == "__main__":
    main()
