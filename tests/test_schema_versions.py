"""Outputs of every version are read, and older ones are migrated before anything is added; targets get the new columns."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from chdb.session import Session
from deltalake import DeltaTable, QueryBuilder

from flows import __version__, api
from flows.errors import LostFile, NewerOutput, OlderOutput
from flows.generations.compact import compact
from flows.history.checkpoints import write_checkpoints
from flows.history.reading import read_history
from flows.report import explanation
from flows.report.state import state_of
from flows.schema import Type
from flows.schema_versions import ADDED, DIGEST, REMOVED, SCHEMA_VERSION, digest_of
from flows.stories.split import split_story
from flows.tables import BY_NAME, TABLES
from flows.versions import versions
from flows.warehouse import to_delta
from flows.warehouse.frames import read_frame
from flows.warehouse.load import load
from flows.warehouse.load_errors import TargetSchemaDiffers
from flows.warehouse.parquet import age_of, parquet_views
from flows.warehouse.verify import verify
from flows.write.arrow import schema_of
from flows.write.evolve import WIDER, conform, is_read_as, refuse_unknown
from flows.write.log import _sealed, read_log, record_name
from flows.write.output import Output

from .conftest import FETCHED_AT, ROOT, dateline
from .coordinating import run_here
from .outputs import kept, unpack
from .test_load import execute

KEPT = sorted(kept())


@pytest.fixture(params=KEPT)
def version(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def output(version: str, tmp_path: Path) -> Path:
    """A kept output."""
    return unpack(version, tmp_path)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """An output that lacks tables and columns of this version."""
    return unpack("development", tmp_path)


def rows_in_files(output: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table as its files have them, in the order of their keys."""
    (key,) = BY_NAME[table].key
    found = [
        row
        for path in output.glob(f"{table}/*/*.parquet")
        for row in pq.ParquetFile(path).read().to_pylist(maps_as_pydicts="strict")
    ]
    return sorted(found, key=lambda row: row[key])


