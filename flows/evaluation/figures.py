"""The tasks that are measured, and their figures on the gold files of a folder. All are micro-averages over a corpus."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from flows.annotation import annotate_lines
from flows.errors import WrongUse
from flows.evaluation.claims import CASUALTIES, claim_figures
from flows.evaluation.entities import entity_figures
from flows.evaluation.events import event_figures
from flows.evaluation.gold import gold_files, texts_of
from flows.evaluation.places import place_figures
from flows.evaluation.quotes import quote_figures
from flows.evaluation.scores import Figures, Item
from flows.evaluation.times import time_figures
from flows.evaluation.tolls import toll_figures
from flows.reference import load_reference


@dataclass(frozen=True, slots=True)
class Task:
    """What is measured: `labels` is the key in `gold`, `found` the list in the annotation, or None for all of the annotation.

    A corpus is measured if its labels state what is measured in one text at least: some corpora have other labels by the same key.
    `figures` is given (document, what was found) of each text.
    """

    name: str
    labels: str
    states: Callable[[Any], bool]
    found: str | None
    figures: Callable[[Sequence[tuple[Item, Any]]], Figures]

    def texts_in(self, documents: Sequence[Item]) -> list[int]:
        """Return which documents of a corpus have labels for it; none if no label states what is measured.

        Labels are lists; what is none, such as a degree of similarity, is of another task by the same key.
        """
        having = [
            number for number, each in enumerate(documents) if isinstance(each["gold"].get(self.labels), list)
        ]
        return having if any(self.states(documents[number]["gold"][self.labels]) for number in having) else []


def _items_with(key: str) -> Callable[[Any], bool]:
    return lambda items: any(key in each for each in items)


def _has_casualties(claims: Any) -> bool:
    return any(not CASUALTIES.isdisjoint(each["effect"]) for each in claims)


TASKS = (
    Task("times", "times", _items_with("start"), "times", time_figures),
    Task("places", "places", _items_with("start"), "places", place_figures),
    Task("entities", "entities", _items_with("label"), "entities", entity_figures),
    Task("quotes", "quotes", _items_with("content"), "quotes", quote_figures),
    Task("direct quotes", "quotes", _items_with("type"), "quotes", partial(quote_figures, kind="direct")),
    Task("claims", "claims", _items_with("effect"), "claims", claim_figures),
    Task(
        "casualty claims",
        "claims",
        _has_casualties,
        "claims",
        partial(claim_figures, effects=CASUALTIES),
    ),
    Task("toll", "killed", bool, None, toll_figures),
    Task("events", "events", _items_with("code"), "events", event_figures),
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
    corpora = _corpora(folder)
    if not any(task.texts_in(documents) for task in TASKS for documents in corpora.values()):
        raise WrongUse(
            "--gold",
            str(folder),
            "a folder with gold files: JSON lines with text and gold "
            + ", ".join(dict.fromkeys(task.labels for task in TASKS)),
        )
    reference = load_reference(model)
    for corpus, documents in corpora.items():
        texts = {task: task.texts_in(documents) for task in TASKS}
        numbers = sorted(set().union(*texts.values()))
        asked = (
            orjson.dumps({key: documents[number].get(key) for key in ("id", "published", "text")})
            for number in numbers
        )
        answers = dict(zip(numbers, map(orjson.loads, annotate_lines(asked, reference)), strict=True))
        for task, having in texts.items():
            pairs = [
                (documents[number], answers[number][task.found] if task.found else answers[number])
                for number in having
            ]
            for measure, value in (task.figures(pairs) if pairs else {}).items():
                yield Figure(corpus, task.name, len(pairs), measure, value)


def _corpora(folder: Path) -> dict[str, list[Item]]:
    """Return the labelled texts by corpus; a corpus in several files is divided into them, by the names of the files."""
    files: defaultdict[str, dict[str, list[Item]]] = defaultdict(dict)
    for path in gold_files(folder):
        name = path.name.partition(".")[0]
        for document in texts_of(path):
            files[document.get("corpus", name)].setdefault(name, []).append(document)
    return {
        corpus if len(parts) == 1 else name: documents
        for corpus, parts in files.items()
        for name, documents in parts.items()
    }
