"""Groups the names of one person: with and without given name, title and the articles of Arabic names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from flows.enrich.entities.reference import EntityReference
from flows.enrich.language.spelling import folded

ARTICLES = frozenset("al el an ad ash as at ar bin ibn abu de da van von der la le".split())
"""Words that a shorter form of a name omits."""


def is_full_name(surface: str, reference: EntityReference, *, is_seen: bool) -> bool:
    """Return True for a given name, then words that are family names or no English words: `Theresa May`, `Paris Hilton`.

    If the model labels it as a person (`is_seen`), one such name among words that are all unknown is enough. Of such names that the model labels as persons or not at all, in the labelled sets 205 are persons and 24 are not.
    """
    words = surface.split()
    simple = folded(surface).split()
    connecting = reference.words["connecting"]
    known = [name in reference.given_names and name not in connecting for name in simple]
    if len(words) < 2 or not (known[0] or (is_seen and (any(known) or simple[-1] in reference.family_names))):
        return False
    if not known[0] and simple[0] in reference.ordinary:
        return False
    lowered = [word.lower().strip(".,") for word in words[1:]]
    if any(word in reference.organisations.heads for word in lowered):
        return False
    return all(
        name in reference.family_names or name in reference.given_names or len(name) == 1
        for name in simple[1:]
        if name in reference.ordinary and name not in reference.words["connecting"]
    )


class PersonNames:
    """The names of persons in a text."""

    def __init__(self, surfaces: Sequence[str], reference: EntityReference) -> None:
        """Read the names in reading order."""
        self._titles = reference.titles.words - reference.given_names
        people = [self._words(surface) for surface in surfaces]
        by_word: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for words in dict.fromkeys(people):
            for word in set(words):
                by_word[word].append(words)
        full: dict[tuple[str, ...], tuple[str, ...]] = {}
        met: set[tuple[str, ...]] = set()
        for words in people:
            met.add(words)
            others = by_word[words[-1]]
            if len(others) == 1:
                # No other person's name has its last word.
                full[words] = words
                continue
            # A last name that two persons share means the first of them until the second is named.
            before = _longest(words, [other for other in others if other in met])
            full.setdefault(words, before if before != words else _longest(words, others))
        self._full = full

    def full(self, surface: str) -> str:
        """Return the longest name of the person, folded."""
        return " ".join(self._full[self._words(surface)])

    def _words(self, surface: str) -> tuple[str, ...]:
        words = [word.strip(".,") for word in folded(surface).split()]
        bare = [word for word in words[:-1] if word not in self._titles] + words[-1:]
        if len(bare) > 1:
            bare = [word for word in bare if word not in ARTICLES] or bare
        return tuple(bare)


def _longest(words: tuple[str, ...], people: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the longer name that a short one abbreviates: the only one that ends or, for a single word, begins with it.

    A name of several words also abbreviates one that contains them in a row: `Suu Kyi`, `Bin Salman Al Saud`.
    """
    for matches in (_ends_alike, _holds, _begins_alike):
        longer = [other for other in people if len(other) > len(words) and matches(words, other)]
        outermost = [other for other in longer if not any(set(other) < set(another) for another in longer)]
        if len(outermost) == 1:
            return outermost[0]
        if outermost:
            return words
    return words


def _ends_alike(words: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return set(words) <= set(other) and other[-1] == words[-1]


def _holds(words: tuple[str, ...], other: tuple[str, ...]) -> bool:
    size = len(words)
    return size > 1 and any(other[at : at + size] == words for at in range(len(other) - size))


def _begins_alike(words: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(words) == 1 and other[0] == words[0]
