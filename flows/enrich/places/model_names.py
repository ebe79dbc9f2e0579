"""What the language model says of the names in a text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from flows.enrich.language.spelling import folded
from flows.enrich.places.phrases import PLACE_LABELS, Toponym
from flows.records import Reading

NUMBERS = frozenset({"DATE", "TIME", "CARDINAL", "ORDINAL", "MONEY", "PERCENT", "QUANTITY"})
"""Labels of the model that say nothing of names."""

NAMES = frozenset({"GPE", "LOC", "FAC", "NORP", "ORG", "PERSON"})

BARE = re.compile(r"^(?:the|The)\s|['’]s?$")
END_OF_NAME = re.compile(r"(?:['’][sS]?|(?<![\s,.;:)])[\s,.;:)]+)?$")
APOSTROPHES = ("'", "’")
LINE = re.compile(r"\s{0,100}\n\s*")
PAIR_OR_LINE = re.compile(r" and |\s{0,100}\n\s*")

Spans = Mapping[tuple[int, int], Toponym]


class ModelNames:
    """The model's names in one text. `surnames` holds the last words of persons named in full, folded."""

    def __init__(self, reading: Reading, toponyms: Spans) -> None:
        """Cut the names where they span two, and count their labels."""
        entities = list(_entities(reading, toponyms))
        self._cover = _cover(reading.text, entities)
        self._labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.surnames: set[str] = set()
        for start, end, label in entities:
            surface = reading.text[start:end]
            self._labels[folded(BARE.sub("", surface))][label] += 1
            if label == "PERSON" and " " in surface:
                self.surnames.add(folded(surface.split()[-1]))

    def labels_of(self, name: str) -> Counter[str] | None:
        """Return how often the model labels a folded name as what, or None if it labels it nowhere."""
        return self._labels.get(name)

    def label_of(self, start: int, end: int) -> str:
        """Return how the model labels these words: a label, or how they lie in what it labels."""
        covering = self._cover.get(start) or self._cover.get(end - 1)
        if covering is None:
            return "none"
        at, to, label, (bare_start, bare_end) = covering
        group = label if label in NAMES else "OTHER"
        if (bare_start, bare_end) == (start, end):
            return group
        if at <= start and end <= to:
            return f"{group} {'head' if start == bare_start else 'end' if end == bare_end else 'middle'}"
        return f"{group} {'crossed' if start > at or end < to else 'within'}"


def _entities(reading: Reading, toponyms: Spans) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and label of the model's names: cut at the end of a line, and two places joined by `and` apart."""
    text = reading.text
    for each in reading.entities:
        if each.label in NUMBERS:
            continue
        start, end = each.span.start, each.span.end
        whole = toponyms.get((start, end))
        is_pair = each.label in PLACE_LABELS and not (whole and whole.candidates)
        at = start
        for cut in (PAIR_OR_LINE if is_pair else LINE).finditer(text, start, end):
            yield at, cut.start(), each.label
            at = cut.end()
        if at < end:
            yield at, end, each.label


def _cover(
    text: str, entities: Sequence[tuple[int, int, str]]
) -> dict[int, tuple[int, int, str, tuple[int, int]]]:
    """Return for each character that the model put in a name: the name's ends, its label, its ends without `the` and possessive."""
    cover: dict[int, tuple[int, int, str, tuple[int, int]]] = {}
    for start, end, label in entities:
        surface = text[start:end]
        bare_start = start + (4 if surface[:4].lower() == "the " else 0)
        bare_end = end
        if not surface[-1:].isalnum() or surface[-2:-1] in APOSTROPHES:
            behind = END_OF_NAME.search(surface)
            bare_end = end - len(behind.group() if behind else "")
        name = (start, end, label, (bare_start, bare_end))
        cover.update(dict.fromkeys(range(start, end), name))
    return cover
