"""The lock of an output in a folder: who holds it is said, and a lock of the dead is none."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import OutputBusy
from flows.write import holder
from flows.write.output import Output

HOLDS = """
import sys
from pathlib import Path
from flows.write.output import Output
with Output(Path(sys.argv[1])).locked():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_holder_that_is_stopped_is_said_to_be_and_one_that_is_dead_holds_nothing(tmp_path):
    """Its lock is taken over at once; nobody waits for a time to pass, or removes a file."""
    output = Output(tmp_path)
    output.prepare()
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(OutputBusy) as alive, output.locked():
            pass
        other.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, other.pid, os.WSTOPPED)
        with pytest.raises(OutputBusy) as stopped, output.locked():
            pass
        other.kill()
        other.wait()
        with output.locked():
            taken = (tmp_path / ".dateline" / "lock").read_text()

    assert alive.value.holder == f"process {other.pid}"
    assert (
        stopped.value.holder
        == f"process {other.pid}, which is stopped (kill -CONT {other.pid} lets it go on)"
    )
    assert taken == holder.mine()


@pytest.mark.parametrize(
    "left", [b"", b"\xff\x00\x1b[2J", b"process 1", b"process x", b"process 1 of " + b"a" * 10_000]
)
def test_whatever_a_dead_run_has_left_in_the_lock_file_locks_nothing(tmp_path: Path, left: bytes):
    """Also the number of a process that another program has now."""
    output = Output(tmp_path)
    output.prepare()
    (tmp_path / ".dateline" / "lock").write_bytes(left)

    with output.locked():
        assert (tmp_path / ".dateline" / "lock").read_text() == holder.mine()


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (f"process {os.getpid()}", f"process {os.getpid()}"),
        (f"process {os.getpid()} of {platform.node()}\n", f"process {os.getpid()}"),
        ("process 4194305", holder.UNKNOWN),
        ("process 12 of elsewhere.example", "process 12 of elsewhere.example"),
        ("process 12 of \x1b[2J", holder.UNKNOWN),
        ("\udcff", holder.UNKNOWN),
        ("", holder.UNKNOWN),
    ],
    # The number of this process is another one in each process of the tests, and their names must agree.
    ids=[
        "this process",
        "this process and host",
        "no such process",
        "another host",
        "escape",
        "invalid",
        "empty",
    ],
)
def test_a_holder_is_named_if_the_file_names_one(written, wanted):
    assert holder.described(written.encode(errors="surrogateescape")) == wanted
