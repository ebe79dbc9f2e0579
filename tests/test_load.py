"""Loads: each committed row once, with every value as it is in the Parquet, whatever the warehouse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from adbc_driver_postgresql import dbapi

from flows.errors import LostFile, WrongUse
from flows.generations.compact import compact
from flows.schema import columns_of
from flows.tables import BY_NAME, TABLES
from flows.warehouse import load as loading
from flows.warehouse import to_clickhouse, to_delta, to_duckdb, to_postgres
from flows.warehouse.load import load
from flows.warehouse.load_errors import (
    DoubledKeys,
    ForeignTarget,
    MissingLibrary,
    RowsDiffer,
    TargetAhead,
    TargetBusy,
    TargetFailed,
    TargetSchemaDiffers,
)
from flows.warehouse.verify import verify
from flows.write.output import Output

from .conftest import FETCHED_AT, dateline
from .coordinating import run_here
from .outputs import unpack
from .readback import by_clickhouse, by_duckdb, by_pandas, by_postgres, make_odd_output, read_back

KINDS = ("duckdb", "postgresql", "clickhouse", "delta")

CLASSES = {
    "duckdb": to_duckdb.DuckDBTarget,
    "postgresql": to_postgres.PostgresTarget,
    "clickhouse": to_clickhouse.ClickHouseTarget,
    "delta": to_delta.DeltaTarget,
}


def address_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "postgresql":
        address: str = request.getfixturevalue("postgres")
        return address
    return {
        "duckdb": f"duckdb:///{folder}/news.duckdb",
        "clickhouse": f"clickhouse:///{folder}/clickhouse",
        "delta": f"delta:{folder}/delta",
    }[kind]


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new target of each kind."""
    return address_of(request.param, request, tmp_path)


@pytest.fixture(scope="session")
def odd_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_odd_output(tmp_path_factory.mktemp("odd") / "output")


