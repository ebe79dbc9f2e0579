"""One row for each article: the story it belongs to, what it repeats or updates, and why it was joined."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks import Between, InOrder, OneOf, Refers
from flows.enrich.stories.membership import Membership
from flows.records import identify
from flows.schema import Column, Index, Row, Table, Type
from flows.tables.evidence import OF_ARTICLE


def rows(member: Membership) -> Iterator[Row]:
    """Yield the one row of a membership."""
    signature, link, duplicate, update = member.signature, member.link, member.duplicate, member.update
    yield {
        "member_id": identify("member", signature.article_id, member.revision),
        "article_id": signature.article_id,
        "story_id": member.story_id,
        "revision": member.revision,
        "published_at": signature.published_at,
        "outlet": signature.outlet,
        "reason": member.reason,
        "probability": member.probability,
        "linked_article_id": link.article_id if link else None,
        "link_probability": link.probability if link else None,
        "text_similarity": link.similarity.text if link else None,
        "lead_similarity": link.similarity.lead if link else None,
        "name_similarity": link.similarity.names if link else None,
        "place_similarity": link.similarity.places if link else None,
        "days_apart": link.similarity.days if link else None,
        "shared_terms": link.shared_terms if link else (),
        "shared_place_ids": link.shared_place_ids if link else (),
        "duplicate_of": duplicate.duplicate_of if duplicate else None,
        "duplicate_kind": duplicate.kind if duplicate else None,
        "duplicate_jaccard": duplicate.jaccard if duplicate else None,
        "updates_article_id": update.previous_id if update else None,
        "update_rule": update.rule if update else None,
        "version_no": member.version_no,
        "killed_low": signature.killed_low,
        "killed_high": signature.killed_high,
        "injured_low": signature.injured_low,
        "injured_high": signature.injured_high,
    }


def _of_link(name: str, means: str, kind: Type = Type.FLOAT64) -> Column:
    """A column about the article to which it is linked, null for the first of a story."""
    return Column(name, kind, means, nullable=True)


TABLE = Table(
    name="story_members",
    grain="the story of one article, in one revision",
    key=("member_id",),
    partition_by="publish_month",
    month_of=lambda member: member.signature.published_on,
    columns=(
        Column("member_id", Type.TEXT, "Id of the row, made of the article and the revision."),
        Column("article_id", Type.TEXT, "The article; see `articles`.", refers_to="articles"),
        Column("story_id", Type.TEXT, "The story it belongs to; see `stories`."),
        Column(
            "revision",
            Type.INT64,
            "1, and one more each time a user has moved the article to another story; the greatest counts.",
        ),
        Column("published_at", Type.INSTANT, "As in `articles`.", nullable=True),
        Column("outlet", Type.TEXT, "As in `signatures`.", nullable=True),
        Column(
            "reason",
            Type.TEXT,
            "`first` of the story; `duplicate` or `update` of a member; `event`: it reports the same event by its features; "
            "`split`: a user took it out of another story.",
        ),
        _of_link(
            "probability",
            "Probability (0 to 1) that it reports the same event as the others: that of its mean score against all other members. Null for the first.",
        ),
        _of_link(
            "linked_article_id",
            "The member to which the following columns compare it: the one it repeats or updates, else the most similar one.",
            Type.TEXT,
        ),
        _of_link("link_probability", "Probability that these two report the same event."),
        _of_link("text_similarity", "Cosine of their key terms, each with its inverse document frequency."),
        _of_link("lead_similarity", "Cosine of the terms of their headlines and first paragraphs."),
        _of_link("name_similarity", "Cosine of the words of the names in them."),
        _of_link("place_similarity", "Cosine of the places in them."),
        _of_link("days_apart", "Days between their publication; null if one has no date.", Type.INT64),
        Column(
            "shared_terms", Type.TEXT_LIST, "Key terms and words of names that both have, the rarest first."
        ),
        Column("shared_place_ids", Type.TEXT_LIST, "The geonameids of places that both name."),
        Column(
            "duplicate_of",
            Type.TEXT,
            "The first known article with the same or nearly the same text; null if there is none.",
            nullable=True,
        ),
        Column(
            "duplicate_kind",
            Type.TEXT,
            "`exact`: `body_text` is equal; `near`: the Jaccard similarity of the shingles is .8 or more.",
            nullable=True,
        ),
        Column("duplicate_jaccard", Type.FLOAT64, "That similarity, computed exactly.", nullable=True),
        Column(
            "updates_article_id",
            Type.TEXT,
            "The version of the dispatch before this one; what changed is in `changes`.",
            nullable=True,
        ),
        Column(
            "update_rule",
            Type.TEXT,
            "By what they are versions of one dispatch: `source` (the file or the item of the feed changed), or the `slug`, the "
            "`headline` or the `text` of dispatches of one outlet within three days.",
            nullable=True,
        ),
        Column(
            "version_no",
            Type.INT64,
            "1 for a dispatch that updates none, else one more than the version before.",
        ),
        Column(
            "killed_low", Type.INT64, "As in `signatures`: the toll as this member states it.", nullable=True
        ),
        Column("killed_high", Type.INT64, "As in `signatures`.", nullable=True),
        Column("injured_low", Type.INT64, "As in `signatures`.", nullable=True),
        Column("injured_high", Type.INT64, "As in `signatures`.", nullable=True),
    ),
    rows=rows,
    indexes=(OF_ARTICLE, Index(("story_id",), "the members of a story")),
    checks=(
        Refers("story_id", "stories", "story_id"),
        Between("revision", 1),
        OneOf("reason", ("first", "duplicate", "update", "event", "split")),
        Between("probability", 0, 1),
        Between("link_probability", 0, 1),
        Between("text_similarity", 0, 1),
        Between("lead_similarity", 0, 1),
        Between("name_similarity", 0, 1),
        Between("place_similarity", 0, 1),
        Between("days_apart", 0),
        OneOf("duplicate_kind", ("exact", "near")),
        Between("duplicate_jaccard", 0, 1),
        OneOf("update_rule", ("source", "slug", "headline", "text")),
        Between("version_no", 1),
        InOrder(("killed_low", "killed_high")),
        InOrder(("injured_low", "injured_high")),
    ),
)
