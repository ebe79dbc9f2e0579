"""A clock that is set back or forward between runs, and while one runs."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

from .commands import Commands, commands, make_sources, run_arguments
from .kills import ends_well, kill, undisturbed
from .trial import Rows, Trial, restart, trial_of

FAULTS = "the clock is set while a run reads and commits, and between runs"

TRIALS = 24
SEED = 19
DAY = 24 * 60 * 60
SHIFTS = {"a year back": -365 * DAY, "ten years forward": 3653 * DAY, "an hour back": -3600}

TIMES = frozenset(
    {"articles.fetched_at", "rejects.fetched_at", "loads.staged_at", "loads.sha256s", "loads.byte_count"}
)
"""Columns that say when a run was, and the hashes and sizes of files with them: no other may differ."""


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Set the clock at a random moment of a run; in every second trial, that run is then killed and started again."""
    sources = make_sources(folder / "in")
    shift = folder / "shift"
    set_clock(shift, 0)
    preloaded = {"LD_PRELOAD": str(built(folder)), "CLOCK_FILE": str(shift)}
    with commands(folder / "said", **preloaded) as started:
        wanted, seconds = undisturbed(started, sources, folder / "undisturbed")
        for number in range(0, TRIALS, every):
            name = tuple(SHIFTS)[number // every % len(SHIFTS)]
            random = Random(SEED + number)  # noqa: S311  # a seed that repeats it
            output = folder / f"output-{number}"
            set_clock(shift, 0)
            yield _trial(started, sources, output, wanted, name, shift, random, seconds)
            shutil.rmtree(output)


def _trial(
    started: Commands,
    sources: Path,
    output: Path,
    wanted: Rows,
    name: str,
    shift: Path,
    random: Random,
    seconds: float,
) -> Trial:
    # Without the instant of the fetch, which is the clock's.
    arguments = [*run_arguments(sources, output)]
    at = arguments.index("--fetched-at")
    del arguments[at : at + 2]
    is_killed = random.random() < 0.5
    moment = random.uniform(0, seconds)
    command = started.start(*arguments)
    command.lasts(moment)
    set_clock(shift, SHIFTS[name])
    if is_killed:
        kill(command, "all processes", random.uniform(0, seconds - moment), random)
    else:
        assert ends_well(command), command.said.read_text()
    runs, longest = restart(lambda: ends_well(started.start(*arguments)))
    point = f"{moment:.3f} s{', then killed' if is_killed else ''}"
    found = trial_of(f"clock set {name}", point, output, wanted, runs=1 + runs, recovery_seconds=longest)
    assert set(found.differing) <= TIMES, found.differing
    return found


def set_clock(shift: Path, seconds: int) -> None:
    """Let the clock of all preloaded processes go wrong by so many seconds, from now on."""
    handle = os.open(shift, os.O_WRONLY | os.O_CREAT)
    os.pwrite(handle, struct.pack("=q", seconds * 1_000_000_000), 0)
    os.close(handle)


def built(folder: Path) -> Path:
    """Compile the clock; return the library to preload."""
    library = folder / "clock.so"
    source = Path(__file__).with_name("clock.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library
