"""Which articles, claims and events a page shows: those for which a condition holds, in a DuckDB that reaches nothing else.

The condition is evaluated for each row of `findings`: a claim, an event, or an article itself, each with the columns of its
article, its story, its place and its time. Columns of the other kinds are null. So `published_on >= '2020-02-01'` holds for rows of all kinds,
and `effect = 'killed'` for claims. An article is shown if the condition holds for any of its rows. A claim and the event that it
counts the victims of go together: where the condition holds for one and is null for the other, both are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from flows.addresses import is_unicode
from flows.errors import WrongUse, nearest_of
from flows.warehouse.rows import connect
from flows.warehouse.snapshot import Snapshot

ARTICLE_COLUMNS = (
    "article_id", "uri", "dispatch_no", "format", "fetched_at", "published_at", "published_on", "headline", "byline", "source_name", "located",
    "dateline", "agency", "section", "keywords", "url", "document_identifier", "pub_status", "language", "word_count", "killed_low", "killed_high", "injured_low",
    "injured_high", "topics", "tone",
)  # fmt: skip
TEXT = "body_text"

CLAIM_COLUMNS = (
    "claim_id", "article_id", "char_start", "char_end", "surface", "confidence", "effect", "low", "best", "high", "bound", "vague", "number", "unit", "object",
    "object_type", "victim_type", "nationality", "victim_entity_id", "claimant", "claimant_entity_id", "claimant_type", "cue", "stance", "is_cumulative",
    "is_negated", "is_hypothetical", "is_historical", "is_part", "repeats_claim_id", "perpetrator", "perpetrator_start", "perpetrator_end", "weapon",
    "place_id", "time_id",
)  # fmt: skip
EVENT_COLUMNS = (
    "event_id", "article_id", "char_start", "char_end", "surface", "confidence", "trigger", "cameo_code", "cameo_root_code", "quad_class", "goldstein",
    "plover_type", "acled_event_type", "acled_sub_event_type", "source", "source_code", "source_sector", "source_entity_id", "target", "target_code",
    "target_sector", "target_entity_id", "is_main", "modality", "place_id", "time_id", "claim_ids",
)  # fmt: skip
PLACE_COLUMNS = (
    "place_id", "geonameid", "name", "within", "feature_class", "feature_code", "country", "admin1_code", "latitude", "longitude", "population",
    "where_prec", "geo_precision", "distance_km",
)  # fmt: skip
TIME_COLUMNS = ("time_id", "start_on", "end_on")
MENTION_COLUMNS = (
    "article_id",
    "char_start",
    "char_end",
    "entity_id",
    "canonical_name",
    "type",
    "country",
    "sector",
)

TABLES = {
    "claims": CLAIM_COLUMNS,
    "events": EVENT_COLUMNS,
    "places": PLACE_COLUMNS,
    "times": TIME_COLUMNS,
    "mentions": MENTION_COLUMNS,
    "story_members": ("article_id", "story_id"),
    "stories": ("story_id", "headline"),
}

LOCKED = (
    "SET enable_progress_bar = false",
    "SET python_scan_all_frames = false",
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)

FINDINGS = """
CREATE VIEW names AS
SELECT article_id, entity_id, any_value(canonical_name) AS name, any_value(country) AS country FROM mentions WHERE type IN ('PER', 'ORG') GROUP BY ALL;
CREATE VIEW of_place AS
SELECT place_id, geonameid, COALESCE(name, within) AS place_name, country, admin1_code, latitude, longitude, geo_precision, where_prec FROM places;
CREATE VIEW of_article AS
SELECT articles.* REPLACE ([topic.name FOR topic IN topics] AS topics), story_id FROM articles LEFT JOIN story_members USING (article_id);
CREATE VIEW findings AS
SELECT 'claim' AS kind, claim_id AS id, of_article.*, of_place.* EXCLUDE (place_id),
    COALESCE(start_on, published_on) AS start_on, COALESCE(end_on, published_on) AS end_on,
    claims.* EXCLUDE (claim_id, article_id, char_start, char_end, perpetrator_start, perpetrator_end, victim_entity_id,
        claimant_entity_id, repeats_claim_id, place_id, time_id)
