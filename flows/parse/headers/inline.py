"""One run of `key value` before the text, with no colon and no newline: ` date 2020-02-20 Two …`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flows.errors import DispatchError
from flows.parse.dates import MAX_WORDS, date_at_start
from flows.parse.decode import decode, decode_dispatch
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.keys import BY_ALIAS, Pair, fold, header_of
from flows.parse.several import split_at_heads
from flows.records import Parsed, RawDispatch

KEY = re.compile(r"\s*([A-Za-z][A-Za-z_-]{1,24})[ \t]+(?=\S)")
WORDS = re.compile(rf"\S+(?:[ \t]+\S+){{0,{MAX_WORDS - 1}}}")
QUOTED = re.compile(r'"([^"\n]{1,300})"(?=\s|$)|“([^”\n]{1,300})”(?=\s|$)')
SHAPES = {
    "language": re.compile(r"[a-z]{2}(?:-[A-Z]{2})?(?=\s|$)"),
    "urgency": re.compile(r"[1-9](?=\s|$)"),
    "url": re.compile(r"https?://\S+"),
    "document_identifier": re.compile(r"(?=\S*[0-9])\S+"),
}


class _Value(NamedTuple):
    text: str
    end: int


def parse(raw: RawDispatch) -> Parsed:
    """Read ` date 2020-02-20 Two soldiers ...`; return the header and the text after it.

    Keys are read while each is known and its value parses whole; the text starts at the first
    word that is neither. A value is a date, a language tag, a digit of urgency, a URL, an
    identifier with a digit, or words in double quotes. The text may be empty.

    Raises:
        UnreadableDate: a date that does not exist, as in `2020-02-31`.

    Source: seeds/README.md, "inline".
    """
    decoded = decode_dispatch(raw)
    pairs, at = _run_of_keys(decoded.text, raw.source.rules.date_order)
    return Parsed(header_of(pairs, raw.source), decoded.text[at:], decoded)


def matches(sample: Sample) -> bool:
    """The text begins with a known key whose value parses, or has the shape of a date."""
    try:
        pairs, _ = _run_of_keys(decode(sample.start[:4096]).text)
    except DispatchError as error:
        return error.code.startswith("header.")
    return bool(pairs)


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each dispatch: a run of keys with a date that follows a blank line begins another."""
    yield from split_at_heads(payload, _is_dated, START)


START = re.compile(rb"^[ \t]{0,3}[A-Za-z][A-Za-z_-]{1,24}[ \t]+(?=[\"0-9A-Z])", re.MULTILINE)


def _is_dated(start: bytes) -> bool:
    try:
        pairs, _ = _run_of_keys(start.decode("utf-8", errors="replace"))
    except DispatchError:
        return False
    return any(BY_ALIAS[fold(pair.key)].field == "published" for pair in pairs)


def _run_of_keys(text: str, order: str | None = None) -> tuple[list[Pair], int]:
    pairs: list[Pair] = []
    seen: set[str] = set()
    at = 0
    while match := KEY.match(text, at):
        key = BY_ALIAS.get(fold(match[1]))
        value = _value(key.field, text, match.end(), order) if key and key.field not in seen else None
        if value is None or key is None:
            break
        pairs.append(Pair(match[1], value.text))
        seen.add(key.field)
        at = value.end
    return pairs, at


def _value(field: str, text: str, at: int, order: str | None) -> _Value | None:
    if field == "published":
        run = WORDS.match(text, at)
        words = run.group().split() if run else []
        dated = date_at_start(words, order=order)
        if dated is None:
            return None
        _, count = dated
        ends = [word.end() for word in re.finditer(r"\S+", text[at : run.end()])] if run else []
        return _Value(" ".join(words[:count]).rstrip(","), at + ends[count - 1])
    if shape := SHAPES.get(field):
        found = shape.match(text, at)
        return _Value(found.group(), found.end()) if found else None
    quoted = QUOTED.match(text, at)
    return _Value(quoted[1] or quoted[2], quoted.end()) if quoted else None


FORMAT = Format(
    name="inline",
    yields="the known keys before the text, above all `date`; several in a file, each with its own",
    matches=matches,
    split=split,
    parse=parse,
)
