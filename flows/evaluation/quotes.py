"""Attributions: their content exactly and by overlap, and the speaker.

Contents are compared without the quotation marks, punctuation and spaces at their ends. The overlap of two contents is the share of
their code points, spaces apart, that both have; pairs are taken from the largest overlap down, each attribution once.

Source: the measures that PolNeAR's second annotator and the published systems are compared by.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from flows.evaluation.scores import Figures, Item, f1, share

MIN_OVERLAP = 0.3
EDGES = " \t\r\n\"\u201c\u201d\u2018\u2019'\u00ab\u00bb,.;:!?\u00a0-\u2013\u2014()"
NO_NAMES = frozenset(
    "the a an of mr mrs ms dr sir lord lady in for to and who is was his her their its".split()
)
"""Words that do not make two speakers the same."""

Pieces = Sequence[tuple[int, int]]


def quote_figures(pairs: Iterable[tuple[Item, Sequence[Item]]], kind: str | None = None) -> Figures:
    """Return exact F1, F1 by overlap, and the share of the matched that have the right speaker; `kind` is a type of quotation, None for all."""
    count: Counter[str] = Counter()
    for document, found in pairs:
        text = document["text"]
        gold = [each for each in document["gold"]["quotes"] if kind is None or each["type"] == kind]
        quotes = [each for each in found if kind is None or each["type"] == kind]
        count["gold"] += len(gold)
        count["found"] += len(quotes)
        ends, found_ends = (Counter(_ends(text, each["content"]) for each in some) for some in (gold, quotes))
        count["exact"] += (ends & found_ends).total()
        for wanted, quote in _by_overlap(text, gold, quotes):
            count["overlap"] += 1
            if wanted.get("source") or wanted.get("source_text"):
                count["with speaker"] += 1
                count["speaker"] += _have_same_speaker(text, wanted, quote)
    return {
        "exact F1": f1(count["exact"], count["found"], count["gold"]),
        f"overlap F1 at {MIN_OVERLAP}": f1(count["overlap"], count["found"], count["gold"]),
        "speaker accuracy": share(count["speaker"], count["with speaker"]),
    }


def _by_overlap(text: str, gold: Sequence[Item], found: Sequence[Item]) -> list[tuple[Item, Item]]:
    wanted, got = ([_letters(text, each["content"]) for each in some] for some in (gold, found))
    overlaps = sorted(
        (-len(one & other) / len(one | other), at, to)
        for at, one in enumerate(wanted)
        for to, other in enumerate(got)
        if one & other
    )
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for overlap, at, to in overlaps:
        if -overlap >= MIN_OVERLAP and at not in pairs and to not in used:
            pairs[at] = to
            used.add(to)
    return [(gold[at], found[to]) for at, to in pairs.items()]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in EDGES:
        start += 1
    while start < end and text[end - 1] in EDGES:
        end -= 1
    return start, end


def _letters(text: str, pieces: Pieces) -> frozenset[int]:
    """Return the offsets that a content covers, spaces apart."""
    return frozenset(
        at for piece in pieces for at in range(*_trimmed(text, *piece)) if not text[at].isspace()
    )


def _ends(text: str, pieces: Pieces) -> tuple[int, int]:
    return _trimmed(text, min(start for start, _ in pieces), max(end for _, end in pieces))


def _have_same_speaker(text: str, one: Item, other: Item) -> bool:
    """Return True if the words of the two speakers overlap, are the same, or share half of their names."""
    if any(
        max(start, begin) < min(end, stop)
        for start, end in one.get("source", ())
        for begin, stop in other.get("source", ())
    ):
        return True
    words, others = (_words(text, each) for each in (one, other))
    if words and words == others:
        return True
    names, theirs = frozenset(words) - NO_NAMES, frozenset(others) - NO_NAMES
    if not (names and theirs):
        return False
    return names <= theirs or theirs <= names or 4 * len(names & theirs) >= len(names) + len(theirs)


def _words(text: str, quote: Item) -> list[str]:
    spoken = quote.get("source_text") or " ".join(text[start:end] for start, end in quote.get("source", ()))
    return re.findall(r"\w+", spoken.lower())
