"""Dateline as a library: the functions do what the commands do, and frames hold what the SQL views hold."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import flows
from flows import annotate, load, run, to_pandas, verify
from flows.errors import LostFile, WrongUse
from flows.ingest import ingest
from flows.schema import columns_of
from flows.tables import BY_NAME

from .conftest import FETCHED_AT, ROOT, SEEDS, dateline
from .coordinating import run_here
from .processes import without_prefect
from .readback import by_pandas, make_odd_output

TEXT = "date 2020-02-20 Two soldiers were killed in Ankara on Monday. “We go,” Mr Smith said."

SCRIPT = """
import os, sys
from flows import run

def main():
    first = run("in", "output", workers=1)
    second = run(["in"], "output")
    third = run("in", "output", reread=True, workers=1)
    print(first.article_count, second.unchanged_count, third.unchanged_count, os.environ.get("PREFECT_API_URL"))

{call}
"""


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = without_prefect()
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=clean | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT)
    return tmp_path


# The names.


def test_the_functions_are_imported_when_they_are_asked_for():
    code = (
        "import sys, flows; print(sorted(name for name in sys.modules if name.startswith('flows')));"
        "flows.run; print('flows.api' in sys.modules, 'prefect' in sys.modules, 'pyarrow' in sys.modules)"
    )

    assert python("-c", code, cwd=ROOT).stdout == "['flows']\nTrue False False\n"


def test_a_name_stays_a_function_whatever_is_imported():
    """`flows.warehouse.load` and `flows.ingest.verify` are other things, and no submodule takes a name."""
    code = (
        "import flows, flows.cli, flows.ingest, flows.annotation, flows.warehouse.load, flows.warehouse.verify\n"
        "from flows import annotate, load, run, to_pandas, verify\n"
        "print([each.__module__ for each in (annotate, load, run, to_pandas, verify)])\n"
        "print([getattr(flows, name) is each for name, each in dict(load=load, verify=verify).items()])"
    )
    modules = {path.stem for path in (ROOT / "flows").iterdir()}

    assert python("-c", code, cwd=ROOT).stdout == f"{['flows.api'] * 5}\n[True, True]\n"
    assert modules & set(flows.__all__) == set()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'flows' has no attribute 'ingst'"):
        flows.ingst  # noqa: B018


def test_run_takes_the_parameters_of_the_flow():
    ours, theirs = (inspect.signature(each).parameters for each in (run, ingest))

    assert set(ours) == set(theirs)
    assert {name: ours[name].default for name in ours if name not in ("targets", "sources")} == {
        name: theirs[name].default for name in theirs if name not in ("targets", "sources")
    }


# Runs.


def test_a_script_runs_again_and_again_and_leaves_the_environment_as_it_was(folder):
    (folder / "job.py").write_text(SCRIPT.format(call='if __name__ == "__main__":\n    main()'))

    done = python("job.py", cwd=folder)

    assert done.stdout == "1 1 1 None\n", done.stderr


def test_a_notebook_runs_loads_and_names_what_failed(folder):
    """In a notebook an event loop runs in the thread that calls; Prefect then answers with coroutines."""
    (folder / "notebook.py").write_text(
        "import asyncio\nfrom flows import run, verify\n"
        "async def cells():\n"
        "    done = run('in', 'output', workers=1, targets=['duckdb:///news.duckdb', 'duckdb:///nowhere/news.duckdb'])\n"
        "    print(done.article_count, [*done.loaded], len(done.failures), done.failures)\n"
        "    print(verify('output', 'duckdb:///news.duckdb').differences)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(cells())\n"
    )

    done = python("notebook.py", cwd=folder)

    first, second = done.stdout.splitlines()
    assert re.fullmatch(r"1 \['duckdb:///.*news\.duckdb'\] 1 \['load: .*nowhere.*'\]", first), done.stderr
    assert second == "()"


def test_a_run_at_the_top_of_a_script_says_where_the_call_belongs(folder):
    """Workers import the script: without the check each of them would start a run of its own."""
    (folder / "job.py").write_text(SCRIPT.format(call="main()"))

    done = python("job.py", cwd=folder)

    assert done.returncode == 1
    assert 'wanted the call below `if __name__ == "__main__":`' in done.stderr
    last = done.stderr.rstrip().splitlines()[-1]
    assert last.startswith("flows.errors.WorkerDied: worker process ")
    assert last.endswith(
        " before it had a part; committed data is kept, run again to continue (its error is printed above)"
    )
    assert json.loads(dateline("status", "--output", folder / "output", "--json").stdout)["head"] == 1


def test_the_events_of_a_run_go_to_pythons_logging(folder):
    (folder / "job.py").write_text(
        "import logging\nfrom flows import run\n"
        "if __name__ == '__main__':\n"
        "    logging.basicConfig(level=logging.INFO, format='%(name)s %(message)s')\n"
        "    run('in', 'output', workers=1)\n"
    )

    done = python("job.py", cwd=folder)

    assert done.stdout == ""
    assert "dateline batch.committed files=9 kind=batch" in done.stderr


def test_the_summary_is_that_of_the_command(folder):
    summary = run(folder / "in", folder / "output", workers=1, fetched_at=FETCHED_AT)
    printed = json.loads(dateline("run", folder / "in", "--output", folder / "output", "--json").stdout)

    assert (summary.article_count, summary.rows["articles"], summary.failures) == (1, 1, [])
    assert (printed["unchanged_count"], printed["dispatch_count"]) == (1, 0)


def test_a_run_with_nothing_new_still_loads_the_targets(folder):
    run(folder / "in", folder / "output", workers=1)

    summary = run(folder / "in", folder / "output", targets=[f"duckdb:///{folder}/news.duckdb"], workers=1)

    assert list(summary.loaded.values()) == [sum(counts(folder / "output").values())]


def counts(output: Path) -> dict[str, int]:
    return {name: len(to_pandas(name, output)) for name in BY_NAME}


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ([[]], {}, "sources: found none, wanted at least one"),
        (["nowhere"], {}, "source: found nowhere"),
        ([["in"]], {"workers": 0}, "workers"),
        ([["in"]], {"date_order": "ymd"}, "date_order"),
        ([["in"]], {"format": "nope"}, "nope"),
    ],
)
def test_wrong_use_is_raised(arguments, options, said, folder, monkeypatch):
    monkeypatch.chdir(folder)

    with pytest.raises(WrongUse, match=said):
        run(*arguments, **options)


# Annotations.


def test_annotations_are_those_of_the_command():
    texts = [path.read_text(errors="replace") for path in sorted(SEEDS.glob("inline-*.txt"))]
    lines = [json.dumps({"id": n, "published": "2020-02-20", "text": text}) for n, text in enumerate(texts)]
    done = dateline("annotate", stdin="\n".join(lines).encode())

    assert list(annotate(texts, published=date(2020, 2, 20))) == list(
        map(json.loads, done.stdout.splitlines())
    )


def test_a_text_keeps_its_own_id_and_date():
    text = "Two soldiers were killed in Ankara on Monday."
    given = [{"id": "a", "text": text, "published": "2021-03-04"}, text, {"text": text}]

    found = list(annotate(given, published="2020-02-20"))

    assert [each["id"] for each in found] == ["a", 1, None]
    assert [each["times"][0]["value"] for each in found] == ["2021-03-01", "2020-02-17", "2020-02-17"]


@pytest.mark.parametrize(
    "broken", [7, {"text": None}, {"id": 1}, "half \ud800", {"text": "a", "published": "soon"}]
)
def test_a_text_that_cannot_be_read_is_answered_in_its_place(broken):
    found = list(annotate(["One died.", broken, "Two died."]))

    assert ["error" in each for each in found] == [False, True, False]


def test_the_first_answer_waits_for_no_second_text():
    taken = []

    def texts():
        for number in range(3):
            taken.append(number)
            yield "Rain fell on Oslo on Friday."

    next(annotate(texts()))

    assert taken == [0]


# Warehouses.


def test_load_and_verify_are_those_of_the_commands(dataset, tmp_path):
    target = f"duckdb:///{tmp_path}/news.duckdb"

    loaded, found = load(target, dataset), verify(dataset, target)

    assert (loaded.first_seq, loaded.last_seq) == (1, 4)
    assert (found.mark, found.differences) == (4, ())


# Frames.


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output whose sources changed: one has a new text, one can no longer be read, one is an archive."""
    folder = tmp_path_factory.mktemp("history")
    sources, output = folder / "in", folder / "output"
    sources.mkdir()
    for place, first, second in (
        ("a", TEXT, TEXT.replace("Ankara", "Berlin")),
        ("b", TEXT, "date 2020-13-45 Nothing can be read of this."),
        ("c", "date 2020-13-45 Nothing can be read of this.", TEXT),
        ("d", TEXT, TEXT),
    ):
        for text, version in ((first, 1), (second, 2)):
            (folder / f"{version}").mkdir(exist_ok=True)
            (folder / f"{version}" / f"{place}.txt").write_text(text)
    for version in ("1", "2"):
        for path in (folder / version).iterdir():
            (sources / path.name).write_bytes(path.read_bytes())
        with zipfile.ZipFile(sources / "wire.zip", "w") as archive:
            archive.writestr("same.txt", TEXT)
            archive.writestr(f"new-{version}.txt", TEXT.replace("Two", version))
        run_here(sources, output=output)
    return output


