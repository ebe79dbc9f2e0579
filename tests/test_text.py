"""Decoding, paragraphs, datelines and sentences: the text that all offsets index."""

from __future__ import annotations

import pytest

from flows.enrich.language.sentences import sentences_in
from flows.errors import UndecodableBytes
from flows.parse.body import body_of
from flows.parse.dateline import read_dateline
from flows.parse.decode import decode

from .conftest import language_reference


@pytest.mark.parametrize(
    ("payload", "declared", "text", "encoding", "said_by"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", None, "café", "utf-8", "bom"),
        ("café".encode("utf-16"), None, "café", "utf-16-le", "bom"),
        ("café".encode("utf-32"), None, "café", "utf-32-le", "bom"),
        ("café".encode(), "latin-1", "café", "utf-8", "utf-8"),
        (b"\x93caf\xe9\x94", "iso-8859-1", "“café”", "cp1252", "declared"),
        (
            b"\x93The caf\xe9 owner\x92s son\x94, he said.",
            None,
            "“The café owner’s son”, he said.",
            "cp1252",
            "detected",
        ),
        (b"caf\xe9 society in Paris", "no-such-charset", "café society in Paris", "cp1252", "detected"),
    ],
)
def test_the_encoding_is_declared_or_detected_and_recorded(payload, declared, text, encoding, said_by):
    decoded = decode(payload, declared)

    assert (decoded.text, decoded.encoding, decoded.encoding_from) == (text, encoding, said_by)


def test_an_encoding_that_writes_in_ascii_is_told_by_its_label_alone():
    """Bytes of ISO-2022-JP are valid UTF-8, and mean nothing in it."""
    decoded = decode("東京".encode("iso-2022-jp"), "iso-2022-jp")

    assert (decoded.text, decoded.encoding_from) == ("東京", "declared")


def test_a_repair_is_made_where_it_is_allowed_and_is_recorded():
    decoded = decode(b"\xef\xbb\xbfok \xff", repairs=True)

    assert (decoded.text, decoded.encoding_from) == ("ok \ufffd", "repaired")


def test_bytes_that_break_the_promise_of_their_mark_are_refused_with_their_offset():
    with pytest.raises(UndecodableBytes) as refused:
        decode(b"\xef\xbb\xbfok \xff")

    assert (refused.value.byte, refused.value.found) == (6, "0xff")


def test_line_ends_are_one_kind_and_controls_are_left_out_and_counted():
    body = body_of("\x02One\r\nline.\r\n\r\nTwo.\x03\x00")

    assert body.text == "One\nline.\n\nTwo."
    assert [each.of(body.text) for each in body.paragraphs] == ["One\nline.", "Two."]
    assert body.dropped_controls == 3


def test_text_to_point_at_is_found_again_at_every_paragraph():
    body = body_of("  First.  \n \n\n   Second,\n still.\n\n\n")

    assert [each.of(body.text) for each in body.paragraphs] == ["First.", "Second,\n still."]


@pytest.mark.parametrize(
    ("text", "located", "day", "agency"),
    [
        ("ANKARA, Feb 20 (Reuters) - Two soldiers", "ANKARA", "Feb 20", "Reuters"),
        ("BEIRUT (AP) — Two soldiers", "BEIRUT", None, "AP"),
        ("QUEZON CITY, Philippines (AP) -- Two", "QUEZON CITY, Philippines", None, "AP"),
        ("MOSCOW/ISTANBUL, 3 March - Two", "MOSCOW/ISTANBUL", "3 March", None),
        ("NEW YORK, March 11 - Two", "NEW YORK", "March 11", None),
        ("ST. LOUIS, March 11 - Two", "ST. LOUIS", "March 11", None),
        ("N'DJAMENA (AFP) - Two", "N'DJAMENA", None, "AFP"),
        ("(CNN) -- Two soldiers", None, None, "CNN"),
        ("OAK BROOK, Ill., Oct 19 - Two", "OAK BROOK, Ill.", "Oct 19", None),
        ("Berlin (dpa) - Two", "Berlin", None, "dpa"),
        ("SEOUL, Nov 26 AFP - Two", "SEOUL", "Nov 26", "AFP"),
        ("MANAGUA (NICARAGUA), 21 MAR 89 (BARRICADA) -- TWO", "MANAGUA (NICARAGUA)", "21 MAR", "BARRICADA"),
        ("LIMA, NO DATE (TELEVISION PERUANA) -- TWO", "LIMA", None, "TELEVISION PERUANA"),
    ],
)
def test_an_agency_dateline_is_read_and_stays_in_the_text(text, located, day, agency):
    body = body_of(text)

    assert (body.dateline.located, body.dateline.day, body.dateline.agency) == (located, day, agency)
    assert body.text == text
    assert body.dateline.span.of(text) == body.dateline.raw


@pytest.mark.parametrize(
    ("text", "located", "day"),
    [
        ("    POTOSI, June 17 - ", "POTOSI", "June 17"),
        ("FAIRMONT, MINN., March 13 -", "FAIRMONT, MINN.", "March 13"),
        ("EDISON, N.J., April 13 -", "EDISON, N.J.", "April 13"),
        ("omaha, april 7 -", "omaha", "april 7"),
        ("Toronto, April 9 -", "Toronto", "April 9"),
        ("RIO DE JANEIRO, June 1 -", "RIO DE JANEIRO", "June 1"),
        ("ST. LOUIS, March 2 -", "ST. LOUIS", "March 2"),
    ],
)
def test_a_dateline_that_the_format_keeps_apart_needs_no_capitals(text, located, day):
    dateline = read_dateline(text)

    assert (dateline.located, dateline.day, dateline.span) == (located, day, None)


@pytest.mark.parametrize(
    "text",
    [
        "Two soldiers - both young - died",
        "Re: FAQ - Two",
        "The UN - an agency - said",
        "A - B",
        "FOR SALE - a camera",
        "NOTE -",
    ],
)
def test_a_dash_alone_makes_no_dateline(text):
    assert body_of(text).dateline is None


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        (
            "Mr. Smith met Gen. Jones on Feb. 3. They spoke.",
            ["Mr. Smith met Gen. Jones on Feb. 3.", "They spoke."],
        ),
        (
            "U.S. forces left. In the U.S. The rest stayed.",
            ["U.S. forces left.", "In the U.S.", "The rest stayed."],
        ),
        ("“We won.” He smiled.", ["“We won.”", "He smiled."]),
        ("It rose 3.5 pct. to 4.2 mln dlrs. The end.", ["It rose 3.5 pct. to 4.2 mln dlrs.", "The end."]),
        ("Who? Me! Yes… No.", ["Who?", "Me!", "Yes…", "No."]),
        ("J. K. Rowling wrote it. Yes.", ["J. K. Rowling wrote it.", "Yes."]),
        ("A headline\n\nwithout a period", ["A headline", "without a period"]),
        ("Lt. Col. Haile spoke. Sen. Ruiz did not.", ["Lt. Col. Haile spoke.", "Sen. Ruiz did not."]),
        ("He said « Non. » She left.", ["He said « Non. »", "She left."]),
        ("See No. 7 of Jan. 3. Then go to St. Louis.", ["See No. 7 of Jan. 3.", "Then go to St. Louis."]),
    ],
)
def test_sentences_end_where_a_reader_says(text, sentences):
    body = body_of(text)

    assert [
        each.of(body.text)
        for each in sentences_in(body.text, body.paragraphs, language_reference().sentences)
    ] == sentences
