"""The claims that are shown, in the order of their articles.

Columns as in the table `claims`: `low`, `best`, `high`, `bound`, `unit`, and `object` for the words of the victims (`unit` where they are
a number alone). Others are made here:
`claimant` is the name of the person or organisation that the words mean, else the words; a side is a country with the armed or official part
of it: `Turkey (military)`, `rebels`.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from flows.explore.selection import rows_of

CLAIMS = """
WITH perpetrators AS (
    SELECT claim_id, arg_min(struct_pack(country := mentions.country, sector := mentions.sector), mentions.char_start) AS who
    FROM claims JOIN mentions ON mentions.article_id = claims.article_id
        AND mentions.char_start < perpetrator_end AND perpetrator_start < mentions.char_end
    WHERE mentions.country IS NOT NULL OR mentions.sector IS NOT NULL
    GROUP BY claim_id
)
SELECT claims.claim_id, claims.article_id, shown_articles.row AS article, effect, low, best, high, bound, vague, number, claims.surface, unit,
    CASE WHEN lower(object) = lower(number) THEN unit ELSE object END AS object, object_type,
    victim_type, nationality, perpetrator, who.country AS perpetrator_country, who.sector AS perpetrator_sector, weapon,
    COALESCE(claiming.name, claimant) AS claimant, claimant_type, claiming.country AS claimant_country, cue, stance, is_negated, is_hypothetical, is_historical, is_cumulative, is_part,
    repeats_claim_id IS NOT NULL AS is_repeated,
    COALESCE(spot, -1) AS place, COALESCE(times.start_on, published_on) AS first_day, COALESCE(times.end_on, published_on) AS last_day,
    CASE WHEN times.start_on IS NOT NULL THEN 'text' WHEN published_on IS NOT NULL THEN 'published' END AS time_from,
    confidence, char_start, char_end, place_id, source_name, published_at, story_id
FROM claims
JOIN shown_claims USING (claim_id)
JOIN shown_articles ON shown_articles.article_id = claims.article_id
LEFT JOIN story_members ON story_members.article_id = claims.article_id
LEFT JOIN spot_of USING (place_id)
LEFT JOIN times USING (time_id)
LEFT JOIN names AS claiming ON claiming.article_id = claims.article_id AND claiming.entity_id = claimant_entity_id
LEFT JOIN perpetrators ON perpetrators.claim_id = claims.claim_id
ORDER BY shown_articles.row, char_start, char_end, claims.claim_id
"""

ARMED = {
    "military": "military", "MIL": "military", "police": "police", "COP": "police", "rebel": "rebels", "REB": "rebels", "GOV": "government",
    "SPY": "intelligence service", "OPP": "opposition", "CRM": "criminals",
}  # fmt: skip
"""The parts of a country that are sides of their own, by the victim's type or CAMEO's role."""


def claim_rows(database: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the claims; the places must have been numbered. `place` is the row of a place, -1 for none."""
    return rows_of(database, CLAIMS)


def side(country: str | None, part: str | None, names: dict[str, str]) -> str | None:
    """Return the side that somebody is on; None where neither country nor part is known."""
    armed = ARMED.get(part or "")
    if country is None:
        return armed
    name = names.get(country, country)
    return f"{name} ({armed})" if armed else name
