"""A writer that is stopped just before a commit, and woken late or killed, with another run of the same output meanwhile."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from .commands import Commands, commands, make_sources, run_arguments
from .kills import ends_well, undisturbed
from .trial import Rows, Trial, restart, trial_of

FAULTS = "a run is stopped before a commit, another run starts, and the first goes on or is killed"

COMMITS = 5
"""Commits of the run: the empty one, three batches, and the run itself."""

POINTS = tuple(product(range(1, COMMITS + 1), ("woken", "killed")))


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Keep the other run out while the first lives, and let it take over at once when that is dead."""
    sources = make_sources(folder / "in")
    with commands(folder / "said") as started:
        wanted, _ = undisturbed(started, sources, folder / "undisturbed")
        for number, end in POINTS[::every]:
            output = folder / f"output-{number}-{end}"
            yield _trial(started, sources, output, wanted, number, end)
            shutil.rmtree(output)


def _trial(started: Commands, sources: Path, output: Path, wanted: Rows, number: int, end: str) -> Trial:
    arguments = run_arguments(sources, output)
    first = started.start(*arguments, stop_at=number)
    assert first.is_stopped(), first.said.read_text()
    kept_out = started.start(*arguments)
    status = kept_out.wait()
    wake = f"process {first.pid}, which is stopped (kill -CONT {first.pid} lets it go on)"
    said = kept_out.said.read_text()
    assert (status, said) == (
        3,
        f"dateline: {output} is being written by {wake}; run again when it has ended\nWhat to do: wait until {wake} has ended, and run again.\n",
    )
    if end == "woken":
        first.send(first.pid, signal.SIGCONT)
        assert ends_well(first), first.said.read_text()
    else:
        first.kill_all()
        first.wait()
    runs, longest = restart(lambda: ends_well(started.start(*arguments)))
    assert runs == 1
    return trial_of(
        f"stopped before a commit, then {end}", str(number), output, wanted, runs=3, recovery_seconds=longest
    )
