"""Generations and their first use: few large files in the place of many, swapped in at once, with the same rows."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from flows import batch
from flows.errors import LostFile, OutputBusy, WrongUse
from flows.fields import HEADER
from flows.generations import rewriting, sorting
from flows.generations.compact import compact
from flows.generations.rewriting import Changed
from flows.history import checkpoints
from flows.history.reading import live_files, read_history
from flows.report.explanation import of_id
from flows.report.state import read_rows, state_of
from flows.tables import BY_NAME, TABLES
from flows.warehouse.catalog import catalog
from flows.warehouse.frames import read_frame
from flows.warehouse.verify import verify
from flows.write import disk
from flows.write.generations import kept_generations
from flows.write.log import LiveFiles, read_log
from flows.write.output import Output
from flows.write.stage import FileWriter

from .conftest import FETCHED_AT, dateline, loaded_reference
from .coordinating import SeesNothing, run_here
from .crashes import STEPS, changes_of, crashed_copies

AT_ONCE = timedelta(0)


def dispatch(number: int, month: int = 2, text: str = "It rained in Ankara.") -> str:
    return f"date 2020-{month:02d}-{number % 28 + 1:02d} Report {number}. {text} Mr Smith said on Monday."


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Twelve dispatches of three months, in as many files."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02d}.txt").write_text(dispatch(number, 1 + number % 3))
    return folder


@pytest.fixture
def output(sources: Path, tmp_path: Path) -> Path:
    """Without a field, after four runs, each with three more files."""
    made, waiting = tmp_path / "output", tmp_path / "waiting"
    sources.rename(waiting)
    sources.mkdir()
    for number, path in enumerate(sorted(waiting.iterdir()), start=1):
        path.rename(sources / path.name)
        if number % 3 == 0:
            run(sources, made)
    return made


def run(sources: Path, output: Path, **options: Any) -> None:
    run_here(sources, output=output, fields=HEADER, **options)


def visible(output: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows that a glob of each table's folder finds, in the order of their keys."""
    rows = {
        table.name: [
            row
            for path in sorted((output / table.name).rglob("*.parquet"))
            for row in pq.read_table(path, partitioning=None).to_pylist()
        ]
        for table in TABLES
    }
    return {name: sorted(found, key=lambda row: row[BY_NAME[name].key[0]]) for name, found in rows.items()}


def parquet_files(output: Path, table: str = "*") -> list[str]:
    return sorted(path.relative_to(output).as_posix() for path in output.glob(f"{table}/*/*.parquet"))


def now(days: float = 0) -> datetime:
    return FETCHED_AT + timedelta(days=1 + days)


def compacted(output: Path, **options: Any) -> Changed:
    return compact(Output(output), now(), **options)


def test_few_files_have_the_rows_of_many(output):
    wanted, before = visible(output), parquet_files(output)

    found = compacted(output)

    assert visible(output) == wanted
    assert (found.files_before, found.files_after) == (len(before), len(parquet_files(output)))
    assert len(parquet_files(output, "articles")) == 3
    assert {file.path for _, file in live_files(Output(output))} == set(parquet_files(output))
    assert verify(output).differences == ()


def test_done_again_it_changes_nothing(output):
    compacted(output)
    files, last = parquet_files(output), read_history(Output(output)).files()

    again = compacted(output)

    assert (again.seq, again.files_after) == (None, len(files))
    assert (parquet_files(output), read_history(Output(output)).files()) == (files, last)


def test_rows_keep_the_number_of_the_commit_that_added_them(output):
    seqs = Counter(row["batch_seq"] for row in visible(output)["articles"])

    found = compacted(output)

    assert Counter(row["batch_seq"] for row in visible(output)["articles"]) == seqs
    assert found.seq == max(row["batch_seq"] for row in visible(output)["loads"]) + 1


