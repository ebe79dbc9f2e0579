"""A table of the reader's own, kept up to date by `dispatch_key` as output/README.md says."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import duckdb
import pytest

from flows.journey import article_or_rejected
from flows.parse.formats import cut
from flows.parse.headers import BY_NAME
from flows.records import Article, RawDispatch, Source

from .conftest import FETCHED_AT
from .coordinating import run_here

LINES = [
    {"id": "d-1", "date": "2020-02-20", "text": "Two soldiers were killed in Ankara on Monday."},
    {"id": "d-2", "date": "2020-02-20", "text": "Three people met in Paris on Tuesday."},
    {"id": "d-3", "date": "2020-02-20", "text": "Rain fell on Oslo on Friday."},
]
ANONYMOUS = [{key: value for key, value in line.items() if key != "id"} for line in LINES]


def keys_of(
    payload: bytes, form: str = "jsonl", uri: str = "file:///in/lines.jsonl", version: int = 1
) -> list[str]:
    """The keys of the dispatches of a file, in order."""
    source = Source(uri, str(version) * 64, form, version, None, FETCHED_AT)
    ranges, (start, end) = cut(BY_NAME[form], payload)
    articles = [
        article_or_rejected(RawDispatch(source, n, a, b, payload[a:b], payload[start:end]))
        for n, (a, b) in enumerate(ranges)
    ]
    assert all(isinstance(each, Article) for each in articles)
    return [each.dispatch_key for each in articles if isinstance(each, Article)]


def merge_of(output: Path) -> str:
    """The query that the README of an output tells its readers to run."""
    query, *_ = re.findall(
        r"^```sql\n(.*?)^```", (output / "README.md").read_text(), re.DOTALL | re.MULTILINE
    )
    return query


def written(lines: list[dict[str, str]]) -> bytes:
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def changed(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    return [lines[0], lines[1] | {"text": "Four people met in Berlin on Tuesday."}, lines[2]]


def test_the_key_of_a_dispatch_with_an_id_stays_when_its_text_changes():
    assert keys_of(written(changed(LINES)), version=2) == keys_of(written(LINES))


def test_a_dispatch_without_an_id_is_known_by_its_bytes_wherever_it_stands():
    before = keys_of(written(ANONYMOUS))
    after = keys_of(written([ANONYMOUS[2], *changed(ANONYMOUS)[:2]]), version=2)

    assert [key in before for key in after] == [True, True, False]
    assert after[:2] == [before[2], before[0]]


def test_blank_space_around_a_dispatch_is_not_of_its_key():
    assert keys_of(written(ANONYMOUS).replace(b"}\n", b"} \r\n")) == keys_of(written(ANONYMOUS))


def test_a_dispatch_that_a_file_holds_twice_has_its_key_twice():
    one, other = keys_of(written(ANONYMOUS[:1] * 2))

    assert one == other


def test_equal_dispatches_of_two_files_have_two_keys():
    assert keys_of(written(LINES), uri="file:///in/other.jsonl") != keys_of(written(LINES))


def test_a_dispatch_keeps_its_key_when_its_file_moves_within_an_archive():
    assert keys_of(written(LINES), uri="file:///in/a.zip!/x.jsonl") == keys_of(
        written(LINES), uri="file:///in/a.zip!/y/z.jsonl"
    )


def test_an_item_of_a_feed_is_known_by_its_uri():
    """Its text may change, and it may have no id: the item is the same."""
    uri = "https://example.org/feed#item-0123456789abcdef"

    assert keys_of(written(ANONYMOUS[:1]), uri=uri) == keys_of(written(ANONYMOUS[1:2]), uri=uri, version=2)


@pytest.mark.parametrize(
    ("lines", "actions"),
    [(LINES, ["UPDATE"]), (ANONYMOUS, ["DELETE", "INSERT"])],
    ids=["with ids", "without ids"],
)
def test_a_table_merged_by_the_key_changes_only_where_a_text_did(lines, actions, tmp_path):
    """The file is read again whole, so that all of its articles have new ids."""
    source, output = tmp_path / "lines.jsonl", tmp_path / "output"
    with duckdb.connect() as db:
        for content in (lines, changed(lines)):
            source.write_bytes(written(content))
            run_here(source, output=output)
            db.execute(f"SET file_search_path = '{output}'")
            db.execute((output / "views.sql").read_text())
            if content is lines:
                db.execute("CREATE TABLE my_articles AS SELECT * FROM articles LIMIT 0")
                db.execute("CREATE TABLE my_mentions AS SELECT * FROM mentions LIMIT 0")
                db.execute(merge_of(output))
                before = db.sql("SELECT * FROM my_articles").fetchall()

        new_ids = db.sql("SELECT count(*) FROM articles_latest ANTI JOIN my_articles USING (article_id)")
        assert new_ids.fetchall() == [(3,)]
        merge, children = merge_of(output).split("\n\n", 1)
        done = db.execute(f"{merge.rstrip(';')} RETURNING merge_action").fetchall()
        db.execute(children)
        after = db.sql("SELECT * FROM my_articles").fetchall()
        mentions = db.sql("SELECT surface FROM my_mentions").fetchall()
        latest = db.sql("SELECT surface FROM mentions_latest").fetchall()
        orphans = db.sql("SELECT * FROM my_mentions ANTI JOIN my_articles USING (article_id)").fetchall()
        again = db.execute(f"{merge.rstrip(';')} RETURNING merge_action").fetchall()

    assert sorted(action for (action,) in done) == actions
    assert len(after) == len(before) == 3
    assert len([row for row in after if row not in before]) == 1
    assert sorted(mentions) == sorted(latest)
    assert orphans == []
    assert again == []


def test_a_rejected_version_of_a_file_takes_its_articles_away(tmp_path):
    source, output = tmp_path / "lines.jsonl", tmp_path / "output"
    with duckdb.connect() as db:
        for content in (written(LINES), b'{"text": 1}\n{"text": 2}\n'):
            source.write_bytes(content)
            run_here(source, output=output)
            db.execute(f"SET file_search_path = '{output}'")
            db.execute((output / "views.sql").read_text())
            for table in ("articles", "mentions"):
                db.execute(f"CREATE TABLE IF NOT EXISTS my_{table} AS SELECT * FROM {table} LIMIT 0")
            db.execute(merge_of(output))
        left = db.sql(
            "SELECT count(*) FROM my_articles UNION ALL SELECT count(*) FROM my_mentions"
        ).fetchall()

    assert left == [(0,), (0,)]


def test_the_files_of_an_archive_keep_their_keys_too(tmp_path):
    output = tmp_path / "output"
    for name in ("x.jsonl", "y.jsonl"):
        with zipfile.ZipFile(tmp_path / "wire.zip", "w") as archive:
            archive.writestr(name, written(ANONYMOUS))
        run_here(tmp_path / "wire.zip", output=output)
    with duckdb.connect() as db:
        db.execute(f"SET file_search_path = '{output}'")
        db.execute((output / "views.sql").read_text())
        counts = db.sql("SELECT count(*), count(DISTINCT dispatch_key), max(source_version) FROM articles")

        assert counts.fetchall() == [(6, 3, 2)]
