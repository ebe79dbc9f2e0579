"""A Dask scheduler and workers on loopback, each a process of its own, stopped by its own process id."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .processes import without_prefect


@dataclass
class DaskCluster:
    """The processes of a cluster, and the environment that they run in."""

    address: str
    folder: Path
    env: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def workers(self) -> list[subprocess.Popen[bytes]]:
        return self.processes[1:]

    def start(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        self.processes.append(
            subprocess.Popen(command, cwd=self.folder, env=self.env, stdout=log, stderr=log)
        )
        log.close()

    def start_worker(self, name: str) -> None:
        """Start a worker whose process is the one that works: no nanny starts it again."""
        arguments = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        self.start("dask_worker", self.address, "--name", name, *arguments)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def dask_cluster(folder: Path, *, workers: int = 2, port: int = 0, **env: str) -> Iterator[DaskCluster]:
    """Start a scheduler and workers, and stop what still runs at the end. Clients wait for them to listen."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    started = DaskCluster(
        f"tcp://127.0.0.1:{port}", folder, without_prefect() | {"OPENBLAS_NUM_THREADS": "1"} | env
    )
    try:
        started.start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"
        )
        for number in range(workers):
            started.start_worker(f"worker-{number}")
        yield started
    finally:
        started.stop()
