"""One row for each claim: a number of people or things to whom something happened, and who says so."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import Between, InOrder, OneOf, Refers
from flows.checks import words as words_checks
from flows.enrich.claims.claim import Claim
from flows.enrich.findings import Enriched
from flows.records import Span, identify
from flows.schema import Column, Row, Table, Type
from flows.tables.evidence import EVIDENCE, EVIDENCE_CHECKS, OF_ARTICLE, evidence, publish_month

UNATTRIBUTED = "the text names nobody who says so"


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the claims of an article in reading order, those that repeat an earlier one included."""
    article_id = enriched.article.article_id
    text = enriched.article.body.text
    claims = enriched.found.claims
    ids = [claim_id(article_id, claim) for claim in claims]
    for claim, id_of_claim in zip(claims, ids, strict=True):
        count, affected, said, links = claim.count, claim.affected, claim.attribution, claim.links
        yield {
            "claim_id": id_of_claim,
            **evidence(
                enriched,
                claim.span,
                sentence_no=claim.sentence_no,
                method="rule",
                rule_id=f"claims/{claim.rule}",
                null_reason=None if said.claimant else UNATTRIBUTED,
            ),
            "effect": claim.effect,
            **words("effect_word", claim.trigger, text),
            "low": count.low,
            "best": count.best,
            "high": count.high,
            "bound": count.bound,
            "vague": count.vague,
            "acled_number": count.acled_number,
            **words("number", count.number, text),
            "unit": affected.unit,
            **words("object", affected.span, text),
            "object_type": "person" if affected.is_people else affected.type,
            "victim_type": affected.victim_type,
            "nationality": affected.nationality,
            "victim_entity_id": identify("entity", article_id, affected.entity.key)
            if affected.entity
            else None,
            **words("claimant", said.claimant, text),
            "claimant_entity_id": identify("entity", article_id, said.entity.key) if said.entity else None,
            "claimant_type": said.type,
            **words("cue", said.cue, text),
            "stance": said.stance,
            "claimant_rule": said.rule,
            "is_cumulative": claim.is_cumulative,
            **words("since", claim.since, text),
            "is_negated": claim.is_negated,
            "is_hypothetical": claim.is_hypothetical,
            "is_historical": claim.is_historical,
            "is_part": claim.is_part,
            "repeats_claim_id": ids[claim.repeats] if claim.repeats is not None else None,
            **words("perpetrator", claim.perpetrator, text),
            **words("weapon", claim.weapon, text),
            "place_id": identify("place", article_id, links.place.span.start, links.place.span.end)
            if links.place
            else None,
            "place_reason": links.place_reason,
            "time_id": identify("time", article_id, links.time.span.start, links.time.span.end)
            if links.time
            else None,
            "time_reason": links.time_reason,
        }


def claim_id(article_id: str, claim: Claim) -> str:
    """Return the id of a claim, made of the article, the words of the claim, and its effect."""
    return identify("claim", article_id, claim.span.start, claim.span.end, claim.effect, claim.trigger.start)


def words(column: str, span: Span | None, text: str) -> Row:
    """Return the three columns of words of the text: the words, where they start, where they end."""
    return {
        column: span.of(text) if span else None,
        f"{column}_start": span.start if span else None,
        f"{column}_end": span.end if span else None,
    }


def _words(column: str, means: str, *, nullable: bool = True) -> tuple[Column, ...]:
    """Return the columns of words of the text."""
    return (
        Column(column, Type.TEXT, means, nullable=nullable),
        Column(f"{column}_start", Type.INT64, f"First code point of the {column}.", nullable=nullable),
        Column(f"{column}_end", Type.INT64, f"Code point after the {column}.", nullable=nullable),
    )


EFFECTS = (
    "killed", "wounded", "missing", "displaced", "evacuated", "detained", "arrested", "abducted", "captured", "hostage",
    "rescued", "surrendered", "destroyed", "damaged", "seized", "shot_down",
)  # fmt: skip

BOUNDS = ("exact", "at_least", "at_most", "about", "between", "vague")

