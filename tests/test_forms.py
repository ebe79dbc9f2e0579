"""What is particular to a form; what each yields of a whole dispatch is in the golden files."""

from __future__ import annotations

import gzip
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import BrokenRecord, NoNews, OversizeHeader, RefusedEntity, UnreadableDate
from flows.parse import sniff, understand
from flows.parse.formats import Sample, cut
from flows.parse.headers import BY_NAME, key_value
from flows.parse.keys import is_known
from flows.parse.records import objects_in
from flows.records import Article, Rules

from .conftest import SEEDS, dateline, raw


def articles(payload: bytes, form: str | None = None, rules: Rules | None = None) -> list[Article]:
    """Read all dispatches of a file."""
    known = BY_NAME[form] if form else sniff(Sample("input", payload))
    ranges, (start, end) = cut(known, payload)
    return [
        understand(raw(payload[a:b], known.name, envelope=payload[start:end], rules=rules or Rules()))
        for a, b in ranges
    ]


def test_every_form_is_listed_with_what_it_yields():
    listed = dateline("formats").stdout.decode().splitlines()

    assert [line.split()[0] for line in listed] == list(BY_NAME)
    assert all(len(line.split()) > 2 for line in listed)


def test_a_form_that_is_forced_is_used_and_one_that_is_unknown_is_wrong_use(tmp_path):
    forced = dateline("explain", SEEDS / "inline-bridge.txt", "--format", "plain")
    unknown = dateline("run", SEEDS, "--format", "teletext", "--output", tmp_path)

    assert " plain" in forced.stdout.decode()
    assert unknown.returncode == 2
    assert "found 'teletext'" in unknown.stderr.decode()


