"""What the words of a name say, whatever stands beside it."""

from __future__ import annotations

from dataclasses import dataclass

MAX_KEPT = 20_000
"""Names whose forms are kept; a text of news has some 30, and names most of them more than once."""


@dataclass(frozen=True, slots=True)
class Form:
    """The words of a name.

    `words` are as written, `small` in lowercase without periods and commas, `simple` is the name folded. `is_full_name` and
    `is_full_name_if_seen` say whether it is a person's full name, the latter if the model labels it as a person;
    `ends_in_state_organisation` is True for `US Congress` and `Kenyan Supreme Court`.
    """

    words: tuple[str, ...]
    small: tuple[str, ...]
    simple: str
    is_full_name: bool
    is_full_name_if_seen: bool
    ends_in_state_organisation: bool


@dataclass(frozen=True, slots=True)
class FormFeatures:
    """The features of the words of a name with a label of the model; that of an unlabelled name, `unseen`, ends in what follows the name."""

    first: tuple[str, ...]
    unseen: str
    rest: tuple[str, ...]
