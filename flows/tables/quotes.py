"""One row for each quotation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.enrich.entities.mentions import Mention
from flows.enrich.findings import Enriched
from flows.records import Span, identify
from flows.schema import Column, Row, Table, Type
from flows.tables.evidence import EVIDENCE, OF_ARTICLE, evidence, publish_month, spans


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the quotations of an article in reading order."""
    article_id = enriched.article.article_id
    text = enriched.article.body.text
    named = enriched.found.mentions
    for quote in enriched.found.quotes:
        speaking = speaker_of(quote.speaker, named)
        yield {
            "quote_id": identify("quote", article_id, quote.span.start, quote.span.end),
            **evidence(
                enriched,
                quote.span,
                sentence_no=quote.sentence_no,
                method="rule",
                rule_id=f"quotes/{quote.rule}",
                null_reason=quote.null_reason,
            ),
            "type": quote.type,
            "content": spans(quote.content),
            "cue": quote.cue.of(text) if quote.cue else None,
            "cue_start": quote.cue.start if quote.cue else None,
            "cue_end": quote.cue.end if quote.cue else None,
            "speaker": quote.speaker.of(text) if quote.speaker else None,
            "speaker_start": quote.speaker.start if quote.speaker else None,
            "speaker_end": quote.speaker.end if quote.speaker else None,
            "entity_id": identify("entity", article_id, speaking.entity.key) if speaking else None,
        }


def speaker_of(speaker: Span | None, named: Sequence[Mention]) -> Mention | None:
    """Return the last mention within the speaker's words that is a person, or else any other."""
    if speaker is None:
        return None
    within = [mention for mention in named if mention.span.overlaps(speaker)]
    people = [mention for mention in within if mention.type == "PER"]
    return next(reversed(people or within), None)


TABLE = Table(
    name="quotes",
    grain="one quotation in an article",
    key=("quote_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column("quote_id", Type.TEXT, "Id of the row, made of the article and the span."),
        *EVIDENCE,
        Column(
            "type",
            Type.TEXT,
            "`direct`: a clause of its own; `mixed`: words that are part of the sentence around them.",
        ),
        Column(
            "content",
            Type.SPAN_LIST,
            "The pieces between quotation marks, without the marks; more than one if words such as `he said` interrupt the quotation, or if it spans paragraphs that the source has joined.",
        ),
        Column(
            "cue",
            Type.TEXT,
            "The verb of speech, or `according to`; null if only a colon or a dash names the speaker.",
            nullable=True,
        ),
        Column("cue_start", Type.INT64, "First code point of the cue.", nullable=True),
        Column("cue_end", Type.INT64, "Code point after the cue.", nullable=True),
        Column("speaker", Type.TEXT, "The words that name the speaker; may be a pronoun.", nullable=True),
        Column("speaker_start", Type.INT64, "First code point of the speaker.", nullable=True),
        Column("speaker_end", Type.INT64, "Code point after the speaker.", nullable=True),
        Column(
            "entity_id",
            Type.TEXT,
            "The entity of `mentions` that the speaker's words name; null where they name none.",
            nullable=True,
        ),
    ),
    rows=rows,
    indexes=(OF_ARTICLE,),
)