@pytest.mark.parametrize(
    ("payload", "form"),
    [
        (b'{"versioncreated": "2020-02-20", "headline": "A"}', "ninjs"),
        (b'{"versionCreated": "2020-02-20", "headlines": []}', "ninjs"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": []}', "json_feed"),
        (b'{"headline": "A"}\n{"headline": "B"}', "jsonl"),
        (b'[{"headline": "A"}]', "json"),
        (b'{\n "headline": "A"\n}', "json"),
        (b'{"title": "A"}\nThe text.', "front_matter"),
        (b"Message-ID: <a@b>\nFrom: a@b\n\nText.", "mail"),
        (b"From a@b.example Mon Sep  6 10:15:00 2021\nSubject: A\n\nText.", "mbox"),
        (b"Date: 2020-02-20\nTitle: A\n\nText.", "key_value"),
        (b"id\ttitle\ttext\n1\tA\tB\n", "csv"),
        (b"<!-- a --><!DOCTYPE nitf SYSTEM 'nitf.dtd'><nitf/>", "nitf"),
        ("<?xml version='1.0' encoding='utf-16'?><nitf/>".encode("utf-16"), "nitf"),
        (b"<rss xmlns:wp='http://wordpress.org/export/1.2/'>", "wxr"),
        (b"<rss version='2.0'>", "feed"),
        (b"<p>A fragment</p>", "html"),
    ],
)
def test_the_form_is_told_from_the_bytes(payload, form):
    assert sniff(Sample("anything.dat", payload)).name == form


def test_several_inline_dispatches_in_one_file_each_begin_with_their_date():
    payload = b" date 2020-02-20 One.\n\nMore of one.\n\n date 2020-02-21 Two.\n###\ndate 2020-02-22 Three.\n"

    assert [(each.header.published.on.day, each.body.text) for each in articles(payload)] == [
        (20, "One.\n\nMore of one."),
        (21, "Two.\n###"),
        (22, "Three."),
    ]


def test_a_date_in_the_middle_of_a_text_begins_no_dispatch():
    payload = b"date 2020-02-20 One.\nThe deadline is\ndate 2020-02-21 at noon.\n"

    assert len(articles(payload)) == 1


def test_a_block_that_begins_with_the_same_key_again_begins_another_dispatch():
    payload = (
        b"Date: 2020-02-20\nTitle: A\n\nOne.\n\nDate: not fixed yet.\n\nDate: 2020-02-21\nTitle: B\n\nTwo.\n"
    )

    assert [each.header.headline for each in articles(payload)] == ["A", "B"]


def test_plain_texts_in_one_file_end_with_their_mark():
    assert [each.body.text for each in articles(b"One.\n-30-\nTwo.\n-30-\n", "plain")] == [
        "One.\n-30-",
        "Two.\n-30-",
    ]


@pytest.mark.parametrize(
    ("payload", "count"),
    [
        (b'[{"text": "a"}, {"text": "b"}]', 2),
        (b'{"total": 2, "item": [{"headline": "a"}, {"headline": "b"}]}', 2),
        (b'{"data": {"items": [{"item": {"a": [1, {"b": "]"}]}}]}}', 1),
        (b'{"headline": "a", "items": [{"headline": "of a picture"}]}', 1),
        (b'{"a": "[{\\"text\\": 1}]"}', 1),
        (b"{broken", 1),
    ],
)
def test_the_objects_of_a_list_are_dispatches_and_an_object_alone_is_one(payload, count):
    assert len(list(objects_in(payload))) == count


def test_a_key_around_a_list_holds_for_what_is_in_it():
    (article,) = articles(
        b'{"language": "de", "publisher": "Der Bote", "articles": [{"title": "Es regnet"}]}'
    )

    assert (article.header.language, article.header.source_name) == ("de", "Der Bote")


def test_a_key_that_stands_twice_is_kept_twice():
    (article,) = articles(b'{"title": "a", "title": "b", "text": "c"}', "json")

    assert (article.header.headline, article.header.rest) == ("a", {"title#2": "b"})


def test_the_user_names_the_columns_of_a_table():
    payload = b"when;Artikel\n2020-02-20;It rained.\n"
    (article,) = articles(payload, "csv", Rules(columns={"when": "date", "Artikel": "text"}))

    assert (article.header.published.on, article.body.text) == (date(2020, 2, 20), "It rained.")


def test_a_row_of_another_width_is_refused_alone():
    ranges, (start, end) = cut(BY_NAME["csv"], payload := b"id,title,text\n1,A,B\n2,C\n3,D,E\n")

    assert len(ranges) == 3
    with pytest.raises(BrokenRecord, match="2 fields, wanted 3"):
        understand(raw(payload[slice(*ranges[1])], "csv", envelope=payload[start:end]))


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows():
    payload = b'id\ttitle\ttext\n1\t"A\tB\n2\tC\tD\n3\tE\tF\n'

    assert len(articles(payload, "csv")) == 3


def test_a_page_whose_first_date_is_none_is_dated_by_the_next():
    page = (
        b'<html><head><meta property="article:published_time" content="soon"><meta name="date" content="2020-02-20">'
        b"</head><body><p>Two.</p></body></html>"
    )
    (article,) = articles(page)

    assert article.header.published.on == date(2020, 2, 20)


def test_a_page_with_no_date_that_can_be_read_is_refused_by_its_first():
    with pytest.raises(UnreadableDate, match="soon"):
        articles(b'<html><head><meta name="date" content="soon"></head><body><p>Two.</p></body></html>')


def test_a_picture_in_agency_xml_has_its_caption_for_a_text():
    item = (
        b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="a"><itemMeta><itemClass qcode="ninat:picture"/>'
        b"</itemMeta><contentMeta><headline>Flood</headline><description>Houses under water.</description></contentMeta></newsItem>"
    )
    (article,) = articles(item)

    assert (article.body.text, article.header.rest["item class"]) == ("Houses under water.", "ninat:picture")


def test_an_item_that_is_no_news_is_refused_by_name():
    with pytest.raises(NoNews, match="conceptItem"):
        articles(b'<conceptItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>')


def test_an_entity_of_its_own_is_read_and_a_named_character_without_a_dtd_too():
    page = b'<!DOCTYPE nitf [<!ENTITY cafe "caf&#233;">]><nitf><body><body.content><p>&cafe;&nbsp;&mdash; open</p></body.content></body></nitf>'
    (article,) = articles(page)

    assert article.body.text == "café\xa0— open"


def test_an_entity_is_refused_in_a_feed_as_elsewhere():
    with pytest.raises(RefusedEntity):
        articles(
            b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title></item></channel></rss>'
        )


def test_a_dtd_is_named_and_never_fetched():
    page = b'<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf.dtd"><nitf><body><body.content><p>Two.</p></body.content></body></nitf>'

    assert articles(page)[0].body.text == "Two."


def nested(depth: int) -> bytes:
    """A page of so many elements within one another."""
    inner = depth - 3
    return b"".join(
        [
            b"<html><body>",
            b"<div>" * inner,
            b"<p>Two soldiers were killed.</p>",
            b"</div>" * inner,
            b"<p>A third died later.</p></body></html>",
        ]
    )


@pytest.mark.parametrize("depth", [100, 249, 250, 251, 252, 256, 257, 300, 2000])
def test_the_words_of_a_page_are_kept_however_deep_they_are(depth):
    """At 256 elements libxml2 drops the rest of a page, and reports nothing to those who do not ask."""
    (page,) = articles(nested(depth), "html")

    assert page.body.text.split("\n\n") == ["Two soldiers were killed.", "A third died later."]


@pytest.mark.parametrize("depth", [2041, 2048, 2049, 100_000])
def test_a_page_that_is_too_deep_is_rejected(depth):
    with pytest.raises(BrokenRecord, match="nested more than 2,040 deep"):
        articles(nested(depth), "html")


def test_html_in_json_that_is_too_deep_is_rejected_too():
    with pytest.raises(BrokenRecord, match="nested more than 2,040 deep"):
        articles(
            b'{"date": "2020-02-20", "title": "Two", "content_html": "%s"}' % (b"<b>" * 3000 + b"Two"),
            "json_feed",
        )


def record(length: int | str, block: bytes) -> bytes:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: application/http\r\n"
    return head + f"Content-Length: {length}\r\n\r\n".encode() + block + b"\r\n\r\n"


PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>"
    + b"The bridge is closed until Monday. " * 9
    + b"</p></body></html>"
)


