"""The article in the explorer: its words, what is marked in them, and the evidence of each mark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from flows.report.explorer_page import explorer_html
from tests import explorer_blocks
from tests.browser import opened
from tests.explorer_blocks import HOSTILE_TEXT, TEXT


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of rows that are known."""
    found = tmp_path_factory.mktemp("article") / "known.html"
    found.write_text(explorer_html(explorer_blocks.known()))
    return found


@pytest.fixture
def page(browser: Browser, path: Path) -> Iterator[Page]:
    """That page, when all of it is drawn."""
    with opened(browser, path) as found:
        found.page.wait_for_selector("body[data-ready]", state="attached")
        yield found.page


def read(page: Page, surface: str) -> None:
    """Open the article of the claim whose number is shown with these words."""
    page.locator("#results tbody tr", has_text=surface).locator("button").click()
    expect(page.locator("dialog .text p").first).to_be_visible()


def marked(page: Page, layer: str) -> str:
    """Return the words that a layer marks, the segments of it side by side."""
    return "|".join(page.locator(f"dialog .text .l-{layer}").all_inner_texts())


def test_the_text_is_whole_whatever_is_marked_in_it(page: Page) -> None:
    """Layers overlap here, and an emoji before most of them takes two code units."""
    read(page, "killed12")
    assert page.locator("dialog .text p").all_inner_texts() == [
        each for each in TEXT.split("\n") if each
    ]  # fmt: skip


def test_a_mark_ends_where_its_words_end(page: Page) -> None:
    read(page, "killed12")
    assert marked(page, "claim") == "12 drivers|3"
    assert marked(page, "time") == "Thursday"
    assert marked(page, "place") == marked(page, "mention") == "Ardabash"
    assert marked(page, "event") == "Two |shells| hit the convoy near |Ardabash"
    assert marked(page, "quote").replace("|", "") == TEXT.split("\n")[0][:-16] + TEXT.split("\n")[2]


def test_the_claim_of_the_row_is_marked_and_has_the_focus(page: Page) -> None:
    read(page, "killed12")
    assert page.evaluate("document.activeElement.textContent") == "12 drivers"
    assert page.locator("dialog .mark.current").all_inner_texts() == ["12 drivers"]
    card = page.locator("dialog .card").first
    assert card.locator("h3 bdi").inner_text() == "killed: 12 drivers"
    assert card.locator("dd").all_inner_texts() == ["claims/object", "0.75"]


def test_a_passage_with_several_layers_shows_the_evidence_of_each(page: Page) -> None:
    read(page, "killed12")
    page.locator("dialog .text .l-place").click()
    assert page.locator("dialog .card .kind").all_inner_texts() == ["place", "mention", "event", "quote"]


def test_a_layer_that_is_off_is_neither_marked_nor_walked_to(page: Page) -> None:
    read(page, "killed12")
    for name in ("Claims", "Quotes", "Events", "Places", "Times", "Topics"):
        page.locator("dialog .layers label", has_text=name).locator("input").uncheck()
    assert page.locator("dialog .walk .note").inner_text() == "1 marked"
    page.get_by_role("button", name="Next →").click()
    assert page.locator("dialog .mark.current").all_inner_texts() == ["Ardabash"]
    assert page.locator("dialog .card .kind").all_inner_texts() == ["mention"]


def test_arrow_keys_walk_from_mark_to_mark_and_around(page: Page) -> None:
    read(page, "killed12")
    walked = []
    for _ in range(9):
        page.keyboard.press("ArrowRight")
        walked.append(page.locator("dialog .card .kind").first.inner_text())
    assert walked == ["claim", "topic", "event", "quote", "topic", "place", "mention", "time", "claim"]
    page.keyboard.press("ArrowLeft")
    assert page.locator("dialog .card .kind").first.inner_text() == "time"


