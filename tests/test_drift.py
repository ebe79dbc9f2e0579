"""Sudden changes of the share of rejects and of what has a value: what is flagged, and what is not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest

from flows import batch
from flows.quality.drift import Drift, drifts
from flows.quality.profile import LISTED, MAX_GROUPS, OF_TABLE, limited, profile_of
from flows.report.summary import Summary

from .conftest import dateline
from .coordinating import run_here

GROUP = "jsonl file:///in/"


def counts(article: int, reject: int = 0, **filled: int) -> dict[str, int]:
    everything = {"article": article, "reject": reject, **filled}
    return {f"{GROUP} {what}": count for what, count in everything.items()}


def with_empty_columns(articles: pa.Table) -> pa.Table:
    """Add the columns that are profiled, all null, where they are not there."""
    for name in OF_TABLE["articles"]:
        if name not in articles.column_names:
            kind = (
                pa.int64()
                if name.endswith("_count")
                else pa.list_(pa.int64())
                if name in LISTED
                else pa.string()
            )
            articles = articles.append_column(name, pa.nulls(articles.num_rows, kind))
    return articles


STEADY = [counts(100, 2, headline=97), counts(120, 1, headline=118), counts(80, 3, headline=79)]


def test_a_run_like_the_last_ones_is_not_flagged():
    assert drifts(counts(90, 4, headline=84), STEADY) == []


def test_a_column_that_is_suddenly_empty_is_flagged():
    (found,) = drifts(counts(100, 2, headline=60), STEADY)

    assert found == Drift(GROUP, "headline", 0.6, 118 / 120, 100)
    assert str(found) == "jsonl file:///in/: 60.0% of 100 have headline, 98.3% in earlier runs"


def test_a_column_that_is_suddenly_filled_is_flagged():
    (found,) = drifts(counts(100, byline=90), [counts(100), counts(100)])

    assert (found.what, found.share, found.usual) == ("byline", 0.9, 0.0)


def test_rejects_that_rise_are_flagged_by_a_smaller_difference():
    (found,) = drifts(counts(150, 50, headline=148), STEADY)

    assert (found.what, found.share, found.dispatch_count) == ("reject", 0.25, 200)
    assert str(found).startswith("jsonl file:///in/: 25.0% of 200 are rejected, ")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (counts(10, headline=0), [counts(1000, headline=1000)]),
        (counts(1000, headline=0), [counts(40, headline=40)]),
        (counts(1000, headline=0), []),
    ],
    ids=["few now", "few before", "no run before"],
)
def test_few_dispatches_say_nothing(now, before):
    assert drifts(now, before) == []


def test_small_runs_are_taken_together():
    """A run of ten dispatches is flagged when the four before it look the same."""
    broken, sound = counts(10), counts(10, headline=10)

    assert drifts(broken, [sound] * 34) == []
    (found,) = drifts(broken, [*([broken] * 4), *([sound] * 30)])
    assert (found.share, found.usual, found.dispatch_count) == (0.0, 1.0, 50)


def test_topics_that_are_suddenly_empty_are_flagged():
    before = [counts(100, topics=95, tone_words=99)] * 3
    (found,) = drifts(counts(100, topics=0, tone_words=98), before)

    assert (found.what, found.share, found.usual) == ("topics", 0.0, 0.95)


def test_topics_are_not_compared_with_runs_of_a_version_that_did_not_count_them():
    """A run that counted them states a 0 where no article has any."""
    assert drifts(counts(100, topics=95), [counts(100)] * 3) == []
    (found,) = drifts(counts(100, topics=95), [counts(100, topics=0)] * 3)
    assert found.what == "topics"


def test_an_empty_list_and_null_are_no_topics():
    articles = pa.table({"format": ["html"] * 3, "uri": ["file:///w/a.html"] * 3, "topics": [[1], [], None]})
    articles = with_empty_columns(articles)

    assert profile_of({"articles": articles})["html file:///w/ topics"] == 1


def test_what_differs_from_run_to_run_must_differ_more():
    varied = [counts(100, headline=count) for count in (30, 90, 50, 70, 40, 80)]

    assert drifts(counts(100, headline=5), varied) == []


def test_one_run_that_went_wrong_does_not_become_usual():
    before = [counts(100, headline=3), *STEADY]

    assert [each.what for each in drifts(counts(100, headline=4), before)] == ["headline"]
    assert drifts(counts(100, headline=97), before) == []


def test_groups_are_formats_in_folders_without_digits():
    articles = pa.table(
        {
            "format": ["html", "html", "xml"],
            "uri": [
                "file:///w/2020/02/a.html",
                "file:///w/2021/11/b9.html",
                "file:///w/2020/1.zip!/in/c.xml",
            ],
            "headline": ["A", None, "C"],
            "mention_count": [0, 2, 3],
        }
    )
    articles = with_empty_columns(articles)
    rejects = pa.table({"format": ["html"], "uri": ["file:///w/2022/03/z.html"]})

    assert profile_of({"articles": articles, "rejects": rejects}) == {
        "html file:///w/#/#/ article": 2,
        "html file:///w/#/#/ reject": 1,
        "html file:///w/#/#/ headline": 1,
        "html file:///w/#/#/ mention_count": 1,
        "html file:///w/#/#/ topics": 0,
        "html file:///w/#/#/ tone_words": 0,
        "xml file:///w/#/ article": 1,
        "xml file:///w/#/ headline": 1,
        "xml file:///w/#/ mention_count": 1,
        "xml file:///w/#/ topics": 0,
        "xml file:///w/#/ tone_words": 0,
    }


def test_the_groups_that_are_kept_are_bounded():
    found = limited({f"html file:///{'x' * size}/ article": size for size in range(1, 80)})

    assert len(found) == MAX_GROUPS
    assert min(found.values()) == 80 - MAX_GROUPS


def dispatches(folder: Path, start: int, count: int = 60) -> None:
    lines = (
        json.dumps(
            {
                "title": f"Rain {number}",
                "published": "2021-03-09",
                "text": f"It rained for the {number}th time.",
            }
        )
        for number in range(start, start + count)
    )
    folder.joinpath(f"f{start}.jsonl").write_text("\n".join(lines))


@pytest.fixture
def run(tmp_path: Path):
    """Run over a folder without fields, after adding dispatches to it."""
    folder = tmp_path / "in"
    folder.mkdir()

    def add_and_run(start: int) -> Summary:
        dispatches(folder, start)
        return run_here(folder, output=tmp_path / "out", fields=frozenset())

    return add_and_run


def test_a_parser_that_breaks_is_flagged_by_the_run_and_by_no_run_before(run, monkeypatch):
    assert [run(start).drifts for start in (0, 100, 200)] == [[], [], []]
    rows_of = batch.rows_of

    def broken(noun):
        for table, partition, row in rows_of(noun):
            yield table, partition, {**row, "headline": None} if table.name == "articles" else row

    monkeypatch.setattr(batch, "rows_of", broken)
    summary = run(300)

    (found,) = summary.drifts
    assert (found.what, found.share, found.usual, found.dispatch_count) == ("headline", 0.0, 1.0, 60)
    assert summary.failures == []
    assert summary.as_json()["drifts"] == [found.as_json()]
    monkeypatch.setattr(batch, "rows_of", rows_of)
    assert run(400).drifts == []


def test_the_command_prints_a_change_and_fails_only_if_it_is_asked_to(run, tmp_path):
    for start in (0, 100, 200, 300):
        run(start)
    asked = ("run", tmp_path / "in", "--output", tmp_path / "out", "--fields", "header")
    for number, options, status in ((1, (), 0), (2, ("--fail-on-drift",), 1)):
        lines = (json.dumps({"text": f"It rained for the {number}.{each}th time."}) for each in range(200))
        (tmp_path / f"in/untitled{number}.jsonl").write_text("\n".join(lines))

        done = dateline(*asked, *options)

        assert done.returncode == status, done.stderr
        line = b": 0.0% of 200 have headline, 100.0% in earlier runs"
        assert line in done.stdout
        assert (line in done.stderr.splitlines()[-1]) == (status == 1)


@pytest.mark.slow
@pytest.mark.parametrize("corpus", ["bbc", "idmc_articles", "mini_newsgroups", "20news_bydate"])
def test_halves_of_a_corpus_do_not_differ(corpus, shared, tmp_path):
    """Real dispatches, in the order of the corpus and read as two runs: the second is not flagged."""
    with gzip.open(shared / f"corpora/bulk/{corpus}.jsonl.gz", "rb") as packed:
        lines = packed.read().splitlines(keepends=True)[:3000]
    folder = tmp_path / "in"
    folder.mkdir()
    for number, half in enumerate((lines[::2], lines[1::2])):
        (folder / f"{number}.jsonl").write_bytes(b"".join(half))
        assert run_here(folder, output=tmp_path / "out", fields=frozenset()).drifts == []
