"""The noun phrase at the beginning of a range, such as the speaker after `said`."""

from __future__ import annotations

import re

from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.subjects import FULL_NAME, lowercase, stripped, subject, with_name
from flows.records import Span

MAX_NAME_WORDS = 12
WITH_NAME = re.compile(rf",\s(?P<name>{FULL_NAME.pattern})(?=,|[.!?]?$|[.!?]\s)")
INDENTED = re.compile(r"\n\s")
"""The next paragraph of a wire."""
NAME_WORD = re.compile(r"[^\s,;:()\[\]—–\"“”«»]+|[,;:()\[\]—–\"“”«»]")


def phrase_at(text: str, start: int, end: int, reference: QuoteReference) -> Span | None:
    """Return the noun phrase at the beginning of a range: `the head of the union in Goma` of `the head of the union in Goma on Monday`."""
    grammar = reference.grammar
    if indented := INDENTED.search(text, start, end):
        end = indented.start()
    words = list(NAME_WORD.finditer(text, start, end))
    if not words or not (words[0].group()[0].isalnum() or words[0].group()[0] == "@"):
        return None
    is_capitals = text[start:end].isupper()
    first = lowercase(words[0].group(), text[start:end])
    if first in grammar["pronoun"]:
        return Span(*words[0].span())
    if first in reference.adverbial or first in reference.not_a_subject:
        return None
    if (first if is_capitals else words[0].group()) in grammar["auxiliary"]:
        return None
    last = 0
    for number, word in enumerate(words[:MAX_NAME_WORDS]):
        following = words[number + 1].group() if number + 1 < len(words) else ""
        before = words[number - 1].group() if number else ""
        if number and not _goes_on(word.group(), first, before, following, reference):
            break
        last = number
    while last and words[last].group().lower() in grammar["preposition"] | grammar["determiner"] | {"and"}:
        last -= 1
    # The period that ends the sentence.
    stop = words[last].end()
    if words[last].end() >= stripped(text, start, end)[1]:
        stop = words[last].start() + len(words[last].group().rstrip(".!?…"))
    found = subject(text, words[0].start(), stop, reference)
    named = WITH_NAME.match(text, stop, end) if found else None
    if found is None or named is None:
        return found
    name_end = named.start("name") + len(named["name"].rstrip("."))
    return with_name(text, found, (named.start("name"), name_end), reference)


def _goes_on(word: str, first: str, before: str, following: str, reference: QuoteReference) -> bool:
    """Return True if a word continues the noun phrase that began with `first`."""
    grammar = reference.grammar
    small = word.lower()
    if (
        not word[0].isalnum()
        or (small if word.isupper() else word) in grammar["auxiliary"]
        or small in reference.not_a_subject - {"and"}
    ):
        return False
    if small in ("of", "for", "from"):
        return True
    if small in ("in", "at", "with"):
        # `a teacher in Bukavu` is one phrase; in `said the minister in Geneva` the place is where he spoke.
        is_place = following[:1].isupper() or following.lower() == "the"
        return (
            (first in grammar["indefinite"] or first in reference.persons)
            and is_place
            and following.lower().strip(".") not in grammar["day"]
        )
    if small == "and":
        # `vice president and treasurer Ann Lee`, but not `Ann Lee and left`.
        return following[:1].isupper() or before.islower()
    if small in reference.adverbial or small in grammar["day"] or small in grammar["degree"]:
        return False
    return not (small.endswith("ly") and word.islower()) and small not in ("told", "said")
