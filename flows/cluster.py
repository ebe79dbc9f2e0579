"""Parts of batches on the workers of a Dask cluster.

What passes through the scheduler is small: which bytes a part has, and what `PartDone` says of its staged files.
The bytes themselves go through the store of the output, or are read from a folder that all machines share. A part
may be worked on twice, when its worker was given up: both stage the same bytes under the same names.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.batch import PartDone, work_on
from flows.errors import ClusterLost, WorkerDiffers, WrongUse
from flows.fetch.plan import Part
from flows.fields import Fields
from flows.versions import versions
from flows.write import scratch
from flows.write.deliver import Stage
from flows.write.store import STAGE

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

CONNECT_SECONDS = 10
WORKER_SECONDS = 60
"""How long a run waits for the first worker of a cluster."""


@dataclass(frozen=True, slots=True)
class FarPart:
    """A part for another machine. `pieces` are the ranges of the spool that it needs.

    `spooled` is the name of an object that holds them one after the other; None where the spool is on a folder
    that the worker sees. `versions` are those that the worker must have.
    """

    part: Part
    stage: Stage
    batch_seq: int
    model: str | None
    fields: Fields
    versions: Mapping[str, str]
    pieces: tuple[tuple[int, int], ...] = ()
    spooled: str | None = None


def sent(part: Part, stage: Stage, batch_seq: int, model: str | None, fields: Fields) -> FarPart:
    """Put the bytes of a part where workers find them, and return what a worker needs to know."""
    far = FarPart(part, stage, batch_seq, model, fields, _own_versions(model, fields))
    if stage.output.is_folder:
        return far
    pieces = pieces_of(part)
    with part.spool.open("rb") as spool:
        data = b"".join(_read(spool, start, end) for start, end in pieces)
    # In the folder of the stage, with which it is removed.
    name = f"{STAGE}/{stage.name}/spool-{part.number:05d}"
    stage.output.store.replace(name, data)
    return replace(far, pieces=pieces, spooled=name)


def pieces_of(part: Part) -> tuple[tuple[int, int], ...]:
    """Return the ranges of the spool that a part reads, in order and without overlaps."""
    wanted = sorted(
        (each.spool_at + start, each.spool_at + end)
        for each in part.slices
        if not each.refused
        for start, end in (each.envelope, (each.ranges[0][0], each.ranges[-1][1]))
    )
    pieces: list[tuple[int, int]] = []
    for start, end in wanted:
        if pieces and start <= pieces[-1][1]:
            pieces[-1] = pieces[-1][0], max(end, pieces[-1][1])
        elif end > start:
            pieces.append((start, end))
    return tuple(pieces)


def _read(spool: Any, start: int, end: int) -> bytes:
    spool.seek(start)
    data: bytes = spool.read(end - start)
    return data


_one_at_a_time = threading.Lock()
"""The language model of a process reads one text at a time, however many threads its worker has."""


def work_far(far: FarPart) -> PartDone:
    """Work on a part on a worker, and stage its files, each at once.

    Raises:
        WorkerDiffers: other code, libraries or data than those of the coordinator, and so perhaps other rows.
    """
    own = _own_versions(far.model, far.fields)
    if differing := [name for name, value in far.versions.items() if own.get(name) != value]:
        found, wanted = ([f"{name} {each.get(name)}" for name in differing] for each in (own, far.versions))
        raise WorkerDiffers(socket.gethostname(), ", ".join(found), ", ".join(wanted))
    with _one_at_a_time, scratch.folder() as folder:
        staged = folder / "stage"
        staged.mkdir()
        done = work_on(
            _at_hand(far, folder),
            stage=staged,
            batch_seq=far.batch_seq,
            model=far.model,
            fields=far.fields,
        )
        far.stage.add(staged)
    return done


def _at_hand(far: FarPart, folder: Path) -> Part:
    """Return the part with a spool on this machine: a sparse file that holds the bytes of this part alone."""
    if far.spooled is None:
        return far.part
    data = far.stage.output.store.read(far.spooled)
    path = folder / "spool"
    with path.open("wb") as spool:
        at = 0
        for start, end in far.pieces:
            spool.seek(start)
            spool.write(data[at : at + end - start])
            at += end - start
    return replace(far.part, spool=path)


@cache
def _own_versions(model: str | None, fields: Fields) -> Mapping[str, str]:
    return versions(model, fields)


@contextmanager
def connected(scheduler: str | None) -> Iterator[DaskTaskRunner]:
    """Connect to the scheduler of a cluster that has a worker.

    Raises:
        WrongUse: no scheduler is named, or an extra is not installed.
        ClusterLost: the scheduler does not answer, or has no worker.
    """
    if not scheduler:
        raise WrongUse("--scheduler", "none", "the address of a Dask scheduler, such as tcp://10.0.0.1:8786")
    if find_spec("prefect_dask") is None:
        raise WrongUse("--engine", "dask", "the extra that runs it: pip install 'dateline[dask]'")
    from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415  # an extra

    # A lost connection is an error that reaches the caller; Dask would print it with its traceback.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with DaskTaskRunner(address=scheduler, client_kwargs={"timeout": CONNECT_SECONDS}) as runner:
        try:
            runner.client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except (OSError, ValueError) as error:
            raise ClusterLost(scheduler, f"{type(error).__name__}: {error}") from None
        yield runner


def worker_count(runner: DaskTaskRunner) -> int:
    """Return how many workers the cluster has now; each works on one part at a time."""
    return len(runner.client.scheduler_info(n_workers=-1)["workers"])


def outcomes(runner: DaskTaskRunner, futures: Sequence[Any]) -> list[PartDone | BaseException]:
    """Wait for parts, and return the result of each; an exception is returned.

    Raises:
        ClusterLost: the scheduler has ended, and with it what it knew of the parts.
    """
    found: list[PartDone | BaseException] = []
    for future in futures:
        wrapped = future.wrapped_future
        error = wrapped.exception() if wrapped.status != "cancelled" else None
        if wrapped.status in ("cancelled", "lost") or runner.client.status != "running":
            raise ClusterLost(str(runner.address), f"a part that is {wrapped.status}")
        # Where an event loop runs in this thread, as in a notebook, Prefect answers with a coroutine unless it is told not to.
        found.append(error or wrapped.result().result(raise_on_failure=False, _sync=True))
    return found
