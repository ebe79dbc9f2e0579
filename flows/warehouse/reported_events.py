"""Asserted events with what is known of their article, as common table expressions of the views of GDELT and UCDP.

One event of the world is told by many dispatches. Two rows of `events` are taken for the same one if their articles belong to one
story and they have the same day, code, actors and place.
"""

from __future__ import annotations

from flows.warehouse.dialect import Dialect

OF_EVENT = """event_id article_id batch_seq sentence_no char_start surface trigger_start cameo_code cameo_root_code quad_class goldstein
    acled_event_type source source_start source_code source_country source_sector source_acled_inter target target_start target_code
    target_country target_sector target_acled_inter place_id geonameid place_name place_kind country admin1_code latitude longitude
    time_id start_on end_on claim_ids""".split()
OF_ARTICLE = "published_at published_on fetched_at url uri source_name agency headline char_count".split()

ORDER = "batch_seq, COALESCE(published_at, fetched_at), article_id, char_start, event_id"
"""The first report first. Reports that are committed later come after it, so that they change no id."""

OWN_TONE = "percentage of words that are positive in VADER's lexicon, less that of the negative ones, not GDELT's dictionaries"

SAME_EVENT = "story_id, event_on, cameo_code, source_code, target_code, geonameid, country"


def told_events(dialect: Dialect) -> str:
    """Return `told`: the asserted events of the latest articles, each with its article, story and outlet."""
    stated = ",\n        ".join(
        f"{alias}.{name} AS {name}"
        for alias, names in (("event", OF_EVENT), ("article", OF_ARTICLE))
        for name in names
    )
    return (
        f"told AS (\n    SELECT\n        {stated},\n"
        # ClickHouse joins an empty text where there is no row.
        "        COALESCE(NULLIF(member.story_id, ''), event.article_id) AS story_id,\n"
        "        COALESCE(NULLIF(member.outlet, ''), article.source_name, article.agency, article.uri) AS outlet,\n"
        "        COALESCE(event.start_on, article.published_on) AS event_on,\n"
        "        FLOOR((article.tone_positive_share - article.tone_negative_share) * 10000 + 0.5) / 100 AS document_tone\n"
        f"    FROM {dialect.table('events_latest')} AS event\n"
        f"    JOIN {dialect.table('articles_latest')} AS article ON article.article_id = event.article_id\n"
        f"    LEFT JOIN {dialect.table('story_members_latest')} AS member ON member.article_id = event.article_id\n"
        "    WHERE event.modality = 'asserted'\n)"
    )


def reported_events(dialect: Dialect) -> str:
    """Return `told` and `reports`, which has the first report of the same event in `global_event_id`."""
    return (
        f"{told_events(dialect)},\nreports AS (\n    SELECT\n        told.*,\n"
        f"        {first('event_id', SAME_EVENT)} AS global_event_id,\n"
        f"        {first('fetched_at', SAME_EVENT)} AS first_fetched_at\n    FROM told\n)"
    )


def first(column: str, same: str) -> str:
    """Return the value of a column in the first report of those that have the same values in the columns `same`."""
    return f"FIRST_VALUE({column}) OVER (PARTITION BY {same} ORDER BY {ORDER} ROWS UNBOUNDED PRECEDING)"
