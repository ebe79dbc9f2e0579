"""MUC wire: the messages of MUC-3 and MUC-4, `DEV-MUC3-0001 (NOSC)` heads, many a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.decode import decode_dispatch
from flows.parse.formats import Buffer, Format, Sample, between
from flows.parse.keys import Pair, header_of
from flows.parse.mapped import found_in
from flows.records import Parsed, RawDispatch

NAME = "muc"
HEAD = rb"^[ \t]*(?:DEV|TST\d{0,2})-MUC\d-\d{4}(?:[ \t]*\([A-Z][A-Z ]{1,30}\))?[ \t]*\r?$"
HEADS = re.compile(HEAD, re.MULTILINE)
HEAD_LINE = re.compile(
    r"\s*(?P<id>(?:DEV|TST\d{0,2})-MUC\d-\d{4})(?:[ \t]*\((?P<site>[A-Z][A-Z ]{1,30})\))?[ \t]*\r?\n"
)
DATELINE = re.compile(
    r"(?P<place>[^,\n]{2,60}?(?:\n[^,\n]{2,30}?)?),\s(?P<day>NO\sDATE|\d{1,2}\s[A-Z]{3,9}(?:\s\d{2})?|[A-Z]{3,9}\s\d{1,2}(?:\s\d{2})?)"
    r"(?:\s[\[(](?P<source>[^()\[\]]{2,80}(?:\[[^\[\]]{1,30}\])?)[)\]])?\s--"
)
TAG = re.compile(r"\s*\[([^\[\]]{1,400})\]")
DAY_FIRST = re.compile(r"([A-Z]+)\s(\d+)\s(\d\d)$")
STATED_YEAR = re.compile(r"\d\d$")
TEXTS = ("TEXT", "SUMMARY", "EXCERPT", "EXCERPTS")


def parse(raw: RawDispatch) -> Parsed:
    """Read one message: its id, its dateline, and the bracketed tags up to `[TEXT]`; the text keeps both.

    `NO DATE`, and a day without a year, give no date of publication: the wire is of 1988 to 1990, and
    which of these years is not said.

    Raises:
        BrokenRecord: no head of a message.
        UnreadableDate: a dateline's day that is on no calendar.

    Source: text-headers-info of the MUC-3 and MUC-4 distribution.
    """
    decoded = decode_dispatch(raw)
    head = HEAD_LINE.match(decoded.text)
    if head is None:
        raise BrokenRecord(NAME, repr(decoded.text[:40]), "a head such as DEV-MUC3-0001 (NOSC)")
    text = decoded.text[head.end() :]
    pairs = [Pair("id", head["id"]), Pair("site", head["site"] or "")]
    found = DATELINE.match(text.lstrip())
    if found:
        pairs += _dateline(found)
        tags = list(_tags(text.lstrip()[found.end() :]))
        pairs.append(Pair("tags of the text", "; ".join(tags)))
    return Parsed(header_of(pairs, raw.source), text, decoded, indented=True)


def _dateline(found: re.Match[str]) -> Iterator[Pair]:
    day = " ".join(found["day"].split())
    yield Pair("located", found["place"])
    yield Pair("dateline", found.group().removesuffix("--"))
    yield Pair("source", found["source"] or "")
    if day != "NO DATE" and (month_first := DAY_FIRST.match(day)):
        day = f"{month_first[2]} {month_first[1]} {month_first[3]}"
    if day != "NO DATE":
        # The century is certain: the wire ended in 1990.
        yield Pair("date" if STATED_YEAR.search(day) and day.count(" ") == 2 else "day", day)


def _tags(text: str) -> Iterator[str]:
    """Yield the bracketed tags before the text, to the one that says what of it follows."""
    at = 0
    while found := TAG.match(text, at):
        tag = " ".join(found[1].split())
        yield tag
        if tag in TEXTS:
            return
        at = found.end()


def matches(sample: Sample) -> bool:
    """The first line is the head of a message."""
    return HEADS.match(sample.start.lstrip()) is not None


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each message, from its head to the next."""
    yield from between(payload, (found.start() for found in found_in(HEADS, payload)))


FORMAT = Format(
    name=NAME,
    yields="id, day and place and source of the dateline, bracketed tags",
    matches=matches,
    split=split,
    parse=parse,
)
