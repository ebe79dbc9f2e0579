"""One row for each mention of an entity."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import OneOf
from flows.enrich.findings import Enriched
from flows.records import identify
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import EVIDENCE, EVIDENCE_CHECKS, OF_ARTICLE, evidence, publish_month


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the mentions of an article in reading order."""
    article_id = enriched.article.article_id
    for mention in enriched.found.mentions:
        yield {
            "mention_id": identify("mention", article_id, mention.span.start, mention.span.end),
            **evidence(
                enriched,
                mention.span,
                sentence_no=mention.sentence_no,
                method="model" if mention.label else "rule",
                rule_id=f"{enriched.reading.model}/{mention.label}"
                if mention.label
                else f"mentions/{mention.rule}",
                confidence=round(mention.probability, 4) if mention.probability is not None else None,
            ),
            "type": mention.type,
            "kind": mention.kind,
            "entity_id": identify("entity", article_id, mention.entity.key),
            "canonical_name": mention.entity.name,
            "role_title": mention.role,
            "country": mention.entity.country,
            "sector": mention.entity.sector,
        }


TYPES = (
    "PER", "ORG", "GPE", "LOC", "FAC", "NORP", "WEAPON", "EVENT", "PRODUCT", "WORK", "LAW", "LANGUAGE",
)  # fmt: skip

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
            "(nationality, religion, party), WEAPON (vehicles too), EVENT, PRODUCT, WORK (of art), LAW or LANGUAGE.",
        ),
        Column(
            "kind",
            Type.TEXT,
            "name, nominal (an office or an organisation in lowercase: `Syrian army`) or pronoun.",
        ),
        Column("entity_id", Type.TEXT, "The same for all mentions of one entity within the article."),
        Column(
            "canonical_name",
            Type.TEXT,
            "The entity's fullest name in the article, without title; the gazetteer's name of a place.",
        ),
        Column(
            "role_title",
            Type.TEXT,
            "The title before the name (`Mr`, `Foreign Minister`), or the words of the mention itself if it is an office or an organisation.",
            nullable=True,
        ),
        Column(
            "country",
            Type.TEXT,
            "ISO 3166-1 alpha-2: the country where a place lies, or that a demonym, an office or an organisation belongs to. An organisation that "
            "every state has (`the Supreme Court`) has the country that the text around it names, or null.",
            nullable=True,
        ),
        Column(
            "sector",
            Type.TEXT,
            "CAMEO's role code of a person or an organisation (GOV, MIL, REB, OPP, PTY, COP, JUD, LEG, SPY, IGO, NGO, MED, EDU, BUS, CVL, CRM); the kind of a "
            "weapon (aircraft, drone, vehicle, artillery, missile, firearm, explosive, vessel, chemical or blade).",
            nullable=True,
        ),
    ),
    rows=rows,
    indexes=(OF_ARTICLE, Index(("canonical_name",), "what is said of an entity")),
    checks=(
        *EVIDENCE_CHECKS,
        OneOf("type", TYPES),
        OneOf("kind", ("name", "nominal", "pronoun")),
    ),
)
