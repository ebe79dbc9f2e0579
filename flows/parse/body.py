"""The text that all offsets index, its paragraphs, and the parts of it that agencies add."""

from __future__ import annotations

import re

from flows.parse.dateline import dateline_in, read_dateline
from flows.parse.desk import segments_in
from flows.records import Body, Span

# C0 and C1 controls except tab and newline, and byte order marks: wires frame text with them, and
# databases refuse some. They are removed and counted.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
ASCII_CONTROLS = bytes(code for code in range(128) if CONTROLS.match(chr(code)))
NEWLINES = re.compile("\r\n?|\x85|\u2028|\u2029")
BLANK_LINES = re.compile(r"\n[ \t\xa0]*\n\s*")
INDENTED_LINE = re.compile(r"\n(?:[ \t\xa0]*\n)*(?= {3,}\S)|\n[ \t\xa0]*\n\s*")


def body_of(text: str, *, indented: bool = False, dateline: str | None = None) -> Body:
    """Clean the text and find its paragraphs; empty text has none.

    `indented`: a line that starts with three or more spaces begins a paragraph too. `dateline` is
    one that the format keeps apart from the text.
    """
    text = _with_newlines(text)
    kept = _without_controls(text)
    body = kept.strip()
    paragraphs = _paragraphs(body, INDENTED_LINE if indented else BLANK_LINES)
    inside = dateline_in(body, paragraphs)
    return Body(
        text=body,
        paragraphs=paragraphs,
        dropped_controls=len(text) - len(kept),
        dateline=(read_dateline(dateline) if dateline else None) or inside,
        segments=segments_in(body, paragraphs, inside),
    )


def _with_newlines(text: str) -> str:
    if text.isascii() and "\r" not in text:
        return text
    return NEWLINES.sub("\n", text)


def _without_controls(text: str) -> str:
    if text.isascii():
        return text.encode().translate(None, ASCII_CONTROLS).decode()
    return CONTROLS.sub("", text)


def body_as_is(text: str) -> Body:
    """Return a body of a text as it was given, so that offsets point into it: nothing cleaned, no dateline."""
    return Body(text, _paragraphs(text, BLANK_LINES), 0, None)


def _paragraphs(body: str, between: re.Pattern[str]) -> tuple[Span, ...]:
    spans = []
    start = 0
    for gap in between.finditer(body):
        spans.append((start, gap.start()))
        start = gap.end()
    spans.append((start, len(body)))
    return tuple(_trimmed(body, start, end) for start, end in spans if body[start:end].strip())


def _trimmed(body: str, start: int, end: int) -> Span:
    words = body[start:end]
    return Span(end - len(words.lstrip()), start + len(words.rstrip()))
