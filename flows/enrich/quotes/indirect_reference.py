"""The words that may be cues of indirect attributions, and the weights of the features that decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from flows.enrich.lexicons import LEXICONS, table


@dataclass(frozen=True, slots=True)
class CueWords:
    """The classes of each lemma of `attribution_cues.tsv` by part of speech, and the weights of `cues.json`.

    `lemmas` are those that may be a cue.
    """

    verbs: Mapping[str, tuple[str, ...]]
    nouns: Mapping[str, tuple[str, ...]]
    adjectives: Mapping[str, tuple[str, ...]]
    pronouns: Mapping[str, tuple[str, ...]]
    prepositions: frozenset[str]
    norms: frozenset[str]
    weights: Mapping[str, float]
    lemmas: frozenset[str]


ACCORD = "accord"
"""The lemma of `according to`."""


def read_cue_words() -> CueWords:
    """Read the table and the weights."""
    words: dict[str, dict[str, tuple[str, ...]]] = {
        "verb": {},
        "noun": {},
        "adjective": {},
        "pronoun": {},
        "preposition": {},
        "norm": {},
    }
    for row in table("attribution_cues"):
        words[row["pos"]][row["lemma"]] = tuple(row["classes"].split("|"))
    weights = orjson.loads((LEXICONS / "cues.json").read_bytes())["weights"]
    return CueWords(
        words["verb"],
        words["noun"],
        words["adjective"],
        words["pronoun"],
        frozenset(words["preposition"]),
        frozenset(words["norm"]),
        weights,
        frozenset((ACCORD, *words["verb"], *words["noun"], *words["adjective"])),
    )
