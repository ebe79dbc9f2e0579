"""The measures: which command over which, and what is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.bench.ratios.spent import Spent

MAX_MEGABYTES = 2000

Figure = Callable[[Spent], float]


def wall(spent: Spent) -> float:
    """Time of the clock."""
    return spent.wall


def tree_memory(spent: Spent) -> float:
    """Memory of all processes."""
    return spent.memory


def largest_memory(spent: Spent) -> float:
    """Memory of the largest process."""
    return spent.memory_largest


def tree_megabytes(spent: Spent) -> float:
    """Memory of all processes in MB."""
    return spent.memory / 1e6


def proportional_megabytes(spent: Spent) -> float:
    """Memory of all processes in MB, with shared pages counted once."""
    return spent.memory_proportional / 1e6


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the result: a figure of the command `over`, divided by that of `under` in the same round.

    Without `under` it is the figure itself. A `share` is 1 - under / over, the part of `over` that `under` does without; a `difference`
    is over - under. `most` or `least` is what is wanted, where something is.
    """

    group: str
    name: str
    over: str
    under: str | None = None
    most: float | None = None
    least: float | None = None
    figure: Figure = wall
    kind: Literal["ratio", "share", "difference"] = "ratio"

    def value(self, spent: dict[str, Spent], figure: Figure | None = None) -> float:
        """Return the value in one round."""
        of = figure or self.figure
        over = of(spent[self.over])
        if self.under is None:
            return over
        under = of(spent[self.under])
        return {"ratio": over / under, "share": 1 - under / over, "difference": over - under}[self.kind]

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands whose figures it needs."""
        return (self.over, self.under) if self.under else (self.over,)


MEASURES = (
    Measure("model", "all fields / stock pipeline, 1 worker each", "all fields, 1 worker", "stock pipeline, 1 worker", most=0.40),
    Measure("model", "all fields / stock pipeline, 2 workers each", "all fields, 2 workers", "stock pipeline, 2 workers"),
    Measure("model", "mentions, places, times / stock pipeline", "three fields, 1 worker", "stock pipeline, 1 worker", most=0.30),
    Measure("model", "speed of two workers / one", "all fields, 1 worker", "all fields, 2 workers", least=1.9),
    Measure("no-model", "docs/s / datatrove, both with signature", "datatrove with signature", "without the model", least=3),
    Measure("no-model", "docs/s / datatrove without signature", "datatrove", "without the model"),
    Measure("no-model", "time / pyarrow", "without the model", "pyarrow", most=4),
    Measure("no-model", "time / dlt", "without the model", "dlt"),
    Measure("incremental", "nothing new / first run", "nothing new", "first run", most=0.01),
    Measure("incremental", "nothing new, seconds", "nothing new", most=5),
    Measure("incremental", "some new / first run", "new among known", "first run"),
    Measure("incremental", "some new, seconds", "new among known"),
    Measure("memory", "all processes, tenfold / once", "memory, tenfold", "memory, once", most=1.1, figure=tree_memory),
    Measure("memory", "largest process, tenfold / once", "memory, tenfold", "memory, once", most=1.1, figure=largest_memory),
    Measure("scale", "without the model: all processes, tenfold / once", "header memory, tenfold", "header memory, once", most=1.1, figure=tree_memory),
    Measure("scale", "without the model: largest process, tenfold / once", "header memory, tenfold", "header memory, once", most=1.1, figure=largest_memory),
    Measure("scale", "a file of JSON lines: MB of all processes", "large file of lines", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("scale", "the same, shared pages counted once", "large file of lines", figure=proportional_megabytes),
    Measure("scale", "an mbox: MB of all processes", "large mbox", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("scale", "a line without an end: MB of all processes", "large line", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("scale", "a folder of files, first run: MB of all processes", "many files", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("scale", "the same, shared pages counted once", "many files", figure=proportional_megabytes),
    Measure("scale", "the same, nothing new: MB", "many files, nothing new", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("scale", "the same, nothing new: seconds", "many files, nothing new"),
    Measure("scale", "the same, some new: MB of all processes", "many files, some new", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("scale", "the same, some new: seconds", "many files, some new"),
    Measure("scale", "the same, status: MB", "many files, status", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("scale", "the same, catalog: MB", "many files, catalog", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("scale", "the same, verify: MB", "many files, verify", most=MAX_MEGABYTES, figure=tree_megabytes),
    Measure("prefect", "share of Prefect, without the model", "with Prefect", "without Prefect", most=0.03, kind="share"),
    Measure("prefect", "seconds of Prefect, without the model", "with Prefect", "without Prefect", kind="difference"),
    Measure("prefect-all", "share of Prefect, all fields", "with Prefect, all fields", "without Prefect, all fields", most=0.03, kind="share"),
    Measure("prefect-all", "seconds of Prefect, all fields", "with Prefect, all fields", "without Prefect, all fields", kind="difference"),
    Measure("cluster", "two workers of a cluster / two here", "on a cluster", "here", most=1.15),
    Measure("start", "dateline --help, seconds", "help", most=0.15),
    Measure("start", "first annotation, seconds", "first annotation", most=0.9),
    Measure("start", "python -c pass, seconds", "python"),
)  # fmt: skip

GROUPS = tuple(dict.fromkeys(measure.group for measure in MEASURES))

LONG = ("prefect-all", "scale")
"""Groups that are run only when they are named: a quarter of an hour each, and 40 GB of disk for `scale`."""
