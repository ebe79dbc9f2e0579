"""Records of structured data: their keys to a header, their text to a body."""

from __future__ import annotations

import json
import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NoReturn

from flows.errors import BrokenRecord
from flows.parse.formats import Buffer
from flows.parse.html_trees import html_words
from flows.parse.keys import BODY_KEYS, Pair, fold, header_of, is_known
from flows.parse.mapped import MappedFile, found_in, has_words, window
from flows.records import Decoded, Parsed, Source


def mapping_of(text: str, form: str) -> dict[str, Any]:
    """Read a JSON object strictly: no NaN. A repeated key is kept as `key#2`.

    Raises:
        BrokenRecord: anything else.
    """

    def refuse(constant: str) -> NoReturn:
        raise BrokenRecord(form, f"{constant}, which is not JSON", "a JSON object")

    try:
        loaded = json.loads(text, object_pairs_hook=_each_key, parse_constant=refuse, parse_int=read_int)
    except (json.JSONDecodeError, RecursionError) as error:
        found = "JSON nested too deep" if isinstance(error, RecursionError) else str(error)[:200]
        raise BrokenRecord(form, found, "a JSON object") from None
    if not isinstance(loaded, dict):
        raise BrokenRecord(form, f"a JSON {type(loaded).__name__}", "a JSON object")
    return loaded


def parsed_record(record: dict[str, Any], decoded: Decoded, source: Source, text: str = "") -> Parsed:
    """Make a header of the record's keys; the body is `text`, or else the record's own, HTML as its words.

    A value that is not a scalar is kept as JSON, or as the names in it; null is skipped.

    Raises:
        UnreadableField: a known key whose value cannot be read.
    """
    body = text.strip()
    body_key = None
    if not body:
        folded = {fold(key): key for key in record if isinstance(record[key], str)}
        filled = [folded[name] for name in BODY_KEYS if name in folded and record[folded[name]].strip()]
        body_key = next(iter(filled), None)
        body = record[body_key] if body_key is not None else ""
        if body_key is not None and "html" in fold(body_key):
            body = html_words(body)
    pairs = [
        Pair(key, as_text(value)) for key, value in record.items() if key != body_key and value is not None
    ]
    return Parsed(header_of(pairs, source), body, decoded)


def as_text(value: Any) -> str:
    """Return a JSON value as text for a header: lists joined by commas, objects by their name or as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return str(value["name"])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if isinstance(value, list) and all(
        isinstance(item, dict) and isinstance(item.get("name"), str) for item in value
    ):
        return ", ".join(item["name"] for item in value)
    if isinstance(value, (dict, list, bool, int, float)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def unclaimed(record: Mapping[str, Any], used: Collection[str]) -> Iterator[Pair]:
    """Yield the scalars of a record that are not used yet, under names that no field claims."""
    for key, value in record.items():
        if key not in used and isinstance(value, (str, int, float)) and as_text(value).strip():
            yield Pair(f"{key} (as stated)" if is_known(key) else key, as_text(value))


# A string that nothing closes is one token to the end: otherwise each quotation mark in it would be tried as a beginning.
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[{}\[\]:,]', re.DOTALL)
TOKEN_OR_QUOTE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|"', re.DOTALL)
IN_STRING = re.compile(rb'\\.|"', re.DOTALL)
MAX_KEY_BYTES = 1000
"""Of a string that is longer than a window so many bytes are looked at: it is no key."""

LISTS = ((), ("items",), ("item",), ("articles",), ("data", "items"), ("docs",), ("results",), ("data",),
         ("entries",), ("response", "docs"), ("response", "results"), ("news",), ("stories",), ("posts",))  # fmt: skip
"""Paths to a list of dispatches in an object; the first that exists is used."""

ITS_OWN = frozenset(
    {"headline", "headlines", "body_text", "body_html", "body_xhtml", "bodies", "maintext", "text", "body"}
)
"""Keys of an object that is a dispatch itself, even if it holds lists."""

MAX_DEPTH = 200
MAX_DIGITS = 4000
OPENING, CLOSING = (b"{", b"["), (b"}", b"]")


def objects_in(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield the byte range of each object of the list that a JSON file holds, or else of each of its values.

    A file that is not well-formed JSON is one range: `parse` reports what is wrong with it.
    """
    found: defaultdict[tuple[str, ...], array[int]] = defaultdict(lambda: array("q"))
    roots = array("q")
    path: list[str] = []
    opened: list[tuple[bytes, int]] = []
    key = ""
    is_dispatch = False
    for mark, at, end in _tokens(payload):
        if mark in OPENING:
            opened.append((mark, at))
            path.append(key)
            key = ""
            if len(opened) > MAX_DEPTH:
                break
        elif mark in CLOSING:
            if not opened:
                break
            kind, start = opened.pop()
            # The keys that lead to the list: lists have none of their own.
            keys = tuple(each for each in path[1:-1] if each)
            if not opened:
                roots.extend((start, end))
            elif kind == b"{" and opened[-1][0] == b"[" and len(keys) == len(opened) - 1:
                found[keys].extend((start, end))
            path.pop()
            key = ""
        elif mark == b",":
            key = ""
        elif mark[:1] == b'"' and opened and opened[-1][0] == b"{" and not key:
            key = mark[1:-1].decode("utf-8", errors="replace")
            is_dispatch |= len(opened) == 1 and key.lower() in ITS_OWN
    else:
        is_one = len(roots) <= 2
        lists = [found[keys] for keys in LISTS if keys in found] if is_one and not is_dispatch else []
        if lists or not is_one:
            ends = iter(lists[0] if lists else roots)
            yield from zip(ends, ends, strict=True)
            return
    if has_words(payload, 0, len(payload)):
        yield 0, len(payload)


