"""Mail and Usenet: RFC 5322 fields, MIME parts, RFC 2047 words; single messages and mbox files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from flows.errors import BrokenRecord
from flows.parse.decode import decode, unencoded
from flows.parse.formats import Buffer, Format, Sample, between, whole
from flows.parse.html_trees import html_words
from flows.parse.keys import Pair, header_of
from flows.parse.mapped import found_in
from flows.records import Decoded, Parsed, RawDispatch

NAME = "mail"
BOX = "mbox"
ENVELOPE = re.compile(rb"^From \S[^\r\n]{5,200}\r?\n(?=[A-Za-z-]{2,40}:)", re.MULTILINE)
FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}):")
MARKS = frozenset(
    [
        "received",
        "message-id",
        "mime-version",
        "delivered-to",
        "return-path",
        "newsgroups",
        "path",
        "x-mailer",
        "content-transfer-encoding",
        "in-reply-to",
        "references",
        "list-id",
        "nntp-posting-host",
        "xref",
    ]
)
LEFT_OUT = frozenset({"received", "x-received", "dkim-signature", "arc-seal", "arc-message-signature"})
"""Fields that servers add; they say nothing about the news."""

MAX_PARTS = 200


def parse(raw: RawDispatch) -> Parsed:
    """Read one message: its fields, and the text of its parts.

    Of alternative parts the plain one is read; HTML is read only if there is no plain part. Attached
    files are named in `header` and not read.

    Raises:
        BrokenRecord: no field at all, or parts nested too deep.
        UndecodableBytes: a part that is text in no encoding.
        UnreadableDate: Date is not a date.

    Source: RFC 5322, RFC 2045 to 2047, RFC 5536.
    """
    payload = ENVELOPE.sub(b"", raw.payload.lstrip(), count=1)
    try:
        message = message_from_bytes(payload)
        parts = list(_texts(message))
    except (RecursionError, MessageError) as error:
        raise BrokenRecord(NAME, f"{type(error).__name__} {error}"[:200], "a message of RFC 5322") from None
    if not message.keys():
        raise BrokenRecord(NAME, repr(payload[:40]), "fields of RFC 5322")
    repairs = raw.source.rules.repairs
    read = [(_decoded(part, repairs=repairs), part.get_content_type() == "text/html") for part in parts]
    texts = [html_words(each.text) if is_html else each.text for each, is_html in read]
    first = read[0][0] if read else Decoded("", "us-ascii", "declared")
    decoded = Decoded("\n\n".join(text.strip("\r\n") for text in texts), first.encoding, first.encoding_from)
    return Parsed(header_of(_pairs(message), raw.source), decoded.text, decoded)


def _pairs(message: Message) -> Iterator[Pair]:
    for name, value in message.items():
        if name.lower() not in LEFT_OUT:
            yield Pair(name, unencoded(" ".join(str(value).split())))
    for part in message.walk():
        if attached := _attached(part):
            yield Pair("attachment", unencoded(attached))


def _attached(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError):
        # A parameter that is damaged names no file.
        return None
    return " ".join(str(name).split()) if name else None


def _texts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yield the parts that hold the text: all of a mixture, the best of alternatives."""
    if depth > 30:
        raise MessageError("parts nested more than 30 deep")
    if not message.is_multipart():
        if message.get_content_maintype() == "text" and not _attached(message):
            yield message
        return
    below = [part for part in list(message.get_payload())[:MAX_PARTS] if isinstance(part, Message)]
    if message.get_content_subtype() != "alternative":
        for part in below:
            yield from _texts(part, depth + 1)
        return
    choices = [list(_texts(part, depth + 1)) for part in below]
    filled = [choice for choice in choices if any(_bytes(part).strip() for part in choice)]
    plain = [choice for choice in filled if all(part.get_content_subtype() == "plain" for part in choice)]
    yield from next(iter(plain or filled), [])


def _bytes(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _decoded(part: Message, *, repairs: bool) -> Decoded:
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        charset = None
    return decode(_bytes(part), charset, repairs=repairs)


def _is_message(start: bytes) -> bool:
    names = set()
    for line in start[:16384].decode("latin-1").lstrip().splitlines():
        if not line.strip():
            break
        if found := FIELD.match(line):
            names.add(found[1].lower())
        elif not names or line[0] not in " \t":
            break
    return len(names) > 1 and bool(names & MARKS)


def matches(sample: Sample) -> bool:
    """The first lines are fields, with one among them that only mail or Usenet has."""
    return _is_message(sample.start)


def matches_box(sample: Sample) -> bool:
    """The first line is an mbox separator, and fields follow."""
    found = ENVELOPE.match(sample.start.lstrip())
    return found is not None


def split_box(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each message, from its `From ` line to the next."""
    yield from between(payload, (found.start() for found in found_in(ENVELOPE, payload)))


FORMAT = Format(
    name=NAME,
    yields="date, subject, sender, newsgroups, Message-ID, the other fields in `header`, the text of all parts",
    matches=matches,
    split=whole,
    parse=parse,
)

MBOX = Format(
    name=BOX,
    yields="what `mail` yields of each message of the box",
    matches=matches_box,
    split=split_box,
    parse=parse,
)
