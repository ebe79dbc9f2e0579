"""One row for each amount."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import InOrder, OneOf, words
from flows.enrich.findings import Enriched
from flows.records import identify
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import EVIDENCE, EVIDENCE_CHECKS, OF_ARTICLE, evidence, publish_month


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the amounts of an article in reading order."""
    article_id = enriched.article.article_id
    text = enriched.article.body.text
    for amount in enriched.found.amounts:
        counted = amount.counted
        yield {
            "amount_id": identify("amount", article_id, amount.span.start, amount.span.end, amount.kind),
            **evidence(
                enriched,
                amount.span,
                sentence_no=amount.sentence_no,
                method="rule",
                rule_id=f"amounts/{amount.rule}",
                null_reason=amount.null_reason,
            ),
            "kind": amount.kind,
            "low": _float(amount.low),
            "best": _float(amount.best),
            "high": _float(amount.high),
            "bound": amount.bound,
            "vague": amount.vague,
            "currency": amount.currency,
            "currency_from": amount.currency_from,
            "unit": amount.unit,
            "si_low": amount.si_low,
            "si_value": amount.si_value,
            "si_high": amount.si_high,
            "si_unit": amount.si_unit,
            "counted": counted.of(text) if counted else None,
            "counted_start": counted.start if counted else None,
            "counted_end": counted.end if counted else None,
        }


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


TABLE = Table(
    name="amounts",
    grain="one sum of money, quantity in a unit of measure, percentage or age in an article",
    key=("amount_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column("amount_id", Type.TEXT, "Id of the row, made of the article, the span and the kind."),
        *EVIDENCE,
        Column("kind", Type.TEXT, "MONEY, QUANTITY, PERCENT or AGE."),
        Column(
            "low",
            Type.FLOAT64,
            "Least value that the words give, in `unit` or in the main unit of `currency`; null where they give none (`up to 50`).",
            nullable=True,
        ),
        Column(
            "best",
            Type.FLOAT64,
            "The value that the words state; null for a range and for a vague number.",
            nullable=True,
        ),
        Column(
            "high",
            Type.FLOAT64,
            "Greatest value that the words give; null where they give none (`more than 50`).",
            nullable=True,
        ),
        Column("bound", Type.TEXT, "exact, at_least, at_most, about, between or vague."),
        Column(
            "vague", Type.TEXT, "The vague term, such as `hundreds`; null for a stated number.", nullable=True
        ),
        Column(
            "currency",
            Type.TEXT,
            "ISO 4217, also of currencies of the past; null where the kind is not MONEY, or where the words leave it open.",
            nullable=True,
        ),
        Column(
            "currency_from",
            Type.TEXT,
            "What decided the currency: `words` (`US$`, `Syrian pounds`), `place` (a place of the text), or `default`, the usual meaning of the sign or noun.",
            nullable=True,
        ),
        Column(
            "unit",
            Type.TEXT,
            "The unit as stated, in the singular, such as `kilometer`, `percent` or `year`; null for money.",
            nullable=True,
        ),
        Column("si_low", Type.FLOAT64, "`low` in `si_unit`.", nullable=True),
        Column(
            "si_value",
            Type.FLOAT64,
            "`best` in `si_unit`; of a percentage, the share from 0 to 1.",
            nullable=True,
        ),
        Column("si_high", Type.FLOAT64, "`high` in `si_unit`.", nullable=True),
        Column(
            "si_unit",
            Type.TEXT,
            "Unit of the International System: m, m², m³, kg, m/s, m³/s, K, W, J, V, A, Hz, Pa, Sv, Bq, or 1 for percentages; null for money and ages.",
            nullable=True,
        ),
        Column(
            "counted",
            Type.TEXT,
            "Words of what is counted: `rice` in `30 tonnes of rice`, `man` in `a 34-year-old man`; null where none stands beside the amount.",
            nullable=True,
        ),
        Column(
            "counted_start", Type.INT64, "First code point of the words of what is counted.", nullable=True
        ),
        Column("counted_end", Type.INT64, "Code point after them.", nullable=True),
    ),
    rows=rows,
    indexes=(OF_ARTICLE, Index(("kind", "currency"), "sums of money")),
    checks=(
        *EVIDENCE_CHECKS,
        OneOf("kind", ("MONEY", "QUANTITY", "PERCENT", "AGE")),
        InOrder(("low", "best", "high")),
        InOrder(("si_low", "si_value", "si_high")),
        OneOf("bound", ("exact", "at_least", "at_most", "about", "between", "vague")),
        OneOf("currency_from", ("words", "place", "default")),
        *words("counted"),
    ),
)
