"""Publication dates: each form read whole, everything else refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import AmbiguousDate, DispatchError, UnreadableDate
from flows.parse.dates import date_at_start, read_date


@pytest.mark.parametrize(
    ("text", "instant", "precision", "zone_from"),
    [
        ("2020-02-20", "2020-02-20T00:00:00", "day", None),
        ("20200220", "2020-02-20T00:00:00", "day", None),
        ("2020-02", "2020-02-01T00:00:00", "month", None),
        ("2020", "2020-01-01T00:00:00", "year", None),
        ("2020-02-20T10:15:00Z", "2020-02-20T10:15:00", "second", "name"),
        ("2020-02-20 10:15", "2020-02-20T10:15:00", "minute", None),
        ("2020-02-20T10:15:00.250+03:00", "2020-02-20T07:15:00.250000", "second", "offset"),
        ("20200220T101500Z", "2020-02-20T10:15:00", "second", "name"),
        ("20200220101500", "2020-02-20T10:15:00", "second", None),
        ("Thu, 20 Feb 2020 10:15:00 -0500", "2020-02-20T15:15:00", "second", "offset"),
        ("Thu, 20 Feb 2020 10:15:00 -0500 (EST)", "2020-02-20T15:15:00", "second", "offset"),
        ("8 Apr 93 16:02:11 GMT", "1993-04-08T16:02:11", "second", "name"),
        ("6 May 1993 19:57 PDT", "1993-05-07T02:57:00", "minute", "name"),
        ("19 May 93 11:24:36 EDT(-0400)", "1993-05-19T15:24:36", "second", "name"),
        ("19 May 93 11:24:36 GMT+2", "1993-05-19T09:24:36", "second", "offset"),
        ("6 May 1993 19:57 XYZ", "1993-05-06T19:57:00", "minute", None),
        ("17-JUN-1987 08:31:06.42", "1987-06-17T08:31:06.420000", "second", None),
        ("20 February 2020", "2020-02-20T00:00:00", "day", None),
        ("Feb. 20, 2020", "2020-02-20T00:00:00", "day", None),
        ("February 20, 2020 at 3:05 p.m. GMT", "2020-02-20T15:05:00", "minute", "name"),
        ("Thu Feb 20 10:15:00 EST 2020", "2020-02-20T15:15:00", "second", "name"),
        ("20/02/2020", "2020-02-20T00:00:00", "day", None),
        ("02/20/2020", "2020-02-20T00:00:00", "day", None),
        ("02/02/2020", "2020-02-02T00:00:00", "day", None),
        ("1582193700", "2020-02-20T10:15:00", "second", "offset"),
        ("1582193700500", "2020-02-20T10:15:00.500000", "second", "offset"),
        ("2020/02/20 10:15", "2020-02-20T10:15:00", "minute", None),
        ("131137 GMT Nov 13", "2013-11-13T11:37:00", "minute", "name"),
        ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40", "second", "offset"),
        ("20 février 2020", "2020-02-20T00:00:00", "day", None),
        ("31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59", "second", "name"),
    ],
)
def test_a_date_is_read_with_its_precision_and_zone(text, instant, precision, zone_from):
    read = read_date(text)

    assert read.instant == datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert (read.precision, read.zone_from, read.raw) == (precision, zone_from, text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20 February", date(2025, 2, 20)),
        ("Feb. 20", date(2025, 2, 20)),
        ("2 January", date(2026, 1, 2)),
        ("3 January", date(2025, 1, 3)),
        ("29 February", date(2024, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_latest_that_is_not_after_the_fetch(text, day):
    assert read_date(text, not_after=datetime(2026, 1, 2, 12, tzinfo=UTC)).on == day


def test_a_day_without_a_year_says_nothing_where_the_fetch_is_not_known():
    with pytest.raises(UnreadableDate):
        read_date("20 February")


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2020, 3, 2)), ("mdy", date(2020, 2, 3))])
def test_the_user_says_which_way_round_the_days_of_a_source_are(order, day):
    assert read_date("02/03/2020", order=order).on == day


def test_a_day_that_the_stated_order_does_not_have_is_refused():
    with pytest.raises(UnreadableDate):
        read_date("02/20/2020", order="dmy")


def test_the_day_as_stated_is_kept_beside_the_instant():
    """Late evening in New York is the next day in UTC; the paper of that day is meant."""
    read = read_date("Fri, 05 Nov 2021 22:45:30 -0500")

    assert read.on == date(2021, 11, 5)
    assert read.instant == datetime(2021, 11, 6, 3, 45, 30, tzinfo=UTC)


def test_a_date_that_may_be_either_way_round_is_refused_and_never_guessed():
    with pytest.raises(AmbiguousDate) as refused:
        read_date("02/03/2020", key="published", line=4)

    assert (refused.value.key, refused.value.line, refused.value.found) == ("published", 4, "02/03/2020")


@pytest.mark.parametrize(
    "text", ["2020-02-31", "31 Apr 2020", "2020-13-01", "20 Foo 2020", "yesterday", "", "12:30"]
)
def test_what_is_no_day_of_a_calendar_is_refused(text):
    with pytest.raises(UnreadableDate):
        read_date(text)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("2020-02-20 Two soldiers", 1),
        ("20 February 2020 Two soldiers", 3),
        ("Feb. 20, 2020, Two soldiers", 3),
        ("Thu, 20 Feb 2020 10:15:00 GMT Two", 6),
        ("palms were felled", None),
    ],
)
def test_the_longest_date_at_the_start_is_taken(words, count):
    found = date_at_start(words.split())

    assert (found[1] if found else None) == count


@given(st.text(max_size=80))
def test_no_text_raises_anything_but_a_refusal(text):
    try:
        read = read_date(text)
    except DispatchError:
        return
    assert read.instant.tzinfo is UTC


FIRST, LAST = datetime(1000, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001  # hypothesis adds the zone


@given(st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)))
def test_every_instant_that_python_writes_is_read_back(instant):
    assert read_date(instant.isoformat()).instant == instant
