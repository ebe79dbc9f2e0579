"""Checkpoints of the commit log: what is read with them is what the whole log says, whatever happens to them."""

from __future__ import annotations

import errno
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.commits import LEFT_OUT, Input
from flows.errors import LostFile
from flows.fetch.ledger import Ledger
from flows.history import checkpoints, segments
from flows.history.checkpoints import write_checkpoints
from flows.history.reading import read_history
from flows.write.log import Commit, StagedFile, commit, read_log, record_name
from flows.write.output import Output

from .coordinating import run_here


def known(number: int, version: int = 1, form: str = "plain", **fields: Any) -> Input:
    uri = f"file:///in/{number % 7}/{number:05d}.txt"
    return Input(uri, f"{number:x}-{version}", version, None, number, version, version, form, 1, **fields)


def add(output: Output, seq: int, inputs: list[Input], kind: str = "batch", table: str = "articles") -> None:
    path = f"{table}/published_month=2020-02/b{seq:08d}.parquet"
    commit(
        output,
        Commit(
            seq=seq,
            kind=kind,
            batch_id=f"batch-{seq}",
            run_id="run",
            staged_at="2026-01-01T00:00:00+00:00",
            stage="",
            versions={},
            inputs=[each.as_json() for each in inputs],
            files=[StagedFile(table, "a.staged", path, 1, 10, "0" * 64)],
        ),
    )


def what_is_known(output: Output) -> dict[str, Any]:
    history = read_history(output)
    ledger = history.ledger()
    return {
        "sources": {uri: (ledger.of(uri), ledger.stamp_of(uri)) for uri in ledger.uris()},
        "items": {uri: dict(ledger.items_of(uri)) for uri in ledger.uris()},
        "left_out": ledger.left_out(),
        "files": list(history.files()),
        "placed": (history.placed_seq, history.has_unplaced),
    }


def what_the_log_says(output: Output) -> dict[str, Any]:
    log = list(read_log(output))
    ledger = Ledger(each for record in log for each in record.inputs)
    placed = max((record.seq for record in log if record.kind == "stories"), default=0)
    return {
        "sources": {uri: (ledger.of(uri), ledger.stamp_of(uri)) for uri in ledger.uris()},
        "items": {uri: dict(ledger.items_of(uri)) for uri in ledger.uris()},
        "left_out": ledger.left_out(),
        "files": [(record.seq, file) for record in log for file in record.files],
        "placed": (
            placed,
            any(record.seq > placed and record.files[0].table == "signatures" for record in log),
        ),
    }


