"""The columns that every extracted row has, and their values."""

from __future__ import annotations

from datetime import date
from typing import Any

from flows.checks import Between, OneOf, Refers, Slice
from flows.enrich.findings import Enriched
from flows.records import Span
from flows.schema import Column, Index, Type

EVIDENCE = (
    Column(
        "article_id", Type.TEXT, "The article in which it was found; see `articles`.", refers_to="articles"
    ),
    Column("sentence_no", Type.INT64, "Number of the sentence in which it begins, from 0."),
    Column("char_start", Type.INT64, "Offset of its first code point in `body_text`, from 0."),
    Column(
        "char_end",
        Type.INT64,
        "Offset after its last code point: `body_text[char_start:char_end] = surface`.",
    ),
    Column("surface", Type.TEXT, "Its text, as written in `body_text`."),
    Column(
        "confidence",
        Type.FLOAT64,
        "Probability, 0 to 1: of the chosen place among the candidates, or of the type of a name. Null where a rule decides.",
        nullable=True,
    ),
    Column("method", Type.TEXT, "`model` or `rule`."),
    Column("rule_id", Type.TEXT, "What found it: a rule, or the language model with its version and label."),
    Column(
        "null_reason", Type.TEXT, "Why a value of the row is null; itself null where none is.", nullable=True
    ),
)

EVIDENCE_CHECKS = (
    Refers("article_id", "articles", "article_id"),
    Between("sentence_no", 0),
    Slice("char_start", "char_end", "surface"),
    Between("confidence", 0, 1),
    OneOf("method", ("model", "rule")),
)

OF_ARTICLE = Index(("article_id",), "the rows of an article")


def evidence(
    enriched: Enriched,
    span: Span,
    *,
    sentence_no: int,
    method: str,
    rule_id: str,
    confidence: float | None = None,
    null_reason: str | None = None,
) -> dict[str, Any]:
    """Return the values of the evidence columns; the surface is cut from the text, never copied."""
    return {
        "article_id": enriched.article.article_id,
        "sentence_no": sentence_no,
        "char_start": span.start,
        "char_end": span.end,
        "surface": span.of(enriched.article.body.text),
        "confidence": confidence,
        "method": method,
        "rule_id": rule_id,
        "null_reason": null_reason,
    }


def spans(found: tuple[Span, ...]) -> list[dict[str, int]]:
    """Return spans in the shape of a SPAN_LIST column."""
    return [{"char_start": span.start, "char_end": span.end} for span in found]


def publish_month(enriched: Enriched) -> date | None:
    """Return the day whose month an article's rows are filed under."""
    return enriched.article.published_on
