"""Views of the newest version of each source: `<table>_latest`.

A file that changes is read again whole, and its rows are added under the next `source_version`. What
is newest is decided by the file that was fetched: the part of `uri` before `!/`, so that the files of
an archive go with their archive. A version of which every dispatch was refused is one too.

Where a target has no transaction over several tables, rows are in the tables before their load is
whole. There a view `<table>_committed` shows the rows up to the mark, the other views read from it, and
so should every reader.

Rows of stories and of their members have revisions, of which `<table>_latest` shows the greatest.
`articles_in_stories` has the newest articles with their story, what they repeat and what they update.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flows.warehouse.data_sets import DATA_SETS
from flows.warehouse.dialect import Dialect
from flows.warehouse.relations import BY_NAME, LOADED, MARKS, Relation

VERSIONED = tuple(each for each in LOADED if each.has("uri"))
OF_ARTICLES = tuple(each for each in LOADED if each.has("article_id") and each not in VERSIONED)

REVISED = {"story_members": "article_id", "stories": "story_id"}
"""Tables whose rows have revisions, with the column of what is revised: the greatest `revision` counts."""


def create_views(dialect: Dialect) -> tuple[str, ...]:
    """Return CREATE OR REPLACE VIEW for each view of a target, each after those that it reads."""
    committed = () if dialect.transactions else tuple(_committed(dialect, each) for each in LOADED)
    return (*committed, *_dropped(dialect), *latest_views(dialect))


def latest_views(dialect: Dialect) -> tuple[str, ...]:
    """Return the views `sources_latest`, `<table>_latest` and `articles_in_stories`, and those that have the columns of other data sets."""
    return (
        _sources_latest(dialect),
        *(_versioned_latest(dialect, each) for each in VERSIONED),
        *(_of_articles_latest(dialect, each) for each in OF_ARTICLES if each.name not in REVISED),
        *(_revised_latest(dialect, BY_NAME[name], key) for name, key in REVISED.items()),
        _articles_in_stories(dialect),
        *(each.statement(dialect) for each in DATA_SETS),
    )


def _dropped(dialect: Dialect) -> Iterator[str]:
    """Yield what lets a view of another data set have other types than before, which PostgreSQL refuses to change."""
    if dialect.name == "postgres":
        yield from (f"DROP VIEW IF EXISTS {dialect.table(each.name)}" for each in DATA_SETS)


def view_names(dialect: Dialect) -> tuple[str, ...]:
    """Return the names of the views of a target, each after those that it reads, without a schema."""
    return tuple(re.findall(r"CREATE OR REPLACE VIEW (?:\w+\.)?(\w+)", "\n".join(create_views(dialect))))


def root_indexes(dialect: Dialect, relations: Iterable[Relation]) -> tuple[str, ...]:
    """Return the indexes by which PostgreSQL finds the newest version of a row's source."""
    if not _by_index(dialect):
        return ()
    return tuple(
        f"CREATE INDEX IF NOT EXISTS {each.name}_root_source_version_idx "
        f"ON {dialect.table(each.name)} (({dialect.root('uri')}), source_version)"
        for each in relations
        if each in VERSIONED
    )


def readable(dialect: Dialect, relation: Relation) -> str:
    """Return the name that holds the loaded rows of a table, and no others."""
    return dialect.table(relation.name if dialect.transactions else f"{relation.name}_committed")


def _by_index(dialect: Dialect) -> bool:
    """Return True for PostgreSQL, which reads rows one by one; the others read columns whole.

    There a join with the newest versions of all sources took 2 to 111 s to count one name among 1.1 million mentions
    in 87,528 articles, and the look-up by index 6 ms; counting all took 0.5 to 1.0 s and 1.7 s.
    """
    return dialect.name == "postgres"


def _view(dialect: Dialect, name: str, query: str) -> str:
    return f"CREATE OR REPLACE VIEW {dialect.table(name)} AS\n{query}"


def _committed(dialect: Dialect, relation: Relation) -> str:
    return _view(
        dialect,
        f"{relation.name}_committed",
        f"SELECT * FROM {dialect.table(relation.name)}\n"
        f"WHERE batch_seq <= (SELECT max(seq) FROM {dialect.table(MARKS.name)})",
    )


def _sources_latest(dialect: Dialect) -> str:
    seen = "\n    UNION ALL\n".join(
        f"    SELECT uri, source_version, {dialect.root('uri')} AS root FROM {readable(dialect, each)}"
        for each in VERSIONED
    )
    return (
        "-- The newest version of each file that was fetched, whether its dispatches were understood or refused.\n"
        + _view(
            dialect,
            "sources_latest",
            f"WITH seen AS (\n{seen}\n),\n"
            "newest AS (\n    SELECT root, max(source_version) AS source_version FROM seen GROUP BY root\n)\n"
            "SELECT DISTINCT seen.uri AS uri, seen.source_version AS source_version\nFROM seen\n"
            "JOIN newest ON newest.root = seen.root AND newest.source_version = seen.source_version",
        )
    )


def _versioned_latest(dialect: Dialect, relation: Relation) -> str:
    name, table = relation.name, readable(dialect, relation)
    if _by_index(dialect):
        newest = "\nAND ".join(
            f"this.source_version >= COALESCE((\n"
            f"    SELECT max(other.source_version) FROM {readable(dialect, each)} AS other\n"
            f"    WHERE {dialect.root('other.uri')} = {dialect.root('this.uri')}\n), 0)"
            for each in VERSIONED
        )
        return _view(dialect, f"{name}_latest", f"SELECT this.* FROM {table} AS this\nWHERE {newest}")
    return _view(
        dialect,
        f"{name}_latest",
        f"SELECT this.*\nFROM {table} AS this\n"
        f"JOIN {dialect.table('sources_latest')} AS newest\n"
        "ON newest.uri = this.uri AND newest.source_version = this.source_version",
    )


def _of_articles_latest(dialect: Dialect, relation: Relation) -> str:
    return _view(
        dialect,
        f"{relation.name}_latest",
        f"SELECT * FROM {readable(dialect, relation)}\n"
        f"WHERE article_id IN (SELECT article_id FROM {dialect.table('articles_latest')})",
    )


def _revised_latest(dialect: Dialect, relation: Relation, key: str) -> str:
    table = readable(dialect, relation)
    kept = (
        f"\nWHERE this.article_id IN (SELECT article_id FROM {dialect.table('articles_latest')})"
        if relation in OF_ARTICLES
        else ""
    )
    return _view(
        dialect,
        f"{relation.name}_latest",
        f"SELECT this.*\nFROM {table} AS this\n"
        f"JOIN (SELECT {key}, max(revision) AS revision FROM {table} GROUP BY {key}) AS newest\n"
        f"ON newest.{key} = this.{key} AND newest.revision = this.revision{kept}",
    )


STORY_COLUMNS = ("story_id", "duplicate_of", "duplicate_kind", "updates_article_id", "version_no")


def _articles_in_stories(dialect: Dialect) -> str:
    # Those of the story come first: a column that `articles` gets later is then added at the end.
    columns = ", ".join(f"member.{name} AS {name}" for name in STORY_COLUMNS)
    return _view(
        dialect,
        "articles_in_stories",
        f"SELECT {columns}, article.*\nFROM {dialect.table('articles_latest')} AS article\n"
        f"LEFT JOIN {dialect.table('story_members_latest')} AS member\nON member.article_id = article.article_id",
    )
