"""Sudden changes: what share of dispatches is rejected, and of articles has a value, against the last runs of the output.

The newest runs are taken together until they have enough dispatches, so that runs of few are seen too; they are compared with the
runs before them. A share has changed where it differs from the usual one by more than chance and the usual differences between
runs explain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from flows.quality.profile import COUNTED, FILLED, LISTED, REJECT, size_of

LAST_RUNS = 50
"""Runs that are looked at: a day of runs every half an hour."""

MIN_DISPATCHES = 50
"""Dispatches of a group in the newest runs below which nothing is said: the standard error of a share of a half is .07 then."""

MIN_BEFORE = 100
"""Dispatches of a group in the runs before."""

DEVIATIONS = 5.0
"""Standard deviations from the usual share that are a change. About 14 shares of each group are compared in each run."""

SPREAD = 0.03
"""Standard deviation of a fill share between runs, at least: with DEVIATIONS, no difference below .15 counts. News differs from day to day."""

SPREAD_OF_REJECTS = 0.01
"""The same of the share of rejects, which is steady: no difference below .05 counts."""

TO_SIGMA = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One share that has changed. `group` is a format and a folder, `what` a column of `articles` or `reject`."""

    group: str
    what: str
    share: float
    usual: float
    dispatch_count: int

    def as_json(self) -> dict[str, Any]:
        """Return it in plain types."""
        return asdict(self)

    def __str__(self) -> str:
        verb = "are rejected" if self.what == REJECT else f"have {self.what}"
        return f"{self.group}: {self.share:.1%} of {self.dispatch_count:,} {verb}, {self.usual:.1%} in earlier runs"


def drifts(now: Mapping[str, int], before: Sequence[Mapping[str, int]]) -> list[Drift]:
    """Return the shares of a run that have changed; `before` are the counts of earlier runs, the newest first."""
    groups = sorted({key.rpartition(" ")[0] for key in now})
    runs = [now, *before[:LAST_RUNS]]
    return [found for group in groups for found in _drifts_of(group, runs)]


def _drifts_of(group: str, runs: Sequence[Mapping[str, int]]) -> list[Drift]:
    having = [run for run in runs if size_of(run, group, REJECT)]
    count, total = 0, 0
    while count < len(having) and total < MIN_DISPATCHES:
        total += size_of(having[count], group, REJECT)
        count += 1
    recent, earlier = having[:count], having[count:]
    found = (_drift(group, what, recent, earlier) for what in (REJECT, *FILLED, *COUNTED, *LISTED))
    return [each for each in found if each is not None]


def _drift(
    group: str, what: str, recent: Sequence[Mapping[str, int]], earlier: Sequence[Mapping[str, int]]
) -> Drift | None:
    size, size_before = (sum(size_of(run, group, what) for run in runs) for runs in (recent, earlier))
    if size < MIN_DISPATCHES or size_before < MIN_BEFORE:
        return None
    key = f"{group} {what}"
    share = sum(run.get(key, 0) for run in recent) / size
    shares = [run.get(key, 0) / count for run in earlier if (count := size_of(run, group, what))]
    pooled = sum(run.get(key, 0) for run in earlier) / size_before
    # The median is that of runs, and so is not moved by one that went wrong; runs of few dispatches have shares of 0 and 1.
    usual = median(shares) if size_before >= MIN_DISPATCHES * len(shares) else pooled
    spread = TO_SIGMA * median(abs(each - usual) for each in shares) if len(shares) > 2 else 0.0
    spread = max(spread, SPREAD_OF_REJECTS if what == REJECT else SPREAD)
    chance = (sum(run.get(key, 0) for run in (*recent, *earlier)) + 1) / (size + size_before + 2)
    deviation = math.hypot(spread, math.sqrt(chance * (1 - chance) * (1 / size + 1 / size_before)))
    return Drift(group, what, share, usual, size) if abs(share - usual) > DEVIATIONS * deviation else None
