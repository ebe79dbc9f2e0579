"""The tables: declared once, and everything generated from the declarations is current."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import get_args, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import errors
from flows.enrich.findings import Findings
from flows.errors import BrokenRow, DispatchError
from flows.parse.headers import FORMATS
from flows.schema import BATCH_SEQ, HOLDS, Column, Table, Type, check_row
from flows.tables import BY_NAME, FILLED_BY, TABLES
from flows.warehouse.parquet import parquet_views, read_me
from flows.write.arrow import ARROW

from .conftest import ROOT, dateline

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES = {
    Type.TEXT: TEXT,
    Type.INT64: INT64,
    Type.FLOAT64: st.floats(allow_nan=False),
    Type.BOOL: st.booleans(),
    Type.INSTANT: st.datetimes(
        min_value=datetime(1000, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
        max_value=datetime(9999, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    Type.DATE: st.dates(min_value=date(1000, 1, 1)),
    Type.TEXT_LIST: st.lists(TEXT, max_size=3),
    Type.TEXT_MAP: st.dictionaries(TEXT, TEXT, max_size=3),
    Type.SPAN_LIST: st.lists(st.fixed_dictionaries({"char_start": INT64, "char_end": INT64}), max_size=3),
    Type.SEGMENT_LIST: st.lists(
        st.fixed_dictionaries({"kind": TEXT, "char_start": INT64, "char_end": INT64}), max_size=3
    ),
    Type.TOPIC_LIST: st.lists(
        st.fixed_dictionaries(
            {"code": TEXT, "name": TEXT, "level": INT64, "score": st.floats(allow_nan=False)}
        ),
        max_size=3,
    ),
}


@pytest.mark.parametrize("kind", Type, ids=lambda kind: kind.name)
@given(data=st.data())
def test_every_type_round_trips_through_parquet(kind, data):
    value = data.draw(VALUES[kind])
    assert HOLDS[kind](value)
    stored = list(value.items()) if kind is Type.TEXT_MAP else value
    sink = pa.BufferOutputStream()

    pq.write_table(pa.table({"x": pa.array([stored, None], type=ARROW[kind])}), sink)

    read = pq.read_table(pa.BufferReader(sink.getvalue()))["x"].to_pylist()
    assert read == [stored, None]


COUNTED = Table(
    name="counted",
    grain="one count",
    key=("n",),
    partition_by="month",
    month_of=lambda _: None,
    columns=(Column("n", Type.INT64, "A count."), Column("why", Type.TEXT, "Why.", nullable=True)),
    rows=lambda _: (),
)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"n": 1.7, "why": None}, "n"),
        ({"n": True, "why": None}, "n"),
        ({"n": 2**63, "why": None}, "n"),
        ({"n": None, "why": None}, "n"),
        ({"n": 1, "why": "\ud800"}, "why"),
        ({"n": 1}, "why"),
        ({"n": 1, "why": None, "more": 1}, "more"),
        ({"n": 1, "y": None}, "why"),
    ],
)
def test_a_row_that_the_declaration_does_not_allow_is_named_with_its_column(row, column):
    with pytest.raises(BrokenRow) as broken:
        check_row(COUNTED, row)

    assert column in broken.value.column


def test_the_generated_files_are_written_into_a_folder_that_is_no_output(tmp_path):
    """As into the one of the repository; it does not become an output, so that a run still refuses a foreign folder."""
    done = dateline("schema", "--write", "--output", str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "views.sql"]
    assert (tmp_path / "views.sql").read_text() == parquet_views()


def test_the_generated_files_are_current():
    """Else run `make schema`."""
    assert (ROOT / "output" / "README.md").read_text() == read_me()
    assert (ROOT / "output" / "views.sql").read_text() == parquet_views()


@pytest.mark.parametrize(
    ("folder", "names", "others"),
    [
        ("parse/headers", {known.parse.__module__.rpartition(".")[2] for known in FORMATS}, set()),
        ("tables", set(BY_NAME), {"evidence", "lineage"}),
    ],
)
def test_no_file_of_a_registry_is_forgotten(folder, names, others):
    there = {path.stem for path in (ROOT / "flows" / folder).glob("*.py")} - {"__init__"}

    assert there - others == names


def test_every_room_of_enrich_gives_a_finding():
    """What is found in a text is declared in one place; a room that is not asked there does nothing."""
    # Stories compare articles: what they need of one is its signature, not a finding.
    shared = {"casing", "language", "lexicons", "numbers", "stories"}
    rooms = {path.parent.name for path in (ROOT / "flows" / "enrich").glob("*/__init__.py")} - shared

    found = [(get_args(each) or (each,))[0] for each in get_type_hints(Findings).values()]
    assert {each.__module__.split(".")[2] for each in found} == rooms


def test_every_table_is_filled_by_one_noun():
    assert sorted(table.name for tables in FILLED_BY.values() for table in tables) == sorted(BY_NAME)


def test_every_column_says_what_it_means_and_says_it_in_the_file(dataset):
    for table in TABLES:
        in_file = pq.read_schema(next((dataset / table.name).rglob("*.parquet")))
        described = {field.name: field.metadata[b"description"].decode() for field in in_file}

        assert described == {column.name: column.means for column in (*table.columns, BATCH_SEQ)}
        assert [name for name, means in described.items() if not re.fullmatch(r"\S+ .{4,}\.", means)] == []


def test_every_reject_code_is_explained_in_the_map():
    codes = {
        each.code for each in vars(errors).values() if isinstance(each, type) and issubclass(each, DispatchError) and hasattr(each, "code")
    }  # fmt: skip
    page = (ROOT / "flows" / "README.md").read_text()

    assert {"format.unknown", "body.empty", "fetch.compression.bomb"} <= codes
    assert {code for code in codes if f"`{code}`" not in page} == set()
