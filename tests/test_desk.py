"""Desk lines in the text and the headline: what they fill, and that the text keeps them as segments."""

from __future__ import annotations

from datetime import date

import pytest

from flows.parse import understand
from flows.parse.dateline import day_of

from .conftest import raw

NEWS = "KARSHOLM, Dec 3 (MP) - A bomb was found at the station."


def read(text: str, head: str = "date: 2021-12-03\n"):
    return understand(raw(f"{head}\n{text}".encode(), "key_value"))


@pytest.mark.parametrize(
    ("line", "kind", "version", "status", "note"),
    [
        ("URGENT", "desk_line", None, None, None),
        ("UPDATE 3", "desk_line", "UPDATE 3", None, None),
        ("1ST LEAD", "desk_line", "1ST LEAD", None, None),
        ("2nd Ld-Writethru", "desk_line", "2nd Ld-Writethru", None, None),
        ("CORRECTED:", "desk_line", "CORRECTED", None, None),
        ("(Adds quote, background)", "edition_note", None, None, "(Adds quote, background)"),
        (
            "(Corrects spelling of name in para 3)",
            "edition_note",
            None,
            None,
            "(Corrects spelling of name in para 3)",
        ),
        ("Eds: With photos.", "edition_note", None, None, "Eds: With photos."),
        ("EMBARGOED until 0600 GMT", "embargo", None, "withheld", "EMBARGOED until 0600 GMT"),
        ("MANDATORY KILL", "kill", None, "canceled", "MANDATORY KILL"),
    ],
)
def test_a_desk_line_is_a_segment_and_fills_what_the_header_leaves_open(line, kind, version, status, note):
    article = read(f"{line}\n\n{NEWS}")

    first = article.body.segments[0]
    assert (first.kind, first.span.of(article.body.text)) == (kind, line)
    assert (article.header.version, article.header.pub_status, article.header.edition_note) == (
        version,
        status,
        note,
    )
    assert article.body.text.startswith(line)
    assert article.body.dateline.located == "KARSHOLM"


@pytest.mark.parametrize(
    "line", ["Urgent talks began on Friday.", "The update 3 of the software failed.", "(A man was hurt.)"]
)
def test_news_that_only_begins_like_a_desk_line_is_news(line):
    assert read(f"{line}\n\nIt rained.").body.segments == ()


@pytest.mark.parametrize(
    ("headline", "version"),
    [
        ("UPDATE 3-Turkey says two killed", "UPDATE 3"),
        ("CORRECTED-Ministry to widen", "CORRECTED"),
        ("Update on talks", None),
    ],
)
def test_a_mark_before_the_headline_is_its_version(headline, version):
    article = read("It rained.", f"date: 2021-12-03\nheadline: {headline}\n")

    assert (article.header.headline, article.header.version) == (headline, version)


def test_a_byline_in_the_text_is_the_byline_where_the_header_has_none():
    article = read(f"By Marwan Haddad and Ann Lee\n\n{NEWS}")

    assert article.header.byline == "By Marwan Haddad and Ann Lee"
    assert [each.kind for each in article.body.segments] == ["byline", "dateline"]
    assert read(f"By Friday the talks had failed.\n\n{NEWS}").header.byline is None


def test_what_the_header_states_goes_before_what_the_desk_wrote():
    article = read(f"UPDATE 3\n\n{NEWS}", "date: 2021-12-03\nversion: 7\n")

    assert article.header.version == "7"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("###", "end_mark"),
        ("-30-", "end_mark"),
        ("ENDS", "end_mark"),
        ("(Reporting by A. Bee; Editing by C. Dee)", "credit"),
    ],
)
def test_end_marks_and_credits_are_segments(line, kind):
    article = read(f"It rained.\n\n{line}")

    assert [(each.kind, each.span.of(article.body.text)) for each in article.body.segments] == [(kind, line)]


def test_a_dateline_without_a_year_is_of_the_year_that_brings_it_nearest_to_the_publication():
    """Written on New Year's Eve, published the day after."""
    article = read("OSLO, Dec 31 (MP) - It snowed.", "date: 2021-01-01\n")

    assert day_of(article.body.dateline, article.header.published) == date(2020, 12, 31)


def test_a_dateline_with_its_year_is_the_publication_where_the_header_has_none():
    article = understand(raw(b"BOGOTA, 18 APRIL 89 (AFP) -- TWO MEN WERE KILLED.", "plain"))

    assert article.header.published.on == date(1989, 4, 18)
    assert article.header.published.raw == "18 APRIL 89"
