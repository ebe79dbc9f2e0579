"""Kills at each call by which the coordinator, a worker or a recovery changes the folder of an output."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .runner import Runner, each_of, runners
from .shim import Fault
from .trace import Call, points
from .trial import Trial

FAULTS = "kill -9 at each call that changes the folder of an output"

KILLED = -9

DEEP = (
    "link .dateline/log",
    "rename .dateline/stage",
    "rename .dateline/watermark",
    "write .dateline/stage",
    "rmdir .dateline/stage",
)
"""Where a first run is killed so that its recovery has much to do: a kind of call, and the beginning of its path."""


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Kill a run at its points, then restart it; then kill workers and recoveries in the same way."""
    with runners(folder) as started:
        first = started[0]
        calls = points(first.calls())
        yield from each_of(started, [partial(_kill, call=call, mode="kill") for call in calls[::every]])
        writes = [call for call in calls if call.name == "write"]
        yield from each_of(started, [partial(_kill, call=call, mode="torn") for call in writes[::every]])
        header = points(first.calls(fields="header"))
        yield from each_of(
            started,
            [partial(_kill, call=call, mode="kill", fields="header") for call in header[:: every * 5]],
        )
        for part in range(2):
            staged = points(first.calls(part=part))
            yield from each_of(
                started, [partial(_kill_worker, part=part, call=call) for call in staged[::every]]
            )
        for call in deep_points(calls):
            yield from each_of(started, list(_recoveries(first, call, every)))


def deep_points(calls: list[Call]) -> list[Call]:
    """Return the last call of each kind after which a recovery has much to do."""
    found = [[call for call in calls if f"{call.name} {call.path}".startswith(each)] for each in DEEP]
    return [group[len(group) // 2] for group in found]


def _kill(runner: Runner, call: Call, mode: str, fields: str = "all") -> Trial:
    output = runner.new_output()
    ended = runner.run(output, Fault(mode, call.number), fields=fields)
    assert ended.status == KILLED, (call.point, ended)
    return runner.recovered(
        "kill" if mode == "kill" else "torn write, then kill", f"{fields} {call.point}", output, fields=fields
    )


def _kill_worker(runner: Runner, part: int, call: Call) -> Trial:
    output = runner.new_output()
    ended = runner.run(output, Fault("kill", call.number), part=part)
    assert ended.error.startswith("WorkerDied"), ended
    return runner.recovered("kill of a worker", f"part {part}: {call.point}", output)


def _recoveries(runner: Runner, call: Call, every: int) -> Iterator[partial[Trial]]:
    """Plan kills of the run that comes after a kill: one for each point of its trace, up to where it reads sources again."""
    output = runner.new_output()
    assert runner.run(output, Fault("kill", call.number)).status == KILLED
    second = points(runner.calls(output=output))
    for again in second[::every]:
        yield partial(_kill_twice, call=call, again=again)


def _kill_twice(runner: Runner, call: Call, again: Call) -> Trial:
    output = runner.new_output()
    assert runner.run(output, Fault("kill", call.number)).status == KILLED
    ended = runner.run(output, Fault("kill", again.number))
    assert ended.status == KILLED, (call.point, again.point, ended)
    return runner.recovered("kill of a recovery", f"{call.point}, then {again.point}", output, runs=2)
