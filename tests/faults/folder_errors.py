"""Errors of the system at each call by which a run changes or reads the folder of an output."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .runner import Runner, each_of, runners
from .shim import NEEDING_SPACE, READS, SYNCS, WRITES, Fault
from .trace import points
from .trial import Trial

FAULTS = "errors of the system and short writes at each call that changes or reads the folder of an output"

EIO, ENOSPC, EDQUOT = (str(each) for each in (errno.EIO, errno.ENOSPC, errno.EDQUOT))

SUCCEEDED, FAILED = 0, 3

SAME_KIND = 3
"""ENOSPC is tried at each point, and EDQUOT, which takes the same way, at each third."""


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Let a call fail once, or it and all later ones; then restart without faults."""
    with runners(folder) as started:
        first = started[0]
        calls = points(first.calls())
        tried = [
            *(Fault(EIO, call.number) for call in calls[::every]),
            *(
                Fault(mode, number, which, is_sticky=True)
                for mode, number, which in _without_room(first, every)
            ),
            *(Fault("short", number, WRITES) for number in _numbers(first, WRITES, every)),
            *(Fault("drop", number, SYNCS) for number in _numbers(first, SYNCS, every)),
            *(Fault(EIO, number, READS) for number in _reads(first, every)),
            Fault("short", 1, WRITES, is_sticky=True),
        ]
        yield from each_of(started, [partial(_fail, fault=fault) for fault in tried])
        for part in range(2):
            staged = points(first.calls(part=part))[::every]
            faults = [Fault(EIO, call.number) for call in staged]
            faults += [Fault(ENOSPC, call.number, is_sticky=True) for call in staged if call.name != "close"]
            yield from each_of(started, [partial(_fail, fault=fault, part=part) for fault in faults])


def _without_room(runner: Runner, every: int) -> Iterator[tuple[str, int, str]]:
    numbers = _numbers(runner, NEEDING_SPACE, every)
    yield from ((ENOSPC, number, NEEDING_SPACE) for number in numbers)
    yield from ((EDQUOT, number, NEEDING_SPACE) for number in numbers[::SAME_KIND])


def _numbers(runner: Runner, which: str, every: int) -> list[int]:
    """Return the numbers of the points of some calls where only these are counted."""
    return [call.number for call in points(runner.calls(counted=which)) if call.name in _traced(which)][
        ::every
    ]


def _traced(which: str) -> set[str]:
    """Return the names under which the trace has calls: what is written is a write, and what is forced to the disk an fsync."""
    names = set(which.split(","))
    return (
        names | ({"write"} if "pwrite" in names else set()) | ({"fsync"} if "fdatasync" in names else set())
    )


def _reads(runner: Runner, every: int) -> range:
    output = runner.new_output()
    ended = runner.run(output, Fault(calls=READS))
    runner.forget(output)
    return range(1, ended.counted[0] + 1, every)


def _fail(runner: Runner, fault: Fault, part: int | None = None) -> Trial:
    output = runner.new_output()
    ended = runner.run(output, fault, part=part)
    assert ended.acted, (fault, ended)
    assert not ended.hung, (fault, ended)
    assert ended.status in (SUCCEEDED, FAILED), (fault, ended)
    assert ended.status == SUCCEEDED or str(output) in f"{ended.error}{ended.failures}", (fault, ended)
    where = "the coordinator" if part is None else "a worker"
    name = f"{fault.name} in {where}" if fault.calls != READS else f"{fault.name} where it is read"
    return runner.recovered(name, f"{fault.calls} {part} {fault.at}", output)
