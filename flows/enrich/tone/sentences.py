"""The tone of one sentence: its words of the lexicon with their valences, and the score that they sum up to."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.enrich.tone.reference import ToneReference
from flows.enrich.tone.rules import AFTER_BUT, BEFORE_BUT, NEGATED, REACH, is_denied, valence_at
from flows.records import Span

PARTS = re.compile(r"\S+")
"""What `str.split` returns, with offsets."""

MAX_SUM = 15.0
"""About the greatest sum of valences that a sentence has; it brings sums between -1 and 1."""

EXCLAMATION, MAX_EXCLAMATIONS = 0.292, 4
QUESTION, MANY_QUESTIONS = 0.18, 0.96
"""What each exclamation mark adds, each of two or three question marks, and more of them together."""


@dataclass(frozen=True, slots=True)
class Valence:
    """A word of the lexicon, its span in the text, and its valence in the sentence, about -4 to 4 and never 0."""

    span: Span
    valence: float


@dataclass(frozen=True, slots=True)
class SentenceTone:
    """The score of a sentence, -1 to 1, how many words it has, and those that have a valence."""

    score: float
    word_count: int
    words: tuple[Valence, ...]


def _no_name(_start: int, _end: int) -> bool:
    return False


def tone_of(
    sentence: str,
    reference: ToneReference,
    start: int = 0,
    is_name: Callable[[int, int], bool] = _no_name,
) -> SentenceTone:
    """Score a sentence that begins at an offset of its text, by the rules of VADER; 0 if it has no word of the lexicon.

    Words for which `is_name` returns True are not looked up. Emoji count as their descriptions.
    """
    if sentence.isascii() or reference.emoji.keys().isdisjoint(sentence):
        text, origins = sentence, None
    else:
        text, origins = _described(sentence, reference)
    raw = text.split()
    parts = list(map(reference.parts.__getitem__, raw))
    candidates = [at for at, part in enumerate(parts) if part[2]]
    if not candidates:
        return SentenceTone(0.0, len(parts), ())
    words, lower, _, are_capitals, modify = map(list, zip(*parts, strict=True))
    begins = [part.start() for part in PARTS.finditer(text)]
    spans = {at: _span(begins[at] + raw[at].index(words[at]), words[at], start, origins) for at in candidates}
    known = [False] * len(parts)
    for at in candidates:
        known[at] = not (is_name(*spans[at]) or _is_toneless(at, lower, reference))
    capitals = sum(are_capitals)
    has_capitals = 0 < capitals < len(parts)
    has_denials = not reference.denials.isdisjoint(lower)
    but = lower.index("but") if "but" in lower else None
    found = []
    for at in [at for at in candidates if known[at]]:
        has_modifiers = True in modify[max(at - REACH, 0) : at + REACH]
        valence = valence_at(at, words, lower, known, has_capitals, has_modifiers, reference)
        if has_denials and is_denied(at, lower, reference):
            valence *= NEGATED
        if but is not None and at != but:
            valence *= BEFORE_BUT if at < but else AFTER_BUT
        if valence:
            found.append(Valence(Span(*spans[at]), valence))
    return SentenceTone(_score(found, text), len(parts), tuple(found))


def _is_toneless(at: int, lower: Sequence[str], reference: ToneReference) -> bool:
    """Return True if the word is part of an expression in which it has no tone."""
    for each in reference.expressions.get(lower[at], ()):
        first = at - each.at
        if first >= 0 and tuple(lower[first : first + len(each.words)]) == each.words:
            return True
    return False


def _span(first: int, word: str, start: int, origins: list[int] | None) -> tuple[int, int]:
    """Return where a word stands in the text that the sentence is of."""
    last = first + len(word) - 1
    if origins is not None:
        first, last = origins[first], origins[last]
    return start + first, start + last + 1


def _score(found: list[Valence], text: str) -> float:
    total = math.fsum([each.valence for each in found])
    questions = text.count("?")
    emphasis = EXCLAMATION * min(text.count("!"), MAX_EXCLAMATIONS)
    if questions > 1:
        emphasis += QUESTION * questions if questions <= 3 else MANY_QUESTIONS
    total += math.copysign(emphasis, total) if total else 0.0
    return round(total / math.sqrt(total * total + MAX_SUM), 4)


def _described(sentence: str, reference: ToneReference) -> tuple[str, list[int]]:
    """Return a sentence with descriptions in the place of emoji, and the offset that each character comes from."""
    pieces: list[str] = []
    origins: list[int] = []
    after_space = True
    for at, character in enumerate(sentence):
        description = reference.emoji.get(character)
        piece = character
        if description is not None:
            piece = description if after_space else f" {description}"
        pieces.append(piece)
        origins += [at] * len(piece)
        after_space = description is None and character == " "
    return "".join(pieces), origins
