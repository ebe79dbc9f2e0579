"""The `dateline` command in forks of a process that has imported it: `python -m tests.faults.warm` obeys a line at a time.

A fork starts in milliseconds, where the command and its fork server import for seconds. All else is as in the command: the flow
without a server, a fork server and workers, each a process with the same pipes. Each command leads a session of its own, by which its
processes are found.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import count
from multiprocessing import util
from pathlib import Path
from typing import Any

FORK_SERVER = "fork-server"
"""The name of the process that workers are forked from, in `/proc/PID/comm`."""


def main() -> None:
    """Answer each order with a line: `start` with the process id, `wait` with the exit status, negative for a signal."""
    # Workers import this module too.
    from flows import run_batches  # noqa: PLC0415
    from flows.fetch import plan  # noqa: PLC0415

    for name in ("flows.alone", "flows.batch", "flows.report.progress", "flows.report.terminal"):
        import_module(name)
    util.spawnv_passfds = _spawned  # type: ignore[assignment]
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            plan.BATCH_BYTES, plan.PART_BYTES = order["batch_bytes"], order["part_bytes"]
            plan.LEAST_PART_BYTES = order["part_bytes"]
            run_batches.HEADER_FACTOR = 1
            answer = _forked(order)
        print(answer, flush=True)  # noqa: T201  # the answer


def _forked(order: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    from flows import cli  # noqa: PLC0415

    os.setsid()
    out = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, handle in enumerate((nothing, out, out)):
        os.dup2(handle, number)
    os.environ.update(order["env"])
    if order["stop_at"]:
        _stop_at(order["stop_at"])
    sys.argv = ["dateline", *order["arguments"]]
    # Workers import the main module of a script; the command has none that they need.
    main_module = sys.modules["__main__"]
    main_module.__spec__ = None
    with contextlib.suppress(AttributeError):
        del main_module.__file__
    cli.main()
    raise AssertionError("the command exits")


def _stop_at(number: int) -> None:
    """Stop this process just before it commits for the nth time, as a machine that sleeps would."""
    from flows.write import disk  # noqa: PLC0415

    link, links = disk.link_new, count(1)

    def linked(source: Path, target: Path) -> None:
        if next(links) == number:
            os.kill(os.getpid(), signal.SIGSTOP)
        link(source, target)

    disk.link_new = linked


def _spawned(path: bytes, arguments: Sequence[Any], kept: Sequence[int]) -> int:
    """Start a process that Python would start as `python -c CODE`, with these open files, as a fork."""
    del path
    child = os.fork()
    if child:
        return child
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    start = 3
    for handle in sorted(kept):
        os.closerange(start, handle)
        start = handle + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))
    code, status = os.fsdecode(arguments[-1]), 1
    if "forkserver" in code:
        Path("/proc/self/comm").write_text(FORK_SERVER)
    try:
        exec(code, {})  # noqa: S102  # Python's own
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
