"""Crashes at a change of the disk, raised in this process: at each, before and after it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from flows.write import disk


class Crash(BaseException):
    """The process is gone: no handler of the code under test may see to it."""


OPERATIONS = ("sync_file", "sync_folder", "make_folder", "write_new", "link_new", "rename", "remove")

COMMIT_STEPS = [(disk, name) for name in OPERATIONS]
"""What the commit protocol asks of the disk."""

STEPS = [*COMMIT_STEPS, (disk, "link"), (disk, "exchange")]
"""What a generation asks of it."""


def fail_at(
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    fault: type[BaseException] | BaseException,
    *,
    before: bool,
    operations: Sequence[tuple[Any, str]] = COMMIT_STEPS,
) -> Callable[[], int]:
    """Raise the fault before or after the nth operation; return how many there were."""
    count = 0

    def wrapped(operation):
        def act(*arguments, **named):
            nonlocal count
            count += 1
            is_last = count == number
            if is_last and before:
                raise fault
            done = operation(*arguments, **named)
            if is_last:
                raise fault
            return done

        return act

    for owner, name in operations:
        monkeypatch.setattr(owner, name, wrapped(getattr(owner, name)))
    return lambda: count


def changes_of(act: Callable[[], object]) -> int:
    """Return how many changes of the disk, among the steps of a generation, an act makes."""
    with pytest.MonkeyPatch.context() as patch:
        operations = fail_at(-1, patch, Crash, before=True, operations=STEPS)
        act()
        return operations()


def crashed_copies(
    output: Path, folder: Path, numbers: Sequence[int], act: Callable[[Path], object]
) -> Iterator[tuple[Path, int, str]]:
    """Yield copies of an output in which an act has crashed at the nth change of the disk, before and after it.

    Each with the number of the change and with words for both; it is removed when the next one is asked for.
    """
    for number in numbers:
        for before in (True, False):
            crashed = folder / f"crash-{number}-{before}"
            shutil.copytree(output, crashed)
            with pytest.MonkeyPatch.context() as patch:
                fail_at(number, patch, Crash, before=before, operations=STEPS)
                with pytest.raises(Crash):
                    act(crashed)
            yield crashed, number, f"operation {number}, {'before' if before else 'after'} it"
            shutil.rmtree(crashed)
