"""The annotations of one text as an object of plain types: the content of one line of JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.enrich.amounts.amount import Amount
from flows.enrich.claims.claim import Claim
from flows.enrich.claims.toll import Range, toll_of
from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actors import Actor
from flows.enrich.events.event import Event
from flows.enrich.findings import Findings
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.quotes.quotations import Quote
from flows.enrich.times.expressions import Time
from flows.enrich.tone.tone import Tone
from flows.enrich.topics.topics import Topics
from flows.records import Reading, Span

EFFECT_NAMES = {"killed": "DEATH", "wounded": "INJURY"}
"""The effects of the table `claims` that an annotation names otherwise; the others are in capitals."""


def annotation_of(identifier: Any, reading: Reading, found: Findings) -> dict[str, Any]:
    """Return the annotations of a text under the id of its request; positions are offsets in characters of the text."""
    names = {each.entity.key for each in found.mentions if each.kind == "name"}
    starts = {(each.span.start, each.entity.key) for each in found.mentions if each.kind == "name"}

    def is_named(each: Mention) -> bool:
        """Return True for a name, and for an office of somebody who is named elsewhere (`Turkish President`) and not right after it."""
        if each.kind == "nominal" and (each.span.end + 1, each.entity.key) in starts:
            return False
        return each.kind == "name" or (each.kind == "nominal" and each.entity.key in names)

    keys = dict.fromkeys(each.entity.key for each in found.mentions)
    numbers = {key: f"e{n}" for n, key in enumerate(keys)}
    toll = toll_of(found.claims)
    return {
        "id": identifier,
        "language": reading.language.code,
        "sentences": [_pair(sentence) for sentence in reading.sentences],
        "times": [_time(each) for each in found.times],
        "places": [_place(each) for each in found.places],
        "entities": [_entity(each, numbers) for each in found.mentions if is_named(each)],
        "nominals": [_entity(each, numbers) for each in found.mentions if not is_named(each)],
        "quotes": [_quote(each, numbers) for each in found.quotes],
        "amounts": [_amount(each) for each in found.amounts],
        # A claim that states an earlier one again is left out.
        "claims": [_claim(each, numbers) for each in found.claims if each.repeats is None],
        "killed": _toll(toll.killed),
        "injured": _toll(toll.injured),
        "events": [_event(each, found.claims) for each in found.events],
        "topics": _topics(found.topics),
        "tone": _tone(found.tone),
    }


def _time(time: Time) -> dict[str, Any]:
    return {
        **_ends(time.span),
        "type": time.type,
        "value": time.value,
        "start_on": time.start.isoformat() if time.start else None,
        "end_on": time.end.isoformat() if time.end else None,
        "rule": time.rule,
    }


def _quote(quote: Quote, numbers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": quote.type,
        "content": [_pair(piece) for piece in quote.content],
        "source": [_pair(quote.speaker)] if quote.speaker else [],
        "cue": [_pair(quote.cue)] if quote.cue else [],
        "speaker": numbers[quote.entity.key] if quote.entity else None,
        "addressee": _pair_or_none(quote.addressee),
        "venue": _pair_or_none(quote.venue),
    }


def _topics(found: Topics | None) -> list[dict[str, Any]] | None:
    """Return the topics with the words that are evidence for each; None where the text was not read for topics."""
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


def _claim(claim: Claim, numbers: Mapping[str, str]) -> dict[str, Any]:
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
    """Return a number, `[low, high]`, or None where the article states none."""
    if toll is None:
        return None
    return toll.low if toll.low == toll.high else [toll.low, toll.high]


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
        "counted": _pair_or_none(amount.counted),
    }


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def _pair_or_none(span: Span | None) -> list[int] | None:
    return _pair(span) if span else None


def _ends(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
