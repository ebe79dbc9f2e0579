"""Web archives: WARC 0.18 to 1.1 and ARC 1, each page that a server answered with is a dispatch."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

from flows.errors import BrokenRecord, NoNews
from flows.parse.decode import charset_in, decode
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.headers import html
from flows.parse.keys import Pair, header_of
from flows.records import Parsed, RawDispatch

NAME, OLD = "warc", "arc"
RECORD = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n")
BLANK = re.compile(rb"\r?\n\r?\n")
FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*(.*)")
KINDS = ("response", "resource", "conversion")
"""Records that hold what was published; the others tell of the crawl."""

ARC_HEAD = re.compile(
    rb"^(?P<url>(?:https?|ftp)://\S{1,4000}) (?P<ip>\S{1,60}) (?P<date>\d{8,14}) (?P<type>\S{1,100}) (?P<length>\d{1,12})\r?\n",
    re.MULTILINE,
)
ARC_START = re.compile(rb"filedesc://\S+ \S+ \d{8,14} text/plain")
PAGES = re.compile(r"text/html|application/xhtml|text/plain|^$", re.I)
MOST_BYTES = 64 << 20


def parse(raw: RawDispatch) -> Parsed:
    """Read one record: the answer in it, its charset, and the page as `html` reads one.

    Raises:
        BrokenRecord: cut short, or its head is damaged.
        NoNews: an answer that is no page: a redirection, an image.
        UndecodableBytes: as `decode`.

    Source: ISO 28500:2017.
    """
    start = RECORD.match(raw.payload)
    blank = BLANK.search(raw.payload)
    if start is None or blank is None:
        raise BrokenRecord(NAME, repr(raw.payload[:40]), "WARC/1.0 and its fields")
    fields = _fields(raw.payload[start.end() : blank.start()])
    length = fields.get("content-length", "")
    block = raw.payload[blank.end() :]
    if not length.isdigit() or len(length) > 12:
        raise BrokenRecord(NAME, f"Content-Length {length[:40]!r}", "a number of bytes")
    if len(block) < int(length):
        raise BrokenRecord(NAME, f"a block of {len(block):,} bytes", f"{int(length):,}, as its head says")
    if block[int(length) :].strip():
        raise BrokenRecord(NAME, f"{len(block) - int(length):,} bytes after the block", "the next record")
    known = [
        Pair("url", fields.get("warc-target-uri", "").strip("<>")),
        Pair("id", fields.get("warc-record-id", "").strip("<>")),
        Pair("crawled at", fields.get("warc-date", "")),
    ]
    is_answer = "application/http" in fields.get("content-type", "") or block[:5] == b"HTTP/"
    return _answer(
        raw, block[: int(length)], known, fields.get("content-type", "") if not is_answer else None
    )


def parse_arc(raw: RawDispatch) -> Parsed:
    """Read one record of an ARC file.

    Raises: as `parse`.

    Source: Internet Archive, ARC_1 file format.
    """
    head = ARC_HEAD.match(raw.payload)
    if head is None:
        raise BrokenRecord(OLD, repr(raw.payload[:40]), "url, address, date, type, length")
    block = raw.payload[head.end() :]
    if len(block) < int(head["length"]):
        raise BrokenRecord(
            OLD, f"a block of {len(block):,} bytes", f"{int(head['length']):,}, as its head says"
        )
    known = [Pair("url", head["url"].decode("latin-1")), Pair("crawled at", head["date"].decode())]
    return _answer(raw, block[: int(head["length"])], known, None)


def _answer(raw: RawDispatch, block: bytes, known: list[Pair], kind: str | None) -> Parsed:
    """Read an HTTP answer, or a page stored without one where its type is known."""
    fields: Mapping[str, str] = {"content-type": kind or ""}
    body = block
    if kind is None:
        blank = BLANK.search(block)
        status = block[:200].split(b"\n")[0].decode("latin-1").split()
        if blank is None or len(status) < 2:
            raise BrokenRecord(NAME, repr(block[:40]), "an HTTP answer")
        if status[1] != "200":
            raise NoNews(f"an HTTP answer of status {status[1]}")
        fields = _fields(block[: blank.start()])
        body = _unpacked(_whole(block[blank.end() :], fields), fields)
    stated = fields.get("content-type", "")
    if not PAGES.search(stated.partition(";")[0].strip()):
        raise NoNews(f"a {stated.partition(';')[0]}")
    charset = re.search(r"charset=\"?([\w.:-]{2,40})", stated)
    declared = charset[1] if charset else charset_in(body)
    decoded = decode(body, declared, repairs=raw.source.rules.repairs)
    if "text/plain" in stated and not html.begins_page(decoded.text):
        return Parsed(header_of(known, raw.source), decoded.text, decoded)
    return html.page(decoded, raw.source, *known)


def _fields(head: bytes) -> Mapping[str, str]:
    lines = re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", errors="replace")).splitlines()
    return {found[1].lower(): found[2].strip() for line in lines if (found := FIELD.match(line))}


def _whole(body: bytes, fields: Mapping[str, str]) -> bytes:
    """Put the chunks of a chunked answer together; what was stored unchunked is as it is."""
    if "chunked" not in fields.get("transfer-encoding", "").lower():
        return body
    made = bytearray()
    at = 0
    while found := CHUNK.match(body, at):
        size = int(found[1], 16)
        if not size:
            return bytes(made)
        made += body[found.end() : found.end() + size]
        at = found.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
    return bytes(made) or body


CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\n]{0,200}\n")


def _unpacked(body: bytes, fields: Mapping[str, str]) -> bytes:
    encoding = fields.get("content-encoding", "").lower()
    if encoding not in ("gzip", "x-gzip", "deflate") or not body:
        return body
    stream = zlib.decompressobj(wbits=47 if "gzip" in encoding else 15 if body[:1] == b"\x78" else -15)
    try:
        made = stream.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise BrokenRecord(NAME, f"{encoding} error: {error}", "an answer that unpacks") from None
    if stream.unconsumed_tail:
        raise BrokenRecord(NAME, f"an answer of over {MOST_BYTES:,} bytes", "fewer")
    if not stream.eof:
        raise BrokenRecord(NAME, f"a {encoding} answer that is cut short", "a whole one")
    return made


def matches(sample: Sample) -> bool:
    """It begins with a WARC record."""
    return RECORD.match(sample.start) is not None


def matches_arc(sample: Sample) -> bool:
    """It begins with the head of an ARC file."""
    return ARC_START.match(sample.start) is not None


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each record that holds what was published, by its stated length where a record follows there.

    Where none does, the length is wrong: the record runs to the next that begins, and `parse` refuses it.
    """
    at = 0
    size = len(payload)
    while found := RECORD.search(payload, at):
        blank = BLANK.search(payload, found.end(), found.end() + (1 << 16))
        head = bytes(payload[found.end() : blank.start()]) if blank else b""
        fields = _fields(head)
        length = fields.get("content-length", "")
        end = -1
        if blank and length.isdigit() and len(length) < 13:
            after = blank.end() + int(length)
            rest = bytes(payload[after : after + 64]).lstrip(b"\r\n")
            if after <= size and (RECORD.match(rest) or not rest):
                end = after
        if end < 0:
            following = NEXT.search(payload, found.end())
            end = following.start() if following else size
        kind = fields.get("warc-type", "response")
        start = blank.end() if blank else found.end()
        if not fields or (
            kind in KINDS and _is_page(bytes(payload[start : min(end, start + (1 << 14))]), fields)
        ):
            yield found.start(), end
        at = end


