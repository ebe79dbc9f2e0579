"""The `dateline` command in forks of a process that has imported it: `python -m tests.warm FIELDS` obeys a line at a time.

A fork starts in milliseconds, where the command and its fork server import for seconds and load the model for as long. All else is as
in the command: the flow without a server, a fork server and workers, each a process with the same pipes. Each command leads a session
of its own, by which its processes are found. What reads the environment while it is imported needs a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from multiprocessing import util
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from .processes import readable

FORK_SERVER = "fork-server"
"""The name of the process that workers are forked from, in `/proc/PID/comm`."""

DEADLINE_SECONDS = 300
"""No command of the tests takes a tenth of it."""

STREAMS = ("stdin", "stdout", "stderr")


@dataclass(frozen=True, slots=True)
class Warm:
    """The process, as those see it that give it orders."""

    process: subprocess.Popen[str]

    def start(self, *arguments: str | Path, streams: Mapping[str, str | Path], **order: Any) -> int:
        """Start the command; return its process id. `streams` names the files of `STREAMS`; for the rest of an order see `_obey`."""
        files = {name: str(path) for name, path in streams.items()}
        return self._ask({"arguments": list(map(str, arguments)), "streams": files} | order)

    def run(self, *arguments: str | Path, stdin: bytes, cwd: Path) -> subprocess.CompletedProcess[bytes]:
        """Run the command to its end.

        Raises:
            subprocess.TimeoutExpired: it took five minutes, and was killed.
        """
        with TemporaryDirectory() as folder:
            streams = {name: Path(folder, name) for name in STREAMS}
            streams["stdin"].write_bytes(stdin)
            pid = self.start(*arguments, streams=streams, cwd=str(cwd))
            handle = os.pidfd_open(pid)
            in_time = readable(handle, DEADLINE_SECONDS)
            os.close(handle)
            if not in_time:
                os.killpg(pid, signal.SIGKILL)
            status = self.wait(pid)
            if not in_time:
                raise subprocess.TimeoutExpired(["dateline", *map(str, arguments)], DEADLINE_SECONDS)
            printed = (streams[name].read_bytes() for name in STREAMS[1:])
            return subprocess.CompletedProcess(list(map(str, arguments)), status, *printed)

    def wait(self, pid: int) -> int:
        """Wait for the end of a command; return its exit status, negative for a signal."""
        return self._ask({"wait": pid})

    def _ask(self, order: Mapping[str, Any]) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def warm(fields: str, env: Mapping[str, str]) -> Iterator[Warm]:
    """Start the process, which loads what these fields need, and end it after the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.warm", fields],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=env,
        cwd=Path(__file__).parents[1],
    ) as process:
        try:
            yield Warm(process)
        finally:
            process.kill()


def main() -> None:
    """Answer each order with a line: the process id of what it started, or the exit status of what it waited for."""
    # Workers import this module too.
    from flows.batch import load_ahead  # noqa: PLC0415
    from flows.fields import fields_named  # noqa: PLC0415

    for name in ("flows.alone", "flows.cli", "flows.report.progress", "flows.report.terminal"):
        import_module(name)
    load_ahead(None, fields_named(sys.argv[1]))
    util.spawnv_passfds = _spawned  # type: ignore[assignment]
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _obey(**order)
        print(answer, flush=True)  # noqa: T201  # the answer


def _obey(
    arguments: Sequence[str],
    streams: Mapping[str, str],
    env: Mapping[str, str] = MappingProxyType({}),
    cwd: str = "",
    batch_bytes: int = 0,
    part_bytes: int = 0,
    stop_at: int = 0,
) -> None:
    """Be the command. Sizes of batches and parts, and the commit before which it stops, where they are not 0."""
    from flows import cli, run_batches  # noqa: PLC0415
    from flows.fetch import plan  # noqa: PLC0415

    os.setsid()
    for number, (name, flags) in enumerate(
        zip(STREAMS, (os.O_RDONLY, *2 * (os.O_WRONLY | os.O_CREAT | os.O_APPEND,)), strict=True)
    ):
        os.dup2(os.open(streams.get(name, os.devnull), flags), number)
    if cwd:
        os.chdir(cwd)
    os.environ.update(env)
    if batch_bytes:
        plan.BATCH_BYTES, plan.PART_BYTES, plan.LEAST_PART_BYTES = batch_bytes, part_bytes, part_bytes
        run_batches.HEADER_FACTOR = 1
    if stop_at:
        _stop_at(stop_at)
    sys.argv = ["dateline", *arguments]
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
