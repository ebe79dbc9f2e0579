"""The tone of one sentence: its words of the lexicon with their valences, and the score that they sum up to."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Callable
from dataclasses import dataclass

from flows.enrich.tone.reference import ToneReference
from flows.enrich.tone.rules import AFTER_BUT, BEFORE_BUT, valence_at
from flows.records import Span

PUNCTUATION = string.punctuation
PARTS = re.compile(r"\S+")
MIN_LETTERS = 3
"""A part of a sentence that is shorter without its punctuation may be an emoticon and keeps it."""

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
    lower = _without_punctuation(text.lower().split())
    known = [word in reference.valences for word in lower]
    if True not in known:
        return SentenceTone(0.0, len(lower), ())
    parts = [(part.start(), part.end()) for part in PARTS.finditer(text)]
    if len(parts) != len(lower):
        # A letter that is two in lowercase, or a separator of lines that only one of the two takes for a space.
        lower = _without_punctuation([text[first:last].lower() for first, last in parts])
        known = [word in reference.valences for word in lower]
    words = _without_punctuation([text[first:last] for first, last in parts])
    capitals = sum(map(str.isupper, words))
    has_capitals = 0 < capitals < len(words)
    offsets = {
        at: _offsets(text, word, parts[at], start, origins) for at, word in enumerate(words) if known[at]
    }
    known = [at in offsets and not is_name(*offsets[at]) for at in range(len(words))]
    but = lower.index("but") if "but" in lower else None
    found = []
    for at in [at for at, each in enumerate(known) if each]:
        valence = valence_at(at, words, lower, known, has_capitals, reference)
        if but is not None and at != but:
            valence *= BEFORE_BUT if at < but else AFTER_BUT
        if valence:
            found.append(Valence(Span(*offsets[at]), valence))
    return SentenceTone(_score(found, text), len(words), tuple(found))


def _offsets(
    text: str, word: str, part: tuple[int, int], start: int, origins: list[int] | None
) -> tuple[int, int]:
    """Return where a word stands without its punctuation, in the text that the sentence is of."""
    first = text.index(word, part[0])
    last = first + len(word) - 1
    if origins is not None:
        first, last = origins[first], origins[last]
    return start + first, start + last + 1


def _without_punctuation(parts: list[str]) -> list[str]:
    # Without a call for each part, which takes as long as all else.
    stripped = [part.strip(PUNCTUATION) for part in parts]
    return [short if len(short) >= MIN_LETTERS else part for short, part in zip(stripped, parts, strict=True)]


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
