"""Rows to columns to staged files: what is refused, how large a file's row groups are, and that the bytes are the same each time."""

from __future__ import annotations

import enum
import errno
import gc
import itertools
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.errors import BrokenRow, DiskFull
from flows.schema import Type
from flows.tables import BY_NAME, articles, mentions, rejects, signatures
from flows.write import stage
from flows.write.arrow import PYTHON, arrow_table
from flows.write.stage import Staging, stage_rows

from .readback import odd_rows

REJECTS = list(odd_rows(rejects.TABLE))
ARTICLES = list(odd_rows(articles.TABLE))


class Word(enum.StrEnum):
    """Text of a subclass."""

    AN = "an"


@pytest.mark.parametrize("name", BY_NAME)
def test_columns_hold_what_the_rows_hold(name):
    table = BY_NAME[name]
    rows = list(odd_rows(table))

    made = arrow_table(table, rows, 7)

    stored = made.to_pylist(maps_as_pydicts="strict")
    lists = (Type.TEXT_LIST, Type.SPAN_LIST, Type.SEGMENT_LIST, Type.TOPIC_LIST)
    for row, found in zip(rows, stored, strict=True):
        assert found.pop("batch_seq") == 7
        for column in table.columns:
            value = row[column.name]
            wanted = list(value) if column.type in lists and value is not None else value
            assert found[column.name] == wanted, column.name


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("dispatch_no", True),
        ("dispatch_no", 1.0),
        ("dispatch_no", 2**63),
        ("uri", None),
        ("uri", b"file:///a"),
        ("uri", "\ud800"),
        ("fetched_at", datetime(2020, 2, 20)),  # noqa: DTZ001  # that is what is wrong with it
        ("fetched_at", date(2020, 2, 20)),
        ("published_on", datetime(2020, 2, 20, tzinfo=UTC)),
        ("language_confidence", 1),
        ("keywords", "one"),
        ("keywords", ["\udfff"]),
        ("keywords", [None]),
        ("keywords", None),
        ("header", {"key": 1}),
        ("header", {"key": "\ud800"}),
        ("paragraphs", [{"char_start": 0}]),
        ("paragraphs", [{"char_start": 0, "char_end": True}]),
        ("paragraphs", [{"char_start": 0, "char_end": 2**63}]),
        ("segments", [{"kind": 1, "char_start": 0, "char_end": 1}]),
        ("segments", [{"char_start": 0, "char_end": 1}]),
        ("topics", [{"code": "medtop:01000000", "name": "arts", "level": 1, "score": 1}]),
        ("topics", [{"code": "medtop:01000000", "name": "arts", "level": 1.0, "score": 1.0}]),
        ("topics", [{"code": "medtop:01000000", "score": 0.5}]),
    ],
)
def test_one_odd_value_among_many_is_named_with_its_column(column, value):
    """Columns are checked as a whole; the error is that of the row."""
    rows = [*ARTICLES, ARTICLES[0] | {column: value}, *ARTICLES]

    with pytest.raises(BrokenRow) as broken:
        arrow_table(articles.TABLE, rows, 2)

    assert (broken.value.table, broken.value.column) == ("articles", column)


@pytest.mark.parametrize(
    "odd",
    [
        {name: value for name, value in REJECTS[0].items() if name != "why"},
        REJECTS[0] | {"more": 1},
        {("more" if name == "why" else name): value for name, value in REJECTS[0].items()},
    ],
)
def test_a_row_of_other_columns_is_refused(odd):
    with pytest.raises(BrokenRow, match=r"why|more"):
        arrow_table(rejects.TABLE, [REJECTS[1], odd], 2)


def test_values_of_subclasses_are_stored_as_their_type():
    row = REJECTS[0] | {"format": Word.AN}

    assert arrow_table(rejects.TABLE, [row], 2)["format"].to_pylist() == ["an"]


def test_every_type_of_column_has_its_types_of_python():
    assert set(PYTHON) == set(Type)