def rows_read(output: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table as a data frame has them, in the order of their keys."""
    (key,) = BY_NAME[table].key
    frame = read_frame(output, table, latest=False, columns=[*schema_of(table).names])
    rows = pa.Table.from_pandas(frame, preserve_index=False).to_pylist(maps_as_pydicts="strict")
    return sorted(rows, key=lambda row: row[key])


def with_nulls(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row.get(name) for name in schema_of(table).names} for row in rows]


def test_a_change_of_a_table_is_a_new_version():
    """Then raise SCHEMA_VERSION, list what was removed, write the entry in CHANGELOG.md, and set DIGEST to the new digest."""
    assert digest_of(TABLES) == DIGEST


def test_the_columns_that_came_after_version_1_are_nullable_columns_of_their_tables():
    """Files of older versions lack them."""
    for version, tables in ADDED.items():
        assert 1 < version <= SCHEMA_VERSION
        for name, added in tables.items():
            assert {column.name for column in BY_NAME[name].columns if column.nullable} >= added


def test_a_column_that_was_removed_never_comes_back():
    """Older files have another meaning under its name."""
    for table, removed in REMOVED.items():
        assert removed.isdisjoint(column.name for column in BY_NAME[table].columns)


def test_each_version_of_the_changelog_has_its_kept_output():
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert {*released, __version__, "development"} == set(KEPT)


def test_the_kept_output_of_this_version_has_its_tables(tmp_path):
    """If not: `make kept-output`."""
    output = unpack(__version__, tmp_path)

    assert {record.schema for record in read_log(Output(output))} == {SCHEMA_VERSION}
    for table in TABLES:
        for path in output.glob(f"{table.name}/*/*.parquet"):
            found = pq.read_schema(path)
            assert found.equals(schema_of(table.name), check_metadata=False), path
            assert found.metadata[b"schema_version"] == str(SCHEMA_VERSION).encode()


def test_only_what_may_change_has_changed(output):
    for path in output.glob("*/*/*.parquet"):
        table, found = path.parts[-3], pq.read_schema(path)
        refuse_unknown(found.names, table, path.name)
        for field in schema_of(table):
            if field.name in found.names:
                assert is_read_as(found.field(field.name).type, field.type), (table, field.name)
            else:
                assert field.nullable, (table, field.name)


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_data_frame_has_the_rows_of_a_kept_output_with_null_in_new_columns(output, table):
    assert rows_read(output, table) == with_nulls(table, rows_in_files(output, table))


def test_the_views_of_a_kept_output_can_all_be_read(output):
    age = age_of(Output(output))
    with duckdb.connect() as db:
        db.execute(parquet_views(f"{output}/", age))
        for (name,) in db.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
            db.execute(f"SELECT * FROM {name}").fetchall()
        for table in TABLES:
            ((count,),) = db.execute(f"SELECT count(*) FROM {table.name}").fetchall()
            assert count == len(rows_in_files(output, table.name))


def test_status_and_explain_read_a_kept_output(output):
    state = state_of(output, with_rejects=True)
    assert state["tables"]["articles"]["rows"] == len(rows_in_files(output, "articles")) == 3
    assert [reject["code"] for reject in state["rejects"]] == ["header.date.unreadable"]

    (key,) = [row["quote_id"] for row in rows_in_files(output, "quotes") if row["type"] == "direct"]
    steps = explanation.of_id(key, output)
    assert any("We saw the bridge fall" in str(line) for step in steps for line in step["lines"])


def test_a_kept_output_is_verified_and_loaded(output, tmp_path):
    assert verify(output).differences == ()

    address = f"duckdb:///{tmp_path}/news.duckdb"
    loaded = load(output, address)

    assert loaded.row_counts["articles"] == 3
    assert verify(output, address).differences == ()
    with duckdb.connect(f"{tmp_path}/news.duckdb") as db:
        for table in TABLES:
            (key,) = table.key
            names = [column.name for column in table.columns if column.type is not Type.TEXT_MAP]
            listed = ", ".join(f'"{name}"' for name in names)
            found = db.sql(f"SELECT {listed} FROM {table.name} ORDER BY {key}").to_arrow_table()
            wanted = with_nulls(table.name, rows_in_files(output, table.name))
            assert found.cast(
                pa.schema([schema_of(table.name).field(name) for name in names])
            ).to_pylist() == [{name: row[name] for name in names} for row in wanted]


def test_checkpoints_of_a_kept_output_sum_up_its_log(output):
    before = read_history(Output(output))
    write_checkpoints(Output(output))
    after = read_history(Output(output))

    assert after.files() == before.files()
    assert (after.fields, after.schema) == (before.fields, before.schema)
    assert set(after.ledger().uris()) == set(before.ledger().uris())


@pytest.fixture
def new_source(tmp_path: Path) -> Path:
    path = tmp_path / "new.txt"
    path.write_text("date 2021-03-12 Two people met in Oslo on Friday.")
    return path


def test_an_older_output_is_migrated_before_anything_is_added(older, new_source):
    files = {path: path.read_bytes() for path in older.glob("*/*/*.parquet")}
    with pytest.raises(
        OlderOutput, match=rf"version 0 of the tables, wanted version {SCHEMA_VERSION}.*dateline compact"
    ):
        run_here(new_source, output=older)
    assert {path: path.read_bytes() for path in older.glob("*/*/*.parquet")} == files
    before = {table.name: rows_in_files(older, table.name) for table in TABLES}

    compact(Output(older), FETCHED_AT)

    assert read_history(Output(older)).schema == SCHEMA_VERSION
    for table in TABLES:
        paths = list(older.glob(f"{table.name}/*/*.parquet"))
        assert paths, table.name
        for path in paths:
            assert pq.read_schema(path).equals(schema_of(table.name), check_metadata=False)
        if table.name != "loads":
            assert rows_in_files(older, table.name) == with_nulls(table.name, before[table.name])
    assert verify(older).differences == ()

    summary = run_here(new_source, output=older)

    assert (summary.failures, summary.article_count) == ([], 1)
    assert [row["story_id"] is not None for row in rows_in_files(older, "story_members")] == [True]
    # A reader by glob that takes the columns of one file for those of all has all columns.
    found = duckdb.sql(f"SELECT * FROM read_parquet('{older}/articles/*/*.parquet')").to_arrow_table()
    assert set(schema_of("articles").names) <= set(found.column_names)
    assert found.num_rows == 4


def test_what_adds_nothing_needs_no_migration(older, tmp_path):
    (tmp_path / "none").mkdir()

    summary = run_here(tmp_path / "none", output=older)

    assert (summary.failures, summary.dispatch_count) == ([], 0)


def test_a_migration_that_was_loaded_before_changes_no_row_of_the_target(older, tmp_path, new_source):
    address = f"duckdb:///{tmp_path}/news.duckdb"
    load(older, address)
    before = execute(address, "SELECT * FROM articles ORDER BY article_id")

    compact(Output(older), FETCHED_AT)
    load(older, address)
    assert execute(address, "SELECT * FROM articles ORDER BY article_id") == before

    run_here(new_source, output=older)
    load(older, address)
    assert verify(older, address).differences == ()


def test_articles_of_an_older_output_are_split_after_the_migration_only(older):
    with pytest.raises(OlderOutput):
        split_story(Output(older), ["a"], FETCHED_AT)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """An output whose last record is of a version that is to come, with a key that this one does not know."""
    output = unpack(__version__, tmp_path)
    *_, last = read_log(Output(output))
    path = output / record_name(last.seq)
    record = orjson.loads(path.read_bytes())
    record["versions"] |= {"schema": str(SCHEMA_VERSION + 1), "dateline": "9.1.0"}
    del record["crc32"]
    path.write_bytes(_sealed(orjson.dumps(record | {"unheard_of": 1})))
    return output


@pytest.mark.parametrize(
    "reads",
    [
        lambda output: run_here(output.parent, output=output),
        lambda output: state_of(output),
        lambda output: load(output, f"duckdb:///{output}.duckdb"),
        lambda output: verify(output),
        lambda output: api.to_pandas("articles", output=output),
        lambda output: compact(Output(output), FETCHED_AT),
    ],
    ids=["run", "status", "load", "verify", "to_pandas", "compact"],
)
def test_an_output_of_a_newer_version_is_refused_and_both_versions_are_named(newer, reads):
    with pytest.raises(
        NewerOutput, match=rf"written by Dateline 9\.1\.0 .*, wanted .*Dateline {__version__} reads"
    ):
        reads(newer)


def test_the_command_refuses_a_newer_output_and_says_what_to_do(newer):
    done = dateline("status", "--output", str(newer))

    assert done.returncode == 2
    line, remedy = done.stderr.splitlines()
    assert b"use Dateline 9.1.0 or newer" in line
    assert remedy.startswith(b"What to do: install the version of Dateline that wrote it")


def test_records_state_the_version_of_their_tables():
    assert versions()["schema"] == str(SCHEMA_VERSION)


def test_numbers_are_widened_and_nothing_is_narrowed():
    for narrow, wide in WIDER:
        rows = pa.table({"n": pa.array([1, None], narrow)})
        assert conform(rows, pa.schema([("n", wide)]), "f")["n"].to_pylist() == [1, None]
    for found, declared in [
        (pa.float64(), pa.int64()),
        (pa.int64(), pa.float64()),
        (pa.string(), pa.date32()),
    ]:
        with pytest.raises(LostFile, match=re.escape(f"found column n of type {found}, wanted {declared}")):
            conform(pa.table({"n": pa.array([None], found)}), pa.schema([("n", declared)]), "f")


def test_a_missing_column_that_cannot_be_null_is_not_made_up():
    schema = pa.schema([pa.field("n", pa.int64(), nullable=False)])

    with pytest.raises(LostFile, match="found no column n"):
        conform(pa.table({}), schema, "f")


def test_a_column_that_no_version_had_is_of_a_newer_one():
    with pytest.raises(LostFile, match="found column mood, wanted a newer version of Dateline"):
        refuse_unknown(["article_id", "publish_month", "mood"], "articles", "f")


MORE = '{"published": "2021-03-12", "byline": "Vera Stoll", "urgency": 3, "text": "Two people met in Oslo on Friday."}\n'


def test_a_target_of_an_earlier_version_gets_the_columns_that_came_later(tmp_path, postgres):
    """In DuckDB and PostgreSQL: a column is added, a number widened, views and comments are made again."""
    output = unpack(__version__, tmp_path)
    for address, narrow in ((f"duckdb:///{tmp_path}/news.duckdb", "INTEGER"), (postgres, "integer")):
        load(output, address)
        for view in ("articles_in_stories", "articles_latest"):
            execute(address, f"DROP VIEW {view} CASCADE" if address == postgres else f"DROP VIEW {view}")
        execute(
            address, "ALTER TABLE articles DROP COLUMN byline" + (" CASCADE" if address == postgres else "")
        )
        execute(address, f"ALTER TABLE articles ALTER COLUMN urgency TYPE {narrow}")
    source = tmp_path / "more.jsonl"
    source.write_text(MORE)
    assert run_here(source, output=output).failures == []

    for address in (f"duckdb:///{tmp_path}/news.duckdb", postgres):
        load(output, address)

        assert execute(address, "SELECT count(*), count(byline) FROM articles") == [(4, 1)]
        assert execute(address, "SELECT byline FROM articles_in_stories WHERE byline IS NOT NULL") == [
            ("Vera Stoll",)
        ]
        assert execute(
            address,
            "SELECT data_type FROM information_schema.columns WHERE table_name = 'articles' AND column_name = 'urgency'",
        ) in ([("bigint",)], [("BIGINT",)])
        assert verify(output, address).differences == ()


def test_a_target_with_a_column_of_another_type_is_refused(tmp_path):
    output, address = unpack(__version__, tmp_path), f"duckdb:///{tmp_path}/news.duckdb"
    load(output, address)
    execute(address, "ALTER TABLE articles ALTER COLUMN urgency TYPE VARCHAR")

    with pytest.raises(
        TargetSchemaDiffers, match="articles has column urgency of type VARCHAR, wanted BIGINT; load into"
    ):
        load(output, address)


def test_a_clickhouse_target_of_an_earlier_version_gets_the_columns_that_came_later(tmp_path):
    output, address = unpack(__version__, tmp_path), f"clickhouse:///{tmp_path}/clickhouse"
    load(output, address)
    with contextlib.closing(Session(f"{tmp_path}/clickhouse")) as session:
        session.query("ALTER TABLE articles DROP COLUMN byline SETTINGS mutations_sync = 2")
        session.query(
            "ALTER TABLE articles MODIFY COLUMN urgency Nullable(Int32) SETTINGS mutations_sync = 2"
        )
    source = tmp_path / "more.jsonl"
    source.write_text(MORE)
    run_here(source, output=output)

    load(output, address)

    assert verify(output, address).differences == ()
    with contextlib.closing(Session(f"{tmp_path}/clickhouse")) as session:
        found = session.query("SELECT byline FROM articles_in_stories WHERE byline IS NOT NULL", "CSV")
        assert str(found).strip() == '"Vera Stoll"'
        assert "urgency\tNullable(Int64)" in str(session.query("DESCRIBE TABLE articles", "TSV"))


def test_a_delta_target_of_an_earlier_version_gets_the_columns_that_came_later(tmp_path, monkeypatch):
    output, address = unpack(__version__, tmp_path), f"delta:{tmp_path}/delta"
    earlier = tuple(
        replace(each, columns=tuple(column for column in each.columns if column.name != "byline"))
        for each in to_delta.RELATIONS
    )
    with monkeypatch.context() as patched:
        patched.setattr(to_delta, "RELATIONS", earlier)
        patched.setattr(to_delta, "LOADED", [each for each in earlier if each.partition_by])
        load(output, address)
    table = tmp_path / "delta/articles"
    assert "byline" not in [field.name for field in DeltaTable(table).schema().fields]
    source = tmp_path / "more.jsonl"
    source.write_text(MORE)
    run_here(source, output=output)

    load(output, address)

    assert verify(output, address).differences == ()
    found = QueryBuilder().register("articles", DeltaTable(table)).execute("SELECT byline FROM articles")
    assert sorted(map(str, pa.table(found)["byline"].to_pylist())) == ["None", "None", "None", "Vera Stoll"]
