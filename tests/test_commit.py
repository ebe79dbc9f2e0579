"""The commit protocol: whatever fails wherever, nothing is lost, doubled, torn or seen too early."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.errors import LostFile, OutputBusy, SequenceTaken, WrongUse
from flows.report.summary import Summary
from flows.write import disk
from flows.write.log import Commit, commit, read_log
from flows.write.output import Output
from flows.write.publish import read_watermark

from .conftest import FETCHED_AT, ROOT
from .coordinating import dispatches_in, run_here
from .crashes import OPERATIONS, Crash, fail_at
from .processes import children_of, has_ended, workers_of


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = dispatches_in(tmp_path / "in", 7, monkeypatch)
    (folder / "8.jsonl").write_bytes(b'{"text": "One."}\nbroken\n')
    return folder


def run(sources: Path, output: Path) -> Summary:
    return run_here(sources, output=output)


def seen(output: Path) -> dict[str, list[dict]]:
    """All rows that a plain glob finds, by table."""
    rows: dict[str, list[dict]] = {}
    for path in sorted(output.rglob("*.parquet")):
        assert ".dateline" not in path.parts
        rows.setdefault(path.relative_to(output).parts[0], []).extend(pq.read_table(path).to_pylist())
    return {table: sorted(found, key=str) for table, found in rows.items()}


def seen_of_sources(output: Path) -> dict[str, list[dict]]:
    """All rows that the sources gave. A run that is killed leaves no row of itself."""
    return {
        table: [row for row in found if row.get("table_name") != "runs"]
        for table, found in seen(output).items()
        if table != "runs"
    }


def committed(output: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    for record in read_log(Output(output)):
        for file in record.files:
            counts[file.table] = counts.get(file.table, 0) + file.rows
    return counts


FILES_AND_FOLDERS = [
    (pq.ParquetWriter, "write_table"),
    (pq.ParquetWriter, "close"),
    (os, "unlink"),
    (os, "rmdir"),
]
"""What lies below: each Parquet file while it is written, and each step of the removal of a folder."""


@pytest.mark.parametrize("stride", [59, pytest.param(1, marks=pytest.mark.slow, id="every-operation")])
def test_a_crash_at_any_change_of_the_disk_loses_and_doubles_nothing(sources, tmp_path, stride):
    """Before and after the operation; and a second crash while recovering."""
    run(sources, tmp_path / "undisturbed")
    wanted = seen_of_sources(tmp_path / "undisturbed")
    assert {table: len(rows) for table, rows in wanted.items()} == {
        "articles": 8, "times": 7, "quotes": 7, "rejects": 1, "mentions": 0, "places": 0, "claims": 0, "amounts": 0,
        "events": 0, "signatures": 8, "story_members": 8, "stories": 8, "changes": 0, "loads": 32,
    }  # fmt: skip

    with pytest.MonkeyPatch.context() as patch:
        operations = fail_at(-1, patch, Crash, before=True)
        run(sources, tmp_path / "counted")
    for number in range(1, operations() + 1, stride):
        for before in (True, False):
            output = tmp_path / f"crash-{number}-{before}"
            with pytest.MonkeyPatch.context() as patch:
                fail_at(number, patch, Crash, before=before)
                with pytest.raises(Crash):
                    run(sources, output)
            visible, counted = seen(output), committed(output)
            assert all(len(rows) <= counted.get(table, 0) for table, rows in visible.items())
            with pytest.MonkeyPatch.context() as patch:
                fail_at(3, patch, Crash, before=before)
                with contextlib.suppress(Crash):
                    run(sources, output)
            run(sources, output)
            assert seen_of_sources(output) == wanted, (
                f"operation {number}, {'before' if before else 'after'} it"
            )


@pytest.mark.parametrize("fault", [Crash, OSError(errno.EIO, "Input/output error")], ids=["crash", "error"])
@pytest.mark.parametrize("stride", [97, pytest.param(1, marks=pytest.mark.slow, id="every-operation")])
def test_a_fault_within_a_parquet_file_or_the_removal_of_a_folder_loses_and_doubles_nothing(
    sources, tmp_path, stride, fault
):
    """As a process that is killed, or a disk that fails: half a file is staged, or half a folder is left."""
    run(sources, tmp_path / "undisturbed")
    wanted = seen_of_sources(tmp_path / "undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        operations = fail_at(-1, patch, fault, before=True, operations=FILES_AND_FOLDERS)
        run(sources, tmp_path / "counted")
    total = operations()
    assert total > 80

    for number in range(1, total + 1, stride):
        for before in (True, False):
            output = tmp_path / f"fault-{number}-{before}"
            with pytest.MonkeyPatch.context() as patch:
                fail_at(number, patch, fault, before=before, operations=FILES_AND_FOLDERS)
                with pytest.raises((Crash, OSError)):
                    run(sources, output)
            visible, counted = seen(output), committed(output)
            assert all(len(rows) <= counted.get(table, 0) for table, rows in visible.items())
            run(sources, output)
            assert seen_of_sources(output) == wanted, (
                f"operation {number}, {'before' if before else 'after'} it"
            )
            assert list((output / ".dateline" / "stage").iterdir()) == []


def test_a_removal_that_fails_while_a_run_recovers_is_done_by_the_next(sources, tmp_path, monkeypatch):
    """The first run leaves the staged files of a batch, and each next one stops at a step of sweeping them."""
    output = tmp_path / "output"
    link = disk.link_new

    def crash_at_2(source, target):
        if target.stem.endswith("2"):
            raise Crash
        link(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "link_new", crash_at_2)
        with pytest.raises(Crash):
            run(sources, output)
    left = list((output / ".dateline" / "stage").rglob("*"))
    assert len(left) > 3

    stopped = 0
    for number in range(3 * len(left)):
        with pytest.MonkeyPatch.context() as patch:
            fail_at(1, patch, OSError(errno.EIO, "Input/output error"), before=number % 2 == 0,
                    operations=[(os, "unlink"), (os, "rmdir")])  # fmt: skip
            with contextlib.suppress(OSError):
                run(sources, output)
                break
            stopped += 1
    run(sources, output)
    run(sources, tmp_path / "undisturbed")

    assert stopped > len(left)
    assert seen_of_sources(output) == seen_of_sources(tmp_path / "undisturbed")


def test_nothing_is_seen_before_it_is_committed(sources, tmp_path, monkeypatch):
    output = tmp_path / "output"
    looks = []
    link = disk.link_new

    def looking(source, target):
        looks.append((committed(output), {table: len(rows) for table, rows in seen(output).items()}))
        link(source, target)

    monkeypatch.setattr(disk, "link_new", looking)
    run(sources, output)

    assert len(looks) > 3
    assert all(visible == counted for counted, visible in looks)


def test_staged_files_are_hidden_from_every_glob_of_parquet(sources, tmp_path, monkeypatch):
    output = tmp_path / "output"

    def crash(source, target):
        raise Crash(source, target)

    monkeypatch.setattr(disk, "rename", crash)
    with pytest.raises(Crash):
        run(sources, output)

    assert list(output.rglob("*.staged"))
    assert list(output.rglob("*.parquet")) == []


def test_a_number_that_another_writer_took_stops_the_commit_and_changes_nothing(sources, tmp_path):
    output = Output(tmp_path / "output")
    run(sources, output.root)
    before = [path.read_bytes() for path in sorted(output.log.iterdir())]

    with pytest.raises(SequenceTaken):
        commit(output, Commit(2, "batch", "b", "r", FETCHED_AT.isoformat(), "s", {}, [], []))

    assert [path.read_bytes() for path in sorted(output.log.iterdir())] == before


def test_a_folder_of_another_program_is_no_output(sources, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.odt").write_text("mine")

    with pytest.raises(WrongUse, match=r"which holds thesis\.odt, wanted a new or empty folder"):
        run(sources, tmp_path / "home")

    assert [path.name for path in (tmp_path / "home").iterdir()] == ["thesis.odt"]


def test_a_second_run_is_kept_out_while_one_writes(tmp_path):
    output = Output(tmp_path)
    output.prepare()

    with output.locked(), pytest.raises(OutputBusy, match=f"process {os.getpid()}"), output.locked():
        pass


def test_a_lost_watermark_is_found_again_from_the_log(sources, tmp_path):
    output = Output(tmp_path / "output")
    run(sources, output.root)
    wanted, last = seen(output.root), read_watermark(output)
    output.watermark.unlink()

    run(sources, output.root)

    assert (seen(output.root), read_watermark(output)) == (wanted, last)


def test_a_committed_file_that_someone_removed_is_named(sources, tmp_path):
    output = Output(tmp_path / "output")
    run(sources, output.root)
    output.watermark.unlink()
    gone = next((output.root / "quotes").rglob("b00000002-*.parquet"))
    gone.unlink()

    with pytest.raises(LostFile, match=gone.name):
        run(sources, output.root)


def test_a_flipped_bit_in_a_page_is_noticed(sources, tmp_path):
    run(sources, tmp_path / "output")
    path = next((tmp_path / "output" / "articles").rglob("b00000002-*.parquet"))
    names = pq.ParquetFile(path).schema_arrow.names
    chunk = pq.read_metadata(path).row_group(0).column(names.index("body_text"))
    damaged = bytearray(path.read_bytes())
    damaged[chunk.data_page_offset + chunk.total_compressed_size // 2] ^= 1
    path.write_bytes(damaged)

    with pytest.raises(OSError, match=r"(?i)crc|corrupt|checksum"):
        pq.read_table(path, page_checksum_verification=True)


KILLED = """
import os, signal, sys
from flows.write import disk
count, last = 0, 0
def wrapped(operation):
    def act(*arguments):
        global count
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return operation(*arguments)
    return act