def plain(rows: list[dict]) -> list[str]:
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)


def rows_of(frame: pd.DataFrame) -> list[dict]:
    return pa.Table.from_pandas(frame, preserve_index=False).to_pylist(maps_as_pydicts="strict")


def in_duckdb(output: Path, name: str) -> list[dict]:
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(f"SET file_search_path = '{output}'")
        db.execute((output / "views.sql").read_text())
        return db.sql(f"SELECT * FROM {name}").to_arrow_table().to_pylist(maps_as_pydicts="strict")


NOTHING_OLD = ("amounts", "changes", "stories", "runs", "loads")
"""Tables of which every row of the history is a newest one, or that have none."""


@pytest.mark.parametrize("table", BY_NAME)
def test_the_latest_rows_are_those_of_the_sql_views(table, history):
    has_view = table not in ("runs", "loads")

    found = rows_of(to_pandas(table, history, latest=True))

    assert plain(found) == plain(in_duckdb(history, f"{table}_latest" if has_view else table))
    assert len(found) < len(to_pandas(table, history)) or table in NOTHING_OLD


def test_a_version_that_is_refused_whole_leaves_no_article(history):
    latest = to_pandas("articles", history, latest=True, columns=["uri", "source_version"])
    names = sorted((uri.rpartition("/")[2], version) for uri, version in latest.itertuples(index=False))

    assert names == [("a.txt", 2), ("c.txt", 2), ("d.txt", 1), ("new-2.txt", 2), ("same.txt", 2)]


