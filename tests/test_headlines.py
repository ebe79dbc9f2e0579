"""The headline of a web page: the choice among the texts that a page states, and the removal of the site's name."""

from __future__ import annotations

import json

import pytest

from flows.parse import understand
from flows.parse.site import Site, site_of, without_site

from .conftest import raw


def page(
    *,
    title: str = "",
    h1: str | list[str] = (),
    linked: dict[str, object] | None = None,
    canonical: str = "",
    body: str = "",
    **metas: str,
) -> str | None:
    """Return the headline of a made page; `og_title="…"` is its meta element `og:title`."""
    headings = [h1] if isinstance(h1, str) else h1
    head = f"<title>{title}</title>" if title else ""
    head += "".join(
        f'<meta property="{name.replace("_", ":", 1)}" content="{value}">' for name, value in metas.items()
    )
    if canonical:
        head += f'<link rel="canonical" href="{canonical}">'
    if linked:
        script = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle"} | linked)
        head += f'<script type="application/ld+json">{script}</script>'
    shown = "".join(f"<h1>{text}</h1>" for text in headings)
    html = f"<html><head>{head}</head><body>{body}<article>{shown}<p>Rain fell on the hills.</p></article></body></html>"
    return understand(raw(html.encode(), "html")).header.headline


DAM = "Dam bursts above the town of Elmina"


@pytest.mark.parametrize(
    "title",
    [
        f"{DAM} - The Harbour Gazette",
        f"{DAM} – Harbour Gazette",
        f"{DAM} — harbourgazette.com",
        f"{DAM} | The Harbour Gazette",
        f"{DAM}|Harbour Gazette",
        f"{DAM} « Harbour Gazette",
        f"{DAM} » Harbour Gazette",
        f"{DAM} · Harbour Gazette",
        f"{DAM} • Harbour Gazette",
        f"{DAM} :: Harbour Gazette",
        f"{DAM} : HarbourGazette",
        f"{DAM} / Harbour Gazette",
        f"{DAM} | Harbour Gazette News",
        f"{DAM} | HG",
        f"{DAM} | World | Harbour Gazette",
        f"{DAM} - World News - Harbour Gazette - harbourgazette.com",
        f"Harbour Gazette | {DAM}",
        f"The Harbour Gazette: {DAM}",
        f"Harbour Gazette » {DAM}",
        f"{DAM} | Harbour Gazette | Fish, Weather, Tides | Elmina",
        f"{DAM} | Weather | The Daily Harbour Gazette",
        f"{DAM} — www.gazette-mirror.example",
    ],
)
def test_the_name_of_the_site_is_no_part_of_a_headline(title):
    """It follows or precedes the headline, with sections between them."""
    assert (
        page(
            og_title=title,
            title=title,
            linked={"publisher": {"@type": "Organization", "name": "Harbour Gazette"}},
            canonical="https://www.harbourgazette.com/world/2020/dam-bursts",
        )
        == DAM
    )


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Le Midi", "https://www.lemidi.fr/monde/barrage"),
        ("El Páramo", "https://elparamo.com.co/noticias/presa"),
        ("South Coast Morning Mail", "https://scmm.example/news/dam"),
        ("The Lagos Tribune", "https://www.lagostribune.ng/dam"),
        ("New Delta Times", "https://www.nytdelta.example/a/b"),
        ("Los Altos Times", "https://laltostimes.com/story/dam"),
        ("Herald", "https://m.herald.co.zw/dam/"),
    ],
)
def test_the_address_of_a_page_names_its_site(name, address):
    """Spelled out, without its accents, or as the first letters of the words of its name."""
    wanted = f"{DAM} - {name}" if "nytdelta" in address else DAM
    assert page(title=f"{DAM} - {name}", canonical=address) == wanted


def test_a_suffix_that_the_shown_headline_lacks_is_cut_on_a_page_that_names_no_site():
    assert page(title=f"{DAM} - Coastline Daily", og_title=f"{DAM} - Coastline Daily", h1=DAM) == DAM


def test_a_prefix_that_the_shown_headline_lacks_is_cut():
    assert page(title=f"Dispatches | {DAM}", og_title=f"Dispatches | {DAM}", h1=DAM) == DAM


