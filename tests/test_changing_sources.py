"""Sources that change while a run plans and copies them: what is read is one version, whole, or nothing, and is reported."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.errors import SourceMoved, UnreachableSource, UnreadableSource
from flows.fetch import opening
from flows.fetch.local import FoundFile, look_at
from flows.fetch.read import Fetched, fetch_bytes
from flows.report.summary import Summary

from .coordinating import run_here

OLD = b'{"text": "Two soldiers were killed in Ankara."}\n'
NEW = b'{"text": "Ten soldiers were killed in Ankara."}\n'
LINES = 200


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "a.jsonl"
    path.parent.mkdir()
    path.write_bytes(OLD * LINES)
    return path


def rewrite(path: Path) -> None:
    """Other bytes in place, as many as before, and with the modification time of before, as `cp -p` leaves it."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(NEW * LINES)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(NEW)


def shrink(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def replace(path: Path) -> None:
    other = path.with_name(".other")
    other.write_bytes(NEW * LINES)
    other.rename(path)


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def lose_folder(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.write_bytes(b"")


CHANGES = (rewrite, grow, shrink, empty, replace, Path.unlink, make_folder, make_pipe, lose_folder)


def read(file: FoundFile, folder: Path) -> Fetched | None:
    return fetch_bytes(file, folder, 1 << 20)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("is_begun", [False, True], ids=["before it is opened", "while it is read"])
def test_a_source_that_changes_is_not_read_in_part(path, tmp_path, monkeypatch, change, is_begun):
    """A pipe in its place is not waited for either."""
    monkeypatch.setattr(opening, "CHUNK", 1000)
    file = look_at(path)
    if not is_begun:
        change(path)
    act = on_call(2, lambda: change(path)) if is_begun else lambda: None
    before_each_read(monkeypatch, act)

    with pytest.raises(SourceMoved):
        read(file, tmp_path)
    assert [each for each in tmp_path.iterdir() if each.name.startswith("large-")] == []


def before_each_read(patch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    real = os.read

    def reading(handle: int, size: int) -> bytes:
        act()
        return real(handle, size)

    patch.setattr(opening.os, "read", reading)


def on_call(number: int, act: Callable[[], None]) -> Callable[[], None]:
    calls = iter(range(1, 1000))

    def called() -> None:
        if next(calls) == number:
            act()

    return called


def zipped(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.jsonl", data)
    return made.getvalue()


def tarred(data: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for number in range(3):
            info = tarfile.TarInfo(f"{number}.jsonl")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


@pytest.mark.parametrize(
    "packed", [zipped, tarred, gzip.compress, bz2.compress, lambda data: b"\x1f\x8b\x08" + data]
)
@pytest.mark.parametrize("change", [empty, shrink, grow, replace], ids=lambda change: change.__name__)
def test_an_archive_that_changes_is_no_damaged_archive(tmp_path, monkeypatch, packed, change):
    """Cut in the middle of a file it looks damaged, which it is not: nothing of it is rejected for that."""
    monkeypatch.setattr(opening, "CHUNK", 100)
    path = tmp_path / "a.bin"
    path.write_bytes(packed(os.urandom(3000)))
    file = look_at(path)
    act = on_call(8, lambda: change(path))
    before_each_read(monkeypatch, act)

    with pytest.raises(SourceMoved):
        read(file, tmp_path)


def test_a_file_that_grows_as_fast_as_it_is_read_does_not_hold_the_run(path, tmp_path, monkeypatch):
    file = look_at(path)
    monkeypatch.setattr(opening, "CHUNK", len(OLD))
    before_each_read(monkeypatch, lambda: grow(path))

    with pytest.raises(SourceMoved):
        read(file, tmp_path)
    assert path.stat().st_size < 3 * LINES * len(OLD)


def test_a_file_that_was_just_written_is_read_when_a_further_change_would_show(path, tmp_path, monkeypatch):
    """The clock that stamps files stands still for some milliseconds: two changes within them leave one stamp."""
    waited = []
    monkeypatch.setattr(opening.time, "sleep", waited.append)
    file = look_at(path)
    for since, wanted in (
        (0, [0.020]),
        (5_000_000, [0.015]),
        (19_000_000, [0.001]),
        (20_000_000, []),
        (10**15, []),
        # A clock that was set back.
        (-1, []),
    ):
        waited.clear()
        monkeypatch.setattr(opening.time, "time_ns", lambda since=since: file.ctime_ns + since)
        read(file, tmp_path)
        assert waited == pytest.approx(wanted)


def test_a_file_system_that_stamps_whole_seconds_is_given_two(monkeypatch):
    waited = []
    monkeypatch.setattr(opening.time, "sleep", waited.append)
    monkeypatch.setattr(opening.time, "time_ns", lambda: 1_700_000_000_500_000_000)
    opening._wait_for_clock(1_700_000_000_000_000_000)

    assert waited == [1.5]


@pytest.mark.parametrize(
    ("number", "raised"),
    [
        (errno.EIO, UnreachableSource),
        (errno.ESTALE, UnreachableSource),
        (errno.ENOMEM, UnreachableSource),
        (errno.EACCES, UnreadableSource),
        (errno.ELOOP, UnreadableSource),
    ],
)
@pytest.mark.parametrize("name", ["open", "read"])
def test_a_disk_that_fails_is_no_property_of_the_file(path, tmp_path, monkeypatch, number, raised, name):
    """A rejected file is not read again until it changes; one that a disk did not give is read by the next run."""

    def failing(*_: object) -> bytes:
        raise OSError(number, os.strerror(number))

    file = look_at(path)
    monkeypatch.setattr(opening.os, name, failing)
    if raised is UnreachableSource:
        with pytest.raises(
            UnreachableSource, match=f"found {os.strerror(number)}, wanted its bytes; run again"
        ):
            read(file, tmp_path)
    else:
        (entry,) = read(file, tmp_path).entries
        assert isinstance(entry.refused, UnreadableSource)


# Whole runs.


def run(folder: Path, output: Path) -> Summary:
    return run_here(folder, output=output, fields=frozenset())


def texts_of(output: Path) -> list[tuple[int, str]]:
    rows = [row for path in output.glob("articles/**/*.parquet") for row in pq.read_table(path).to_pylist()]
    return sorted((row["source_version"], row["body_text"]) for row in rows)


@pytest.fixture
def changing(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What is done when the first source is opened; then it is forgotten."""
    acts: list[Callable[[], None]] = []
    real = opening.os.open

    def opened(*arguments: object, **named: object) -> int:
        handle = real(*arguments, **named)
        if acts and arguments[1] & os.O_NONBLOCK:
            acts.pop()()
        return handle

    monkeypatch.setattr(opening.os, "open", opened)
    return acts


@pytest.mark.parametrize("change", [rewrite, grow, replace], ids=lambda change: change.__name__)
def test_the_next_run_reads_the_version_that_is_there(path, tmp_path, changing, change):
    output = tmp_path / "output"
    changing.append(lambda: change(path))
    first, second, third = (run(path.parent, output) for _ in range(3))
    now = [line[10:-3].decode() for line in path.read_bytes().splitlines(keepends=True)]

    assert ([first.moved], first.article_count) == ([[path.as_uri()]], 0)
    assert ([second.moved], second.article_count) == ([[]], len(now))
    assert third.unchanged_count == 1
    assert texts_of(output) == sorted((1, text) for text in now)


def test_other_bytes_of_the_same_size_and_modification_time_are_a_new_version(path, tmp_path):
    """The change time, which no program can set, tells."""
    output = tmp_path / "output"
    run(path.parent, output)
    rewrite(path)
    done = run(path.parent, output)

    assert done.article_count == LINES
    assert {version for version, _ in texts_of(output)} == {1, 2}


def test_a_source_that_a_disk_did_not_give_fails_the_run_and_is_read_by_the_next(path, tmp_path, monkeypatch):
    other = path.with_name("b.jsonl")
    other.write_bytes(NEW)
    real = os.read

    def failing(handle: int, size: int) -> bytes:
        if os.readlink(f"/proc/self/fd/{handle}") == str(path):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(handle, size)

    with monkeypatch.context() as patch:
        patch.setattr(opening.os, "read", failing)
        first = run(path.parent, tmp_path / "output")
    second = run(path.parent, tmp_path / "output")

    assert first.failures == [
        f"{path.as_uri()}: found Input/output error, wanted its bytes; run again to read it"
    ]
    assert (first.article_count, first.reject_count) == (1, 0)
    assert (second.article_count, second.failures) == (LINES, [])
