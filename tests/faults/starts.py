"""Many starts of the same run at once on one output, beside commands that read it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from .commands import Command, commands, make_sources, run_arguments
from .kills import ends_well, undisturbed
from .trial import Trial, rows_seen, trial_of

FAULTS = "24 starts of one run at once, beside readers"

TRIALS = 4
STARTS = 24
BUSY = re.compile(
    r"dateline: \S+ is being written by (process [0-9]+|another run)(, which is stopped .*)?; run again when it has ended"
)


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Start a run many times at once; those that do not write leave with a line and status 3."""
    sources = make_sources(folder / "in")
    with commands(folder / "said") as started:
        wanted, _ = undisturbed(started, sources, folder / "undisturbed")
        for number in range(0, TRIALS, every):
            output = folder / f"output-{number}"
            began = perf_counter()
            runs = [started.start(*run_arguments(sources, output)) for _ in range(STARTS)]
            readers = [
                started.start(name, *more, "--output", output, "--json")
                for name, more in (("status", ()), ("verify", ()), ("load", (f"duckdb:///{output}.duckdb",)))
            ]
            # What a glob finds at any moment is whole.
            looks = [rows_seen(output) for _ in range(3)] if output.is_dir() else []
            for command in readers:
                _check_reader(command)
            statuses = [_check_run(command) for command in runs]
            seconds = perf_counter() - began
            assert 0 in statuses
            assert all(rows[key] == wanted[key] for rows in looks for key in rows)
            assert ends_well(started.start(*run_arguments(sources, output)))
            assert ends_well(started.start("load", f"duckdb:///{output}.duckdb", "--output", output))
            target = started.start("verify", f"duckdb:///{output}.duckdb", "--output", output)
            assert ends_well(target), target.said.read_text()
            point = f"{number}: {statuses.count(0)} wrote or found nothing new, {statuses.count(3)} left"
            yield trial_of(FAULTS, point, output, wanted, runs=STARTS, recovery_seconds=seconds)
            shutil.rmtree(output)
            Path(f"{output}.duckdb").unlink()


def _check_run(command: Command) -> int:
    """Return the status of a run, 0 or 3; one that left has said why, and what to do."""
    status = command.wait()
    assert command.outlived_by() == []
    said = command.said.read_text().splitlines()
    assert status in (0, 3), said
    if status == 3:
        assert len(said) == 2
        assert BUSY.fullmatch(said[0]), said
    return status


def _check_reader(command: Command) -> None:
    """A reader finds what is committed at its moment, or no output yet."""
    status = command.wait()
    said = command.said.read_text().splitlines()
    if status == 2:
        assert "wanted" in said[-1], said
        return
    assert status == 0, said
    found = json.loads(said[-1])
    assert found.get("differences", []) == []
