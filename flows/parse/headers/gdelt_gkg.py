"""GDELT's Global Knowledge Graph 2.1: 27 columns separated by tabs, without a header line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.decode import decode_dispatch
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.headers.csv_rows import lines_in
from flows.parse.html_trees import html_words
from flows.parse.keys import Pair, header_of
from flows.records import Parsed, RawDispatch

NAME = "gdelt_gkg"
ROW = re.compile(rb"\d{14}-T?\d+\t\d{14}\t\d\t[^\t\n]*\t[^\t\n]+\t")
COLUMNS = 27


def parse(raw: RawDispatch) -> Parsed:
    """Read one row of GDELT's Global Knowledge Graph 2.1: its page's title and address; it holds no text.

    Raises:
        BrokenRecord: not 27 fields.
        UnreadableDate: a date field is not a date.

    Source: GDELT GKG 2.1 codebook.
    """
    decoded = decode_dispatch(raw)
    fields = decoded.text.strip("\r\n").split("\t")
    if len(fields) != COLUMNS:
        raise BrokenRecord(NAME, f"{len(fields)} fields", str(COLUMNS))
    title, authors = _element(fields[26], "PAGE_TITLE"), _element(fields[26], "PAGE_AUTHORS")
    pairs = [
        Pair("date", fields[1]),
        Pair("id", fields[0]),
        Pair("source", fields[3]),
        Pair("url", fields[4]),
        Pair("headline", html_words(title)),
        Pair("byline", html_words(authors)),
        Pair("themes", fields[7]),
        Pair("tone", fields[15]),
    ]
    return Parsed(header_of(pairs, raw.source), "", decoded)


def matches(sample: Sample) -> bool:
    """The first line is a row of the GKG."""
    return ROW.match(sample.start) is not None


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each line."""
    yield from lines_in(payload, 0)


def _element(text: str, name: str) -> str:
    """Return what stands within the first element of a name; empty where there is none."""
    _, _, after = text.partition(f"<{name}>")
    content, closing, _ = after.partition(f"</{name}>")
    return content if closing else ""


FORMAT = Format(
    name=NAME,
    yields="date, page title, authors, source, url; no text",
    matches=matches,
    split=split,
    parse=parse,
)
