"""Measure Dateline beside its yardsticks, and print the median ratio of each measure with its spread.

    python -m tests.bench.ratios [GROUP ...] [--rounds 5] [--scale 1] [--bulk FOLDER] [--cache FOLDER]

A round runs each command of a group once, in turn; every other round in reverse. A ratio is that of two commands in one round.
Before the first, each command runs once at a small size, so that files and caches are there. What was measured is written to
`results.json` in the cache, with every figure of every round.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.ratios.bench import ROOT, Bench, Sizes
from tests.bench.ratios.commands import COMMANDS
from tests.bench.ratios.environments import NotInstalled, pins
from tests.bench.ratios.machine import describe_machine, describe_versions
from tests.bench.ratios.measures import GROUPS, LONG, MEASURES, Measure, wall
from tests.bench.ratios.spent import CommandFailed, Spent

WARM_UP = 0.005
"""Sizes of the runs before the first round, as a share of those that are measured."""


@dataclass
class Rounds:
    """What the commands of a group spent in each round; `failed` has the reason of each command that cannot be run."""

    spent: list[dict[str, Spent]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def run_rounds(bench: Bench, commands: Sequence[str], rounds: int) -> Rounds:
    """Run commands in turn, and write the time of each to standard error. One that fails is not run again."""
    result = Rounds()
    for number in range(rounds):
        spent: dict[str, Spent] = {}
        for name in commands if number % 2 == 0 else reversed(commands):
            if name not in result.failed:
                try:
                    spent[name] = COMMANDS[name](bench)
                    sys.stderr.write(f"round {number + 1} of {rounds}: {name} {spent[name].wall:.1f} s\n")
                except (CommandFailed, NotInstalled) as error:
                    result.failed[name] = str(error)
        result.spent.append(spent)
    return result


def values_of(measure: Measure, result: Rounds) -> dict[str, Any]:
    """Return the values of a measure by round, their median, least and most; or why it could not be measured."""
    named = {
        "group": measure.group,
        "name": measure.name,
        "over": measure.over,
        "under": measure.under,
        "wanted": {"most": measure.most, "least": measure.least},
    }
    reasons = [result.failed[name] for name in measure.commands if name in result.failed]
    if reasons:
        return named | {"not_measured": reasons[0]}
    values = [measure.value(spent) for spent in result.spent]
    found = named | {
        "values": values,
        "median": statistics.median(values),
        "spread": [min(values), max(values)],
    }
    if measure.figure is wall:
        found["cpu_median"] = statistics.median(
            measure.value(spent, lambda each: each.cpu) for spent in result.spent
        )
    return found


def line_of(found: dict[str, Any]) -> str:
    """Return the line that is printed for a measure."""
    if "not_measured" in found:
        return f"{found['name']:<46} not measured: {' '.join(found['not_measured'].split())[:300]}"
    least, most = found["spread"]
    cpu = f"{found['cpu_median']:>9.3f}" if "cpu_median" in found else " " * 9
    wanted = found["wanted"]
    asked = (
        f"  at most {wanted['most']}" if wanted["most"] is not None
        else f"  at least {wanted['least']}" if wanted["least"] is not None
        else ""
    )  # fmt: skip
    is_met = (wanted["most"] is None or found["median"] <= wanted["most"]) and (
        wanted["least"] is None or found["median"] >= wanted["least"]
    )
    figures = f"{found['median']:>9.3f}{least:>9.3f}{most:>9.3f}{cpu}"
    return f"{found['name']:<46}{figures}{asked}{'' if is_met else ': missed'}".rstrip()


def main(arguments: Sequence[str]) -> dict[str, Any]:
    """Run what is asked for; return the results as they are written."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.ratios", description=__doc__.partition("\n")[0]
    )
    parser.add_argument(
        "groups",
        nargs="*",
        metavar="GROUP",
        help=f"some of {', '.join(GROUPS)}; default: all but {', '.join(LONG)}",
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--scale", type=float, default=1, help="sizes of all inputs, as a multiple of the default"
    )
    parser.add_argument("--bulk", type=Path, default=ROOT.parent / "shared" / "corpora" / "bulk")
    parser.add_argument("--cache", type=Path, default=ROOT / ".bench")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.groups if name not in GROUPS]:
        parser.error(f"{', '.join(unknown)}: wanted some of {', '.join(GROUPS)}")
    cores = min(2, len(os.sched_getaffinity(0)))
    results: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "versions": describe_versions(ROOT),
        "yardsticks": {name: list(packages) for name, packages in pins().items()},
        "rounds": asked.rounds,
        "measures": [],
        "commands": {},
    }
    sizes = Sizes().scaled(asked.scale)
    results["sizes"] = {name: getattr(sizes, name) for name in sizes.__slots__}
    asked.cache.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(
        f"{'median of ' + str(asked.rounds) + ' rounds':<46}{'median':>9}{'least':>9}{'most':>9}{'CPU':>9}\n"
    )
    for group in asked.groups or [each for each in GROUPS if each not in LONG]:
        measures = [measure for measure in MEASURES if measure.group == group]
        commands = tuple(dict.fromkeys(name for measure in measures for name in measure.commands))
        with tempfile.TemporaryDirectory(prefix="dateline-bench-") as work:
            with Bench(Path(work, "warm"), asked.cache, asked.bulk, sizes.scaled(WARM_UP), cores) as warm:
                run_rounds(warm, commands, 1)
            with Bench(Path(work, "measured"), asked.cache, asked.bulk, sizes, cores) as bench:
                result = run_rounds(bench, commands, asked.rounds)
        results["is_made"] = bench.is_made
        results["commands"] |= {
            name: [{"wall": spent[name].wall, "cpu": spent[name].cpu, "memory": spent[name].memory,
                    "memory_largest": spent[name].memory_largest,
                    "memory_proportional": spent[name].memory_proportional} for spent in result.spent if name in spent]
            for name in commands
        }  # fmt: skip
        for measure in measures:
            found = values_of(measure, result)
            results["measures"].append(found)
            sys.stdout.write(line_of(found) + "\n")
        for name, figures in results["commands"].items():
            if name in commands and figures:
                wall_median, cpu_median = (
                    statistics.median(each[key] for each in figures) for key in ("wall", "cpu")
                )
                sys.stdout.write(f"  {name:<44}{wall_median:>9.2f} s{cpu_median:>9.2f} s of CPU\n")
        sys.stdout.flush()
        (asked.cache / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    return results


if __name__ == "__main__":
    main(sys.argv[1:])
