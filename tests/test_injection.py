"""Words of an operator or a dispatch in SQL, in folders and in caches: they are data wherever they go."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import platformdirs
import pyarrow.dataset as ds
import pytest
import sqlglot
from click.testing import CliRunner

from flows import cli, to_pandas
from flows.errors import BrokenGazetteer, WrongUse
from flows.fields import fields_named
from flows.reference.gazetteer_index import build_gazetteer
from flows.warehouse.dialects import DIALECTS, dialect_named
from flows.warehouse.load import load
from flows.warehouse.rows import connect
from flows.warehouse.script import READINGS, script
from flows.warehouse.verify import verify

from .coordinating import run_here

ATTACKS = (
    "x'; DROP TABLE articles; --",
    "x\\'; DROP TABLE articles; --",
    'x"; DROP TABLE articles; --',
    "x`; DROP TABLE articles; --",
    "x*/; DROP TABLE articles; /*",
    "$$; DROP TABLE articles; $$",
    "{0}{dialect.name}{{7*7}}%s%(a)s:a?",
)


def words_outside_literals(sql: str, dialect: str) -> list[str]:
    tokens = sqlglot.tokenize(sql, read=dialect)
    return [each.text for each in tokens if each.token_type != sqlglot.TokenType.STRING]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_the_id_of_an_output_and_its_location_stay_within_their_literals(name, attack):
    """As many tokens, and the same ones, as with plain words."""
    located = READINGS[name].location is not None and name != "snowflake"
    said, plain = (
        words_outside_literals(
            script(dialect_named(name), location=f"s3://b/{text}" if located else None, output_id=text), name
        )
        for text in (attack, "plain")
    )

    assert said == plain


@pytest.mark.parametrize("attack", [*ATTACKS, "", "a--b", "a.b.c.d", "1a", "a b", "a\nb", "é"])
def test_a_schema_that_needs_quotation_marks_is_refused(attack):
    with pytest.raises(WrongUse, match="--schema"):
        dialect_named("bigquery").in_schema(attack)


@pytest.mark.parametrize("name", ["news", "my-project-1.news", "catalog.news", "a.b.c", "_x"])
def test_a_plain_schema_is_used_as_it_is(name):
    assert dialect_named("bigquery").in_schema(name).table("articles") == f"{name}.articles"


@pytest.mark.parametrize(
    "location",
    [
        *(f"@stage/{each}" for each in ATTACKS),
        "@stage/a--b",
        "@stage/--",
        "@stage/a b",
        "stage",
        "@",
        "@stage\n",
    ],
)
def test_a_stage_of_snowflake_is_a_stage_and_folders(location):
    """It has no quotation marks in its SQL."""
    with pytest.raises(WrongUse, match="--location"):
        script(dialect_named("snowflake"), "load", location)


@pytest.mark.parametrize("location", ["@stage", "@~/a", "@db.news.stage/out-1/kind=a/", "@%t/a.b"])
def test_a_plain_stage_is_used_as_it_is(location):
    assert f"FROM {location.rstrip('/')}/articles/" in script(dialect_named("snowflake"), "load", location)


def test_a_location_has_no_control_characters():
    with pytest.raises(WrongUse, match="--location"):
        script(dialect_named("duckdb"), "load", "s3://b/\x1b[2J")


NAUGHTY = (
    "Robert'); DROP TABLE articles;--",
    '"; SELECT pg_sleep(10); --',
    "$(touch owned) `touch owned` ; touch owned | touch owned",
    "../../../../owned",
    "{{7*7}} ${7*7} #{7*7} %n%s {0.__class__}",
    "<script>alert(1)</script> </td> &lt; &#0;",
    '=HYPERLINK("http://x","y") @SUM(1) -1+1',
    "\\N \\. \\x00 \\u0000 NULL null undefined NaN -Infinity 1e999",
    "\u202e\u2066 \ufeff \u200b \U0001f468\u200d\U0001f469\u200d\U0001f467 \u0301\u0301\u0301 \u1e9e \ufdfd \uffff \U0010ffff",
    "__HIVE_DEFAULT_PARTITION__ publish_month=2020-02 a=b/c",
    "\x01\x02\x08\x0b\x0c\x1b[31m\x7f\x85\x9b",
    "Ω≈ç√∫˜µ≤≥÷ 田中さん 社會科學 הָיְתָה الصفحات Ṱ̺̺̕o͞ ͏i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤",
)
"""Words that have broken programs: SQL, shells, paths, templates, HTML, spreadsheets, nulls, text direction, controls."""


@pytest.fixture(scope="module")
def naughty(tmp_path_factory) -> Path:
    """An output of dispatches with such words as title, author, place, identifier, unknown key, body and name of file."""
    folder = tmp_path_factory.mktemp("naughty")
    (folder / "in").mkdir()
    for number, words in enumerate(NAUGHTY):
        line = " ".join(words.split())
        name = line.replace("/", "_").encode()[:200].decode(errors="ignore")
        (folder / "in" / f"a {name}.txt").write_text(
            f"Title: {line}\nDate: 2020-02-{number + 1:02}\nAuthor: {line}\nSection: {line}\nDateline: {line}\n"
            f"Id: {line}\nX-Key {line}: {line}\n\nTwo soldiers were killed near {line} on Monday.\n"
        )
    records = [
        dict.fromkeys(("id", "title", "author", "section", "source", "language", "url", "text", words), words)
        | {"date": "2020-03-01"}
        for words in NAUGHTY
    ]
    (folder / "in" / "records.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n")
    done = run_here(folder / "in", output=folder / "out", fields=fields_named("header"))
    assert done.dispatch_count == done.article_count + done.reject_count == 2 * len(NAUGHTY)
    assert not done.failures
    return folder / "out"


def test_words_that_break_programs_are_rows(naughty):
    """The words of the text are found in it as they were written, white space aside."""
    rows = ds.dataset(naughty / "articles", format="parquet").to_table().to_pylist()
    texts = {" ".join(row["body_text"].split()) for row in rows}

    assert len(rows) == 2 * len(NAUGHTY)
    assert {row["publish_month"] for row in to_pandas("articles", naughty).to_dict("records")} == {
        "2020-02",
        "2020-03",
    }
    for words in NAUGHTY[:6]:
        assert any(text.endswith(f"Two soldiers were killed near {words} on Monday.") for text in texts)


def test_nothing_is_written_outside_of_the_output(naughty):
    """Folders are those of months alone; no word became a path or a command."""
    assert {path.name for path in naughty.parent.iterdir()} == {"in", "out"}
    assert {path.name for path in (naughty / "articles").iterdir()} == {
        # The files of the first commit, which have no rows.
        "publish_month=unknown",
        "publish_month=2020-02",
        "publish_month=2020-03",
    }
    assert not list(Path.cwd().glob("owned*"))


def test_they_are_loaded_into_duckdb_as_they_are(tmp_path, naughty):
    target = f'duckdb:///{tmp_path}/it\'s "news"; --.duckdb'
    load(naughty, target)

    with duckdb.connect(str(tmp_path / 'it\'s "news"; --.duckdb')) as connection:
        found = [text for (text,) in connection.execute("SELECT body_text FROM articles").fetchall()]
    assert sorted(found) == sorted(to_pandas("articles", naughty)["body_text"])
    assert verify(naughty, target).differences == ()


def test_they_are_loaded_into_postgresql_as_they_are(naughty, postgres):
    load(naughty, postgres)

    assert verify(naughty, postgres).differences == ()


def test_an_output_is_read_by_its_views_whatever_its_folder_is_called(tmp_path, naughty):
    odd = tmp_path / "o'u\"t; DROP TABLE x; -- $(id) *[a]"
    odd.parent.mkdir(exist_ok=True)
    naughty.rename(odd)
    try:
        done = CliRunner().invoke(cli.main, ["schema", "--sql", "--output", str(odd)])
        with duckdb.connect() as connection:
            for statement in duckdb.extract_statements(done.stdout):
                connection.execute(statement)
            ((count,),) = connection.execute("SELECT count(*) FROM articles").fetchall()
    finally:
        odd.rename(naughty)

    assert count == 2 * len(NAUGHTY)


def test_the_name_of_a_duckdb_file_is_no_address_of_a_service(tmp_path, monkeypatch, naughty):
    """DuckDB would install an extension for `md:` and send the rows away."""
    monkeypatch.chdir(tmp_path)
    load(naughty, "duckdb:///md:news")

    assert (tmp_path / "md:news").is_file()


def test_a_database_in_memory_fetches_and_loads_no_extension():
    with connect() as connection:
        settings = connection.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name IN ('autoinstall_known_extensions', "
            "'autoload_known_extensions', 'allow_community_extensions')"
        ).fetchall()

    assert sorted(settings) == [
        ("allow_community_extensions", "false"),
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
    ]


@pytest.mark.parametrize(
    ("mode", "is_refused"), [(0o700, False), (0o755, False), (0o775, True), (0o757, True)]
)
def test_an_index_that_another_user_could_have_written_is_refused(tmp_path, monkeypatch, mode, is_refused):
    """As where the cache is in a folder of all users: what is there shapes every row."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr("flows.reference.gazetteer_index._fingerprint", lambda: "0")
    (tmp_path / "gazetteer-0").mkdir()
    (tmp_path / "gazetteer-0").chmod(mode)

    if is_refused:
        with pytest.raises(BrokenGazetteer, match="only this user can write"):
            build_gazetteer()
    else:
        assert build_gazetteer() == tmp_path / "gazetteer-0"
