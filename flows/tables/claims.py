"""One row for each claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.enrich.claims.claim import Claim
from flows.enrich.findings import Enriched
from flows.records import Span, identify
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import EVIDENCE, OF_ARTICLE, evidence, publish_month

NO_NUMBER = "no word counts them"
NO_CLAIMANT = "the text names no claimant"


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the claims of an article in reading order."""
    article_id = enriched.article.article_id
    text = enriched.article.body.text
    claims = enriched.found.claims
    for claim in claims:
        count, affected, said = claim.count, claim.affected, claim.attribution
        place, time = claim.links.place, claim.links.time
        yield {
            "claim_id": claim_id(article_id, claim),
            **evidence(
                enriched,
                claim.span,
                sentence_no=claim.sentence_no,
                method="rule",
                rule_id=f"claims/{claim.rule}",
                null_reason=_null_reason(claim),
            ),
            "effect": claim.effect,
            **_words("trigger", claim.trigger, text),
            "low": count.low,
            "best": count.best,
            "high": count.high,
            "bound": count.bound,
            "vague": count.vague,
            "acled_number": count.acled_number,
            **_words("number", count.number, text),
            **_words("object", affected.span, text),
            "object_type": "person" if affected.is_people else affected.type,
            "unit": affected.unit,
            "victim_type": affected.victim_type,
            "nationality": affected.nationality,
            "object_entity_id": identify("entity", article_id, affected.entity.key)
            if affected.entity
            else None,
            **_words("claimant", said.claimant, text),
            "claimant_type": said.type,
            "claimant_entity_id": identify("entity", article_id, said.entity.key) if said.entity else None,
            **_words("cue", said.cue, text),
            "stance": said.stance,
            "is_cumulative": claim.is_cumulative,
            **_words("since", claim.since, text),
            "is_negated": claim.is_negated,
            "is_hypothetical": claim.is_hypothetical,
            "is_historical": claim.is_historical,
            "is_part": claim.is_part,
            "repeats_claim_id": None
            if claim.repeats is None
            else claim_id(article_id, claims[claim.repeats]),
            **_words("perpetrator", claim.perpetrator, text),
            **_words("weapon", claim.weapon, text),
            "place_id": identify("place", article_id, place.span.start, place.span.end) if place else None,
            "place_reason": claim.links.place_reason,
            "time_id": identify("time", article_id, time.span.start, time.span.end) if time else None,
            "time_reason": claim.links.time_reason,
        }


def claim_id(article_id: str, claim: Claim) -> str:
    """Return the id of a claim: one number may have several effects, by several triggers."""
    return identify(
        "claim",
        article_id,
        claim.span.start,
        claim.span.end,
        claim.effect,
        claim.trigger.start,
        claim.trigger.end,
    )


def _null_reason(claim: Claim) -> str | None:
    reasons = [
        *([NO_NUMBER] if claim.count.number is None else []),
        *([NO_CLAIMANT] if claim.attribution.claimant is None else []),
    ]
    return "; ".join(reasons) or None


def _words(name: str, span: Span | None, text: str) -> dict[str, Any]:
    """Return the columns of words: as written, first code point, code point after them."""
    return {
        name: span.of(text) if span else None,
        f"{name}_start": span.start if span else None,
        f"{name}_end": span.end if span else None,
    }


def _words_columns(name: str, means: str, *, nullable: bool = True) -> tuple[Column, ...]:
    """Return the columns that `_words` fills."""
    return (
        Column(name, Type.TEXT, means, nullable=nullable),
        Column(f"{name}_start", Type.INT64, "First code point of these words.", nullable=nullable),
        Column(f"{name}_end", Type.INT64, "Code point after these words.", nullable=nullable),
    )


