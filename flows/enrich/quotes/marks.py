"""Finds the words in quotation marks: double, single, low and angle marks, nested ones, and speech over several paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flows.records import Span

MAX_QUOTATION_CHARS = 3000
"""A mark that is not closed within this many characters is a stray mark."""

CLOSERS = {
    # A mark of the wrong side: `“We go,“ said`.
    "“": re.compile('”|(?<!\\s)"(?![^\\W_])|(?<=[,.!?])“(?=\\s)'),
    "„": re.compile("[“”]"),
    "«": re.compile("»"),
    "»": re.compile("«"),
    # A straight mark that follows a blank and precedes a letter opens another quotation.
    '"': re.compile('(?<!\\s)["”]|"(?![^\\W_])'),
    # The last two of three marks, where a single quotation ends before.
    "''": re.compile("''(?!')|(?<!\\s)\""),
    "``": re.compile("''(?!')|(?<!\\s)\""),
    # After a letter and before a letter a single mark is an apostrophe.
    "'": re.compile(r"(?<!\s)['’](?![^\W_])"),
    "‘": re.compile(r"(?<!\s)[’'](?![^\W_])"),
}
"""What ends a quotation, by the mark that opens it."""

CURLY_INSIDE = ('"', "“")
MAX_INNER = 4
"""Curly quotations within a quotation: each is searched anew."""

SINGLE = ("'", "‘")
STRAIGHT = ('"', "''")
_BEFORE = r"(?<![^\s(\[—–\-/:])"
ANY_MARK = re.compile("[“„«»`'\"‘]")
"""What OPENER may begin with: a search for one of these is several times faster than one for OPENER itself."""
OPENER = re.compile(
    rf"[“„]|«|{_BEFORE}»(?=\S)|``(?=\s?\S)|{_BEFORE}''(?=[^\W_])|{_BEFORE}\"(?=\S)"
    # Not the elisions of `'90s`, `rock 'n' roll` and `'em`.
    rf"|{_BEFORE}[‘'](?=[^\W_])(?!\d\ds?\b|(?:n|em|til|tis|twas|cause|bout|round)\b)",
    re.IGNORECASE,
)
ENDS = tuple(".!?…")
SYMBOL = re.compile(r"[][=|\\$<>{}/_@&*^~+#`]")
MIN_CODE_SYMBOLS, MIN_CODE_SHARE = 3, 0.15
"""Words between marks with so many signs of programs, and such a share of their characters, are code. Not tuned: `$5 to $10 a day` has two."""
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words between two marks: `span` excludes the marks and the blanks inside, `start` and `end` include them.

    `runs_on`: no mark closes it in its paragraph, and the next paragraph may continue it.
    """

    span: Span
    start: int
    end: int
    mark: str
    runs_on: bool = False


def pieces_in(
    text: str, paragraphs: Sequence[Span], number: int, *, has_single: bool = True
) -> Iterator[Piece]:
    """Yield the quoted words of a paragraph in order. Marks inside others are part of the words.

    Without `has_single` a single mark is an apostrophe, as in most texts of languages that elide vowels.
    """
    paragraph = paragraphs[number]
    at = paragraph.start
    closers: dict[str, tuple[int, re.Match[str] | None]] = {}
    while opener := _opener(text, at, paragraph.end, has_single=has_single):
        mark = opener.group()
        limit = min(paragraph.end, opener.end() + MAX_QUOTATION_CHARS)
        if mark in SINGLE:
            close = _close_single(text, mark, opener.end(), limit)
        else:
            close = _close(text, mark, opener.end(), limit, closers)
        again = _opened_again(text, mark, opener.end(), close.start() if close else limit)
        if again is not None and text[opener.end() : again].rstrip()[-1:] in ENDS:
            # Speech over paragraphs that a feed has joined.
            if piece := _piece(text, opener, again, again, runs_on=True):
                yield piece
            at = again
        elif again is not None and mark in STRAIGHT:
            # The first mark is a stray one.
            at = opener.end()
        elif close is not None:
            if piece := _piece(text, opener, close.start(), close.end()):
                yield piece
            at = close.end()
        elif limit == paragraph.end and _may_run_on(text, mark, paragraphs, number):
            if piece := _piece(text, opener, limit, limit, runs_on=True):
                yield piece
            return
        else:
            at = opener.end()


