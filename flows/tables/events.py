"""One row for each event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flows.checks import Between, InOrder, OneOf, Refers, Slices, Together
from flows.checks import words as words_checks
from flows.enrich.events.actors import Actor
from flows.enrich.events.event import Event
from flows.enrich.findings import Enriched
from flows.enrich.times.intervals import ACLED_PRECISION
from flows.records import Span, identify
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.claims import claim_id
from flows.tables.evidence import EVIDENCE, EVIDENCE_CHECKS, OF_ARTICLE, evidence, publish_month, spans

NO_ACTOR = "the text names neither source nor target"


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the events of an article in reading order."""
    article_id = enriched.article.article_id
    text = enriched.article.body.text
    speakers = {quote.speaker: quote.entity for quote in enriched.found.quotes if quote.speaker}
    for event in enriched.found.events:
        reporting = speakers.get(event.speaker) if event.speaker else None
        yield {
            "event_id": event_id(article_id, event),
            **evidence(
                enriched,
                event.span,
                sentence_no=event.sentence_no,
                method="rule",
                rule_id=f"events/{event.rule}",
                null_reason=None if event.sources or event.targets else NO_ACTOR,
            ),
            **_words("trigger", event.trigger, text),
            "cameo_code": event.cameo.code,
            "cameo_root_code": event.cameo.cue_category,
            "quad_class": event.cameo.quad,
            "goldstein": event.cameo.goldstein,
            "plover_type": event.plover.type,
            "plover_mode": event.plover.mode,
            "plover_context": event.plover.context,
            "plover2_type": event.plover.plover2,
            "acled_event_type": event.acled.event_type if event.acled else None,
            "acled_sub_event_type": event.acled.sub_event_type if event.acled else None,
            "acled_disorder_type": event.acled.disorder_type if event.acled else None,
            **_actors("source", event.sources, article_id, text),
            **_actors("target", event.targets, article_id, text),
            "is_reciprocal": event.is_reciprocal,
            "is_main": event.is_main,
            "modality": event.modality,
            **_place(event, article_id),
            **_time(event, article_id),
            "claim_ids": [claim_id(article_id, enriched.found.claims[number]) for number in event.claims],
            **_words("speaker", event.speaker, text),
            "speaker_entity_id": identify("entity", article_id, reporting.key) if reporting else None,
        }


def event_id(article_id: str, event: Event) -> str:
    """Return the id of an event: two may have the same trigger, but not the same code and actors."""
    return identify("event", article_id, *event.identity)


def _words(name: str, span: Span | None, text: str) -> dict[str, Any]:
    """Return the columns of words: as written, first code point, code point after them."""
    return {
        name: span.of(text) if span else None,
        f"{name}_start": span.start if span else None,
        f"{name}_end": span.end if span else None,
    }


def _actors(role: str, actors: Sequence[Actor], article_id: str, text: str) -> dict[str, Any]:
    """Return the columns of the first source or target, and those of all."""
    first = actors[0] if actors else None
    entity = first.entity if first else None
    return {
        **_words(role, first.span if first else None, text),
        f"{role}_code": first.code if first else None,
        f"{role}_country": first.country if first else None,
        f"{role}_sector": first.sector if first else None,
        f"{role}_plover_sector": first.plover_sector if first else None,
        f"{role}_acled_inter": first.inter if first else None,
        f"{role}_entity_id": identify("entity", article_id, entity.key) if entity else None,
        f"{role}s": spans(tuple(actor.span for actor in actors)),
        f"{role}_codes": [actor.code or "" for actor in actors],
    }


def _place(event: Event, article_id: str) -> dict[str, Any]:
    """Return the columns of the place where an event happened."""
    mention = event.place
    point = mention.point if mention else None
    place = mention.place if mention else None
    return {
        "place_id": identify("place", article_id, mention.span.start, mention.span.end) if mention else None,
        "geonameid": place.geonameid if place else None,
        "place_name": point.name if point else None,
        "place_kind": point.kind.value if point else None,
        "country": point.country if point else None,
        "admin1_code": point.admin1 if point else None,
        "latitude": point.latitude if point else None,
        "longitude": point.longitude if point else None,
        "geo_precision": mention.geo_precision if mention else None,
        "place_reason": event.place_reason,
    }


