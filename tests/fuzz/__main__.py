"""Run the targets for long, and print what each did: executions, hours of the processor, branches covered, findings.

    python -m tests.fuzz [TARGET ...] [--seconds N] [--executions N] [--processes N] [--seed N] [--without-coverage]

A name may end in `*`. With atheris (`pip install -r tests/fuzz/requirements.txt`) the changes are guided by coverage; without it they are random. What
a target found is in `.bench/fuzz/<target>/finding-*`: an input that becomes a file of `tests/fuzz/corpus/<target>/` is tried by every test run.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = Path(".bench/fuzz")
COVERED = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")


def names_of_targets() -> list[str]:
    """Return the names of all targets; asked of another process, since this one needs no model."""
    command = [
        sys.executable,
        "-c",
        "from tests.fuzz.targets import TARGETS; print(*(each.name for each in TARGETS))",
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def run(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Run one target to its end, and return its statistics with those of the runs before."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    limits = [str(asked.seconds), str(asked.executions), str(asked.seed)]
    how = "random" if asked.without_coverage or not find_spec("atheris") else "coverage"
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "tests.fuzz.one", name, str(folder), *limits, how]
        status = subprocess.run(
            command, stdout=log, stderr=log, timeout=asked.seconds * 2 + 300, check=False
        ).returncode
    covered = COVERED.findall((folder / "log").read_text(errors="replace"))
    stats: dict[str, Any] = json.loads((folder / "stats.json").read_text())
    stats |= {
        "status": status,
        "how": how,
        "seed": asked.seed,
        "covered": int(covered[-1][0]) if covered else None,
    }
    with (folder / "runs.jsonl").open("a") as runs:
        runs.write(json.dumps(stats) + "\n")
    return stats


def table() -> str:
    """Return the table of all runs in the folder."""
    rows = [
        f"{'target':24} {'executions':>12} {'cpu hours':>10} {'branches':>9} {'slowest s':>9} {'findings':>8}"
    ]
    total, hours = 0, 0.0
    for path in sorted(FOLDER.glob("*/runs.jsonl")):
        runs = [json.loads(line) for line in path.read_text().splitlines()]
        executions = sum(run["executions"] for run in runs)
        spent = sum(run["cpu_seconds"] for run in runs) / 3600
        covered = max((run["covered"] or 0 for run in runs), default=0)
        findings = {each for run in runs for each in run["findings"]}
        stopped = " stopped early" if any(run["status"] for run in runs) else ""
        rows.append(
            f"{path.parent.name:24} {executions:12,} {spent:10.3f} {covered or '-':>9} {max(run['slowest'] for run in runs):9.2f} {len(findings):8}{stopped}"
        )
        total, hours = total + executions, hours + spent
    return "\n".join([*rows, f"{'all':24} {total:12,} {hours:10.3f}"])


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description="Fuzz the targets, each for so many seconds.")
    parser.add_argument("targets", nargs="*", default=["*"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--executions", type=int, default=100_000_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-coverage", action="store_true")
    asked = parser.parse_args()
    names = [
        each
        for each in names_of_targets()
        if any(fnmatch.fnmatch(each, pattern) for pattern in asked.targets)
    ]
    if not names:
        parser.error("no target has that name")
    with ThreadPoolExecutor(asked.processes) as pool:
        done = list(pool.map(lambda name: run(name, asked), names))
    print(table())  # noqa: T201  # a report for people
    if any(each["findings"] or each["status"] for each in done):
        sys.exit(1)


if __name__ == "__main__":
    main()
