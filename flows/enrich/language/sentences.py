"""Splits paragraphs into sentences by rule; the end of a paragraph always ends a sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from flows.records import Span

END = re.compile(r"[.!?…](?:[.!?…]*(?:\s»)?|(?<!…)\s?(?=[\"'”’]))[\"'”’»)\]]*(?=\s)")
"""It begins with one class of characters, so that the search skips all others."""
LAST_WORD = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.$")
OPENS = re.compile(r"\s+(?:[\"'“‘„`(\[]|«\s?)*([^\W_])")
BLANK = re.compile(r"\s*")
WORD = re.compile(r"\w+")
MAX_ABBREVIATION_CHARS = 24
START = attrgetter("start")


@dataclass(frozen=True, slots=True)
class SentenceRules:
    """Words, in lowercase, after which a period does not end a sentence, or not always.

    `before_names` are titles and parts of names, `before_numbers` precede figures; after `abbreviations` a sentence
    ends only where the next word is among `opening`.
    """

    before_names: frozenset[str]
    before_numbers: frozenset[str]
    abbreviations: frozenset[str]
    opening: frozenset[str]


def sentences_in(text: str, paragraphs: Sequence[Span], rules: SentenceRules) -> tuple[Span, ...]:
    """Return the sentences in order; together they cover every character that is not blank."""
    return tuple(sentence for paragraph in paragraphs for sentence in _split(text, paragraph, rules))


def sentence_at(sentences: Sequence[Span], position: int) -> int:
    """Return the number (from 0) of the sentence that contains a position."""
    return max(0, bisect_right(sentences, position, key=START) - 1)


def _split(text: str, paragraph: Span, rules: SentenceRules) -> Iterator[Span]:
    start = paragraph.start
    for end in END.finditer(text, paragraph.start, paragraph.end):
        if end.end() > start and _is_boundary(text, start, end, paragraph.end, rules):
            yield Span(start, end.end())
            following = BLANK.match(text, end.end(), paragraph.end)
            start = following.end() if following else end.end()
    if start < paragraph.end:
        yield Span(start, paragraph.end)


def _is_boundary(text: str, start: int, end: re.Match[str], limit: int, rules: SentenceRules) -> bool:
    opens = OPENS.match(text, end.end(), limit)
    if opens is None:
        # After `… .` and `. - said` the sentence continues.
        return False
    mark = end.group().rstrip("\"'”’»)] \n")
    following = opens[1]
    if following.islower():
        return False
    if not mark.endswith(".") or len(mark) > 1:
        return True
    word = LAST_WORD.search(text, max(start, end.start() - MAX_ABBREVIATION_CHARS), end.start() + 1)
    if word is None:
        return True
    last = word[1]
    if len(end.group()) > 1:
        # A closing quotation mark or bracket after the period: no abbreviation.
        return True
    small = last.lower()
    if small in rules.before_names or (small in rules.before_numbers and following.isdigit()):
        return False
    if "." in last or (len(last) == 1 and last.isupper()) or small in rules.abbreviations:
        # The sentence continues after `U.S. forces` and `J. Smith`, and not after `in the U.S. The`.
        rest = WORD.match(text, opens.start(1), limit)
        return rest is not None and rest.group()[0].isupper() and rest.group().lower() in rules.opening
    return True
