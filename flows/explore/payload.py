"""All blocks of the explorer page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from flows.enrich.lexicons import table
from flows.explore import articles, claims, events, places
from flows.explore.articles import CHUNK_ARTICLES
from flows.explore.columnar import NULL, Block, columnar
from flows.explore.conflicts import Conflict, conflicts_of
from flows.explore.headlines import with_headlines
from flows.explore.meta import meta_block
from flows.explore.offsets import utf16_offsets
from flows.explore.selection import select
from flows.warehouse.snapshot import Snapshot


def blocks(output: Path | str, where: str | None = None) -> dict[str, Any]:
    """Return the blocks of the page of an output, or of what a condition holds for; see `flows.explore.selection`.

    Raises:
        WrongUse: there is no output, or the condition cannot be evaluated.
        LostFile: a file of the output is missing or damaged.
    """
    snapshot = Snapshot(output)
    database = select(snapshot, where)
    shown_places = places.place_block(database)
    shown_articles = with_headlines(snapshot, articles.article_rows(database))
    details = articles.details(snapshot, shown_articles)
    texts = [each["text"] for each in details]
    claimed = claims.claim_rows(database)
    happened = events.event_rows(database)
    offsets = _Offsets(shown_articles, texts)
    conflicts = conflicts_of(claimed.to_pylist(), places.spots_of(database))
    names = {row["iso"]: row["name"] for row in table("country_codes")}
    found: dict[str, Any] = {
        "claims": columnar(_claims(offsets.in_utf16(claimed), names)),
        "events": columnar(offsets.in_utf16(happened).drop_columns(["article_id"])),
        "places": shown_places,
        "articles": columnar(shown_articles),
        "conflicts": _conflicts(database, conflicts, _headlines(claimed, shown_articles)),
    }
    found["claims"]["columns"]["conflict"] = {"numbers": _conflict_of_each(conflicts, claimed.num_rows)}
    return {"meta": meta_block(str(snapshot.place.address), where, found, names), **found} | {
        f"chunk-{start // CHUNK_ARTICLES}": details[start : start + CHUNK_ARTICLES]
        for start in range(0, len(details), CHUNK_ARTICLES)
    }


def _conflicts(
    database: duckdb.DuckDBPyConnection, conflicts: Sequence[Conflict], headlines: Sequence[str | None]
) -> list[Block]:
    """Return the conflicts with the headline of the story, else that of the article of the first claim."""
    of_story = dict(database.sql("SELECT story_id, headline FROM stories").fetchall())
    return [
        {
            "story": each.story,
            "headline": of_story.get(each.story) or headlines[each.claims[0]],
            "effect": each.effect,
            "claims": list(each.claims),
        }
        for each in conflicts
    ]


def _headlines(claimed: pa.Table, shown: pa.Table) -> list[str | None]:
    """Return the headline of the article of each claim."""
    return list(shown["headline"].take(claimed["article"]).to_pylist())


def _conflict_of_each(conflicts: Sequence[Conflict], count: int) -> list[int]:
    numbers = [NULL] * count
    for number, conflict in enumerate(conflicts):
        for row in conflict.claims:
            numbers[row] = number
    return numbers


class _Offsets:
    """The offsets of claims and events in the texts that the page holds; null in one that it does not."""

    def __init__(self, shown: pa.Table, texts: Sequence[str]) -> None:
        held = [row for row, chunk in enumerate(shown["chunk"].to_pylist()) if chunk != NULL]
        self._of = {row: utf16_offsets(text) for row, text in zip(held, texts, strict=True)}

    def in_utf16(self, rows: pa.Table) -> pa.Table:
        """Return the rows with `start` and `end` for `char_start` and `char_end`."""
        of = [self._of.get(article) for article in rows["article"].to_pylist()]
        for name, old in (("start", "char_start"), ("end", "char_end")):
            offsets = [offset and offset(at) for offset, at in zip(of, rows[old].to_pylist(), strict=True)]
            rows = rows.drop_columns([old]).append_column(name, pa.array(offsets, pa.int64()))
        return rows


def _claims(rows: pa.Table, names: dict[str, str]) -> pa.Table:
    for name, country, part in (
        ("victim_side", "nationality", "victim_type"),
        ("perpetrator_side", "perpetrator_country", "perpetrator_sector"),
    ):
        sides = [
            claims.side(*each, names)
            for each in zip(rows[country].to_pylist(), rows[part].to_pylist(), strict=True)
        ]
        rows = rows.append_column(name, pa.array(sides, pa.string()))
    return rows.drop_columns(
        [
            "article_id",
            "perpetrator_country",
            "perpetrator_sector",
            "claimant_country",
            "place_id",
            "source_name",
            "published_at",
            "story_id",
        ]
    )
