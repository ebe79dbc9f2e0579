"""The comparison of two outputs: what it calls the same, and what it says of a difference."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from flows.schema import columns_of
from flows.tables import BY_NAME, TABLES
from flows.write.deliver import deliver, stage_of
from flows.write.output import Output
from flows.write.stage import stage_rows
from tests.bench.same_tables import IGNORED, NOT_COMPARED, compare, main

from .conftest import FETCHED_AT
from .readback import Rows, make_odd_output, odd_rows


@pytest.fixture
def outputs(tmp_path: Path) -> tuple[Path, Path]:
    """The same odd rows twice, by different runs."""
    return make_odd_output(tmp_path / "left"), make_odd_output(tmp_path / "right", run_id="f" * 32)


def differences(left: Path, right: Path) -> dict[str, str]:
    return {each.table: each.difference for each in compare(left, right) if each.difference}


def rewrite(output: Path, table: str, change: Callable[[Rows], Rows]) -> None:
    """Change the rows of a table's files in place."""
    for file in (output / table).rglob("*.parquet"):
        rows = parquet.ParquetFile(file).read()
        parquet.write_table(pa.Table.from_pylist(change(rows.to_pylist()), rows.schema), file)


def test_every_table_is_compared_or_named_as_left_out(outputs):
    compared = {each.table for each in compare(*outputs)}

    assert compared | NOT_COMPARED.keys() == {table.name for table in TABLES}


def test_every_ignored_column_exists():
    for table, columns in IGNORED.items():
        declared = {
            column.name for each in TABLES if table in ("*", each.name) for column in columns_of(each)
        }
        assert columns.keys() <= declared


def test_two_runs_over_the_same_input_are_the_same(outputs):
    """Only the ids of the runs differ, and they are ignored."""
    assert differences(*outputs) == {}
    assert main(*outputs) == 0


def test_how_rows_are_divided_into_files_and_batches_does_not_matter(outputs):
    """The rows of one table come in two commits and in another order."""
    left, right = outputs
    table = BY_NAME["mentions"]
    shutil.rmtree(right / table.name)
    rows = list(odd_rows(table))[::-1]
    output = Output(right)
    for seq, part in ((3, rows[:5]), (4, rows[5:])):
        placed = [
            (table, ("2020-02", "unknown")[int(row["mention_id"].removeprefix("key ")) % 2], row)
            for row in part
        ]
        run_id = "f" * 32
        with stage_of(output, seq, run_id).folder() as folder:
            files = stage_rows(placed, folder=folder, name="odd", batch_seq=seq)
        deliver(
            output,
            seq=seq,
            kind="batch",
            batch_id=f"odd {seq}",
            run_id=run_id,
            staged_at=FETCHED_AT,
            versions={},
            files=files,
        )

    assert differences(left, right) == {}


def test_a_difference_is_named_by_its_row_its_column_and_both_values(outputs):
    left, right = outputs
    rewrite(
        right,
        "places",
        lambda rows: [row | {"surface": "Idlib"} if row["place_id"] == "key 7" else row for row in rows],
    )
    before = next(row["surface"] for row in odd_rows(BY_NAME["places"]) if row["place_id"] == "key 7")

    found = differences(left, right)

    assert list(found) == ["places"]
    assert found["places"].startswith("1 | 1 rows; first key 7: surface: ")
    assert found["places"].endswith('| "Idlib"')
    assert before != "Idlib"


def test_the_first_difference_is_that_of_the_least_key(outputs):
    left, right = outputs
    rewrite(right, "times", lambda rows: [row | {"surface": "then"} for row in rows])

    assert differences(left, right)["times"].startswith("12 | 12 rows; first key 0: surface: ")


def test_a_row_that_is_missing_is_a_difference(outputs):
    left, right = outputs
    rewrite(right, "claims", lambda rows: [row for row in rows if row["claim_id"] != "key 3"])

    assert differences(left, right) == {"claims": "1 | 0 rows; first key 3: only in the first"}
    assert differences(right, left) == {"claims": "0 | 1 rows; first key 3: only in the second"}


def test_a_row_that_occurs_twice_is_a_difference(outputs):
    left, right = outputs
    rewrite(right, "quotes", lambda rows: rows + [row for row in rows if row["quote_id"] == "key 3"])

    assert differences(left, right) == {"quotes": "0 | 1 rows; first key 3: only in the second"}


def test_a_table_without_files_has_no_rows(outputs):
    left, right = outputs
    shutil.rmtree(right / "events")

    assert differences(left, right) == {"events": "12 | 0 rows; first key 0: only in the first"}


def test_null_is_not_the_empty_text_and_a_list_is_not_its_joined_items(outputs):
    left, right = outputs
    rewrite(left, "articles", lambda rows: [row | {"byline": None, "keywords": ["a, b"]} for row in rows])
    rewrite(right, "articles", lambda rows: [row | {"byline": "", "keywords": ["a", "b"]} for row in rows])

    assert differences(left, right)["articles"].endswith('byline: null | "" (also keywords)')


def test_a_partition_is_a_column(outputs):
    left, right = outputs
    (right / "amounts" / "publish_month=2020-02").rename(right / "amounts" / "publish_month=2020-03")

    assert 'publish_month: "2020-02" | "2020-03"' in differences(left, right)["amounts"]


def test_a_column_of_only_one_output_is_a_difference(outputs):
    left, right = outputs
    for file in (right / "stories").rglob("*.parquet"):
        parquet.write_table(parquet.ParquetFile(file).read().drop_columns(["outlets"]), file)

    assert differences(left, right) == {"stories": "column outlets: VARCHAR[] | None"}


def test_the_hash_does_not_depend_on_the_other_output(outputs):
    left, right = outputs
    rewrite(right, "signatures", lambda rows: rows[1:])
    hashes = {each.table: each.hashes[0] for each in compare(left, right)}

    assert hashes == {each.table: each.hashes[1] for each in compare(right, left)}


def test_a_difference_makes_the_exit_status_1(outputs, capsys):
    left, right = outputs
    rewrite(right, "rejects", lambda rows: [row | {"code": "other"} for row in rows])

    assert main(left, right) == 1
    assert "rejects" in next(line for line in capsys.readouterr().out.splitlines() if "other" in line)
