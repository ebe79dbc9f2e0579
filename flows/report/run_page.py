"""The page of a run report: what `run_facts` found, laid out by `web/run`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.report.page import Page
from flows.report.run_contents import Contents
from flows.report.run_facts import (
    MAX_LISTED,
    bars_of,
    charted,
    common_folder,
    groups_of,
    lost,
    named_lists,
    stages_of,
    trend,
)
from flows.schema import Row

PAGE = Page(
    template="run/run.html",
    entry="run/run.js",
    styles=("run/run.css",),
    packed={"charts": "vendor/charts.js"},
)

COLUMNS = {
    "language": ("Articles by language", "Language"),
    "source_name": ("Articles by source", "Source"),
    "format": ("Articles by format", "Format"),
    "published_on": ("Articles by month of publication", "Month"),
}

SECTIONS = (
    ("counts", "Counts"),
    ("time", "Time and throughput"),
    ("rejects", "Rejects"),
    ("fill", "Fill rates"),
    ("articles", "Articles"),
    ("made-by", "Parameters and versions"),
)


def run_page(rows: Sequence[Row], contents: Contents, erased: frozenset[str]) -> str:
    """Return the page of the last of these rows of `runs`; the others are those of the runs before it."""
    *before, run = rows
    groups, drifts = groups_of(run, before)
    runs, stages = trend(rows), stages_of(run, before)
    bars = {name: bars_of(contents, name) for name in COLUMNS}
    charts = {
        "stages": stages,
        "runs": runs,
        "columns": {
            name: found if name == "published_on" else charted(found) for name, found in bars.items()
        },
    }
    return PAGE.html(
        {"run": charts},
        title=f"Run {run['run_id'][:8]} – Dateline",
        run=run,
        began=f"{run['started_at']:%Y-%m-%d %H:%M:%S}",
        output=dict(run["parameters"]).get("output", ""),
        sections=SECTIONS,
        lost=lost(run, contents),
        tiles=_tiles(run, contents),
        named=named_lists(run, contents, drifts, erased),
        written=contents.written,
        stages=stages,
        runs=runs,
        **_captions(runs, stages),
        articles=contents.articles,
        columns=list(_columns(bars)),
        max_listed=MAX_LISTED,
        codes=[(code, count, contents.samples[code]) for code, count in _by_count(contents.codes)],
        groups=groups,
        common_folder=common_folder(groups),
        drifts=drifts,
        has_usual=any(share.usual is not None for group in groups for share in group.shares),
        made_by=(("Parameters", run["parameters"]), ("Versions", run["versions"])),
    )


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _tiles(run: Row, contents: Contents) -> list[tuple[str, str, str]]:
    share = run["reject_count"] / (run["dispatch_count"] or 1)
    size = sum(each.bytes for each in contents.written)
    return [
        ("Files found", f"{run['source_count']:,}", ""),
        ("Unchanged, not read", f"{run['unchanged_count']:,}", ""),
        ("Dispatches read", f"{run['dispatch_count']:,}", f"{run['byte_count'] / 1e6:,.2f} MB"),
        ("Articles", f"{run['article_count']:,}", ""),
        ("Rejects", f"{run['reject_count']:,}", f"{share:.1%} of the dispatches"),
        ("Rows written", f"{sum(each.rows for each in contents.written):,}", ""),
        ("Files written", f"{sum(each.files for each in contents.written):,}", f"{size / 1e6:,.2f} MB"),
        (
            "Dispatches a second",
            f"{run['dispatch_count'] / run['total_seconds']:,.1f}"
            if run["total_seconds"]
            else "not recorded",
            f"{run['byte_count'] / 1e6 / run['total_seconds']:,.3f} MB/s" if run["total_seconds"] else "",
        ),
    ]


def _captions(runs: Sequence[Mapping[str, Any]], stages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return a sentence with the figures of each chart of times and rates."""
    this = runs[-1]
    seconds = ", ".join(f"{each['stage']} {each['each']:.2f}" for each in stages)
    tick = "" if stages[0]["usual"] is None else " The mark is the median of the earlier runs."
    return {
        "stages_caption": f"Milliseconds a dispatch, added up over all processes: {seconds}.{tick}",
        "rate_caption": "Not recorded for this run."
        if this["rate"] is None
        else f"{this['rate']:,.1f} in this run ({this['megabytes_rate']:.3f} MB/s){_usual(runs, 'rate', '{:,.1f}')}.",
        "dispatches_caption": f"{this['dispatches']:,} in this run{_usual(runs, 'dispatches', '{:,.0f}')}.",
        "rejects_caption": f"{this['reject_share']:.1%} in this run{_usual(runs, 'reject_share', '{:.1%}')}.",
    }


def _usual(runs: Sequence[Mapping[str, Any]], name: str, form: str) -> str:
    earlier = [each[name] for each in runs[:-1] if each[name] is not None]
    if not earlier:
        return "; no earlier run to compare it with"
    low, high = form.format(min(earlier)), form.format(max(earlier))
    count = f"{len(earlier)} earlier run{'' if len(earlier) == 1 else 's'}"
    return f"; {low} in {count}" if low == high else f"; {low} to {high} in {count}"


def _columns(bars: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    for name, (title, heading) in COLUMNS.items():
        yield {
            "name": name,
            "title": title,
            "heading": heading,
            "bars": bars[name],
            "caption": _months(bars[name]) if name == "published_on" else _top(bars[name]),
        }


def _top(bars: Sequence[Mapping[str, Any]]) -> str:
    named = ", ".join(f"{each['name']} {each['count']:,}" for each in bars[:3])
    return f"{named}{f' and {len(bars) - 3:,} more' if len(bars) > 3 else ''}."


def _months(bars: Sequence[Mapping[str, Any]]) -> str:
    dated = [each for each in bars if not each["is_none"]]
    undated = sum(each["count"] for each in bars if each["is_none"])
    if not dated:
        return f"All {undated:,} are undated."
    most = max(dated, key=lambda each: int(each["count"]))
    return f"{dated[0]['name']} to {dated[-1]['name']}, most in {most['name']} ({most['count']:,}); undated: {undated:,}."
