"""XML and HTML without parsing a tree: the root of a file, the bytes of each element, elements that are left open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.parse.decode import charset_in, decode
from flows.parse.formats import Buffer, Sample
from flows.parse.mapped import first_in
from flows.records import Decoded, RawDispatch

TAG = re.compile(
    r"<(/?)([A-Za-z_][\w.:-]{0,80})((?:\"[^\"<]{0,2000}\"|'[^'<]{0,2000}'|[^<>\"'])*?)(/?)>|<!--|<!\[CDATA\[|<\?"
)


ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,80})")
SKIPPED = (("<?", "?>"), ("<!--", "-->"))


def skip_comments(text: str, at: int = 0) -> int:
    """Return the offset after white space, declarations and comments; linear in the length of the text."""
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        for opening, closing in SKIPPED:
            if text.startswith(opening, at):
                end = text.find(closing, at)
                if end < 0:
                    return at
                at = end + len(closing)
                break
        else:
            return at


def root_name(sample: Sample) -> str | None:
    """Return the local name of the root element of what may be XML, after comments and a DOCTYPE."""
    text = sample.text
    at = skip_comments(text)
    if text[at : at + 9].upper() == "<!DOCTYPE":
        subset, end = text.find("[", at), text.find(">", at)
        if 0 <= subset < end:
            end = text.find(">", text.find("]", subset))
        at = skip_comments(text, end + 1) if end >= 0 else len(text)
    found = ROOT.match(text, at)
    return found[1] if found else None


def elements_in(payload: Buffer, *names: bytes) -> Iterator[tuple[int, int]]:
    """Yield the byte range of each outermost element of these local names, skipping comments and CDATA.

    An element that is never closed runs to the end.
    """
    token = re.compile(
        rb"<!--|<!\[CDATA\[|<(/?)(?:[A-Za-z_][\w.-]{0,40}:)?(?:"
        + b"|".join(map(re.escape, names))
        + rb")(?=[\s/>])"
    )
    at = 0
    start = -1
    depth = 0
    unclosed: set[bytes] = set()
    while match := first_in(token, payload, at):
        at = match.end()
        opening = match.group()[:4]
        if opening in (b"<!--", b"<![C"):
            mark = b"-->" if opening == b"<!--" else b"]]>"
            # A mark that was not found once is not searched again: the search would be quadratic.
            end = -1 if mark in unclosed else payload.find(mark, at)
            if end < 0:
                unclosed.add(mark)
            else:
                at = end + 3
            continue
        at = _tag_end(payload, at)
        if match[1]:
            depth -= depth > 0
            if depth == 0 and start >= 0:
                yield start, at
                start = -1
        elif payload[at - 2 : at] == b"/>":
            if depth == 0:
                yield match.start(), at
        else:
            if depth == 0:
                start = match.start()
            depth += 1
    if start >= 0:
        yield start, len(payload)


def _tag_end(payload: Buffer, at: int) -> int:
    """Return the offset after the `>` of a tag; a `>` inside quotation marks does not end it."""
    limit = payload.find(b"<", at)
    limit = len(payload) if limit < 0 else limit
    first = end = payload.find(b">", at, limit)
    while end >= 0 and (payload[at:end].count(b'"') % 2 or payload[at:end].count(b"'") % 2):
        if end - at > 4096:
            return first + 1
        end = payload.find(b">", end + 1, limit)
    return (end if end >= 0 else first if first >= 0 else at - 1) + 1


def decoded_within(raw: RawDispatch) -> Decoded:
    """Decode a dispatch inside its envelope; elements that the envelope leaves open are closed after it."""
    rules = raw.source.rules
    whole = raw.envelope + raw.payload
    decoded = decode(whole, charset_in(whole) or rules.charset, repairs=rules.repairs)
    if not raw.envelope:
        return decoded
    opened = _left_open(decode(raw.envelope, decoded.encoding, repairs=True).text)
    closing = "".join(f"</{name}>" for name in reversed(opened))
    return Decoded(decoded.text + closing, decoded.encoding, decoded.encoding_from)


def _left_open(text: str) -> list[str]:
    """Return the names of the elements that a beginning of a document leaves open, outermost first."""
    opened: list[str] = []
    at = 0
    while match := TAG.search(text, at):
        at = match.end()
        if match[2] is None:
            mark = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}[match.group()]
            end = text.find(mark, at)
            at = end + len(mark) if end >= 0 else at
        elif match[1]:
            if match[2] in opened:
                while opened.pop() != match[2]:
                    pass
        elif not match[4]:
            opened.append(match[2])
    return opened
