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

from flows.enrich.amounts.amount import Amount
from flows.enrich.claims.claim import Claim
from flows.enrich.claims.toll import Range, toll_of
from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actors import Actor
from flows.enrich.events.events import Event
from flows.enrich.findings import find_all
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.reference import Reference
from flows.enrich.tone.tone import Tone
from flows.enrich.topics.topics import Topics
from flows.errors import BrokenRecord, DispatchError, UnpairedSurrogate
from flows.journey import read
from flows.parse.body import body_as_is
from flows.records import Body, Reading, Span

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
        yield _annotation(request.id, next(readings), reference) if isinstance(request, _Request) else request


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


def _annotation(identifier: Any, reading: Reading, reference: Reference) -> dict[str, Any]:
    found = find_all(reading, reference)
    named = found.mentions
    names = {each.entity.key for each in named if each.kind == "name"}
    starts = {(each.span.start, each.entity.key) for each in named if each.kind == "name"}

    def _is_named(each: Mention) -> bool:
        """Return True for a name, and for an office of somebody who is named elsewhere (`Turkish President`) and not right after it."""
        if each.kind == "nominal" and (each.span.end + 1, each.entity.key) in starts:
            return False
        return each.kind == "name" or (each.kind == "nominal" and each.entity.key in names)

    numbers = {entity: f"e{n}" for n, entity in enumerate(dict.fromkeys(m.entity.key for m in named))}
    toll = toll_of(found.claims)
    return {
        "id": identifier,
        "language": reading.language.code,
        "sentences": [_pair(sentence) for sentence in reading.sentences],
        "times": [
            {
                **_ends(time.span),
                "type": time.type,
                "value": time.value,
                "start_on": time.start.isoformat() if time.start else None,
                "end_on": time.end.isoformat() if time.end else None,
                "rule": time.rule,
            }
            for time in found.times
        ],
        "places": [_place(each) for each in found.places],
        "entities": [_entity(each, numbers) for each in named if _is_named(each)],
        "nominals": [_entity(each, numbers) for each in named if not _is_named(each)],
        "quotes": [
            {
                "type": quote.type,
                "content": [_pair(piece) for piece in quote.content],
                "source": [_pair(quote.speaker)] if quote.speaker else [],
                "cue": [_pair(quote.cue)] if quote.cue else [],
                "speaker": numbers[quote.entity.key] if quote.entity else None,
                "addressee": _pair(quote.addressee) if quote.addressee else None,
                "venue": _pair(quote.venue) if quote.venue else None,
            }
            for quote in found.quotes
        ],
        "amounts": [_amount(each) for each in found.amounts],
        "claims": [_claim(each, numbers) for each in found.claims if each.repeats is None],
        "killed": _toll(toll.killed),
        "injured": _toll(toll.injured),
        "events": [_event(each, found.claims) for each in found.events],
        "topics": _topics(found.topics),
        "tone": _tone(found.tone),
    }


def _topics(found: Topics | None) -> list[dict[str, Any]] | None:
    """Return the topics with the words that speak for each; null where the text was not read."""
    if found is None:
        return None
    return [
        {
            "code": each.topic.code,
            "name": each.topic.name,
            "level": each.topic.level,
            "score": each.score,
            "words": [_pair(words.span) for words in found.words if words.code == each.topic.code],
        }
        for each in found.ranked
    ]


def _tone(found: Tone | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "score": found.score,
        "positive_share": found.positive_share,
        "negative_share": found.negative_share,
        "words": [{**_ends(each.span), "valence": round(each.valence, 2)} for each in found.words],
    }


EFFECT_NAMES = {"killed": "DEATH", "wounded": "INJURY"}
"""The effects of the table `claims` that an annotation names otherwise; the others are in capitals."""


