"""What the words of a name say, whatever stands beside it."""

from __future__ import annotations

from typing import NamedTuple

MAX_KEPT = 20_000
"""Names whose forms are kept; a text of news has some 30, and names most of them more than once."""


class Form(NamedTuple):
    """The words of a name: as written, and in lowercase without periods and commas."""

    words: tuple[str, ...]
    small: tuple[str, ...]


class FormFeatures(NamedTuple):
    """The features of the words of a name with a label of the model; that of an unlabelled name, `unseen`, ends in what follows the name."""

    first: tuple[str, ...]
    unseen: str
    rest: tuple[str, ...]
