"""A block of `Key: value` lines before a blank line, folded as in RFC 5322."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.parse.decode import decode_dispatch, unencoded
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.keys import Pair, header_of, is_known
from flows.parse.several import split_at_heads
from flows.records import Parsed, RawDispatch

KEY_LINE = re.compile(r"([A-Za-z][A-Za-z0-9._-]{0,60}):(?:[ \t]+(\S(?:.*[^ \t\n])?))?[ \t]*$", re.ASCII)
CHARSET = re.compile(rb"^content-type:[^\n]*charset=\"?([A-Za-z0-9._-]{2,40})", re.I | re.M)


def parse(raw: RawDispatch) -> Parsed:
    """Read the block of `Key: value` lines, then the text after the blank line that ends it.

    A line that starts with a blank continues the line before. A line of the block that is
    neither is kept under the key `unreadable line`. RFC 2047 words are decoded.

    Raises:
        UnreadableField: a known key whose value cannot be read.

    Source: RFC 5322 sections 2.2 and 3.2.2; RFC 5536 for Usenet.
    """
    head = raw.payload[: _head_end(raw.payload)]
    charset = CHARSET.search(head)
    decoded = decode_dispatch(raw, charset[1].decode("ascii") if charset else None)
    pairs, text = _block(decoded.text)
    return Parsed(header_of(pairs, raw.source), text, decoded)


def matches(sample: Sample) -> bool:
    """The first line is `Key: value`, and so is each up to a blank one, with a known key among them."""
    if b"\0" in sample.start and sample.start[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return False
    head = sample.start.lstrip(b"\r\n")[:16384].decode("utf-8", errors="replace").lstrip("\ufeff")
    lines = head.splitlines()
    keys = []
    for line in lines:
        if not line.strip():
            break
        if match := KEY_LINE.match(line):
            keys.append(match[1])
        elif not keys or line[0] not in " \t":
            break
    return bool(keys) and any(map(is_known, keys)) and (len(keys) > 1 or is_known(keys[0]))


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each dispatch: the first key of the file, on a line after a blank one, begins another block."""
    first = FIRST_KEY.match(payload)
    if first is None:
        yield 0, len(payload)
        return
    again = re.compile(rb"^" + re.escape(first[1]) + rb":", re.MULTILINE | re.IGNORECASE)
    yield from split_at_heads(payload, _is_block, again)


FIRST_KEY = re.compile(rb"\s*(?:\xef\xbb\xbf)?([A-Za-z][A-Za-z0-9._-]{0,60}):")


def _is_block(start: bytes) -> bool:
    """Return True for a block of keys: at least two of them, one of them known."""
    lines = start.decode("utf-8", errors="replace").splitlines()
    keys = [match[1] for match in map(KEY_LINE.match, lines[:2]) if match]
    return len(keys) == 2 and any(map(is_known, keys))


def _head_end(payload: bytes) -> int:
    ends = [at for mark in (b"\n\n", b"\r\n\r\n") if (at := payload.find(mark)) >= 0]
    return min(ends, default=len(payload))


def _block(text: str) -> tuple[list[Pair], str]:
    lines = text.lstrip("\ufeff\r\n").splitlines(keepends=True)
    raw: list[tuple[str, list[str], int]] = []
    used = 0
    for number, line in enumerate(lines, start=1):
        used = number
        if not line.strip():
            break
        match = KEY_LINE.match(line.rstrip("\r\n"))
        if match:
            raw.append((match[1], [match[2] or ""], number))
        elif raw and line[0] in " \t":
            raw[-1][1].append(line.strip())
        elif raw and number > 1 and _goes_on(lines[number:]):
            raw.append(("unreadable line", [line.strip()], number))
        else:
            # No blank line ends the block: the text begins at the first line that is not part of it.
            used = number - 1
            break
    pairs = [Pair(key, unencoded(" ".join(parts)), number) for key, parts, number in raw]
    return pairs, "".join(lines[used:])


def _goes_on(later: list[str]) -> bool:
    """Return True if the block continues: the next line is `Key: value`."""
    return bool(later) and bool(KEY_LINE.match(later[0].rstrip("\r\n")))


FORMAT = Format(
    name="key_value",
    yields="each known key of the block; several in a file, each with its block",
    matches=matches,
    split=split,
    parse=parse,
)
