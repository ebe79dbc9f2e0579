"""One row for each difference between a version of a dispatch and the version before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.checks import InOrder, OneOf, Refers, Together
from flows.enrich.stories.changes import Difference
from flows.enrich.stories.membership import Membership
from flows.records import identify
from flows.schema import Column, Row, Table, Type
from flows.tables.evidence import OF_ARTICLE


@dataclass(frozen=True, slots=True)
class Revision:
    """A member of a story that updates another article, and what changed."""

    member: Membership
    previous_id: str
    differences: tuple[Difference, ...]


def rows(revision: Revision) -> Iterator[Row]:
    """Yield the differences in their order."""
    article_id = revision.member.signature.article_id
    for number, each in enumerate(revision.differences):
        yield {
            "change_id": identify("change", article_id, revision.previous_id, number),
            "article_id": article_id,
            "previous_article_id": revision.previous_id,
            "story_id": revision.member.story_id,
            "version_no": revision.member.version_no,
            "kind": each.kind,
            "effect": each.effect,
            "char_start": each.span.start if each.span else None,
            "char_end": each.span.end if each.span else None,
            "surface": each.surface,
            "low": each.values[0],
            "best": each.values[1],
            "high": each.values[2],
            "claim_id": each.claim_id,
            "previous_char_start": each.previous_span.start if each.previous_span else None,
            "previous_char_end": each.previous_span.end if each.previous_span else None,
            "previous_surface": each.previous_surface,
            "previous_low": each.previous_values[0],
            "previous_best": each.previous_values[1],
            "previous_high": each.previous_values[2],
            "previous_claim_id": each.previous_claim_id,
        }


def _side(prefix: str, of: str) -> tuple[Column, ...]:
    """The columns of one side of a difference, null where that side has nothing."""
    return (
        Column(
            f"{prefix}char_start",
            Type.INT64,
            f"Offset of its first code point in the text of {of}.",
            nullable=True,
        ),
        Column(f"{prefix}char_end", Type.INT64, "Offset after its last code point.", nullable=True),
        Column(
            f"{prefix}surface",
            Type.TEXT,
            f"The words in {of}: the sentence, the claim, or the headline.",
            nullable=True,
        ),
        Column(f"{prefix}low", Type.INT64, f"Least number of the toll or the claim in {of}.", nullable=True),
        Column(f"{prefix}best", Type.INT64, "Its best estimate.", nullable=True),
        Column(f"{prefix}high", Type.INT64, "Its greatest number.", nullable=True),
        Column(f"{prefix}claim_id", Type.TEXT, f"The claim in {of}; see `claims`.", nullable=True),
    )


KINDS = (
    "headline_changed", "toll_changed", "claim_added", "claim_revised", "claim_withdrawn", "text_added", "text_removed",
)  # fmt: skip

TABLE = Table(
    name="changes",
    grain="one difference between a version of a dispatch and the version before",
    key=("change_id",),
    partition_by="publish_month",
    month_of=lambda revision: revision.member.signature.published_on,
    columns=(
        Column(
            "change_id", Type.TEXT, "Id of the row, made of both articles and the number of the difference."
        ),
        Column("article_id", Type.TEXT, "The version; see `articles`.", refers_to="articles"),
        Column(
            "previous_article_id",
            Type.TEXT,
            "The version before it: `updates_article_id` of `story_members`.",
        ),
        Column("story_id", Type.TEXT, "The story of both; see `stories`."),
        Column("version_no", Type.INT64, "As in `story_members`."),
        Column(
            "kind",
            Type.TEXT,
            "`headline_changed`, `toll_changed`, `claim_added`, `claim_revised`, `claim_withdrawn`, `text_added` or `text_removed` (a sentence).",
        ),
        Column("effect", Type.TEXT, "Effect of the toll or the claim, such as `killed`.", nullable=True),
        *_side("", "this version"),
        *_side("previous_", "the version before"),
    ),
    rows=rows,
    indexes=(OF_ARTICLE,),
    checks=(
        Refers("article_id", "story_members", "article_id"),
        Refers("story_id", "stories", "story_id"),
        OneOf("kind", KINDS),
        Together(("char_start", "char_end")),
        InOrder(("char_start", "char_end")),
        Together(("previous_char_start", "previous_char_end")),
        InOrder(("previous_char_start", "previous_char_end")),
        InOrder(("low", "best", "high")),
        InOrder(("previous_low", "previous_best", "previous_high")),
    ),
)
