"""Texts on a pipe: JSONL in, annotations out, with offsets into the very text that came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import orjson

from flows.enrich import found_in, mentions, quotes, times
from flows.enrich.model import LanguageModel, load_model
from flows.errors import BrokenRecord, DispatchError
from flows.journey import read
from flows.parse.body import body_as_is
from flows.records import Body, Reading, Span
from flows.tables.quotes import speaker_of

TOGETHER = 64
FORM = "annotate"


@dataclass(frozen=True, slots=True)
class _Request:
    id: Any
    body: Body
    published_on: date | None


def annotate_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield one line of JSON for each line that is not blank, in order.

    A line that cannot be read gives `{"id", "error": {"code", "why"}}`.
    """
    model = load_model()
    filled = (line for line in lines if line.strip())
    while chunk := list(islice(filled, TOGETHER)):
        yield from _annotated(chunk, model)


def _annotated(lines: list[bytes], model: LanguageModel) -> Iterator[bytes]:
    requests = [_request(line) for line in lines]
    good = [request for request in requests if isinstance(request, _Request)]
    readings = read([(request.body, request.published_on) for request in good], model)
    for request in requests:
        if isinstance(request, _Request):
            yield orjson.dumps(_annotation(request.id, next(readings)))
        else:
            yield orjson.dumps(request)


def _request(line: bytes) -> _Request | dict[str, Any]:
    """Return what one line asks for, or the refusal to print in its place."""
    asked: Any = None
    try:
        try:
            asked = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise BrokenRecord(FORM, str(error), "a JSON object") from None
        if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
            raise BrokenRecord(FORM, "no text", 'an object with "text"')
        return _Request(asked.get("id"), body_as_is(asked["text"]), _day(asked.get("published")))
    except DispatchError as error:
        known = asked.get("id") if isinstance(asked, dict) else None
        return {"id": known, "error": {"code": error.code, "why": str(error)}}


def _day(published: Any) -> date | None:
    if published is None:
        return None
    try:
        return date.fromisoformat(str(published)[:10])
    except ValueError:
        raise BrokenRecord(FORM, f"published {published!r}", "an ISO date or null") from None


def _annotation(identifier: Any, reading: Reading) -> dict[str, Any]:
    found = found_in(reading)
    named = found[mentions.FIELD.name]
    numbers = {entity: f"e{n}" for n, entity in enumerate(dict.fromkeys(m.entity for m in named))}
    return {
        "id": identifier,
        "language": reading.language.code,
        "sentences": [_pair(sentence) for sentence in reading.sentences],
        "times": [
            {
                **_ends(time.span),
                "type": time.type,
                "value": time.value,
                "start_on": time.start,
                "end_on": time.end,
                "rule": time.rule,
            }
            for time in found[times.FIELD.name]
        ],
        "entities": [
            {**_ends(each.span), "label": each.type, "entity_id": numbers[each.entity], "name": each.name}
            for each in named
        ],
        "quotes": [
            {
                "type": quote.type,
                "content": [_pair(piece) for piece in quote.content],
                "source": [_pair(quote.speaker)] if quote.speaker else [],
                "cue": [_pair(quote.cue)] if quote.cue else [],
                "speaker": numbers[speaking.entity]
                if (speaking := speaker_of(quote.speaker, named))
                else None,
            }
            for quote in found[quotes.FIELD.name]
        ],
    }


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def _ends(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