FROM claims JOIN of_article USING (article_id) LEFT JOIN of_place USING (place_id) LEFT JOIN times USING (time_id)
UNION ALL BY NAME
SELECT 'event' AS kind, event_id AS id, of_article.*, of_place.* EXCLUDE (place_id),
    COALESCE(start_on, published_on) AS start_on, COALESCE(end_on, published_on) AS end_on,
    events.* EXCLUDE (event_id, article_id, char_start, char_end, source_entity_id, target_entity_id, place_id, time_id, claim_ids)
FROM events JOIN of_article USING (article_id) LEFT JOIN of_place USING (place_id) LEFT JOIN times USING (time_id)
UNION ALL BY NAME
SELECT 'article' AS kind, article_id AS id, *, published_on AS start_on, published_on AS end_on FROM of_article
"""

SHOWN = """
CREATE TABLE linked AS SELECT event_id, unnest(claim_ids) AS claim_id FROM events;
CREATE TABLE shown_claims AS
SELECT id AS claim_id FROM holding WHERE kind = 'claim' AND (holds OR holds IS NULL AND id IN (
    SELECT claim_id FROM linked JOIN holding AS event ON event.id = event_id AND event.kind = 'event' WHERE event.holds));
CREATE TABLE shown_events AS
SELECT id AS event_id FROM holding WHERE kind = 'event' AND (holds OR holds IS NULL AND id IN (
    SELECT event_id FROM linked JOIN holding AS claim ON claim.id = claim_id AND claim.kind = 'claim' WHERE claim.holds));
CREATE TABLE shown_articles AS
SELECT row_number() OVER (ORDER BY published_at NULLS LAST, uri, dispatch_no, article_id) - 1 AS row, articles.*
FROM articles WHERE article_id IN (SELECT article_id FROM holding WHERE holds)
"""


CONDITION = "one condition in SQL, such as published_on >= '2020-02-01' AND effect = 'killed'; `dateline schema` lists the columns"

UNKNOWN = re.compile(r'Referenced column "(?P<name>[^"]+)" not found')
"""What DuckDB says of a name that is no column."""


def select(snapshot: Snapshot, where: str | None) -> duckdb.DuckDBPyConnection:
    """Return a database with the newest rows and the tables `shown_articles` (numbered by `row`), `shown_claims` and `shown_events`.

    Raises:
        WrongUse: a condition that is not one SQL expression over the columns of `findings`.
    """
    database = connect()
    wanted = (*ARTICLE_COLUMNS, TEXT) if where is not None and TEXT in where.lower() else ARTICLE_COLUMNS
    database.register("articles", snapshot.rows("articles", wanted))
    for name, columns in TABLES.items():
        database.register(name, snapshot.rows(name, columns))
    database.execute(FINDINGS)
    for setting in LOCKED:
        database.execute(setting)
    _holding(database, where).create("holding")
    database.execute(SHOWN)
    return database


def rows_of(database: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """Return the rows of a query as an Arrow table."""
    return database.sql(query).to_arrow_table()


def _holding(database: duckdb.DuckDBPyConnection, where: str | None) -> duckdb.DuckDBPyRelation:
    """Return the kind, the id and the article of each row of `findings`, and whether the condition holds for it."""
    findings = database.table("findings")
    if where is not None and not is_unicode(where):
        raise WrongUse("--where", repr(where), CONDITION)
    try:
        # It is parsed as an expression, so that no text can end it and begin a statement.
        condition = duckdb.SQLExpression(where) if where is not None else duckdb.ConstantExpression(True)
        holding = findings.select("kind", "id", "article_id", condition.cast("BOOLEAN").alias("holds"))
        return database.from_arrow(holding.to_arrow_table())
    except duckdb.Error as error:
        columns = [name for name in (*findings.columns, TEXT) if name != "id"]
        raise WrongUse(
            "--where", f"{where} ({str(error).splitlines()[0]})", _wanted(where or "", error, columns)
        ) from None


def _wanted(where: str, error: duckdb.Error, columns: Sequence[str]) -> str:
    """Return what would do in place of a condition that DuckDB refuses."""
    unknown = UNKNOWN.search(str(error))
    if unknown is None:
        return CONDITION
    name = unknown["name"]
    if f'"{name}"' in where:
        return f"a text in single quotes, '{name}', or a column"
    return nearest_of(name, columns, "columns")
