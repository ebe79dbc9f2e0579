"""The SQL for warehouses: every statement is parsed in its dialect, and run where the engine is at hand."""

from __future__ import annotations

import json
import logging
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar

from flows.errors import WrongUse
from flows.schema import Type
from flows.warehouse.ddl import (
    create_comments,
    create_foreign_keys,
    create_indexes,
    create_primary_keys,
    create_schema,
    create_tables,
)
from flows.warehouse.dialect import Dialect
from flows.warehouse.dialects import DIALECTS, dialect_named
from flows.warehouse.parquet import parquet_views
from flows.warehouse.relations import LOADED, RELATIONS
from flows.warehouse.script import PARTS, location_of, script, statements
from flows.warehouse.sql_reading import DATED_BY
from flows.warehouse.views import OF_ARTICLES, REVISED, VERSIONED

from .conftest import FETCHED_AT, SEEDS, dateline
from .coordinating import run_here
from .warehouses import ENGINES, ClickHouse, DuckDB, Engine, Postgres, kind_of

TABLES = [relation.name for relation in LOADED]
LATEST = [relation.name for relation in (*VERSIONED, *OF_ARTICLES)] + ["stories"]

RESERVED_IN_SNOWFLAKE = set(
    "account all alter and any as between by case cast check column connect connection constraint create cross "
    "current database delete distinct drop else exists false following for from full grant group gscluster having "
    "ilike in increment inner insert intersect into is issue join lateral left like localtime localtimestamp minus "
    "natural not null of on or order organization qualify regexp revoke right rlike row rows sample schema select "
    "set some start table tablesample then to trigger true try_cast union unique update using values view when "
    "whenever where with".split()
)


def create_keys(dialect: Dialect) -> tuple[str, ...]:
    return (*create_primary_keys(dialect), *create_foreign_keys(dialect))


def every_statement(name: str) -> list[str]:
    dialect = DIALECTS[name]
    return [
        statement for part in PARTS for statement in statements(dialect, part, location_of(dialect, None))
    ] + list(create_keys(dialect))


# The declarations.


@pytest.mark.parametrize("name", DIALECTS)
def test_every_type_has_a_name_in_every_dialect(name):
    assert set(DIALECTS[name].types) == set(Type)


def test_a_column_refers_to_a_table_that_stands_before_its_own():
    names = [relation.name for relation in RELATIONS]
    referring = {
        (relation.name, column.refers_to)
        for relation in RELATIONS
        for column in relation.columns
        if column.refers_to
    }

    of_articles = {name for name, target in referring if target == "articles"}
    assert of_articles == {relation.name for relation in OF_ARTICLES}
    assert referring == {(name, "articles") for name in of_articles}
    assert all(names.index(target) < names.index(name) for name, target in referring)


def test_an_index_is_of_columns_that_its_table_has():
    for relation in RELATIONS:
        for index in relation.indexes:
            assert set(index.columns) <= set(relation.column_names)


def test_the_month_in_the_path_is_that_of_the_column_that_dates_it(dataset):
    """Redshift does not see the path."""
    for relation in LOADED:
        dated_by = DATED_BY[relation.partition_by]
        if not relation.has(dated_by):
            continue
        with duckdb.connect() as db:
            db.execute("SET TimeZone = 'UTC'")
            wrong = db.execute(
                f"SELECT count(*) FROM read_parquet('{dataset}/{relation.name}/*/*.parquet', "
                f"hive_partitioning = true, hive_types = {{'{relation.partition_by}': VARCHAR}}) "
                f"WHERE {relation.partition_by} <> coalesce(strftime({dated_by}, '%Y-%m'), 'unknown')"
            ).fetchall()

        assert wrong == [(0,)], relation.name


# What is printed.


@pytest.mark.parametrize("name", DIALECTS)
def test_every_statement_is_parsed_in_its_dialect(name, caplog):
    for statement in every_statement(name):
        with caplog.at_level(logging.WARNING, logger="sqlglot"):
            parsed = sqlglot.parse(statement, dialect=name, error_level=sqlglot.ErrorLevel.RAISE)

        assert len(parsed) == 1
        assert not isinstance(parsed[0], exp.Command), statement
        assert caplog.text == "", statement


