"""Desk lines: notes from editors to editors, in the text or the headline of a dispatch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flows.records import Dateline, Header, Segment, Span

# A line that is only a note: `URGENT`, `CORRECTED:`, `1ST LEAD`, `NEWSALERT`, `UPDATE 3`.
_EDITION = (
    r"(?:UPDATE|WRAPUP|WRAP|RPT|REFILE|LEAD|TAKE) ?[0-9]{0,2}|[0-9]{1,2}(?:ST|ND|RD|TH|st|nd|rd|th) (?:LEAD|Lead|Ld)(?:-Writethru|-WRITETHRU)?"
    r"|CORRECTED|CORRECTION|OFFICIAL CORRECTION|REPEAT|RECASTS|ADDS"
)
_ALERT = r"URGENT|FLASH|BULLETIN|ALERT|NEWSALERT|NEWS ALERT|BREAKING|SNAP|EXCLUSIVE|ADVISORY|EDITORS? NOTE"
LINE = re.compile(
    rf"(?P<mark>{_EDITION}|{_ALERT})\b(?:\s?[:.!=]|\s?(?:--?|–|—)(?=\S|\s))?[ \t]*(?P<rest>[^\n]*)"
)
NOTE = re.compile(
    r"\((?P<verb>Adds?|Updates?|Recasts?|Corrects?|Refiles?|Repeats?|Rewrites|Removes|Clarifies|Eds?|Editors?|Writes through|"
    r"Changes|Fixes|Inserts|Edits|With|Releads|Tops)\b[^()\n]{0,400}\)|(?:Eds?|Editors?|EDITORS|EDS)(?:'|’)?(?: [Nn]ote)?:[^\n]{0,400}",
)
EMBARGO = re.compile(
    r"[^\n]{0,40}\b(?:EMBARGOED|Embargoed|UNDER EMBARGO|Under embargo|NOT FOR (?:PUBLICATION|RELEASE) BEFORE|Not for (?:publication|release) before|"
    r"FOR RELEASE (?:AT|ON)|HOLD FOR RELEASE)\b[^\n]{0,200}"
)
KILL = re.compile(
    r"(?:MANDATORY KILL|STORY KILLED|BC-KILL|KILL:|KILLED?\b(?= ?[-:(]| STORY)|(?:STORY |DISPATCH )?WITHDRAWN|Mandatory kill|"
    r"(?:EDITORS|Editors|EDS|Eds)[^\n]{0,40}\b(?:KILL|kill|withdraw|WITHDRAW)\b)[^\n]{0,300}"
)
CREDIT = re.compile(
    r"\((?:Reporting|Additional reporting|Writing|Editing|Compiled|Por|Bearbeitung) [^()\n]{3,400}\)|Reporting by:? [^\n]{3,300}"
)
END_MARK = re.compile(
    r"(?:#\s?#\s?#|-\s?30\s?-|—30—|ENDS?|/ends|-ENDS?-|\*\s?\*\s?\*|XXX|endit|END OF (?:STORY|DISPATCH))\s*"
)
IN_HEADLINE = re.compile(rf"(?P<mark>{_EDITION}|{_ALERT})\s?(?:[:-]|–|—)\s?(?=\S)")
VERSIONED = re.compile(_EDITION)

PARTICLES = frozenset({"and", "de", "da", "van", "von", "der", "den", "bin", "al", "el", "of", "in"})

FIRST, LAST = 5, 4
"""Only this many paragraphs at either end are examined."""


def segments_in(text: str, paragraphs: Sequence[Span], dateline: Dateline | None) -> tuple[Segment, ...]:
    """Find the parts of a text that are not news, in reading order: dateline, desk lines, notes, credits, end marks."""
    found = list(_at_the_head(text, paragraphs[:FIRST]))
    if dateline and dateline.span:
        found.append(Segment("dateline", dateline.span))
    for paragraph in paragraphs[-LAST:]:
        words = paragraph.of(text)
        kind = (
            "end_mark" if END_MARK.fullmatch(words) else "credit" if CREDIT.fullmatch(words.strip()) else None
        )
        if kind:
            found.append(Segment(kind, paragraph))
        elif "\n" in words and END_MARK.fullmatch(last := words.rsplit("\n", 1)[1]):
            found.append(Segment("end_mark", Span(paragraph.end - len(last), paragraph.end)))
    return tuple(sorted(set(found), key=lambda each: each.span))


def _at_the_head(text: str, paragraphs: Sequence[Span]) -> Iterator[Segment]:
    for paragraph in paragraphs:
        for start, line in _lines(text, paragraph):
            words = line.strip()
            at = start + len(line) - len(line.lstrip())
            kind = _kind_of(words)
            if kind is None:
                return
            end = at + len(words)
            yield Segment(kind, Span(at, end))


def _lines(text: str, paragraph: Span) -> Iterator[tuple[int, str]]:
    start = paragraph.start
    for line in paragraph.of(text).split("\n"):
        yield start, line
        start += len(line) + 1


EMBARGO_WORDS = ("MBARGO", "mbargo", "RELEASE", "NOT FOR", "Not for")
"""Each match of EMBARGO has one of them."""


def _kind_of(line: str) -> str | None:
    """Return what a line is, or None for a line of news."""
    if KILL.match(line):
        return "kill"
    if len(line) < 250 and any(word in line for word in EMBARGO_WORDS) and EMBARGO.match(line):
        return "embargo"
    if NOTE.fullmatch(line):
        return "edition_note"
    if _is_byline(line):
        return "byline"
    mark = LINE.match(line)
    # `URGENT` alone, or a short line that goes on in capitals; `URGENT talks began` is news.
    return (
        "desk_line"
        if mark
        and (
            not mark["rest"]
            or (len(line) < 120 and line.upper() == line)
            or line[mark.end("mark") :][:1] == ":"
        )
        else None
    )


def _is_byline(line: str) -> bool:
    """Return True for a byline such as `By Marwan Makdisi and Ann Lee`: names only, and few of them."""
    by, *names = line.replace(",", " ").split()[:11] or [""]
    capitals = [name for name in names if name[0].isupper()]
    return (
        by in ("By", "BY")
        and 2 <= len(names) <= 10
        and len(line) < 100
        and all(name[0].isupper() or name in PARTICLES for name in names)
        and len(capitals) >= 2
        and not line.endswith(".")
    )


def with_desk_lines(header: Header, text: str, segments: Sequence[Segment]) -> Header:
    """Fill byline, version, status and note from desk lines, if the header has none."""
    kinds: dict[str, list[str]] = {}
    for segment in segments:
        kinds.setdefault(segment.kind, []).append(segment.span.of(text))
    marks = [*kinds.get("desk_line", [])]
    if header.headline and (found := IN_HEADLINE.match(header.headline)):
        marks.append(found["mark"])
    versions = [found.group().strip() for mark in marks if (found := VERSIONED.match(mark))]
    notes = kinds.get("edition_note", []) + kinds.get("embargo", []) + kinds.get("kill", [])
    status = "canceled" if "kill" in kinds else "withheld" if "embargo" in kinds else None
    if not kinds and not versions:
        return header
    return replace(
        header,
        byline=header.byline or next(iter(kinds.get("byline", [])), None),
        version=header.version or next(iter(versions), None),
        pub_status=status or header.pub_status,
        edition_note=header.edition_note or " ".join(note.strip() for note in notes) or None,
    )
