"""What the explorer exports, read back by the readers that people use."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page, expect

from flows.report.explorer_page import explorer_html
from tests import explorer_blocks
from tests.browser import opened


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page of rows that are known, when all of it is drawn."""
    (tmp_path / "known.html").write_text(explorer_html(explorer_blocks.known()))
    with opened(browser, tmp_path / "known.html") as found:
        found.page.wait_for_selector("body[data-ready]", state="attached")
        yield found.page


def saved(page: Page, name: str, folder: Path) -> Path:
    """Export in a format, and return the file; it has the name of the kind of rows."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def shown(page: Page) -> list[str]:
    """Return the ids of the rows of the table, all of which are on one page."""
    return [f"c{row}" for row in page.eval_on_selector_all("#results tbody tr", "rows => rows.map((row) => row.dataset.row)")]  # fmt: skip


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_csv_holds_the_rows_of_the_table_in_its_order(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Number").click()
    rows = csv_rows(saved(page, "CSV", tmp_path))
    assert [row["claim_id"] for row in rows] == shown(page) == ["c3", "c2", "c0", "c1", "c4"]
    assert {name: rows[2][name] for name in ("effect", "low", "best", "high", "place_name", "latitude", "precision", "radius_km", "first_on", "is_negated", "headline", "published_on")} == {
        "effect": "killed", "low": "12", "best": "12", "high": "12", "place_name": "Ardabash", "latitude": "36.2", "precision": "town",
        "radius_km": "6.5", "first_on": "2020-02-20", "is_negated": "false", "headline": "Shells hit convoy", "published_on": "2020-02-21",
    }  # fmt: skip


def test_a_cell_of_csv_that_a_spreadsheet_would_run_is_text(page: Page, tmp_path: Path) -> None:
    """Negative numbers stay numbers."""
    rows = {row["claim_id"]: row for row in csv_rows(saved(page, "CSV", tmp_path))}
    assert rows["c3"]["claimant"] == "'=HYPERLINK(1)"
    assert rows["c2"]["latitude"] == "-9.5"
    assert rows["c2"]["source_name"] == "</script><script>alert(2)</script>"


CELLS = """async (values) => {
  const { csv } = await import("dateline/explorer/exports.js");
  return csv([{ name: "a", type: "text", value: (row) => row }], values).text();
}"""


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", '"\'\r=1"'),
        ("＝1", "'＝1"),
        ('say "no", twice', '"say ""no"", twice"'),
        ("a\nb", '"a\nb"'),
        ("plain = text", "plain = text"),
        (None, ""),
    ],
)
def test_a_cell_of_csv(page: Page, value: str | None, cell: str) -> None:
    assert page.evaluate(CELLS, [value]) == f"a\r\n{cell}\r\n"


def test_geojson_has_a_feature_for_each_row_with_its_precision(page: Page, tmp_path: Path) -> None:
    """RFC 7946: longitude first, and a geometry of null for what has no place."""
    found = json.loads(saved(page, "GeoJSON", tmp_path).read_text(encoding="utf-8"))
    assert found["type"] == "FeatureCollection"
    features = {each["properties"]["claim_id"]: each for each in found["features"]}
    assert list(features) == shown(page)
    assert features["c2"]["geometry"] == {"type": "Point", "coordinates": [14.0, -9.5]}
    assert features["c4"]["geometry"] is None
    wanted = {"precision": "country", "radius_km": 1646.0, "low": 1000, "high": None, "is_negated": True}
    assert {key: features["c3"]["properties"][key] for key in wanted} == wanted


def test_parquet_has_types_and_the_same_rows(page: Page, tmp_path: Path) -> None:
    path = saved(page, "Parquet", tmp_path)
    table = pq.read_table(path)
    schema = table.schema
    assert [schema.field(name).type for name in ("claim_id", "low", "confidence", "is_negated", "first_on")] == [
        pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32(),
    ]  # fmt: skip
    assert table["claim_id"].to_pylist() == shown(page)
    query = f"SELECT low, best, high, vague, claimant, place_name, first_on, confidence FROM '{path}' ORDER BY claim_id"
    assert duckdb.sql(query).fetchall() == [
        (12, 12, 12, None, "the mayor", "Ardabash", date(2020, 2, 20), 0.9),
        (3, 3, 3, None, "The army", "Ardabash", date(2020, 2, 20), 0.6),
        (40, None, 60, None, None, "São Lembe", date(2020, 3, 5), 0.8),
        (1000, 1000, None, None, "=HYPERLINK(1)", "Brazil", date(2020, 3, 6), 0.4),
        (None, None, None, "dozens", "\u202eAl-Ǧazīra\u202c", None, date(2020, 3, 6), None),
    ]


TYPES = """async () => {
  const { columnsOf } = await import("dateline/explorer/exports.js");
  const none = { names: ["confidence", "low", "latitude"], isText: () => false, numbers: () => new Float64Array(2).fill(NaN), value: () => null };
  return columnsOf({ table: none, places: { names: [] }, articles: { names: [] } }).map(({ name, type }) => [name, type]);
}"""


def test_a_column_without_values_has_the_type_that_it_has_with_them(page: Page) -> None:
    """Exports of two filters can be read as one table."""
    assert page.evaluate(TYPES) == [["confidence", "number"], ["low", "integer"], ["latitude", "number"]]


def test_an_export_holds_what_is_filtered_and_nothing_else(page: Page, tmp_path: Path) -> None:
    page.get_by_label("negated").check()
    page.get_by_role("searchbox", name="Search").fill("40")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert [row["claim_id"] for row in csv_rows(saved(page, "CSV", tmp_path))] == ["c2"]
    assert pq.read_table(saved(page, "Parquet", tmp_path))["claim_id"].to_pylist() == ["c2"]


def test_events_are_exported_with_their_codes_and_actors(page: Page, tmp_path: Path) -> None:
    page.locator("label", has=page.get_by_role("radio", name="Events")).click()
    path = saved(page, "CSV", tmp_path)
    assert path.name == "dateline-events.csv"
    assert [(row["cameo"], row["source_code"], row["target_code"]) for row in csv_rows(path)] == [
        ("040", "TURGOV", "TURMIL"), ("194", "", "'---CVL"),
    ]  # fmt: skip
