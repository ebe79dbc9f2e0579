"""The features of a word from which its case is decided. They do not see its case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.enrich.casing.reference import MAX_NAME_WORDS, CasingReference

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""A hyphen separates words: `Al-Qaida`, `pro-Kurdish`."""

PART_OF_NAME = frozenset(
    "al el la las los le les da de del della di do dos du of san santa saint st port new fort mount".split()
)
"""Words that begin or join names of places: with their neighbours they may be one."""

MAX_PLACE_WORDS = 3
VOWEL = re.compile("[aeiouy]")
ORDINARY = "word"


@dataclass(frozen=True, slots=True)
class CaselessWord:
    """A word in lowercase with what stands beside it. `signature` names its classes."""

    text: str
    start: int
    before: str
    after: str
    signature: str


def words_in(text: str, start: int, end: int, reference: CasingReference) -> list[CaselessWord]:
    """Return the words of a range of a text, in order."""
    found = [(match.start(), match.end(), match.group().lower()) for match in WORD.finditer(text, start, end)]
    return [
        CaselessWord(
            word,
            first,
            text[max(start, first - 2) : first],
            text[last : min(end, last + 2)],
            _signature(word, reference),
        )
        for first, last, word in found
    ]


def _signature(word: str, reference: CasingReference) -> str:
    """Return the names of the classes of a word; `'s` belongs to none."""
    stem = word.replace("’", "'").removesuffix("'s")
    classes = [name for name, known in reference.classes.items() if stem in known]
    if ORDINARY not in classes and reference.is_place(stem):
        classes.append("place")
    if stem in reference.acronyms:
        classes.append("acronym")
    return "+".join(classes) or "unknown"


def names_among(words: Sequence[CaselessWord], reference: CasingReference) -> set[int]:
    """Return the numbers of the words that belong to a name of several words: of a place, an organisation or a people."""
    found: set[int] = set()
    for first, word in enumerate(words):
        for size in range(2, MAX_NAME_WORDS + 1):
            group = words[first : first + size]
            if len(group) < size or not _are_joined(group):
                break
            texts = tuple(each.text for each in group)
            is_place = (
                size <= MAX_PLACE_WORDS
                and not all(ORDINARY in each.signature for each in group)
                and (ORDINARY not in word.signature or word.text in PART_OF_NAME)
                and reference.is_place(" ".join(texts))
            )
            if is_place or texts in reference.phrases:
                found.update(range(first, first + size))
    return found


def _are_joined(group: Sequence[CaselessWord]) -> bool:
    return all(each.after[:1] in " \n-" and each.after for each in group[:-1])


def features_of(
    words: Sequence[CaselessWord], at: int, names: set[int], before: str, common: frozenset[str] | None = None
) -> Iterator[str]:
    """Yield the features of one word. `before` is the case of the word before; `common` limits the words that are features themselves."""
    word = words[at]
    previous = words[at - 1] if at else None
    following = words[at + 1] if at + 1 < len(words) else None
    own = word.signature
    yield "always"
    yield f"own={own}"
    if common is None or word.text in common:
        yield f"word={word.text}"
    is_joined = previous is not None and word.before[-1:] in " \n-"
    joined = f"{previous.signature}/{before}" if previous and is_joined else "none"
    yield f"own={own} before={joined}"
    if previous and (common is None or previous.text in common):
        yield f"previous={previous.text}"
        yield f"own={own} previous={previous.text}"
    goes_on = following is not None and word.after[:1] in (" ", "\n", "-")
    yield f"own={own} next={following.signature if following and goes_on else 'none'}"
    if following and goes_on and (common is None or following.text in common):
        yield f"own={own} following={following.text}"
    if at in names:
        yield "name"
        yield f"name own={own}"
    yield f"length={min(len(word.text), 7)} own={own}"
    if "acronym" in own:
        yield "acronym"
    if not VOWEL.search(word.text):
        yield f"no vowel own={own}"
    if word.before[-1:] in "([" and word.after[:1] in ")]":
        yield f"bracketed own={own}"
    if word.before[-1:].isdigit() or word.before[:1].isdigit():
        yield "after a number"
    if word.after[:1].isdigit() or word.after[1:2].isdigit():
        yield f"before a number own={own}"
    if word.before[-1:] == "-" or word.after[:1] == "-":
        yield f"hyphen own={own}"
    if word.before[-1:] == "." or word.after[:1] == ".":
        yield f"period length={min(len(word.text), 3)}"
