"""Each form of header: what it yields, and what it refuses."""

from __future__ import annotations

from datetime import date

import pytest

from flows.errors import (
    BrokenRecord,
    EmptyDispatch,
    FutureDate,
    NoNews,
    UnknownFormat,
    UnpairedSurrogate,
    UnreadableDate,
)
from flows.parse import sniff, understand
from flows.parse.formats import Sample
from flows.parse.headers import BY_NAME, front_matter, inline, jsonl, key_value, reuters_sgml

from .conftest import raw


def test_an_inline_date_is_read_and_the_text_starts_after_it():
    parsed = inline.parse(raw(b" date 2020-02-20 Two soldiers have been killed"))

    assert parsed.header.published.on == date(2020, 2, 20)
    assert parsed.text.strip() == "Two soldiers have been killed"


def test_a_word_that_only_looks_like_a_key_begins_the_body():
    """`Date palms were felled` is news, not a header."""
    parsed = inline.parse(raw(b"date 2020-02-20 Date palms were felled"))

    assert parsed.header.published.on == date(2020, 2, 20)
    assert parsed.text.strip() == "Date palms were felled"


def test_inline_words_are_a_value_only_in_quotes():
    """`source close to the minister` is text; `source "Harbour Wire"` is a header."""
    quoted = inline.parse(raw(b'date 2020-02-20 source "Harbour Wire" Two soldiers'))
    bare = inline.parse(raw(b"date 2020-02-20 Source close to the minister said"))

    assert (quoted.header.source_name, quoted.text.strip()) == ("Harbour Wire", "Two soldiers")
    assert (bare.header.source_name, bare.text.strip()) == (None, "Source close to the minister said")


def test_an_inline_date_that_does_not_exist_is_refused():
    with pytest.raises(UnreadableDate) as refused:
        inline.parse(raw(b"date 2020-02-31 Two soldiers"))

    assert refused.value.found == "2020-02-31"


def test_folded_lines_belong_to_the_key_above():
    parsed = key_value.parse(
        raw(b"Subject: Officers seize\n  radio station\nX-Desk: night\n\nText.", "key_value")
    )

    assert parsed.header.headline == "Officers seize radio station"
    assert parsed.header.rest == {"X-Desk": "night"}
    assert parsed.text == "Text."


def test_a_second_value_for_a_field_is_kept_and_not_used():
    parsed = key_value.parse(raw(b"title: One\nSubject: Two\n\nText.", "key_value"))

    assert parsed.header.headline == "One"
    assert parsed.header.rest == {"Subject": "Two"}


def test_encoded_words_of_mail_are_decoded_and_broken_ones_kept():
    parsed = key_value.parse(
        raw(b"From: =?iso-8859-1?Q?Ren=E9e?=\nSubject: =?nope?Q?x?=\n\nText.", "key_value")
    )

    assert (parsed.header.byline, parsed.header.headline) == ("Renée", "=?nope?Q?x?=")


def test_the_charset_that_mail_declares_is_used():
    payload = b"Subject: s\nContent-Type: text/plain; charset=koi8-r\n\n\xf0\xd2\xc9\xd7\xc5\xd4"

    parsed = key_value.parse(raw(payload, "key_value"))

    assert parsed.text == "Привет"
    assert (parsed.decoded.encoding, parsed.decoded.encoding_from) == ("koi8-r", "declared")


def test_a_block_with_no_blank_line_ends_where_the_keys_end():
    parsed = key_value.parse(raw(b"Date: 2020-02-20\nTwo soldiers\nwere killed.", "key_value"))

    assert parsed.text == "Two soldiers\nwere killed."


@pytest.mark.parametrize(
    "payload",
    [
        b"---\ntitle: Ambush\ndate: 2022-05-09\nplace: NO\n---\nText.",
        b'+++\ntitle = "Ambush"\ndate = 2022-05-09\nplace = "NO"\n+++\nText.',
        b'{"title": "Ambush", "date": "2022-05-09", "place": "NO"}\n\nText.',
    ],
)
def test_front_matter_says_the_same_in_its_three_languages(payload):
    parsed = front_matter.parse(raw(payload, "front_matter"))

    assert parsed.header.headline == "Ambush"
    assert parsed.header.published.on == date(2022, 5, 9)
    assert parsed.header.located == "NO"
    assert parsed.text.strip() == "Text."


@pytest.mark.parametrize(
    "inside",
    ["a: &x 1\nb: *x", "a: !!python/object/apply:os.system [id]", "a: [", "- one\n- two"],
)
def test_yaml_that_could_be_more_than_text_is_refused(inside):
    with pytest.raises(BrokenRecord):
        front_matter.parse(raw(f"---\n{inside}\n---\nText.".encode(), "front_matter"))


@pytest.mark.parametrize("line", ['{"a": NaN}', '{"a": ', "[1]", '"x"', "{" * 100000])
def test_a_line_that_is_no_strict_json_object_is_refused(line):
    with pytest.raises(BrokenRecord):
        jsonl.parse(raw(line.encode(), "jsonl"))


def test_a_bad_line_does_not_take_its_neighbours_along():
    payload = b'{"text": "One."}\n\n{"text": \n{"text": "Three."}\n'

    assert [payload[start:end] for start, end in jsonl.split(payload)] == [
        b'{"text": "One."}',
        b'{"text": ',
        b'{"text": "Three."}',
    ]


