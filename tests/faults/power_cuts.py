"""Power cuts: the states in which a disk may be after each call of a run, by the model of `durability.py`."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import orjson

from flows.write.store import LOG, STAGE

from .durability import Disk, State, read_state, write_state
from .runner import Runner, each_of, runners
from .shim import Fault
from .trace import Call, points, read_trace
from .trial import Trial

FAULTS = "power cuts, after which the disk has all, none or a part of what was not forced to it"

KILLED = -9


EVERY = 7
"""Each state is checked for what the commit protocol promises; a run is restarted over each seventh."""


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Restart a run over states that a power cut may leave: of a first run, and of runs that come after a kill."""
    with runners(folder) as started:
        first = started[0]
        tried: dict[tuple[Any, ...], tuple[str, State]] = {}
        for name, calls in recorded(first):
            for point, state in states_of(calls):
                tried.setdefault(tuple(state.items()), (f"{name} {point}", state))
        for point, state in tried.values():
            assert broken_promises(state) == [], point
        attempts = [partial(_restart, point=point, state=state) for point, state in tried.values()]
        yield from each_of(started, attempts[:: every * EVERY])


def broken_promises(state: State) -> list[str]:
    """Return what is wrong with a tree: a file that readers see and no record names, or a record one of whose files is nowhere whole."""
    found = []
    sha256s = {}
    for path, content in state.items():
        if content is not None and path.startswith(f"{LOG}/") and path.endswith(".json"):
            record = orjson.loads(content)
            for file in record["files"]:
                sha256s[file["path"]] = file["sha256"]
                staged = state.get(f"{STAGE}/{record['stage']}/{file['staged']}")
                if file["sha256"] not in (_sha256(staged), _sha256(state.get(file["path"]))):
                    found.append(f"{file['path']} is neither staged nor published")
    found += [
        f"{path} is seen and not as committed"
        for path, content in state.items()
        if path.endswith(".parquet") and sha256s.get(path) != _sha256(content)
    ]
    return found


@cache
def _sha256(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def recorded(runner: Runner) -> Iterator[tuple[str, list[Call]]]:
    """Record a run that is not disturbed; then runs that are killed where a change is not on the disk yet, with the runs after them."""
    calls = checked(runner, None)
    yield "first run:", calls
    for name, path in (
        ("link", "log/"),
        ("rename", "watermark"),
        ("rename", "stage/"),
        ("rename", "datapackage"),
    ):
        found = [each for each in points(calls) if each.name == name and path in each.path]
        # The call after it; of a recovery all is tried up to its end.
        number = found[len(found) // 2].number + 1
        yield f"run after a kill at {number}:", checked(runner, number)


def checked(runner: Runner, killed_at: int | None) -> list[Call]:
    """Return the calls of a run, or of a run that is killed and of the next; replayed, they make the folder as it is."""
    output = runner.new_output()
    traces = [runner.folder / f"{output.name}-trace-{number}" for number in range(2)]
    if killed_at is not None:
        ended = runner.run(output, Fault("kill", killed_at), trace=str(traces[0]))
        assert ended.status == KILLED, ended
    ended = runner.run(output, trace=str(traces[1]))
    assert ended.status == 0, ended
    calls = [call for trace in traces if trace.exists() for call in read_trace(trace, output)]
    disk = Disk()
    for call in calls:
        disk.replay(call)
    assert disk.current() == read_state(output)
    shutil.rmtree(output)
    return calls


def states_of(calls: Sequence[Call], every: int = 1) -> Iterator[tuple[str, State]]:
    """Yield what the disk may hold after each call, or each `every`th, at which faults are tried."""
    tried = {id(call) for call in points(calls)[::every]}
    disk = Disk()
    for call in calls:
        disk.replay(call)
        if id(call) in tried:
            yield from ((f"{call.point}: {name}", state) for name, state in disk.states())


def _restart(runner: Runner, point: str, state: State) -> Trial:
    output = runner.new_output()
    write_state(state, output)
    return runner.recovered("power cut", point, output)
