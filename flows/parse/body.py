"""The text that all offsets index: paragraphs, and the agency dateline it may begin with."""

from __future__ import annotations

import re

from flows.parse.dates import MONTHS
from flows.records import Body, Dateline, Span

# C0 and C1 controls but tab and newline, and the marks of a byte order: wires frame with them, and
# databases refuse some. They are left out and counted.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
NEWLINES = re.compile("\r\n?|\x85|\u2028|\u2029")
BLANK_LINES = re.compile(r"\n[ \t\xa0]*\n\s*")
INDENTED_LINE = re.compile(r"\n(?:[ \t\xa0]*\n)*(?= {3,}\S)|\n[ \t\xa0]*\n\s*")

# `ANKARA, Feb 20 (Reuters) -`, `BEIRUT (AP) --`, `QUEZON CITY, Philippines -`, `OAK BROOK, Ill., Oct 19 -`.
# Bounded, so that no text can make it slow.
_CAPITAL, _LETTER = r"(?:[^\W\d_a-z]|['’.-])", r"(?:[^\W\d_]|['’.-])"
_SHOUTED = rf"[^\W\d_a-z]{_CAPITAL}{{0,30}}(?:[ /]{_CAPITAL}{{1,30}}){{0,4}}"
_WRITTEN = rf"[^\W\d_]{_LETTER}{{0,30}}(?:[ /]{_LETTER}{{1,30}}){{0,4}}"
_WORD = r"(?:(?:[^\W\d_]\.){2,4}|[^\W\d_][^\W\d_’']{0,20}\.?)"
_REGION = rf"(?P<region>(?:, ?{_WORD}(?: {_WORD}){{0,3}}){{0,2}}?)"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = rf"(?:{_MONTH})\.? [0-9]{{1,2}}|[0-9]{{1,2}} (?:{_MONTH})\.?"
_AGENCY = r"\((?P<agency>[A-Z][A-Za-z0-9 .&/-]{1,30})\)"
_REST = rf"{_REGION}(?:,? ?(?P<day>(?i:{_DAY}))(?:, [0-9]{{4}})?)?,?(?: ?{_AGENCY})? ?(?:--?|–|—)(?= |$)"
IN_TEXT = re.compile(rf"(?P<place>{_SHOUTED}){_REST}")
APART = re.compile(rf"(?P<place>{_WRITTEN}){_REST}")
AGENCY_ONLY = re.compile(rf"{_AGENCY} ?(?:--?|–|—)(?= )")


def body_of(text: str, *, indented: bool = False, dateline: str | None = None) -> Body:
    """Clean the text and find its paragraphs; empty text has none.

    `indented`: a line that starts with three or more spaces begins a paragraph too. `dateline` is
    one that the format keeps apart from the text.
    """
    text = NEWLINES.sub("\n", text)
    kept = CONTROLS.sub("", text)
    body = kept.strip()
    paragraphs = _paragraphs(body, INDENTED_LINE if indented else BLANK_LINES)
    return Body(
        text=body,
        paragraphs=paragraphs,
        dropped_controls=len(text) - len(kept),
        dateline=read_dateline(dateline, span=False) if dateline else read_dateline(body[:200], span=True),
    )


def body_as_is(text: str) -> Body:
    """Take a text to which offsets are to point as it was given: nothing cleaned, no dateline."""
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


def read_dateline(text: str, *, span: bool) -> Dateline | None:
    """Read the agency dateline that the text begins with; None where it begins with none.

    `span`: whether the text is the beginning of the body, so that the dateline has a place in it. There a
    place in capitals and a dash are not enough, since `FOR SALE -` has both: a region, a day or an agency
    must stand between them.
    """
    text = text if span else " ".join(text.split())
    match = (IN_TEXT if span else APART).match(text) or AGENCY_ONLY.match(text)
    if match is None:
        return None
    found = match.groupdict()
    if span and not (found.get("region") or found.get("day") or found.get("agency")):
        return None
    located = " ".join(f"{found.get('place') or ''}{found.get('region') or ''}".split())
    return Dateline(
        raw=match.group().strip(),
        located=located or None,
        day=found.get("day"),
        agency=found.get("agency"),
        span=Span(match.start(), match.end()) if span else None,
    )
