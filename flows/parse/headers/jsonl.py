"""One JSON object a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.parse.decode import decode_dispatch
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.records import mapping_of, parsed_record
from flows.records import Parsed, RawDispatch

OBJECT_LINE = re.compile(rb"[ \t]*\{.*\}[ \t]*\r?$")
WORD = re.compile(rb"\S")
NAMES = (".jsonl", ".ndjson")


def parse(raw: RawDispatch) -> Parsed:
    """Read one line: known keys to the header, `text` or `body` to the body.

    Raises:
        BrokenRecord: the line is not one JSON object.
        UnreadableField: a known key whose value cannot be read.
    """
    decoded = decode_dispatch(raw)
    return parsed_record(mapping_of(decoded.text, "jsonl"), decoded, raw.source)


def matches(sample: Sample) -> bool:
    """The first line is an object and the next, if any, begins one; or the name says so."""
    lines = [line for line in sample.start.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    if not lines:
        return False
    if sample.name.lower().endswith(NAMES):
        return b"\0" not in sample.start
    if not lines[0].lstrip().startswith((b'{"', b"{ ", b"{}")):
        return False
    if len(lines) == 1:
        # One object, or one that is longer than the sample: JSON, in lines or not.
        return False
    return OBJECT_LINE.match(lines[0]) is not None and lines[1].lstrip().startswith(b"{")


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each line that is not blank."""
    at = 0
    size = len(payload)
    while at < size:
        newline = payload.find(b"\n", at)
        end = size if newline < 0 else newline
        if WORD.search(payload, at, end):
            yield at, end
        at = end + 1


FORMAT = Format(
    name="jsonl",
    yields="each known key of the object; a line that is not an object is rejected alone",
    matches=matches,
    split=split,
    parse=parse,
)
