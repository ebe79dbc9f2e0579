"""ANPA 1312: the wire head of North American agencies, framed by control characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.decode import decode_dispatch
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.keys import Pair, header_of
from flows.parse.mapped import first_in
from flows.records import Parsed, RawDispatch

NAME = "anpa"
START = re.compile(rb"\x16{1,8}\x01")
END = b"\x04"
# Service letter, transmission number, then a level or keyword line: `W2870_asian`.
FIRST = re.compile(r"\s*(?P<service>[A-Za-z])(?P<number>\d{3,4})(?P<level>[^\r\n]{0,80})")
# Priority, category, a version letter, keyword, month and day, words: `f l BC-LT--Cancer  11-13 1049`.
SECOND = re.compile(
    r"(?P<priority>[a-z]) (?P<category>[a-z])\s{0,4}(?P<keyword>\S[^\r\n]{0,120}?)\s+"
    r"(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:\s+(?P<words>\d{4}))?"
)
FILED = re.compile(
    r"(?P<month>\d{1,2})-(?P<day>\d{1,2})-(?P<year>\d{2})\s+(?P<hour>\d{2})(?P<minute>\d{2})(?P<zone>[A-Z]{3})"
)
FIELD = re.compile(r"^\^(?P<text>[^\r\n]*?)(?P<end>[<=])\s*$")
URGENCY = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 5, "a": 5, "w": 6, "s": 7, "z": 8}
"""Priority letters from flash to hold, on the scale of the IPTC, as ANPA 84-2 ranks them."""

VERSION = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th) ?(?:Ld|Lead)(?:-Writethru)?|Ld-Writethru|Writethru)\b", re.IGNORECASE
)


def parse(raw: RawDispatch) -> Parsed:
    """Read one transmission: its head, its `^…<` fields, and the text up to the filing line.

    Typewriter marks are replaced: ``` `` ``` and `''` quotation marks, ` _ ` a dash. Where the
    filing line has no date, the head's month and day are read as the latest that is not after the fetch.

    Raises:
        BrokenRecord: no head of a transmission.
        UnreadableDate: a date that is on no calendar.

    Source: ANPA 1312 / 84-2, Wire Service Transmission Guidelines.
    """
    decoded = decode_dispatch(raw)
    text = decoded.text.replace("\r\n", "\n")
    first = FIRST.match(text.lstrip("\x16\x01\x00"))
    head, mark, rest = text.partition("\x02")
    second = SECOND.search(re.sub(r"[\x00-\x08\x0b-\x1f]", "", head))
    if first is None or second is None or not mark:
        raise BrokenRecord(
            NAME, repr(text[:40]), "a service letter, a number, and a line of priority and keyword"
        )
    story, _, tail = rest.partition("\x03")
    pairs = [
        Pair("urgency", str(URGENCY.get(second["priority"], 9))),
        Pair("section", second["category"]),
        Pair("slug", second["keyword"].strip()),
        Pair("id", first["service"] + first["number"]),
        Pair("level", first["level"].strip()),
    ]
    lines = [line.strip(" \x08") if line.startswith("^") else line for line in story.split("\n")]
    fields = [found for line in lines if (found := FIELD.match(line))]
    body = "\n".join(line for line in lines if not FIELD.match(line))
    pairs += _fields(fields)
    filed = FILED.search(tail) or FILED.search(story)
    if filed:
        year = int(filed["year"]) + (2000 if int(filed["year"]) < 50 else 1900)
        stated = f"{year}-{int(filed['month']):02}-{int(filed['day']):02} {filed['hour']}:{filed['minute']} {filed['zone']}"
        pairs.append(Pair("date", stated))
    else:
        pairs.append(Pair("date", f"{int(second['day'])} {MONTHS[int(second['month']) % 13]}"))
    body = re.sub(r"^[^\S\n]*\^?AP-[A-Z]{2}-\d[^\n]*$", "", body, flags=re.MULTILINE)
    if version := VERSION.search(second["keyword"]):
        pairs.append(Pair("version", version.group()))
    return Parsed(header_of(pairs, raw.source), _typeset(body), decoded, indented=True)


MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _fields(fields: list[re.Match[str]]) -> Iterator[Pair]:
    """Yield the `^…<` lines: the slug line first, then the headline; `=` ends a byline and who they write for."""
    plain = [found["text"].strip() for found in fields if found["end"] == "<"]
    notes = [text for text in plain if re.match(r"(?:Eds?|Editors?|Note to [Ee]ds)\b", text)]
    photos = [text for text in plain if re.match(r"(?:AP|APTN|AAP) (?:Photo|Graphic|Video)", text)]
    others = [
        text
        for text in plain
        if text not in notes and text not in photos and not re.match(r"AP-[A-Z]{2}-", text)
    ]
    if others:
        yield Pair("slug line", others[0])
        yield from (Pair("headline", _typeset(text)) for text in others[1:2])
        yield from (Pair("summary", _typeset(text)) for text in others[2:])
        if len(others) == 1:
            yield Pair("headline", re.sub(r",\d+$", "", others[0]))
    yield from (Pair("edition_note", text) for text in notes)
    yield from (Pair("photos", text) for text in photos)
    signed = [found["text"].strip() for found in fields if found["end"] == "="]
    yield from (Pair("byline", text) for text in signed[:1])
    yield from (Pair("source", text) for text in signed[1:])


def _typeset(text: str) -> str:
    text = text.replace("``", "“").replace("''", "”")
    return re.sub(r"(?<=[\w)\"”.,]) _ (?=\S)", " — ", text)


def matches(sample: Sample) -> bool:
    """It begins with SYN SYN SOH and the head of a transmission."""
    found = START.match(sample.start.lstrip(b"\x00\r\n"))
    return (
        found is not None
        and FIRST.match(sample.start.lstrip(b"\x00\r\n")[found.end() :][:100].decode("latin-1")) is not None
    )


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each transmission, from its SYN to its EOT."""
    at = 0
    while found := first_in(START, payload, at):
        following = first_in(START, payload, found.end())
        stop = following.start() if following else len(payload)
        end = payload.find(END, found.end(), stop)
        yield found.start(), stop if end < 0 else end + 1
        at = found.end() if end < 0 else end + 1


FORMAT = Format(
    name=NAME,
    yields="date, headline, byline, dateline, category, priority as urgency, slug, lead number, note to editors",
    matches=matches,
    split=split,
    parse=parse,
)