def _claim(claim: Claim, numbers: Mapping[str, str]) -> dict[str, Any]:
    """Return a claim; one that states an earlier claim again is left out by the caller."""
    count, affected, said = claim.count, claim.affected, claim.attribution
    place, time = claim.links.place, claim.links.time
    return {
        **_ends(claim.span),
        "effect": EFFECT_NAMES.get(claim.effect, claim.effect.upper()),
        "lo": count.low if count.low is not None else 0,
        "best": count.best,
        "hi": count.high,
        "bound": count.bound,
        "vague": count.vague,
        "acled_number": count.acled_number,
        "unit": affected.unit,
        "number": _pair_or_none(count.number),
        "object": _pair(affected.span),
        "object_type": "person" if affected.is_people else affected.type,
        "victim_type": affected.victim_type,
        "nationality": affected.nationality,
        "claimant": _pair_or_none(said.claimant),
        "claimant_entity": numbers[said.entity.key] if said.entity else None,
        "claimant_type": said.type,
        "cue": _pair_or_none(said.cue),
        "stance": said.stance,
        "cumulative": claim.is_cumulative,
        "since": _pair_or_none(claim.since),
        "negated": claim.is_negated,
        "hypothetical": claim.is_hypothetical,
        "historical": claim.is_historical,
        "perpetrator": _pair_or_none(claim.perpetrator),
        "weapon": _pair_or_none(claim.weapon),
        "place": _pair(place.span) if place else None,
        "time": _pair(time.span) if time else None,
    }


def _toll(toll: Range | None) -> int | list[int | None] | None:
    """Return a number, `[low, high]`, or null where the article states none."""
    if toll is None:
        return None
    return toll.low if toll.low == toll.high else [toll.low, toll.high]


def _pair_or_none(span: Span | None) -> list[int] | None:
    return _pair(span) if span else None


def _place(mention: PlaceMention) -> dict[str, Any]:
    place, point = mention.place, mention.point
    return {
        **_ends(mention.span),
        "geonameid": place.geonameid if place else None,
        "name": place.name if place else None,
        "fcode": place.fcode if place else None,
        "lat": point.latitude if point else None,
        "lon": point.longitude if point else None,
        "country": point.country if point else None,
        "admin1": point.admin1 if point else None,
        "within": mention.within.name if mention.within else None,
        "geo_precision": mention.geo_precision,
        "where_prec": mention.where_prec,
        "is_adjective": mention.is_adjective,
    }


def _event(event: Event, claims: Sequence[Claim]) -> dict[str, Any]:
    return {
        **_ends(event.span),
        "trigger": _pair(event.trigger),
        "code": event.code,
        "plover": event.plover.type,
        "mode": event.plover.mode,
        "context": event.plover.context,
        "plover2": event.plover.plover2,
        "acled_event": event.acled.event_type if event.acled else None,
        "acled_sub_event": event.acled.sub_event_type if event.acled else None,
        "source": [_actor(each) for each in event.sources],
        "target": [_actor(each) for each in event.targets],
        "reciprocal": event.is_reciprocal,
        "modality": event.modality,
        "is_main": event.is_main,
        "place": _pair(event.place.span) if event.place else None,
        "time": _pair(event.time.span) if event.time else None,
        "place_reason": event.place_reason,
        "time_reason": event.time_reason,
        "speaker": _pair_or_none(event.speaker),
        "claims": [_pair(claims[number].span) for number in event.claims],
        "rule": event.rule,
    }


def _actor(actor: Actor) -> dict[str, Any]:
    return {"code": actor.code, "span": _pair(actor.span)}


def _entity(mention: Mention, numbers: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_ends(mention.span),
        "label": mention.type,
        "kind": mention.kind,
        "entity_id": numbers[mention.entity.key],
        "name": mention.entity.name,
        "role": mention.role,
        "country": mention.entity.country,
        "sector": mention.entity.sector,
    }


def _amount(amount: Amount) -> dict[str, Any]:
    return {
        **_ends(amount.span),
        "kind": amount.kind,
        "lo": amount.low,
        "best": amount.best,
        "hi": amount.high,
        "bound": amount.bound,
        "currency": amount.currency,
        "unit": amount.unit,
        "si_value": amount.si_value,
        "si_unit": amount.si_unit,
        "counted": _pair(amount.counted) if amount.counted else None,
    }


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def _ends(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