@pytest.fixture(scope="session")
def replaced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An output as its first run left it, and as it is after a run that found one of two files changed."""
    folder = tmp_path_factory.mktemp("replaced")
    source, output = folder / "in", folder / "output"
    source.mkdir()
    (source / "a.txt").write_text(
        "date 2020-02-20 Two soldiers were killed in Ankara on Monday, Mr Smith said."
    )
    (source / "b.txt").write_text("date 2020-02-21 Three people met in Paris on Tuesday.")
    for text in (None, "date 2020-02-20 Two soldiers were killed in Berlin on Friday."):
        if text:
            shutil.copytree(output, folder / "before")
            (source / "a.txt").write_text(text)
        run_here(source, output=output)
    return folder / "before", output


def test_every_value_of_every_table_reads_back_as_pandas_reads_the_parquet(target, dataset):
    load(dataset, target)

    assert read_back(target) == by_pandas(dataset)


def test_odd_values_read_back_as_they_are(target, odd_output):
    """Quotation marks, braces, the words that stand for null, the ends of each type, empty and long lists."""
    load(odd_output, target)

    assert read_back(target) == by_pandas(odd_output)


def test_an_output_may_lie_in_a_folder_of_any_name(target, odd_output, tmp_path):
    odd = tmp_path / "o'u[1] {a,b}*%20 é" / "kind=news" / "publish_month=1999"
    shutil.copytree(odd_output, odd)

    load(odd, target)

    assert read_back(target) == by_pandas(odd_output)


def batch_seqs(output: Path) -> list[int]:
    """The commit of each row of an output."""
    return [row["batch_seq"] for rows in by_pandas(output).values() for row in rows]


def test_a_second_load_changes_nothing(target, dataset):
    first = load(dataset, target)
    rows = read_back(target)

    second = load(dataset, target)

    assert (first.first_seq, first.last_seq, first.row_count) == (1, 4, len(batch_seqs(dataset)))
    assert (second.first_seq, second.last_seq, second.row_count, second.mark) == (None, None, 0, 4)
    assert read_back(target) == rows


def test_a_later_load_adds_what_was_committed_since(target, replaced):
    before, after = replaced

    first = load(before, target)
    second = load(after, target)

    assert (first.first_seq, first.last_seq) == (1, 4)
    assert (second.first_seq, second.last_seq, second.row_counts["articles"]) == (5, 7, 1)
    assert read_back(target) == by_pandas(after)


@pytest.mark.parametrize("read", [by_duckdb, by_postgres, by_clickhouse])
def test_a_replaced_article_replaces_its_rows_in_the_latest_views(read, replaced, tmp_path, request):
    before, after = replaced
    kind = {by_duckdb: "duckdb", by_postgres: "postgresql", by_clickhouse: "clickhouse"}[read]
    address = address_of(kind, request, tmp_path)
    load(before, address)
    old = read(address, "_latest")
    load(after, address)

    new = read(address, "_latest")

    assert sorted(row["surface"] for row in old["places"]) == ["Ankara", "Paris"]
    assert sorted(row["surface"] for row in new["places"]) == ["Berlin", "Paris"]
    assert sorted(row["surface"] for row in new["times"]) == ["Friday", "Tuesday"]
    assert sorted(row["source_version"] for row in new["articles"]) == [1, 2]


@pytest.mark.parametrize("loaded_before", ["nothing", "the first run", "both runs"])
def test_the_rows_that_a_generation_left_out_are_deleted_from_a_target(
    target, replaced, tmp_path, loaded_before
):
    """Whatever the target had: its rows are then those of the files, and no row of a superseded version is left."""
    before, after = replaced
    if loaded_before != "nothing":
        load(before if loaded_before == "the first run" else after, target)
    shutil.copytree(after, tmp_path / "output")
    found = compact(Output(tmp_path / "output"), FETCHED_AT)

    summary = load(tmp_path / "output", target)

    assert found.rows_removed["articles"] == 1
    assert summary.last_seq == found.seq
    assert read_back(target) == by_pandas(tmp_path / "output")
    assert verify(tmp_path / "output", target).differences == ()
    assert load(tmp_path / "output", target).row_count == 0


def test_a_target_from_before_a_generation_is_loaded_before_it_is_compared(replaced, tmp_path):
    shutil.copytree(replaced[1], tmp_path / "output")
    load(tmp_path / "output", f"duckdb:///{tmp_path}/news.duckdb")
    compact(Output(tmp_path / "output"), FETCHED_AT)

    with pytest.raises(WrongUse, match="commit 8 has replaced files since"):
        verify(tmp_path / "output", f"duckdb:///{tmp_path}/news.duckdb")


def test_a_commit_that_is_not_published_is_not_loaded(target, dataset, tmp_path):
    """Its files may be on their way: the next run publishes them."""
    output = tmp_path / "output"
    shutil.copytree(dataset, output)
    (output / ".dateline" / "watermark.json").write_text('{"seq":2}')

    assert load(output, target).mark == 2
    assert verify(output, target).differences == ()


def test_each_commit_is_marked_with_its_rows(dataset, tmp_path):
    load(dataset, f"duckdb:///{tmp_path}/news.duckdb")

    with duckdb.connect(f"{tmp_path}/news.duckdb") as connection:
        marks = connection.sql("SELECT seq, row_count FROM dateline_marks ORDER BY seq").fetchall()
    assert marks == sorted(Counter(batch_seqs(dataset)).items())


def test_another_outputs_rows_are_refused_and_nothing_is_changed(target, dataset, tmp_path):
    load(dataset, target)
    rows = read_back(target)
    other = make_odd_output(tmp_path / "other", run_id="f" * 32)

    with pytest.raises(ForeignTarget, match=f"wanted those of output {'f' * 32}"):
        load(other, target)

    assert read_back(target) == rows


def test_a_target_that_is_ahead_of_the_output_is_refused_and_nothing_is_changed(target, replaced):
    before, after = replaced
    load(after, target)
    rows = read_back(target)

    with pytest.raises(TargetAhead, match="found rows up to commit 7, wanted at most commit 4"):
        load(before, target)

    assert read_back(target) == rows


@pytest.mark.parametrize("kind", ["duckdb", "postgresql"])
def test_tables_that_no_load_made_are_refused_and_nothing_is_changed(kind, dataset, tmp_path, request):
    address = address_of(kind, request, tmp_path)
    execute(address, "CREATE TABLE places (name text)")

    with pytest.raises(ForeignTarget, match="found tables places without dateline_marks"):
        load(dataset, address)

    with pytest.raises((duckdb.CatalogException, dbapi.ProgrammingError), match="articles"):
        execute(address, "SELECT * FROM articles")


def test_a_table_that_lacks_a_column_without_null_is_refused_by_name(dataset, postgres):
    """Its rows have no value for it; other columns are added, see test_schema_versions.py."""
    load(dataset, postgres)
    execute(postgres, "ALTER TABLE articles DROP COLUMN uri CASCADE")

    with pytest.raises(TargetSchemaDiffers, match="table articles has no column uri"):
        load(dataset, postgres)


def execute(address: str, statement: str) -> list[tuple]:
    if address.startswith("duckdb"):
        with duckdb.connect(address.removeprefix("duckdb:///")) as connection:
            return connection.execute(statement).fetchall()
    with dbapi.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def flip(path: Path) -> str:
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    return "sha256 "


def cut(path: Path) -> str:
    path.write_bytes(path.read_bytes()[:-1])
    return f"found {path.stat().st_size} bytes, wanted {path.stat().st_size + 1} bytes"


def unlink(path: Path) -> str:
    path.unlink()
    return "found no file, wanted"


@pytest.mark.parametrize(
    ("kind", "damage"),
    [("duckdb", flip), ("duckdb", cut), ("postgresql", unlink), ("clickhouse", flip), ("delta", flip)],
)
def test_a_damaged_file_is_refused_by_name_and_nothing_of_its_commit_is_loaded(
    kind, damage, dataset, tmp_path, request
):
    target = address_of(kind, request, tmp_path)
    output = tmp_path / "output"
    shutil.copytree(dataset, output)
    path = next((output / "quotes").rglob("b00000002-*.parquet"))
    message = damage(path)

    with pytest.raises(LostFile, match=message) as raised:
        load(output, target)

    assert raised.value.path == path.relative_to(output).as_posix()
    if target.startswith("delta"):
        # Each table has its own log; what is registered is not registered again.
        assert read_back(target)["quotes"] == []
    else:
        assert {table: len(rows) for table, rows in read_back(target).items() if rows} == {}
    shutil.rmtree(output)
    shutil.copytree(dataset, output)
    load(output, target)
    assert read_back(target) == by_pandas(dataset)


def test_a_target_that_takes_other_rows_than_were_committed_keeps_none(target, dataset, monkeypatch):
    monkeypatch.setattr(CLASSES[target.partition(":")[0]], "insert", lambda *_: 1)

    with pytest.raises(RowsDiffer, match="table articles has 1 new rows, wanted 59"):
        load(dataset, target)


def test_two_loads_at_once_load_each_row_once(target, dataset, monkeypatch):
    """The second begins when the first has inserted one table and not committed."""
    others: list[subprocess.Popen] = []
    target_class = CLASSES[target.partition(":")[0]]
    insert = target_class.insert

    def insert_beside_another(self, table, files):
        count = insert(self, table, files)
        if not others:
            command = Path(sys.executable).with_name("dateline")
            others.append(
                subprocess.Popen(
                    [command, "load", target, "--output", dataset],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
            )
            if not target.startswith("postgresql"):
                # PostgreSQL lets the second wait for the first; the others refuse one of the two.
                others[0].wait(120)
        return count

    monkeypatch.setattr(target_class, "insert", insert_beside_another)
    if target.startswith("delta"):
        with pytest.raises(TargetBusy):
            load(dataset, target)
    else:
        load(dataset, target)
    _, said = others[0].communicate(timeout=120)

    assert others[0].returncode == (0 if target.startswith(("postgresql", "delta")) else 3), said.decode()
    assert read_back(target) == by_pandas(dataset)
    assert verify(dataset, target).differences == ()


def test_a_nul_which_postgresql_cannot_hold_stops_the_load_and_keeps_nothing(postgres, tmp_path):
    """No commit has one, since control characters are dropped from texts and kept out of headers."""
    output = make_odd_output(tmp_path / "output", headline="a\0b")

    with pytest.raises(TargetFailed, match='invalid byte sequence for encoding "UTF8": 0x00'):
        load(output, postgres)

    assert {table: len(rows) for table, rows in by_postgres(postgres).items() if rows} == {}


@pytest.mark.parametrize(
    ("kind", "message"),
    [("duckdb", "duplicate"), ("postgresql", r"Key \(mention_id\)=\(twice\) is duplicated")],
)
def test_two_rows_of_one_key_are_refused(kind, message, tmp_path, request):
    """Outputs that an older version made may hold such mentions."""
    output = make_odd_output(tmp_path / "output", mention_id="twice")
    address = address_of(kind, request, tmp_path)

    with pytest.raises(DoubledKeys, match=message):
        load(output, address)

    assert read_back(address)["mentions"] == []


def test_files_of_an_older_version_load_with_null_for_what_they_lack(target, tmp_path):
    """Each column that is added to a table may be null."""
    load(unpack("development", tmp_path), target)

    rows = read_back(target)
    assert {row["speaker_name"] for row in rows["quotes"]} == {None}
    assert {row["claim_count"] for row in rows["articles"]} == {None}
    assert rows["claims"] == []


def test_keys_comments_and_indexes_are_those_of_the_declarations(dataset, tmp_path, postgres):
    duck = f"duckdb:///{tmp_path}/news.duckdb"
    load(dataset, duck)
    load(dataset, postgres)
    wanted = {(t.name, column.name, column.means) for t in TABLES for column in columns_of(t)}
    keys = {(t.name, f"PRIMARY KEY ({', '.join(t.key)})") for t in TABLES}
    names = ", ".join(f"'{table.name}'" for table in TABLES)

    in_duckdb = set(
        execute(
            duck,
            f"SELECT table_name, column_name, comment FROM duckdb_columns() WHERE table_name IN ({names})",
        )
    )
    keys_in_duckdb = execute(
        duck,
        "SELECT table_name, 'PRIMARY KEY (' || array_to_string(constraint_column_names, ', ') || ')' "
        f"FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' AND table_name IN ({names})",
    )
    in_postgres = set(
        execute(
            postgres,
            "SELECT c.relname::text, a.attname::text, col_description(c.oid, a.attnum) FROM pg_class c "
            f"JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relname IN ({names}) AND a.attnum > 0",
        )
    )
    constraints = execute(
        postgres,
        "SELECT c.relname::text, pg_get_constraintdef(k.oid) FROM pg_constraint k "
        f"JOIN pg_class c ON c.oid = k.conrelid WHERE c.relname IN ({names}) AND k.contype IN ('p', 'f')",
    )

    assert in_duckdb == wanted
    assert set(keys_in_duckdb) == keys
    assert in_postgres == wanted
    assert set(constraints) == keys | {
        (table, "FOREIGN KEY (article_id) REFERENCES articles(article_id)")
        for table in (
            "mentions",
            "places",
            "times",
            "quotes",
            "claims",
            "amounts",
            "events",
            "signatures",
            "story_members",
            "changes",
        )
    }


def test_nested_columns_are_in_the_targets_own_types(dataset, tmp_path, postgres):
    load(dataset, f"duckdb:///{tmp_path}/news.duckdb")
    load(dataset, postgres)
    query = "FROM articles WHERE body_text <> '' LIMIT 1"

    in_duckdb = execute(
        f"duckdb:///{tmp_path}/news.duckdb",
        f"SELECT typeof(paragraphs), typeof(header), typeof(keywords) {query}",
    )
    in_postgres = execute(
        postgres,
        f"SELECT jsonb_typeof(paragraphs->0), pg_typeof(header)::text, pg_typeof(keywords)::text {query}",
    )

    assert in_duckdb == [
        ("STRUCT(char_start BIGINT, char_end BIGINT)[]", "MAP(VARCHAR, VARCHAR)", "VARCHAR[]")
    ]
    assert in_postgres == [("object", "jsonb", "text[]")]


def test_delta_registers_the_very_files_with_their_columns_described(dataset, tmp_path):
    from deltalake import DeltaTable  # noqa: PLC0415  # an extra that other tests do without

    load(dataset, f"delta:{tmp_path}/delta")

    delta = DeltaTable(tmp_path / "delta" / "articles")
    described = {field.name: field.metadata.get("comment") for field in delta.schema().fields}
    assert described == {column.name: column.means for column in columns_of(BY_NAME["articles"])}
    registered = [Path(path) for path in delta.file_uris()]
    assert sum(pq.read_metadata(path).num_rows for path in registered) == 59
    for path in registered:
        assert path.samefile(dataset / path.relative_to(tmp_path / "delta"))


def test_delta_copies_files_that_cannot_be_linked(dataset, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    load(dataset, f"delta:{tmp_path}/delta")

    assert read_back(f"delta:{tmp_path}/delta") == by_pandas(dataset)


def test_a_delta_target_within_the_output_is_wrong_use(dataset):
    with pytest.raises(WrongUse, match=r"within the output"):
        load(dataset, f"delta:{dataset}/delta")


def test_clickhouse_views_do_not_show_rows_past_the_mark(dataset, tmp_path, monkeypatch):
    """A load that is stopped leaves them in the tables, since there is no transaction over several."""
    address = f"clickhouse:///{tmp_path}/clickhouse"
    monkeypatch.setattr(loading, "MAX_TRANSACTION_BYTES", 1)
    with monkeypatch.context() as patch:
        patch.setattr(
            to_clickhouse.ClickHouseTarget,
            "add_marks",
            stop_at_commit_2(to_clickhouse.ClickHouseTarget.add_marks),
        )
        with pytest.raises(KeyboardInterrupt):
            load(dataset, address)

    assert len(by_clickhouse(address, "")["articles"]) == 59
    assert by_clickhouse(address)["articles"] == []
    load(dataset, address)
    assert read_back(address) == by_pandas(dataset)


def stop_at_commit_2(add_marks):
    def act(self, output_id, group):
        if group.first_seq == 2:
            raise KeyboardInterrupt
        add_marks(self, output_id, group)

    return act


@pytest.mark.parametrize(("kind", "library"), [("clickhouse", "chdb.session"), ("delta", "deltalake")])
def test_a_target_whose_library_is_missing_names_its_extra(
    kind, library, dataset, tmp_path, request, monkeypatch
):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"flows.warehouse.to_{kind}")

    with pytest.raises(MissingLibrary, match=rf"pip install 'dateline\[{kind}\]'"):
        load(dataset, address_of(kind, request, tmp_path))


def test_the_command_says_what_it_did(dataset, tmp_path):
    address = f"duckdb:///{tmp_path}/news.duckdb"

    first = dateline("load", address, "--output", dataset)
    second = dateline("load", address, "--output", dataset)
    checked = dateline("verify", address, "--output", dataset)
    rows, files = len(batch_seqs(dataset)), len(list(dataset.glob("*/*/*.parquet")))

    assert first.stdout.decode().startswith(f"Loaded {rows} rows of commits 1 to 4 into {address} in ")
    assert second.stdout.decode().startswith(f"Nothing new: {address} has all commits up to 4 (")
    assert checked.stdout.decode().splitlines() == [
        f"{dataset}: {files} files with {rows} rows are as committed, up to commit 4.",
        f"{address}: rows and keys are those of the files up to commit 4.",
    ]
    assert [first.returncode, second.returncode, checked.returncode] == [0, 0, 0]


def test_a_server_that_does_not_answer_is_named_without_the_password(dataset):
    done = dateline("load", "postgresql://analyst:se%20cret@127.0.0.1:1/news", "--output", dataset)

    assert done.returncode == 3
    assert done.stdout == b""
    line, remedy = done.stderr.decode().splitlines()
    assert line.startswith("dateline: postgresql://127.0.0.1:1/news: ")
    assert "Connection refused" in line
    assert remedy.startswith("What to do: ")
    assert "cret" not in f"{line}{remedy}"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("mysql://root:secret@host/news", "duckdb:///FILE"),
        ("duckdb://news.duckdb", "duckdb:///news.duckdb"),
        ("duckdb:///:memory:", "duckdb:///news.duckdb"),
        ("clickhouse://localhost:9000/news", "clickhouse:///folder"),
        ("delta:", "delta:FOLDER"),
    ],
)
def test_an_address_of_no_target_is_wrong_use(address, wanted, dataset):
    with pytest.raises(WrongUse) as raised:
        load(dataset, address)

    assert wanted in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_folder_without_commits_is_wrong_use(tmp_path):
    done = dateline("load", f"duckdb:///{tmp_path}/news.duckdb", "--output", tmp_path)

    assert done.returncode == 2
    assert b"no published commit" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_verify_names_each_file_that_is_not_as_committed(dataset, tmp_path):
    output = tmp_path / "output"
    shutil.copytree(dataset, output)
    flipped = next((output / "quotes").rglob("b00000002-*.parquet"))
    gone = next((output / "times").rglob("b00000002-*.parquet"))
    flip(flipped)
    unlink(gone)
    extra = output / "places" / "publish_month=unknown" / "extra.parquet"
    shutil.copy(next((output / "places").rglob("*.parquet")), extra)

    done = dateline("verify", "--output", output)

    lines = done.stdout.decode().splitlines()
    assert done.returncode == 3
    assert sorted(line.split(": found ")[0] for line in lines) == sorted(
        path.relative_to(output).as_posix() for path in (flipped, gone, extra)
    )


@pytest.mark.parametrize("kind", ["duckdb", "postgresql"])
def test_verify_names_the_tables_whose_rows_are_not_those_of_the_files(kind, dataset, tmp_path, request):
    address = address_of(kind, request, tmp_path)
    load(dataset, address)
    execute(address, "DELETE FROM places WHERE place_id = (SELECT min(place_id) FROM places)")
    execute(address, "UPDATE times SET time_id = 'other' WHERE time_id = (SELECT max(time_id) FROM times)")

    lines = verify(dataset, address).differences

    shown = address.replace("dateline@", "")
    places = [row["place_id"] for row in by_pandas(dataset)["places"]]
    replaced_id = max(row["time_id"] for row in by_pandas(dataset)["times"])
    assert lines == (
        f"{shown}: table places: found {len(places) - 1} rows, wanted {len(places)}",
        f"{shown}: table places: lacks 1 keys, as {min(places)}",
        f"{shown}: table times: lacks 1 keys, as {replaced_id}",
        f"{shown}: table times: has too many 1 keys, as other",
    )


def test_a_file_in_a_folder_that_does_not_exist_is_wrong_use(dataset, tmp_path):
    with pytest.raises(WrongUse, match=r"no folder .*nowhere\), wanted a file in a folder that exists"):
        load(dataset, f"duckdb:///{tmp_path}/nowhere/news.duckdb")


def test_verify_makes_no_target(dataset, tmp_path):
    with pytest.raises(WrongUse, match="no such file"):
        verify(dataset, f"duckdb:///{tmp_path}/news.duckdb")

    assert list(tmp_path.iterdir()) == []