TABLE = Table(
    name="claims",
    grain="one number of people or things that something happened to, as one claimant states it in an article",
    key=("claim_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column(
            "claim_id", Type.TEXT, "Id of the row, made of the article, the span, the effect and the trigger."
        ),
        *EVIDENCE,
        Column(
            "effect",
            Type.TEXT,
            "What happened to them: killed, wounded, missing, displaced, evacuated, detained, arrested, abducted, captured, hostage, rescued, "
            "surrendered; destroyed, damaged, seized, shot_down.",
        ),
        *_words_columns("trigger", "The words that say so: `killed`, `death toll`.", nullable=False),
        Column(
            "low",
            Type.INT64,
            "Least number that the words give; null where they give none (`up to 50`).",
            nullable=True,
        ),
        Column(
            "best",
            Type.INT64,
            "The number that the words state; null for a range and a vague number.",
            nullable=True,
        ),
        Column(
            "high",
            Type.INT64,
            "Greatest number that the words give; null where they give none (`at least 50`).",
            nullable=True,
        ),
        Column("bound", Type.TEXT, "exact, at_least, at_most, about, between or vague."),
        Column(
            "vague", Type.TEXT, "The vague term, such as `dozens`; null for a stated number.", nullable=True
        ),
        Column(
            "acled_number",
            Type.INT64,
            "The number by ACLED's rules for vague ones: several 3, dozens 12, hundreds 100.",
            nullable=True,
        ),
        *_words_columns(
            "number", "The words of the number: `as many as 50`; null for `a soldier`, `civilians`."
        ),
        *_words_columns(
            "object", "The words for who or what is counted, with their adjectives.", nullable=False
        ),
        Column(
            "object_type",
            Type.TEXT,
            "person, or the type of things: vehicle, aircraft, vessel, weapon, building, infrastructure, settlement, animal, goods; null where "
            "the noun does not tell.",
            nullable=True,
        ),
        Column("unit", Type.TEXT, "`people`, or the noun that is counted in the singular: `tank`."),
        Column(
            "victim_type",
            Type.TEXT,
            "civilian, military, police, rebel, journalist, aid_worker, official, prisoner, child or other; null for things, and where the "
            "words do not tell.",
            nullable=True,
        ),
        Column("nationality", Type.TEXT, "ISO 3166-1 alpha-2 of the victims or of the owner.", nullable=True),
        Column(
            "object_entity_id", Type.TEXT, "The entity of `mentions` that the object names.", nullable=True
        ),
        *_words_columns("claimant", "The words for who states it; null where it is unattributed."),
        Column(
            "claimant_type",
            Type.TEXT,
            "government, military, police, rebel, medical, igo, ngo, media, witness, company or other.",
            nullable=True,
        ),
        Column(
            "claimant_entity_id",
            Type.TEXT,
            "The entity of `mentions` that the claimant's words mean.",
            nullable=True,
        ),
        *_words_columns("cue", "The verb or noun of speech, or `according to`."),
        Column("stance", Type.TEXT, "asserts, denies, cannot_confirm or revises."),
        Column("is_cumulative", Type.BOOL, "Whether it is a total over a period, not a new toll."),
        *_words_columns("since", "The words for the period of a total: `this month`."),
        Column("is_negated", Type.BOOL, "Whether the text says that it did not happen: `no one was killed`."),
        Column("is_hypothetical", Type.BOOL, "Whether the text says that it may happen: `could kill`."),
        Column("is_historical", Type.BOOL, "Whether it is background from long before the news."),
        Column(
            "is_part",
            Type.BOOL,
            "Whether they are a part of another claim of the sentence: `among them two children`.",
        ),
        Column(
            "repeats_claim_id",
            Type.TEXT,
            "The earlier claim of the article that this one states again; sums leave such rows out.",
            nullable=True,
        ),
        *_words_columns("perpetrator", "The words for who did it."),
        *_words_columns("weapon", "The words for the weapon or the means: `air strike`."),
        Column(
            "place_id",
            Type.TEXT,
            "The mention of `places` where it happened; null where the text says none.",
            nullable=True,
        ),
        Column("place_reason", Type.TEXT, "Why that place was chosen, or why none was."),
        Column(
            "time_id",
            Type.TEXT,
            "The expression of `times` that says when; null where the text says none.",
            nullable=True,
        ),
        Column("time_reason", Type.TEXT, "Why that time was chosen, or why none was."),
    ),
    rows=rows,
    indexes=(OF_ARTICLE, Index(("effect", "best"), "tolls")),
)