def _time(event: Event, article_id: str) -> dict[str, Any]:
    """Return the columns of the time when an event happened."""
    time = event.time
    return {
        "time_id": identify("time", article_id, time.span.start, time.span.end) if time else None,
        "start_on": time.start if time else None,
        "end_on": time.end if time else None,
        "time_precision": ACLED_PRECISION.get(time.precision or "") if time else None,
        "time_reason": event.time_reason,
    }


def _actor_columns(role: str, does: str) -> tuple[Column, ...]:
    """Return the columns of the sources or the targets; `does` says what they do."""
    return (
        Column(
            role,
            Type.TEXT,
            f"The words that name the first actor who {does}; null where none is named.",
            nullable=True,
        ),
        Column(f"{role}_start", Type.INT64, "First code point of these words.", nullable=True),
        Column(f"{role}_end", Type.INT64, "Code point after these words.", nullable=True),
        Column(
            f"{role}_code",
            Type.TEXT,
            "CAMEO's code of that actor: country and role (`TURMIL`), an international code (`IGOUNO`), or `---` and the role where the country is not known.",
            nullable=True,
        ),
        Column(
            f"{role}_country",
            Type.TEXT,
            "ISO 3166-1 alpha-3 of that actor; null for actors of several countries or of none that is known.",
            nullable=True,
        ),
        Column(
            f"{role}_sector",
            Type.TEXT,
            "CAMEO's role of that actor, such as MIL, GOV, REB or CVL; null where the words name a country alone.",
            nullable=True,
        ),
        Column(f"{role}_plover_sector", Type.TEXT, "PLOVER's sector of that actor.", nullable=True),
        Column(
            f"{role}_acled_inter",
            Type.INT64,
            "ACLED's kind of that actor by its role: 1 state forces, 2 rebels, 3 militias, 6 protesters, 7 civilians, 8 others.",
            nullable=True,
        ),
        Column(
            f"{role}_entity_id",
            Type.TEXT,
            "The entity of `mentions` that these words name; null where they name none.",
            nullable=True,
        ),
        Column(f"{role}s", Type.SPAN_LIST, f"The words of each actor who {does}."),
        Column(f"{role}_codes", Type.TEXT_LIST, f"CAMEO's code of each actor who {does}, in the same order."),
    )