def test_the_words_of_a_topic_are_marked_in_the_headline_too(page: Page) -> None:
    read(page, "killed12")
    title = page.locator("dialog h2")
    assert title.locator(".l-topic").all_inner_texts() == ["Shells"]
    assert title.inner_text() == "Shells hit convoy"
    title.locator(".l-topic").click()
    assert page.locator("dialog .card").all_inner_texts() == [
        "topicwar\ncode\nmedtop:20000056\nconfidence\n0.75"
    ]
    page.locator("dialog .layers label", has_text="Topics").locator("input").uncheck()
    assert title.get_by_role("button").count() == 0


def test_a_space_between_two_marks_is_no_button(browser: Browser, tmp_path: Path) -> None:
    """It would have no name for those who hear the page."""
    words = {"quote": (0, 10), "topic": (0, 3), "tone": (4, 10)}
    layers = [
        {
            "layer": layer,
            "id": layer,
            "start": start,
            "end": end,
            "title": layer,
            "facts": [],
            "confidence": None,
        }
        for layer, (start, end) in words.items()
    ]
    texts = {"chunk-0": [{"text": "Two shells", "layers": layers, "headline": []}] * 2}
    (tmp_path / "page.html").write_text(explorer_html(explorer_blocks.known() | texts))
    with opened(browser, tmp_path / "page.html") as found:
        found.page.wait_for_selector("body[data-ready]", state="attached")
        read(found.page, "killed12")
        found.page.locator("dialog .layers label", has_text="Tone").locator("input").check()
        assert found.page.locator("dialog .text .mark").all_text_contents() == ["Two", " ", "shells"]
        assert found.page.locator("dialog .text [role=button]").all_text_contents() == ["Two", "shells"]
        assert found.accessibility_findings() == []


def test_words_of_tone_are_marked_when_they_are_asked_for(page: Page) -> None:
    """They are many, and say little beside a claim."""
    read(page, "killed12")
    word = page.locator("dialog .text .l-tone")
    tone = "element => getComputedStyle(element).getPropertyValue('--in-tone')"
    assert word.first.evaluate(tone) == "transparent"
    page.locator("dialog .layers label", has_text="Tone").locator("input").check()
    assert word.all_inner_texts() == ["killing"]
    assert word.first.evaluate(tone) != "transparent"


def test_closing_returns_the_focus_to_the_row(page: Page) -> None:
    read(page, "killed12")
    expect(page).to_have_url(re.compile("#open=c0$"))
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('tr').cells[1].textContent") == "12"
    expect(page).to_have_url(re.compile("known.html$"))


def test_an_address_that_names_a_claim_opens_its_article(browser: Browser, path: Path) -> None:
    with opened(browser, path) as found:
        found.page.goto(f"{path.as_uri()}#open=c1")
        found.page.reload()
        expect(found.page.locator("dialog .mark.current")).to_have_text("3")


def test_an_article_whose_text_is_left_out_says_so(page: Page) -> None:
    page.locator("#results tbody tr", has_text="dozens").locator("button").click()
    expect(page.locator("dialog .text")).to_contain_text("The text of this article is not in this page")


def test_what_a_dispatch_says_is_text_and_never_markup(page: Page) -> None:
    """A script that ran would raise a dialog; an image that was made would ask for its address."""
    raised: list[str] = []
    page.on("dialog", lambda dialog: (raised.append(dialog.message), dialog.dismiss()))
    read(page, "wounded")
    assert page.locator("dialog h2").inner_text() == "<img src=x onerror=alert(1)>"
    assert page.locator("dialog .text").text_content() == HOSTILE_TEXT
    assert page.locator("dialog .card h3 bdi").inner_text() == "<img src=x onerror=alert(5)>"
    assert page.locator("dialog a").count() == 0, "a link must lead to the web"
    assert page.locator("img").count() == 0
    assert page.locator("body script[src]").count() == 0
    assert raised == []


def test_a_name_cannot_turn_the_words_beside_it(page: Page) -> None:
    """A right-to-left override ends with the element that isolates the name."""
    cell = page.locator("#results tbody tr", has_text="dozens").locator("td.claimant bdi").first
    assert cell.text_content() == "\u202eAl-Ǧazīra\u202c"
    assert cell.evaluate("each => getComputedStyle(each).unicodeBidi") == "isolate"


