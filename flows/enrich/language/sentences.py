"""Where sentences begin and end, by rule; a paragraph's end is always a sentence's end."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from flows.records import Span

# A name goes on behind these: titles and ranks.
TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "rev",
        "fr",
        "st",
        "sgt",
        "cpl",
        "pvt",
        "capt",
        "cmdr",
        "lt",
        "col",
        "maj",
        "gen",
        "adm",
        "brig",
        "hon",
        "gov",
        "sen",
        "rep",
        "pres",
        "supt",
        "insp",
        "det",
        "mt",
        "ft",
        "messrs",
    ]
)

# Behind these a sentence may end, and does where the next word is one that begins sentences: company
# forms, months, Latin. Units (`mln dlrs.`) are not among them: they are followed by small letters.
ABBREVIATIONS = frozenset(
    [
        "jr",
        "sr",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sept",
        "sep",
        "oct",
        "nov",
        "dec",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "nos",
        "vs",
        "v",
        "etc",
        "eg",
        "ie",
        "cf",
        "al",
        "approx",
        "est",
        "dept",
        "dist",
        "ave",
        "blvd",
        "rd",
        "co",
        "corp",
        "inc",
        "ltd",
        "bros",
        "plc",
        "cos",
        "assn",
        "univ",
    ]
)

END = re.compile(r"(?:[.!?…]+|[.!?]\s?(?=[\"'”’]))[\"'”’)\]]*(?=\s)")
LAST_WORD = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.$")
OPENS = re.compile(r"\s+[\"'“‘(\[]*([^\W_])")
STARTERS = frozenset(
    [
        "the",
        "a",
        "an",
        "he",
        "she",
        "it",
        "they",
        "we",
        "i",
        "you",
        "his",
        "her",
        "its",
        "their",
        "our",
        "my",
        "this",
        "that",
        "these",
        "those",
        "there",
        "in",
        "on",
        "at",
        "but",
        "and",
        "or",
        "so",
        "if",
        "when",
        "while",
        "after",
        "before",
        "as",
        "for",
        "from",
        "with",
        "by",
        "however",
        "meanwhile",
    ]
)


def sentences_in(text: str, paragraphs: Sequence[Span]) -> tuple[Span, ...]:
    """Return the sentences in order; together they hold every character that is not blank."""
    return tuple(sentence for paragraph in paragraphs for sentence in _split(text, paragraph))


def sentence_at(sentences: Sequence[Span], position: int) -> int:
    """Return the number (from 0) of the sentence that a position stands in."""
    return max(0, bisect_right(sentences, position, key=lambda sentence: sentence.start) - 1)


def _split(text: str, paragraph: Span) -> Iterator[Span]:
    start = paragraph.start
    for end in END.finditer(text, paragraph.start, paragraph.end):
        if end.end() > start and _is_boundary(text, start, end, paragraph.end):
            yield Span(start, end.end())
            following = re.compile(r"\s*").match(text, end.end(), paragraph.end)
            start = following.end() if following else end.end()
    if start < paragraph.end:
        yield Span(start, paragraph.end)


def _is_boundary(text: str, start: int, end: re.Match[str], limit: int) -> bool:
    opens = OPENS.match(text, end.end(), limit)
    if opens is None:
        # Blank or a dash or a mark follows: `… .` and `. - said` go on.
        return False
    mark = end.group().rstrip("\"'”’)]")
    following = opens[1]
    if following.islower():
        return False
    if not mark.endswith(".") or len(mark) > 1:
        return True
    word = LAST_WORD.search(text, max(start, end.start() - 24), end.start() + 1)
    if word is None:
        return True
    last = word[1]
    if len(end.group()) > 1:
        # A closing quotation mark or bracket behind the period: no abbreviation.
        return True
    if last.lower() in TITLES or (last.lower() == "no" and following.isdigit()):
        return False
    if "." in last or (len(last) == 1 and last.isupper()) or last.lower() in ABBREVIATIONS:
        # `U.S. forces` and `J. Smith` go on, `in the U.S. The` does not.
        rest = re.compile(r"\w+").match(text, opens.start(1), limit)
        return rest is not None and rest.group()[0].isupper() and rest.group().lower() in STARTERS
    return True
