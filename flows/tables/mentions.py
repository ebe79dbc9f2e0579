"""One row for each mention of an entity."""

from __future__ import annotations

from collections.abc import Iterator

from flows.enrich import mentions
from flows.records import Enriched, identify
from flows.schema import Column, Row, Table, Type
from flows.tables.evidence import EVIDENCE, evidence, publish_month


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the mentions of an article in reading order."""
    article_id = enriched.article.article_id
    for mention in mentions.FIELD.of(enriched):
        yield {
            "mention_id": identify("mention", article_id, mention.span.start, mention.span.end),
            **evidence(
                enriched,
                mention.span,
                sentence_no=mention.sentence_no,
                method="model",
                rule_id=f"{enriched.reading.model}/{mention.label}",
                confidence=enriched.reading.precision.get(mention.label),
            ),
            "type": mention.type,
            "entity_id": identify("entity", article_id, mention.entity),
            "canonical_name": mention.name,
        }


TABLE = Table(
    name="mentions",
    grain="one mention of an entity in an article",
    key=("mention_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column("mention_id", Type.TEXT, "Id of the row, made of the article and the span."),
        *EVIDENCE,
        Column(
            "type",
            Type.TEXT,
            "PER, ORG, GPE (country, city, state), LOC (other places), FAC (buildings, roads), NORP "
            "(nationality, religion, party), EVENT, PRODUCT, WORK (of art), LAW or LANGUAGE.",
        ),
        Column("entity_id", Type.TEXT, "The same for all mentions of one entity within the article."),
        Column("canonical_name", Type.TEXT, "The entity's fullest name in the article, without title."),
    ),
    rows=rows,
)
