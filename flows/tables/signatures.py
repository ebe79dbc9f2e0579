"""One row for each article: what it is compared by with others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.checks import InOrder, Refers
from flows.enrich.findings import Enriched
from flows.enrich.stories.signatures import KEY_TERMS, LEAD_CHARS, LEAD_TERMS, NAME_TERMS, Signature
from flows.schema import Column, Row, Table, Type
from flows.tables.evidence import OF_ARTICLE, publish_month


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the one row of an article: the fields of its signature."""
    yield {column.name: getattr(enriched.signature, column.name) for column in TABLE.columns}


def signature_from(row: Row) -> Signature:
    """Return the signature that a row was made of."""
    fields: dict[str, Any] = {
        column.name: tuple(row[column.name]) if column.type is Type.TEXT_LIST else row[column.name]
        for column in TABLE.columns
    }
    return Signature(**fields)


TABLE = Table(
    name="signatures",
    grain="what one article is compared by with others",
    key=("article_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column("article_id", Type.TEXT, "The article; see `articles`.", refers_to="articles"),
        Column("dispatch_key", Type.TEXT, "As in `articles`."),
        Column("source_version", Type.INT64, "As in `articles`."),
        Column("published_at", Type.INSTANT, "As in `articles`.", nullable=True),
        Column("published_on", Type.DATE, "As in `articles`.", nullable=True),
        Column("content_sha256", Type.TEXT, "As in `articles`."),
        Column("headline", Type.TEXT, "As in `articles`.", nullable=True),
        Column(
            "shingle_count",
            Type.INT64,
            "Number of different shingles, three consecutive words in lowercase, in `body_text`, or in the headline if there is no text.",
        ),
        Column(
            "minhash",
            Type.TEXT,
            "128 MinHash values of the shingles, 8 hexadecimal digits each; the share that two articles have in common estimates "
            "their Jaccard similarity. Null for a text without words.",
            nullable=True,
        ),
        Column(
            "key_terms",
            Type.TEXT_LIST,
            f"The {KEY_TERMS} words of headline and text with the greatest tf-idf, the greatest first; empty if the model did not read the text.",
        ),
        Column(
            "lead_terms",
            Type.TEXT_LIST,
            f"The same {LEAD_TERMS} of the headline and the first {LEAD_CHARS} code points of the text.",
        ),
        Column("name_terms", Type.TEXT_LIST, f"The same {NAME_TERMS} of the names in `mentions`."),
        Column("place_ids", Type.TEXT_LIST, "The geonameids of its `places`, each once."),
        Column(
            "outlet",
            Type.TEXT,
            "Who published it, in lowercase: `source_name`, the agency of the dateline, or the host of its address.",
            nullable=True,
        ),
        Column("slug", Type.TEXT, "The slug without marks of its version, in lowercase.", nullable=True),
        Column(
            "headline_key",
            Type.TEXT,
            "The headline without marks such as `UPDATE 2-` and punctuation, in lowercase.",
            nullable=True,
        ),
        Column("version", Type.TEXT, "As in `articles`.", nullable=True),
        Column(
            "killed_low",
            Type.INT64,
            "Least number of people killed in the main event, as the article states it; null if it states none.",
            nullable=True,
        ),
        Column("killed_high", Type.INT64, "Greatest number of people killed.", nullable=True),
        Column("injured_low", Type.INT64, "Least number of people injured.", nullable=True),
        Column("injured_high", Type.INT64, "Greatest number of people injured.", nullable=True),
    ),
    rows=rows,
    indexes=(OF_ARTICLE,),
    checks=(
        Refers("article_id", "articles", "article_id"),
        Refers("dispatch_key", "articles", "dispatch_key"),
        InOrder(("killed_low", "killed_high")),
        InOrder(("injured_low", "injured_high")),
    ),
)
