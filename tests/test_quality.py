"""The checks of a batch before its commit: what they find, and that a batch that fails is kept apart whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import batch, run_commits, s3_client
from flows.batch import PartDone, violations_of
from flows.checks import Check, Violation
from flows.coordinator import run_job
from flows.errors import BrokenRow
from flows.fetch import plan
from flows.fetch.plan import Batch
from flows.journey import article_or_rejected, enriched
from flows.quality.code_points import CodePoints
from flows.quality.evaluate import columns_checked, violations_in
from flows.report.state import state_of
from flows.report.summary import Summary
from flows.report.terminal import show_state
from flows.schema import Type
from flows.survey import Job
from flows.tables import BY_NAME, TABLES, rows_of
from flows.write import quarantine
from flows.write.arrow import arrow_table
from flows.write.log import read_log
from flows.write.output import Output

from .conftest import FETCHED_AT, loaded_reference, raw
from .coordinating import SeesNothing, run_here, steps_here
from .s3_server import s3_server

TEXT = (
    "date 2021-03-09 TARSA, March 9 - Two villagers were killed and 12 wounded near Aleppo on Monday when rebels shelled the town, "
    "police spokesman Deniz Aras said. “We saw two houses burn – naïve as we were,” Mr Aras told reporters. "
    "Relief cost $3 million, he said. Turkish troops arrested a journalist in Kampala.\n"
)


@cache
def sound_rows() -> dict[str, list[dict[str, Any]]]:
    """The rows of two articles, the second one without a word that is found."""
    rows: dict[str, list[dict[str, Any]]] = {}
    dispatches = [raw(TEXT.encode()), replace(raw(b"date 2021-03-10 Rain.\n"), number=1)]
    for article in enriched([article_or_rejected(each) for each in dispatches], loaded_reference()):
        for table, _, row in rows_of(article):
            rows.setdefault(table.name, []).append(dict(row))
    return rows


def columns(rows: dict[str, list[dict[str, Any]]]) -> dict[str, pa.Table]:
    return {
        name: arrow_table(BY_NAME[name], found, 2).select(columns_checked(name))
        for name, found in rows.items()
    }


def changed(table: str, **values: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows with other values in the first row of a table."""
    rows = {name: list(found) for name, found in sound_rows().items()}
    rows[table][0] = rows[table][0] | values
    return rows


def test_rows_of_sound_articles_pass_every_check():
    assert {name for name, found in sound_rows().items() if found} >= {
        "articles", "mentions", "places", "times", "quotes", "claims", "amounts", "events", "signatures",
    }  # fmt: skip
    assert violations_in(columns(sound_rows())) == ()