@pytest.mark.parametrize("table", BY_NAME)
def test_all_rows_are_those_of_the_files(table, history):
    assert plain(rows_of(to_pandas(table, history))) == plain(in_duckdb(history, table))


def test_values_and_types_are_those_of_the_parquet(tmp_path):
    """Odd values, nulls, empty and nested ones; in a folder that looks like a partition."""
    output = make_odd_output(tmp_path / "publish_month=1999" / "o'u[1]*")
    for table in BY_NAME.values():
        frame = to_pandas(table.name, output)
        types = {name: dtype.pyarrow_dtype for name, dtype in frame.dtypes.items()}

        assert list(frame.columns) == [column.name for column in columns_of(table)]
        in_file = pq.read_schema(next((output / table.name).rglob("*.parquet")))
        assert types == {field.name: field.type for field in in_file} | {table.partition_by: pa.string()}
        assert plain(rows_of(frame)) == plain(in_duckdb_files(output, table.name))
    assert {name: len(rows) for name, rows in by_pandas(output).items()} == counts(output)


def in_duckdb_files(output: Path, table: str) -> list[dict]:
    """The rows by way of the files alone, each with the partition of its folder."""
    found = []
    for path in sorted((output / table).rglob("*.parquet")):
        name, _, value = path.parent.name.partition("=")
        rows = pq.ParquetFile(path).read().to_pylist(maps_as_pydicts="strict")
        found += [row | {name: value} for row in rows]
    return found


def test_rows_stand_in_the_order_of_their_commits_each_time(history):
    frames = [to_pandas("mentions", history) for _ in range(3)]

    assert frames[0]["batch_seq"].is_monotonic_increasing
    assert frames[0].index.equals(pd.RangeIndex(len(frames[0])))
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def test_columns_come_in_the_order_asked(history):
    frame = to_pandas("places", history, latest=True, columns=["publish_month", "surface"])

    assert list(frame.columns) == ["publish_month", "surface"]
    assert sorted(frame["surface"]) == ["Ankara", "Ankara", "Ankara", "Ankara", "Berlin"]
    assert set(frame["publish_month"]) == {"2020-02"}


def test_a_commit_that_is_not_published_is_not_read(dataset, tmp_path):
    output = Path(shutil.copytree(dataset, tmp_path / "output"))
    (output / ".dateline" / "watermark.json").write_text('{"seq":1}')

    assert {name for name, count in counts(output).items() if count} == {"loads"}
    assert list(to_pandas("articles", output).columns) == [each.name for each in columns_of(BY_NAME["articles"])]  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.unlink(), "found no file"),
        (lambda path: path.write_bytes(path.read_bytes() + b"x"), "bytes, wanted"),
        (lambda path: path.write_bytes(flipped(path.read_bytes())), "damaged file"),
    ],
    ids=["missing", "longer", "a flipped bit"],
)
def test_a_damaged_file_is_named(damage, said, dataset, tmp_path):
    output = Path(shutil.copytree(dataset, tmp_path / "output"))
    damage(max((output / "articles").rglob("*.parquet"), key=lambda path: path.stat().st_size))

    with pytest.raises(LostFile, match=said):
        to_pandas("articles", output)


def flipped(data: bytes) -> bytes:
    return data[:200] + bytes([data[200] ^ 1]) + data[201:]


@pytest.mark.parametrize(
    ("table", "columns", "said"),
    [("articels", None, "wanted one of articles"), ("articles", ["healdine"], "found healdine")],
)
def test_an_unknown_table_or_column_is_refused(table, columns, said, dataset):
    with pytest.raises(WrongUse, match=said):
        to_pandas(table, dataset, columns=columns)


def test_a_folder_without_an_output_is_refused(tmp_path):
    with pytest.raises(WrongUse, match="no published commit"):
        to_pandas("articles", tmp_path)
