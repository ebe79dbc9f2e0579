"""An HTTP answer as a web archive stores it: its fields, and its body without chunks and compression."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

from flows.errors import BrokenRecord, NoNews
from flows.parse.decode import charset_in, decode
from flows.parse.headers import html
from flows.parse.keys import Pair, header_of
from flows.records import Parsed, RawDispatch

BLANK_LINE = re.compile(rb"\r?\n\r?\n")
FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*(.*)")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\n]{0,200}\n")
CHARSET = re.compile(r"charset=\"?([\w.:-]{2,40})")
PAGES = re.compile(r"text/html|application/xhtml|text/plain|^$", re.I)
HTTP = b"HTTP/"
MAX_BYTES = 64 << 20
HEAD_BYTES = 1 << 14
"""Number of bytes of a block that are examined to detect a page."""


def is_page(start: bytes, kind: str) -> bool:
    """Return True if a block that begins so is a page, or may be one; redirections and pictures are not.

    `kind` is the stated media type of the block.
    """
    if start.startswith(HTTP):
        blank = BLANK_LINE.search(start)
        if start.split(b"\n")[0].split()[1:2] != [b"200"]:
            return False
        kind = _fields(start[: blank.start()]).get("content-type", "") if blank else ""
    kind = kind.partition(";")[0].strip()
    return kind == "application/http" or PAGES.search(kind) is not None


def parse_answer(raw: RawDispatch, block: bytes, known: list[Pair], form: str) -> Parsed:
    """Read an HTTP answer; `known` is what the archive says of it.

    Raises:
        BrokenRecord: no HTTP answer, or one that cannot be decompressed.
        NoNews: an answer that is not a page: a redirection, an image.
        UndecodableBytes: as `decode`.
    """
    blank = BLANK_LINE.search(block)
    status = block[:200].split(b"\n")[0].decode("latin-1").split()
    if blank is None or len(status) < 2:
        raise BrokenRecord(form, repr(block[:40]), "an HTTP answer")
    if status[1] != "200":
        raise NoNews(f"an HTTP answer of status {status[1]}")
    fields = _fields(block[: blank.start()])
    body = _decompressed(_without_chunks(block[blank.end() :], fields), fields, form)
    return parse_body(raw, body, known, fields.get("content-type", ""))


def parse_body(raw: RawDispatch, body: bytes, known: list[Pair], kind: str) -> Parsed:
    """Read a page or a plain text of a stated media type; raises as `parse_answer`."""
    if not PAGES.search(kind.partition(";")[0].strip()):
        raise NoNews(f"a {kind.partition(';')[0]}")
    charset = CHARSET.search(kind)
    declared = charset[1] if charset else charset_in(body)
    decoded = decode(body, declared, repairs=raw.source.rules.repairs)
    if "text/plain" in kind and not html.begins_page(decoded.text):
        return Parsed(header_of(known, raw.source), decoded.text, decoded)
    return html.page(decoded, raw.source, *known)


def _fields(head: bytes) -> Mapping[str, str]:
    lines = re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", errors="replace")).splitlines()
    return {found[1].lower(): found[2].strip() for line in lines if (found := FIELD.match(line))}


def _without_chunks(body: bytes, fields: Mapping[str, str]) -> bytes:
    """Join the chunks of a chunked answer; one that an archive has stored without chunks is as it is."""
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


def _decompressed(body: bytes, fields: Mapping[str, str], form: str) -> bytes:
    encoding = fields.get("content-encoding", "").lower()
    if encoding not in ("gzip", "x-gzip", "deflate") or not body:
        return body
    # `deflate` is sent with the frame of zlib and, against the standard, without.
    stream = zlib.decompressobj(wbits=47 if "gzip" in encoding else 15 if body[:1] == b"\x78" else -15)
    try:
        made = stream.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise BrokenRecord(form, f"{encoding} error: {error}", "an answer that decompresses") from None
    if stream.unconsumed_tail:
        raise BrokenRecord(form, f"an answer of over {MAX_BYTES:,} bytes", "fewer")
    if not stream.eof:
        raise BrokenRecord(form, f"a {encoding} answer that is cut short", "a whole one")
    return made
