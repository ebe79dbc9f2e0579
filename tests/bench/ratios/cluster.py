"""A cluster on this machine: a scheduler and workers of Dask, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

from tests.bench.ratios.environments import NotInstalled
from tests.bench.ratios.variables import clean_environment

MAX_START = 60
"""Seconds that the scheduler gets to write its address."""


@contextmanager
def dask_cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a scheduler and workers of one thread each; give the scheduler's address, and end them all after the block.

    Raises:
        NotInstalled: the extra `dask` is not installed.
    """
    if find_spec("distributed") is None:
        raise NotInstalled("distributed: not installed; pip install 'dateline[dask]'")
    folder.mkdir()
    address = folder / "scheduler.json"
    shared = ["--scheduler-file", str(address), "--no-dashboard"]
    with ExitStack() as started:
        scheduler = _start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", *shared)
        started.callback(_end, scheduler)
        ends = monotonic() + MAX_START
        while not address.exists():
            if scheduler.poll() is not None or monotonic() > ends:
                raise NotInstalled("distributed: its scheduler does not start")
            sleep(0.05)
        for number in range(workers):
            local = ["--local-directory", str(folder / f"worker-{number}")]
            started.callback(_end, _start("dask_worker", "--nthreads", "1", *local, *shared))
        yield json.loads(address.read_text())["address"]


def _start(module: str, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *options],
        env=clean_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()
