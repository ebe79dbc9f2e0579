"""One row for each expression of time."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import Between, InOrder, OneOf, Together
from flows.enrich.findings import Enriched
from flows.enrich.times.intervals import ACLED_PRECISION, UCDP_PRECISION
from flows.records import identify
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import EVIDENCE, EVIDENCE_CHECKS, OF_ARTICLE, evidence, publish_month


def rows(enriched: Enriched) -> Iterator[Row]:
    """Yield the expressions of time of an article in reading order."""
    article_id = enriched.article.article_id
    for time in enriched.found.times:
        precision = time.precision or ""
        yield {
            "time_id": identify("time", article_id, time.span.start, time.span.end),
            **evidence(
                enriched,
                time.span,
                sentence_no=time.sentence_no,
                method="rule",
                rule_id=f"times/{time.rule}",
                null_reason=time.null_reason,
            ),
            "type": time.type,
            "value": time.value,
            "start_on": time.start,
            "end_on": time.end,
            "precision": time.precision,
            "time_precision": ACLED_PRECISION.get(precision),
            "date_prec": UCDP_PRECISION.get(precision),
            "anchor": time.anchor_from,
            "anchor_on": time.anchor,
        }


PRECISIONS = ("day", "week", "month", "quarter", "season", "half", "year", "decade", "century")

TABLE = Table(
    name="times",
    grain="one expression of time in an article",
    key=("time_id",),
    partition_by="publish_month",
    month_of=publish_month,
    columns=(
        Column("time_id", Type.TEXT, "Id of the row, made of the article and the span."),
        *EVIDENCE,
        Column("type", Type.TEXT, "TIMEX3 type: DATE, TIME, DURATION or SET."),
        Column(
            "value",
            Type.TEXT,
            "TIMEX3 value, such as `2020-02-12`, `2020-W07`, `P9Y` or `PAST_REF`; two days with `/` between them are an interval.",
        ),
        Column("start_on", Type.DATE, "First day of the interval.", nullable=True),
        Column("end_on", Type.DATE, "Last day of the interval, included.", nullable=True),
        Column(
            "precision",
            Type.TEXT,
            "day, week, month, quarter, season, half, year, decade or century.",
            nullable=True,
        ),
        Column(
            "time_precision",
            Type.INT64,
            "ACLED: 1 the day, 2 the week, 3 the month is known; null for longer.",
            nullable=True,
        ),
        Column(
            "date_prec",
            Type.INT64,
            "UCDP GED: 1 day, 3 week, 4 month, 5 up to a year; null for longer.",
            nullable=True,
        ),
        Column(
            "anchor",
            Type.TEXT,
            "What a relative expression was counted from: `publication`, or `text`, the time named before it; null where none was needed.",
            nullable=True,
        ),
        Column("anchor_on", Type.DATE, "The day it was counted from.", nullable=True),
    ),
    rows=rows,
    indexes=(OF_ARTICLE, Index(("start_on", "end_on"), "what is said of a period")),
    checks=(
        *EVIDENCE_CHECKS,
        OneOf("type", ("DATE", "TIME", "DURATION", "SET")),
        Together(("start_on", "end_on", "precision")),
        InOrder(("start_on", "end_on")),
        OneOf("precision", PRECISIONS),
        Between("time_precision", 1, 3),
        Between("date_prec", 1, 5),
        OneOf("anchor", ("publication", "text")),
        Together(("anchor", "anchor_on")),
    ),
)
