"""Annotation of texts: JSONL in, JSONL out, with offsets into the text of each input line."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import orjson

from flows.annotation_format import annotation_of
from flows.enrich.findings import find_all
from flows.enrich.reference import Reference
from flows.errors import BrokenRecord, DispatchError, UnpairedSurrogate
from flows.journey import read
from flows.parse.body import body_as_is
from flows.records import Body

MAX_BATCH_LINES = 64
"""Maximum number of lines that the model reads together. Batches start at one line and double in size, so that the first
answers arrive early."""

READ_BYTES = 256 * 1024
"""Maximum read from standard input at once. A pipe holds 64 KiB, which is enough to keep the model busy."""

FORM = "annotate"

Answer = dict[str, Any]
"""The annotations of one text, or its error: the content of one line of JSON."""


@dataclass(frozen=True, slots=True)
class _Request:
    id: Any
    body: Body
    published_on: date | None


def annotate_lines(lines: Iterable[bytes], reference: Reference) -> Iterator[bytes]:
    """Yield one line of JSON for each line that is not blank, in order.

    A line that cannot be parsed yields `{"id", "error": {"code", "why"}}`.
    """
    yield from _answers([lines], reference)


def annotate_stream(descriptor: int, reference: Reference) -> Iterator[bytes]:
    """Yield the same for the lines of an open file, each as soon as it arrives, without waiting for the next."""
    yield from _answers(_lines_at_hand(descriptor), reference)


def _answers(groups: Iterable[Iterable[bytes]], reference: Reference) -> Iterator[bytes]:
    """Yield the answers to groups of lines; a batch never spans two groups."""
    size = 1
    for group in groups:
        filled = (line for line in group if line.strip())
        while batch := list(islice(filled, size)):
            yield from _annotated(batch, reference)
            size = min(2 * size, MAX_BATCH_LINES)


def _lines_at_hand(descriptor: int) -> Iterator[list[bytes]]:
    """Yield the complete lines that are available, and wait if there is none."""
    begun: list[bytes] = []
    while read_now := os.read(descriptor, READ_BYTES):
        whole, newline, rest = read_now.rpartition(b"\n")
        if newline:
            yield io.BytesIO(b"".join([*begun, whole, newline])).readlines()
            begun = [rest]
        else:
            begun.append(rest)
    yield [b"".join(begun)]


def annotate_texts(texts: Iterable[Mapping[str, Any]], reference: Reference) -> Iterator[Answer]:
    """Yield the same answers as objects of plain types, in order.

    At most `MAX_BATCH_LINES` texts are read ahead of the answers.
    """
    left, size = iter(texts), 1
    while batch := list(islice(left, size)):
        yield from _answered([_request(asked) for asked in batch], reference)
        size = min(2 * size, MAX_BATCH_LINES)


def _annotated(lines: list[bytes], reference: Reference) -> Iterator[bytes]:
    yield from map(orjson.dumps, _answered([_request_in(line) for line in lines], reference))


def _answered(requests: Sequence[_Request | Answer], reference: Reference) -> Iterator[Answer]:
    good = [request for request in requests if isinstance(request, _Request)]
    readings = read([(request.body, request.published_on) for request in good], reference)
    for request in requests:
        if isinstance(request, _Request):
            reading = next(readings)
            yield annotation_of(request.id, reading, find_all(reading, reference))
        else:
            yield request


def _request_in(line: bytes) -> _Request | Answer:
    try:
        return _request(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        return _refusal(None, BrokenRecord(FORM, str(error), "a JSON object"))


def _request(asked: Any) -> _Request | Answer:
    """Return the request for one text, or the error to answer with."""
    try:
        if not isinstance(asked, Mapping) or not isinstance(asked.get("text"), str):
            raise BrokenRecord(FORM, "no text", 'an object with "text"')
        try:
            asked["text"].encode()
        except UnicodeEncodeError as error:
            raise UnpairedSurrogate("text", f"U+{ord(error.object[error.start]):04X}") from None
        return _Request(asked.get("id"), body_as_is(asked["text"]), _day(asked.get("published")))
    except DispatchError as error:
        return _refusal(asked.get("id") if isinstance(asked, Mapping) else None, error)


def _refusal(identifier: Any, error: DispatchError) -> Answer:
    return {"id": identifier, "error": {"code": error.code, "why": str(error)}}


def _day(published: Any) -> date | None:
    if published is None:
        return None
    try:
        return date.fromisoformat(str(published)[:10])
    except ValueError:
        raise BrokenRecord(FORM, f"published {published!r}", "an ISO date or null") from None
