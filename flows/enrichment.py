"""`dateline enrich` by worker processes: tasks of articles to them, and their rows back, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pyarrow as pa

from flows.fields import ALL, Fields, fields_named
from flows.generations.enrich import Anew, enrich, read_again
from flows.generations.rewriting import Changed
from flows.history.reading import read_history
from flows.reference.gazetteer_index import build_gazetteer
from flows.workers import WorkerPool, worker_processes
from flows.write.output import Output


def enrich_with_workers(
    address: Path | str, fields: Fields | None, model: str | None, workers: int | None, keep: timedelta
) -> Changed:
    """Extract the fields of all articles anew by as many processes as there are cores, or as asked; see `enrich`."""
    output = Output(address)
    began = datetime.now(UTC)
    has = read_history(output).fields
    wanted = fields if fields is not None else fields_named(has) if has else ALL
    if wanted:
        # Before the workers start; otherwise each of them builds the index.
        build_gazetteer()
    number = workers or len(os.sched_getaffinity(0))
    with worker_processes(number, model, wanted) as pool:

        def mapped(tasks: Iterable[pa.Table]) -> Iterator[Anew]:
            return _in_order(tasks, pool, 2 * number, model, wanted)

        return enrich(output, began, fields=wanted, model=model, keep=keep, mapped=mapped)


def _in_order(
    tasks: Iterable[pa.Table], pool: WorkerPool, ahead: int, model: str | None, fields: Fields
) -> Iterator[Anew]:
    flying: deque[Future[Anew]] = deque()
    for number, rows in zip(count(), tasks, strict=False):
        flying.append(pool.submit(read_again, 1, number, rows=rows, model=model, fields=fields))
        if len(flying) > ahead:
            yield _result(flying.popleft(), pool)
    while flying:
        yield _result(flying.popleft(), pool)


def _result(future: Future[Anew], pool: WorkerPool) -> Anew:
    try:
        return future.result()
    except BrokenProcessPool as broken:
        raise pool.explained(broken) from None