TABLE = Table(
    name="events",
    grain="one event that an article tells: who did what to whom",
    key=("event_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column(
            "event_id", Type.TEXT, "Id of the row, made of the article, the trigger, the code and the actors."
        ),
        *EVIDENCE,
        Column("trigger", Type.TEXT, "The words that name what was done."),
        Column("trigger_start", Type.INT64, "First code point of the trigger."),
        Column("trigger_end", Type.INT64, "Code point after the trigger."),
        Column("cameo_code", Type.TEXT, "CAMEO's event code, with its leading zero: `190`, `0871`."),
        Column("cameo_root_code", Type.TEXT, "Its cue category: the first two digits."),
        Column(
            "quad_class",
            Type.INT64,
            "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict.",
        ),
        Column("goldstein", Type.FLOAT64, "Goldstein's scale of the code: -10 conflict to 10 cooperation."),
        Column(
            "plover_type",
            Type.TEXT,
            "PLOVER's type in the edition of 2018, such as FIGHT; STATEMENT, REQUEST and MASSVIOL for the cue categories 01, 02 and 20 of CAMEO.",
        ),
        Column(
            "plover_mode", Type.TEXT, "PLOVER's mode, such as `arrest`, if the code says one.", nullable=True
        ),
        Column(
            "plover_context",
            Type.TEXT,
            "PLOVER's context, such as `military`, if the code says one.",
            nullable=True,
        ),
        Column(
            "plover2_type",
            Type.TEXT,
            "The type in PLOVER 2, as in POLECAT: one of 16; null for statements.",
            nullable=True,
        ),
        Column(
            "acled_event_type",
            Type.TEXT,
            "ACLED's event type; null if ACLED has no such event.",
            nullable=True,
        ),
        Column("acled_sub_event_type", Type.TEXT, "ACLED's sub-event type.", nullable=True),
        Column(
            "acled_disorder_type",
            Type.TEXT,
            "ACLED's disorder type: Political violence, Demonstrations or Strategic developments.",
            nullable=True,
        ),
        *_actor_columns("source", "acts"),
        *_actor_columns("target", "is acted upon"),
        Column("is_reciprocal", Type.BOOL, "Whether the sources act on each other, as in talks and battles."),
        Column(
            "is_main",
            Type.BOOL,
            "Whether it is what its sentence tells, not background in a subordinate clause.",
        ),
        Column("modality", Type.TEXT, "asserted, planned, threatened, hypothetical or denied."),
        Column(
            "place_id",
            Type.TEXT,
            "The mention of `places` where it happened; null where the text says none.",
            nullable=True,
        ),
        Column("geonameid", Type.INT64, "GeoNames' id of that place.", nullable=True),
        Column("place_name", Type.TEXT, "The name of that place in the gazetteer.", nullable=True),
        Column(
            "place_kind", Type.TEXT, "The kind of that place: country, region, town and so on.", nullable=True
        ),
        Column("country", Type.TEXT, "ISO 3166-1 alpha-2 of that place.", nullable=True),
        Column(
            "admin1_code", Type.TEXT, "GeoNames' code of the first-order region of that place.", nullable=True
        ),
        Column("latitude", Type.FLOAT64, "Degrees north (WGS 84).", nullable=True),
        Column("longitude", Type.FLOAT64, "Degrees east.", nullable=True),
        Column(
            "geo_precision", Type.INT64, "ACLED: 1 the place, 2 near it, 3 a larger region.", nullable=True
        ),
        Column("place_reason", Type.TEXT, "Why that place was chosen, or why none was."),
        Column(
            "time_id",
            Type.TEXT,
            "The expression of `times` that says when it happened; null where the text says none.",
            nullable=True,
        ),
        Column("start_on", Type.DATE, "First day of that time.", nullable=True),
        Column("end_on", Type.DATE, "Last day of that time, included.", nullable=True),
        Column(
            "time_precision", Type.INT64, "ACLED: 1 the day, 2 the week, 3 the month is known.", nullable=True
        ),
        Column("time_reason", Type.TEXT, "Why that time was chosen, or why none was."),
        Column(
            "claim_ids",
            Type.TEXT_LIST,
            "The rows of `claims` that state how many people or things it affected.",
        ),
        Column("speaker", Type.TEXT, "The words that name who reports the event.", nullable=True),
        Column("speaker_start", Type.INT64, "First code point of these words.", nullable=True),
        Column("speaker_end", Type.INT64, "Code point after these words.", nullable=True),
        Column("speaker_entity_id", Type.TEXT, "The entity of `mentions` that they name.", nullable=True),
    ),
    rows=rows,
    indexes=(
        OF_ARTICLE,
        Index(("cameo_code",), "events of a code"),
        Index(("source_code", "target_code"), "what one actor did to another"),
    ),
    checks=(
        *EVIDENCE_CHECKS,
        *words_checks("trigger"),
        Between("quad_class", 1, 4),
        Between("goldstein", -10, 10),
        *words_checks("source"),
        *words_checks("target"),
        Slices("sources"),
        Slices("targets"),
        Refers("source_entity_id", "mentions", "entity_id"),
        Refers("target_entity_id", "mentions", "entity_id"),
        OneOf("modality", ("asserted", "planned", "threatened", "hypothetical", "denied")),
        Refers("place_id", "places", "place_id"),
        Between("latitude", -90, 90),
        Between("longitude", -180, 180),
        Together(("latitude", "longitude")),
        Between("geo_precision", 1, 3),
        Refers("time_id", "times", "time_id"),
        InOrder(("start_on", "end_on")),
        Between("time_precision", 1, 3),
        Refers("claim_ids", "claims", "claim_id"),
        *words_checks("speaker"),
        Refers("speaker_entity_id", "mentions", "entity_id"),
    ),
)