def test_a_condition_with_markup_is_text_in_the_head(browser: Browser, tmp_path: Path) -> None:
    found = explorer_blocks.known()
    found["meta"] |= {"where": "source_name = '<script>alert(6)</script>'", "output": "</title><b>out"}
    (tmp_path / "page.html").write_text(explorer_html(found))
    with opened(browser, tmp_path / "page.html") as page:
        about = page.page.locator(".top .about").first.inner_text()
        assert about.startswith(
            "</title><b>out · where source_name = '<script>alert(6)</script>' · 3 articles"
        )


SEGMENTS = """async ([text, items]) => {
  const { paragraphsOf } = await import("dateline/explorer/segments.js");
  return paragraphsOf(text, items);
}"""


@pytest.mark.parametrize(
    ("text", "pieces", "wanted"),
    [
        ("abcdef", [], [[(0, 6, [])]]),
        ("abcdef", [[[0, 4]], [[2, 6]]], [[(0, 2, [0]), (2, 4, [0, 1]), (4, 6, [1])]]),
        ("abcdef", [[[0, 6]], [[2, 3]]], [[(0, 2, [0]), (2, 3, [1, 0]), (3, 6, [0])]]),
        ("ab\n\ncd", [[[1, 5]]], [[(0, 1, []), (1, 2, [0])], [(4, 5, [0]), (5, 6, [])]]),
        ("abcdef", [[[0, 2], [4, 6]]], [[(0, 2, [0]), (2, 4, []), (4, 6, [0])]]),
        ("abcdef", [[[3, 3]]], [[(0, 6, [])]]),
        ("ab\ncd\n  ef", [[[3, 4]]], [[(0, 3, []), (3, 4, [0]), (4, 5, [])], [(6, 10, [])]]),
        ("\n\n \nab\r\n\r\ncd\n", [], [[(4, 7, [])], [(10, 13, [])]]),
    ],
)
def test_segments_cover_a_paragraph_and_split_where_a_layer_does(
    page: Page, text: str, pieces: list[list[list[int]]], wanted: list[list[tuple[int, int, list[int]]]]
) -> None:
    items = [{"start": each[0][0], "end": each[-1][1], "pieces": each} for each in pieces]
    found = page.evaluate(SEGMENTS, [text, items])
    assert [[(each["start"], each["end"], each["items"]) for each in line] for line in found] == wanted


def test_the_whole_journey_needs_no_mouse(page: Page, tmp_path: Path) -> None:
    """Search, filter, row, article, mark, back to the row, export: by the keyboard alone."""
    press = page.keyboard.press

    def tab_to(description: str) -> None:
        for _ in range(60):
            press("Tab")
            if page.evaluate("document.activeElement.matches(arguments_)".replace("arguments_", json.dumps(description))):  # fmt: skip
                return
        pytest.fail(f"found no {description} within 60 steps of Tab")

    tab_to("#search")
    page.keyboard.type("shells")
    press("Enter")
    expect(page.locator("#status")).to_have_text("2 of 5 claims, in 1 article")
    tab_to("#facets input[type=checkbox]")
    tab_to("#facets li input[type=checkbox]")
    press("Space")
    tab_to("#results thead th.number button")
    press("Enter")
    tab_to("#results tbody button")
    press("Enter")
    expect(page.locator("dialog .card h3 bdi").first).to_have_text("killed: 12 drivers")
    press("ArrowRight")
    press("Enter")
    expect(page.locator("dialog .card h3 bdi").first).to_have_text("killed: 3")
    press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('tr').cells[1].textContent") == "12"
    for _ in range(40):
        press("Shift+Tab")
        if page.evaluate("document.activeElement.dataset.format === 'csv'"):
            break
    with page.expect_download() as download:
        press("Enter")
    download.value.save_as(tmp_path / "claims.csv")
    assert (tmp_path / "claims.csv").read_bytes().count(b"\r\n") == 3