def _tokens(payload: Buffer) -> Iterator[tuple[bytes, int, int]]:
    """Yield each token of JSON with its range; a string that nothing closes goes to the end."""
    if not isinstance(payload, MappedFile):
        yield from ((match.group(), match.start(), match.end()) for match in TOKEN.finditer(payload))
        return
    at, size = 0, len(payload)
    while at < size:
        limit, stop = window(payload, at)
        following = limit
        for match in TOKEN_OR_QUOTE.finditer(payload, at, stop):
            start, end = match.span()
            if start >= limit:
                break
            if match.group() != b'"':
                yield match.group(), start, end
                following = max(limit, end)
            else:
                # It ends after this window, if it ends.
                following = end = _string_end(payload, start)
                yield payload[start : start + MAX_KEY_BYTES], start, end
                break
        at = following
        payload.release(at)


def _string_end(payload: Buffer, start: int) -> int:
    """Return the offset after the string that a quotation mark begins, the end of the file if nothing closes it."""
    marks = found_in(IN_STRING, payload, start + 1)
    return next((mark.end() for mark in marks if mark.group() == b'"'), len(payload))


def context_of(envelope: bytes) -> dict[str, Any]:
    """Return the scalars and names that precede a list in the object that holds it."""
    text = envelope.decode("utf-8", errors="replace").lstrip("\ufeff").rstrip().rstrip(",")
    closing = "".join("}" if mark == "{" else "]" for mark in reversed(_left_open(text)))
    try:
        loaded = json.loads(text + closing, parse_int=read_int)
    except (json.JSONDecodeError, RecursionError):
        # Objects of the list precede the last of them: there is no context to read.
        return {}
    return (
        {key: value for key, value in loaded.items() if value and value != []}
        if isinstance(loaded, dict)
        else {}
    )


def _left_open(text: str) -> list[str]:
    opened: list[str] = []
    for match in TOKEN.finditer(text.encode()):
        mark = match.group().decode()
        if mark in ("{", "["):
            opened.append(mark)
        elif mark in ("}", "]") and opened:
            opened.pop()
    return opened


def _each_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    made = {}
    for key, value in pairs:
        name, copy = key, 2
        while name in made:
            name = f"{key}#{copy}"
            copy += 1
        made[name] = value
    return made


def read_int(digits: str) -> int | str:
    """Return an integer of JSON; one of more digits than CPython converts is kept as its digits."""
    return int(digits) if len(digits) <= MAX_DIGITS else digits
