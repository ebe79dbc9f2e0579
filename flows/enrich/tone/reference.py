"""The lexicon of VADER, read as data from its package, and the words that change a valence."""

from __future__ import annotations

import hashlib
import importlib.util
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from flows.enrich.lexicons import table
from flows.errors import BrokenLexicon

PACKAGE = "vaderSentiment"
"""The distribution vaderSentiment 3.3.2 (MIT License). Its code is not imported: it would import `requests`."""

PINNED: Mapping[str, str] = {
    "vader_lexicon.txt": "1ec9c6e9ee19aade328f8beb393a6afa71a5bb3acf7d3cc22d4ef568df374bf5",
    "emoji_utf8_lexicon.txt": "b8d54223ae1ce22a3e12c1f745316b71678c328eb5f5d3063a842f37cfbe2823",
}
"""The sha256 of the files that are read."""

BOOST = 0.293
"""What an adverb of degree adds to the valence of the word after it, or takes from it."""


MAX_KNOWN_PARTS = 65_536
"""Parts of texts whose words are kept: some 10 MB."""

MIN_LETTERS = 3
"""A part of a sentence that is shorter without its punctuation may be an emoticon and keeps it."""


NOT = "n't"
OTHER_MODIFIERS = frozenset({"no", "never", "so", "this", "without", "least"})
"""Words that the rules name themselves."""


class Part(NamedTuple):
    """A part of a sentence between spaces, without its punctuation.

    `is_known` says whether the lexicon has it, `is_modifier` whether it may change the valence of a word near it.
    """

    word: str
    lower: str
    is_known: bool
    is_capitals: bool
    is_modifier: bool


class Parts(dict[str, Part]):
    """The parts of texts as they stand there, each taken apart once."""

    def __init__(self, valences: Mapping[str, float], modifiers: frozenset[str]) -> None:
        """Take the words that the lexicon has, and those that change a valence."""
        super().__init__()
        self._valences = valences
        self._modifiers = modifiers

    def __missing__(self, part: str) -> Part:
        """Take a part apart that was not seen before."""
        if len(self) >= MAX_KNOWN_PARTS:
            self.clear()
        word, lower = _without_punctuation(part), _without_punctuation(part.lower())
        is_modifier = lower in self._modifiers or NOT in lower
        self[part] = found = Part(word, lower, lower in self._valences, word.isupper(), is_modifier)
        return found


def _without_punctuation(part: str) -> str:
    short = part.strip(string.punctuation)
    return short if len(short) >= MIN_LETTERS else part


@dataclass(frozen=True, slots=True)
class Expression:
    """Words of which the one at an index has no tone there: `on the one hand`, with the index of `hand`."""

    words: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class ToneReference:
    """Valences of words, -4 to 4, and what changes them.

    `emoji` are characters and their descriptions in words; `degrees` what an adverb of degree adds; `phrases` valences of whole phrases.
    `marks` are the longest words of all phrases: where none of them is, no phrase need be looked for. `denials` are subjects that negate
    what follows at some distance; `expressions`, by a word of the lexicon, those in which it has no tone.
    """

    valences: Mapping[str, float]
    emoji: Mapping[str, str]
    negations: frozenset[str]
    degrees: Mapping[str, float]
    phrases: Mapping[str, float]
    marks: frozenset[str]
    denials: frozenset[str]
    expressions: Mapping[str, tuple[Expression, ...]]
    parts: Parts


def read_tone_reference(*, for_news: bool = True) -> ToneReference:
    """Read the lexicon, and what is changed in it for news; without, scores are those of the library.

    Raises:
        BrokenLexicon: the package is not installed, or its files are not those of the version that was tested.
    """
    lexicon, emoji = (_lines(name) for name in PINNED)
    valences = {cells[0]: float(cells[1]) for cells in lexicon}
    classes: dict[str, dict[str, float]] = {}
    for row in table("tone_words"):
        valence = float(row["valence"] or 0)
        classes.setdefault(row["class"], {}).update(dict.fromkeys(row["words"].split("|"), valence))
    toneless = classes["toneless"] if for_news else {}
    if for_news:
        valences |= classes["word"]
    valences = {word: valence for word, valence in valences.items() if word not in toneless}
    negations = frozenset(classes["negation"])
    phrases = classes["phrase"]
    degrees = dict.fromkeys(classes["booster"], BOOST) | dict.fromkeys(classes["dampener"], -BOOST)
    marks = frozenset(max(phrase.split(), key=len) for phrase in (*phrases, *degrees) if " " in phrase)
    return ToneReference(
        valences=valences,
        emoji={cells[0]: cells[1] for cells in emoji},
        negations=negations,
        degrees=degrees,
        phrases=phrases,
        marks=marks,
        denials=frozenset(classes["denial"]) if for_news else frozenset(),
        expressions=_expressions([each for each in toneless if " " in each], valences),
        parts=Parts(valences, OTHER_MODIFIERS | negations | marks | degrees.keys()),
    )


def _expressions(phrases: Iterable[str], valences: Mapping[str, float]) -> dict[str, tuple[Expression, ...]]:
    found: dict[str, tuple[Expression, ...]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        for at, word in enumerate(words):
            if word in valences:
                found[word] = (*found.get(word, ()), Expression(words, at))
    return found


def _lines(name: str) -> list[list[str]]:
    """Return the cells of the lines of a file of the package that are not blank."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        content = (Path(folder) / name).read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != PINNED[name]:
            raise BrokenLexicon(f"{PACKAGE} {name}", f"sha256 {found}", f"{PINNED[name]}, of version 3.3.2")
        return [line.strip().split("\t") for line in content.decode().split("\n") if line.strip()]
    raise BrokenLexicon(PACKAGE, "no such package", "vaderSentiment 3.3.2")