@pytest.mark.parametrize(
    ("table", "values", "check"),
    [
        ("places", {"latitude": 90.5}, "latitude is between -90 and 90"),
        ("places", {"latitude": float("nan")}, "latitude is between -90 and 90"),
        ("places", {"longitude": None}, "latitude, longitude are all null, or none is"),
        ("places", {"surface": "Alepp"}, "surface is body_text[char_start:char_end]"),
        ("places", {"char_start": -1}, "surface is body_text[char_start:char_end]"),
        ("places", {"char_end": 100_000}, "surface is body_text[char_start:char_end]"),
        ("places", {"confidence": 1.01}, "confidence is between 0 and 1"),
        ("places", {"article_id": "0" * 32}, "article_id is a article_id of articles"),
        ("mentions", {"type": "PERSON"}, f"type is one of {', '.join(BY_NAME['mentions'].checks[-2].values)}"),
        ("claims", {"low": 3, "best": None, "high": 2}, "low <= best <= high"),
        ("claims", {"time_id": "0" * 32}, "time_id is a time_id of times"),
        ("claims", {"claimant": None}, "claimant, claimant_start, claimant_end are all null, or none is"),
        ("events", {"claim_ids": ["0" * 32]}, "claim_ids is a claim_id of claims"),
        ("quotes", {"entity_id": "0" * 32}, "entity_id is a entity_id of mentions"),
        ("quotes", {"content": [{"char_start": 4, "char_end": 4}]}, "each of content is a part of the text"),
        ("articles", {"topic_words": [{"kind": "medtop:01000000", "char_start": 0, "char_end": 100_000}]}, "each of topic_words is a part of the text"),
        ("articles", {"headline_topic_words": [{"kind": "medtop:01000000", "char_start": 0, "char_end": 100_000}]}, "each of headline_topic_words is a part of the headline"),
        ("articles", {"topics": [{"code": "medtop:01000000", "name": "arts", "level": 1, "score": 1.5}]}, "each score of topics is between 0 and 1"),
        ("articles", {"topics": [{"code": "medtop:01000000", "name": "arts", "level": 3, "score": 0.5}]}, "each level of topics is between 1 and 2"),
        ("articles", {"tone": float("nan")}, "tone is between -1 and 1"),
        ("articles", {"tone_words": None}, "tone, tone_positive_share, tone_negative_share, tone_words are all null, or none is"),
        ("articles", {"mention_count": 99}, "mention_count is the number of rows in mentions"),
        ("articles", {"char_count": 1}, "char_count is the length of body_text"),
        ("articles", {"sentence_count": 0}, "sentence_count is the length of sentences"),
        ("articles", {"source_version": 0}, "source_version is at least 1"),
        ("articles", {"byte_end": -1}, "byte_start <= byte_end"),
        ("articles", {"killed_low": 5, "killed_high": 4}, "killed_low <= killed_high"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_found_with_the_rule_and_its_key(table, values, check):
    found = violations_in(columns(changed(table, **values)))

    (violation,) = [each for each in found if (each.table, each.check) == (table, check)]
    assert violation.rows == 1
    (key,) = BY_NAME[table].key
    assert violation.example.startswith(f"{key} = {sound_rows()[table][0][key]!r}")


def test_a_key_that_occurs_twice_is_found():
    rows = sound_rows() | {"times": [*sound_rows()["times"], sound_rows()["times"][0]]}

    found = {(each.table, each.check): each.rows for each in violations_in(columns(rows))}

    assert found["times", "time_id occurs once"] == 2


def test_rows_without_their_article_are_found():
    rows = {name: found for name, found in sound_rows().items() if name != "articles"}

    found = {(each.table, each.check): each.rows for each in violations_in(columns(rows))}

    assert found["times", "article_id is a article_id of articles"] == len(rows["times"])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.text(max_size=20), st.integers(-2, 22), st.integers(-2, 22)), max_size=8))
def test_slices_are_those_of_python(found):
    """Offsets are code points, whatever bytes they take in UTF-8."""
    texts = [text.encode("utf-8", "replace").decode() for text, _, _ in found]
    points = CodePoints(pa.array(texts, pa.string()))
    rows, starts, ends = (
        pa.array(each, pa.int64()).to_numpy()
        for each in (list(range(len(found))), [start for _, start, _ in found], [end for _, _, end in found])
    )

    within = points.have(rows, starts, ends)

    assert list(within) == [
        0 <= start < end <= len(text) for text, (_, start, end) in zip(texts, found, strict=True)
    ]
    surfaces = [text[start:end] for text, (_, start, end) in zip(texts, found, strict=True)]
    inside = [surface for surface, is_in in zip(surfaces, within, strict=True) if is_in]
    spans = rows[within], starts[within], ends[within]
    assert points.equal(*spans, pa.array(inside, pa.string())).all()
    others = ["x" + surface[1:] if surface[0] != "x" else "y" + surface[1:] for surface in inside]
    assert not points.equal(*spans, pa.array(others, pa.string())).any()
    longer = [surface + "." for surface in inside]
    assert not points.equal(*spans, pa.array(longer, pa.string())).any()


CHECKS = [(table.name, check) for table in TABLES for check in table.checks]


@pytest.mark.parametrize(("table", "check"), CHECKS, ids=lambda each: getattr(each, "name", each))
def test_a_check_reads_columns_of_its_table(table: str, check: Check):
    declared = {column.name for column in BY_NAME[table].columns}

    assert set(check.columns) <= declared
    assert declared >= set(columns_checked(table))


