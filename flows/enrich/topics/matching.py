"""The words and phrases of a text that speak for a topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.enrich.stories.terms import normalised
from flows.enrich.topics.reference import Starting, Term, TermsByWord
from flows.records import Span, Word

GAPS = frozenset({" ", "-", "\n", "\u00a0"})
"""What may stand between the words of a phrase."""


def terms_in(
    text: str, words: Sequence[Word], names: Sequence[Span], starts: TermsByWord
) -> Iterator[tuple[Term, int, int]]:
    """Yield the terms of a text, each with its start and end, in order: the longest at each word, none of two that overlap.

    A word within `names`, which are in reading order, is part of no term: `Bath` and `Senator Case` say nothing about a topic. Neither
    does a word beside a digit: `MP3` names no member of parliament.
    """
    free = named = 0
    for number, starting in [(at, found) for at, word in enumerate(words) if (found := starts[word.text])]:
        word = words[number]
        if word.start < free:
            continue
        while named < len(names) and names[named].end <= word.start:
            named += 1
        limit = names[named].start if named < len(names) else len(text)
        longest = _longest(starting, text, words, number)
        if longest and longest[1] <= limit and not _is_beside_digit(text, word.start, longest[1]):
            yield longest[0], word.start, longest[1]
            free = longest[1]


def _longest(starting: Starting, text: str, words: Sequence[Word], number: int) -> tuple[Term, int] | None:
    if starting.phrases and number + 1 < len(words):
        second = words[number + 1].text.lower()
        terms = starting.phrases.get(second) or starting.phrases.get(normalised(second), ())
        for term in terms:
            end = _end_of(term, text, words, number)
            if end is not None:
                return term, end
    return (starting.alone, words[number].end) if starting.alone else None


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


def _is_beside_digit(text: str, start: int, end: int) -> bool:
    return text[end : end + 1].isdigit() or (start > 0 and text[start - 1].isdigit())
