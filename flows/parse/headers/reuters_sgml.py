"""The SGML of the Reuters newswire collections of 1987: `<REUTERS …> … </REUTERS>`, many a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from flows.errors import BrokenRecord
from flows.parse.decode import decode_dispatch
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.keys import Pair, header_of
from flows.parse.mapped import has_words
from flows.records import Parsed, RawDispatch

OPEN, CLOSE = b"<REUTERS", b"</REUTERS>"
ENVELOPE = re.compile(rb"\s*(?:<!DOCTYPE[^>]*>\s*)?")
TAG = re.compile(r"<REUTERS\b([^>]*)>")
ATTRIBUTE = re.compile(r'(?<![A-Z])([A-Z]+)="([^"]*)"')
DATE = re.compile(r"\d{1,2}-[A-Z]{3}-\d{4} \d{1,2}:\d{2}:\d{2}(?:\.\d+)?")
LISTS = ("TOPICS", "PLACES", "PEOPLE", "ORGS", "EXCHANGES", "COMPANIES")


def parse(raw: RawDispatch) -> Parsed:
    """Read one `<REUTERS>` element.

    The text is BODY, or TEXT itself where it is of type UNPROC; a BRIEF has a headline and no text.
    TOPICS become keywords; NEWID is the document identifier; the other lists and attributes are
    kept in `rest`.

    Raises:
        BrokenRecord: text between two elements, or an element that is never closed.
        UnreadableDate: DATE is not a date.

    Source: README.txt of Reuters-21578, Distribution 1.0, section VI.
    """
    decoded = decode_dispatch(raw)
    text = decoded.text
    tag = TAG.match(text)
    if tag is None:
        raise BrokenRecord("reuters_sgml", repr(text[:40]), "<REUTERS …>")
    if not text.endswith("</REUTERS>"):
        raise BrokenRecord("reuters_sgml", "an element that is never closed", "</REUTERS>")

    pairs = [Pair("source", "Reuters")]
    lines = _Lines(text)
    for name, key in (("DATE", "date"), ("TITLE", "headline"), ("AUTHOR", "byline"),
                      ("DATELINE", "dateline")):  # fmt: skip
        if element := _element(text, name):
            value = unescape(element.content).strip()
            if name == "DATE" and (date := DATE.match(value)):
                # Notes and codes of the wire follow some dates.
                if note := value[date.end() :]:
                    pairs.append(Pair("date note", _printable(note)))
                value = date.group()
            pairs.append(Pair(key, _printable(value), lines.of(element.start)))
    for name in LISTS:
        element = _element(text, name)
        values = list(map(unescape, re.findall(r"<D>([^<]*)</D>", element.content))) if element else []
        if values:
            pairs.append(Pair("keywords" if name == "TOPICS" else name.lower(), ", ".join(values)))
    for name, value in ATTRIBUTE.findall(tag[1]):
        # Marked, since the attribute TOPICS says only whether there are any.
        pairs.append(Pair("id" if name == "NEWID" else f"@{name.lower()}", value))
    if unknown := _element(text, "UNKNOWN"):
        pairs.append(Pair("unknown", _printable(unescape(unknown.content))))
    return Parsed(header_of(pairs, raw.source), _text(text), decoded, indented=True)


def matches(sample: Sample) -> bool:
    """The file begins with a `<REUTERS>` element, after a DOCTYPE or not."""
    envelope = ENVELOPE.match(sample.start)
    return sample.start[envelope.end() if envelope else 0 :].startswith(OPEN)


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each element, and any text between two of them."""
    envelope = ENVELOPE.match(payload)
    at = envelope.end() if envelope else 0
    close, is_last_closed = -1, False
    while at < len(payload):
        start = payload.find(OPEN, at)
        start = len(payload) if start < 0 else start
        if has_words(payload, at, start):
            yield at, start
        if start == len(payload):
            return
        if close < start and not is_last_closed:
            close = payload.find(CLOSE, start)
            # Not looked for again from each of many beginnings that nothing closes.
            is_last_closed = close < 0
        following = payload.find(OPEN, start + len(OPEN))
        if close < 0 or 0 <= following < close:
            end = following if following >= 0 else len(payload)
        else:
            end = close + len(CLOSE)
        yield start, end
        at = end


class _Lines:
    """Line numbers (from 1) of offsets into a text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1


class _Element(NamedTuple):
    """An element: where it begins, and what is in it."""

    start: int
    content: str


def _element(text: str, name: str, attributes: str = r"(?: [^<>]*)?") -> _Element | None:
    """Return the first element of a name; None where there is none that is closed."""
    opening = re.search(rf"<{name}{attributes}>", text)
    end = text.find(f"</{name}>", opening.end()) if opening else -1
    return _Element(opening.start(), text[opening.end() : end]) if opening and end >= 0 else None


def _text(text: str) -> str:
    if body := _element(text, "BODY"):
        return unescape(body.content)
    element = _element(text, "TEXT", ' TYPE="UNPROC"')
    return unescape(element.content) if element else ""


def _printable(value: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", value).split())


FORMAT = Format(
    name="reuters_sgml",
    yields="date to the hundredth of a second, headline, dateline, topics, and the lists in `header`",
    matches=matches,
    split=split,
    parse=parse,
)
