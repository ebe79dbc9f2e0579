"""Power cuts: what the model says of a disk, and what a run promises of each state in which it may be left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import power_cuts, shim
from .durability import Disk
from .runner import Runner, runner
from .trace import Call

pytestmark = pytest.mark.skipif(shim.compiler() is None, reason="needs a C compiler")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with runner(tmp_path_factory.mktemp("faults")) as started:
        yield started


def call(
    name: str, path: str, *, other: str = "", inode: int = 0, position: int = 0, data: bytes = b""
) -> Call:
    return Call(0, name, inode, position, path, other, data)


def states(*calls: Call) -> dict[str, list[tuple[str, bytes | None]]]:
    disk = Disk()
    for each in calls:
        disk.replay(each)
    return {name: sorted(state.items()) for name, state in disk.states()}


def test_a_name_without_an_fsync_of_its_folder_and_bytes_without_one_of_their_file_may_be_lost():
    found = states(call("open", "a", inode=1), call("write", "a", inode=1, data=b"12345678"))

    assert found == {
        "nothing that was not synced": [],
        "all names, no bytes": [("a", b"")],
        "all names, zeros for bytes": [("a", bytes(8))],
        "all names, the last write torn": [("a", b"1234")],
        "all bytes, no names": [],
        "all": [("a", b"12345678")],
        "all names but one": [],
        "no name but one": [("a", b"")],
    }


def test_what_was_synced_is_there_in_every_state():
    found = states(
        call("mkdir", "d"),
        call("fsync", ""),
        call("open", "d/a", inode=1),
        call("write", "d/a", inode=1, data=b"1234"),
        call("fsync", "d/a", inode=1),
        call("rename", "d/a", other="d/b"),
        call("fsync", "d"),
        call("write", "d/b", inode=1, position=2, data=b"xxxx"),
    )

    assert found["nothing that was not synced"] == [("d", None), ("d/b", b"1234")]
    assert found["all names, zeros for bytes"] == [("d", None), ("d/b", b"1234\0\0")]
    assert found["all names, the last write torn"] == [("d", None), ("d/b", b"12xx")]
    assert found["all"] == [("d", None), ("d/b", b"12xxxx")]


def test_a_rename_is_whole_or_absent():
    found = states(
        call("open", "a", inode=1), call("fsync", ""), call("rename", "a", other="b"), call("unlink", "b")
    )

    assert found["nothing that was not synced"] == [("a", b"")]
    assert found["all names but one"] == [("b", b"")]
    assert found["all"] == []


def test_no_power_cut_shows_a_reader_what_no_record_names_or_loses_a_file_of_a_record(one):
    """Also after a kill: the record that it left was not on the disk yet when its files were published."""
    checked = 0
    for name, calls in power_cuts.recorded(one):
        for point, state in power_cuts.states_of(calls, every=50):
            checked += 1
            assert power_cuts.broken_promises(state) == [], (name, point)
    assert checked > 200


def test_a_run_over_what_a_power_cut_left_gives_the_rows_of_an_undisturbed_run(tmp_path):
    found = list(power_cuts.trials(tmp_path, 250))

    assert len(found) > 4
    assert [each for each in found if not each.is_clean or each.differing] == []
