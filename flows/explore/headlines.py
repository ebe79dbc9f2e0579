"""What an article is called: its headline, else its first words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.dataset as ds

from flows.schema import Row
from flows.warehouse.snapshot import Snapshot

CHARACTERS = 90

BEFORE = re.compile(r"\A(?:\[[A-Z ]{1,40}\]|[\s:–—-])+")
"""Dashes and marks such as `[TEXT]` between a dateline and the news."""


def with_headlines(snapshot: Snapshot, shown: pa.Table) -> pa.Table:
    """Return the articles with their first words where they have no headline; null where there is no text either."""
    ids: Sequence[str] = shown.filter(shown["headline"].is_null())["article_id"].to_pylist()
    of_these = ds.field("article_id").isin(pa.array(ids, pa.string()))
    found = {
        row["article_id"]: first_words(row)
        for batch in snapshot.rows(
            "articles", ["article_id", "body_text", "segments"], where=of_these
        ).to_batches()
        for row in batch.to_pylist()
    }
    headlines = [
        found.get(article_id) if headline is None else headline
        for article_id, headline in zip(
            *(shown[each].to_pylist() for each in ("article_id", "headline")), strict=True
        )
    ]
    at = shown.column_names.index("headline")
    return shown.set_column(at, "headline", pa.array(headlines, pa.string()))


def first_words(article: Row) -> str | None:
    """Return the beginning of a text, without what belongs to the wire; None for an empty one."""
    start = 0
    for segment in article["segments"]:
        if not article["body_text"][start : segment["char_start"]].strip():
            start = segment["char_end"]
    text = article["body_text"][start : start + 10 * CHARACTERS]
    return textwrap.shorten(BEFORE.sub("", text, 1), CHARACTERS, placeholder=" …") or None