@pytest.mark.parametrize(
    "headline",
    [
        "Aid convoy reaches Tawila – the first since June",
        "Explainer | Why the ferry sank",
        "Live: polls close in three provinces",
        "Ceasefire talks - what we know so far",
    ],
)
def test_a_dash_within_a_headline_is_no_separator(headline):
    """Nothing says that what follows it is the name of the site."""
    assert page(title=headline, og_title=headline, h1=headline, og_site_name="Harbour Gazette") == headline
    assert page(title=headline) == headline


@pytest.mark.parametrize(
    "headline",
    [
        "Two boats collide – Gazette reporter aboard",
        "Dam bursts above Elmina: Gazette of a week of rain",
        "Storm nears | What we know",
    ],
)
def test_a_clause_that_begins_with_the_name_of_the_site_stays(headline):
    """In names of sites every word begins with a capital letter."""
    found = page(
        title=headline, og_site_name="Gazette", canonical="https://gazette.example/a-slug/of-this-page/1"
    )

    assert found == headline


def test_the_words_of_an_address_are_no_section_unless_they_are_few():
    """Addresses repeat the headline, which a colon divides."""
    title = "Elmina: Dam bursts above the town | Harbour Gazette"
    address = "https://harbourgazette.com/dam-bursts-above-the-town/story/1"

    assert page(title=title, canonical=address) == "Elmina: Dam bursts above the town"


def test_a_name_that_is_part_of_the_sentence_stays():
    """The name is cut only where a separator sets it off."""
    headline = "Reporter of the Harbour Gazette freed after a week"

    assert page(og_title=headline, og_site_name="Harbour Gazette", h1=headline) == headline


def test_a_headline_of_one_word_stays():
    """`Floods - Harbour Gazette` is not a longer name of the Gazette."""
    assert page(title="Floods - Harbour Gazette", og_site_name="Harbour Gazette") == "Floods"


def test_the_heading_of_a_section_does_not_cut_the_headline_down():
    """`Sport` precedes a separator in the title, and is shown as a heading too."""
    title = "Sport | Swimmers cross the strait in a storm"

    assert page(title=title, og_title=title, h1="Sport") == title


def test_the_shown_headline_that_is_shared_too_goes_before_the_one_for_search_engines():
    """JSON-LD and `<title>` repeat a text made of search words."""
    found = page(
        title="Elmina dam burst: what happened | Harbour Gazette",
        linked={"headline": "Elmina dam burst: what happened"},
        og_title="Hundreds flee as a dam bursts above Elmina",
        h1="Hundreds flee as a dam bursts above Elmina",
        og_site_name="Harbour Gazette",
    )

    assert found == "Hundreds flee as a dam bursts above Elmina"


def test_the_shown_headline_that_is_linked_data_too_goes_before_the_shared_one():
    found = page(
        linked={"headline": "Ferry with 90 people aboard sinks off Mokpo"},
        og_title="You will not believe how this ferry sank",
        h1="Ferry with 90 people aboard sinks off Mokpo",
    )

    assert found == "Ferry with 90 people aboard sinks off Mokpo"


def test_a_shared_headline_that_the_title_repeats_gives_way_to_the_one_shown():
    found = page(
        title="HS roundup: rowers of Elmina win the regatta - Harbour Gazette",
        og_title="HS roundup: rowers of Elmina win the regatta",
        h1="High school roundup: rowers of Elmina win the regatta",
        og_site_name="Harbour Gazette",
    )

    assert found == "High school roundup: rowers of Elmina win the regatta"


def test_data_that_agree_go_before_a_heading_that_differs():
    """The heading has a word that editors put in front of headlines."""
    found = page(
        linked={"headline": DAM}, og_title=DAM, title=f"{DAM} | Harbour Gazette", h1=f"Breaking {DAM}"
    )

    assert found == DAM


@pytest.mark.parametrize(
    "heading",
    [
        "Harbour Gazette",
        "Join our newsletter",
        "Comments",
        "Most read today",
    ],
)
def test_a_heading_that_is_not_of_the_article_is_not_its_headline(heading):
    """Sites put their name, boxes and comments under headings of the first level."""
    title = f"{DAM} | Harbour Gazette"

    assert page(title=title, h1=heading, og_site_name="Harbour Gazette") == DAM


