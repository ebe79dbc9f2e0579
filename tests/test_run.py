"""The main job as a user runs it: the command, the dataset it makes, and what readers see of it."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from datetime import date

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest

from flows.schema import BATCH_SEQ, Type
from flows.tables import BY_NAME, TABLES
from flows.write.arrow import schema_of

from .conftest import FETCHED_AT, SEEDS, dateline

DISPATCHES = 59


def rows(dataset, table: str) -> list[dict]:
    return ds.dataset(dataset / table, schema=schema_of(table)).to_table().to_pylist()


SPAN = "char_start: int64, char_end: int64"
IN_ARROW = {
    Type.TEXT: "string",
    Type.INT64: "int64",
    Type.FLOAT64: "double",
    Type.BOOL: "bool",
    Type.INSTANT: "timestamp[us, tz=UTC]",
    Type.DATE: "date32[day]",
    Type.TEXT_LIST: "list<element: string>",
    Type.TEXT_MAP: "map<string, string>",
    Type.SPAN_LIST: f"list<element: struct<{SPAN}>>",
    Type.SEGMENT_LIST: f"list<element: struct<kind: string, {SPAN}>>",
    Type.TOPIC_LIST: "list<element: struct<code: string, name: string, level: int64, score: double>>",
}
"""What readers see of each type."""


def bare(kind) -> str:
    """A type without the width of its offsets and without the name that a file gives to a map."""
    return re.sub(r" \('\w+'\)|large_", "", str(kind))


def counts(dataset) -> dict[str, int]:
    return {table.name: len(rows(dataset, table.name)) for table in TABLES}


def test_every_dispatch_is_an_article_or_a_reject(dataset):
    assert len(rows(dataset, "articles")) + len(rows(dataset, "rejects")) == DISPATCHES
    (run,) = rows(dataset, "runs")
    assert run["dispatch_count"] == run["article_count"] + run["reject_count"] == DISPATCHES


def test_every_extracted_row_points_at_its_words(dataset):
    texts = {row["article_id"]: row["body_text"] for row in rows(dataset, "articles")}
    extracted = [
        row for table in ("mentions", "places", "times", "quotes", "claims") for row in rows(dataset, table)
    ]

    assert len(extracted) > 100
    assert all(
        texts[row["article_id"]][row["char_start"] : row["char_end"]] == row["surface"] for row in extracted
    )


def test_every_key_is_unique(dataset):
    for table in TABLES:
        keys = Counter(tuple(row[name] for name in table.key) for row in rows(dataset, table.name))
        assert [key for key, count in keys.items() if count > 1] == [], table.name


def test_a_quotation_leads_to_the_entity_of_its_speaker(dataset):
    names = {row["entity_id"]: row["canonical_name"] for row in rows(dataset, "mentions")}
    spoken = {row["speaker"]: names.get(row["entity_id"]) for row in rows(dataset, "quotes")}

    assert spoken["Grace Onoja"] == "Grace Onoja"


@pytest.mark.parametrize("table", BY_NAME)
def test_pandas_pyarrow_duckdb_and_polars_read_the_same_types_and_counts(dataset, table):
    """By the folder or a plain glob, with no schema given."""
    folder = dataset / table
    arrow = ds.dataset(folder, partitioning="hive").to_table()
    frame = pd.read_parquet(folder, dtype_backend="pyarrow")
    polar = pl.read_parquet(folder / "**/*.parquet", hive_partitioning=True)
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        duck = db.sql(f"SELECT * FROM read_parquet('{folder}/*/*.parquet', hive_partitioning = true)")
        duck_types = dict(zip(duck.columns, map(str, duck.types), strict=True))
        duck_count = len(duck.fetchall())

    declared = {column.name: IN_ARROW[column.type] for column in (*BY_NAME[table].columns, BATCH_SEQ)}
    partition = BY_NAME[table].partition_by
    names = sorted([*declared, partition])
    assert (
        sorted(arrow.column_names)
        == sorted(frame.columns)
        == sorted(polar.columns)
        == sorted(duck_types)
        == names
    )
    assert arrow.num_rows == len(frame) == len(polar) == duck_count == len(rows(dataset, table))
    in_duckdb = {
        "string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "date32[day]": "DATE",
        "timestamp[us, tz=UTC]": "TIMESTAMP WITH TIME ZONE",
    }  # fmt: skip
    in_polars = {
        "string": pl.String, "int64": pl.Int64, "double": pl.Float64, "bool": pl.Boolean, "date32[day]": pl.Date,
        "timestamp[us, tz=UTC]": pl.Datetime("us", "UTC"),
    }  # fmt: skip
    for name, kind in declared.items():
        assert bare(arrow.schema.field(name).type) == kind
        assert bare(frame[name].dtype.pyarrow_dtype) == kind
        if kind in in_duckdb:
            assert (duck_types[name], polar.schema[name]) == (in_duckdb[kind], in_polars[kind])
    assert (duck_types[partition], polar.schema[partition]) == ("VARCHAR", pl.String)


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """Two files ingested; then nothing new; then one changed and one gone: the outputs of the three runs."""
    folder = tmp_path_factory.mktemp("journal")
    source, output = folder / "in", folder / "output"
    source.mkdir()
    for name in ("inline-flood.txt", "lines-desk.jsonl", "plain-archive.txt"):
        shutil.copy(SEEDS / name, source / name)
    reports = [run_json(source, output), run_json(source, output)]
    text = (source / "inline-flood.txt").read_text().replace("At least 19", "At least 23")
    (source / "inline-flood.txt").write_text(text)
    (source / "plain-archive.txt").unlink()
    reports.append(run_json(source, output))
    return output, reports


def run_json(source, output) -> dict:
    done = dateline("run", source, "--output", output, "--json")
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_a_second_run_reads_nothing_and_commits_nothing(journal):
    _, (first, second, _) = journal

    assert (first["article_count"], first["unchanged_count"]) == (6, 0)
    assert (second["dispatch_count"], second["unchanged_count"], second["batch_count"]) == (0, 3, 0)


def test_a_changed_file_adds_its_new_version_and_one_that_is_gone_is_told_and_kept(journal):
    output, (_, _, third) = journal
    versions = [(row["uri"].rsplit("/", 1)[1], row["source_version"]) for row in rows(output, "articles")]

    assert (third["article_count"], third["unchanged_count"]) == (1, 1)
    assert [uri.rsplit("/", 1)[1] for uri in third["vanished"]] == ["plain-archive.txt"]
    assert sorted(versions) == [
        ("inline-flood.txt", 1),
        ("inline-flood.txt", 2),
        *[("lines-desk.jsonl", 1)] * 4,
        ("plain-archive.txt", 1),
    ]


def test_the_latest_views_hold_the_newest_version_of_each_source_only(journal, monkeypatch):
    output, _ = journal
    monkeypatch.chdir(output.parent)
    done = dateline("schema", "--sql", "--output", output)
    with duckdb.connect() as db:
        db.execute(done.stdout.decode())
        articles = db.sql("SELECT count(*), max(source_version) FROM articles_latest").fetchall()
        flood = db.sql("SELECT body_text FROM articles_latest WHERE uri LIKE '%flood%'").fetchall()
        orphans = db.sql(
            "SELECT count(*) FROM mentions_latest ANTI JOIN articles_latest USING (article_id)"
        ).fetchall()
        (older,), (newest,) = db.sql(
            "SELECT count(*) FROM mentions UNION ALL SELECT count(*) FROM mentions_latest"
        ).fetchall()

    assert articles == [(6, 2)]
    assert [text.startswith("At least 23") for (text,) in flood] == [True]
    assert orphans == [(0,)]
    assert older > newest


def test_status_tells_what_the_output_holds(journal):
    output, _ = journal
    state = json.loads(dateline("status", "--output", output, "--json").stdout)

    assert state["head"] == state["watermark"] == 7
    assert state["source_count"] == 3
    assert {name: table["rows"] for name, table in state["tables"].items()} == counts(output)


def test_an_id_leads_back_to_its_words_and_bytes(dataset):
    mention = rows(dataset, "mentions")[0]
    said = dateline("explain", mention["mention_id"][:12], "--output", dataset).stdout.decode()

    assert f"[{' '.join(mention['surface'].split())}]" in said
    assert "sha256 of the file" in said


def test_the_id_of_a_claim_leads_back_to_its_sentence_with_its_parts_marked(dataset):
    claim = next(row for row in rows(dataset, "claims") if row["claimant"] and row["number"])
    said = dateline("explain", claim["claim_id"], "--output", dataset).stdout.decode()

    for part in ("number", "object", "claimant", "cue"):
        assert f"[{' '.join(claim[part].split())}]{{{part}}}" in said
    assert f"  rule_id: {claim['rule_id']}" in said


def test_explain_shows_a_dispatch_at_each_step():
    steps = json.loads(dateline("explain", SEEDS / "inline-bridge.txt", "--json").stdout)

    assert [step["step"] for step in steps] == [
        "fetch", "format", "decode", "header", "body", "language", "sentences", "places", "mentions", "times", "quotes", "claims", "amounts", "events", "topics", "tone", "rows",
    ]  # fmt: skip
    assert any("February 12 -> 2021-02-12" in line for line in steps[9]["lines"])
    assert any("Ziguinchor" in line and "SN" in line for line in steps[7]["lines"])


def test_a_refused_file_sets_the_exit_status_and_is_listed(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad.txt").write_text("date 2020-02-31 Two soldiers")
    done = dateline("run", tmp_path / "in", "--output", tmp_path / "output")
    listed = dateline("status", "--rejects", "--output", tmp_path / "output")

    assert done.returncode == 1
    assert "100.0% of the dispatches were rejected, wanted at most 5.0%" in done.stderr.decode()
    assert "header.date.unreadable" in listed.stdout.decode()
    assert "2020-02-31" in listed.stdout.decode()


@pytest.mark.parametrize(
    "gone", ["datapackage.json", ".dateline/stage", ".dateline/spool", ".dateline/watermark.json"]
)
def test_what_can_be_made_again_is_made_again_by_a_run_with_nothing_new(dataset, tmp_path, gone):
    """As after a copy that leaves out empty folders, or a run that was killed at its very end."""
    output = shutil.copytree(dataset, tmp_path / "output")
    path = output / gone
    path.rmdir() if path.is_dir() else path.unlink()
    done = dateline("run", SEEDS, "--output", output)

    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().startswith("Nothing new: 45 of 45 sources are unchanged")
    assert path.exists()
    assert (output / "datapackage.json").read_bytes() == (dataset / "datapackage.json").read_bytes()


def test_a_readme_of_another_program_is_not_overwritten(tmp_path):
    (tmp_path / "README.md").write_text("# My thesis")
    done = dateline("run", SEEDS, "--output", tmp_path)

    assert done.returncode == 2
    assert "which holds README.md, wanted a new or empty folder" in done.stderr.decode()
    assert (tmp_path / "README.md").read_text() == "# My thesis"


def test_an_empty_inbox_is_nothing_new(tmp_path):
    (tmp_path / "in").mkdir()
    done = dateline("run", tmp_path / "in", tmp_path / "in" / "*.txt", "--output", tmp_path / "output")

    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().startswith("Nothing to read: these sources contain no file.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere"], "source: found nowhere, wanted a file, a folder, or a glob below a folder"),
        (["run", "{seeds}", "--output", "{full}"], "which holds thesis.odt, wanted a new or empty folder"),
        (["run", "{seeds}", "--output", "{file}/output"], "wanted a folder that can be written"),
        (["run", "--no-such-option"], "No such option"),
        (["run", "--workers", "0"], "0 is not in the range"),
        (["run", "--fetched-at", "yesterday"], "found 'yesterday', wanted an instant"),
        (["status", "--output", "{empty}"], "(no commit), wanted an output"),
        (["explain", "nothing", "--output", "{empty}"], "found nothing, wanted a file, or an id"),
        (["explain", "{file}", "--number", "7"], "found 7, wanted 0 to 0"),
        (["schema", "articels"], "found articels, wanted one of articles"),
    ],
)
def test_wrong_use_says_what_was_found_and_wanted(arguments, said, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("Two soldiers")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.odt").write_text("mine")
    places = {name: tmp_path / name for name in ("empty", "file", "full")} | {"seeds": SEEDS}
    done = dateline(*(argument.format(**places) for argument in arguments), cwd=tmp_path)

    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_without_the_compiled_network_the_answers_are_the_same_and_the_reason_is_on_standard_error():
    line = (
        b'{"id":1,"published":"2020-02-20","text":"Two Turkish soldiers were killed in Idlib on Thursday."}\n'
    )

    fast = dateline("annotate", stdin=line)
    slow = dateline("annotate", stdin=line, DATELINE_KERNELS="0")

    assert json.loads(slow.stdout)["killed"] == 2
    assert slow.stdout == fast.stdout
    assert slow.stderr.decode() == "The language model is slow: DATELINE_KERNELS is 0.\n"


def test_annotate_points_into_the_very_text_it_was_given():
    """Blanks, line ends and controls are left as they came."""
    text = "  Two died\r\n\r\n\tin Ankara on Wednesday.\x00 “We go,” Recep Tayyip Erdogan said.  "
    lines = [
        {"id": 1, "published": "2020-02-20", "text": text},
        {"id": 2, "text": 7},
        {"id": 3, "published": None, "text": ""},
    ]
    done = dateline("annotate", stdin="\n".join(json.dumps(line) for line in lines).encode() + b"\nbroken\n")
    first, second, third, fourth = map(json.loads, done.stdout.splitlines())

    assert done.returncode == 1
    assert [(text[each["start"] : each["end"]], each["value"]) for each in first["times"]] == [
        ("Wednesday", "2020-02-19")
    ]
    assert "Ankara" in [text[each["start"] : each["end"]] for each in first["entities"]]
    (quote,) = first["quotes"]
    assert [text[start:end] for start, end in quote["content"] + quote["source"] + quote["cue"]] == [
        "We go,", "Recep Tayyip Erdogan", "said",
    ]  # fmt: skip
    assert (second["id"], second["error"]["code"]) == (2, "format.record.broken")
    assert (third["id"], third["sentences"], third["entities"]) == (3, [], [])
    assert fourth["error"]["code"] == "format.record.broken"


def test_the_users_own_document(shared, tmp_path):
    done = dateline("run", shared / "seeds", "--output", tmp_path, "--fetched-at", FETCHED_AT.isoformat())
    assert done.returncode == 0, done.stderr.decode()

    (article,) = rows(tmp_path, "articles")
    values = {row["surface"]: row["value"] for row in rows(tmp_path, "times")}

    assert (article["published_on"], article["published_precision"]) == (date(2020, 2, 20), "day")
    assert article["body_text"].startswith("Two Turkish soldiers")
    assert (article["paragraph_count"], article["sentence_count"]) == (20, 22)
    assert values["February 12"] == "2020-02-12"
    assert values["Wednesday"] == "2020-02-19"
    assert values["this month"] == "2020-02"
