"""What the explorer page shows and filters, in a real browser."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from flows.explore.payload import blocks
from flows.report.explorer_page import MODULES, explorer_html
from flows.report.page import WEB
from tests import explorer_blocks
from tests.browser import opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of this module: of rows that are known, and of none."""
    found = tmp_path_factory.mktemp("explorer")
    (found / "known.html").write_text(explorer_html(explorer_blocks.known()))
    (found / "empty.html").write_text(explorer_html(explorer_blocks.empty()))
    (found / "many.html").write_text(explorer_html(explorer_blocks.many(400)))
    return found


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """The page of known rows, when all of it is drawn."""
    with opened(browser, folder / "known.html") as found:
        yield ready(found.page)


def ready(page: Page) -> Page:
    """Wait until the map is drawn."""
    page.wait_for_selector("body[data-ready]", state="attached")
    return page


def shown(page: Page) -> list[str]:
    """Return the words or names of the rows in the table, in their order."""
    return page.eval_on_selector_all(
        "#results tbody tr", "rows => rows.map((row) => `${row.querySelector('button').textContent} ${row.cells[1].textContent}`)"
    )  # fmt: skip


def expect_fragment(page: Page, wanted: str) -> None:
    """The address of the page says this after `#`, a moment after the last change."""
    expect(page).to_have_url(re.compile(f"#{re.escape(wanted)}$"))


def choose(page: Page, facet: str, value: str) -> None:
    """Choose a value of a facet, as a reader does."""
    title = re.compile(rf"^{re.escape(facet)}(\d+ chosen)?$")
    details = page.locator("details.facet", has=page.locator("summary", has_text=title))
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    details.locator("li", has_text=value).locator("input").check()


STATUS = "#status"


def test_the_status_counts_rows_and_articles(page: Page) -> None:
    expect(page.locator(STATUS)).to_have_text("5 of 5 claims, in 3 articles")


def test_the_newest_rows_are_first(page: Page) -> None:
    assert shown(page) == [
        "displaced at least 1,000", "destroyed dozens", "wounded 40–60", "killed 12", "killed 3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sao lembe", ["wounded 40–60"]),
        ("DRIVERS", ["killed 12"]),
        ("mayor shells", ["killed 12"]),
        ("al-gazira", ["destroyed dozens"]),
        ("onerror", ["displaced at least 1,000", "wounded 40–60"]),
    ],
)
def test_a_search_finds_every_word_of_it_without_case_and_accents(page: Page, query: str, found: list[str]) -> None:  # fmt: skip
    page.get_by_role("searchbox", name="Search").fill(query)
    expect(page.locator("#results tbody tr")).to_have_count(len(found))
    assert shown(page) == found


@pytest.mark.parametrize(
    ("facet", "value", "found"),
    [
        ("Effect", "killed", ["killed 12", "killed 3"]),
        ("Claimant type", "military", ["killed 3"]),
        ("Claimant", "the outlet itself", ["wounded 40–60"]),
        ("Victim side", "civilian", ["displaced at least 1,000", "wounded 40–60", "killed 12"]),
        ("Country", "Angola", ["wounded 40–60"]),
        ("Country", "no place", ["destroyed dozens"]),
        ("Place", "Ardabash, Turkey (town)", ["killed 12", "killed 3"]),
        ("Source", "Lakeside Wire", ["killed 12", "killed 3"]),
    ],
)
def test_a_facet_leaves_the_rows_of_its_value(page: Page, facet: str, value: str, found: list[str]) -> None:
    choose(page, facet, value)
    assert shown(page) == found


def test_a_facet_counts_what_would_pass_without_it(page: Page) -> None:
    """A reader sees how many rows a second value of the same facet would add."""
    choose(page, "Effect", "killed")
    counts = page.locator("details.facet", has_text="Effect").first.locator("li").all_inner_texts()
    types = page.locator("details.facet", has_text="Claimant type").first.locator("li").all_inner_texts()
    assert [re.sub(r"\s+", " ", each) for each in counts] == [
        "killed 2", "wounded 1", "displaced 1", "destroyed 1",
    ]  # fmt: skip
    assert [re.sub(r"\s+", " ", each) for each in types] == ["government 1", "military 1"]