def test_a_heading_of_a_menu_is_not_read():
    menu = f"<nav><h1>{DAM} and other stories</h1></nav>"

    assert page(body=menu, title="Elmina mourns after a flood", h1="Elmina mourns after a flood") == (
        "Elmina mourns after a flood"
    )


def test_of_several_headings_the_one_that_the_title_says_is_the_headline():
    assert page(title=f"{DAM} today", h1=["Weather", DAM, "Markets", "Dam"]) == DAM


def test_a_page_without_headings_has_the_headline_of_its_title():
    assert page(title=f"{DAM} | Harbour Gazette", og_site_name="Harbour Gazette") == DAM


def test_a_page_with_nothing_but_a_heading_has_that():
    assert page(h1=DAM) == DAM


def test_a_page_that_states_nothing_but_the_name_of_its_site_has_that_as_its_headline():
    assert page(title="The Harbour Gazette", og_site_name="Harbour Gazette") == "The Harbour Gazette"


def test_a_headline_that_is_cut_off_is_the_whole_one():
    """Networks that show shared pages limit the length."""
    whole = "Fishermen of three villages find a boat adrift with nobody aboard"
    found = page(og_title="Fishermen of three villages find a boat adrift …", h1=whole, title="Boat adrift")

    assert found == whole


def test_kinds_of_quotation_marks_and_spaces_make_no_other_headline():
    """The page shows typographic marks where its data have plain ones."""
    found = page(
        linked={"headline": "Mayor: 'we were warned' "}, og_title="Quiet night", h1="Mayor: ‘we  were warned’"
    )

    assert found == "Mayor: 'we were warned'"


def test_headlines_in_scripts_without_spaces_are_compared_by_letter():
    found = page(
        title="川の堤防が決壊、住民避難 - みなと新聞",
        og_site_name="みなと新聞",
        h1=["みなと新聞", "川の堤防が決壊し住民が避難"],
    )

    assert found == "川の堤防が決壊し住民が避難"


def test_a_marked_element_is_a_shown_headline():
    """schema.org as attributes: the headline is an `h2`."""
    body = f'<h2 itemprop="headline">{DAM}</h2>'

    assert page(body=body, title=f"{DAM} at night, 40 missing - Elmina | Gazette") == DAM


def test_every_candidate_is_kept_as_stated():
    """The choice can be checked: other candidates, and what was cut, are kept in the rest of the header."""
    html = (
        f"<html><head><title>{DAM} | Harbour Gazette</title>"
        f'<meta property="og:title" content="{DAM} - Harbour Gazette"></head><body><h1>{DAM}</h1><p>Rain.</p></body></html>'
    )
    header = understand(raw(html.encode(), "html")).header

    assert header.headline == DAM
    assert header.rest["headline"] == f"{DAM} - Harbour Gazette"
    assert header.rest["headline#2"] == f"{DAM} | Harbour Gazette"


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("BBC", False),
        ("Harbour Gazette", True),
        ("the harbour gazette", True),
        ("Harbour-Gazette", True),
        ("HarbourGazette.com", True),
        ("Harbour Gazette Online", True),
        ("Gazette of the harbour", False),
        ("Harbour Gazette wins a prize", False),
        ("Harbour Gazette West Coast", True),
        ("Old Harbour Gazette", True),
        ("Harbour Gazette of Old Accra Town", False),
        ("harbour pilots strike", False),
        ("mirror.example", True),
        ("Harbour", True),
        ("News of the harbour", False),
        ("", False),
        ("—", False),
    ],
)
def test_a_site_is_named_in_full_abbreviated_or_with_one_more_word(text, is_name):
    site = site_of(["Harbour Gazette"], ["https://www.harbourgazette.com/world/dam"], [])

    assert site.is_named_by(text) is is_name


def test_addresses_that_are_none_name_no_site():
    assert site_of([], ["http://[", "story/dam", "file:///in/page.html"], []) == Site()


def test_an_unknown_site_leaves_a_title_as_it_is():
    assert without_site("Flood - Harbour Gazette", Site()) == "Flood - Harbour Gazette"
