"""Run families of the fault matrix, and print one table: `python -m tests.faults [FAMILY ...] [--every N]`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Protocol

import click

from .trial import Trial

FAMILIES: tuple[str, ...] = (
    "clocks",
    "folder_errors",
    "folder_kills",
    "kills",
    "object_sources",
    "object_writers",
    "objects",
    "power_cuts",
    "signals",
    "starts",
)
"""The modules of this package that have trials."""

RESULTS = Path(".bench") / "faults.json"
COLUMNS = (
    "fault",
    "points",
    "runs",
    "rows lost",
    "rows doubled",
    "orphans",
    "longest recovery",
    "columns that differ",
)


class Family(Protocol):
    """A module with trials: faults of one kind, at each `every`th point where they may happen."""

    FAULTS: str

    def trials(self, folder: Path, every: int) -> Iterator[Trial]:
        """Try the faults in outputs below a folder."""


@click.command()
@click.argument("families", nargs=-1, type=click.Choice(FAMILIES))
@click.option("--every", default=1, type=click.IntRange(1), help="Try each Nth point only.")
def main(families: Sequence[str], every: int) -> None:
    """Try each fault at each point; print what is lost, doubled, left over and different after the restarts."""
    found: dict[str, list[Trial]] = {}
    for name in families or FAMILIES:
        family: Family = import_module(f"{__package__}.{name}")
        began = perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            found[name] = list(family.trials(Path(folder), every))
        click.echo(
            f"{name}: {family.FAULTS}: {len(found[name])} trials in {perf_counter() - began:.0f} s", err=True
        )
    for line in table([each for trials in found.values() for each in trials]):
        click.echo(line)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps({name: [asdict(each) for each in trials] for name, trials in found.items()}, indent=1)
    )
    if not all(each.is_clean for trials in found.values() for each in trials):
        raise SystemExit(1)


def table(trials: Sequence[Trial]) -> Iterator[str]:
    """Yield the lines of a table in Markdown: one for each fault, and their sum."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"| {' | '.join('---' for _ in COLUMNS)} |"
    by_fault: dict[str, list[Trial]] = {}
    for each in trials:
        by_fault.setdefault(each.fault, []).append(each)
    for fault, group in by_fault.items():
        yield _line(fault, group)
    if len(by_fault) > 1:
        yield _line("all", trials)


def _line(fault: str, trials: Sequence[Trial]) -> str:
    cells = (
        fault,
        str(len({(each.fault, each.point) for each in trials})),
        str(sum(each.runs for each in trials)),
        str(sum(each.lost for each in trials)),
        str(sum(each.doubled for each in trials)),
        str(sum(each.orphans for each in trials)),
        f"{max(each.recovery_seconds for each in trials):.1f} s",
        ", ".join(sorted({name for each in trials for name in each.differing})) or "none",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
