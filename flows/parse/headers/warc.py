"""Web archives: WARC 0.18 to 1.1; each page that a server answered with is a dispatch."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.errors import BrokenRecord
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.http_answer import BLANK_LINE, HEAD_BYTES, HTTP, is_page, parse_answer, parse_body
from flows.parse.keys import Pair
from flows.parse.mapped import first_in, release
from flows.records import Parsed, RawDispatch

NAME = "warc"
START = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n")
NEXT = re.compile(rb"(?<=\n)WARC/[01]\.\d{1,2}\r?\n")
KINDS = (
    WarcRecordType.response,
    WarcRecordType.resource,
    WarcRecordType.conversion,
    WarcRecordType.unknown,
)
"""Types of records that may contain a page; the others describe the crawl."""

MAX_HEAD_BYTES = 1 << 15
MAX_LENGTH_DIGITS = 12


def parse(raw: RawDispatch) -> Parsed:
    """Read one record: the answer in it, its charset, and the page as `html` reads one.

    Raises:
        BrokenRecord: cut short, or its head is damaged.
        NoNews: an answer that is not a page: a redirection, an image.
        UndecodableBytes: as `decode`.

    Source: ISO 28500:2017.
    """
    try:
        record = WarcRecord.from_reader(io.BytesIO(raw.payload), quirks_mode=True)
    except OSError as error:
        raise BrokenRecord(NAME, f"{raw.payload[:40]!r}: {error}", "WARC/1.0 and its fields") from None
    length, block_at = _length(record), _block_at(raw.payload, 0)
    if length is None or block_at is None:
        stated = record.headers.get("Content-Length", "") or ""
        raise BrokenRecord(NAME, f"Content-Length {stated[:40]!r}", "a number of bytes")
    block, rest = raw.payload[block_at : block_at + length], raw.payload[block_at + length :]
    if len(block) < length:
        raise BrokenRecord(NAME, f"a block of {len(block):,} bytes", f"{length:,}, as its head says")
    if rest.strip():
        raise BrokenRecord(NAME, f"{len(rest):,} bytes after the block", "the next record")
    known = [
        Pair("url", _field(record, "WARC-Target-URI").strip("<>")),
        Pair("id", _field(record, "WARC-Record-ID").strip("<>")),
        Pair("crawled at", _field(record, "WARC-Date")),
    ]
    kind = _field(record, "Content-Type")
    if "application/http" in kind or block.startswith(HTTP):
        return parse_answer(raw, block, known, NAME)
    return parse_body(raw, block, known, kind)


def _field(record: WarcRecord, name: str) -> str:
    return record.headers.get(name, "") or ""


def _length(record: WarcRecord) -> int | None:
    """Return the stated length of the block; fastwarc takes one that is not a number as 0."""
    stated = _field(record, "Content-Length").strip()
    is_number = stated.isascii() and stated.isdigit() and len(stated) <= MAX_LENGTH_DIGITS
    return int(stated) if is_number else None


def _block_at(payload: Buffer, start: int) -> int | None:
    """Return where the block of the record at an offset begins, after the blank line after its head."""
    blank = BLANK_LINE.search(payload, start, start + MAX_HEAD_BYTES)
    return blank.end() if blank else None


def matches(sample: Sample) -> bool:
    """It begins with a WARC record."""
    return START.match(sample.start) is not None


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each record that holds what was published, by its stated length where a record follows there.

    Where none does, the length is wrong: the record ends where the next one begins, and `parse` refuses it.
    """
    first = first_in(START, payload)
    at = first.start() if first else len(payload)
    while at < len(payload):
        for start, end, is_published in _records_from(payload, at):
            if is_published:
                yield start, end
            release(payload, end)
            at = _skip_blanks(payload, end)


def _records_from(payload: Buffer, at: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the range of each record from an offset on, and whether it may be a page; the last may be damaged.

    `quirks_mode` reads heads whose lines end without a carriage return, as some tools write them.
    """
    source = cast("BinaryIO", _From(payload, at))
    records = ArchiveIterator(source, parse_http=False, quirks_mode=True, stream_detect=False)
    while at < len(payload):
        try:
            record = next(records, None)
        except OSError:
            # Not a head of WARC.
            record = None
        start = -1 if record is None else record.stream_pos
        end = _end_of(payload, start, record) if record is not None and start == at else None
        if record is None or end is None:
            # Damaged: what follows is read from the next record on, by an iterator of its own.
            following = first_in(NEXT, payload, at + 1)
            end = following.start() if following else len(payload)
            yield at, end, _is_published(payload, at, end, record if start == at else None)
            return
        yield start, end, _is_published(payload, start, end, record)
        at = _skip_blanks(payload, end)


def _end_of(payload: Buffer, start: int, record: WarcRecord) -> int | None:
    """Return where a record ends that the file holds whole, before another one or the end of the file."""
    length, block_at = _length(record), _block_at(payload, start)
    if length is None or block_at is None or block_at + length > len(payload):
        return None
    end = block_at + length
    after = _skip_blanks(payload, end)
    return end if after == len(payload) or START.match(payload, after) else None


def _skip_blanks(payload: Buffer, at: int) -> int:
    while payload[at : at + 1] in (b"\r", b"\n"):
        at += 1
    return at


def _is_published(payload: Buffer, start: int, end: int, record: WarcRecord | None) -> bool:
    if record is None or record.headers.is_empty():
        return True
    block_at = _block_at(payload, start) or start
    head = bytes(payload[block_at : min(end, block_at + HEAD_BYTES)])
    return record.record_type in KINDS and is_page(head, _field(record, "Content-Type"))


class _From(io.RawIOBase):
    """A buffer as the file that fastwarc reads from, beginning at an offset."""

    def __init__(self, payload: Buffer, at: int) -> None:
        self._payload = payload
        self._at = at

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = len(self._payload) if size < 0 else self._at + size
        piece = bytes(self._payload[self._at : end])
        self._at += len(piece)
        return piece


FORMAT = Format(
    name=NAME,
    yields="what `html` yields of each page, with its address; other records are passed over",
    matches=matches,
    split=split,
    parse=parse,
)