def _is_page(start: bytes, fields: Mapping[str, str]) -> bool:
    """Tell from its beginning whether a record's block is a page, or may be one: redirections and pictures are none."""
    if start[:5] == b"HTTP/":
        blank = BLANK.search(start)
        if start.split(b"\n")[0].split()[1:2] != [b"200"]:
            return False
        fields = _fields(start[: blank.start()]) if blank else {}
    kind = fields.get("content-type", "").partition(";")[0].strip()
    return kind == "application/http" or PAGES.search(kind) is not None


NEXT = re.compile(rb"(?<=\n)WARC/[01]\.\d{1,2}\r?\n")


def split_arc(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each page after the head of the file; a record longer than the file ends where the next begins."""
    at = 0
    while found := ARC_HEAD.search(payload, at):
        at = found.end() + int(found["length"])
        if at > len(payload):
            following = ARC_HEAD.search(payload, found.end())
            at = following.start() if following else len(payload)
        start = bytes(payload[found.end() : min(at, found.end() + (1 << 14))])
        if _is_page(start, {"content-type": found["type"].decode("latin-1")}):
            yield found.start(), at


FORMAT = Format(
    name=NAME,
    yields="what `html` yields of each page, with its address; other records are passed over",
    matches=matches,
    split=split,
    parse=parse,
)
ARC = Format(
    name=OLD,
    yields="what `html` yields of each page, with its address",
    matches=matches_arc,
    split=split_arc,
    parse=parse_arc,
)
