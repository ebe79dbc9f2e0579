"""The fields that a run may extract, and what each of them needs."""

from __future__ import annotations

from collections.abc import Mapping

from flows.errors import WrongUse

Fields = frozenset[str]

_NAMES = ("places", "mentions")
NEEDS: Mapping[str, tuple[str, ...]] = {
    # A name is a place or something else, so that the two are decided together.
    "places": ("mentions",),
    "mentions": ("places",),
    "times": _NAMES,
    "quotes": _NAMES,
    "amounts": _NAMES,
    "claims": (*_NAMES, "times", "quotes"),
    "events": (*_NAMES, "times", "quotes", "claims"),
    "stories": (*_NAMES, "times", "quotes", "claims"),
    # The words of names say nothing about either.
    "topics": _NAMES,
    "tone": _NAMES,
}
"""The fields in the order of their extraction, each with those that it is computed from. Each is named for its table, `topics` and `tone` for
their columns of `articles`."""

ALL: Fields = frozenset(NEEDS)
HEADER: Fields = frozenset()
"""No field: what the header and the text state, the language, and the signature of near-duplicates."""

SYNTACTIC: Fields = frozenset({"quotes", "amounts", "claims", "events"})
"""Fields that read the syntax of the sentences."""

WANTED = f"all, header, or names of {', '.join(NEEDS)}, separated by commas"


def fields_named(asked: str) -> Fields:
    """Return the fields that `all`, `header` or a list such as `times,claims` names, with those that they need.

    Raises:
        WrongUse: no such field.
    """
    if asked in ("all", "header"):
        return ALL if asked == "all" else HEADER
    names = [name.strip() for name in asked.split(",")]
    for name in names:
        if name not in NEEDS:
            raise WrongUse("--fields", repr(name), WANTED)
    return frozenset([*names, *(needed for name in names for needed in NEEDS[name])])


def name_of(fields: Fields) -> str:
    """Return the name of a set of fields, from which `fields_named` makes the same set."""
    if fields == ALL:
        return "all"
    return ",".join(name for name in NEEDS if name in fields) or "header"
