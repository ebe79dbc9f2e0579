"""The explorer: claims and events on a map, a timeline and a table, and the articles whose words say so, in one page.

`flows.explore` makes the blocks of data; `web/explorer` says how they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flows.report.column_bytes import column_bytes
from flows.report.page import Page

MODULES = (
    "article", "cells", "chips", "circles", "conflicts", "controls", "exports", "facets", "filters", "idle", "kinds", "land", "lines", "map", "order", "range",
    "raster", "results", "rows", "segments", "state", "tables", "timeline", "words",
)  # fmt: skip
PAGE = Page(
    template="explorer/page.html",
    entry="explorer/explorer.js",
    modules=tuple(f"explorer/{name}.js" for name in MODULES),
    styles=("explorer/explorer.css",),
    packed={
        "maps": "vendor/maps.js",
        "countries": "vendor/countries.json",
        "parquet": "vendor/parquet.js",
    },
)
EPOCH = date(1970, 1, 1)
TABLES = ("claims", "events", "places", "articles")
COUNTED = ("articles", "claims", "events", "places")


def explorer_html(blocks: Mapping[str, Any]) -> str:
    """Return the page of the blocks `meta`, `claims`, `events`, `places`, `articles`, `conflicts` and `chunk-0`, `chunk-1` and so on."""
    meta = blocks["meta"]
    texts = {name: block for name, block in blocks.items() if name.startswith("chunk-")}
    data = {
        name: column_bytes(block) if name in TABLES else block
        for name, block in blocks.items()
        if name not in texts
    }
    return PAGE.html(
        data,
        texts,
        title=f"{meta['title']} – Dateline",
        heading=meta["title"],
        output=meta["output"],
        where=meta["where"],
        counts=[(meta["counts"][noun], noun) for noun in COUNTED if noun in meta["counts"]],
        period=_period(meta["first_day"], meta["last_day"]),
        left_out=meta["left_out"],
    )


def _period(first: int | None, last: int | None) -> str | None:
    """Return the days between which it happened, counted from 1970-01-01; None if nothing has a time."""
    if first is None or last is None:
        return None
    return f"{EPOCH + timedelta(days=first)} to {EPOCH + timedelta(days=last)}"
