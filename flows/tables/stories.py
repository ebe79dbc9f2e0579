"""One row for each story and revision: the articles about one event, and the range of its tolls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from flows.checks import Between, InOrder
from flows.enrich.stories.stories import Story
from flows.records import identify
from flows.schema import Column, Index, Row, Table, Type


def rows(story: Story) -> Iterator[Row]:
    """Yield the one row of a story as it stands."""
    yield {
        "snapshot_id": identify("story", story.story_id, story.revision),
        **{column.name: getattr(story, column.name) for column in TABLE.columns[1:]},
    }


def story_from(row: Row) -> Story:
    """Return the story that a row was made of."""
    return Story(
        **{field.name: row[field.name] for field in fields(Story) if field.name != "outlets"},
        outlets=tuple(row["outlets"]),
    )


TABLE = Table(
    name="stories",
    grain="one story as it stands after a revision",
    key=("snapshot_id",),
    partition_by="publish_month",
    month_of=lambda story: story.last_published_on,
    columns=(
        Column("snapshot_id", Type.TEXT, "Id of the row, made of the story and the revision."),
        Column(
            "story_id", Type.TEXT, "Id of the story, made of the article that began it; it never changes."
        ),
        Column(
            "revision",
            Type.INT64,
            "1, and one more with each commit that changed the story; the greatest counts.",
        ),
        Column("headline", Type.TEXT, "Headline of its first member that has one.", nullable=True),
        Column(
            "member_count",
            Type.INT64,
            "Articles in it, with all versions and duplicates; see `story_members`.",
        ),
        Column("duplicate_count", Type.INT64, "Members that repeat another article."),
        Column("update_count", Type.INT64, "Members that update another article."),
        Column(
            "outlets",
            Type.TEXT_LIST,
            "Who published it, in the order of the alphabet; empty where no member says.",
        ),
        Column(
            "first_published_at",
            Type.INSTANT,
            "Earliest publication; null if no member has a date.",
            nullable=True,
        ),
        Column("last_published_at", Type.INSTANT, "Latest publication.", nullable=True),
        Column(
            "last_published_on",
            Type.DATE,
            "Day of the latest publication; its month is the partition.",
            nullable=True,
        ),
        Column(
            "killed_low",
            Type.INT64,
            "Least number of people killed that a member states; null if none states one.",
            nullable=True,
        ),
        Column(
            "killed_high", Type.INT64, "Greatest number of people killed that a member states.", nullable=True
        ),
        Column(
            "injured_low", Type.INT64, "Least number of people injured that a member states.", nullable=True
        ),
        Column(
            "injured_high",
            Type.INT64,
            "Greatest number of people injured that a member states.",
            nullable=True,
        ),
    ),
    rows=rows,
    indexes=(Index(("story_id",), "the revisions of a story"),),
    checks=(
        Between("revision", 1),
        Between("member_count", 1),
        InOrder(("duplicate_count", "member_count")),
        InOrder(("update_count", "member_count")),
        InOrder(("first_published_at", "last_published_at")),
        InOrder(("killed_low", "killed_high")),
        InOrder(("injured_low", "injured_high")),
    ),
)
