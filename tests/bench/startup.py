"""How long commands take to start: minimum and median wall time, and the least CPU time, of N runs that take turns.

python tests/bench/startup.py [RUNS]

`annotate` is timed to its first line, `run` on an output that holds the seeds already.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]
DATELINE = str(Path(sys.executable).with_name("dateline"))
LINE = b'{"id":1,"published":"2020-02-20","text":"Two Turkish soldiers were killed in Idlib on Thursday."}\n'


def main(runs: int) -> None:
    """Print a line for each command."""
    with tempfile.TemporaryDirectory() as folder:
        again = [DATELINE, "run", "seeds", "--output", str(Path(folder, "output"))]
        # The gazetteer's index, the compiled modules and the output are there from now on.
        _to_its_end(again)
        commands: dict[str, Callable[[], float]] = {
            "python -c pass": lambda: _to_its_end([sys.executable, "-c", "pass"]),
            "dateline --help": lambda: _to_its_end([DATELINE, "--help"]),
            "dateline annotate, first line": _to_the_first_line,
            "dateline run, nothing new": lambda: _to_its_end(again),
        }
        walls: dict[str, list[float]] = {name: [] for name in commands}
        cpus: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                before = _cpu_of_children()
                walls[name].append(command())
                cpus[name].append(_cpu_of_children() - before)
    sys.stdout.write(f"{'milliseconds of ' + str(runs) + ' runs':<32}{'least':>8}{'median':>8}{'CPU':>8}\n")
    for name, seconds in walls.items():
        figures = (min(seconds), statistics.median(seconds), min(cpus[name]))
        sys.stdout.write(f"{name:<32}" + "".join(f"{1000 * each:>8.0f}" for each in figures) + "\n")


def _to_its_end(command: list[str]) -> float:
    began = perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return perf_counter() - began


def _to_the_first_line() -> float:
    """Return the seconds until `annotate` has answered a line; the pipe stays open until then."""
    began = perf_counter()
    with subprocess.Popen(
        [DATELINE, "annotate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as running:
        if running.stdin is None or running.stdout is None:
            raise RuntimeError("no pipes")
        running.stdin.write(LINE)
        running.stdin.flush()
        if not running.stdout.readline():
            raise RuntimeError("annotate ended without an answer")
        seconds = perf_counter() - began
        running.stdin.close()
    return seconds


def _cpu_of_children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
