"""Finding files, unpacking them, and planning batches of what is new."""

from __future__ import annotations

import bz2
import errno
import gzip
import lzma
import os
import pickle
from pathlib import Path

import pytest

from flows.commits import Input
from flows.errors import BrokenCompression, CompressionBomb, WrongUse
from flows.fetch import plan, read, slices
from flows.fetch.file_list import FileList
from flows.fetch.ledger import Ledger
from flows.fetch.local import find_files, folders_among, noting_vanished
from flows.fetch.plan import Tally, plan_batches, read_part
from flows.fetch.slices import Wishes
from flows.fetch.streams import compression_of, unpacked
from flows.parse.ranges import Ranges
from flows.records import RawDispatch, Rejected

from .conftest import FETCHED_AT

TEXT = b"date 2020-02-20 Two soldiers were killed.\n" * 1000
COMPRESSORS = [("gzip", gzip.compress), ("bzip2", bz2.compress), ("xz", lzma.compress)]


def planned(
    folder: Path, spool: Path, ledger: Ledger | None = None, tally: Tally | None = None
) -> list[plan.Batch]:
    spool.mkdir(exist_ok=True)
    return list(
        plan_batches(
            FileList(find_files([str(folder)], outside=spool)),
            ledger or Ledger(),
            spool_folder=spool,
            first_seq=2,
            fetched_at=FETCHED_AT,
            tally=tally or Tally(),
            wishes=Wishes(),
        )
    )


def dispatches(batches: list[plan.Batch]) -> list[RawDispatch | Rejected]:
    return [each for batch in batches for part in batch.parts for each in read_part(part)]


def known(batches: list[plan.Batch]) -> Ledger:
    return Ledger(each.as_json() for batch in batches for each in batch.inputs)


@pytest.mark.parametrize(("kind", "compress"), COMPRESSORS)
def test_streams_that_follow_one_another_are_one_text(kind, compress):
    data = compress(TEXT) + compress(b"and more")

    assert compression_of(data) == kind
    assert (
        b"".join(unpacked([data[at : at + 7] for at in range(0, len(data), 7)], kind, "u"))
        == TEXT + b"and more"
    )


@pytest.mark.parametrize(("kind", "compress"), COMPRESSORS)
def test_a_stream_that_is_cut_short_is_refused(kind, compress):
    with pytest.raises(BrokenCompression):
        list(unpacked([compress(TEXT)[:-9]], kind, "u"))


@pytest.mark.parametrize(("kind", "compress"), COMPRESSORS)
def test_a_bomb_is_refused_before_it_is_unpacked(kind, compress):
    pieces: list[int] = []
    with pytest.raises(CompressionBomb):
        pieces.extend(map(len, unpacked([compress(bytes(64 << 20))], kind, "u")))
    assert sum(pieces) <= 33 << 20