def test_every_column_with_code_points_is_checked():
    """A new column of offsets must not be forgotten."""
    checked = {(table, column) for table, check in CHECKS for column in check.columns}
    offsets = {
        (table.name, column.name)
        for table in TABLES
        for column in table.columns
        if (column.name.endswith(("_start", "_end")) and not column.name.startswith("byte"))
        or column.type in (Type.SPAN_LIST, Type.SEGMENT_LIST)
    }
    # Two texts: that of the article, and that of the version before, which is in another commit.
    offsets -= {("changes", f"{side}char_{end}") for side in ("", "previous_") for end in ("start", "end")}

    assert offsets - checked == set()


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six dispatches in three batches, and a model that finds nothing."""
    monkeypatch.setattr(batch, "_reference", lambda *_: replace(loaded_reference(), model=SeesNothing()))
    monkeypatch.setattr(plan, "BATCH_BYTES", 400)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(1, 7):
        text = f"date 2020-0{number}-20 “We go,” Mr Smith said on Monday. " + "It rained. " * 10
        (folder / f"{number}.txt").write_text(text)
    return folder


@pytest.fixture
def output(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path | str]:
    """A new output, in a folder or on an object store."""
    if request.param == "folder":
        yield tmp_path / "out"
        return
    with s3_server() as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        s3_client.close()
        yield server.new_bucket("checked") + "/out"


def break_rows(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any], file: str) -> None:
    """Have a fault in the code change the row of `articles` of one file."""

    def faulty(noun):
        for table, partition, row in rows_of(noun):
            is_it = table.name == "articles" and row["uri"].endswith(file)
            yield table, partition, change(dict(row)) if is_it else row

    monkeypatch.setattr(batch, "rows_of", faulty)


def run_with_fault(sources: Path, output: Path | str) -> Summary:
    """Run as with worker processes, whose exceptions are results."""
    job = Job((str(sources),), output, workers=1, began=FETCHED_AT)
    steps = steps_here(job)

    def submit(*asked):
        try:
            return steps.submit(*asked)
        except BrokenRow as error:
            return error

    return run_job(job, steps_here(job, submit))


def rows_by_uri(output: Path | str) -> Counter[str]:
    """How often a plain reader finds each source in `articles`."""
    store = Output(output).store
    found: Counter[str] = Counter()
    for name in store.names("articles"):
        read = pq.ParquetFile(store.opened(name)).read(["uri"])["uri"].to_pylist()
        found.update(uri.rpartition("/")[2] for uri in read)
    return found


FAULTS = {
    "a wrong count": (lambda row: row | {"char_count": 1}, "char_count is the length of body_text"),
    "a null in a column without": (lambda row: row | {"uri": None}, "uri is text"),
}


@pytest.mark.parametrize(
    ("output", "fault"),
    [*(("folder", fault) for fault in FAULTS), ("s3", "a wrong count")],
    indirect=["output"],
)
def test_a_batch_that_fails_is_kept_apart_whole_and_read_again(output, sources, monkeypatch, fault):
    change, check = FAULTS[fault]
    break_rows(monkeypatch, change, "4.txt")
    summary = run_with_fault(sources, output)

    committed = rows_by_uri(output)
    (failure,) = summary.failures
    assert failure.startswith("batch ")
    assert f"articles: 1 row fails the check `{check}`" in failure
    assert "4.txt" not in committed
    assert 0 < len(committed) == summary.article_count < 6
    (kept,) = quarantine.quarantined(Output(output))
    assert kept["folder"] in failure
    assert [(each["table"], each["check"]) for each in kept["violations"]] == [("articles", check)]
    assert {each["uri"].rpartition("/")[2] for each in kept["inputs"]} == {
        f"{number}.txt" for number in range(1, 7)
    } - committed.keys()
    names = Output(output).store.names(kept["folder"])
    assert any(name.endswith(".staged") for name in names) == (check != "uri is text")

    monkeypatch.setattr(batch, "rows_of", rows_of)
    again = run_here(sources, output=output)

    assert again.failures == []
    assert rows_by_uri(output) == Counter(f"{number}.txt" for number in range(1, 7))
    (found,) = state_of(output)["quarantine"]
    assert found["is_committed"]


def test_status_names_what_was_kept_apart_until_it_is_committed(sources, tmp_path, monkeypatch, capsys):
    break_rows(monkeypatch, FAULTS["a wrong count"][0], "4.txt")
    run_here(sources, output=tmp_path / "out")

    show_state(state_of(tmp_path / "out"))
    shown = capsys.readouterr().out
    assert "not committed, and kept in .dateline/quarantine/" in shown
    assert (
        "articles: 1 row fails the check `char_count is the length of body_text`, such as article_id = "
        in shown
    )

    monkeypatch.setattr(batch, "rows_of", rows_of)
    run_here(sources, output=tmp_path / "out")
    show_state(state_of(tmp_path / "out"))
    assert "quarantine" not in capsys.readouterr().out


def test_a_batch_that_fails_again_is_kept_once_and_few_are_kept(sources, tmp_path, monkeypatch):
    output = Output(tmp_path / "out")
    monkeypatch.setattr(quarantine, "MAX_KEPT", 2)
    break_rows(monkeypatch, FAULTS["a wrong count"][0], "4.txt")
    for _ in range(2):
        run_here(sources, output=output.address)
    (once,) = quarantine.quarantined(output)
    assert once["seq"] == max(record.seq for record in read_log(output)) + 1

    break_rows(monkeypatch, FAULTS["a wrong count"][0], ".txt")
    for number in range(4):
        (sources / f"new{number}.txt").write_text(f"date 2020-02-2{number} It rained.")
        run_here(sources, output=output.address)
    assert len(list((output.root / ".dateline/quarantine").iterdir())) == 2


def test_a_dispatch_that_gets_lost_is_found(sources, tmp_path, monkeypatch):
    outcomes = batch._outcomes
    monkeypatch.setattr(
        batch, "_outcomes", lambda *all_: (each for each in outcomes(*all_) if "4.txt" not in _uri(each))
    )

    summary = run_here(sources, output=tmp_path / "out")

    (failure,) = summary.failures
    assert "dispatches read = articles + rejects" in failure
    assert summary.dispatch_count == summary.article_count + summary.reject_count


def _uri(outcome: Any) -> str:
    uri: str = outcome.article.raw.source.uri
    return uri


def test_a_dispatch_in_two_parts_is_found(tmp_path):
    done = PartDone([], {"article": 0, "reject": 0}, {}, {}, {}, {}, ("a", "b"))
    empty = Batch(2, "b", tmp_path, (), ())

    found = violations_of(empty, [done, replace(done, dispatch_ids=("b",))])

    assert found == (Violation("articles", "a dispatch is read once", 1, "dispatch b"),)


def test_rows_of_stories_are_checked_and_the_next_run_places_the_articles(sources, tmp_path, monkeypatch):
    def faulty(noun):
        for table, partition, row in rows_of(noun):
            yield table, partition, {**row, "version_no": 0} if table.name == "story_members" else row

    monkeypatch.setattr(run_commits, "rows_of", faulty)
    summary = run_here(sources, output=tmp_path / "out")
    (failure,) = summary.failures
    assert "story_members: 6 rows fail the check `version_no is at least 1`" in failure
    assert (summary.rows["articles"], summary.rows["story_members"]) == (6, 0)

    monkeypatch.setattr(run_commits, "rows_of", rows_of)
    again = run_here(sources, output=tmp_path / "out")
    assert (again.failures, again.rows["story_members"]) == ([], 6)


def test_the_reason_is_on_the_disk_before_the_batch_is_apart(sources, tmp_path, monkeypatch):
    """A kill between the two leaves a stage, which the next run removes."""
    break_rows(monkeypatch, FAULTS["a wrong count"][0], "4.txt")
    run_here(sources, output=tmp_path / "out")

    (reason,) = (tmp_path / "out").glob(".dateline/quarantine/*/reason.json")
    assert orjson.loads(reason.read_bytes())["batch_id"].startswith(reason.parent.name.rpartition("-")[2])
    assert not list((tmp_path / "out/.dateline/stage").iterdir())
