"""The report of a run: its figures are those of the tables, it can be made again, and an erasure leaves none of before."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pyarrow.dataset as ds
import pytest

from flows import batch
from flows.coordinator import run_job
from flows.errors import WrongUse
from flows.fetch import plan
from flows.fields import fields_named
from flows.generations.compact import compact
from flows.generations.erase import erase
from flows.report import run_report, run_rows
from flows.report.run_report import OF_A_RUN, report_of, rewrite_report
from flows.report.state import state_of
from flows.report.summary import Summary
from flows.survey import Job
from flows.warehouse.verify import verify
from flows.write.deliver import Stage
from flows.write.output import Output

from .conftest import SEEDS, dateline
from .coordinating import dispatches_in, run_here, steps_here
from .outputs import unpack
from .test_compact import now

HEADER = fields_named("header")
BROKEN = (
    '{"headline": "Talks end", "text": "One met."}\nbroken Qwertzonia\nalso broken\n{"text": "Two met."}\n'
)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Lines of which two are broken, a binary file, and a file that is left out for its name."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text(BROKEN)
    (folder / "b.bin").write_bytes(bytes(range(256)))
    (folder / "README").write_text("not news")
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def ran(output: Path, *sources: Path, **options: Any) -> Summary:
    return run_here(*sources, output=output, fields=HEADER, began=now(), **options)


def rows(output: Path, table: str) -> list[dict[str, Any]]:
    return ds.dataset(output / table, format="parquet").to_table().to_pylist(maps_as_pydicts="strict")


def page_of(output: Path, summary: Summary) -> lxml.html.HtmlElement:
    return lxml.html.parse(str(output / "_reports" / f"{summary.run_id}.html")).getroot()


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def tiles_of(page: lxml.html.HtmlElement) -> dict[str, str]:
    """The figures at the top, by title."""
    return {words(each.find("dt")): words(each.find("dd")) for each in page.xpath('//dl[@class="tiles"]/div')}


def table_of(page: lxml.html.HtmlElement, title: str) -> dict[str, list[str]]:
    """The rows of a table of the page by their heads."""
    (table,) = page.xpath(f'//div[@aria-label="{title}"]/table')
    return {
        words(row.find("th")): [words(cell) for cell in row.iterfind("td")]
        for row in table.iter("tr")
        if row.find("td") is not None
    }


def test_the_figures_of_the_page_are_those_of_the_tables(output, sources):
    summary = ran(output, SEEDS, sources)

    page = page_of(output, summary)
    articles, rejects, (run,) = rows(output, "articles"), rows(output, "rejects"), rows(output, "runs")
    tiles, written = tiles_of(page), table_of(page, "Rows, files and bytes written, by table")
    assert words(page.find_class("outcome")[0]).startswith(
        f"Read {len(articles) + len(rejects)} dispatches = {len(articles)} articles + {len(rejects)} rejects in "
    )
    assert (tiles["Articles"], tiles["Rejects"]) == (str(len(articles)), str(len(rejects)))
    assert tiles["Files found"] == str(run["source_count"])
    for table in ("articles", "rejects", "runs", "loads", "signatures"):
        files = [path for path in (output / table).rglob("*.parquet") if "unknown/b00000001" not in str(path)]
        sizes = sum(path.stat().st_size for path in files)
        assert written[table] == [f"{len(rows(output, table)):,}", f"{len(files):,}", f"{sizes:,}"]
    for title, column in (("language", "language"), ("source", "source_name"), ("format", "format")):
        found = table_of(page, f"Articles by {title}")
        expected = Counter(row[column] for row in articles)
        assert sorted(int(count) for name, (count, _) in found.items()) == sorted(expected.values())
        assert {name: found[name][0] for name in expected if name} == {
            name: str(count) for name, count in expected.items() if name
        }
    months = table_of(page, "Articles by month of publication")
    assert {name: int(cells[0]) for name, cells in months.items() if name[:2] in ("19", "20")} == Counter(
        f"{row['published_on']:%Y-%m}" for row in articles if row["published_on"]
    )


def test_rejects_are_shown_by_code_with_their_address_position_reason_and_first_bytes(output, sources):
    summary = ran(output, sources)

    page = page_of(output, summary)
    found = {words(each) for each in page.get_element_by_id("rejects").iterfind("h3")}
    assert found == {"format.record.broken 2 dispatches", "format.unknown 1 dispatch"}
    samples = [words(each) for each in page.get_element_by_id("rejects").iter("li")]
    broken = next(row for row in rows(output, "rejects") if "Qwertzonia" in row["excerpt"])
    assert any(
        each.startswith(
            f"{broken['uri']} bytes {broken['byte_start']} to {broken['byte_end']} {broken['why']}"
        )
        and each.endswith("broken Qwertzonia")
        for each in samples
    )
    assert any(r"\x00\x01\x02" in each for each in samples)


def test_the_row_of_a_reject_has_its_first_bytes_on_one_line_that_can_be_seen(output, tmp_path):
    (tmp_path / "x.jsonl").write_bytes(
        b'{"text": "One."}\n{"a": \x1b[2J\xff\xe2\x80\xae"\n' + b"{" + b"x" * 999 + b"\n"
    )

    ran(output, tmp_path / "x.jsonl")

    first, second = sorted(rows(output, "rejects"), key=lambda row: row["byte_start"])
    assert first["excerpt"] == r'{"a": \x1b[2J\xff\u202e"'
    assert second["excerpt"] == "{" + "x" * 199


def test_a_run_with_nothing_new_writes_no_report(output, sources):
    ran(output, sources)
    before = sorted((output / "_reports").iterdir())

    again = ran(output, sources)

    assert again.report is None
    assert sorted((output / "_reports").iterdir()) == before


def test_a_report_that_is_made_again_has_the_same_bytes_after_later_runs_and_a_compaction(output, sources):
    first = ran(output, sources)
    written = (output / "_reports" / f"{first.run_id}.html").read_text()
    (sources / "c.jsonl").write_text(BROKEN)
    ran(output, sources)

    assert report_of(Output(output), first.run_id)[1] == written
    compact(Output(output), now(), keep=timedelta(0))
    assert report_of(Output(output), first.run_id[:8]) == (first.run_id, written)


def test_the_report_of_a_run_says_how_many_of_its_rows_are_no_longer_there(output, sources):
    first = ran(output, sources)
    (sources / "a.jsonl").write_text('{"text": "Three met."}\n')
    ran(output, sources)
    compact(Output(output), now(), keep=timedelta(0))

    page = lxml.html.fromstring(report_of(Output(output), first.run_id)[1])

    notes = [words(each) for each in page.xpath('//main/p[@class="note"]')]
    assert [each.partition(" are no longer")[0] for each in notes] == [
        "2 of the 2 articles of this run",
        "2 of the 3 rejects of this run",
    ]
    assert tiles_of(page)["Articles"] == "2"
    assert words(page.get_element_by_id("articles").find("p")) == "No articles are left of this run."


def test_what_was_erased_is_in_no_report_and_in_none_that_is_made_again(output, sources):
    """The pages hold words of dispatches and names of sources; pages of texts are in the same folder."""
    first = ran(output, sources)
    (output / "_reports" / "explorer.html").write_text("Qwertzonia")

    erase(Output(output), [(sources / "a.jsonl").as_uri()], "asked for", now())

    assert not (output / "_reports").exists()
    again = report_of(Output(output), first.run_id)[1]
    assert "Qwertzonia" not in again
    assert (sources / "a.jsonl").as_uri() not in again
    assert "format.unknown" in again


def test_a_source_that_was_erased_is_rejected_without_its_bytes(output, sources):
    ran(output, sources)
    erase(Output(output), [(sources / "a.jsonl").as_uri()], "asked for", now())
    (sources / "a.jsonl").write_text(f"{BROKEN}\n")

    ran(output, sources)

    excerpts = {row["code"]: row["excerpt"] for row in rows(output, "rejects")}
    assert excerpts["dispatch.erased"] is None


def test_a_report_that_fails_is_a_warning_and_the_run_stands(output, sources, monkeypatch):
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_report, "run_page", full)

    summary = ran(output, sources)

    assert (summary.article_count, summary.failures, summary.report) == (2, [], None)
    assert summary.report_failure == (
        f"{output}/_reports/{summary.run_id}.html: OSError: [Errno 28] No space left on device"
    )
    assert len(rows(output, "runs")) == 1
    assert verify(output).differences == ()
    monkeypatch.undo()
    assert rewrite_report(Output(output)) == f"_reports/{summary.run_id}.html"


def test_a_sudden_change_is_marked_in_the_fill_rates_beside_the_earlier_share(output, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, line in (("1", {"headline": "A", "text": "One."}), ("2", {"text": "One."})):
        for letter in "abcd" if name == "1" else "a":
            (folder / f"{letter}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for _ in range(60)))
        last = ran(output, folder)

    page = page_of(output, last)
    (cell,) = page.xpath('//td[contains(@class, "flag")]')
    assert words(cell) == "▼ changed: 0% earlier: 100%"
    assert any(
        "0.0% of 60 have headline, 100.0% in earlier runs" in words(each)
        for each in page.xpath('//details[contains(@class, "named")]//li')
    )
    runs = table_of(page, "This run and the runs before it")
    assert [cells[1] for cells in runs.values()] == ["60", "240"]


def test_the_reports_of_the_last_runs_are_kept_and_pages_of_other_names(output, sources, monkeypatch):
    monkeypatch.setattr(run_rows, "LAST_RUNS", 1)
    ids = []
    for number in range(3):
        (sources / f"{number}.txt").write_text(f"date 2020-02-2{number} It rained.")
        ids.append(ran(output, sources).run_id)
        (output / "_reports" / "explorer.html").touch()

    assert {path.name for path in (output / "_reports").iterdir()} == {
        "explorer.html",
        *(f"{each}.html" for each in ids[1:]),
    }
    assert rewrite_report(Output(output), ids[0]) == f"_reports/{ids[0]}.html"


def test_the_report_of_a_run_of_an_older_version_says_what_was_not_recorded(tmp_path):
    kept = unpack("development", tmp_path)
    last = max(rows(kept, "runs"), key=lambda row: row["batch_seq"])

    run_id, html = report_of(Output(kept))

    tiles = tiles_of(lxml.html.fromstring(html))
    assert run_id == last["run_id"]
    assert tiles["Dispatches a second"] == "not recorded"
    assert tiles["Articles"] == f"{last['article_count']:,}"


def test_a_run_is_named_by_the_start_of_its_id_and_an_unknown_one_is_wrong_use(output, sources):
    summary = ran(output, sources)

    with pytest.raises(WrongUse, match="--run: found 'zz', with which the ids of 0 runs begin"):
        report_of(Output(output), "zz")
    assert report_of(Output(output), summary.run_id[:4])[0] == summary.run_id


def test_an_output_without_a_run_is_wrong_use(output):
    with pytest.raises(WrongUse, match=r"\(no run\)"):
        rewrite_report(Output(output))


def test_reports_are_no_table_for_status_verification_and_later_runs(output, sources):
    ran(output, sources)

    assert verify(output).differences == ()
    assert "_reports" not in state_of(output)["tables"]
    assert (
        OF_A_RUN.fullmatch(next(iter(Output(output).store.names("_reports"))))[1]
        == rows(output, "runs")[0]["run_id"]
    )


def test_the_row_of_a_run_names_what_disappeared_and_how_long_it_took(output, sources):
    ran(output, sources)
    (sources / "b.bin").unlink()
    (sources / "c.txt").write_text("date 2020-02-20 It rained.")

    summary = ran(output, sources)

    last = next(row for row in rows(output, "runs") if row["run_id"] == summary.run_id)
    assert last["vanished"] == [(sources / "b.bin").as_uri()]
    assert (last["failures"], last["moved"]) == ([], [])
    assert last["total_seconds"] == summary.seconds["total"]
    assert (sources / "b.bin").as_uri() in words(page_of(output, summary))


def test_a_batch_that_failed_is_named_without_words_of_a_dispatch(output, tmp_path, monkeypatch):
    """The message of a bug may quote a dispatch that is erased later, and the row of a run stays."""
    sources = dispatches_in(tmp_path / "in", 4, monkeypatch)
    monkeypatch.setattr(plan, "BATCH_BYTES", 50)
    job = Job((str(sources),), output, workers=1, began=now(), fields=HEADER)

    def work(part: Any, stage: Stage, seq: int) -> Any:
        if seq == 3:
            return KeyError("Qwertzonia")
        with stage.folder() as folder:
            return batch.work_on(part, stage=folder, batch_seq=seq, fields=HEADER)

    summary = run_job(job, steps_here(job, work))

    (run,) = rows(output, "runs")
    assert summary.failures == ["batch 3: KeyError: 'Qwertzonia'"]
    assert run["failures"] == ["batch 3: KeyError"]
    named = words(page_of(output, summary).find_class("named")[0])
    assert named == "Failed; the next run tries again: 1 batch 3: KeyError"


def test_the_command_writes_the_same_report_again_or_into_a_file(output, sources, tmp_path):
    summary = ran(output, sources)
    written = (output / "_reports" / f"{summary.run_id}.html").read_bytes()

    again = dateline("report", "--output", output)
    into = dateline(
        "report", "--output", output, "--run", summary.run_id[:6], "--into", tmp_path / "r.html", "--json"
    )
    none = dateline("report", "--output", tmp_path / "nothing")

    assert again.stdout.decode() == f"{output}/_reports/{summary.run_id}.html\n"
    assert json.loads(into.stdout) == {"report": str(tmp_path / "r.html")}
    assert (tmp_path / "r.html").read_bytes() == written
    assert none.returncode == 2
