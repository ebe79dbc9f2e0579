"""What the report of a run shows, made of its row, of those of earlier runs, and of what it committed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import median
from typing import Any

from flows.commits import STAGES
from flows.escaping import visible
from flows.quality.drift import Drift, drifts
from flows.quality.profile import ARTICLE, COUNTED, FILLED, LISTED, REJECT, size_of
from flows.records import source_keys
from flows.report.run_contents import Contents
from flows.schema import Row

MAX_BARS = 12
"""Bars of a chart; the rest are one more. The table beside it has MAX_LISTED values."""

MAX_LISTED = 100

NO_VALUE = {
    "language": "not detected",
    "source_name": "no source named",
    "format": "none",
    "published_on": "undated",
}


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a group: now, and of the same group in all earlier runs that are compared; None where there is none of it.

    `drift` is what was flagged, None for nothing.
    """

    what: str
    share: float | None
    usual: float | None
    drift: Drift | None


@dataclass(frozen=True, slots=True)
class Group:
    """The shares of one format in one folder: of rejects among its dispatches, of columns with a value among its articles."""

    format: str
    folder: str
    articles: int
    rejects: int
    shares: tuple[Share, ...]


def counts_of(row: Row) -> dict[str, int]:
    """Return the counts of `fill_counts`; none for a row that is older than the column."""
    return {name: int(count) for name, count in (row["fill_counts"] or {}).items()}


def groups_of(run: Row, before: Sequence[Row]) -> tuple[list[Group], list[Drift]]:
    """Return the shares of each group of a run, the largest first, and those that have changed; `before` is the oldest first."""
    now, earlier = counts_of(run), [counts_of(row) for row in reversed(before)]
    changed = drifts(now, earlier)
    flagged = {(each.group, each.what): each for each in changed}
    groups = []
    for name in {key.rpartition(" ")[0] for key in now}:
        form, _, folder = name.partition(" ")
        shares = tuple(
            Share(what, _share([now], name, what), _share(earlier, name, what), flagged.get((name, what)))
            for what in (REJECT, *FILLED, *COUNTED, *LISTED)
        )
        articles, rejects = (now.get(f"{name} {kind}", 0) for kind in (ARTICLE, REJECT))
        groups.append(Group(form, folder, articles, rejects, shares))
    largest_first = sorted(groups, key=lambda each: (-each.articles - each.rejects, each.format, each.folder))
    return largest_first, changed


def common_folder(groups: Sequence[Group]) -> str:
    """Return the longest folder that all folders are in; empty where there is none."""
    levels = zip(*(each.folder.split("/")[:-1] for each in groups), strict=False)
    return "".join(f"{names[0]}/" for names in takewhile(lambda names: len(set(names)) == 1, levels))


def _share(runs: Sequence[Mapping[str, int]], group: str, what: str) -> float | None:
    """Return the share of runs taken together; None where none of them counted it."""
    size = sum(size_of(run, group, what) for run in runs)
    return sum(run.get(f"{group} {what}", 0) for run in runs) / size if size else None


def trend(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return what is compared from run to run, the oldest first; a rate is None where the time was not recorded."""
    return [
        {
            "number": number,
            "run": row["run_id"][:8],
            "started": f"{row['started_at']:%Y-%m-%d %H:%M}",
            "dispatches": row["dispatch_count"],
            "rejects": row["reject_count"],
            "reject_share": row["reject_count"] / (row["dispatch_count"] or 1),
            "seconds": row["total_seconds"],
            "rate": _per_second(row["dispatch_count"], row),
            "megabytes_rate": _per_second(row["byte_count"] / 1e6, row),
            "is_this": number == len(rows),
        }
        for number, row in enumerate(rows, start=1)
    ]


def _per_second(count: float, row: Row) -> float | None:
    return count / row["total_seconds"] if row["total_seconds"] else None


def stages_of(run: Row, before: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the seconds of each stage, its share of their sum, and the seconds for a dispatch beside the median of earlier runs."""
    spent = {stage: float(run[f"{stage}_seconds"]) for stage in STAGES}
    total = sum(spent.values()) or 1.0
    earlier = [row for row in before if row["dispatch_count"]]
    return [
        {
            "stage": stage,
            "seconds": seconds,
            "share": seconds / total,
            "each": 1000 * seconds / (run["dispatch_count"] or 1),
            "usual": median(1000 * row[f"{stage}_seconds"] / row["dispatch_count"] for row in earlier)
            if earlier
            else None,
        }
        for stage, seconds in spent.items()
    ]


def bars_of(contents: Contents, name: str) -> list[dict[str, Any]]:
    """Return the values of a column with their articles: the most frequent first, months in their order and undated ones last."""
    counted = contents.values[name]
    if name == "published_on":
        order = sorted(counted, key=lambda each: (each is None, each or ""))
    else:
        order = sorted(counted, key=lambda each: (-counted[each], each is None, each or ""))
    return [
        {
            "name": NO_VALUE[name] if each is None else visible(each),
            "count": counted[each],
            "is_none": each is None,
        }
        for each in order
    ]


def charted(bars: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the bars of a chart: the most frequent, and the others as one."""
    rest = bars[MAX_BARS:]
    if len(rest) < 2:
        return list(bars)
    others = {
        "name": f"{len(rest):,} others",
        "count": sum(each["count"] for each in rest),
        "is_none": True,
    }
    return [*bars[:MAX_BARS], others]


def lost(run: Row, contents: Contents) -> list[str]:
    """Return what is no longer known of a run, in sentences: rows that were superseded or erased since."""
    pairs = (
        ("articles", run["article_count"], contents.articles),
        ("rejects", run["reject_count"], contents.rejects),
    )
    return [
        f"{count - left:,} of the {count:,} {name} of this run are no longer in the output: they were erased, or superseded and removed by "
        f"`dateline compact`. What follows on {name} is about those that are left."
        for name, count, left in pairs
        if left < count
    ]


def named_lists(
    run: Row, contents: Contents, changed: Sequence[Drift], erased: frozenset[str]
) -> list[dict[str, Any]]:
    """Return the lists of what needs a look, each with a title, its size and the names that are known.

    Sources that were erased since are not named.
    """

    def left(uris: Sequence[str] | None) -> list[str]:
        return [uri for uri in uris or () if erased.isdisjoint(source_keys(uri))]

    known = (
        ("Failed; the next run tries again", run["failures"], None),
        ("Changed against the earlier runs", [str(each) for each in changed], None),
        ("Changed while they were read; the next run reads them", left(run["moved"]), run["moved_count"]),
        ("Disappeared; their rows are kept", left(run["vanished"]), run["vanished_count"]),
        ("Left out for their names", left(contents.left_out), run["left_out_count"]),
    )
    return [
        {
            "title": title,
            "count": len(names or ()) if count is None else count,
            "names": [visible(name) for name in names or ()],
            "is_alert": position < 2,
        }
        for position, (title, names, count) in enumerate(known)
        if names or count
    ]