@pytest.mark.parametrize("name", DIALECTS)
def test_a_script_is_its_statements(name):
    parsed = sqlglot.parse(script(DIALECTS[name]), dialect=name, error_level=sqlglot.ErrorLevel.RAISE)

    assert len([each for each in parsed if each is not None]) == len(every_statement(name)) - len(
        create_keys(DIALECTS[name])
    )


@pytest.mark.parametrize("name", ["bigquery", "redshift", "duckdb", "snowflake"])
def test_a_name_without_quotes_is_no_reserved_word(name):
    """sqlglot knows the words of three dialects; it parses them as names all the same."""
    known = {word.lower() for word in Grammar.get_or_raise(name).generator_class.RESERVED_KEYWORDS}
    reserved = known or RESERVED_IN_SNOWFLAKE
    bare = {
        identifier.name.lower()
        for statement in every_statement(name)
        for identifier in sqlglot.parse_one(statement, dialect=name).find_all(exp.Identifier)
        if not identifier.quoted
    }

    assert bare & {"article_id", "incoming", "sources_latest"}
    assert bare & reserved == set()


@pytest.mark.parametrize("name", DIALECTS)
def test_a_load_reads_loads_first_and_sets_the_mark_last(name):
    dialect = DIALECTS[name]
    filled = [
        parsed.this.this.name if isinstance(parsed.this, exp.Schema) else parsed.this.name
        for statement in statements(dialect, "load", location_of(dialect, None))
        for parsed in [sqlglot.parse_one(statement, dialect=name)]
        if isinstance(parsed, exp.Insert | exp.Merge)
    ]

    assert filled == ["loads", *(name for name in TABLES if name != "loads"), "dateline_marks"]


@pytest.mark.parametrize("name", [name for name, dialect in DIALECTS.items() if dialect.transactions])
def test_rows_and_mark_are_in_one_transaction_where_there_are_any(name):
    dialect = DIALECTS[name]
    kinds = [kind_of(each, name) for each in statements(dialect, "load", location_of(dialect, None))]
    changes = [at for at, kind in enumerate(kinds) if kind in ("INSERT", "MERGE", "DELETE")]

    assert kinds.count("BEGIN") == kinds.count("COMMIT") == 1
    assert kinds.index("BEGIN") < min(changes)
    assert kinds.index("COMMIT") > max(changes)


@pytest.mark.parametrize(
    ("name", "location"), [("postgres", "s3://bucket/output"), ("snowflake", "s3://bucket/output")]
)
def test_a_location_that_a_warehouse_cannot_read_is_refused(name, location):
    with pytest.raises(WrongUse) as wrong:
        script(DIALECTS[name], location=location)

    assert location in str(wrong.value)


def test_an_unknown_dialect_is_refused_with_those_that_are_known():
    with pytest.raises(WrongUse, match="one of bigquery, snowflake"):
        dialect_named("oracle")


def test_the_command_prints_a_part_for_a_place_a_schema_and_an_output():
    done = dateline(
        "sql", "bigquery", "--part", "load", "--location", "gs://news/out/", "--schema", "desk", "--output-id", "it's"
    )  # fmt: skip
    printed = done.stdout.decode()

    assert done.returncode == 0, done.stderr.decode()
    assert "MERGE INTO desk.articles" in printed
    assert r"output_id = 'it\'s'" in printed
    assert "CREATE TABLE" not in printed
    assert "'gs://news/out/articles/*'" in script(DIALECTS["bigquery"], "schema", "gs://news/out/")


