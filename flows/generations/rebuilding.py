"""Articles made again from their committed rows, so that fields can be extracted anew when the sources are there no longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.errors import LostFile
from flows.records import (
    Article,
    Body,
    Dateline,
    Decoded,
    Header,
    PublishedAt,
    RawDispatch,
    Segment,
    Source,
    Span,
)
from flows.schema import Row

DERIVED = frozenset(
    {
        "language",
        "language_confidence",
        "language_null_reason",
        "sentences",
        "sentence_count",
        "mention_count",
        "place_count",
        "time_count",
        "quote_count",
        "claim_count",
        "killed_low",
        "killed_high",
        "injured_low",
        "injured_high",
        "mentions_null_reason",
        "topics",
        "topic_words",
        "headline_topic_words",
        "tone",
        "tone_positive_share",
        "tone_negative_share",
        "tone_words",
    }
)
"""Columns of `articles` that are computed from the text. The others state what the dispatch says and where it came from."""


def article_from(row: Row) -> Article:
    """Return the article of a row, without the bytes that it was parsed from and without the year of its dateline.

    Both shape only columns that are not derived: those of the row stay as they are.

    Raises:
        LostFile: the id of the row is not made of its lineage.
    """
    source = Source(
        row["uri"],
        row["source_sha256"],
        row["format"],
        row["source_version"],
        row["supersedes_sha256"],
        row["fetched_at"],
    )
    raw = RawDispatch(source, row["dispatch_no"], row["byte_start"], row["byte_end"], b"")
    body = Body(
        text=row["body_text"],
        paragraphs=tuple(map(_span, row["paragraphs"])),
        dropped_controls=row["dropped_control_count"],
        dateline=_dateline(row),
        segments=tuple(Segment(each["kind"], _span(each)) for each in row["segments"]),
    )
    article = Article(raw, _header(row), body, Decoded("", row["encoding"], row["encoding_from"]))
    if article.article_id != row["article_id"]:
        raise LostFile(
            f"article {row['article_id']}", "another lineage", f"that of article {article.article_id}"
        )
    return article


def _span(each: Mapping[str, Any]) -> Span:
    return Span(each["char_start"], each["char_end"])


def _dateline(row: Row) -> Dateline | None:
    if all(row[name] is None for name in ("dateline_start", "dateline_day", "agency")):
        return None
    span = None if row["dateline_start"] is None else Span(row["dateline_start"], row["dateline_end"])
    return Dateline(row["dateline"] or "", row["located"], row["dateline_day"], None, row["agency"], span)


def _header(row: Row) -> Header:
    published = None
    if row["published_at"] is not None:
        published = PublishedAt(
            row["published_at"],
            row["published_on"],
            row["published_precision"],
            row["published_zone_from"],
            row["date_raw"],
        )
    return Header(
        published=published,
        headline=row["headline"],
        byline=row["byline"],
        source_name=row["source_name"],
        located=row["located"],
        dateline=row["dateline"],
        language=row["language_stated"],
        section=row["section"],
        keywords=tuple(row["keywords"]),
        urgency=row["urgency"],
        copyright_notice=row["copyright_notice"],
        document_identifier=row["document_identifier"],
        url=row["url"],
        version=row["version"],
        pub_status=row["pub_status"],
        edition_note=row["edition_note"],
        rest=dict(row["header"]),
    )
