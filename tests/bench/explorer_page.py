"""How quick the explorer is in headless Chromium: until it is painted, until it can be used, and for each kind of filter.

    python -m tests.bench.explorer_page [--claims 50000] [--rounds 10] [PAGE]

Without a PAGE one is made with that many claims. A filter is timed from the input to the frame after which the table and the counts are drawn, and
to that after which the map and the timeline are. The figures are medians in milliseconds, and the greatest of each in brackets.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from flows.report.explorer_page import explorer_html
from tests import explorer_blocks
from tests.processes import program

MARKS = """() => Object.fromEntries([...performance.getEntriesByType("paint"), ...performance.getEntriesByType("mark")]
  .filter((each) => each.name !== "dateline/asked").map((each) => [each.name, each.startTime]))"""
TAKEN = """() => new Promise((done) => setTimeout(() => {
  const found = ["filter", "drawn"].map((name) => performance.getEntriesByName(`dateline/${name}`).map((each) => each.duration));
  performance.clearMeasures();
  done(found);
}, 250))"""
# Each is an expression of JavaScript that sets an input, by the number of the round.
FILTERS: dict[str, str] = {
    "search": "(n) => type('#search', n % 2 ? 'official 12' : 'shelling soldiers')",
    "effect": "(n) => tick('#facets details:nth-of-type(1) li input', n)",
    "claimant type": "(n) => tick('#facets details:nth-of-type(2) li input', n)",
    "period": "(n) => set('#from', n % 2 ? '2020-03-01' : '2021-06-01')",
    "negated": "(n) => tick('#facets .flags input', 0)",
    "place": "(n) => key('canvas.places', n % 2 ? ['n', 'Enter'] : ['Enter'])",
    "sort": "(n) => document.querySelectorAll('#results thead button')[n % 6].click()",
    "page": "(n) => document.querySelectorAll('.pages button:enabled')[n % 2 ? 1 : 0].click()",
    "view": "(n) => document.querySelector(`input[value=${n % 2 ? 'claims' : 'events'}]`).click()",
}
HELPERS = """
const find = (selector) => document.querySelector(selector);
const fire = (each, name) => each.dispatchEvent(new Event(name, { bubbles: true }));
const type = (selector, value) => { find(selector).value = value; find("#find").requestSubmit(); };
const set = (selector, value) => { find(selector).value = value; fire(find(selector), "change"); };
const tick = (selector, at) => { const all = document.querySelectorAll(selector); all[at % all.length].click(); };
const key = (selector, keys) => keys.forEach((each) => find(selector).dispatchEvent(new KeyboardEvent("keydown", { key: each, bubbles: true })));
"""


def main() -> None:
    """Measure, and print one line for each figure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("page", nargs="?", type=Path)
    asked.add_argument("--claims", type=int, default=50_000)
    asked.add_argument("--rounds", type=int, default=10)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.page or Path(folder, "page.html")
        if given.page is None:
            path.write_text(explorer_html(explorer_blocks.many(given.claims)))
        load = os.getloadavg()[0]
        say(f"{path.stat().st_size / 1e6:.1f} MB, {os.cpu_count()} processors, load {load:.1f}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=program("chromium", "google-chrome", "chromium-browser"),
                args=["--no-sandbox"],
            )
            loads = [loaded(browser.new_page, path) for _ in range(given.rounds)]
            for name in loads[0]:
                say(f"{name:28}{figures([each[name] for each in loads])}")
            page = opened(browser.new_page, path)
            for name, script in FILTERS.items():
                page.evaluate(TAKEN)
                page.evaluate("() => { location.hash = ''; }")
                rounds = [filtered(page, script, n) for n in range(given.rounds)]
                shown, drawn = (
                    [time for times in part for time in times] for part in zip(*rounds, strict=True)
                )
                say(f"filter by {name:18}{figures(shown)}; map{figures(drawn)}")
            browser.close()


def opened(new: Callable[[], Page], path: Path) -> Page:
    """Open the page and wait until all of it is drawn."""
    page = new()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("body[data-ready]", state="attached")
    return page


def loaded(new: Callable[[], Page], path: Path) -> dict[str, float]:
    """Return the marks of one load, in milliseconds from its start."""
    page = opened(new, path)
    marks: dict[str, float] = page.evaluate(MARKS)
    page.close()
    return marks


def filtered(page: Page, script: str, number: int) -> tuple[list[float], list[float]]:
    """Return how long the filters of one input took to the table, and to the map."""
    page.evaluate(f"(n) => {{ {HELPERS} ({script})(n); }}", number)
    shown, drawn = page.evaluate(TAKEN)
    return shown, drawn


def figures(times: list[float]) -> str:
    """Write the median and the greatest of times."""
    return f"{statistics.median(times):8.0f} ({max(times):.0f}), n={len(times)}"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