def test_everything_that_reads_an_output_finds_the_rows_of_the_generation(output):
    before = read_frame(output, "articles", latest=True, columns=None).sort_values("article_id")
    compacted(output)

    place = Output(output)
    after = read_frame(output, "articles", latest=True, columns=None).sort_values("article_id")
    (articles,) = [each for each in catalog(output)["resources"] if each["name"] == "articles"]
    assert after.reset_index(drop=True).equals(before.reset_index(drop=True))
    assert articles["path"] == parquet_files(output, "articles")
    assert state_of(output)["tables"]["articles"]["files"] == 3
    assert len(read_rows(place, "articles")) == 12
    assert of_id(str(after["article_id"].iloc[0]), output)[0]["what"] == "of articles"


def test_the_rows_of_superseded_versions_are_left_out(sources, output):
    """As the views `<table>_latest` leave them out; evidence of an article goes with it."""
    (sources / "00.txt").write_text(dispatch(0, text="It snowed in Paris."))
    run(sources, output)
    texts = {
        row["uri"]: row["body_text"] for row in visible(output)["articles"] if row["source_version"] == 2
    }
    wanted = read_frame(output, "articles", latest=True, columns=["article_id"])["article_id"].tolist()
    assert len(texts) == 1

    found = compacted(output)

    assert found.rows_removed == {"articles": 1, "signatures": 1}
    rows = visible(output)
    assert sorted(row["article_id"] for row in rows["articles"]) == sorted(wanted)
    assert sorted(row["article_id"] for row in rows["signatures"]) == sorted(wanted)
    assert compacted(output).seq is None
    assert verify(output).differences == ()


def test_later_runs_place_articles_into_the_same_stories_as_without_a_generation(
    sources, tmp_path, monkeypatch
):
    """What is new is decided by the commit of a row, and not by that of the file that it is in."""
    monkeypatch.setattr(batch, "_reference", lambda *_: replace(loaded_reference(), model=SeesNothing()))
    waiting = tmp_path / "waiting"
    sources.rename(waiting)
    sources.mkdir()
    shutil.copy(waiting / "00.txt", waiting / "99.txt")
    for number, path in enumerate(sorted(waiting.iterdir()), start=1):
        shutil.copy(path, sources)
        if number % 5 == 0:
            for name in ("plain", "compacted"):
                run_here(sources, output=tmp_path / name)
            compacted(tmp_path / "compacted")
    for name in ("plain", "compacted"):
        run_here(sources, output=tmp_path / name)
    latest = {
        name: {
            table: read_frame(tmp_path / name, table, latest=True, columns=None)
            .drop(columns="batch_seq")
            .sort_values(list(BY_NAME[table].key))
            .reset_index(drop=True)
            for table in ("story_members", "stories", "changes", "quotes", "times")
        }
        for name in ("plain", "compacted")
    }

    assert len(latest["plain"]["story_members"]) == 13
    assert latest["plain"]["story_members"]["duplicate_of"].count() == 1
    for table, wanted in latest["plain"].items():
        assert latest["compacted"][table].equals(wanted), table
    assert state_of(tmp_path / "compacted")["tables"]["stories"]["rows"] < len(
        visible(tmp_path / "plain")["stories"]
    )


def test_of_the_revisions_of_a_story_the_newest_is_left(tmp_path, monkeypatch):
    """They are in as many files as there were runs."""
    monkeypatch.setattr(batch, "_reference", lambda *_: replace(loaded_reference(), model=SeesNothing()))
    (tmp_path / "in").mkdir()
    text = dispatch(
        1, text="The governor left the town at noon with forty soldiers, three trucks and an archive."
    )
    for number in range(4):
        (tmp_path / "in" / f"{number}.txt").write_text(text)
        run_here(tmp_path / "in", output=tmp_path / "output")
    assert [row["revision"] for row in visible(tmp_path / "output")["stories"]] != [4]

    found = compacted(tmp_path / "output")

    (story,) = visible(tmp_path / "output")["stories"]
    assert (story["revision"], story["member_count"]) == (4, 4)
    assert found.rows_removed == {"stories": 3}


