"""The features of a candidate: its own words, those beside it, and the other mentions of its name in the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from flows.enrich.entities.candidates import NameCandidate
from flows.enrich.entities.casing import Casing
from flows.enrich.entities.form_features import features_of_form
from flows.enrich.entities.reference import EntityReference
from flows.enrich.language.spelling import folded
from flows.records import Reading

COARSE = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
"""Maps the model's labels to coarser kinds."""

FOLLOWING = re.compile(r"(['’]s\b|\s?[^\w\s]|\s+|$)\s?([\w'’-]*)")
LOOK_BACK = 24
PREPOSITIONS = frozenset(
    "in at near from to outside around through across between toward towards into inside over via off within".split()
)


class TextContext:
    """How the names of a text are labelled and written throughout it."""

    def __init__(self, reading: Reading, candidates: Sequence[NameCandidate], casing: Casing) -> None:
        """Count how the model and the gazetteer see each name."""
        self.text = reading.text
        self.casing = casing
        self.starts = frozenset(sentence.start for sentence in reading.sentences)
        self.lower = frozenset(word.text for word in reading.words if not word.upper)
        self.votes: dict[str, Counter[str]] = {}
        self.last_words: Counter[str] = Counter()
        self.first_words: Counter[str] = Counter()
        for candidate in candidates:
            name = folded(candidate.surface)
            if candidate.label:
                self.votes.setdefault(name, Counter())[COARSE.get(candidate.label, "OTHER")] += 1
            if candidate.label != "PERSON" and candidate.certain != "PER":
                continue
            words = name.split()
            if len(words) > 1:
                self.last_words[words[-1]] += 1
                self.first_words[words[0]] += 1


def features_of(
    candidate: NameCandidate, context: TextContext, reference: EntityReference
) -> tuple[str, ...]:
    """Return the names of the features of a candidate that is not a place; each has a weight for each kind."""
    label = candidate.label or "none"
    after = _after(candidate, context.text, reference)
    return (
        "always",
        f"model {label}",
        f"source {candidate.source}",
        *_of_position(candidate, context, reference, label, after),
        *_of_words(candidate, reference, label, after),
        *_of_text(candidate, context),
    )


def _of_position(
    candidate: NameCandidate, context: TextContext, reference: EntityReference, label: str, after: str
) -> Iterator[str]:
    """Yield features of the words before and after the candidate, and of its position."""
    casing = context.casing.at(candidate.span.start)
    before = _before(candidate, context, reference)
    yield f"before {before}"
    yield f"before {before} model {label}"
    yield f"after {after}"
    yield f"after {after} model {label}"
    if before in ("start", "line"):
        yield f"begins after {after} model {label}"
    if before == "line" and after == "line":
        yield "alone in its line"
    if " " in candidate.surface and candidate.surface.split()[-1].lower() in reference.organisations.heads:
        yield f"ends in an organisation before {before} model {label}"
    if candidate.span.start in context.starts:
        yield f"first in the sentence model {label}"
    if casing != "sentence":
        yield f"in {casing} model {label}"


def _before(candidate: NameCandidate, context: TextContext, reference: EntityReference) -> str:
    start = candidate.span.start
    left = context.text[max(0, start - LOOK_BACK) : start]
    at = len(left)
    while at and not left[at - 1].isalnum() and len(left) - at < 3:
        at -= 1
    mark = left[at:]
    left = left[:at]
    while at and (left[at - 1].isalnum() or left[at - 1] in ".'’-"):
        at -= 1
    word = left[at:].lower().rstrip(".")
    if "\n" in mark or start == 0:
        return "line"
    if not word:
        return "mark"
    if start in context.starts:
        return "start"
    if mark.strip(" ."):
        return f"mark {mark.strip()[:1]}"
    if word in reference.titles.heads:
        return "title"
    if word in PREPOSITIONS:
        return "preposition"
    if word in ("the", "a", "an", "this"):
        return "the"
    if word in ("by", "with", "and", "of", "for", "that"):
        return word
    if word in reference.speech:
        return "speech"
    return "word" if left[at:].islower() else "capital"


def _after(candidate: NameCandidate, text: str, reference: EntityReference) -> str:
    end = candidate.span.end
    found = FOLLOWING.match(text[end : end + LOOK_BACK])
    mark, word = (found[1], found[2]) if found else ("", "")
    small = word.lower()
    if mark.startswith(("'", "’")):
        return "possessive"
    if "\n" in mark or not mark:
        return "line"
    if mark.strip():
        return f"mark {mark.strip()[:1]}"
    if small in reference.speech:
        return "speech"
    if small in reference.words["verb"] or small in reference.words["person_verb"]:
        return "verb"
    if small in reference.organisations.heads or small in reference.organisations.nominal:
        return "organisation"
    return "capital" if word[:1].isupper() else "digit" if word[:1].isdigit() else "word"


def _of_words(candidate: NameCandidate, reference: EntityReference, label: str, after: str) -> Iterator[str]:
    """Yield features of the words of the candidate; `after` is the class of what follows."""
    key = candidate.surface, label
    known = reference.features.get(key) or reference.features.put(key, features_of_form(*key, reference))
    yield from known.first
    if not candidate.label:
        yield f"{known.unseen} after {after}"
    yield from known.rest


def _of_text(candidate: NameCandidate, context: TextContext) -> Iterator[str]:
    """Yield features of the other mentions of the name; a mention is not evidence for itself."""
    simple = folded(candidate.surface)
    own = COARSE.get(candidate.label, "OTHER") if candidate.label else None
    for kind, count in context.votes.get(simple, {}).items():
        if count - (kind == own) > 0:
            yield f"elsewhere {kind}"
    if " " not in simple:
        if simple in context.last_words:
            yield "last name of a person"
        elif simple in context.first_words:
            yield "given name of a person"
    if simple in context.lower or candidate.surface.lower() in context.lower:
        yield "in lowercase elsewhere"
