"""One row for each dispatch that was rejected."""

from __future__ import annotations

from collections.abc import Iterator

from flows.records import EXCERPT_BYTES, Rejected
from flows.schema import Column, Row, Table, Type
from flows.tables.lineage import LINEAGE, LINEAGE_CHECKS, lineage


def rows(rejected: Rejected) -> Iterator[Row]:
    """Yield the one row of a refusal."""
    yield {
        "reject_id": rejected.raw.dispatch_id,
        **lineage(rejected.raw),
        "code": rejected.code,
        "why": rejected.why,
        "excerpt": rejected.excerpt,
    }


TABLE = Table(
    name="rejects",
    grain="one dispatch, or one whole file, that was not understood",
    key=("reject_id",),
    partition_by="fetched_month",
    month_of=lambda rejected: rejected.raw.source.fetched_at.date(),
    columns=(
        Column(
            "reject_id",
            Type.TEXT,
            "Id of the dispatch, made of uri, source_sha256, source_version and dispatch_no.",
        ),
        *LINEAGE,
        Column(
            "code",
            Type.TEXT,
            "Stable code of the reason, such as `header.date.unreadable`; see flows/README.md.",
        ),
        Column("why", Type.TEXT, "The reason as a sentence, with the offending value."),
        Column(
            "excerpt",
            Type.TEXT,
            f"The first {EXCERPT_BYTES} bytes on one line: what cannot be seen, and what is no UTF-8, is an escape such as `\\n` or `\\xff`. "
            "Null where nothing was read, for an erased dispatch, and in rows older than the column.",
            nullable=True,
        ),
    ),
    rows=rows,
    checks=(*LINEAGE_CHECKS,),
)