@pytest.mark.parametrize("length", [len(PAGE) + 500, 20, -5, "many"])
def test_a_record_whose_length_is_wrong_is_refused_and_swallows_no_other(length):
    payload = record(length, PAGE) + record(len(PAGE), PAGE)
    ranges, _ = cut(BY_NAME["warc"], payload)

    assert len(ranges) == 2
    with pytest.raises(BrokenRecord):
        understand(raw(payload[slice(*ranges[0])], "warc"))
    assert "The bridge is closed" in understand(raw(payload[slice(*ranges[1])], "warc")).body.text


def test_an_answer_that_is_chunked_and_packed_is_read():
    body = gzip.compress(PAGE.partition(b"\r\n\r\n")[2])
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    block = head + chunked

    (article,) = articles(record(len(block), block))

    assert "The bridge is closed" in article.body.text


def test_a_header_that_is_longer_than_any_is_refused():
    with pytest.raises(OversizeHeader, match="200,000 characters"):
        articles(b"Title: " + b"h" * 200_000 + b"\n\nText.")


@given(
    st.dictionaries(
        st.from_regex(r"x[a-z]{1,10}", fullmatch=True).filter(lambda key: not is_known(key)),
        st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True),
        min_size=1,
        max_size=6,
    )
)
def test_a_header_that_is_written_is_read_back_key_by_key(header):
    payload = "Title: A\n" + "".join(f"{key}: {value}\n" for key, value in header.items()) + "\nText.\n"

    assert dict(key_value.parse(raw(payload.encode(), "key_value")).header.rest) == header