def test_what_is_negated_or_historical_can_be_left_out(page: Page) -> None:
    page.get_by_label("negated").check()
    page.get_by_label("historical").check()
    assert shown(page) == ["wounded 40–60", "killed 12", "killed 3"]


def test_a_confidence_leaves_rows_that_have_it(page: Page) -> None:
    page.get_by_role("slider", name="Confidence at least").fill("0.8")
    assert shown(page) == ["wounded 40–60", "killed 12"]


def test_a_period_leaves_rows_whose_time_overlaps_it(page: Page) -> None:
    page.get_by_label("from", exact=True).fill("2020-03-01")
    page.get_by_label("to", exact=True).fill("2020-03-05")
    assert shown(page) == ["wounded 40–60"]


def test_the_brush_of_the_timeline_chooses_whole_days(page: Page) -> None:
    overlay = page.locator("#timeline .overlay")
    overlay.scroll_into_view_if_needed()
    box = overlay.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.locator(STATUS)).to_have_text("2 of 5 claims, in 1 article")
    assert page.get_by_label("from", exact=True).input_value() == "2020-02-20"


def test_a_chip_removes_its_filter_and_hands_the_focus_on(page: Page) -> None:
    choose(page, "Effect", "killed")
    choose(page, "Claimant type", "military")
    page.get_by_role("button", name="Remove the filter Effect: killed").click()
    expect(page.locator(STATUS)).to_have_text("1 of 5 claims, in 1 article")
    assert page.evaluate("document.activeElement.textContent") == "Claimant type: military×"
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(STATUS)).to_have_text("5 of 5 claims, in 3 articles")


def test_the_address_brings_back_the_same_rows_elsewhere(browser: Browser, folder: Path, page: Page) -> None:
    choose(page, "Effect", "killed")
    page.get_by_label("from", exact=True).fill("2020-02-01")
    page.get_by_role("button", name="Number").click()
    expect_fragment(page, "effect=killed&from=2020-02-01&sort=-number")
    with opened(browser, folder / "known.html") as other:
        other.page.goto(f"{(folder / 'known.html').as_uri()}#effect=killed&from=2020-02-01&sort=-number")
        other.page.reload()
        assert shown(ready(other.page)) == shown(page)
        assert other.page.locator(".chip bdi").all_inner_texts() == ["Effect: killed", "2020-02-01 or later"]


def test_an_address_that_says_nothing_known_shows_all(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "known.html") as found:
        found.page.goto(f"{(folder / 'known.html').as_uri()}#view=x&from=soon&page=-3&confidence=9&sort=__proto__&open=none&constructor=1")  # fmt: skip
        found.page.reload()
        expect(ready(found.page).locator(STATUS)).to_have_text("5 of 5 claims, in 3 articles")


def test_a_column_is_sorted_down_and_up_and_says_so(page: Page) -> None:
    number = page.locator("#results thead th.number")
    number.get_by_role("button").click()
    assert number.get_attribute("aria-sort") == "descending"
    assert shown(page)[0] == "displaced at least 1,000"
    assert shown(page)[-1] == "destroyed dozens"
    number.get_by_role("button").click()
    assert number.get_attribute("aria-sort") == "ascending"
    assert shown(page) == ["killed 3", "killed 12", "wounded 40–60", "displaced at least 1,000", "destroyed dozens"]  # fmt: skip


def test_a_bar_stands_on_a_logarithmic_scale(page: Page) -> None:
    """The greatest number is 1,000, so that the scale ends at ten thousand."""
    page.get_by_role("button", name="Number").click()
    bands = page.eval_on_selector_all("#results .band:not([hidden])", "all => all.map((each) => [each.className, parseFloat(each.style.insetInlineStart), parseFloat(each.style.width)])")  # fmt: skip
    marks = page.eval_on_selector_all("#results .best:not([hidden])", "all => all.map((each) => parseFloat(each.style.insetInlineStart))")  # fmt: skip

    def at(number: int) -> float:
        return 100 * math.log10(number + 1) / 4

    assert [name for name, *_ in bands] == ["band open", "band"]
    assert [each[1:] for each in bands] == [
        pytest.approx([at(1000), 100 - at(1000)], abs=0.001),
        pytest.approx([at(40), at(60) - at(40)], abs=0.001),
    ]
    assert marks == pytest.approx([at(1000), at(12), at(3)], abs=0.001)


