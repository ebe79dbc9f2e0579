"""CSV and TSV: a line that names the columns, then a row to each dispatch."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.decode import decode, decode_dispatch
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.keys import BODY_KEYS, fold, is_known
from flows.parse.mapped import first_in, has_words, release
from flows.parse.ranges import Ranges
from flows.parse.records import parsed_record
from flows.records import Parsed, RawDispatch

NAME = "csv"
DELIMITERS = (b"\t", b",", b";", b"|")
MAX_HEAD = 16 * 1024
QUOTE = b'"'
MAX_FIELD_BYTES = 16 << 20
"""Where a longer field ends is searched window by window."""

csv.field_size_limit(1 << 26)


def parse(raw: RawDispatch) -> Parsed:
    """Read one row under the names of the envelope's line; `Rules.columns` renames columns first.

    Raises:
        BrokenRecord: a row of more or fewer fields than there are columns.
        UnreadableField: a known column whose value cannot be read.
    """
    decoded = decode_dispatch(raw)
    head = decode(raw.envelope, decoded.encoding, repairs=True).text.lstrip("\ufeff")
    delimiter = _delimiter(head.encode())
    columns = _fields(head, delimiter, quoted=True)
    values = _fields(decoded.text, delimiter, quoted=True)
    if len(values) != len(columns):
        values = _fields(decoded.text, delimiter, quoted=False)
    if len(values) != len(columns):
        raise BrokenRecord(NAME, f"{len(values)} fields", f"{len(columns)}, one to each column")
    renamed = [raw.source.rules.columns.get(name, name) for name in columns]
    record = {
        name or f"column {number}": value
        for number, (name, value) in enumerate(zip(renamed, values, strict=True))
    }
    return parsed_record({key: value for key, value in record.items() if value.strip()}, decoded, raw.source)


def _fields(line: str, delimiter: str, *, quoted: bool) -> list[str]:
    try:
        rows = list(
            csv.reader(
                [*line.strip("\r\n").splitlines(keepends=True)],
                delimiter=delimiter,
                quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            )
        )
    except csv.Error as error:
        raise BrokenRecord(NAME, str(error), "a row") from None
    return rows[0] if len(rows) == 1 else []


def _delimiter(head: bytes) -> str:
    return max(DELIMITERS, key=head.count).decode()


def matches(sample: Sample) -> bool:
    """The first line names at least two columns, one of them a text, a title or a URL, and rows follow."""
    head, newline, rest = sample.start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not newline or not rest.strip() or len(head) > MAX_HEAD or b"\0" in sample.start:
        return False
    names = _names(head)
    return len(names) > 1 and len(set(names)) == len(names) and _has_news(names)


def _has_news(names: list[str]) -> bool:
    folded = {fold(name) for name in names}
    known = sum(is_known(name) for name in names)
    return bool(folded & set(BODY_KEYS)) or (known > 1 and bool(folded & {"title", "headline", "url"}))


def _names(head: bytes) -> list[str]:
    text = head.decode("utf-8", errors="replace").rstrip("\r")
    if max(map(head.count, DELIMITERS)) == 0:
        return []
    try:
        names = _fields(text, _delimiter(head), quoted=True)
    except BrokenRecord:
        return []
    is_plain = all(0 < len(name.strip()) <= 60 and not name.strip().endswith(".") for name in names)
    return names if is_plain else []


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each row after the first line; a line end inside quotation marks does not end a row.

    If most rows do not have as many fields as there are columns, as in files without quoting, each line is a row.
    """
    begin = payload.find(b"\n") + 1
    head = bytes(payload[:begin])
    delimiter = _delimiter(head)
    wanted = len(_fields(head.decode("utf-8", errors="replace"), delimiter, quoted=True))
    quoted = Ranges(_quoted_rows(payload, begin, delimiter.encode()))
    tried = [decode(payload[start:end], repairs=True).text for start, end in quoted[:50]]
    fits = sum(_width(text, delimiter) == wanted for text in tried)
    yield from quoted if fits * 2 >= len(tried) else lines_in(payload, begin)


def _width(text: str, delimiter: str) -> int:
    try:
        return len(_fields(text, delimiter, quoted=True))
    except BrokenRecord:
        return 0


def _quoted_rows(payload: Buffer, at: int, delimiter: bytes) -> Iterator[tuple[int, int]]:
    start = at
    # A quoted field, or a field without quotation marks at its beginning, and what ends it.
    field = re.compile(
        rb'(?:"[^"]*(?:""[^"]*)*"|(?!")[^\n'
        + re.escape(delimiter)
        + rb"]*)[^\n"
        + re.escape(delimiter)
        + rb"]*("
        + re.escape(delimiter)
        + rb"|\r?\n|$)"
    )
    ends = re.compile(re.escape(delimiter) + rb"|\n")
    size = len(payload)
    while at < size:
        stop = min(size, at + MAX_FIELD_BYTES)
        found = field.match(payload, at, stop)
        if stop < size and (found is None or found.end() == stop):
            end, mark = _long_field(payload, at, ends)
        else:
            end, mark = (found.end(), found[1]) if found else (-1, b"")
        if end < 0:
            # An unclosed quotation mark: the row ends at the end of the line.
            newline = payload.find(b"\n", at)
            at = size if newline < 0 else newline + 1
        else:
            at = max(end, at + 1)
            if mark == delimiter:
                continue
        if has_words(payload, start, at):
            yield start, at
            release(payload, at)
        start = at
    if has_words(payload, start, size):
        yield start, size


def _long_field(payload: Buffer, at: int, ends: re.Pattern[bytes]) -> tuple[int, bytes]:
    """Return the offset after a field and the mark that ends it, as the pattern of a field finds them; -1 for an unclosed quotation mark."""
    if payload[at : at + 1] == QUOTE:
        at += 1
        quote = payload.find(QUOTE, at)
        while quote >= 0 and payload[quote + 1 : quote + 2] == QUOTE:
            quote = payload.find(QUOTE, quote + 2)
        if quote < 0:
            return -1, b""
        at = quote + 1
    end = first_in(ends, payload, at)
    return (end.end(), end.group()) if end else (len(payload), b"")


def lines_in(payload: Buffer, at: int) -> Iterator[tuple[int, int]]:
    """Yield each line after an offset that is not blank."""
    size = len(payload)
    while at < size:
        newline = payload.find(b"\n", at)
        end = size if newline < 0 else newline + 1
        if has_words(payload, at, end):
            yield at, end
        at = end


FORMAT = Format(
    name=NAME,
    yields="each known column, and those that --column names; the text of the first text column",
    matches=matches,
    split=split,
    parse=parse,
    has_envelope=True,
)