def rows_to_stage(count: int) -> list[tuple[Any, str, dict[str, Any]]]:
    made = itertools.cycle(odd_rows(mentions.TABLE))
    months = itertools.cycle(("2020-03", "2020-02", "unknown"))
    rows = [
        (mentions.TABLE, month, row | {"mention_id": f"{number:06}"})
        for number, month, row in zip(range(count), months, made, strict=False)
    ]
    return [*rows, (signatures.TABLE, "2020-02", next(odd_rows(signatures.TABLE)))]


def test_rows_are_staged_in_their_order_by_table_and_partition(tmp_path):
    files = stage_rows(rows_to_stage(7), folder=tmp_path, name="00003", batch_seq=2)

    assert [(file.table, file.partition, file.rows) for file in files] == [
        ("mentions", "2020-02", 2),
        ("mentions", "2020-03", 3),
        ("mentions", "unknown", 2),
        ("signatures", "2020-02", 1),
    ]
    assert files[1].staged == "mentions-2020-03-00003.staged"
    read = pq.read_table(tmp_path / files[1].staged)["mention_id"].to_pylist()
    assert read == ["000000", "000003", "000006"]


@pytest.mark.parametrize("max_bytes", [20_000, 1 << 30])
@pytest.mark.parametrize("batch_size", [1, 64])
def test_the_bytes_depend_neither_on_the_time_nor_on_how_rows_were_added(
    batch_size, max_bytes, tmp_path, monkeypatch
):
    """A part that is worked on twice, by whichever process, is the same."""
    monkeypatch.setattr(stage, "CHUNK_ROWS", 100)
    monkeypatch.setattr(stage, "MAX_WAITING_BYTES", max_bytes)
    rows = rows_to_stage(1000)
    (tmp_path / "once").mkdir()
    (tmp_path / "again").mkdir()
    once = stage_rows(rows, folder=tmp_path / "once", name="0", batch_seq=2)

    staging = Staging(tmp_path / "again", "0", 2)
    for start in range(0, len(rows), batch_size):
        staging.add(rows[start : start + batch_size])

    assert staging.done() == once


def test_what_waits_in_memory_is_bounded_by_row_groups(tmp_path, monkeypatch):
    """The peak of a worker does not grow with its part."""
    monkeypatch.setattr(stage, "CHUNK_ROWS", 100)
    monkeypatch.setattr(stage, "MAX_WAITING_BYTES", 20_000)
    rows = rows_to_stage(3000)

    files = stage_rows(rows, folder=tmp_path, name="0", batch_seq=2)

    assert sum(file.rows for file in files) == len(rows)
    for file in files[:3]:
        opened = pq.ParquetFile(tmp_path / file.staged)
        assert opened.metadata.num_row_groups > 3
        ids = opened.read()["mention_id"].to_pylist()
        assert ids == sorted(ids)


def test_a_row_that_is_broken_stops_the_part_also_after_a_row_group_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr(stage, "CHUNK_ROWS", 10)
    monkeypatch.setattr(stage, "MAX_WAITING_BYTES", 0)
    rows = rows_to_stage(100)
    staging = Staging(Path(tmp_path), "0", 2)
    staging.add(rows)

    with pytest.raises(BrokenRow, match=r"mentions.type is 1, wanted text"):
        staging.add((table, month, row | {"type": 1}) for table, month, row in rows[:10])


def test_a_file_for_which_there_is_no_room_is_named_and_not_written_again(tmp_path, monkeypatch):
    """The destructor of a writer completes its file; a second failure there could only be printed."""
    full = OSError(errno.ENOSPC, "No space left on device")
    attempts = []

    def fail(*_):
        attempts.append("write")
        raise full

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    monkeypatch.setattr(pq.ParquetWriter, "close", fail)

    with pytest.raises(DiskFull, match=r"mentions-2020-02-0\.staged"):
        stage_rows(rows_to_stage(5), folder=tmp_path, name="0", batch_seq=2)
    gc.collect()

    assert attempts == ["write"]
