"""Names of newspapers and of diseases that hold a place's name: `The Washington Post` and `Marburg virus` give no place."""

from __future__ import annotations

from collections.abc import Sequence

from flows.enrich.places.words import PlaceWords
from flows.records import Word

MAX_BETWEEN = 2
"""Words between the place and the last word of the name: `South China Morning Post`."""


def is_disease(words: Sequence[Word], last: int, classes: PlaceWords) -> bool:
    """Return True if the word behind `last` makes a disease of the name."""
    return (
        last + 1 < len(words) and words[last + 1].joined and words[last + 1].text.lower() in classes.disease
    )


def is_press(words: Sequence[Word], first: int, last: int, classes: PlaceWords) -> bool:
    """Return True if the words from `first` to `last` stand in the name of a newspaper or an agency."""
    if first >= 2 and words[first - 1].text.lower() == "of" and words[first].joined:
        before = words[first - 2]
        return before.upper and before.text.lower() in classes.press
    if first < last and words[last].upper and words[last].text.lower() in classes.press:
        return True
    for number in range(last + 1, min(last + 2 + MAX_BETWEEN, len(words))):
        word = words[number]
        if not word.joined or not word.upper:
            return False
        if word.text.lower() in classes.press:
            return True
    return False
