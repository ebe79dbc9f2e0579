"""The real command and its workers meet faults: a thin selection of `folder_command.py`."""

from __future__ import annotations

import errno

import pytest

from . import shim
from .folder_command import Command
from .shim import Fault

pytestmark = pytest.mark.skipif(shim.compiler() is None, reason="needs a C compiler")


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    return Command(tmp_path_factory.mktemp("command"))


@pytest.mark.parametrize(
    ("fault", "process"),
    [
        (Fault("kill", 120), "coordinator"),
        pytest.param(Fault("kill", 20), "worker", marks=pytest.mark.slow),
        (Fault(str(errno.EIO), 20), "worker"),
        pytest.param(Fault(str(errno.EIO), 1), "coordinator", marks=pytest.mark.slow),
    ],
    ids=["kill the coordinator", "kill a worker", "error in a worker", "error in the coordinator"],
)
def test_the_command_meets_a_fault_and_the_next_run_gives_the_rows_of_an_undisturbed_one(
    command, fault, process
):
    found = command.attempt(fault, process, str(fault.at))

    assert found.is_clean
    assert found.differing == ()


def test_the_two_kinds_of_process_are_told_apart(command):
    """A worker changes the stage only."""
    assert {call.path.split("/")[1] for call in command.calls("worker")} == {"stage"}
    assert {"log", "stage", "spool"} < {
        call.path.split("/")[1] for call in command.calls("coordinator") if "/" in call.path
    }