REUTERS = (
    b'<REUTERS TOPICS="YES" NEWID="7">\n<DATE>17-JUN-1987 08:31:06.42</DATE>\n<TOPICS><D>tin</D></TOPICS>\n'
    b"<TEXT>&#2;\n<TITLE>TIN &amp; COPPER</TITLE>\n<DATELINE>    POTOSI, June 17 - </DATELINE>"
    b"<BODY>Two shafts are open again.\n    The strike is over.\n&#3;</BODY></TEXT>\n</REUTERS>"
)


def test_reuters_sgml_yields_its_fields_and_its_paragraphs():
    article = understand(raw(REUTERS, "reuters_sgml"))

    assert article.header.headline == "TIN & COPPER"
    assert article.header.keywords == ("tin",)
    assert article.header.document_identifier == "7"
    assert (article.body.dateline.located, article.body.dateline.day) == ("POTOSI", "June 17")
    assert [each.of(article.body.text) for each in article.body.paragraphs] == [
        "Two shafts are open again.",
        "The strike is over.",
    ]


def test_a_reuters_item_without_topics_has_no_keywords():
    """Its attribute TOPICS is not a topic."""
    header = understand(raw(REUTERS.replace(b"<D>tin</D>", b""), "reuters_sgml")).header

    assert (header.keywords, header.rest["@topics"]) == ((), "YES")


def test_what_is_written_after_a_reuters_date_is_kept_as_a_note():
    noted = REUTERS.replace(b"08:31:06.42", b"08:31:06.42C T")

    header = understand(raw(noted, "reuters_sgml")).header

    assert (header.published.raw, header.rest["date note"]) == ("17-JUN-1987 08:31:06.42", "C T")


def test_what_stands_between_two_reuters_elements_is_a_dispatch_too():
    """Nothing is left out of the count but the envelope and blank space."""
    payload = b"<!DOCTYPE lewis SYSTEM 'lewis.dtd'>\n" + REUTERS + b"\nstray\n" + REUTERS[:-10] + REUTERS

    pieces = [payload[start:end].strip() for start, end in reuters_sgml.split(payload)]

    assert pieces == [REUTERS, b"stray", REUTERS[:-10].strip(), REUTERS]


@pytest.mark.parametrize(
    ("name", "start", "form"),
    [
        ("a.txt", b" date 2020-02-20 Two soldiers", "inline"),
        ("a.txt", b"date 2020-02-31 Two soldiers", "inline"),
        ("a.txt", b"Date palms were felled", "plain"),
        ("a", b"From: a@b.example\nSubject: s\n\nText.", "key_value"),
        ("a", b"Note to readers: this is text.\nMore of it.", "plain"),
        ("a.md", b"---\ntitle: t\n---\nText.", "front_matter"),
        ("a.md", b"---\nA rule, and no front matter.", "plain"),
        ("a", b'{"text": "x"}\n{"text": "y"}\n', "jsonl"),
        ("a", b'{"title": "x"}\nThe text.', "front_matter"),
        ("a.jsonl", b"broken\n", "jsonl"),
        ("a", b"<!DOCTYPE lewis SYSTEM 'lewis.dtd'>\n<REUTERS>", "reuters_sgml"),
        ("a", "\ufeffTwo soldiers".encode("utf-16"), "plain"),
    ],
)
def test_the_form_is_told_from_the_bytes_first(name, start, form):
    assert sniff(Sample(name, start)).name == form


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture"),
        (b"PAR1\0\0", "a Parquet file"),
        (b"<!ELEMENT A (B)>", "a DTD"),
        (b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/">', "a sitemap"),
        (b"T1\tSource 0 13\tNY Daily News\n", "annotations in brat's standoff form"),
        (b"\n0.  MESSAGE: ID                     DEV-MUC3-0001\n", "answer keys of MUC"),
    ],
)
def test_a_file_that_is_known_and_no_news_is_refused_by_name(start, kind):
    with pytest.raises(NoNews) as refused:
        sniff(Sample("a.bin", start))

    assert refused.value.found == kind


@pytest.mark.parametrize("start", [b"\0\1\2\3", b"<note><to>Tove</to></note>", b"[[1, 2]]"])
def test_what_is_no_text_is_refused_with_its_first_bytes(start):
    with pytest.raises(UnknownFormat) as refused:
        sniff(Sample("a.bin", start))

    assert refused.value.found == repr(start[:16])


def test_a_dispatch_without_words_is_refused():
    with pytest.raises(EmptyDispatch):
        understand(raw(b"date 2020-02-20 \n\n"))


def test_a_headline_alone_is_an_article_without_text():
    """A flash on the wire has no body."""
    article = understand(raw(b"Subject: Rig evacuated\n\n", "key_value"))

    assert (article.header.headline, article.body.text, article.body.paragraphs) == ("Rig evacuated", "", ())


def test_nothing_is_published_after_it_was_fetched():
    with pytest.raises(FutureDate):
        understand(raw(b"date 2026-01-05 Two soldiers"))


def test_half_a_surrogate_pair_is_refused():
    """One of them in one row fails the write of a whole Parquet file."""
    with pytest.raises(UnpairedSurrogate):
        understand(raw(b'{"text": "a \\ud800 b"}', "jsonl"))


def test_every_form_has_a_sample_dispatch(dataset):
    import pyarrow.dataset as ds  # noqa: PLC0415  # its parser is slow to import

    seen = set(ds.dataset(dataset / "articles").to_table(columns=["format"])["format"].to_pylist())

    assert seen == set(BY_NAME)