TABLE = Table(
    name="claims",
    grain="one number of people or things to whom one thing happened, as one claimant states it at one place of an article",
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
            "What happened: `killed`, `wounded`, `missing`, `displaced`, `evacuated`, `detained`, `arrested`, `abducted`, `captured`, "
            "`hostage`, `rescued`, `surrendered`, `destroyed`, `damaged`, `seized`, `shot_down`.",
        ),
        *_words("effect_word", "The word that says what happened.", nullable=False),
        Column(
            "low",
            Type.INT64,
            "The least number that the words state; null where they leave it open (`up to 50`).",
            nullable=True,
        ),
        Column(
            "best",
            Type.INT64,
            "The number itself; null for a range and for a vague term.",
            nullable=True,
        ),
        Column(
            "high",
            Type.INT64,
            "The greatest number that the words state; null where they leave it open (`at least 50`).",
            nullable=True,
        ),
        Column("bound", Type.TEXT, "`exact`, `at_least`, `at_most`, `about`, `between` or `vague`."),
        Column(
            "vague", Type.TEXT, "The vague term, such as `dozens`; null where there is none.", nullable=True
        ),
        Column(
            "acled_number",
            Type.INT64,
            "The number that ACLED's codebook assigns: 10 for `tens`, 12 for `dozens`, 100 for `hundreds`, 3 for `several` and for a plural; else `best`, "
            "or `low` of a range.",
            nullable=True,
        ),
        *_words("number", "The words of the number, or the article of a single one; null where none counts."),
        Column(
            "unit",
            Type.TEXT,
            "What is counted: `people`, `family`, `household`, or the singular noun of things.",
        ),
        *_words("object", "The words of who or what is counted, without the number.", nullable=False),
        Column(
            "object_type",
            Type.TEXT,
            "`person`, `vehicle`, `aircraft`, `vessel`, `weapon`, `building`, `infrastructure`, `settlement`, `animal` or `goods`; null where the noun is unknown.",
            nullable=True,
        ),
        Column(
            "victim_type",
            Type.TEXT,
            "`civilian`, `military`, `police`, `rebel`, `journalist`, `aid_worker`, `official`, `prisoner`, `child` or `other`; null for things and where the words do not tell it.",
            nullable=True,
        ),
        Column(
            "nationality",
            Type.TEXT,
            "ISO 3166-1 alpha-2 code of the country that the words of the object name.",
            nullable=True,
        ),
        Column(
            "victim_entity_id",
            Type.TEXT,
            "The entity of `mentions` that a named victim is.",
            nullable=True,
        ),
        *_words("claimant", "The words that name who says so; may be a pronoun; null if nobody is named."),
        Column(
            "claimant_entity_id",
            Type.TEXT,
            "The entity of `mentions` that the claimant's words name; null where they name none.",
            nullable=True,
        ),
        Column(
            "claimant_type",
            Type.TEXT,
            "`government`, `military`, `police`, `rebel`, `medical`, `igo`, `ngo`, `media`, `witness` or `company`; null where the words do not tell it.",
            nullable=True,
        ),
        *_words("cue", "The verb or noun of speech, or `according to`; null if nobody is named."),
        Column(
            "stance",
            Type.TEXT,
            "What the claimant does with the number: `asserts`, `denies`, `cannot_confirm` or `revises`.",
        ),
        Column(
            "claimant_rule",
            Type.TEXT,
            "What found the claimant: `clause`, `noun`, `according-to`, `quotation`, or `unattributed`.",
        ),
        Column(
            "is_cumulative",
            Type.BOOL,
            "True if the number adds up a longer time than the news: `15 this month`.",
        ),
        *_words("since", "The words of the time over which a cumulative number runs."),
        Column("is_negated", Type.BOOL, "True if the text says that it did not happen."),
        Column("is_hypothetical", Type.BOOL, "True if the text says that it may happen, or would."),
        Column(
            "is_historical",
            Type.BOOL,
            "True if it happened long before the news: a year or more, or recalled at an anniversary.",
        ),
        Column(
            "is_part",
            Type.BOOL,
            "True if those counted are a part of those of another claim of the sentence: `among them two children`.",
        ),
        Column(
            "repeats_claim_id",
            Type.TEXT,
            "The first claim of the article that this one states again; null for a claim that is new. Leave these out when you count.",
            nullable=True,
        ),
        *_words("perpetrator", "The words that name who did it."),
        *_words("weapon", "The words that name the weapon."),
        Column("place_id", Type.TEXT, "The place of `places` where it happened.", nullable=True),
        Column(
            "place_reason",
            Type.TEXT,
            "Why this place: the nearest of the `clause`, of the `sentence`, of the `sentence before`, or of the `lead`; or why there is none.",
        ),
        Column("time_id", Type.TEXT, "The time of `times` when it happened.", nullable=True),
        Column("time_reason", Type.TEXT, "The same for the time."),
    ),
    rows=rows,
    indexes=(OF_ARTICLE,),
    checks=(
        *EVIDENCE_CHECKS,
        OneOf("effect", EFFECTS),
        *words_checks("effect_word"),
        Between("low", 0),
        InOrder(("low", "best", "high")),
        OneOf("bound", BOUNDS),
        Between("acled_number", 0),
        *words_checks("number"),
        *words_checks("object"),
        *words_checks("claimant"),
        *words_checks("cue"),
        *words_checks("since"),
        *words_checks("perpetrator"),
        *words_checks("weapon"),
        OneOf("stance", ("asserts", "denies", "cannot_confirm", "revises")),
        Refers("victim_entity_id", "mentions", "entity_id"),
        Refers("claimant_entity_id", "mentions", "entity_id"),
        Refers("repeats_claim_id", "claims", "claim_id"),
        Refers("place_id", "places", "place_id"),
        Refers("time_id", "times", "time_id"),
    ),
)