@pytest.mark.parametrize("run_bytes", [64 << 20, 1], ids=["in memory", "in runs on the disk"])
def test_rows_are_sorted_by_publication_and_evidence_by_article(tmp_path, monkeypatch, run_bytes):
    """An undated row comes last, one before 1970 first; a sort on the disk gives the same rows as one in memory."""
    monkeypatch.setattr(sorting, "MAX_RUN_BYTES", run_bytes)
    monkeypatch.setattr(sorting, "RUN_BATCH_ROWS", 3)
    instants = [datetime(2020, 2, 20, 10, tzinfo=UTC), None, datetime(1969, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)]  # fmt: skip
    signatures = [
        pa.table(
            {
                "article_id": [f"{(7 * number + part) % 100:03d}" for number in range(20)],
                "published_at": pa.array(
                    [instants[(number + part) % 4] for number in range(20)], pa.timestamp("us", "UTC")
                ),
            }
        )
        for part in range(5)
    ]
    times = [
        pa.table(
            {"article_id": ["b", "a"], "char_start": [10, 9], "char_end": [11, 12], "time_id": ["x", "y"]}
        ),
        pa.table(
            {"article_id": ["a", "b"], "char_start": [10, 9], "char_end": [11, 12], "time_id": ["z", "w"]}
        ),
    ]

    sorted_signatures = pa.concat_tables(sorting.sorted_rows("signatures", signatures, tmp_path)).to_pylist()
    sorted_times = pa.concat_tables(sorting.sorted_rows("times", times, tmp_path))["time_id"].to_pylist()

    last = datetime.max.replace(tzinfo=UTC)
    wanted = sorted(
        pa.concat_tables(signatures).to_pylist(),
        key=lambda row: (row["published_at"] or last, row["article_id"]),
    )
    assert sorted_signatures == wanted
    assert sorted_times == ["y", "z", "w", "x"]
    assert list(tmp_path.iterdir()) == []


def test_files_and_row_groups_have_the_wanted_size_and_exclude_ranges(output, monkeypatch):
    monkeypatch.setattr(rewriting, "ROW_GROUP_BYTES", 1)
    monkeypatch.setattr(rewriting, "SLICE_ROWS", 2)
    wanted = visible(output)

    compacted(output)

    assert visible(output) == wanted
    footers = [pq.read_metadata(output / name) for name in parquet_files(output, "articles")]
    assert {footer.num_row_groups for footer in footers} == {2}
    leaf = [footers[0].schema.column(n).path for n in range(len(footers[0].schema))].index("published_at")
    ranges = [footers[0].row_group(n).column(leaf).statistics for n in range(2)]
    assert ranges[0].max <= ranges[1].min


def test_what_is_more_than_a_file_becomes_several(output, monkeypatch):
    monkeypatch.setattr(rewriting, "ROW_GROUP_BYTES", 1)
    monkeypatch.setattr(rewriting, "SLICE_ROWS", 3)
    monkeypatch.setattr(FileWriter, "written_bytes", 128 << 20)
    wanted = visible(output)

    compacted(output)

    assert visible(output) == wanted
    assert sorted(
        pq.read_metadata(output / name).num_rows for name in parquet_files(output, "articles")
    ) == sorted([1, 3] * 3)


def test_a_file_of_half_the_target_stays_and_smaller_ones_become_one(sources, output):
    compacted(output)
    large = {name for name in parquet_files(output, "articles") if "2020-01" in name}
    least = min((output / name).stat().st_size for name in parquet_files(output, "articles"))
    for number in (20, 21):
        (sources / f"{number}.txt").write_text(dispatch(number, 1))
        run(sources, output)

    compacted(output, target_bytes=2 * least)

    (path,) = large
    found = [name for name in parquet_files(output, "articles") if "2020-01" in name]
    assert path in found
    assert len(found) == 2
    assert verify(output).differences == ()


def test_a_table_without_rows_keeps_its_schema(output):
    compacted(output)

    assert len(parquet_files(output, "claims")) == 1
    assert len(parquet_files(output, "rejects")) == 1


def test_the_replaced_files_are_kept_as_long_as_said(sources, output):
    before = parquet_files(output)
    found = compacted(output, keep=timedelta(days=7))
    ((record, folder),) = kept_generations(Output(output))
    kept = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))
    replaced = [name for name in before if name not in parquet_files(output)]

    assert found.kept_until == now(days=7).isoformat()
    assert record.seq == found.seq
    assert state_of(output)["kept_generations"] == [
        {"seq": found.seq, "kind": "compact", "kept_until": found.kept_until}
    ]
    assert set(replaced) <= set(kept)
    run(sources, output, began=now(days=6.9), reread=True)
    assert len(list(kept_generations(Output(output)))) == 1
    (sources / "30.txt").write_text(dispatch(30))
    run(sources, output, began=now(days=7.1))
    assert list(kept_generations(Output(output))) == []
    assert verify(output).differences == ()


