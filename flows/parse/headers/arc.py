"""Web archives before WARC: ARC 1; each page that a server answered with is a dispatch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.http_answer import HEAD_BYTES, is_page, parse_answer
from flows.parse.keys import Pair
from flows.parse.mapped import first_in
from flows.records import Parsed, RawDispatch

NAME = "arc"
HEAD = re.compile(
    rb"^(?P<url>(?:https?|ftp)://\S{1,4000}) (?P<ip>\S{1,60}) (?P<date>\d{8,14}) (?P<type>\S{1,100}) (?P<length>\d{1,12})\r?\n",
    re.MULTILINE,
)
START = re.compile(rb"filedesc://\S+ \S+ \d{8,14} text/plain")


def parse(raw: RawDispatch) -> Parsed:
    """Read one record of an ARC file.

    Raises:
        BrokenRecord: cut short, or its head is damaged.
        NoNews: an answer that is not a page: a redirection, an image.
        UndecodableBytes: as `decode`.

    Source: Internet Archive, ARC_1 file format.
    """
    head = HEAD.match(raw.payload)
    if head is None:
        raise BrokenRecord(NAME, repr(raw.payload[:40]), "url, address, date, type, length")
    block = raw.payload[head.end() :]
    length = int(head["length"])
    if len(block) < length:
        raise BrokenRecord(NAME, f"a block of {len(block):,} bytes", f"{length:,}, as its head says")
    known = [Pair("url", head["url"].decode("latin-1")), Pair("crawled at", head["date"].decode())]
    return parse_answer(raw, block[:length], known, NAME)


def matches(sample: Sample) -> bool:
    """It begins with the head of an ARC file."""
    return START.match(sample.start) is not None


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each page after the head of the file; a record longer than the file ends where the next begins."""
    at = 0
    while found := first_in(HEAD, payload, at):
        at = found.end() + int(found["length"])
        if at > len(payload):
            following = first_in(HEAD, payload, found.end())
            at = following.start() if following else len(payload)
        start = bytes(payload[found.end() : min(at, found.end() + HEAD_BYTES)])
        if is_page(start, found["type"].decode("latin-1")):
            yield found.start(), at


FORMAT = Format(
    name=NAME,
    yields="what `html` yields of each page, with its address",
    matches=matches,
    split=split,
    parse=parse,
)