@pytest.fixture
def output(tmp_path: Path) -> Output:
    """An output with 60 commits of 300 sources, some in several versions, in several checkpoints."""
    made = Output(tmp_path / "output")
    made.prepare()
    seed = random.Random(12)  # noqa: S311  # the same commits each time
    for seq in range(1, 61):
        inputs = [known(seed.randrange(300), seq) for _ in range(seed.randrange(1, 12))]
        if seq % 9 == 0:
            inputs.append(known(1000 + seq, form=LEFT_OUT))
        if seq % 7 == 0:
            feed = {f"key-{seed.randrange(9)}": [f"{seq:x}", seq], f"only-{seq}": ["0", 1]}
            inputs.append(known(2000, seq, items=feed))
        kind, table = ("stories", "stories") if seq % 20 == 10 else ("batch", "signatures")
        add(made, seq + seq // 10, inputs, kind, table)
        if seq % 3 == 0:
            write_checkpoints(made)
    return made


def files_of(output: Output) -> list[Path]:
    return sorted((output.state / "checkpoints").iterdir())


def as_text(found: dict[str, Any]) -> str:
    return repr({name: sorted(map(repr, what)) if name != "files" else what for name, what in found.items()})


def test_checkpoints_say_what_the_log_says(output):
    found, wanted = what_is_known(output), what_the_log_says(output)

    assert len(wanted["sources"]) > 200
    assert found["files"] == wanted["files"]
    assert found["left_out"] == wanted["left_out"]
    assert found["placed"] == wanted["placed"]
    assert {
        uri: {key: tuple(value) for key, value in items.items()} for uri, items in found["items"].items()
    } == {uri: {key: tuple(value) for key, value in items.items()} for uri, items in wanted["items"].items()}
    assert found["sources"].keys() == wanted["sources"].keys()
    for uri, (seen, stamp) in wanted["sources"].items():
        assert (found["sources"][uri][0].version, found["sources"][uri][1]) == (seen.version, stamp)


def test_of_the_records_that_are_summed_up_only_the_last_of_each_checkpoint_is_read(output):
    """Its hash shows that the checkpoint is of this log."""
    last = {path.stem.rpartition("-")[2] for path in files_of(output)}
    for path in output.log.iterdir():
        if path.stem not in last:
            path.write_text("no record")

    assert not read_history(output).after
    assert len(list(read_history(output).ledger().uris())) > 200


def test_their_number_grows_with_the_logarithm_of_the_log(output):
    for seq in range(100, 300):
        add(output, seq, [known(seq * 10 + number) for number in range(5)])
        write_checkpoints(output)

    assert len(files_of(output)) <= 6


def test_a_long_stretch_of_the_log_is_summed_up_piece_by_piece(output, monkeypatch):
    wanted = what_the_log_says(output)["files"]
    for path in files_of(output):
        path.unlink()
    monkeypatch.setattr(checkpoints, "MAX_INPUTS", 20)
    write_checkpoints(output)

    assert what_is_known(output)["files"] == wanted
    assert not read_history(output).after


def flip(at: float) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[int(at * (len(data) - 1))] ^= 1
        path.write_bytes(data)

    return change


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "cut at the beginning": lambda path: path.write_bytes(path.read_bytes()[100:]),
    "one bit in a block": flip(0.01),
    "one bit in the middle": flip(0.5),
    "one bit in the index": flip(0.98),
    "one bit in the end": flip(1.0),
    "a size beyond the file": lambda path: path.write_bytes(
        path.read_bytes()[: -segments.END.size] + segments.END.pack(1 << 60, 0, segments.MAGIC)
    ),
    "another name": lambda path: path.rename(path.with_name(path.name.replace("-0", "-9", 1))),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.parametrize("which", [0, -1])
def test_a_damaged_checkpoint_changes_nothing(output, damage, which):
    wanted = as_text(what_is_known(output))
    damage(files_of(output)[which])

    assert as_text(what_is_known(output)) == wanted
    add(output, 100, [known(5, 100)])
    write_checkpoints(output)
    assert not read_history(output).after
    assert read_history(output).ledger().of(known(5).uri).version == 100


def test_a_checkpoint_of_another_log_is_passed_over(output, tmp_path):
    other = Output(tmp_path / "other")
    other.prepare()
    add(other, 1, [known(7)])
    shutil.copytree(output.state / "checkpoints", other.state / "checkpoints", dirs_exist_ok=True)

    assert list(read_history(other).ledger().uris()) == [known(7).uri]
    write_checkpoints(other)
    assert [path.name for path in files_of(other)] == [f"{1:020d}-{1:020d}.segment"]


def test_older_checkpoints_beside_the_newest_are_passed_over_and_removed(output, tmp_path):
    shutil.copytree(output.state / "checkpoints", tmp_path / "older")
    for seq in range(100, 140):
        add(output, seq, [known(seq * 10 + number, seq) for number in range(20)])
    write_checkpoints(output)
    wanted, newest = as_text(what_is_known(output)), [path.name for path in files_of(output)]
    shutil.copytree(tmp_path / "older", output.state / "checkpoints", dirs_exist_ok=True)
    (output.state / "checkpoints" / ".draft").touch()

    assert as_text(what_is_known(output)) == wanted
    add(output, 200, [known(3, 200)])
    write_checkpoints(output)
    assert not {path.name for path in (tmp_path / "older").iterdir()} & {
        path.name for path in files_of(output)
    }
    assert not (output.state / "checkpoints" / ".draft").exists()
    assert newest[0] in {path.name for path in files_of(output)}


def test_a_checkpoint_that_is_merged_away_while_it_is_read_changes_nothing(output):
    history = read_history(output)
    wanted = list(read_history(output).ledger().uris())
    for path in files_of(output):
        path.unlink()

    assert list(history.ledger().uris()) == wanted


def test_only_the_blocks_of_the_folders_that_are_looked_through_are_read(output, monkeypatch):
    monkeypatch.setattr(segments, "BLOCK_ROWS", 10)
    for path in files_of(output):
        path.unlink()
    write_checkpoints(output)
    read: list[int] = []
    whole = segments.Segment._read

    def counted(self, block):
        read.append(block.at)
        return whole(self, block)

    monkeypatch.setattr(segments.Segment, "_read", counted)
    found = list(read_history(output).ledger().uris("file:///in/3/"))

    assert 20 < len(found) < 50
    assert {uri.split("/")[4] for uri in found} == {"3"}
    assert len(read) <= len(found) / 10 + 2


def test_without_room_on_the_disk_there_is_no_checkpoint_and_no_failure(output, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    wanted = as_text(what_is_known(output))
    before = files_of(output)
    add(output, 100, [])
    monkeypatch.setattr(checkpoints, "write_segment", full)
    write_checkpoints(output)

    assert files_of(output)[: len(before)] == before
    assert [record.seq for record in read_history(output).after] == [100]
    assert as_text(what_is_known(output)).count("b00000100.parquet") == 1
    assert wanted.count("b00000100.parquet") == 0


def test_a_run_leaves_a_checkpoint_with_which_the_next_one_finds_nothing_new(tmp_path):
    source, made = tmp_path / "in", tmp_path / "output"
    source.mkdir()
    for number in range(3):
        (source / f"{number}.txt").write_text(f"date 2020-02-2{number} Two soldiers were killed in Ankara.")
    run_here(source, output=made)
    (source / "3.txt").write_text("date 2020-02-24 A bridge was closed in Izmir on Monday.")
    (source / "0.txt").unlink()
    second = run_here(source, output=made)
    third = run_here(source, output=made)

    assert (second.article_count, second.unchanged_count) == (1, 2)
    assert [uri.rpartition("/")[2] for uri in second.vanished] == ["0.txt"]
    assert (third.unchanged_count, third.article_count) == (3, 0)
    assert not read_history(Output(made)).after


@pytest.mark.parametrize(
    "change",
    [(b'"rows":1', b'"rows":2'), (b'"version":1', b'"version":7'), (b'"crc32"', b'"crc33"'), (b"}", b"")],
)
def test_a_record_of_which_one_byte_is_another_is_refused(tmp_path, change):
    """A damaged digit is JSON as well: the checksum at the end of the record tells it."""
    output = Output(tmp_path)
    output.store.prepare()
    add(output, 1, [known(1)])
    path = tmp_path / record_name(1)
    path.write_bytes(path.read_bytes().replace(*change))

    with pytest.raises(LostFile, match=path.name):
        list(read_log(output))


def test_a_record_without_a_checksum_is_read(tmp_path):
    """Older versions wrote none."""
    output = Output(tmp_path)
    output.store.prepare()
    add(output, 1, [known(1)])
    with_checksum = list(read_log(output))
    path = tmp_path / record_name(1)
    path.write_bytes(path.read_bytes().partition(b',"crc32"')[0] + b"}")

    assert list(read_log(output)) == with_checksum