def test_with_keep_0_they_are_gone_at_once(output):
    found = compacted(output, keep=AT_ONCE)

    assert found.kept_until is None
    assert [path.suffix for path in (output / ".dateline").rglob("*.parquet")] == []


def test_verify_reads_every_page_and_every_kept_file(output):
    compacted(output)
    ((_, folder),) = kept_generations(Output(output))
    kept = sorted(folder.glob("loads/*/*.parquet"))[0]
    kept.write_bytes(kept.read_bytes()[:-1])
    (output / "articles" / "notes.txt").write_text("mine")
    where = kept.relative_to(output)
    assert verify(output).differences == (
        "articles/notes.txt: found a file, wanted none: no commit has it",
        f"{where}: found {kept.stat().st_size} bytes, wanted {kept.stat().st_size + 1} bytes",
    )
    (output / "articles" / "notes.txt").unlink()
    shutil.rmtree(folder)
    last = max(Output(output).log.iterdir())
    gone = sorted(Output(output).log.iterdir())[3]
    gone.unlink()
    record = last.read_bytes()
    (missing,) = verify(output).differences
    assert missing.endswith(f"{gone.name}: found no record, wanted that of the commit of rows in loads")
    last.write_bytes(record[:-9])
    assert f"{last.name}: found a damaged record" in verify(output).differences[0]


def test_a_damaged_file_stops_the_generation_and_changes_nothing(output):
    files, last = parquet_files(output), read_history(Output(output)).files()
    path = output / next(name for name in files if name.startswith("signatures/publish_month=2020-02"))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)

    with pytest.raises(LostFile, match=path.name):
        compacted(output)

    assert (parquet_files(output), read_history(Output(output)).files()) == (files, last)


def test_a_writer_keeps_it_out(output):
    with Output(output).locked(), pytest.raises(OutputBusy, match=f"process {os.getpid()}"):
        compacted(output)


@pytest.mark.parametrize("address", ["s3://bucket/news", "nothing-here"])
def test_it_needs_an_output_in_a_folder(address, tmp_path, monkeypatch):
    """An object store cannot exchange two folders at once: a reader would see rows twice, or not at all."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(WrongUse, match=r"exchanges whole folders at once|no commit"):
        compact(Output(address), now())

    assert list(tmp_path.iterdir()) == []


def without_exchange(first: Path, second: Path) -> bool:
    del first, second
    return False


@pytest.mark.parametrize("exchange", [disk.exchange, without_exchange], ids=["exchange", "two renames"])
@pytest.mark.parametrize("stride", [127, pytest.param(1, marks=pytest.mark.slow, id="every-operation")])
def test_a_crash_at_any_change_of_the_disk_loses_and_doubles_nothing(
    sources, output, tmp_path, stride, exchange, monkeypatch
):
    """Before and after the operation; then a run, or the compaction again, completes or forgets it."""
    monkeypatch.setattr(disk, "exchange", exchange)
    monkeypatch.setattr(disk, "sync_file", lambda _: None)
    (sources / "00.txt").write_text(dispatch(0, text="It snowed in Paris."))
    run(sources, output)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(output, undisturbed)
    total = changes_of(lambda: compacted(undisturbed))
    wanted, before = visible(undisturbed), visible(output)
    assert total > 100

    for crashed, number, where in crashed_copies(output, tmp_path, range(1, total + 1, stride), compacted):
        if number % 2:
            run(sources, crashed)
            assert visible(crashed) in (before, wanted)
        compacted(crashed)
        assert visible(crashed) == wanted, where
        assert verify(crashed).differences == ()
        assert compacted(crashed).seq is None


KILLED = """
import os, signal, sys
from flows.write import disk
count, last = 0, int(sys.argv.pop(1))
def wrapped(operation):
    def act(*arguments):
        global count
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return operation(*arguments)
    return act
