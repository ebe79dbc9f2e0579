"""A view with the 16 columns of GDELT 2.0 Mentions: which documents tell of an event, and where in each.

A row is one event of `gdelt_events` in one document. Where a document tells it several times, the first place counts. Offsets are code
points of `articles.body_text`. `Extras`, which is blank in GDELT, has the id of the row of `events` that the mention is.

Source: GDELT Event Database Data Format Codebook V2.0, "Mentions table".
"""

from __future__ import annotations

from flows.schema import Type
from flows.warehouse.declared import DataSet, Field, columns, view
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import instant
from flows.warehouse.gdelt import CODEBOOK
from flows.warehouse.gkg import CITATION_ONLY, WEB
from flows.warehouse.reported_events import OWN_TONE, reported_events

NAME = "gdelt_mentions"


def gdelt_mentions(dialect: Dialect) -> str:
    """Return the statement that makes the view of the mentions of the latest events."""
    return view(
        NAME,
        "Documents that tell of an event, with the columns of GDELT 2.0 Mentions.",
        f"WITH {reported_events(dialect)},\nranked AS (\n    SELECT\n        reports.*,\n"
        "        ROW_NUMBER() OVER (PARTITION BY global_event_id, article_id ORDER BY char_start, event_id) AS mention_no\n"
        f"    FROM reports\n)\nSELECT\n{columns(fields(dialect), dialect)}\nFROM ranked AS mention\nWHERE mention.mention_no = 1",
        dialect,
    )


def fields(dialect: Dialect) -> tuple[Field, ...]:
    """Return the 16 columns in GDELT's order."""
    return (
        Field("GlobalEventID", Type.TEXT, "mention.global_event_id", "that of `gdelt_events`, not a number"),
        Field("EventTimeDate", Type.INT64, instant("mention.first_fetched_at", dialect)),
        Field("MentionTimeDate", Type.INT64, instant("mention.fetched_at", dialect)),
        Field(
            "MentionType", Type.INT64, f"CASE WHEN mention.url IS NULL THEN {CITATION_ONLY} ELSE {WEB} END"
        ),
        Field(
            "MentionSourceName",
            Type.TEXT,
            "COALESCE(mention.source_name, mention.agency)",
            "the name of the publisher or agency, not its domain; null where the dispatch has neither",
        ),
        Field("MentionIdentifier", Type.TEXT, "COALESCE(mention.url, mention.uri)"),
        Field("SentenceID", Type.INT64, "mention.sentence_no + 1"),
        Field("Actor1CharOffset", Type.INT64, "mention.source_start", "null where no source is named"),
        Field("Actor2CharOffset", Type.INT64, "mention.target_start", "null where no target is named"),
        Field("ActionCharOffset", Type.INT64, "mention.trigger_start"),
        # No text is rewritten before events are found in it.
        Field("InRawText", Type.INT64, "1"),
        Field("Confidence", Type.INT64, why="rules decide about events, and give no probability"),
        Field("MentionDocLen", Type.INT64, "mention.char_count"),
        Field("MentionDocTone", Type.FLOAT64, "mention.document_tone", OWN_TONE),
        Field("MentionDocTranslationInfo", Type.TEXT, why="no document is translated"),
        Field("Extras", Type.TEXT, "mention.event_id", "the id of the row of `events`; blank in GDELT"),
    )


DATA_SET = DataSet(
    NAME, "an event of `gdelt_events` in one document", f"{CODEBOOK}, Mentions table", fields, gdelt_mentions
)
