"""Sources by the hundred thousand: what is in memory does not grow with their number."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import run_batches
from flows.coordinator import run_job
from flows.fetch import file_list, plan
from flows.fetch.file_list import FileList
from flows.fetch.ledger import Ledger
from flows.fetch.local import FoundFile, find_files, folders_among, noting_vanished
from flows.fetch.plan import Tally, plan_batches
from flows.fetch.slices import Wishes
from flows.fields import fields_named
from flows.survey import Job

from .conftest import FETCHED_AT
from .coordinating import steps_here

NAMES = (
    "a",
    "a.txt",
    "a-b/c.txt",
    "a b.txt",
    "ab/d/e.txt",
    "ab/d-e.txt",
    "ab.txt",
    "ä/ü.txt",
    "zz/README.md",
    "B.txt",
)


def found(number: int) -> FoundFile:
    return FoundFile(f"file:///in/{number:07d}.txt", number, 10**18 + number, number, is_regular=True)


def live() -> int:
    return sum(type(each) is FoundFile for each in gc.get_objects())


def written(folder: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"date 2020-02-20 {name} was closed.\n")
    return folder


def batches_of(folder: Path, spool: Path, ledger: Ledger, *, reread: bool = False) -> list[plan.Batch]:
    spool.mkdir()
    files = list(find_files([str(folder)], outside=spool))
    planned = plan_batches(
        FileList(file for file in files if not file.is_left_out),
        ledger,
        spool_folder=spool,
        first_seq=2,
        fetched_at=FETCHED_AT + timedelta(days=1),
        tally=Tally(),
        wishes=Wishes(reread=reread),
        left_out=[file for file in files if file.is_left_out],
    )
    return list(planned)


def test_of_a_hundred_thousand_files_a_block_of_objects_exists_at_a_time():
    counts = []

    def stream() -> Iterator[FoundFile]:
        for number in range(100_000):
            if number % 20_000 == 19_999:
                counts.append(live())
            yield found(number)

    files = FileList(stream())
    for number, _ in enumerate(files):
        if number % 20_000 == 19_999:
            counts.append(live())

    assert len(files) == 100_000
    assert max(counts) <= 2 * file_list.BLOCK_FILES


def test_files_come_back_as_they_were_again_and_again():
    strange = replace(found(1), uri="http://host/%00?q=1", size=-1, etag='W/"\u0394"', is_left_out=True)
    given = [found(number) for number in range(2500)] + [strange]

    files = FileList(given)

    assert list(files) == given
    assert list(files) == given
    assert files.byte_count == sum(range(2500))


def test_a_walk_is_in_the_order_of_the_uris(tmp_path):
    """So that it can be compared with the log, file by file. `a b` is `a%20b` in a uri, and comes before `a-b`."""
    folder = written(tmp_path / "in", NAMES)

    uris = [file.uri for file in find_files([str(folder)], outside=None)]

    assert uris == sorted((folder / name).as_uri() for name in NAMES)


def test_sources_that_overlap_are_one_walk_in_the_order_of_the_uris(tmp_path):
    folder = written(tmp_path / "in", NAMES)
    sources = [str(folder / "ab"), str(folder), str(folder / "*.txt"), str(folder / "zz" / "README.md")]

    files = list(find_files(sources, outside=None))

    assert [file.uri for file in files] == sorted((folder / name).as_uri() for name in NAMES)
    assert [file.is_left_out for file in files] == [False] * len(NAMES)
    assert folders_among(sources) == [f"{folder.as_uri()}/"]


def test_a_name_that_is_no_text_is_found_and_read(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9 \n.txt"
    with open(path, "wb") as file:
        file.write(b"date 2020-02-20 The cafe was closed.")

    (only,) = find_files([str(tmp_path)], outside=None)

    assert only.uri == f"{tmp_path.as_uri()}/caf%E9%20%0A.txt"
    assert os.fsencode(only.path) == path


def test_what_vanished_is_what_is_known_and_not_found():
    vanished: list[str] = []
    known = iter(found(number).uri for number in (0, 1, 3, 5, 8, 9))

    passed = list(noting_vanished(map(found, (1, 2, 3, 6, 7)), known, vanished))

    assert passed == [found(number) for number in (1, 2, 3, 6, 7)]
    assert vanished == [found(number).uri for number in (0, 5, 8, 9)]


def test_files_that_are_only_touched_are_several_records_too(tmp_path, monkeypatch):
    """A record of the log lists few sources, whatever became of them."""
    monkeypatch.setattr(plan, "MAX_SOURCES", 3)
    folder = written(tmp_path / "in", NAMES)
    first = batches_of(folder, tmp_path / "spool", Ledger())
    ledger = Ledger(each.as_json() for batch in first for each in batch.inputs)
    for path in folder.rglob("*.txt"):
        os.utime(path, ns=(0, 0))

    again = batches_of(folder, tmp_path / "again", ledger)

    assert [len(batch.inputs) for batch in first] == [3, 3, 3, 1]
    assert [(len(batch.inputs), batch.parts) for batch in again] == [(3, ()), (3, ()), (2, ())]


@pytest.mark.parametrize("count", [1, 7])
def test_files_that_are_left_out_are_listed_a_few_in_each_record(tmp_path, monkeypatch, count):
    monkeypatch.setattr(plan, "MAX_SOURCES", 3)
    folder = written(tmp_path / "in", (*NAMES, *(f".hidden/{number}" for number in range(2))))
    written(folder, tuple(f".{number}" for number in range(count)))

    planned = batches_of(folder, tmp_path / "spool", Ledger())

    inputs = [each for batch in planned for each in batch.inputs]
    assert max(len(batch.inputs) for batch in planned) <= 4
    assert len(inputs) == len({each.uri for each in inputs})
    assert sum(each.format == "left_out" for each in inputs) >= min(count, 3)


def test_of_a_file_of_many_parts_few_are_in_flight_and_the_workers_end_after_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr(run_batches, "HEADER_FACTOR", 1)
    monkeypatch.setattr(plan, "PART_BYTES", 300)
    monkeypatch.setattr(plan, "LEAST_PART_BYTES", 300)
    (tmp_path / "lines.jsonl").write_text('{"date": "2020-02-20", "text": "The road was closed."}\n' * 200)
    job = Job(
        (str(tmp_path / "lines.jsonl"),), tmp_path / "output", 1, FETCHED_AT, fields=fields_named("header")
    )
    steps = steps_here(job)
    flying: list[int] = [0]
    released: list[int] = []

    def submit(*asked: Any) -> Any:
        flying.append(flying[-1] + 1)
        return steps.submit(*asked)

    def outcomes(handles: Sequence[Any]) -> list[Any]:
        flying.append(flying[-1] - len(handles))
        return list(handles)

    summary = run_job(
        job, replace(steps, submit=submit, outcomes=outcomes, release=lambda: released.append(flying[-1]))
    )

    assert summary.article_count == 200
    assert len(flying) > 4 * run_batches.MAX_PARTS_AHEAD
    assert max(flying) == run_batches.MAX_PARTS_AHEAD + 1
    assert released == [0]
