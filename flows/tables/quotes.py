"""One row for each attribution: a quotation, or what somebody is reported to say, think, know or want."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import OneOf, Refers, Slices, words
from flows.enrich.findings import Enriched
from flows.records import Span, identify
from flows.schema import Column, Row, Table, Type
from flows.tables.evidence import EVIDENCE, EVIDENCE_CHECKS, OF_ARTICLE, evidence, publish_month, spans


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the quotations of an article in reading order."""
    article_id = enriched.article.article_id
    text = enriched.article.body.text
    for quote in enriched.found.quotes:
        yield {
            "quote_id": identify(
                "quote", article_id, quote.span.start, quote.span.end, quote.cue.start if quote.cue else -1
            ),
            **evidence(
                enriched,
                quote.span,
                sentence_no=quote.sentence_no,
                method="model" if quote.rule.startswith("syntax/") else "rule",
                rule_id=f"quotes/{quote.rule}",
                null_reason=quote.null_reason,
            ),
            "type": quote.type,
            "content": spans(quote.content),
            **_words("cue", quote.cue, text),
            **_words("speaker", quote.speaker, text),
            "speaker_name": quote.entity.name if quote.entity else None,
            "entity_id": identify("entity", article_id, quote.entity.key) if quote.entity else None,
            **_words("addressee", quote.addressee, text),
            **_words("venue", quote.venue, text),
        }


def _words(column: str, span: Span | None, text: str) -> Row:
    """Return the three columns of words of the text: the words, where they start, where they end."""
    return {
        column: span.of(text) if span else None,
        f"{column}_start": span.start if span else None,
        f"{column}_end": span.end if span else None,
    }


TABLE = Table(
    name="quotes",
    grain="one attribution in an article: a quotation, or what somebody is reported to say, think, know or want",
    key=("quote_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column("quote_id", Type.TEXT, "Id of the row, made of the article, the span and the cue."),
        *EVIDENCE,
        Column(
            "type",
            Type.TEXT,
            "`direct`: all that is said stands between quotation marks; `mixed`: a part of it does; `indirect`: none does. A mixed one without a speaker is a title, or words that the text attributes to nobody.",
        ),
        Column(
            "content",
            Type.SPAN_LIST,
            "The pieces of what is attributed, without quotation marks; more than one if words such as `he said` interrupt it, or if it goes on in the next paragraphs. Of a mixed one the words between marks are pieces of their own; of an indirect one it is the clause or phrase that depends on the cue.",
        ),
        Column(
            "cue",
            Type.TEXT,
            "The verb, noun or adjective that attributes, as `said`, `claim`, `confident`, or `according to`; null if only a colon or a dash names the speaker, or a sentence before.",
            nullable=True,
        ),
        Column("cue_start", Type.INT64, "First code point of the cue.", nullable=True),
        Column("cue_end", Type.INT64, "Code point after the cue.", nullable=True),
        Column(
            "speaker",
            Type.TEXT,
            "The words that name the speaker, or who thinks or wants; may be a pronoun, as `he` or `who`. Null if the text names nobody.",
            nullable=True,
        ),
        Column("speaker_start", Type.INT64, "First code point of the speaker.", nullable=True),
        Column("speaker_end", Type.INT64, "Code point after the speaker.", nullable=True),
        Column(
            "speaker_name",
            Type.TEXT,
            "Name of the entity that the speaker's words mean, also where they are a pronoun or a role; null where they mean none of `mentions`.",
            nullable=True,
        ),
        Column(
            "entity_id",
            Type.TEXT,
            "That entity in `mentions`.",
            nullable=True,
        ),
        Column(
            "addressee",
            Type.TEXT,
            "The words that name who is spoken to: `reporters` of `told reporters`; null if the text does not say.",
            nullable=True,
        ),
        Column("addressee_start", Type.INT64, "First code point of the addressee.", nullable=True),
        Column("addressee_end", Type.INT64, "Code point after the addressee.", nullable=True),
        Column(
            "venue",
            Type.TEXT,
            "The words for where or by what means it is said: `at a news conference`, `in a statement`, `on Twitter`; null if the text does not say.",
            nullable=True,
        ),
        Column("venue_start", Type.INT64, "First code point of the venue.", nullable=True),
        Column("venue_end", Type.INT64, "Code point after the venue.", nullable=True),
    ),
    rows=rows,
    indexes=(OF_ARTICLE,),
    checks=(
        *EVIDENCE_CHECKS,
        OneOf("type", ("direct", "mixed", "indirect")),
        Slices("content"),
        *words("cue"),
        *words("speaker"),
        *words("addressee"),
        *words("venue"),
        Refers("entity_id", "mentions", "entity_id"),
    ),
)