def test_rows_come_in_pages(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "many.html") as found:
        page = ready(found.page)
        pages = page.get_by_role("navigation", name="Pages of the table")
        expect(pages).to_contain_text("1–25 of 400")
        pages.get_by_role("button", name="Last").click()
        expect(pages).to_contain_text("376–400 of 400")
        expect_fragment(page, "page=16")
        assert page.evaluate("document.activeElement.textContent") == "First"


def test_the_map_filters_by_the_place_that_is_pointed_at(page: Page) -> None:
    page.get_by_role("application", name="Map of the places").focus()
    page.keyboard.press("n")
    expect(page.locator(".tip")).to_have_text("Ardabash, Turkey (town)2 claims, within 7 km")
    page.keyboard.press("Enter")
    expect_fragment(page, "place=11-town")
    assert shown(page) == ["killed 12", "killed 3"]


NEXT_FRAME = """async () => {
  for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
}"""
"""The map is drawn in the second or third frame after a filter."""
PIXEL = """() => {
  const [map, tip] = ["canvas.places", ".tip"].map((each) => document.querySelector(each));
  const copy = new OffscreenCanvas(map.width, map.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(map, 0, 0);
  const at = (side) => Math.round((parseFloat(tip.style[side]) - 12) * devicePixelRatio);
  return copy.getImageData(at("insetInlineStart"), at("insetBlockStart"), 1, 1).data[3];
}"""


def test_a_country_is_a_hollow_circle_and_a_region_a_filled_one(page: Page) -> None:
    """Nothing is drawn in the middle of a country, where a pin would claim to know the place."""
    page.get_by_role("application", name="Map of the places").focus()
    alphas: dict[str, int] = {}
    for _ in range(3):
        page.keyboard.press("n")
        page.evaluate(NEXT_FRAME)
        alphas[page.locator(".tip bdi").inner_text()] = page.evaluate(PIXEL)
    assert alphas["Brazil (country)"] == 0
    assert alphas["São Lembe, Angola (region)"] > 0


@pytest.mark.parametrize(
    ("radius", "is_country", "most"),
    [(4, False, 8), (11, False, 6), (11, True, 22), (40, False, 2.5), (40, True, 15)],
)
@pytest.mark.parametrize("ratio", [1, 2])
def test_a_circle_is_drawn_as_a_canvas_would_draw_it(
    page: Page, radius: int, is_country: bool, most: float, ratio: int
) -> None:
    """Circles are computed as pixels: two that overlap have the fill, the line and the dashes that a canvas gives them.

    The difference is a mean of 255 over the pixels that are not empty. Without a fill it would be 69 or more, without dashes 46, without
    a line 3.9 of a wide circle and 10 of a small one.
    """
    difference, opaque = page.evaluate(DRAWN, [radius, is_country, ratio])
    assert opaque > 4 * radius
    assert difference < most


DRAWN = """async ([radius, isCountry, ratio]) => {
  const { drawCircles } = await import("dateline/explorer/circles.js");
  const { Raster } = await import("dateline/explorer/raster.js");
  const ring = (x, y) => Array.from({ length: 120 }, (_, at) => (2 * Math.PI * at) / 120).flatMap((angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]);
  const circles = [[50.3, 49.6], [50.3 + radius / 2, 52.1]].map(([x, y], at) => ({ at, x, y, radius, isCountry, rings: [ring(x, y)] }));
  const raster = new Raster(120 * ratio, 100 * ratio);
  const [canvas, expected] = [0, 1].map(() => new OffscreenCanvas(raster.width, raster.height).getContext("2d", { willReadFrequently: true }));
  const ink = { border: 0, accent: 0, ink: 0x201010, "shade-1": 0xbc7e2e };
  raster.clear("");
  drawCircles(raster, circles, { view: { k: 1, x: 0, y: 0, width: 120, height: 100 }, ink, ratio, shades: [{ least: 1, most: 5, name: "shade-1" }], counts: [0, 3, 3], chosen: new Set(), hover: -1 });
  raster.show(canvas);
  expected.scale(ratio, ratio);
  for (const { x, y } of circles) {
    expected.beginPath();
    expected.arc(x, y, radius, 0, 2 * Math.PI);
    Object.assign(expected, { globalAlpha: radius > 4 ? 0.45 : 0.9, fillStyle: "#2e7ebc" });
    if (!isCountry) expected.fill();
    Object.assign(expected, { globalAlpha: 1, lineWidth: isCountry ? 1.75 : 0.75, strokeStyle: isCountry ? "#2e7ebc" : "#101020" });
    expected.setLineDash(isCountry ? [5, 4] : []);
    expected.stroke();
  }
  const [found, wanted] = [canvas, expected].map((each) => each.getImageData(0, 0, raster.width, raster.height).data);
  let [difference, opaque] = [0, 0];
  for (let at = 0; at < found.length; at += 4) {
    if (found[at + 3] === 0 && wanted[at + 3] === 0) continue;
    opaque++;
    for (let channel = 0; channel < 4; channel++) difference += Math.abs(found[at + channel] * (channel < 3 ? found[at + 3] / 255 : 1) - wanted[at + channel] * (channel < 3 ? wanted[at + 3] / 255 : 1)) / 4;
  }
  return [difference / opaque, opaque];
}"""


