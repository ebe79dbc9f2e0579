"""The `dateline` command in forks of a process that has imported it: `python -m tests.warm ADDRESS FIELDS` serves a socket.

A fork starts in milliseconds, where the command and its fork server import for seconds and load the model for as long. All else is as
in the command: the flow without a server, a fork server and workers, each a process with the same pipes. Each command leads a session
of its own, by which its processes are found. What reads the environment while it is imported needs a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
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
from typing import Any, NoReturn

from . import warm_client
from .warm_client import LENGTH_BYTES, asked

FORK_SERVER = "fork-server"
"""The name of the process that workers are forked from, in `/proc/PID/comm`."""

CLIENT = """#!{python} -IS
import sys
sys.path.insert(0, {folder!r})
import warm_client
warm_client.main({address!r}, {env!r}, {command!r})
"""


@dataclass(frozen=True, slots=True)
class Started:
    """A command that was started, the leader of a session; it is killed where the connection is closed before it ends."""

    pid: int
    connection: socket.socket

    def wait(self) -> int:
        """Wait for its end; return the exit status, negative for a signal."""
        status = _answer(self.connection)
        self.connection.close()
        return status


@dataclass(frozen=True, slots=True)
class Warm:
    """The process, as those see it that give it orders."""

    address: str
    env: Mapping[str, str]

    def start(self, *arguments: str | Path, said: Path, env: Mapping[str, str], **order: int) -> Started:
        """Start the command, whose output and errors are appended to a file; for the rest of an order see `_obey`."""
        asking = {"arguments": list(map(str, arguments)), "env": {**self.env, **env}} | order
        with open(os.devnull) as nothing, said.open("a") as out:
            connection = asked(self.address, asking, (nothing.fileno(), out.fileno(), out.fileno()))
        return Started(_answer(connection), connection)

    def program(self, folder: Path) -> Path:
        """Write a program `dateline` into the folder, for which this process runs the command; return its path."""
        client = Path(warm_client.__file__)
        written = CLIENT.format(
            python=sys.executable,
            folder=str(client.parent),
            address=self.address,
            env=dict(self.env),
            command=str(Path(sys.executable).with_name("dateline")),
        )
        program = folder / "dateline"
        program.write_text(written)
        program.chmod(0o755)
        return program


@contextmanager
def warm(fields: str, env: Mapping[str, str]) -> Iterator[Warm]:
    """Start the process, which loads what these fields need, and end it after the block with all commands that still run."""
    with TemporaryDirectory() as folder:
        address = str(Path(folder, "warm"))
        command = [sys.executable, "-m", "tests.warm", address, fields]
        root = Path(__file__).parents[1]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=root
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            try:
                yield Warm(address, env)
            finally:
                process.stdin.close()


def _answer(connection: socket.socket) -> int:
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise EOFError("the process that commands are forked from has ended")
        line += byte
    return int(line)


def main(address: str, fields: str) -> None:
    """Obey orders, several at a time, until standard input is closed; then kill what still runs."""
    # Workers import this module too.
    from flows.batch import load_ahead  # noqa: PLC0415
    from flows.fields import fields_named  # noqa: PLC0415

    for name in ("flows.alone", "flows.cli", "flows.report.progress", "flows.report.terminal"):
        import_module(name)
    load_ahead(None, fields_named(fields))
    util.spawnv_passfds = _spawned  # type: ignore[assignment]
    order = _next_order(address)
    if order is not None:
        _obey(**order)


def _next_order(address: str) -> dict[str, Any] | None:
    """Fork for each order that comes, and return it in the fork; return None in this process at its end."""
    running: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(listening, selectors.EVENT_READ)
        print("ready", flush=True)  # noqa: T201  # the answer
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    for pid in running:
                        _kill(pid)
                    return None
                if key.fileobj is listening:
                    connection, _ = listening.accept()
                    order = _received(connection)
                    pid = os.fork()
                    if pid == 0:
                        for each in (connection, *running.values()):
                            each.close()
                        return order
                    for handle in order["handles"]:
                        os.close(handle)
                    running[pid] = connection
                    connection.sendall(b"%d\n" % pid)
                    selector.register(connection, selectors.EVENT_READ, pid)
                    selector.register(os.pidfd_open(pid), selectors.EVENT_READ, pid)
                elif isinstance(key.fileobj, int):
                    connection = running.pop(key.data)
                    selector.unregister(key.fileobj)
                    os.close(key.fileobj)
                    with contextlib.suppress(KeyError):
                        selector.unregister(connection)
                    _ended(key.data, connection)
                elif key.data in running:
                    # Nobody waits for its end any more.
                    selector.unregister(key.fileobj)
                    _kill(key.data)


def _received(connection: socket.socket) -> dict[str, Any]:
    length, handles, _, _ = socket.recv_fds(connection, LENGTH_BYTES, 3)
    with connection.makefile("rb") as sent:
        return {"handles": handles, **json.loads(sent.read(int.from_bytes(length, "big")))}


def _ended(pid: int, connection: socket.socket) -> None:
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError), connection:
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _kill(pid: int) -> None:
    """Kill a command that may not lead its session yet."""
    os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _obey(
    handles: Sequence[int],
    arguments: Sequence[str],
    env: Mapping[str, str],
    cwd: str = "",
    batch_bytes: int = 0,
    part_bytes: int = 0,
    stop_at: int = 0,
) -> NoReturn:
    """Be the command. Sizes of batches and parts, and the commit before which it stops, count where they are not 0."""
    from flows import cli, run_batches  # noqa: PLC0415
    from flows.fetch import plan  # noqa: PLC0415

    os.setsid()
    for number, handle in enumerate(handles):
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(cwd or os.curdir)
    os.environ.clear()
    os.environ.update(env)
    if batch_bytes:
        plan.BATCH_BYTES, plan.PART_BYTES, plan.LEAST_PART_BYTES = batch_bytes, part_bytes, part_bytes
        run_batches.HEADER_FACTOR = 1
    if stop_at:
        _stop_at(stop_at)
    sys.argv = ["dateline", *arguments]
    # Workers import the main module of a script; the command has none that they need.
    main_module = sys.modules["__main__"]
    main_module.__spec__ = main_module.__package__ = None
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
    main(*sys.argv[1:])
