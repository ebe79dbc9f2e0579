"""The report of a run in a browser: drawn without a network, usable by keyboard, and nothing that a dispatch says is markup."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page

from flows.fields import fields_named

from .browser import opened
from .conftest import SEEDS
from .coordinating import run_here
from .test_compact import now

HOSTILE = "</script><script>document.title='run'</script><img src=x onerror=alert(1)> \"' \u202egpj.exe"
CHARTS = ("stages", "rate", "dispatches", "reject_share", "language", "source_name", "format", "published_on")
DRAWN = "html[data-drawn]"

BAR = "#chart-language .mark-rect.role-mark path"

SETTINGS = pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")]
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a second run: over seeds, and over lines with hostile names, some of which are broken."""
    folder = tmp_path_factory.mktemp("report")
    output, hostile = folder / "output", folder / "<b>' \"&lt;"
    hostile.mkdir()
    lines = [
        json.dumps({"headline": HOSTILE, "source": HOSTILE, "text": f"{number} men met in Paris."})
        for number in range(60)
    ]
    (hostile / "a.jsonl").write_text("\n".join(lines))
    run_here(hostile, output=output, fields=fields_named("header"), began=now())
    (hostile / "<i>b.jsonl").write_text("\n".join([f"broken {HOSTILE}", *lines[:9]]))
    summary = run_here(SEEDS, hostile, output=output, fields=fields_named("header"), began=now())
    return output / "_reports" / f"{summary.run_id}.html"


def bars_of(page: Page, name: str) -> int:
    return page.locator(f"#chart-{name} .mark-rect.role-mark path").count()


@SETTINGS
def test_every_chart_is_drawn_within_the_width_of_the_window_and_axe_finds_nothing_serious(
    report, browser, width, scheme
):
    with opened(browser, report, width=width, scheme=scheme) as found:
        found.page.wait_for_selector(DRAWN)

        assert [found.page.locator(f"#chart-{name} svg").count() for name in CHARTS] == [1] * len(CHARTS)
        widest = found.page.evaluate("document.documentElement.scrollWidth")
        assert widest == width
        assert (
            found.page.evaluate(
                "[...document.querySelectorAll('.chart svg')].filter((each) => each.getBoundingClientRect().right > innerWidth)"
            )
            == []
        )
        for summary in found.page.locator("summary").all():
            summary.evaluate("(each) => { each.parentElement.open = true; }")
        assert found.accessibility_findings() == []


def test_a_chart_has_a_bar_for_each_row_of_its_table(report, browser):
    with opened(browser, report) as found:
        found.page.wait_for_selector(DRAWN)
        rows = found.page.locator('[aria-label="Articles by language"] tbody tr').count()

        assert bars_of(found.page, "language") == rows
        assert bars_of(found.page, "stages") >= 5


def test_the_charts_take_the_colours_of_the_page_when_it_turns_dark(report, browser):
    with opened(browser, report) as found:
        page = found.page
        page.wait_for_selector(DRAWN)
        fill = f"getComputedStyle(document.querySelector('{BAR}')).fill"
        light = page.evaluate(fill)

        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"document.querySelector('{BAR}') !== null && {fill} !== '{light}'")

        assert (light, page.evaluate(fill)) == ("rgb(11, 92, 138)", "rgb(121, 189, 232)")


def test_what_dispatches_and_files_are_called_stays_text(report, browser):
    """`opened` asserts that no script wrote to the console and that nothing was requested."""
    with opened(browser, report) as found:
        found.page.wait_for_selector(DRAWN)

        assert found.page.title().startswith("Run ")
        assert found.page.locator("main :is(img, script, i, b)").count() == 0
        text = found.page.locator("body").inner_text()
        shown = HOSTILE.replace("\u202e", "\\u202e")
        assert f"broken {shown}"[:150] in found.page.locator("#rejects .excerpt").inner_text()
        assert "\u202e" not in text
        found.page.locator("#articles summary").nth(1).click()
        assert found.page.get_by_role("rowheader", name=shown).count() == 1
        assert "%3Ci%3Eb.jsonl" in found.page.locator("#rejects .uri").inner_text()
        assert "<b>' \"&lt;" in unquote(found.page.locator("#rejects .uri").inner_text())


def test_the_keyboard_reaches_the_sections_the_folded_figures_and_the_wide_tables(report, browser):
    with opened(browser, report, width=400) as found:
        page = found.page
        page.wait_for_selector(DRAWN)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        wanted = page.evaluate(
            "[...document.querySelectorAll('nav a, summary, .wide')].filter((each) => each.checkVisibility()).length"
        )
        reached: list[str] = []
        while True:
            page.keyboard.press("Tab")
            name = page.evaluate("document.activeElement.tagName")
            if name == "BODY":
                break
            reached.append(name)

        assert len(reached) == wanted
        assert {"A", "SUMMARY", "DIV"} == set(reached)


def test_what_is_folded_is_printed(report, browser):
    with opened(browser, report) as found:
        found.page.wait_for_selector(DRAWN)
        folded = found.page.locator("details:not([open])").count()

        found.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        unfolded = found.page.locator("details:not([open])").count()
        found.page.evaluate("dispatchEvent(new Event('afterprint'))")

        assert (folded > 0, unfolded) == (True, 0)
        assert found.page.locator("details:not([open])").count() == folded


def test_without_javascript_the_figures_are_there(report, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())

    assert page.locator(".outcome").inner_text().startswith("Read 69 dispatches = 68 articles + 1 reject in ")
    context.close()
