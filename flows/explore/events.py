"""The events that are shown, in the order of their articles.

Columns as in the table `events`, but `cameo` for its code, `plover` for its type, and the names of the codes. `source` and `target` are the names of
the persons or organisations that the words mean, else the words. There is no column of polarity: `modality` says what is denied.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from flows.enrich.lexicons import table
from flows.explore.selection import rows_of

EVENTS = """
SELECT event_id, events.article_id, shown_articles.row AS article, cameo_code AS cameo, plover_type AS plover, acled_event_type, acled_sub_event_type,
    quad_class, COALESCE(acting.name, source) AS source, source_code, COALESCE(affected.name, target) AS target, target_code, trigger, modality, is_main,
    COALESCE(spot, -1) AS place, COALESCE(times.start_on, published_on) AS first_day, COALESCE(times.end_on, published_on) AS last_day,
    CASE WHEN times.start_on IS NOT NULL THEN 'text' WHEN published_on IS NOT NULL THEN 'published' END AS time_from,
    confidence, char_start, char_end
FROM events
JOIN shown_events USING (event_id)
JOIN shown_articles ON shown_articles.article_id = events.article_id
LEFT JOIN spot_of USING (place_id)
LEFT JOIN times USING (time_id)
LEFT JOIN names AS acting ON acting.article_id = events.article_id AND acting.entity_id = source_entity_id
LEFT JOIN names AS affected ON affected.article_id = events.article_id AND affected.entity_id = target_entity_id
ORDER BY shown_articles.row, char_start, char_end, event_id
"""


def event_rows(database: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the events with the name of their code; the places must have been numbered."""
    names = {row["code"]: row["name"] for row in table("cameo")}
    rows = rows_of(database, EVENTS)
    return rows.append_column(
        "cameo_name", pa.array([names.get(code, code) for code in rows["cameo"].to_pylist()], pa.string())
    )
