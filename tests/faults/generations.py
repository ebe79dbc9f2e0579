"""Kills of `compact`, `erase` and `enrich` at each change that they make to the disk, and the restarts after them."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows import batch
from flows.enrich.stories.terms import read_background
from flows.generations.compact import compact
from flows.generations.enrich import enrich
from flows.generations.erase import erase
from flows.write.log import read_log
from flows.write.output import Output
from tests.conftest import loaded_reference
from tests.coordinating import SeesNothing, run_here
from tests.crashes import STEPS
from tests.test_compact import now

from .trial import Rows, Trial, restart, rows_seen, trial_of

FAULTS = "kill -9 at each change of the disk by compact, erase and enrich"

AT_ONCE = timedelta(0)

TEXT = (
    "date 2020-0{month}-20 Rebels took the town of Nairab on Monday, Mr Smith said. “We hold it,” he said. The governor left at "
    "noon with forty soldiers, three trucks and the archive of the court. Report {number}."
)

Act = Callable[[Path], object]


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Kill each command before and after each change of the disk; then a run, the command again, or both complete it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "_reference", _reference)
        patch.setattr("flows.run_commits.read_background", cache(read_background))
        base, sources = folder / "base", folder / "in"
        _make(base, sources)
        acts: dict[str, Act] = {
            "compact": lambda output: compact(Output(output), now(), keep=AT_ONCE),
            "erase": lambda output: erase(Output(output), [str(sources / "0.txt")], "asked for", now()),
            "enrich": lambda output: enrich(Output(output), now(), keep=AT_ONCE),
        }
        for name, act in acts.items():
            undisturbed = folder / f"undisturbed-{name}"
            shutil.copytree(base, undisturbed)
            count = _counted(act, undisturbed)
            wanted = rows_seen(undisturbed)
            for number in range(1, count + 1, every):
                for is_before in (True, False):
                    yield _trial(name, act, number, is_before, (base, sources, folder / "killed"), wanted)


def _make(base: Path, sources: Path) -> None:
    """Make an output of three runs, in the last of which a source has changed."""
    sources.mkdir()
    for number in range(4):
        (sources / f"{number}.txt").write_text(TEXT.format(month=1 + number % 2, number=number))
        if number % 2:
            run_here(sources, output=base)
    (sources / "1.txt").write_text(TEXT.format(month=2, number=9))
    run_here(sources, output=base)


@cache
def _reference(model: str | None, fields: Any) -> Any:
    del model, fields
    return replace(loaded_reference(), model=SeesNothing())


def _trial(
    name: str, act: Act, number: int, is_before: bool, folders: tuple[Path, Path, Path], wanted: Rows
) -> Trial:
    base, sources, output = folders
    shutil.copytree(base, output)
    when = "before" if is_before else "after"
    try:
        assert _killed(act, output, number, is_before) == -signal.SIGKILL
        runs, seconds = restart(lambda: _completed(name, act, sources, output, number))
        return trial_of(
            f"kill of {name}",
            f"{when} operation {number}",
            output,
            wanted,
            runs=runs + 1,
            recovery_seconds=seconds,
        )
    finally:
        shutil.rmtree(output)


def _completed(name: str, act: Act, sources: Path, output: Path, number: int) -> bool:
    """Run, or not, and give the command again unless its commit was made."""
    is_committed = any(record.kind == name for record in read_log(Output(output)))
    if number % 2 or is_committed:
        run_here(sources, output=output, began=now())
    if not is_committed:
        act(output)
    return True


def _counted(act: Act, output: Path) -> int:
    count = 0

    def wrapped(operation: Callable[..., Any]) -> Callable[..., Any]:
        def change(*arguments: Any) -> Any:
            nonlocal count
            count += 1
            return operation(*arguments)

        return change

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, wrapped(getattr(owner, name)))
        act(output)
    return count


def _killed(act: Act, output: Path, number: int, is_before: bool) -> int:
    """Give the command in a fork that ends itself; return how the fork ended."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    count = 0
    for owner, name in STEPS:
        operation = getattr(owner, name)

        def change(*arguments: Any, operation: Callable[..., Any] = operation) -> Any:
            nonlocal count
            count += 1
            is_last = count == number
            if is_last and is_before:
                os.kill(os.getpid(), signal.SIGKILL)
            done = operation(*arguments)
            if is_last:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        setattr(owner, name, change)
    try:
        act(output)
    finally:
        os._exit(70)
