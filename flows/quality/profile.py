"""How many dispatches of a run were understood, and how many of these have a value in each of some columns; by format and folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

FILLED = ("published_on", "headline", "byline", "source_name", "located", "language")
"""Columns of `articles` that have a value where they are not null."""

COUNTED = ("mention_count", "place_count", "time_count", "quote_count", "claim_count")
"""Columns of `articles` that have a value where they are above 0."""

LISTED = ("topics", "tone_words")
"""Columns of `articles` that have a value where they are lists of at least one item. A run that counted them states their zeros too, which
tells it from one of a version that did not count them."""

ARTICLE, REJECT = "article", "reject"

OF_TABLE = {"articles": ("format", "uri", *FILLED, *COUNTED, *LISTED), "rejects": ("format", "uri")}
"""By table, the columns that are read."""

MAX_GROUPS = 50
"""Groups of a run that are kept, those with the most dispatches: a folder tree without digits may have any number."""


def profile_of(columns: Mapping[str, pa.Table]) -> Counter[str]:
    """Return counts by `FORMAT FOLDER WHAT`: of articles, of rejects, and of articles with a value in each column.

    Digits in the name of a folder become `#`, so that the folders of all days are one group; a file in an archive counts as in the
    folder of the archive.
    """
    counts: Counter[str] = Counter()
    for table, kind in (("articles", ARTICLE), ("rejects", REJECT)):
        rows = columns.get(table)
        if rows is None or not rows.num_rows:
            continue
        groups = _groups(rows)
        counts.update(_counted(groups, None, kind))
        if table == "articles":
            for name in FILLED:
                counts.update(_counted(groups, pc.is_valid(rows[name]), name))
            for name in COUNTED:
                counts.update(_counted(groups, pc.fill_null(pc.greater(rows[name], 0), False), name))
            for name in LISTED:
                has = pc.fill_null(pc.greater(pc.list_value_length(rows[name]), 0), False)
                counts.update(dict.fromkeys(_counted(groups, None, name), 0))
                counts.update(_counted(groups, has, name))
    return counts


def size_of(counts: Mapping[str, int], group: str, what: str) -> int:
    """Return of how many a share of a group is: of dispatches for rejects, else of articles; 0 where the run did not count it."""
    articles = counts.get(f"{group} {ARTICLE}", 0)
    if what in LISTED and f"{group} {what}" not in counts:
        return 0
    return articles + counts.get(f"{group} {REJECT}", 0) if what == REJECT else articles


def limited(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of the groups with the most dispatches."""
    sizes: Counter[str] = Counter()
    for key, count in counts.items():
        group, _, what = key.rpartition(" ")
        if what in (ARTICLE, REJECT):
            sizes[group] += count
    kept = {group for group, _ in sizes.most_common(MAX_GROUPS)}
    return {key: count for key, count in sorted(counts.items()) if key.rpartition(" ")[0] in kept}


def _groups(rows: pa.Table) -> pa.ChunkedArray:
    folder = pc.replace_substring_regex(rows["uri"], r"!/.*$", "")
    folder = pc.replace_substring_regex(folder, r"[^/]*$", "")
    folder = pc.replace_substring_regex(folder, r"[0-9]+", "#")
    return pc.binary_join_element_wise(rows["format"], folder, " ")


def _counted(groups: pa.ChunkedArray, has: pa.ChunkedArray | None, what: str) -> dict[str, int]:
    chosen = groups if has is None else groups.filter(has)
    return {f"{each['values']} {what}": each["counts"] for each in pc.value_counts(chosen).to_pylist()}
