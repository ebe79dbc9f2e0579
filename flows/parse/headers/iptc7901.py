"""IPTC 7901: the wire head of European agencies, framed by SOH, STX, ETX and EOT."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.decode import decode_dispatch
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.keys import Pair, header_of
from flows.records import Parsed, RawDispatch

NAME = "iptc7901"
# Source and number, priority, category, words, and what the agency adds: `eca062 4 i 211 ccccb   dpa 061`.
HEAD = re.compile(
    r"[\x00\x16]*\x01(?P<source>[A-Za-z]{2,4})(?P<number>\d{3,4}) (?P<priority>\d) (?P<category>[a-z]{1,3}) (?P<words>\d{1,5})"
    r"(?P<rest>[^\r\n]{0,100})"
)
FILED = re.compile(r"(?P<stamp>\d{6})(?: (?P<zone>[A-Z]{2,4}))? (?P<month>[A-Za-z]{3}) (?P<year>\d{2})")
EDITION = re.compile(
    r"(?:\d{1,2}(?:ST|ND|RD|TH) LEAD|LEAD|REFILE|CORRECTION|CORRECTED|UPDATE|\(Achtung\)|URGENT|ROUNDUP|WRAPUP)[^\n]{0,30}"
)
STATION = re.compile(r"(?:^|\n)(?:[a-z]{2,4} ){1,6}[a-z]{2,4}\s*$")


def parse(raw: RawDispatch) -> Parsed:
    """Read one transmission: its head, the slug, the headline up to `=`, the text, and the filing time.

    Raises:
        BrokenRecord: no head of a transmission.
        UnreadableDate: a filing time that is on no calendar.

    Source: IPTC 7901, The Text Transmission Format, 1995.
    """
    decoded = decode_dispatch(raw)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    head = HEAD.match(text)
    if head is None:
        raise BrokenRecord(NAME, repr(text[:40]), "SOH, source, number, priority, category, words")
    preface, mark, story = text[head.end() :].partition("\x02")
    if not mark:
        preface, story = "", text[head.end() :]
    story, _, tail = story.partition("\x03")
    pairs = [
        Pair("id", f"{head['source']}{head['number']}"),
        Pair("urgency", head["priority"]),
        Pair("section", head["category"]),
        Pair("slug", " ".join(preface.split())),
        Pair("transmission", " ".join(head["rest"].split())),
    ]
    agency = re.match(r"\s*(?:c{2,5}[a-z]\s+)?([a-z]{2,5})\b", head["rest"])
    title, found, body = story.partition("=\n")
    if found and len(title) < 600:
        pairs += _titles(title)
    else:
        body = story
    if filed := FILED.search(tail):
        pairs.append(
            Pair("date", f"{filed['stamp']} {filed['zone'] or 'GMT'} {filed['month']} {filed['year']}")
        )
    if agency:
        pairs.append(Pair("source", agency[1]))
    return Parsed(header_of(pairs, raw.source), STATION.sub("", body.rstrip()), decoded, indented=True)


def _titles(title: str) -> Iterator[Pair]:
    """Yield the lines before `=`: marks of edition, the headline, a byline."""
    lines = [line.strip() for line in title.split("\n") if line.strip()]
    editions = [line for line in lines if EDITION.fullmatch(line)]
    bylines = [line for line in lines if line.startswith(("By ", "Von ", "Par "))]
    yield Pair("version", " ".join(editions))
    yield Pair("headline", " ".join(line for line in lines if line not in editions and line not in bylines))
    yield Pair("byline", " ".join(bylines))


def matches(sample: Sample) -> bool:
    """It begins with SOH and the head of a transmission."""
    return HEAD.match(sample.start[:200].decode("latin-1").lstrip("\r\n ")) is not None


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each transmission, from its SOH to its EOT."""
    at = payload.find(b"\x01")
    while at >= 0:
        following = payload.find(b"\x01", at + 1)
        stop = len(payload) if following < 0 else following
        end = payload.find(b"\x04", at, stop)
        yield at, stop if end < 0 else end + 1
        at = following


FORMAT = Format(
    name=NAME,
    yields="filing time, headline, byline, dateline, slug, category, priority as urgency, lead number",
    matches=matches,
    split=split,
    parse=parse,
)