# Workers import this script too, and are to stage in peace.
if __name__ == "__main__":
    last = int(sys.argv.pop(1))
    for name in {operations}:
        setattr(disk, name, wrapped(getattr(disk, name)))
    from flows.cli import main
    main()
"""


def test_the_command_killed_by_the_system_ends_with_the_same_rows(tmp_path, dataset):
    """`kill -9` of the real command, processes and all, at three points of its first run."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(operations=OPERATIONS))
    wanted = {table: rows for table, rows in seen(dataset).items() if table not in ("runs", "loads")}
    output = tmp_path / "output"
    arguments = ["run", str(ROOT / "seeds"), "--output", str(output), "--fetched-at", FETCHED_AT.isoformat()]

    statuses = []
    for last in (9, 21, 31, 10**9):
        done = subprocess.run(
            [sys.executable, str(script), str(last), *arguments],
            capture_output=True,
            timeout=300,
            check=False,
        )
        statuses.append(done.returncode)

    found = {table: rows for table, rows in seen(output).items() if table not in ("runs", "loads")}
    assert statuses == [-9, -9, -9, 0]
    assert found == wanted


def test_the_workers_of_a_killed_run_end_with_it(tmp_path):
    """Else they would work on, for no one, beside those of the next run."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Two soldiers were killed in Ankara.")
    (tmp_path / "in" / "b.jsonl").write_text('{"text": "Two soldiers were killed in Ankara."}\n' * 190_000)
    command = Path(sys.executable).with_name("dateline")
    arguments = ["run", str(tmp_path / "in"), "--output", str(tmp_path / "output"), "--workers", "2"]
    with subprocess.Popen([str(command), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        for line in run.stderr:
            if b"kind=batch" in line:
                break
        workers = [os.pidfd_open(int(pid)) for pid in (*workers_of(run.pid), *children_of(run.pid))]
        run.kill()
    assert len(workers) >= 3
    assert all(map(has_ended, workers))


def test_an_interrupt_ends_the_run_with_its_workers_in_one_line_and_the_next_run_goes_on(tmp_path):
    """Ctrl-C reaches every process of the terminal's group; seconds of work are in flight."""
    (tmp_path / "in.jsonl").write_text('{"text": "Two soldiers were killed in Ankara."}\n' * 3000)
    arguments = ["run", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "output"), "--workers", "2"]
    command = [str(Path(sys.executable).with_name("dateline")), *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as run:
        for line in run.stderr:
            if b"batch.fetched" in line:
                break
        while not workers_of(run.pid) and run.poll() is None:
            pass
        workers = [os.pidfd_open(int(pid)) for pid in (*workers_of(run.pid), *children_of(run.pid))]
        os.killpg(run.pid, signal.SIGINT)
        said = run.stderr.read().decode()

    assert run.returncode == 130
    assert said == "dateline: interrupted; committed data is kept, run again to continue\n"
    assert all(map(has_ended, workers))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert committed(tmp_path / "output")["articles"] == 3000


def test_a_worker_that_the_system_ends_fails_the_run_and_says_so(tmp_path):
    """As when memory runs out: nothing of the batch is committed, and the next run does it."""
    (tmp_path / "in.jsonl").write_text('{"text": "Two soldiers were killed in Ankara."}\n' * 1000)
    arguments = ["run", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "output"), "--workers", "2"]
    command = Path(sys.executable).with_name("dateline")
    with subprocess.Popen([str(command), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        workers: list[str] = []
        while not workers and run.poll() is None:
            workers = workers_of(run.pid)
        os.kill(int(workers[0]), signal.SIGKILL)
        said = run.stderr.read().decode()

    assert run.returncode == 3
    assert f"dateline: worker process {workers[0]} was ended by SIGKILL " in said
    assert said.endswith(
        "run again to continue (if memory ran out, run with fewer workers)\n"
        "What to do: if memory ran out, run with fewer workers; then run again.\n"
    )
    assert committed(tmp_path / "output")["articles"] == 0
