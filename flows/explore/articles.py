"""The articles that are shown, and the chunks of their texts with every span that was found in them."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from flows.explore.columnar import NULL, one_line
from flows.explore.layers import LAYERS, Entry, segments, words_of_tone, words_of_topics
from flows.explore.offsets import utf16_offsets
from flows.explore.selection import rows_of
from flows.schema import Row
from flows.warehouse.snapshot import Snapshot

CHUNK_ARTICLES = 100
READ = ("article_id", "headline", "body_text", "segments", "topics", "topic_words", "headline_topic_words", "tone", "tone_words")  # fmt: skip
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


def details(snapshot: Snapshot, shown: pa.Table) -> list[Entry]:
    """Return the text and the layers of each article that has a chunk, in their order; offsets are in UTF-16 code units.

    `headline` are the words of its headline that speak for a topic, with offsets in the headline on one line, as the page shows it.
    """
    ids = [
        each
        for each, chunk in zip(*(shown[name].to_pylist() for name in ("article_id", "chunk")), strict=True)
        if chunk != NULL
    ]
    of_these = ds.field("article_id").isin(pa.array(ids, pa.string()))
    texts = {row["article_id"]: row for row in snapshot.rows("articles", READ, where=of_these).to_pylist()}
    layers = {
        each: [
            *segments(texts[each]),
            *words_of_topics(texts[each], "topic_words"),
            *words_of_tone(texts[each]),
        ]
        for each in ids
    }
    for layer in LAYERS:
        for batch in snapshot.rows(layer.table, layer.columns, where=of_these).to_batches(BATCH_ROWS):
            for row in batch.to_pylist():
                layers[row["article_id"]].append(layer.entry(row))
    return [_detail(texts[each], layers[each]) for each in ids]


def _detail(article: Row, layers: list[Entry]) -> Entry:
    text = article["body_text"]
    _in_utf16(layers, text)
    return {"text": text, "layers": layers, "headline": headline_words(article)}


def headline_words(article: Row) -> list[Entry]:
    """Return the words of a headline that speak for a topic, with offsets in the headline on one line, in UTF-16 code units."""
    found, headline = words_of_topics(article, "headline_topic_words"), article["headline"] or ""
    for entry in found:
        before, words = f"{headline[: entry['start']]}|", headline[entry["start"] : entry["end"]]
        entry["start"] = len(one_line(before)) - 1
        entry["end"] = entry["start"] + len(one_line(words))
    _in_utf16(found, one_line(headline))
    return found


def _in_utf16(entries: list[Entry], text: str) -> None:
    offset = utf16_offsets(text)
    for entry in entries:
        entry["start"], entry["end"] = offset(entry["start"]), offset(entry["end"])
        if "pieces" in entry:
            entry["pieces"] = [[offset(start), offset(end)] for start, end in entry["pieces"]]
    entries.sort(key=lambda entry: (entry["start"], -entry["end"]))
