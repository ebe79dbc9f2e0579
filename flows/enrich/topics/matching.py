"""The words and phrases of a text that speak for a topic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flows.enrich.stories.terms import normalised
from flows.enrich.topics.reference import Starting, Term, TermsByWord
from flows.records import Span, Word

GAPS = frozenset({" ", "-", "\n", "\u00a0"})
"""What may stand between the words of a phrase."""

DIGITS = frozenset("0123456789")
BESIDE = DIGITS | frozenset("@/._")
"""What a word of an address, or of a name such as `MP3`, has before or after it."""

ADDRESS = re.compile(r"@|://|[^\W_]\.[a-z]{2}")
"""What an address has and no word: `a@b.org`, `http://b.org`, `b.org/news`."""

MAX_HALF_ADDRESS = 100
"""Characters before and after a word that are looked at for an address."""


def terms_in(
    text: str, words: Sequence[Word], names: Sequence[Span], starts: TermsByWord
) -> Iterator[tuple[Term, int, int]]:
    """Yield the terms of a text, each with its start and end, in order: the longest at each word, none of two that overlap.

    A word within `names`, which are in reading order, is part of no term: `Bath` and `Senator Case` say nothing about a topic. Neither
    is a word beside a digit, as in `MP3`, nor one of an address, as in `hospital.example.org`.
    """
    free = named = 0
    for number, starting in [(at, found) for at, word in enumerate(words) if (found := starts[word[2]])]:
        start, end = words[number][:2]
        if start < free:
            continue
        term = starting.alone
        if starting.phrases:
            term, end = _longest(starting, text, words, number)
        if term is None:
            continue
        while named < len(names) and names[named].end <= start:
            named += 1
        if named < len(names) and names[named].start < end:
            continue
        before, after = text[start - 1 : start], text[end : end + 1]
        if (before in BESIDE or after in BESIDE) and (
            before in DIGITS or after in DIGITS or _is_in_address(text, start, end)
        ):
            continue
        yield term, start, end
        free = end


def _longest(starting: Starting, text: str, words: Sequence[Word], number: int) -> tuple[Term | None, int]:
    """Return the longest term that starts at a word, else None, and where it ends."""
    if number + 1 < len(words):
        second = words[number + 1].text.lower()
        terms = starting.phrases.get(second)
        if terms is None and second[-1] == "s":
            terms = starting.phrases.get(normalised(second))
        for term in terms or ():
            end = _end_of(term, text, words, number)
            if end is not None:
                return term, end
    return starting.alone, words[number].end


def _end_of(term: Term, text: str, words: Sequence[Word], number: int) -> int | None:
    """Return where the term ends if its other words follow, else None."""
    end = words[number].end
    for wanted in term.words:
        number += 1
        if number == len(words) or text[end : words[number].start] not in GAPS:
            return None
        found = words[number].text.lower()
        if found != wanted and normalised(found) != wanted:
            return None
        end = words[number].end
    return end


def _is_in_address(text: str, start: int, end: int) -> bool:
    before, after = text[max(start - MAX_HALF_ADDRESS, 0) : start], text[end : end + MAX_HALF_ADDRESS]
    left = "" if before[-1:].isspace() else "".join(before.split()[-1:])
    right = "" if after[:1].isspace() else "".join(after.split()[:1])
    return bool(ADDRESS.search(f"{left}{text[start:end]}{right}"))
