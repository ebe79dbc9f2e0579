"""Entity mentions: what the model saw, trimmed to the name, and tied to one entity an article."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.enrich.field import Field
from flows.enrich.sentences import sentence_at
from flows.records import ModelEntity, Reading, Span

TYPES: Mapping[str, str] = {
    "PERSON": "PER",
    "ORG": "ORG",
    "GPE": "GPE",
    "LOC": "LOC",
    "FAC": "FAC",
    "NORP": "NORP",
    "EVENT": "EVENT",
    "PRODUCT": "PRODUCT",
    "WORK_OF_ART": "WORK",
    "LAW": "LAW",
    "LANGUAGE": "LANGUAGE",
}
"""OntoNotes label to `mentions.type`; labels of times and amounts are left to other fields."""

# Forms of address before a name, as news writes them; they are of the mention, not of the name.
TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "sir",
        "dame",
        "lord",
        "lady",
        "prof",
        "professor",
        "president",
        "premier",
        "chancellor",
        "minister",
        "senator",
        "sen",
        "rep",
        "gov",
        "governor",
        "king",
        "queen",
        "prince",
        "princess",
        "pope",
        "general",
        "gen",
        "col",
        "colonel",
        "major",
        "maj",
        "capt",
        "captain",
        "lt",
        "sgt",
        "judge",
        "justice",
        "mayor",
        "ambassador",
        "secretary",
        "sheikh",
        "imam",
        "ayatollah",
        "rev",
    ]
)
# Words of earnings tables and exchange reports that the model takes for people and companies.
NO_NAMES = frozenset(
    [
        "shr",
        "shrs",
        "net",
        "revs",
        "rev",
        "avg",
        "oper",
        "qtr",
        "qtly",
        "mths",
        "mth",
        "dlrs",
        "dlr",
        "mln",
        "bln",
        "pct",
        "cts",
        "ct",
        "vs",
        "vol",
        "sales",
        "note",
        "pay",
        "record",
        "prev",
        "prior",
        "div",
        "diluted",
        "subject",
        "re",
        "lines",
        "wrote",
        "writes",
    ]
)
LEADING = re.compile(r"(?:[\s\"'“”‘’`.,;:()\[\]<>|*_=+~^/\\-]+|(?:the|The|THE)\s+)+")
TRAILING = re.compile(r"(?:['’][sS]|[\s\"'“”‘’`,;:()\[\]<>|*_=+~^/\\-])+$")
LETTERS = re.compile(r"[^\W\d_]")
PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention. `entity` and `name` are the same for all mentions of one entity."""

    span: Span
    type: str
    entity: str
    name: str
    sentence_no: int
    label: str


def mentions_in(reading: Reading, found: Mapping[str, Any]) -> tuple[Mention, ...]:
    """Return the mentions in reading order; none where the model did not read the text."""
    del found
    named = [
        (span, entity.label)
        for entity in reading.entities
        if entity.label in TYPES and (span := _trimmed(reading.text, entity))
    ]
    entities = _entities([(span.of(reading.text), TYPES[label]) for span, label in named])
    return tuple(
        Mention(
            span=span,
            type=TYPES[label],
            entity=entity,
            name=name,
            sentence_no=sentence_at(reading.sentences, span.start),
            label=label,
        )
        for (span, label), (entity, name) in zip(named, entities, strict=True)
    )


def _trimmed(text: str, entity: ModelEntity) -> Span | None:
    """Cut articles, possessives, marks and what runs over a paragraph; None if no name is left."""
    start, end = entity.span.start, entity.span.end
    if broken := PARAGRAPH_BREAK.search(text, start, end):
        end = broken.start()
    if leading := LEADING.match(text, start, end):
        start = leading.end()
    if trailing := TRAILING.search(text[start:end]):
        end = start + trailing.start()
    if end - start < 2 or not LETTERS.search(text, start, end):
        return None
    if NO_NAMES.issuperset(text[start:end].lower().split()):
        return None
    return Span(start, end)


def _words(surface: str) -> tuple[str, ...]:
    """Return the words of a name without its forms of address, for comparison."""
    words = [word.strip(".,").casefold() for word in surface.split()]
    bare = [word for word in words if word not in TITLES]
    return tuple(bare or words)


def _entities(mentions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return for each (surface, type) the key of its entity and the entity's canonical name.

    A person's shorter name is the longer one before or after it that ends in the same word and
    holds all its words, where only one does. Others are one entity when they are written alike.
    """
    people = list(dict.fromkeys(_words(surface) for surface, kind in mentions if kind == "PER"))
    full = {words: _longest_of(words, people) for words in people}
    keys = []
    names: dict[str, str] = {}
    for surface, kind in mentions:
        words = _words(surface)
        if kind == "PER":
            words = full[words]
        key = f"{kind}:{' '.join(words)}"
        keys.append(key)
        if kind != "PER" or _words(surface) == words:
            names.setdefault(key, _bare(surface))
    return [(key, names[key]) for key in keys]


def _longest_of(words: tuple[str, ...], people: list[tuple[str, ...]]) -> tuple[str, ...]:
    longer = [
        other
        for other in people
        if len(other) > len(words) and other[-1] == words[-1] and set(words) <= set(other)
    ]
    outermost = [other for other in longer if not any(set(other) < set(another) for another in longer)]
    return outermost[0] if len(outermost) == 1 else words


def _bare(surface: str) -> str:
    """Return the name in one line without its forms of address."""
    words = surface.split()
    while len(words) > 1 and words[0].strip(".,").casefold() in TITLES:
        words = words[1:]
    return " ".join(words)


FIELD = Field("mentions", mentions_in)
