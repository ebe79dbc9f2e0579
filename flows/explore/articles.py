"""The articles that are shown, and the chunks of their texts with every span that was found in them."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from flows.explore.columnar import NULL
from flows.explore.layers import LAYERS, segments
from flows.explore.offsets import utf16_offsets
from flows.explore.selection import rows_of
from flows.warehouse.snapshot import Snapshot

CHUNK_ARTICLES = 100
BATCH_ROWS = 10_000
"""Rows that are Python objects at once."""

MAX_TEXTS = 4_000
"""Texts in a page, which take most of it: 5 to 8 kB each with their layers, packed. With 50,000 claims the page is to have less than 40 MB."""

ARTICLES = """
WITH counted AS (
    SELECT article_id FROM claims JOIN shown_claims USING (claim_id) UNION SELECT article_id FROM events JOIN shown_events USING (event_id)
)
SELECT shown_articles.article_id, headline, source_name, published_on AS published_day, language, url, uri, story_id AS story, tone,
    NULLIF(array_to_string([topic.name FOR topic IN topics IF topic.level = 1], '; '), '') AS topics,
    row_number() OVER (ORDER BY counted.article_id IS NULL, published_at DESC NULLS LAST, shown_articles.row) - 1 AS rank
FROM shown_articles LEFT JOIN story_members USING (article_id) LEFT JOIN counted USING (article_id)
ORDER BY shown_articles.row
"""
"""`rank` orders them by what is read first: those with claims or events, then the newest."""


def article_rows(database: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the articles with `chunk`, and `row` in it: -1 for one whose text is left out, since the page holds MAX_TEXTS."""
    rows = rows_of(database, ARTICLES)
    held = [rank < MAX_TEXTS for rank in rows["rank"].to_pylist()]
    places, count = [], 0
    for each in held:
        places.append(divmod(count, CHUNK_ARTICLES) if each else (NULL, NULL))
        count += each
    rows = rows.drop_columns(["rank"])
    rows = rows.append_column("chunk", pa.array([chunk for chunk, _ in places], pa.int64()))
    return rows.append_column("row", pa.array([row for _, row in places], pa.int64()))


def details(snapshot: Snapshot, shown: pa.Table) -> list[dict[str, Any]]:
    """Return the text and the layers of each article that has a chunk, in their order; offsets are in UTF-16 code units."""
    ids = [
        each
        for each, chunk in zip(*(shown[name].to_pylist() for name in ("article_id", "chunk")), strict=True)
        if chunk != NULL
    ]
    of_these = ds.field("article_id").isin(pa.array(ids, pa.string()))
    texts = {
        row["article_id"]: row
        for row in snapshot.rows(
            "articles", ["article_id", "body_text", "segments"], where=of_these
        ).to_pylist()
    }
    layers = {each: segments(texts[each]) for each in ids}
    for layer in LAYERS:
        for batch in snapshot.rows(layer.table, layer.columns, where=of_these).to_batches(BATCH_ROWS):
            for row in batch.to_pylist():
                layers[row["article_id"]].append(layer.entry(row))
    return [_detail(texts[each]["body_text"], layers[each]) for each in ids]


def _detail(text: str, layers: list[dict[str, Any]]) -> dict[str, Any]:
    offset = utf16_offsets(text)
    for entry in layers:
        entry["start"], entry["end"] = offset(entry["start"]), offset(entry["end"])
        if "pieces" in entry:
            entry["pieces"] = [[offset(start), offset(end)] for start, end in entry["pieces"]]
    layers.sort(key=lambda entry: (entry["start"], -entry["end"]))
    return {"text": text, "layers": layers}