for name in {operations}:
    setattr(disk, name, wrapped(getattr(disk, name)))
from flows.cli import main
main()
"""


def test_the_command_killed_by_the_system_is_completed_by_the_next(output, tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(operations=[name for _, name in STEPS]))
    wanted = visible(output)

    statuses = []
    for last in (80, 140, 10**9):
        done = subprocess.run(
            [sys.executable, str(script), str(last), "compact", "--output", str(output)],
            capture_output=True,
            timeout=120,
            check=False,
        )
        statuses.append(done.returncode)

    assert statuses[0] == -signal.SIGKILL
    assert statuses[-1] == 0
    assert visible(output) == wanted
    assert verify(output).differences == ()
    assert len(parquet_files(output, "articles")) == 3


def by_dataset(folder: Path) -> list[str]:
    rows: list[str] = (
        ds.dataset(folder, partitioning="hive").to_table(columns=["article_id"])["article_id"].to_pylist()
    )
    return rows


def by_duckdb(folder: Path) -> list[str]:
    with duckdb.connect() as connection:
        found = connection.sql(f"SELECT article_id FROM read_parquet('{folder}/**/*.parquet')").fetchall()
    return [each for (each,) in found]


def by_polars(folder: Path) -> list[str]:
    return pl.scan_parquet(f"{folder}/**/*.parquet").select("article_id").collect()["article_id"].to_list()


MISSING = (FileNotFoundError, duckdb.IOException, pl.exceptions.ComputeError)
"""What readers raise for a file that was listed and is there no longer."""


@pytest.mark.parametrize("read", [by_dataset, by_duckdb, by_polars])
def test_a_reader_beside_the_swap_sees_one_generation_or_says_that_a_file_is_missing(sources, output, read):
    """Never a row twice, and never fewer rows than were committed before it began."""
    looks: list[int] = []
    wrong: list[str] = []
    ended = threading.Event()

    def looking() -> None:
        while not ended.is_set():
            least = len(list(sources.iterdir())) - 1
            try:
                found = read(output / "articles")
            except MISSING:
                continue
            looks.append(len(found))
            if len(set(found)) != len(found) or len(found) < least:
                wrong.append(f"{len(found)} rows, {len(set(found))} keys, wanted at least {least}")

    reader = threading.Thread(target=looking)
    reader.start()
    try:
        for number in range(40, 46):
            (sources / f"{number}.txt").write_text(dispatch(number, number % 3 + 1))
            run(sources, output)
            compacted(output, keep=AT_ONCE)
    finally:
        ended.set()
        reader.join()

    assert wrong == []
    assert len(looks) > 3


def test_checkpoints_know_what_generations_replaced(sources, output, monkeypatch):
    """Whatever part of the log they sum up, and in whichever order they were made."""
    monkeypatch.setattr(checkpoints, "MIN_RATIO", 0)
    for number in range(60, 66):
        (sources / f"{number}.txt").write_text(dispatch(number))
        run(sources, output)
        if number % 2:
            compacted(output)
    place = Output(output)
    live = LiveFiles()
    for record in read_log(place):
        live.add_record(record)

    history = read_history(place)
    assert len(history.checkpoints) > 3
    assert {file.path: seq for seq, file in history.files()} == {file.path: seq for seq, file in live.files()}
    for up_to in (5, 12, 17):
        until = LiveFiles()
        for record in read_log(place):
            if record.seq <= up_to:
                until.add_record(record)
        assert live_files(place, up_to=up_to) == until.files()
    assert history.has_unplaced is True
    for path in (output / ".dateline" / "checkpoints").iterdir():
        path.unlink()
    assert live_files(place) == live.files()


def test_the_command_says_what_it_did(output):
    done = dateline("compact", "--output", output, "--keep", "0")
    again = dateline("compact", "--output", output)
    wrong = dateline("compact", "--output", output, "--keep", "soon")

    assert done.stdout.decode().startswith("Commit 10: ")
    assert done.returncode == 0
    assert again.stdout.decode() == f"Nothing to compact: {output} has {len(parquet_files(output))} files.\n"
    assert wrong.returncode == 2