def test_the_map_shows_only_the_places_of_rows_that_pass(page: Page) -> None:
    """A region that no row names any more is not drawn; it comes back with its rows."""
    page.get_by_role("application", name="Map of the places").focus()
    page.keyboard.press("n")
    while page.locator(".tip bdi").inner_text() != "São Lembe, Angola (region)":
        page.keyboard.press("n")
    page.evaluate(NEXT_FRAME)
    choose(page, "Effect", "killed")
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(PIXEL) == 0
    page.get_by_role("button", name="Clear all").click()
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(PIXEL) > 0


def test_a_region_stays_filled_and_a_country_hollow_however_near(page: Page) -> None:
    """Wide circles are drawn by their projected outline, small ones as circles."""
    page.get_by_role("application", name="Map of the places").focus()
    alphas: dict[str, int] = {}
    for _ in range(3):
        page.keyboard.press("0")
        page.keyboard.press("n")
        for _ in range(4):
            page.keyboard.press("+")
        page.evaluate(NEXT_FRAME)
        alphas[page.locator(".tip bdi").inner_text()] = page.evaluate(PIXEL)
    assert alphas["Brazil (country)"] == 0
    assert alphas["São Lembe, Angola (region)"] == pytest.approx(0.45 * 255, abs=2)


COLOURS = """() => {
  const map = document.querySelector("canvas.places");
  const copy = new OffscreenCanvas(map.width, map.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(map, 0, 0);
  const pixels = copy.getImageData(0, 0, map.width, map.height).data;
  const found = new Set();
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3] === 255) found.add(`${pixels[at]} ${pixels[at + 1]} ${pixels[at + 2]}`);
  return [...found];
}"""


def test_the_circles_take_the_colours_of_the_scheme(page: Page) -> None:
    """A country of one claim is outlined in the first shade: light on white, dark on black."""
    assert "156 199 227" in page.evaluate(COLOURS)
    page.emulate_media(color_scheme="dark")
    page.evaluate(NEXT_FRAME)
    found = page.evaluate(COLOURS)
    assert "36 80 111" in found
    assert "156 199 227" not in found


def test_the_map_and_the_timeline_are_as_wide_as_the_window_lets_them(page: Page) -> None:
    widths = """() => [["#map", ".places"], ["#timeline", "svg"]].map(([outer, inner]) => {
      const [box, drawn] = [outer, `${outer} ${inner}`].map((each) => document.querySelector(each).getBoundingClientRect().width);
      return Math.abs(box - drawn);
    })"""
    for width in (1280, 700, 1100):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(NEXT_FRAME)
        page.evaluate(NEXT_FRAME)
        assert max(page.evaluate(widths)) <= 2, width


def test_the_timeline_is_that_of_the_view(page: Page) -> None:
    note = page.locator("#timeline .note")
    expect(note).to_contain_text("5 claims by the first day of their time")
    page.locator("label", has=page.get_by_role("radio", name="Events")).click()
    expect(note).to_contain_text("2 events by the first day of their time")
    page.locator("label", has=page.get_by_role("radio", name="Claims")).click()
    expect(note).to_contain_text("5 claims by the first day of their time")


