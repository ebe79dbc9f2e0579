"""Bytes to text, by what declares the encoding, or else by what the bytes look like."""

from __future__ import annotations

import codecs

import chardet

from flows.errors import UndecodableBytes
from flows.records import Decoded

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

SAMPLE_BYTES = 64 * 1024
"""The detector looks at this much, around the first byte that is not UTF-8."""


def bom_of(payload: bytes) -> tuple[bytes, str] | None:
    """Return the byte order mark the bytes begin with and the encoding it stands for."""
    return next((pair for pair in BOMS if payload.startswith(pair[0])), None)


def decode(payload: bytes, declared: str | None = None) -> Decoded:
    """Decode by byte order mark, strict UTF-8, the declared encoding, then detection, in this order.

    UTF-8 goes before the declaration because text of any length that is valid UTF-8 by chance does
    not exist, while wrong labels do.

    Raises:
        UndecodableBytes: bytes that are wrong in the encoding of their mark, or in every other.
    """
    bom = bom_of(payload)
    if bom:
        mark, encoding = bom
        return Decoded(_strict(payload[len(mark) :], encoding, len(mark)), encoding, "bom")
    try:
        return Decoded(payload.decode("utf-8"), "utf-8", "utf-8")
    except UnicodeDecodeError as error:
        first_bad = error.start

    if declared:
        try:
            encoding = codecs.lookup("cp1252" if declared.lower() in AS_WINDOWS_1252 else declared).name
            return Decoded(payload.decode(encoding), encoding, "declared")
        except (LookupError, UnicodeError):
            # A label that is no encoding, or the wrong one, is worth no more than none at all.
            pass

    window = payload[max(0, first_bad - SAMPLE_BYTES // 2) :][:SAMPLE_BYTES]
    guess = chardet.detect(window)["encoding"]
    western = _as_western(payload)
    for encoding in filter(None, (guess, "cp1252")):
        try:
            text = payload.decode(encoding)
            # Where cp1252 makes the same text of it, the rarer name says nothing more.
            name = "cp1252" if text == western else codecs.lookup(encoding).name
            return Decoded(text, name, "detected")
        except (LookupError, UnicodeError):
            continue
    raise UndecodableBytes(
        first_bad, f"0x{payload[first_bad]:02x}", "UTF-8, or text in the encoding that is declared"
    )


def _as_western(payload: bytes) -> str | None:
    try:
        return payload.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _strict(payload: bytes, encoding: str, offset: int) -> str:
    try:
        return payload.decode(encoding)
    except UnicodeDecodeError as error:
        raise UndecodableBytes(
            error.start + offset, f"0x{payload[error.start]:02x}", f"{encoding}, as its mark says"
        ) from None
