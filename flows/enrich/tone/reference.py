"""The lexicon of VADER, read as data from its package, and the words that change a valence."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class ToneReference:
    """Valences of words, -4 to 4, and what changes them.

    `emoji` are characters and their descriptions in words; `degrees` what an adverb of degree adds; `phrases` valences of whole phrases.
    `marks` are the longest words of all phrases: where none of them is, no phrase need be looked for.
    """

    valences: Mapping[str, float]
    emoji: Mapping[str, str]
    negations: frozenset[str]
    degrees: Mapping[str, float]
    phrases: Mapping[str, float]
    marks: frozenset[str]


def read_tone_reference() -> ToneReference:
    """Read the lexicon.

    Raises:
        BrokenLexicon: the package is not installed, or its files are not those of the version that was tested.
    """
    lexicon, emoji = (_lines(name) for name in PINNED)
    negations: list[str] = []
    degrees: dict[str, float] = {}
    phrases: dict[str, float] = {}
    for row in table("tone_words"):
        words = row["words"].split("|")
        if row["class"] == "negation":
            negations += words
        elif row["class"] == "phrase":
            phrases.update(dict.fromkeys(words, float(row["valence"])))
        else:
            degrees.update(dict.fromkeys(words, BOOST if row["class"] == "booster" else -BOOST))
    return ToneReference(
        valences={cells[0]: float(cells[1]) for cells in lexicon},
        emoji={cells[0]: cells[1] for cells in emoji},
        negations=frozenset(negations),
        degrees=degrees,
        phrases=phrases,
        marks=frozenset(max(phrase.split(), key=len) for phrase in (*phrases, *degrees) if " " in phrase),
    )


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
