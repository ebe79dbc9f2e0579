"""A thin selection of the faults of the folder; `python -m tests.faults` tries them all."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from . import folder_errors, folder_kills, shim
from .runner import Runner, runner
from .shim import Fault
from .trace import points

pytestmark = pytest.mark.skipif(shim.compiler() is None, reason="needs a C compiler")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with runner(tmp_path_factory.mktemp("faults")) as started:
        yield started


@pytest.mark.parametrize(
    ("family", "every"), [(folder_kills, 360), (folder_errors, 600)], ids=["kills", "errors"]
)
def test_a_fault_anywhere_in_the_folder_leaves_the_rows_of_an_undisturbed_run(family, every, tmp_path):
    """In each column, `batch_seq` included, of each table but `runs`."""
    found = list(family.trials(tmp_path, every))

    assert len(found) > 5
    assert [each for each in found if not each.is_clean or each.differing] == []


def test_the_shim_sees_every_change_of_the_folder(one):
    """What it records of a run is all that is in the folder afterwards: see `power_cuts.py`, which rests on it."""
    calls = one.calls()

    assert {call.name for call in calls} == {
        "open", "write", "close", "rename", "link", "unlink", "mkdir", "rmdir", "fsync", "ftruncate",
    }  # fmt: skip
    assert len(points(calls)) > 400


def test_a_system_that_writes_nothing_and_reports_nothing_ends_the_run(one):
    """A lock file that could not be written kept a run waiting for ever."""
    output = one.new_output()

    ended = one.run(output, Fault("zero", 1, calls="write", is_sticky=True), deadline=30)

    assert ended.error == f"OSError: [Errno 5] Input/output error: '{output}/.dateline/lock'"
    assert not ended.hung
    assert one.recovered("zero", "1", output).is_clean


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_an_error_of_the_system_in_a_worker_ends_the_run_before_a_later_batch_is_committed(one, number):
    """So that the next run gives the batch the number that it would have had."""
    output = one.new_output()

    ended = one.run(output, Fault(str(number), 40), part=0)

    assert ended.status == 3
    assert ended.failures == ()
    assert f"{output}/.dateline/stage/00000000000000000002-" in ended.error
    assert [path.name for path in (output / ".dateline" / "log").iterdir()] == [f"{1:020}.json"]
    assert one.recovered("error", "40", output).differing == ()
