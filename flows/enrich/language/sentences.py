"""Splits paragraphs into sentences by rule; the end of a paragraph always ends a sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from flows.records import Span

_END = r"(?<![.!?…])[.!?…](?:[.!?…]*(?:\s»)?|(?<!…)\s?(?=[\"'”’]))[\"'”’»)\]]*(?=\s)"
CANDIDATE = re.compile(rf"(?>{_END})(?=(?P<blank>\s+)(?:[\"'“‘„`(\[]|«\s?)*(?P<next>[^\W_]))")
"""What may end a sentence, before a word or a figure: after `… .` and `. - said` the sentence continues.

It begins with one class of characters, so that the search skips all others.
"""
LAST_WORD = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.$")
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
    for found in CANDIDATE.finditer(text, start, paragraph.end):
        end = found.end()
        if (
            end > start
            and not found["next"].islower()
            and _is_boundary(text, start, found, paragraph.end, rules)
        ):
            yield Span(start, end)
            start = found.end("blank")
    if start < paragraph.end:
        yield Span(start, paragraph.end)


def _is_boundary(text: str, start: int, found: re.Match[str], limit: int, rules: SentenceRules) -> bool:
    """Return True if a candidate before a word that is not in lowercase ends the sentence."""
    whole = found.group()
    mark = whole if whole == "." else whole.rstrip("\"'”’»)] \n")
    if not mark.endswith(".") or len(mark) > 1:
        return True
    at = found.start()
    last = _last_word(text, max(start, at - MAX_ABBREVIATION_CHARS), at)
    if last is None:
        return True
    if len(whole) > 1:
        # A closing quotation mark or bracket after the period: no abbreviation.
        return True
    small = last.lower()
    if small in rules.before_names or (small in rules.before_numbers and found["next"].isdigit()):
        return False
    if "." in last or (len(last) == 1 and last.isupper()) or small in rules.abbreviations:
        # The sentence continues after `U.S. forces` and `J. Smith`, and not after `in the U.S. The`.
        rest = WORD.match(text, found.start("next"), limit)
        return rest is not None and rest.group()[0].isupper() and rest.group().lower() in rules.opening
    return True


def _last_word(text: str, start: int, period: int) -> str | None:
    """Return the word before a period, with the periods within it; None if there is none."""
    before = text[start:period]
    word = before[before.rfind(" ") + 1 :]
    if word.isascii() and word.isalpha():
        # Nearly always. The pattern is tried at each letter.
        return word
    found = LAST_WORD.search(text, start, period + 1)
    return found[1] if found else None
