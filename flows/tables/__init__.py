"""The tables of the dataset, and the rows that a noun gives to each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.commits import FinishedRun, Load
from flows.enrich.findings import Enriched
from flows.enrich.stories.membership import Membership
from flows.enrich.stories.stories import Story
from flows.records import Rejected
from flows.schema import Row, Table
from flows.tables import (
    amounts,
    articles,
    changes,
    claims,
    events,
    loads,
    mentions,
    places,
    quotes,
    rejects,
    runs,
    signatures,
    stories,
    story_members,
    times,
)
from flows.tables.changes import Revision

TABLES: tuple[Table[Any], ...] = (
    articles.TABLE,
    mentions.TABLE,
    places.TABLE,
    times.TABLE,
    quotes.TABLE,
    claims.TABLE,
    amounts.TABLE,
    events.TABLE,
    signatures.TABLE,
    story_members.TABLE,
    stories.TABLE,
    changes.TABLE,
    rejects.TABLE,
    runs.TABLE,
    loads.TABLE,
)

BY_NAME = {table.name: table for table in TABLES}

FILLED_BY: dict[type, tuple[Table[Any], ...]] = {
    Enriched: (
        articles.TABLE,
        mentions.TABLE,
        places.TABLE,
        times.TABLE,
        quotes.TABLE,
        claims.TABLE,
        amounts.TABLE,
        events.TABLE,
        signatures.TABLE,
    ),
    Membership: (story_members.TABLE,),
    Story: (stories.TABLE,),
    Revision: (changes.TABLE,),
    Rejected: (rejects.TABLE,),
    FinishedRun: (runs.TABLE,),
    Load: (loads.TABLE,),
}
"""Which tables each noun has rows for."""


Noun = Enriched | Membership | Story | Revision | Rejected | FinishedRun | Load


def rows_of(noun: Noun) -> Iterator[tuple[Table[Any], str, Row]]:
    """Yield each row with its table and the value of its partition."""
    for table in FILLED_BY[type(noun)]:
        partition = None
        for row in table.rows(noun):
            if partition is None:
                partition = table.partition_of(noun)
            yield table, partition, row