def test_lists_and_pages_are_as_they_were_left_in_the_other_view(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "many.html") as found:
        page = ready(found.page)
        place = page.locator("details.facet", has=page.locator("summary", has_text=re.compile("^Place$")))
        place.locator("summary").click()
        place.get_by_role("button", name="Show").click()
        expect(place.locator("li")).to_have_count(100)
        for view in ("Events", "Claims"):
            page.locator("label", has=page.get_by_role("radio", name=view)).click()
        expect(place.locator("li")).to_have_count(100)


def test_a_list_has_first_what_is_chosen_and_then_what_most_rows_have(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "many.html") as found:
        page = ready(found.page)
        place = page.locator(
            "details.facet", has=page.locator("summary", has_text=re.compile(r"^Place(\d+ chosen)?$"))
        )
        place.locator("summary").click()
        place.get_by_role("searchbox").fill("place 7")
        least = place.locator("li").last
        name = least.locator("bdi").inner_text()
        least.locator("input").check()
        assert place.locator("li bdi").first.inner_text() == name
        assert place.locator("li input:checked").count() == 1
        counts = [int(each) for each in place.locator("li .count").all_inner_texts()[1:]]
        assert counts == sorted(counts, reverse=True)
        assert page.evaluate("document.activeElement.closest('li').querySelector('bdi').textContent") == name


def test_events_have_filters_of_their_own_and_keep_those_that_are_shared(page: Page) -> None:
    choose(page, "Country", "Turkey")
    page.locator("label", has=page.get_by_role("radio", name="Events")).click()
    expect(page.locator(STATUS)).to_have_text("1 of 2 events, in 1 article")
    assert page.locator("#results tbody th button").all_inner_texts() == ["Fight with artillery and tanks"]
    page.get_by_role("button", name="Remove the filter Country: Turkey").click()
    choose(page, "ACLED event type", "none in ACLED")
    assert page.locator("#results tbody th button").all_inner_texts() == ["Consult"]


def test_claimants_who_disagree_stand_side_by_side(page: Page) -> None:
    page.locator("label", has=page.get_by_role("radio", name="Disagreements")).click()
    group = page.locator(".conflict")
    expect(group).to_have_count(1)
    assert group.locator("tbody th button").all_inner_texts() == ["The army", "the mayor"]
    assert group.locator("td.number").all_inner_texts() == ["3", "12"]
    expect(page.locator(STATUS)).to_contain_text("1 disagreement among 5 of 5 claims")


def test_disagreements_are_those_of_the_claims_that_pass(page: Page) -> None:
    """Also of filters that were set while another view was shown."""
    choose(page, "Effect", "wounded")
    page.locator("label", has=page.get_by_role("radio", name="Disagreements")).click()
    expect(page.locator("#conflicts .empty")).to_have_text("No conflicting claims pass the filters.")
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".conflict")).to_have_count(1)


SCALES = """async ([kind, greatest, numbers]) => {
  const { [kind]: Kind } = await import("dateline/explorer/range.js");
  const scale = new Kind(greatest);
  return [scale.ticks, numbers.map((each) => scale.at(each))];
}"""


@pytest.mark.parametrize(
    ("kind", "greatest", "ticks", "places"),
    [
        ("Scale", 9, [0, 1], {0: 0, 9: 1}),
        ("Scale", 99_999, [0, 100, 10_000], {99: 0.4, 99_999: 1}),
        ("EvenScale", 34, [0, 20, 40], {0: 0, 30: 0.75}),
        ("EvenScale", 403_000, [0, 250_000, 500_000], {250_000: 0.5}),
        ("EvenScale", 1, [0, 1], {1: 1}),
        ("EvenScale", 5, [0, 5], {2: 0.4}),
    ],
)
def test_a_scale_begins_at_nothing_and_holds_the_greatest_number(
    page: Page, kind: str, greatest: int, ticks: list[int], places: dict[int, float]
) -> None:
    """Numbers of one size are compared on an even scale, others on a logarithmic one."""
    found = page.evaluate(SCALES, [kind, greatest, list(places)])
    assert found == [ticks, pytest.approx(list(places.values()))]


def test_an_output_without_claims_says_so(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "empty.html") as found:
        page = ready(found.page)
        expect(page.locator(STATUS)).to_have_text("0 of 0 claims, in 0 articles")
        expect(page.locator("#results .empty")).to_have_text("This output has no claims.")


