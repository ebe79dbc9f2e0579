"""The data dictionary, generated from the table declarations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.errors import WrongUse
from flows.schema import Table, columns_of
from flows.tables import BY_NAME, TABLES
from flows.write.output import GENERATED_BY

GENERATED = f"{GENERATED_BY} from the declarations in `flows/tables`; do not edit."

MERGE = """\
MERGE INTO my_articles AS mine
USING (
    SELECT * FROM articles_latest
    QUALIFY row_number() OVER (PARTITION BY dispatch_key ORDER BY batch_seq DESC, dispatch_no DESC) = 1
) AS newest
ON mine.dispatch_key = newest.dispatch_key
WHEN MATCHED AND mine.content_sha256 <> newest.content_sha256 THEN UPDATE
WHEN NOT MATCHED THEN INSERT
WHEN NOT MATCHED BY SOURCE THEN DELETE;

DELETE FROM my_mentions WHERE article_id NOT IN (SELECT article_id FROM my_articles);
INSERT INTO my_mentions
SELECT * FROM mentions
WHERE article_id IN (SELECT article_id FROM my_articles)
  AND mention_id NOT IN (SELECT mention_id FROM my_mentions);
"""
"""Brings a table of the reader's own up to date; DuckDB, in the views of `views.sql`."""


def chosen(name: str | None) -> tuple[Table[Any], ...]:
    """Return the table of that name, or all for None.

    Raises:
        WrongUse: no such table.
    """
    if name is None:
        return TABLES
    if name not in BY_NAME:
        raise WrongUse("TABLE", name, "one of " + ", ".join(BY_NAME))
    return (BY_NAME[name],)


def describe(name: str | None = None) -> str:
    """Return the tables with every column's type and meaning, in Markdown."""
    return "\n".join(line for table in chosen(name) for line in _described(table)) + "\n"


def _described(table: Table[Any]) -> Iterator[str]:
    yield f"## {table.name}"
    yield ""
    yield f"Grain: {table.grain}. Key: `{', '.join(table.key)}`. Partitioned by `{table.partition_by}`."
    yield ""
    yield "| column | type | null | meaning |"
    yield "| --- | --- | --- | --- |"
    for column in columns_of(table):
        null = "yes" if column.nullable else ""
        yield f"| `{column.name}` | {column.type.value} | {null} | {column.means} |"
    yield ""


def data_dictionary() -> str:
    """Return `output/README.md`."""
    return (
        "# The tables\n\n"
        f"{GENERATED}\n\n"
        "Every folder beside this file is a table: plain Parquet that any reader takes by glob, as in "
        "`articles/*/*.parquet`. Files are never changed and hold committed rows only. A source that changes "
        "adds a new version of its rows; the views `<table>_latest` of `views.sql` hold the newest only. Each "
        "table has at least one file, without rows, so that it can be read by its schema from the start. Spans "
        "are half-open ranges of Unicode code points in `articles.body_text`.\n\n"
        "## Merge into a table of your own\n\n"
        "A file that changes is read again whole: every dispatch in it is a new article with a new `article_id`, "
        "although most have the same text as before. A table that is merged by `dispatch_key` changes only where a "
        "text did (DuckDB, after `views.sql`; `my_articles` and `my_mentions` have the columns of `articles` and "
        "`mentions`):\n\n"
        f"```sql\n{MERGE}```\n\n"
        "A dispatch whose text is the same keeps its row, with the `article_id` it had, and so its mentions. Where a "
        "changed header counts too, compare its columns beside `content_sha256`. A dispatch without "
        "`document_identifier` is known by its bytes: when it changes, its row is deleted and another inserted. Of a "
        "dispatch that a file holds twice, the last one counts.\n\n" + describe()
    )


def as_json(name: str | None = None) -> list[dict[str, Any]]:
    """Return the tables in plain types."""
    return [
        {
            "table": table.name,
            "grain": table.grain,
            "key": list(table.key),
            "partition_by": table.partition_by,
            "columns": [
                {
                    "name": column.name,
                    "type": column.type.value,
                    "nullable": column.nullable,
                    "means": column.means,
                }
                for column in columns_of(table)
            ],
        }
        for table in chosen(name)
    ]
