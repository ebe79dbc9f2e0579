"""A bug of Dateline's own stops its batch: it is never taken for a dispatch that cannot be understood.

Each test puts a bug into a function that a reader calls, and reads a dispatch that is in order.
"""

from __future__ import annotations

import gzip
import json

import pytest

from flows.parse import (
    body,
    dateline,
    dates,
    decode,
    headline,
    http_answer,
    json_ld,
    keys,
    records,
    understand,
    xml_trees,
)
from flows.parse.headers import csv_rows, feed, front_matter, html, inline, json_records, mail, warc

from .conftest import raw

FEED = b"<rss><channel><title>Gazette</title><item><title>Talks</title><pubDate>Thu, 20 Feb 2020 10:00:00 GMT</pubDate><description>&lt;p&gt;Two.&lt;/p&gt;</description></item></channel></rss>"
PAGE = b'<html><head><title>Talks</title><meta name="date" content="2020-02-20"><script type="application/ld+json">{"@type": "NewsArticle", "headline": "Talks"}</script></head><body><h1>Talks</h1><p>Two.</p></body></html>'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE)
WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s"
    % (len(ANSWER), ANSWER)
)
RECORD = json.dumps({"title": "Talks", "date": "2020-02-20", "text": "Two.", "count": 2}).encode()
MAIL = b"From: a@b.example\nSubject: Talks\nDate: Thu, 20 Feb 2020 10:00:00 +0000\nContent-Type: text/html; charset=utf-8\n\n<p>Two.</p>\n"
NITF = b"<nitf><head><title>Talks</title></head><body><body.content><p>Two.</p></body.content></body></nitf>"
INLINE = b"date 2020-02-20 ANKARA, Feb 20 (AFP) - Two."
CSV = (b"title,date,text\n", b"Talks,2020-02-20,Two.\n")

CASES = [
    ("feed", FEED, feed, "_pairs"),
    ("feed", FEED, feed, "_text"),
    ("feed", FEED, feed, "_line"),
    ("feed", FEED, feed, "html_words"),
    ("feed", FEED, feed, "check_entities"),
    ("feed", FEED, keys, "read_date"),
    ("html", PAGE, html, "articles_in"),
    ("html", PAGE, json_ld, "text_of"),
    ("html", PAGE, json_ld, "clean"),
    ("html", PAGE, html, "choose_headline"),
    ("html", PAGE, headline, "without_site"),
    ("html", PAGE, html, "site_of"),
    ("html", PAGE, html, "one_line"),
    ("warc", WARC, warc, "_field"),
    ("warc", WARC, warc, "_length"),
    ("warc", WARC, http_answer, "_fields"),
    ("warc", WARC, http_answer, "_without_chunks"),
    ("json", RECORD, records, "_each_key"),
    ("json", RECORD, records, "read_int"),
    ("json", RECORD, json_records, "context_of"),
    ("jsonl", RECORD, records, "fold"),
    ("front_matter", b"---\ntitle: Talks\n---\nTwo.", front_matter, "_yaml"),
    ("front_matter", RECORD + b"\nTwo.", front_matter, "read_int"),
    ("front_matter", RECORD + b"\nTwo.", front_matter, "mapping_of"),
    ("mail", MAIL, mail, "_texts"),
    ("mail", MAIL, mail, "_bytes"),
    ("mail", MAIL, mail, "html_words"),
    ("nitf", NITF, xml_trees, "check_entities"),
    ("nitf", NITF, xml_trees, "undeclared"),
    ("inline", INLINE, inline, "date_at_start"),
    ("inline", INLINE, dates, "read_date"),
    ("inline", INLINE, dates, "_published"),
    ("mail", MAIL, dates, "_offset"),
    ("inline", INLINE, dates, "_midnight"),
    ("mail", MAIL, dates, "_month"),
    ("inline", INLINE, body, "dateline_in"),
    ("inline", INLINE, dateline, "_dateline"),
    ("inline", INLINE, decode, "bom_of"),
]  # fmt: skip


@pytest.mark.parametrize(
    "error", [ValueError, TypeError, OverflowError, KeyError, AttributeError, RuntimeError]
)
@pytest.mark.parametrize(
    ("form", "payload", "module", "name"), CASES, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_bug_in_what_a_reader_calls_comes_out(monkeypatch, form, payload, module, name, error):
    def broken(*_: object, **__: object) -> None:
        raise error("a bug")

    monkeypatch.setattr(module, name, broken)
    # A day that another test has read is not read again.
    keys._date_once.cache_clear()

    with pytest.raises(error, match="a bug"):
        understand(raw(payload, form))


@pytest.mark.parametrize("error", [ValueError, TypeError, KeyError])
@pytest.mark.parametrize("name", ["parsed_record", "decode", "_delimiter"])
def test_a_bug_in_the_reader_of_a_table_comes_out(monkeypatch, name, error):
    def broken(*_: object, **__: object) -> None:
        raise error("a bug")

    monkeypatch.setattr(csv_rows, name, broken)

    with pytest.raises(error, match="a bug"):
        understand(raw(CSV[1], "csv", envelope=CSV[0]))


@pytest.mark.parametrize(
    ("payload", "form"),
    [
        (b'{"title": "Talks", "text": "Two.", "n": ' + b"7" * 5000 + b"}", "json"),
        (b'{"title": "Talks", "n": ' + b"7" * 5000 + b"}\nTwo.", "front_matter"),
        (b'{"title": "Talks", "text": "Two.", "n": ' + b"7" * 5000 + b"}", "jsonl"),
    ],
)
def test_a_number_of_more_digits_than_can_be_converted_is_kept_as_text(payload, form):
    """CPython raises ValueError for them, as for what is not JSON."""
    assert understand(raw(payload, form)).header.rest["n"] == "7" * 5000