def test_a_map_without_a_place_says_so(page: Page) -> None:
    legend = page.locator(".legend")
    expect(legend).to_contain_text("known to a country only")
    choose(page, "Country", "no place")
    expect(legend).to_have_text("None of these claims has a place on the map.")
    page.get_by_role("button", name="Clear all").click()
    expect(legend).to_contain_text("known to a country only")


def test_on_a_narrow_screen_each_value_has_its_label(browser: Browser, folder: Path) -> None:
    """An event may have one of two actors; the words alone do not say which."""
    with opened(browser, folder / "known.html", width=400) as found:
        page = ready(found.page)
        page.locator("label", has=page.get_by_role("radio", name="Events")).click()
        cells = page.locator("#results tbody tr", has_text="Fight with artillery").locator("td:visible")
        assert cells.evaluate_all("all => all.map((each) => getComputedStyle(each, '::before').content)") == [
            '"Target actor"', '"Modality"', '"Place"', '"Time"', '"Source"',
        ]  # fmt: skip


def test_the_rows_that_stay_are_the_elements_that_they_were(page: Page) -> None:
    """A filter fills the rows of the table anew, so that the focus stays in it."""
    page.locator("#results tbody button").first.focus()
    page.evaluate("location.hash = 'effect=killed'")
    expect(page.locator("#results tbody tr")).to_have_count(2)
    assert shown(page) == ["killed 12", "killed 3"]
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 1
    page.get_by_role("button", name="Clear all").click()
    assert shown(page) == [
        "displaced at least 1,000", "destroyed dozens", "wounded 40–60", "killed 12", "killed 3",
    ]  # fmt: skip


def test_filters_that_nothing_passes_say_so(page: Page) -> None:
    page.get_by_role("searchbox", name="Search").fill("unheard of")
    expect(page.locator("#results .empty")).to_have_text(
        "No claims pass the filters. Remove one of them, or clear all."
    )


SETTINGS = [(width, scheme) for width in (1280, 400) for scheme in ("light", "dark")]


@pytest.mark.parametrize(("width", "scheme"), SETTINGS)
def test_axe_finds_nothing_serious_in_any_view(
    browser: Browser, folder: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, folder / "known.html", width=width, scheme=scheme) as found:
        page = ready(found.page)
        if width == 400:
            page.locator("#filters > summary").click()
        for view in ("Claims", "Events", "Disagreements"):
            page.locator("label", has=page.get_by_role("radio", name=view)).click()
            choose(page, "Country", "Turkey")
            assert found.accessibility_findings() == [], view
        page.locator(".conflict button").first.click()
        expect(page.locator("dialog .card").first).to_be_visible()
        assert found.accessibility_findings() == []


@pytest.mark.parametrize(("width", "scheme"), SETTINGS)
def test_the_page_is_never_wider_than_the_window(
    browser: Browser, folder: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, folder / "known.html", width=width, scheme=scheme) as found:
        page = ready(found.page)
        for view in ("Events", "Disagreements", "Claims"):
            page.locator("label", has=page.get_by_role("radio", name=view)).click()
            assert page.evaluate("document.documentElement.scrollWidth") == width, view
        page.locator("#results tbody button").first.click()
        assert page.evaluate("document.querySelector('dialog').scrollWidth") <= width


def test_the_modules_of_the_page_are_those_of_the_folder() -> None:
    files = [file.name for file in WEB.joinpath("explorer").iterdir() if file.name.endswith(".js")]
    assert sorted(files) == sorted(f"{name}.js" for name in (*MODULES, "explorer"))


def test_a_real_run_is_shown_as_its_tables_say(browser: Browser, dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "seeds.html").write_text(explorer_html(blocks(str(dataset))))
    claims = duckdb.sql(f"SELECT article_id, effect FROM '{dataset}/claims/*/*.parquet'").fetchall()
    with opened(browser, tmp_path / "seeds.html") as found:
        page = ready(found.page)
        articles = len({article for article, _ in claims})
        expect(page.locator(STATUS)).to_have_text(f"{len(claims)} of {len(claims)} claims, in {articles} articles")  # fmt: skip
        killed = sum(effect == "killed" for _, effect in claims)
        choose(page, "Effect", "killed")
        expect(page.locator("#results tbody tr")).to_have_count(killed)