def test_a_walk_leaves_out_hidden_files_and_the_readme_but_reads_them_when_named(tmp_path):
    for name in ("a.txt", ".hidden", "README.md", "sub/b.txt", ".git/c.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(TEXT)

    walked = list(find_files([str(tmp_path)], outside=tmp_path / "output"))
    named = list(find_files([str(tmp_path / "README.md")], outside=tmp_path / "output"))

    assert {file.path.name: file.is_left_out for file in walked} == {
        ".hidden": True, "README.md": True, "a.txt": False, "b.txt": False,
    }  # fmt: skip
    assert [(file.path.name, file.is_left_out) for file in named] == [("README.md", False)]


def test_a_source_named_twice_is_read_once_and_the_output_never(tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "views.sql").write_bytes(b"--")
    (tmp_path / "a.txt").write_bytes(TEXT)

    found = list(find_files([str(tmp_path), str(tmp_path / "*.txt")], outside=tmp_path / "output"))

    assert [file.path.name for file in found] == ["a.txt"]


def test_an_empty_folder_and_a_glob_without_matches_are_no_wrong_use(tmp_path):
    """An inbox is empty at times."""
    assert list(find_files([str(tmp_path), str(tmp_path / "*.txt")], outside=tmp_path / "output")) == []


def test_a_glob_below_a_folder_that_does_not_exist_is_wrong_use(tmp_path):
    with pytest.raises(WrongUse, match="wanted a file, a folder, or a glob below a folder that exists"):
        find_files([str(tmp_path / "nowhere" / "*.txt")], outside=tmp_path)


def test_a_source_that_does_not_exist_is_wrong_use(tmp_path):
    with pytest.raises(WrongUse, match="nowhere"):
        find_files([str(tmp_path / "nowhere")], outside=tmp_path)


def test_an_unchanged_source_is_not_opened_again(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_bytes(TEXT)
    first = planned(source, tmp_path / "spool")
    os.chmod(source / "a.txt", 0o000)
    stat = (source / "a.txt").stat()
    ledger = Ledger(
        {**each.as_json(), "ctime_ns": stat.st_ctime_ns} for batch in first for each in batch.inputs
    )
    tally = Tally()

    assert planned(source, tmp_path / "spool2", ledger, tally) == []
    assert tally.unchanged == 1


def test_a_touched_source_is_read_but_adds_nothing(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_bytes(TEXT)
    ledger = known(planned(source, tmp_path / "spool"))
    os.utime(source / "a.txt", ns=(1, 1))

    (batch,) = planned(source, tmp_path / "spool2", ledger)

    assert batch.parts == ()
    assert batch.inputs[0].version == 1
    assert known([batch]).of(batch.inputs[0].uri).mtime_ns == 1


def test_a_changed_source_is_a_new_version_that_names_the_old(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_bytes(TEXT)
    first = planned(source, tmp_path / "spool")
    (source / "a.txt").write_bytes(b"date 2020-02-21 Three soldiers were killed.")

    (batch,) = planned(source, tmp_path / "spool2", known(first))

    (dispatch,) = dispatches([batch])
    assert (dispatch.source.version, dispatch.source.supersedes) == (2, first[0].inputs[0].sha256)


def test_a_source_that_goes_back_to_what_it_was_has_new_ids(tmp_path):
    """Its third version has the bytes of its first; both are in the tables, and no key occurs twice."""
    source = tmp_path / "in"
    source.mkdir()
    batches: list[plan.Batch] = []
    for number, text in enumerate((TEXT, b"Three soldiers.", TEXT)):
        (source / "a.txt").write_bytes(text)
        batches += planned(source, tmp_path / f"spool{number}", known(batches))

    read = dispatches(batches)

    assert [each.source.version for each in read] == [1, 2, 3]
    assert read[0].source.sha256 == read[2].source.sha256
    assert len({each.dispatch_id for each in read}) == 3


def test_equal_bytes_under_two_names_are_two_sources(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    for name in ("a.txt", "b.txt"):
        (source / name).write_bytes(TEXT)

    first, second = dispatches(planned(source, tmp_path / "spool"))

    assert first.source.sha256 == second.source.sha256
    assert first.dispatch_id != second.dispatch_id


def test_a_batch_holds_sources_whole_and_a_part_dispatches_whole(tmp_path, monkeypatch):
    """However small the pieces, every line is read once, in order, from the range it came from."""
    monkeypatch.setattr(plan, "BATCH_BYTES", 4000)
    monkeypatch.setattr(plan, "PART_BYTES", 1000)
    source = tmp_path / "in"
    source.mkdir()
    line = b'{"text": "Two soldiers were killed."}\n'
    for name, count in (("a.jsonl", 5), ("b.jsonl", 300), ("c.jsonl", 60), ("d.jsonl", 60)):
        (source / name).write_bytes(line * count)

    batches = planned(source, tmp_path / "spool")

    read = dispatches(batches)
    assert [batch.seq for batch in batches] == [2, 3, 4, 5]
    assert [each.dispatch_count for batch in batches for each in batch.inputs] == [5, 300, 60, 60]
    assert max(part.byte_count for batch in batches for part in batch.parts) <= 1000
    assert [each.number for each in read] == [*range(5), *range(300), *range(60), *range(60)]
    assert {each.payload for each in read} == {line.strip()}


def test_the_same_sources_make_the_same_batches_and_what_is_left_makes_the_rest(tmp_path, monkeypatch):
    """A run that is started again after a kill numbers and groups what is left as before."""
    monkeypatch.setattr(plan, "BATCH_BYTES", 100_000)
    source = tmp_path / "in"
    source.mkdir()
    for number in range(9):
        (source / f"{number}.txt").write_bytes(TEXT)

    whole = planned(source, tmp_path / "spool")
    spool = tmp_path / "spool2"
    spool.mkdir()
    rest = list(
        plan_batches(
            FileList(find_files([str(source)], outside=spool)), known(whole[:2]), spool_folder=spool,
            first_seq=4, fetched_at=FETCHED_AT, tally=Tally(), wishes=Wishes(),
        )
    )  # fmt: skip

    assert [(batch.seq, batch.batch_id) for batch in rest] == [(b.seq, b.batch_id) for b in whole[2:]]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.gz", gzip.compress(TEXT)[:-9], "fetch.compression.broken"),
        ("a.gz", gzip.compress(bytes(64 << 20)), "fetch.compression.bomb"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "format.no_news"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_refusal_of_all_its_bytes(tmp_path, name, data, code):
    source = tmp_path / "in"
    source.mkdir()
    (source / name).write_bytes(data)

    (refused,) = dispatches(planned(source, tmp_path / "spool"))

    assert (refused.code, refused.raw.byte_start, refused.raw.byte_end) == (code, 0, len(data))


def test_a_folder_that_cannot_be_listed_is_one_refusal_and_its_neighbours_are_read(tmp_path, monkeypatch):
    """As one without permission; it would otherwise look empty."""
    for name in ("closed/a.txt", "open/b.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("date 2020-02-20 It rained.")
    scandir = os.scandir

    def refused(folder):
        if Path(folder).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refused)
    refusal, read = dispatches(planned(tmp_path, tmp_path / "spool"))

    assert (refusal.code, refusal.raw.source.uri) == (
        "fetch.source.unreadable",
        f"{tmp_path.as_uri()}/closed/",
    )
    assert read.source.uri == f"{tmp_path.as_uri()}/open/b.txt"


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    os.mkfifo(source / "pipe")

    (refused,) = dispatches(planned(source, tmp_path / "spool"))

    assert refused.code == "fetch.source.unreadable"


def test_a_source_that_changes_while_it_is_read_is_left_to_the_next_run(tmp_path, monkeypatch):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_bytes(TEXT)
    members = read.members_of

    def meddling(*arguments):
        (source / "a.txt").write_bytes(TEXT + b"more")
        yield from members(*arguments)

    monkeypatch.setattr(read, "members_of", meddling)
    tally = Tally()

    assert planned(source, tmp_path / "spool", tally=tally) == []
    assert tally.moved == [(source / "a.txt").as_uri()]


def test_a_full_disk_is_the_failure_of_the_run_and_refuses_no_source(tmp_path, monkeypatch):
    """The source is good: were it refused, the run would commit that it is not."""
    monkeypatch.setattr(plan, "BATCH_BYTES", 100)
    source, spool = tmp_path / "in", tmp_path / "spool"
    source.mkdir()
    spool.mkdir()
    (source / "a.txt").write_bytes(TEXT)
    write_bytes = Path.write_bytes

    def full(path, data):
        if path.parent == spool:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_bytes(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)

    with pytest.raises(OSError, match="No space left"):
        planned(source, spool)


def test_of_an_oversize_dispatch_only_the_first_bytes_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(slices, "MAX_DISPATCH_BYTES", 100)
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_bytes(TEXT)

    (refused,) = dispatches(planned(source, tmp_path / "spool"))

    assert (refused.code, refused.raw.payload) == ("dispatch.oversize", TEXT[:200])
    assert len(TEXT) > 200


def test_what_vanished_is_told_only_of_folders_that_were_looked_through(tmp_path):
    gone, elsewhere = (tmp_path / "in" / "gone.txt").as_uri(), "file:///elsewhere/a.txt"
    (tmp_path / "in").mkdir()

    ledger = Ledger({**Input(uri, "", 1, None, 0, 0, 0, "plain", 1).as_json()} for uri in (gone, elsewhere))

    (folder,) = folders_among([str(tmp_path / "in"), "elsewhere.txt"])
    vanished: list[str] = []
    list(noting_vanished([], ledger.uris(folder), vanished))

    assert vanished == [gone]


def sized(batches: list[plan.Batch]) -> list[list[int]]:
    return [[part.byte_count for part in batch.parts] for batch in batches]


def planned_by(folder: Path, spool: Path, sizes: plan.Sizes) -> list[plan.Batch]:
    spool.mkdir()
    return list(
        plan_batches(
            FileList(find_files([str(folder)], outside=spool)),
            Ledger(),
            spool_folder=spool,
            first_seq=2,
            fetched_at=FETCHED_AT,
            tally=Tally(),
            wishes=Wishes(),
            sizes=sizes,
        )
    )


def test_one_huge_file_among_small_ones_is_divided_between_the_workers(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "LEAST_PART_BYTES", 1000)
    source = tmp_path / "in"
    source.mkdir()
    line = b'{"text": "%s"}\n' % (b"x" * 85)
    (source / "a.jsonl").write_bytes(line)
    (source / "b.jsonl").write_bytes(line * 2000)
    (source / "c.jsonl").write_bytes(line)

    batches = planned_by(source, tmp_path / "spool", plan.Sizes(20_000, 10_000, 2))
    (huge,) = (batch for batch in batches if len(batch.parts) > 2)

    assert [each.uri.rpartition("/")[2] for each in huge.inputs] == ["b.jsonl"]
    assert max(part.byte_count for part in huge.parts) <= 10_000
    numbers = [raw.number for part in huge.parts for raw in read_part(part)]
    assert numbers == list(range(2000))


def test_parts_become_smaller_towards_the_end_of_a_run_of_several_workers(tmp_path, monkeypatch):
    """So that no worker waits long for the last part of another."""
    monkeypatch.setattr(plan, "LEAST_PART_BYTES", 500)
    source = tmp_path / "in"
    source.mkdir()
    for number in range(3):
        (source / f"{number}.jsonl").write_bytes(b'{"text": "%s"}\n' % (b"x" * 85) * 200)

    alone = sized(planned_by(source, tmp_path / "one", plan.Sizes(25_000, 5_000, 1)))
    both = sized(planned_by(source, tmp_path / "two", plan.Sizes(25_000, 5_000, 2)))

    assert [len(parts) for parts in alone] == [4, 4, 4]
    assert both[:-1] == alone[:-1]
    assert both[-1] == sorted(both[-1], reverse=True)
    assert both[-1][-1] <= 500
    assert sum(both[-1]) == sum(alone[-1])


def test_the_ranges_of_a_large_file_are_packed_and_survive_pickling():
    ranges = Ranges((at, at + 9) for at in range(0, 1_000_000, 10))
    pickled = pickle.dumps(ranges)

    assert len(pickled) < 17 * len(ranges)
    assert pickle.loads(pickled) == ranges  # noqa: S301  # bytes of this test
    assert (len(ranges), ranges[-1], ranges.size) == (100_000, (999_990, 999_999), 900_000)
    assert list(ranges[5:7]) == [(50, 59), (60, 69)]
