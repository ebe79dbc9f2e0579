"""The versions of the tables: what may change from one to the next, and what readers need to know of older files.

The number goes up by one with every change of a column or a table; a test compares the digest. Every commit record states it
(`versions["schema"]`), and so does every Parquet file (`schema_version`). All files of an output are of one version:
a run refuses to add files of a newer one, because readers by glob would drop its columns without an error (decision 0032).

What may change:

* a column is added: it may be null, and is null in older rows;
* a column may be null that could not;
* a number becomes wider (`evolve.WIDER`);
* a column is removed: it is listed in REMOVED, so that it is passed over in older files;
* a table is added or removed.

A column is never renamed and its meaning never changes: that is a column removed and another one added, with a name that no
version had. A column of a wider type that is not a number, or one that may no longer be null, is another column too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from flows.schema import Table, columns_of

SCHEMA_VERSION = 3
"""0: outputs of development, before records stated a version. 1: development, before topics, tone, excerpts of rejects and what a run names. 2: development, before
words of headlines that speak for topics. 3: Dateline 0.1.0."""

DIGEST = "4ea2ac66b687498ccf59700159d88d4521c442aaee6bbaa61141a423afc17165"
"""`digest_of` the tables of this version."""

ADDED: Mapping[int, Mapping[str, frozenset[str]]] = {
    2: {
        "articles": frozenset(
            {"topics", "topic_words", "tone", "tone_positive_share", "tone_negative_share", "tone_words"}
        ),
        "rejects": frozenset({"excerpt"}),
        "runs": frozenset({"total_seconds", "failures", "moved", "vanished"}),
    },
    3: {"articles": frozenset({"headline_topic_words"})},
}
"""By version since 2 and by table, the columns that files of older versions lack. Views over these files give them as null."""

REMOVED: Mapping[str, frozenset[str]] = {}
"""By table, the columns that older files have and no file of this version has. A name stays here for ever."""


def digest_of(tables: Iterable[Table[Any]]) -> str:
    """Return a sha256 over names, keys, partitions, and the names, types and nullability of the columns, in order."""
    digest = hashlib.sha256()
    for table in tables:
        columns = [(each.name, each.type.value, each.nullable) for each in columns_of(table)]
        digest.update(repr((table.name, table.key, table.partition_by, columns)).encode())
    return digest.hexdigest()


def added_since(version: int, table: str) -> frozenset[str]:
    """Return the columns of a table that files of a version may lack, and that came after version 1."""
    later = (columns for number, columns in ADDED.items() if number > version)
    return frozenset[str]().union(*(columns.get(table, frozenset()) for columns in later))


def removed_from(table: str) -> frozenset[str]:
    """Return the columns that files of older versions of a table may have, and that are not read."""
    return REMOVED.get(table, frozenset())
