"""Signals that ask a run to end, at random moments: to its first process, as `kill` sends them, and to all, as a terminal does."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random
from time import perf_counter

from .commands import Command, Commands, commands, make_sources, run_arguments
from .kills import ends_well, undisturbed
from .trial import Rows, Trial, restart, trial_of

FAULTS = "SIGINT, SIGTERM and SIGHUP at random moments of a run with two workers"

TRIALS = 60
SEED = 17
SAID = {
    signal.SIGINT: "dateline: interrupted; committed data is kept, run again to continue",
    signal.SIGTERM: "dateline: ended by SIGTERM; committed data is kept, run again to continue",
    signal.SIGHUP: "dateline: ended by SIGHUP; committed data is kept, run again to continue",
}
KINDS = tuple(product(SAID, ("the first process", "all processes")))


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Send a signal at a random moment; the run ends with its status and one line, and a restart completes it."""
    sources = make_sources(folder / "in")
    with commands(folder / "said") as started:
        wanted, seconds = undisturbed(started, sources, folder / "undisturbed")
        for number in range(0, TRIALS, every):
            random = Random(SEED + number)  # noqa: S311  # a seed that repeats it
            sent, receiver = KINDS[number // every % len(KINDS)]
            output = folder / f"output-{number}"
            trial = _trial(started, sources, output, wanted, sent, receiver, random, seconds)
            seconds = (3 * seconds + trial.recovery_seconds) / 4
            shutil.rmtree(output)
            yield trial


def _trial(
    started: Commands,
    sources: Path,
    output: Path,
    wanted: Rows,
    sent: signal.Signals,
    receiver: str,
    random: Random,
    seconds: float,
) -> Trial:
    arguments = run_arguments(sources, output)
    while (
        took := end(started.start(*arguments), sent, receiver, moment := random.uniform(0, seconds))
    ) is None:
        # It had ended before.
        shutil.rmtree(output, ignore_errors=True)
    runs, longest = restart(lambda: ends_well(started.start(*arguments)))
    point = f"{moment:.3f} s, ended after {took:.1f} s"
    return trial_of(
        f"{sent.name} to {receiver}", point, output, wanted, runs=1 + runs, recovery_seconds=longest
    )


def end(command: Command, sent: signal.Signals, receiver: str, moment: float) -> float | None:
    """Send a signal at a moment; return how long the end took, None if the command had ended before.

    Raises:
        AssertionError: the command hangs, says more than its line, or has another status; or a process of it goes on.
    """
    if not command.lasts(moment):
        command.wait()
        return None
    began = perf_counter()
    if receiver == "all processes":
        command.send_all(sent)
    else:
        command.send(command.pid, sent)
    status = command.wait()
    took = perf_counter() - began
    assert command.outlived_by() == []
    said = command.said.read_text().splitlines()
    if status == 0 or (status == -sent and (not said or "articles " in "".join(said))):
        # It had done its work; or it was sent before the command had begun.
        return None
    assert (status, said[-1]) == (128 + sent, SAID[sent]), said
    assert [line for line in said[:-1] if "[info " not in line] == []
    return took
