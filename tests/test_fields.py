"""What the fields find: times, language, and all of them together."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from flows.enrich.findings import find_all
from flows.enrich.language.model import pieces_of
from flows.enrich.reference import Reference
from flows.enrich.times.expressions import times_in
from flows.journey import read
from flows.parse.body import body_as_is, body_of
from flows.records import Language, Span

from .conftest import THURSDAY, loaded_reference, reading


@pytest.mark.parametrize(
    ("text", "surface", "kind", "value"),
    [
        ("vowed on February 12 to", "February 12", "DATE", "2020-02-12"),
        ("on December 28 they", "December 28", "DATE", "2019-12-28"),
        ("killed this month amid", "this month", "DATE", "2020-02"),
        ("last week, he", "last week", "DATE", "2020-W07"),
        ("next year", "next year", "DATE", "2021"),
        ("Thursday’s deaths", "Thursday", "DATE", "2020-02-20"),
        ("said on Wednesday.", "Wednesday", "DATE", "2020-02-19"),
        ("will vote on Sunday", "Sunday", "DATE", "2020-02-23"),
        ("last Friday", "last Friday", "DATE", "2020-02-14"),
        ("a 2018 ceasefire", "2018", "DATE", "2018"),
        ("the 1990s", "the 1990s", "DATE", "199"),
        ("in May the", "May", "DATE", "2019-05"),
        ("yesterday morning", "yesterday morning", "TIME", "2020-02-19TMO"),
        ("two days ago", "two days ago", "DATE", "2020-02-18"),
        ("a nine-year war", "nine-year", "DURATION", "P9Y"),
        ("in recent weeks and", "recent weeks", "DATE", "PAST_REF"),
        ("early next year", "early next year", "DATE", "2021"),
        ("the end of this month", "the end of this month", "DATE", "2020-02"),
        ("late November", "late November", "DATE", "2019-11"),
        ("in mid-2019", "mid-2019", "DATE", "2019"),
        ("this summer", "this summer", "DATE", "2020-SU"),
        ("last winter", "last winter", "DATE", "2018-WI"),
        ("the winter of 1994", "the winter of 1994", "DATE", "1994-WI"),
        ("on Christmas Eve", "Christmas Eve", "DATE", "2019-12-24"),
        ("Thanksgiving 2019", "Thanksgiving 2019", "DATE", "2019-11-28"),
        ("Easter 2021", "Easter 2021", "DATE", "2021-04-04"),
        ("the 20th century", "the 20th century", "DATE", "19"),
        ("this year's third quarter", "this year's third quarter", "DATE", "2020-Q3"),
        ("the first quarter of last year", "the first quarter of last year", "DATE", "2019-Q1"),
        ("the second half of 2019", "the second half of 2019", "DATE", "2019-H2"),
        ("the 2019 quarter", "the 2019 quarter", "DATE", "2019"),
        ("later in the year", "later in the year", "DATE", "2020"),
        ("the year two thousand", "the year two thousand", "DATE", "2000"),
        ("fiscal 2019", "fiscal 2019", "DATE", "2019"),
        ("at 10:15 p.m. Wednesday", "10:15 p.m. Wednesday", "TIME", "2020-02-19T22:15"),
        ("not before 11am.", "11am", "TIME", "2020-02-20T11:00"),
        ("at 3 p.m. they", "3 p.m.", "TIME", "2020-02-20T15:00"),
        ("at 18:00 GMT", "18:00 GMT", "TIME", "2020-02-20T18:00Z"),
        ("noon Friday", "noon Friday", "TIME", "2020-02-14T12:00"),
        ("every day", "every day", "SET", "P1D"),
        ("each Thursday", "each Thursday", "SET", "XXXX-WXX-4"),
        ("a daily flight", "daily", "SET", "P1D"),
        ("more than two weeks", "more than two weeks", "DURATION", "P2W"),
        ("the past two months", "the past two months", "DURATION", "P2M"),
        ("two and a half years", "two and a half years", "DURATION", "P2Y6M"),
        ("several years", "several years", "DURATION", "PXY"),
        ("over a decade", "over a decade", "DURATION", "P10Y"),
        ("nearly two years ago", "nearly two years ago", "DATE", "2018"),
        ("in the future", "the future", "DATE", "FUTURE_REF"),
        ("the situation now", "now", "DATE", "PRESENT_REF"),
        ("nineteen ninety-six", "nineteen ninety-six", "DATE", "1996"),
        ("over the weekend", "the weekend", "DATE", "2020-W07-WE"),
        ("26 February 1987", "26 February 1987", "DATE", "1987-02-26"),
        ("March 11, 1987", "March 11, 1987", "DATE", "1987-03-11"),
        ("in March 1987", "March 1987", "DATE", "1987-03"),
        ("the fourth quarter of 1986", "the fourth quarter of 1986", "DATE", "1986-Q4"),
    ],
)
def test_an_expression_of_time_is_normalised_against_the_day_of_publication(text, surface, kind, value):
    (time,) = times_in(reading(text))

    assert (time.span.of(text), time.type, time.value) == (surface, kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "the militants may march",
        "paid $2018 for it",
        "a second tank",
        "Su-24 bombers",
        "a 44-year-old man",
        "he is 52 years old",
        "three-quarters of them",
        "Black Monday",
        "call 555-1998",
        "it cost 1,987 dollars",
    ],
)
def test_what_only_looks_like_a_time_is_none(text):
    assert times_in(reading(text)) == ()


@pytest.mark.parametrize(
    ("text", "surface", "kind", "value"),
    [
        ("The law was passed last July 17.", "last July 17", "DATE", "2019-07-17"),
        ("since last Feb. 24 he has", "last Feb. 24", "DATE", "2019-02-24"),
        ("It will be as it was last March 3.", "last March 3", "DATE", "2019-03-03"),
        ("the vote of last 3 March", "last 3 March", "DATE", "2019-03-03"),
        ("up to last July 17 they", "last July 17", "DATE", "2019-07-17"),
        ("moves up to last November", "last November", "DATE", "2019-11"),
        ("A court sat last\nDec. 4.", "last\nDec. 4", "DATE", "2019-12-04"),
        ("it opens next January 8", "next January 8", "DATE", "2021-01-08"),
        ("it opened this January 8", "this January 8", "DATE", "2020-01-08"),
        ("this coming March 3 they", "this coming March 3", "DATE", "2020-03-03"),
        ("They will ask what he did this past Friday.", "this past Friday", "DATE", "2020-02-14"),
        ("It will be as it was last Tuesday.", "last Tuesday", "DATE", "2020-02-18"),
        ("the match this Saturday", "this Saturday", "DATE", "2020-02-22"),
        ("the match this coming Saturday", "this coming Saturday", "DATE", "2020-02-22"),
        ("at 3 p.m. last Friday", "3 p.m. last Friday", "TIME", "2020-02-14T15:00"),
        ("They will say that this past June it", "this past June", "DATE", "2019-06"),
        ("since last Sept. they", "last Sept.", "DATE", "2019-09"),
        ("the polls next June", "next June", "DATE", "2020-06"),
        ("the polls next February", "next February", "DATE", "2021-02"),
        ("this past May it", "this past May", "DATE", "2019-05"),
        ("this past winter it", "this past winter", "DATE", "2018-WI"),
        ("this past week it", "this past week", "DATE", "2020-W07"),
        ("a fall since last Easter", "last Easter", "DATE", "2019-04-21"),
        ("until next Christmas", "next Christmas", "DATE", "2020-12-25"),
    ],
)
def test_last_and_next_before_a_day_or_a_month_say_on_which_side_of_the_publication_it_lies(
    text, surface, kind, value
):
    (time,) = times_in(reading(text))

    assert (time.span.of(text), time.type, time.value) == (surface, kind, value)


@pytest.mark.parametrize(
    ("text", "surface", "value"),
    [
        ("It was passed on July 17.", "July 17", "2019-07-17"),
        ("They said last that July 17 was a holiday.", "July 17", "2019-07-17"),
        ("The fair will last March 3 to 9.", "March 3", "2020-03-03"),
        ("It was the last of the talks on March 3.", "March 3", "2020-03-03"),
        ("The bill will pass on July 17.", "July 17", "2020-07-17"),
        ("it fell last July 17, 2015", "July 17, 2015", "2015-07-17"),
        ("next to July 2018 it", "July 2018", "2018-07"),
    ],
)
def test_a_day_without_last_or_next_before_it_is_read_as_the_sentence_looks(text, surface, value):
    (time,) = times_in(reading(text))

    assert (time.span.of(text), time.value) == (surface, value)


@pytest.mark.parametrize(
    "text", ["last Jan Smith spoke", "this Mar was deep", "at last Jun Li came", "next Mark spoke"]
)
def test_a_name_like_a_short_month_is_one_only_behind_last_or_next_and_before_no_name(text):
    assert times_in(reading(text)) == ()


def test_a_time_that_another_is_counted_from_is_the_last_that_the_text_names():
    first, later = times_in(reading("They met on 3 May 2019. Two days later they signed."))

    assert (later.value, later.anchor, later.anchor_from) == ("2019-05-05", date(2019, 5, 3), "text")
    assert first.anchor_from is None


@pytest.mark.parametrize(
    ("words", "value"),
    [("The next day", "2019-05-04"), ("The previous day", "2019-05-02"), ("The following month", "2019-06")],
)
def test_the_next_day_is_that_after_the_day_before_it_in_the_text(words, value):
    _, found = times_in(reading(f"They met on 3 May 2019. {words} they signed."))

    assert (found.value, found.anchor_from) == (value, "text")


def test_a_year_ago_beside_a_quarter_is_that_quarter_of_the_year_before():
    """Companies compare like with like."""
    _, compared = times_in(
        reading("Profit rose in the third quarter of 2019 from $2 million a year earlier.")
    )

    assert compared.value == "2018-Q3"


def test_without_a_day_of_publication_a_relative_time_is_null_with_a_reason():
    (time,) = times_in(reading("said on Wednesday", published_on=None))

    assert (time.value, time.start, time.null_reason) == (
        "XXXX-WXX-3",
        None,
        "no publication date to count from",
    )


def test_a_day_that_no_calendar_has_is_null_with_a_reason():
    (time,) = times_in(reading("on February 30, 2020"))

    assert (time.start, time.null_reason) == (None, "no such day in the calendar")


def test_a_relative_time_names_the_day_it_was_counted_from_and_a_full_date_does_not_need_one():
    relative, full = times_in(reading("on Monday, as on 3 May 2019"))

    assert (relative.anchor, full.anchor) == (THURSDAY, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Two soldiers have been killed by an air strike in Syria", "en"),
        ("Deux soldats ont été tués par une frappe", "fr"),
    ],
)
def test_the_language_comes_with_its_confidence(text, code):
    language = loaded_reference().detector.language_of(text)

    assert language.code == code
    assert 0.5 < language.confidence <= 1


def test_too_few_letters_have_no_language_and_a_reason():
    assert loaded_reference().detector.language_of("1987 - 12") == Language(
        None, None, "fewer than 12 letters in words"
    )


def test_a_text_in_another_language_is_not_shown_to_the_english_model(reference):
    body = body_of(
        "Deux soldats ont été tués par une frappe aérienne en Syrie, a annoncé le ministère de la Défense."
    )

    (found,) = read([(body, THURSDAY)], reference)

    assert (found.entities, found.unread) == ((), "the language is fr; the model reads en")


def test_the_model_reads_a_long_text_in_pieces_and_points_into_the_whole(model):
    paragraph = "President Bashar Assad met Recep Tayyip Erdogan in Ankara. " * 20
    text = "\n\n".join([paragraph.strip()] * 40)
    body = body_as_is(text)

    (entities,) = model.entities_in([(text, body.paragraphs)])

    assert len(list(pieces_of(body.paragraphs))) > 1
    assert {entity.span.of(text) for entity in entities} >= {"Ankara", "Bashar Assad", "Recep Tayyip Erdogan"}


def test_a_word_without_an_end_is_not_shown_to_the_model_and_moves_nothing(model):
    """The tokenizer would take hours for it."""
    text = "!(" * 9_000 + "\n\nPresident Bashar Assad met Recep Tayyip Erdogan in Ankara on Monday."

    (entities,) = model.entities_in([(text, (Span(0, len(text)),))])

    assert {entity.span.of(text) for entity in entities} >= {"Bashar Assad", "Ankara"}


def test_one_endless_paragraph_is_cut_and_none_of_it_is_lost():
    pieces = list(pieces_of([Span(0, 50_000), Span(50_002, 50_010)]))

    assert pieces[0][0] == 0
    assert pieces[-1][1] == 50_010
    assert all(end - start <= 20_000 for start, end in pieces)


def test_every_field_points_into_the_text(reference: Reference):
    text = "“We go,” said Recep Tayyip Erdogan in Ankara on Wednesday."
    (found,) = (find_all(each, reference) for each in read([(body_as_is(text), THURSDAY)], reference))

    assert {
        name.name: [each.span.of(text) for each in getattr(found, name.name)] for name in fields(found)
    } == {
        "places": ["Ankara"],
        "mentions": ["Recep Tayyip Erdogan", "Ankara"],
        "times": ["Wednesday"],
        "quotes": ["We go,"],
    }
