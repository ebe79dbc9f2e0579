"""Trims articles, titles, possessives and punctuation from the entities of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.enrich.entities.reference import EntityReference
from flows.records import Span

LEADING = re.compile(r"(?:[\s\"'“”‘’`.,;:()\[\]<>|*_=+~^/\\#@-]+|(?:the|The|THE)\s+)+")
# Of a name that is read from its end: `'s` is `s'` there.
TRAILING = re.compile(r"(?:[sS]['’]|[\s\"'“”‘’`,;:()\[\]<>|*_=+~^/\\-])+")
FIRST_WORD = re.compile(r"(?P<word>[^\W\d_]+(?:-[^\W\d_]+)?)\.?\s+")
LAST_WORD = re.compile(r" ([a-z]+)$")
LETTERS = re.compile(r"[^\W\d_]")
LINE_BREAK = re.compile(r"\s{0,100}\n\s*")
COLUMN = re.compile(r"\t| {2,}|\s\((?![^()]*\)[^()]*\Z)")
BREAKS = ("\n", "\t", "  ", "(")
"""A name with none of these has neither a line break nor a column."""

MAX_BROKEN_LINE = 60
"""A name does not continue after a shorter line, which is one of a list or a signature; longer lines are wrapped text."""


def trimmed(text: str, span: Span, reference: EntityReference, label: str) -> Iterator[Span]:
    """Yield the parts of an entity that may be a name; it is cut where a short line ends or a column begins."""
    for piece in _pieces(text, span):
        key = piece.of(text), label
        start, end = reference.trims.get(key) or reference.trims.put(key, _trim(*key, reference))
        if start < end:
            yield Span(piece.start + start, piece.start + end)


def _trim(text: str, label: str, reference: EntityReference) -> tuple[int, int]:
    """Return where the name begins and ends in the words of an entity, at one place if they hold none."""
    start, end = 0, len(text)
    if leading := LEADING.match(text):
        start = leading.end()
    if _may_be_trimmed(text[start:end]) and (trailing := TRAILING.match(text[start:end][::-1])):
        end -= trailing.end()
    addressed = FIRST_WORD.match(text, start, end)
    end = _before_verb(text, start, end, reference)
    if label == "PERSON" or (addressed and addressed["word"].lower() in reference.titles.addresses):
        start = _skip_titles(text, start, end, reference)
    words = [word.strip(".,").lower() for word in text[start:end].split()]
    is_title = len(words) > 1 and _is_title(words, reference)
    is_described = text[start:end].islower() and (label == "NORP" or reference.ordinary.issuperset(words))
    is_name = end - start > 1 and LETTERS.search(text, start, end)
    if is_described or is_title or not is_name or _is_no_name(words, reference):
        return start, start
    return start, end


def _may_be_trimmed(surface: str) -> bool:
    """Return False if a name ends in a letter or a digit and in no possessive, as most do; the pattern looks for its end everywhere."""
    return not surface[-1:].isalnum() or surface[-2:-1] in ("'", "’")


def _pieces(text: str, span: Span) -> list[Span]:
    pieces = [span]
    surface = span.of(text)
    if not any(mark in surface for mark in BREAKS):
        return pieces
    for broken in LINE_BREAK.finditer(text, span.start, span.end):
        line_start = text.rfind("\n", 0, broken.start()) + 1
        if broken.start() - line_start < MAX_BROKEN_LINE or "\n" in broken.group().strip(" \t")[1:]:
            last = pieces.pop()
            pieces += [Span(last.start, broken.start()), Span(broken.end(), last.end)]
    for column in COLUMN.finditer(text, span.start, span.end):
        last = pieces[-1]
        if last.start < column.start() and column.end() < last.end and "\n" not in column.group():
            pieces[-1:] = [Span(last.start, column.start()), Span(column.end(), last.end)]
    return pieces


def _before_verb(text: str, start: int, end: int, reference: EntityReference) -> int:
    """Return where a name ends before verbs and function words that the model included: `Korean War ended in`."""
    last = LAST_WORD.search(text[start:end])
    if last is None:
        return end
    word = last[1]
    is_none = (
        word in reference.speech
        or word in reference.words["verb"]
        or word in reference.words["closed"]
        or word.endswith("ed")
    )
    return _before_verb(text, start, start + last.start(), reference) if is_none else end


def _skip_titles(text: str, start: int, end: int, reference: EntityReference) -> int:
    """Return where a person's name begins after titles and what precedes them: `Brazilian Finance Minister Marcos Teixeira`."""
    titles = reference.titles
    at = reached = start
    while word := FIRST_WORD.match(text, at, end):
        small = word["word"].lower()
        if small in titles.heads or (small.replace("-", " ") in titles.heads):
            reached = word.end()
        elif small not in titles.words and (
            at > start or small in reference.given_names or small in reference.family_names
        ):
            break
        at = word.end()
    return reached


def _is_title(words: list[str], reference: EntityReference) -> bool:
    """Return True for a title that the model labels as a person: `Brazilian Finance Minister`."""
    return words[-1] in reference.titles.heads and words[-2] in reference.titles.words


def _is_no_name(words: list[str], reference: EntityReference) -> bool:
    """Return True for labels of mails and tables, days and titles alone."""
    return all(
        word in reference.words["form"]
        or word in reference.words["table"]
        or word in reference.words["calendar"]
        or word in reference.words["company"]
        or word in reference.titles.words
        or not LETTERS.search(word)
        for word in words
    )
