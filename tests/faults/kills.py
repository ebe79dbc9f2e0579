"""Kills of a real run at random moments: of all its processes, of one worker, of its first process alone, of the fork server."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter

from .commands import Command, Commands, commands, make_sources, run_arguments
from .trial import Rows, Trial, restart, rows_seen, trial_of

FAULTS = "kill -9 at random moments of a run with two workers"

TRIALS = 240
SEED = 13
SECOND_SHARE = 0.25
"""Of the trials, those in which the restart is killed too."""

VICTIMS = ("all processes", "one worker", "the first process", "the fork server")


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Kill a run at a random moment, in some trials its restart too, and restart it until it succeeds."""
    sources = make_sources(folder / "in")
    with commands(folder / "said") as started:
        wanted, seconds = undisturbed(started, sources, folder / "undisturbed")
        for number in range(0, TRIALS, every):
            random = Random(SEED + number)  # noqa: S311  # a seed that repeats it
            victim = VICTIMS[number // every % len(VICTIMS)]
            output = folder / f"output-{number}"
            trial = _trial(started, sources, output, wanted, victim, random, seconds)
            seconds = (3 * seconds + trial.recovery_seconds) / 4
            shutil.rmtree(output)
            yield trial


def undisturbed(started: Commands, sources: Path, output: Path) -> tuple[Rows, float]:
    """Return the rows of a run that nothing disturbs, and how long the second of two takes: the first reads files from the disk."""
    for _ in range(2):
        shutil.rmtree(output, ignore_errors=True)
        began = perf_counter()
        command = started.start(*run_arguments(sources, output))
        assert command.wait() == 0, command.said.read_text()
        seconds = perf_counter() - began
    return rows_seen(output), seconds


def _trial(
    started: Commands, sources: Path, output: Path, wanted: Rows, victim: str, random: Random, seconds: float
) -> Trial:
    arguments = run_arguments(sources, output)
    moments = [random.uniform(0, seconds)]
    while not kill(started.start(*arguments), victim, moments[0], random):
        # It had ended before.
        shutil.rmtree(output, ignore_errors=True)
        moments = [random.uniform(0, seconds)]
    if random.random() < SECOND_SHARE:
        moments.append(random.uniform(0, seconds))
        kill(started.start(*arguments), VICTIMS[0], moments[1], random)
    runs, longest = restart(lambda: ends_well(started.start(*arguments)))
    point = " ".join(f"{moment:.3f} s" for moment in moments)
    return trial_of(
        f"kill of {victim}", point, output, wanted, runs=len(moments) + runs, recovery_seconds=longest
    )


def ends_well(command: Command) -> bool:
    """Wait for a command; return True if it has succeeded.

    Raises:
        AssertionError: a process of it goes on.
    """
    status = command.wait()
    assert command.outlived_by() == []
    return status == 0


def kill(command: Command, victim: str, moment: float, random: Random) -> bool:
    """Kill at a moment, or when the victim is there, and wait until all processes have ended; False if it had ended before.

    Raises:
        AssertionError: the command hangs, or a process of it goes on.
    """
    found: list[int] = []
    if command.lasts(moment):
        if victim == "all processes":
            found = [command.pid]
            command.send_all(signal.SIGKILL)
        else:
            while not (found := _victims(command, victim)) and command.lasts(0.001):
                pass
            if found:
                command.send(random.choice(found), signal.SIGKILL)
    command.wait()
    assert command.outlived_by() == []
    return bool(found)


def _victims(command: Command, victim: str) -> list[int]:
    if victim == "the first process":
        return [command.pid]
    return command.workers() if victim == "one worker" else command.fork_servers()