# What runs.


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An output before and after its sources changed.

    Of two files one has a new text, the other can no longer be read; of an archive one file has
    changed. A file of several dispatches has one line more.
    """
    folder = tmp_path_factory.mktemp("history")
    sources, output, before = folder / "in", folder / "output", folder / "before"
    sources.mkdir()
    for name in ("inline-bridge.txt", "inline-flood.txt", "keys-strike.txt", "lines-desk.jsonl"):
        shutil.copy(SEEDS / name, sources)
    with zipfile.ZipFile(sources / "wire.zip", "w") as archive:
        archive.write(SEEDS / "inline-harvest.txt", "harvest.txt")
        archive.write(SEEDS / "inline-ceasefire.txt", "ceasefire.txt")
    run_here(sources, output=output)
    shutil.copytree(output, before)

    bridge = sources / "inline-bridge.txt"
    bridge.write_text(bridge.read_text() + "\n\nPolice in Berlin said on Monday that two people died.\n")
    (sources / "inline-flood.txt").write_text("date 2020-13-45 Nothing can be read of this.\n")
    with (sources / "lines-desk.jsonl").open("a") as lines:
        lines.write('{"date": "2021-03-04", "headline": "Ferry", "text": "A ferry left Izmir on Tuesday."}\n')
    with zipfile.ZipFile(sources / "wire.zip", "w") as archive:
        archive.writestr("harvest.txt", "date 2020-05-05 The harvest failed near Homs on Friday.\n")
        archive.write(SEEDS / "inline-ceasefire.txt", "ceasefire.txt")
    run_here(sources, output=output)
    return before, output


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty warehouse of each kind that is at hand."""
    made: Engine
    if request.param is Postgres:
        made = Postgres(request.getfixturevalue("postgres"), schema=f"sql_{tmp_path.name}".lower()[:60])
    elif request.param is ClickHouse:
        made = ClickHouse(tmp_path / "clickhouse")
    else:
        made = DuckDB()
    yield made
    made.close()


def in_parquet(output: Path) -> dict[str, int]:
    return {name: ds.dataset(output / name, partitioning="hive").count_rows() for name in TABLES}


def newest_in_parquet(output: Path) -> dict[str, list[str]]:
    """The keys of each `_latest` view, by a second way."""

    def rows(name: str) -> list[dict[str, object]]:
        return ds.dataset(output / name).to_table().to_pylist()

    newest: dict[str, int] = {}
    for row in rows("articles") + rows("rejects"):
        root = str(row["uri"]).split("!/")[0]
        newest[root] = max(newest.get(root, 0), int(str(row["source_version"])))
    kept = {
        name: [row for row in rows(name) if row["source_version"] == newest[str(row["uri"]).split("!/")[0]]]
        for name in ("articles", "rejects")
    }
    articles = {row["article_id"] for row in kept["articles"]}
    for relation in OF_ARTICLES:
        kept[relation.name] = [row for row in rows(relation.name) if row["article_id"] in articles]
    for name, key in REVISED.items():
        found = kept.get(name, rows(name))
        newest_of: dict[str, int] = {}
        for row in found:
            newest_of[str(row[key])] = max(newest_of.get(str(row[key]), 0), int(str(row["revision"])))
        kept[name] = [row for row in found if row["revision"] == newest_of[str(row[key])]]
    keys = {relation.name: relation.key[0] for relation in LOADED}
    return {name: sorted(str(row[keys[name]]) for row in found) for name, found in kept.items()}


def newest_in(engine: Engine) -> dict[str, list[str]]:
    keys = {relation.name: relation.key[0] for relation in LOADED}
    return {
        name: sorted(str(row[0]) for row in engine.rows(f"SELECT {keys[name]} FROM {{}}", f"{name}_latest"))
        for name in LATEST
    }


def counts(engine: Engine) -> dict[str, int]:
    return {name: int(engine.rows("SELECT count(*) FROM {}", name)[0][0]) for name in TABLES}


def marks(engine: Engine) -> list[tuple[str, int, int]]:
    rows = engine.rows("SELECT output_id, seq, row_count FROM {} ORDER BY seq", "dateline_marks")
    return [(str(row[0]), int(row[1]), int(row[2])) for row in rows]


def last_seq(output: Path) -> int:
    return len(list((output / ".dateline" / "log").glob("*.json")))


def test_a_script_loads_the_dataset_and_a_second_time_changes_nothing(engine, dataset):
    for _ in range(2):
        engine.run_script(dataset)
        wanted = in_parquet(dataset)

        assert counts(engine) == wanted
        assert wanted["articles"] == 59
        assert marks(engine) == [("output", last_seq(dataset), sum(wanted.values()))]


OTHER_DATA_SETS = {
    "gdelt_gkg": "GKGRECORDID, DATE, SourceCollectionIdentifier, V2Persons, Persons, AllNames, Dates, Quotations, Extras",
    "gdelt_events": "GLOBALEVENTID, SQLDATE, EventCode, Actor1Code, Actor2Code, ActionGeo_Type, DATEADDED",
    "gdelt_mentions": "GlobalEventID, EventTimeDate, MentionTimeDate, MentionType, SentenceID, ActionCharOffset, MentionDocLen, Extras",
    "acled_events": "event_id_cnty, year, event_type, inter1, inter2, country, fatalities",
    "ucdp_ged": "id, relid, year, type_of_violence, side_a, side_b, number_of_sources, source_article, source_original, where_prec, priogrid_gid, "
    "country_id, region, date_prec, date_start, date_end, deaths_a, deaths_b, deaths_civilians, deaths_unknown, best, high, low, gwnoa, gwnob",
    "ninjs": "article_id, document",
    "geojson": "event_id, feature",
}
"""Columns without floats, whose text is that of the engine."""