def _opener(text: str, at: int, end: int, *, has_single: bool = True) -> re.Match[str] | None:
    """Return the next mark that opens a quotation."""
    while mark := ANY_MARK.search(text, at, end):
        opener = OPENER.match(text, mark.start(), end)
        if opener and (has_single or opener.group() not in SINGLE):
            return opener
        at = mark.end()
    return None


def _close(
    text: str, mark: str, at: int, limit: int, known: dict[str, tuple[int, re.Match[str] | None]]
) -> re.Match[str] | None:
    """Return the closing mark; `known` stores how far each mark was searched, so that no text is searched twice."""
    searched, close = known.get(mark, (at, None))
    if close is None or close.start() < at:
        start = at if close else max(at, searched - len(mark))
        close = _outer_close(text, mark, start, limit)
        if close and close.end() == limit:
            # What follows the mark is beyond the limit.
            close = CLOSERS[mark].match(text, close.start())
        known[mark] = limit, close
    return close


def _outer_close(text: str, mark: str, at: int, limit: int) -> re.Match[str] | None:
    """Return the first closing mark that does not close a curly quotation within, as in `"The “Green” shirts"`.

    Where no mark closes the outer one before it opens again, the first mark closes it.
    """
    inner = None
    for close in islice(CLOSERS[mark].finditer(text, at, limit), MAX_INNER + 1):
        if inner and _opened_again(text, mark, inner.end(), close.start()):
            return inner
        if mark not in CURLY_INSIDE or close.group() != "”" or text.find("“", at, close.start()) < 0:
            return close
        inner = inner or close
        at = close.end()
    return inner


def _close_single(text: str, mark: str, at: int, limit: int) -> re.Match[str] | None:
    first = None
    for close in CLOSERS[mark].finditer(text, at, limit):
        before = text[close.start() - 1]
        if first and _opener(text, first.end(), close.start()):
            return first
        if not before.isalnum():
            return close
        if before not in "sS":
            return first or close
        # After an s it may be a possessive: `the rebels’ camp`.
        first = first or close
    return first


def _opened_again(text: str, mark: str, at: int, close: int) -> int | None:
    """Return where the mark opens again before it closes."""
    if mark in SINGLE:
        return None
    while (at := text.find(mark, at, close)) >= 0:
        opener = OPENER.match(text, at, close)
        if opener and opener.group() == mark:
            return at
        at += len(mark)
    return None


def _may_run_on(text: str, mark: str, paragraphs: Sequence[Span], number: int) -> bool:
    """Return True if the words may go on in the next paragraph: a straight or single mark opens that one, too."""
    if mark not in SINGLE and mark not in STRAIGHT:
        return True
    return number + 1 < len(paragraphs) and text.startswith(mark, paragraphs[number + 1].start)


def _is_code(words: str) -> bool:
    """Return True for what a program or an encoded file holds between marks: `sed -e "s/a/b/"`."""
    symbols = len(SYMBOL.findall(words))
    return symbols >= MIN_CODE_SYMBOLS and symbols >= MIN_CODE_SHARE * len("".join(words.split()))


def _piece(text: str, opener: re.Match[str], close: int, end: int, *, runs_on: bool = False) -> Piece | None:
    start = opener.end()
    words = text[start:close]
    if not LETTER.search(words) or (opener.group() in SINGLE and len(words) == 1) or _is_code(words):
        return None
    span = Span(close - len(words.lstrip()), start + len(words.rstrip()))
    return Piece(span, opener.start(), end, opener.group(), runs_on)
