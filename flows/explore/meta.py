"""What the page says of itself: counts, days, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows import __version__
from flows.explore.articles import MAX_TEXTS
from flows.explore.columnar import NULL, Block

COUNTED = ("articles", "claims", "events", "places")


def meta_block(
    output: str, where: str | None, found: Mapping[str, Any], countries: Mapping[str, str]
) -> Block:
    """Return the block `meta` for the other blocks. `countries` are the names of the countries that the places lie in."""
    days = [
        day
        for table in ("claims", "events")
        for column in ("first_day", "last_day")
        for day in found[table]["columns"][column]["numbers"]
        if day is not None
    ]
    used = {code for code in found["places"]["columns"]["country"]["values"] if code}
    return {
        "title": "Claims and events",
        "output": output,
        "where": where,
        "version": __version__,
        "counts": {name: found[name]["count"] for name in COUNTED},
        "left_out": _left_out(where, found),
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "countries": {code: countries[code] for code in sorted(used & set(countries))},
    }


def _left_out(where: str | None, found: Mapping[str, Any]) -> list[str]:
    held = found["articles"]["columns"]["chunk"]["numbers"]
    if not held:
        return ["The condition holds for nothing in the output." if where else "The output has no articles."]
    sentences = []
    if not found["claims"]["count"] and not found["events"]["count"]:
        sentences.append("There are no claims and no events among these articles.")
    if missing := held.count(NULL):
        sentences.append(
            f"The texts of {missing:,} of {len(held):,} articles are left out: a page holds {MAX_TEXTS:,}, first those with claims or "
            "events, then the newest. Choose articles with --where."
        )
    return sentences