def test_the_views_with_the_columns_of_other_data_sets_are_the_same_in_every_engine(engine, dataset):
    def plain(value: object) -> str:
        """Documents are the same if their values are: engines escape `/` in JSON or do not."""
        return str(json.loads(value)) if isinstance(value, str) and value[:1] == "{" else str(value)

    engine.run_script(dataset)
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(parquet_views(f"{dataset}/"))
        for view, columns in OTHER_DATA_SETS.items():
            found = engine.rows(f"SELECT {columns} FROM {{}}", view)
            wanted = db.execute(f"SELECT {columns} FROM {view}").fetchall()

            assert len(wanted) > 0, view
            assert sorted(list(map(plain, row)) for row in found) == sorted(
                list(map(plain, row)) for row in wanted
            ), view


def test_nested_values_and_times_are_as_in_the_files(engine, dataset):
    engine.run_script(dataset)

    def plain(value: object) -> object:
        return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value

    columns = ("header", "keywords", "paragraphs", "segments")
    found = {
        row[0]: tuple(map(plain, row[1:]))
        for row in engine.rows(f"SELECT article_id, {', '.join(columns)} FROM {{}}", "articles")
    }
    wanted = {
        row["article_id"]: (dict(row["header"]), *(row[name] for name in columns[1:]))
        for row in ds.dataset(dataset / "articles").to_table().to_pylist()
    }

    assert found == wanted
    assert any(header for header, *_ in wanted.values())
    assert any(segments for *_, segments in wanted.values())
    same_instant = {"duckdb": "epoch_us({})", "clickhouse": "toUnixTimestamp64Micro({})"}.get(
        engine.dialect.name, "(extract(epoch FROM {}) * 1000000)::bigint"
    )
    instants = {
        int(row[0])
        for row in engine.rows(f"SELECT DISTINCT {same_instant.format('fetched_at')} FROM {{}}", "articles")
    }
    assert instants == {int(FETCHED_AT.timestamp()) * 1_000_000}


def test_the_printed_script_runs_as_it_is(dataset):
    printed = dateline("sql", "duckdb", "--location", dataset).stdout.decode()
    with duckdb.connect() as db:
        for _ in range(2):
            db.execute(printed)
            found = db.execute(
                "SELECT (SELECT count(*) FROM mentions_latest), count(*) FROM dateline_marks"
            ).fetchall()

            assert found == [(in_parquet(dataset)["mentions"], 1)]


def test_a_changed_source_adds_its_rows_and_latest_shows_the_newest_only(engine, history):
    before, after = history
    engine.run_script(before)
    assert counts(engine) == in_parquet(before)
    assert newest_in(engine) == newest_in_parquet(before)

    engine.run_part("load", after)

    assert counts(engine) == in_parquet(after)
    assert newest_in(engine) == newest_in_parquet(after)
    assert [seq for _, seq, _ in marks(engine)] == [last_seq(before), last_seq(after)]
    assert sum(added for _, _, added in marks(engine)) == sum(in_parquet(after).values())


def test_latest_has_nothing_of_a_source_whose_newest_version_was_refused(engine, history):
    engine.run_script(history[1])

    def versions(view: str, file: str) -> list[int]:
        found = engine.rows(f"SELECT source_version FROM {{}} WHERE uri LIKE '%{file}'", view)
        return sorted(int(row[0]) for row in found)

    assert versions("articles", "inline-flood.txt") == [1]
    assert versions("articles_latest", "inline-flood.txt") == []
    assert versions("rejects_latest", "inline-flood.txt") == [2]
    assert versions("articles", "inline-bridge.txt") == [1, 2]
    assert versions("articles_latest", "inline-bridge.txt") == [2]
    assert versions("articles_latest", "keys-strike.txt") == [1]
    assert versions("articles_latest", "wire.zip!/harvest.txt") == [2]
    assert versions("articles_latest", "wire.zip!/ceasefire.txt") == [2]


