"""Bytes to text, by the declared encoding, or else by detection."""

from __future__ import annotations

import codecs
import re
from email.errors import MessageError
from email.header import decode_header, make_header

from flows.errors import UndecodableBytes
from flows.records import Decoded, RawDispatch

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32 first: its mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# The WHATWG Encoding Standard reads these labels as windows-1252, since so much is mislabelled.
AS_WINDOWS_1252 = frozenset({"ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1"})

SHIFTED = re.compile(r"iso-?2022|hz|utf-?7", re.IGNORECASE)
"""Encodings that write every letter in ASCII: their bytes are valid UTF-8, so their label has priority."""

XML_DECLARATION = re.compile(rb"<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{2,40})[\"']")
META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?\bcharset\s*=\s*(?:[\"']\s*)?([A-Za-z0-9._:-]{2,40})", re.I)

UNLIKELY = re.compile(
    r"(?:cp|ibm)(?:437|72\d|737|77\d|85[02378]|86[0-35])|mac-?(?:latin|roman|turkish|iceland)", re.IGNORECASE
)
"""Western code pages of DOS and the old Macintosh: chardet guesses them for short text in windows-1252,
and no news in them was met."""

ENCODED_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*\?=")

SAMPLE_BYTES = 64 * 1024
"""The detector looks at this much, around the first byte that is not UTF-8."""


def bom_of(payload: bytes) -> tuple[bytes, str] | None:
    """Return the byte order mark that the bytes begin with, and its encoding."""
    return next((pair for pair in BOMS if payload.startswith(pair[0])), None)


def charset_in(markup: bytes) -> str | None:
    """Return the charset that an XML declaration or an HTML meta element declares."""
    found = XML_DECLARATION.search(markup, 0, 1024) or META_CHARSET.search(markup, 0, 8192)
    return found[1].decode("ascii") if found else None


def decode_dispatch(raw: RawDispatch, declared: str | None = None) -> Decoded:
    """Decode a dispatch as `decode` does; a charset that the server declared is used if the text declares none."""
    rules = raw.source.rules
    return decode(raw.payload, declared or rules.charset, repairs=rules.repairs)


def decode(payload: bytes, declared: str | None = None, *, repairs: bool = False) -> Decoded:
    """Decode by byte order mark, strict UTF-8, the declared encoding, then detection, in this order.

    UTF-8 has priority over the declaration because text that is valid UTF-8 by chance does
    not occur, while wrong labels do. `repairs`: bytes that are text in no encoding become U+FFFD, and
    `encoding_from` says so.

    Raises:
        UndecodableBytes: bytes that are wrong in the encoding of their mark, or in every other.
    """
    bom = bom_of(payload)
    if bom:
        mark, encoding = bom
        return _strict(payload[len(mark) :], encoding, len(mark), "as its mark says", repairs=repairs)
    if declared and SHIFTED.match(declared) and (found := _declared(payload, declared)):
        return found
    try:
        return Decoded(payload.decode("utf-8"), "utf-8", "utf-8")
    except UnicodeDecodeError as error:
        first_bad = error.start
    if declared and (found := _declared(payload, declared)):
        return found

    # Here: most files are UTF-8 and never come this far, and it takes 8 ms to import.
    import chardet  # noqa: PLC0415  # start-up

    window = payload[max(0, first_bad - SAMPLE_BYTES // 2) :][:SAMPLE_BYTES]
    guess = chardet.detect(window)["encoding"]
    western = _as_western(payload)
    if guess and western is not None and UNLIKELY.match(guess):
        guess = None
    for encoding in filter(None, (guess, "cp1252")):
        try:
            text = payload.decode(encoding)
            # Where cp1252 makes the same text of it, the rarer name says the same value.
            name = "cp1252" if text == western else codecs.lookup(encoding).name
            return Decoded(text, name, "detected")
        except (LookupError, UnicodeError):
            continue
    if repairs:
        return Decoded(payload.decode("utf-8", errors="replace"), "utf-8", "repaired")
    raise UndecodableBytes(
        first_bad, f"0x{payload[first_bad]:02x}", "UTF-8, or text in the encoding that is declared"
    )


def _declared(payload: bytes, declared: str) -> Decoded | None:
    """Decode by a label; None if the label is unknown or wrong."""
    try:
        encoding = codecs.lookup("cp1252" if declared.lower() in AS_WINDOWS_1252 else declared).name
        return Decoded(payload.decode(encoding), encoding, "declared")
    except (LookupError, ValueError):
        return None


def _as_western(payload: bytes) -> str | None:
    try:
        return payload.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _strict(payload: bytes, encoding: str, offset: int, why: str, *, repairs: bool) -> Decoded:
    try:
        return Decoded(payload.decode(encoding), encoding, "bom")
    except UnicodeDecodeError as error:
        if repairs:
            return Decoded(payload.decode(encoding, errors="replace"), encoding, "repaired")
        raise UndecodableBytes(
            error.start + offset, f"0x{payload[error.start]:02x}", f"{encoding}, {why}"
        ) from None


def unencoded(value: str) -> str:
    """Decode the RFC 2047 words of a value; return a damaged value unchanged."""
    if not ENCODED_WORD.search(value):
        return value
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value
