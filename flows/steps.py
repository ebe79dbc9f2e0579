"""The functions that a run is given to do its work: Prefect tasks in `ingest.py`, plain calls in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flows.batch import PartDone
from flows.fetch.plan import Batch, Part
from flows.write.deliver import Stage
from flows.write.log import Commit


def _ignore(done: int, total: int) -> None:
    del done, total


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Steps:
    """The functions that carry out the steps of a run.

    `fetch` takes the next batch from the plan, None at its end; its second argument is the sequence number of
    that batch. `submit` starts work on a part (part, stage, sequence number) and returns a handle.
    `outcomes` waits for handles and returns the result of each; an exception is returned, not raised. `write`
    is `deliver`. `progressed` takes the number of bytes done and the total. `release` is called when no more parts
    will be submitted: the memory of the workers is free for what follows.
    """

    fetch: Callable[[Iterator[Batch], int], Batch | None]
    submit: Callable[[Part, Stage, int], Any]
    outcomes: Callable[[Sequence[Any]], list[PartDone | BaseException]]
    write: Callable[..., Commit]
    progressed: Callable[[int, int], None] = _ignore
    release: Callable[[], None] = _nothing