def test_a_commit_whose_loads_are_not_there_yet_is_left_to_the_next_load(engine, history, tmp_path):
    before, after = history
    growing = tmp_path / "growing"
    shutil.copytree(after, growing)
    late = [path for path in growing.glob("loads/*/*.parquet") if int(path.name[1:9]) > last_seq(before)]
    for path in late:
        path.rename(tmp_path / path.name)
    engine.run_script(growing)

    assert counts(engine) == in_parquet(before)

    for path in late:
        (tmp_path / path.name).rename(path)
    engine.run_part("load", growing)

    assert counts(engine) == in_parquet(after)
    assert newest_in(engine) == newest_in_parquet(after)


def test_a_load_that_is_cut_off_shows_nothing_and_the_next_one_is_whole(engine, history):
    before, after = history
    engine.run_script(before)
    shown = newest_in(engine)
    engine.run_part("load", after, cut_off=True)

    assert newest_in(engine) == shown
    assert [seq for _, seq, _ in marks(engine)] == [last_seq(before)]

    engine.run_part("load", after)

    assert counts(engine) == in_parquet(after)
    assert newest_in(engine) == newest_in_parquet(after)


@pytest.mark.parametrize("engine", [DuckDB, ClickHouse], indirect=True)
def test_a_column_that_older_files_lack_is_null_there(engine, history, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(history[1], older)
    changed = sorted(path for path in older.glob("articles/*/*.parquet") if pq.read_metadata(path).num_rows)[
        0
    ]
    pq.write_table(pq.read_table(changed, partitioning=None).drop_columns(["agency"]), changed)
    engine.run_script(older)

    assert counts(engine) == in_parquet(history[1])


def test_views_over_the_files_show_the_newest_too(history):
    _, after = history
    with duckdb.connect() as db:
        db.execute(parquet_views(f"{after}/"))
        found = {
            name: sorted(row[0] for row in db.execute(f"SELECT {key} FROM {name}_latest").fetchall())
            for name, key in (
                ("articles", "article_id"),
                ("mentions", "mention_id"),
                ("rejects", "reject_id"),
            )
        }

    wanted = newest_in_parquet(after)
    assert found == {name: wanted[name] for name in found}


@pytest.mark.parametrize("engine", [DuckDB, Postgres], indirect=True)
def test_keys_may_be_added_when_the_rows_are_in(engine, history):
    dialect = engine.dialect
    engine.run([*create_schema(dialect), *create_tables(dialect, with_keys=False)])
    engine.run_part("load", history[1])
    engine.run([*create_keys(dialect), *create_indexes(dialect), *create_comments(dialect)])

    assert counts(engine) == in_parquet(history[1])
    marks = dialect.table("dateline_marks")
    with pytest.raises(engine.refusal, match=r"(?i)duplicate key"):
        engine.run([f"INSERT INTO {marks} SELECT output_id, seq, row_count FROM {marks}"])


def test_the_table_of_what_is_parsed_and_what_is_run(dataset, postgres, tmp_path):
    """`make sql-matrix` prints it: every kind is parsed, and run where the engine is at hand."""
    ran: dict[str, set[str]] = {}
    for engine in (DuckDB(), ClickHouse(tmp_path / "clickhouse"), Postgres(postgres, schema="sql_matrix")):
        engine.run_script(dataset)
        ran[engine.dialect.name] = engine.kinds
        engine.close()
    kinds = {
        name: [
            kind_of(each, name)
            for part in PARTS
            for each in statements(dialect.in_schema("news"), part, location_of(dialect, None))
        ]
        for name, dialect in DIALECTS.items()
    }
    cells = {
        (kind, name): f"{kinds[name].count(kind)} run"
        if kind in ran.get(name, ())
        else f"{kinds[name].count(kind)}"
        for name in DIALECTS
        for kind in kinds[name]
    }
    lines = ["| statement | " + " | ".join(DIALECTS) + " |", "| --- |" + " --- |" * len(DIALECTS)]
    lines += [
        f"| {kind} | " + " | ".join(cells.get((kind, name), "") for name in DIALECTS) + " |"
        for kind in sorted({kind for kind, _ in cells})
    ]
    print("\n" + "\n".join(lines))  # noqa: T201  # for people

    assert ran == {name: set(kinds[name]) for name in ("duckdb", "clickhouse", "postgres")}
