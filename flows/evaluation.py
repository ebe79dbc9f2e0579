"""Accuracy of the fields on labelled texts: the measures of TempEval-3, of geoparsing and of entity recognition.

A gold file holds JSON lines: `{"id", "corpus", "published", "text", "gold": {"times": […], "places": […], "entities": […]}}`, spans
as `start` and `end` in code points. All figures are micro-averages over a corpus. Spans are matched one to one: equal
spans first, then those with the largest overlap.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from flows.annotation import annotate_lines
from flows.errors import WrongUse
from flows.reference import load_reference

Item = Mapping[str, Any]
Pair = tuple[Item, Sequence[Item]]

RADIUS_KM = 161.0
"""100 miles, the radius of the geoparsing literature (Gritta and others, 2018)."""

EARTH_RADIUS_KM = 6371.0088

COARSE = {
    "PERSON": "PER", "PER": "PER", "ORG": "ORG", "ORGANIZATION": "ORG",
    "GPE": "LOC", "LOC": "LOC", "LOCATION": "LOC", "FAC": "LOC", "FACILITY": "LOC",
}  # fmt: skip
"""The labels that all entity corpora share."""


@dataclass(frozen=True, slots=True)
class Match:
    """A labelled span and the found span matched to it; `exact` if the two are equal."""

    gold: Item
    found: Item
    exact: bool


def matched(
    gold: Sequence[Item], found: Sequence[Item], alike: Callable[[Item, Item], bool] = lambda _, __: True
) -> list[Match]:
    """Match each labelled span with at most one found span: equal spans first, then those with the largest overlap."""
    candidates = [
        (not _is_same(there, here), -_shared(there, here), abs(there["start"] - here["start"]), at, to)
        for at, there in enumerate(gold)
        for to, here in enumerate(found)
        if _shared(there, here) > 0 and alike(there, here)
    ]
    pairs, given, used = [], set(), set()
    for differs, _, _, at, to in sorted(candidates):
        if at not in given and to not in used:
            given.add(at)
            used.add(to)
            pairs.append(Match(gold[at], found[to], not differs))
    return pairs


def _shared(one: Item, other: Item) -> int:
    return int(min(one["end"], other["end"]) - max(one["start"], other["start"]))


def _is_same(one: Item, other: Item) -> bool:
    return bool(one["start"] == other["start"] and one["end"] == other["end"])


def _f1(right: float, found: float, wanted: float) -> float:
    return 2 * right / (found + wanted) if found + wanted else 1.0


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def km_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance of two points given in degrees, in kilometres."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def _unique(found: Iterable[Item]) -> list[Item]:
    return list({(each["start"], each["end"]): each for each in reversed(list(found))}.values())


def time_figures(pairs: Iterable[Pair]) -> dict[str, float | None]:
    """Return strict, relaxed and value F1 as TempEval-3 counts them; values are compared as strings."""
    count: Counter[str] = Counter()
    for document, found in pairs:
        gold, times = document["gold"]["times"], _unique(found)
        count["gold"] += len(gold)
        count["found"] += len(times)
        for match in matched(gold, times):
            count["relaxed"] += 1
            count["strict"] += match.exact
            if match.gold.get("value") is not None:
                count["valued"] += 1
                count["value"] += match.gold["value"] == match.found.get("value")
    relaxed = _f1(count["relaxed"], count["found"], count["gold"])
    right_values = _share(count["value"], count["valued"])
    return {
        "strict F1": _f1(count["strict"], count["found"], count["gold"]),
        "relaxed F1": relaxed,
        "value F1": None if right_values is None else relaxed * right_values,
    }


def place_figures(pairs: Iterable[Pair]) -> dict[str, float | None]:
    """Return span F1, accuracy within 161 km and of the country on matched names, and end to end F1 at 161 km."""
    count: Counter[str] = Counter()
    for document, found in pairs:
        gold, places = document["gold"]["places"], _unique(found)
        if document.get("meta", {}).get("partial_spans"):
            places = [each for each in places if any(_shared(there, each) > 0 for there in gold)]
        count["gold"] += len(gold)
        count["found"] += len(places)
        count["gold placed"] += sum(_is_placed(each) for each in gold)
        count["found placed"] += sum(_is_placed(each) for each in places)
        for match in matched(gold, places):
            count["matched"] += 1
            if match.gold.get("country"):
                count["with country"] += 1
                count["country"] += match.gold["country"] == match.found.get("country")
            if not _is_placed(match.gold):
                # A name that the gold cannot place is neither right nor wrong.
                count["found placed"] -= _is_placed(match.found)
                continue
            count["with point"] += 1
            if _is_placed(match.found):
                far = km_between(match.gold["lat"], match.gold["lon"], match.found["lat"], match.found["lon"])
                count["near"] += far <= RADIUS_KM
    return {
        "span F1": _f1(count["matched"], count["found"], count["gold"]),
        "accuracy at 161 km": _share(count["near"], count["with point"]),
        "country accuracy": _share(count["country"], count["with country"]),
        "end to end F1 at 161 km": _f1(count["near"], count["found placed"], count["gold placed"]),
    }


def _is_placed(each: Item) -> bool:
    return each.get("lat") is not None and each.get("lon") is not None


def entity_figures(pairs: Iterable[Pair]) -> dict[str, float | None]:
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
        "strict F1": _f1(count["strict"], count["found"], count["gold"]),
        "relaxed F1": _f1(count["relaxed"], count["found"], count["gold"]),
    }


def _coarse(each: Item) -> dict[str, Any]:
    return {"start": each["start"], "end": each["end"], "label": COARSE.get(each["label"])}


TASKS: tuple[tuple[str, Callable[[Iterable[Pair]], dict[str, float | None]]], ...] = (
    ("times", time_figures),
    ("places", place_figures),
    ("entities", entity_figures),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one task on one corpus, 0 to 1; None where nothing could be counted."""

    corpus: str
    task: str
    documents: int
    measure: str
    value: float | None


def evaluate(folder: Path, model: str | None = None) -> Iterator[Figure]:
    """Yield the measures of every task that the gold files of a folder have labels for, by corpus.

    Raises:
        WrongUse: the folder holds no labelled text.
    """
    documents: defaultdict[str, list[Item]] = defaultdict(list)
    for path in sorted(folder.rglob("*.jsonl")):
        for document in _lines_of(path):
            if any(task in _labels(document) for task, _ in TASKS) and isinstance(document.get("text"), str):
                documents[document.get("corpus", path.stem)].append(document)
    if not documents:
        raise WrongUse(
            "--gold",
            str(folder),
            "a folder with gold files: JSON lines with text and gold times, places or entities",
        )
    reference = load_reference(model)
    for corpus, texts in documents.items():
        asked = (
            orjson.dumps({"id": document["id"], "published": document["published"], "text": document["text"]})
            for document in texts
        )
        found = [orjson.loads(line) for line in annotate_lines(asked, reference)]
        for task, figures in TASKS:
            pairs = [
                (document, answer[task])
                for document, answer in zip(texts, found, strict=True)
                if task in _labels(document)
            ]
            if pairs:
                for measure, value in figures(pairs).items():
                    yield Figure(corpus, task, len(pairs), measure, value)


def _lines_of(path: Path) -> Iterator[Any]:
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise WrongUse("--gold", f"{path}:{number}: {error}", "JSON lines") from None


def _labels(document: Any) -> Mapping[str, Any]:
    labels = document.get("gold") if isinstance(document, dict) else None
    return labels if isinstance(labels, dict) else {}
