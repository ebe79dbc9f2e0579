"""Which words are times, and their intervals of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flows.enrich.places.mentions import places_in
from flows.enrich.times import expressions, grammar
from flows.enrich.times.expressions import Time, times_in
from flows.enrich.times.followers import follower_of
from flows.enrich.times.grammar import RULES
from flows.enrich.times.holiday_calendar import dates_in
from flows.enrich.times.holidays import western_easter
from flows.enrich.times.rules import Rule, outline_of
from flows.enrich.times.year_evidence import is_year
from flows.journey import read
from flows.parse.body import body_as_is

from .conftest import THURSDAY, loaded_reference, reading


def _marked(sentence: str) -> tuple[str, str]:
    """Return the sentence of an example without its brackets, and the words within them."""
    before, _, rest = sentence.partition("[")
    words, _, after = rest.partition("]")
    return before + words + after, words


EXAMPLES = [(rule, sentence, value) for rule in RULES for sentence, value in rule.examples]


@pytest.mark.parametrize(
    ("rule", "sentence", "value"), EXAMPLES, ids=lambda each: getattr(each, "name", each)
)
def test_a_rule_reads_its_examples(rule, sentence, value):
    text, words = _marked(sentence)
    found = [(time.rule, time.span.of(text), time.value) for time in times_in(reading(text))]

    assert (rule.name, words, value) in found


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("9 p.m.", "2020-02-20T21:00"),
        ("9 A.M.", "2020-02-20T09:00"),
        ("9am", "2020-02-20T09:00"),
        ("11 pm", "2020-02-20T23:00"),
        ("0600 UTC", "2020-02-20T06:00Z"),
        ("1600 local time", "2020-02-20T16:00"),
        ("21.15 on Monday", "2020-02-24T21:15"),
        ("9.05 today", "2020-02-20T09:05"),
        ("0915 hours", "2020-02-20T09:15"),
        ("12:05", "2020-02-20T12:05"),
        ("20h30", "2020-02-20T20:30"),
    ],
)
def test_a_clock_time_is_read_in_each_of_its_forms(words: str, value: str):
    """A rule is tried only where one of its strings stands; each form has its own."""
    text = f"The gates open by {words}, residents said."

    assert (words, value) in [(time.span.of(text), time.value) for time in times_in(reading(text))]


@pytest.mark.parametrize(
    "words", ["1200 BC", "1200 B.C.E.", "1,200 B.C.", "AD 113", "A.D. 79", "700 CE", "700 C.E."]
)
def test_a_year_of_an_era_is_read_in_each_of_its_forms(words: str):
    text = f"It was built in {words} by traders."

    assert [time.rule for time in times_in(reading(text))] == ["era"]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [(rule, sentence) for rule in RULES for sentence in rule.counterexamples],
    ids=lambda each: getattr(each, "name", each),
)
def test_a_rule_reads_nothing_in_its_counterexamples(rule, sentence):
    assert rule.name not in {time.rule for time in times_in(reading(sentence))}


def test_every_rule_of_the_modules_is_registered_once_and_has_an_example():
    modules = [
        grammar.absolute,
        grammar.clock,
        grammar.durations,
        grammar.holidays,
        grammar.months,
        grammar.periods,
        grammar.relative,
        grammar.years,
    ]
    declared = [each for module in modules for each in vars(module).values() if isinstance(each, Rule)]

    assert sorted(map(id, declared)) == sorted(map(id, RULES))
    assert [each.name for each in RULES if not each.examples] == []


def test_an_outline_shows_digits_and_blanks():
    """A rule names the outlines that it needs, such as `0:00_p` for `9:30 p.m.`."""
    assert outline_of("At 9:30\u00a0PM,\n\n 25/12/2019") == "at_0:00_pm,_00/00/0000"


def test_a_rule_is_only_tried_where_its_words_are():
    """`needs` may not hide an example."""
    hidden = [
        (rule.name, sentence)
        for rule, sentence, _ in EXAMPLES
        if rule.needs and not any(part in outline_of(_marked(sentence)[0]) for part in rule.needs)
    ]

    assert hidden == []


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
        ("later in the year", "later in the year", "DATE", "2020"),
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
def test_what_only_looks_like_a_time_is_not_one(text):
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
        ("The fair will last March 3 only.", "March 3", "2020-03-03"),
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
def test_a_name_like_a_short_month_is_one_only_after_last_or_next_and_before_no_name(text):
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


def test_a_quarter_that_another_is_counted_from_is_its_anchor():
    """Also where no other time stands near, and whatever the day of publication."""
    _, compared = times_in(
        reading(
            "Sales rose in the fourth quarter of 2004. It rained. So did costs. In the quarter a year earlier they fell.",
            None,
        )
    )

    assert (compared.value, compared.anchor, compared.anchor_from) == ("2003-Q4", date(2004, 10, 1), "text")


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
    ("text", "value"),
    [
        ("The accord of 31.02.2019 failed.", "XXXX-XX-XX"),
        ("9,999 years ago", "XXXX-XX-XX"),
        ("999,999 days ago", "XXXX-XX-XX"),
        ("on April 31", "XXXX-XX-XX"),
    ],
)
def test_what_is_not_on_the_calendar_is_null_with_a_reason(text, value):
    (time,) = times_in(reading(text))

    assert (time.value, time.start, time.null_reason) == (value, None, "no such day in the calendar")


@pytest.mark.parametrize("day", [date.min, date.max])
def test_expressions_at_the_ends_of_the_calendar_are_read_or_null(day):
    """The days around the first and the last year that a date can hold are no error."""
    text = ". ".join(_marked(sentence)[0] for _, sentence, _ in EXAMPLES)
    times = times_in(reading(text, published_on=day))

    assert len(times) > len(RULES)
    assert {time.null_reason for time in times if time.value == "XXXX-XX-XX"} <= {
        "no such day in the calendar",
        "no country that the text names is known to have this holiday",
    }


def test_an_error_of_a_rule_comes_out(monkeypatch: pytest.MonkeyPatch):
    """It is a bug and no property of the text, so it may not look like one."""

    def broken(_: object) -> None:
        raise ValueError("a bug of the rule")

    rules = tuple(replace(rule, read=broken) if rule.name == "weekday" else rule for rule in RULES)
    monkeypatch.setattr(expressions, "rules_for", lambda *_, **__: rules)

    with pytest.raises(ValueError, match="a bug of the rule"):
        times_in(reading("said on Wednesday"))


@pytest.mark.parametrize(
    ("following", "kind"),
    [
        (" huts burned", "plural"),
        (" families fled", "count"),
        (" spare hospital beds", "plural"),
        (" speech on the war", "singular"),
        (" km north", "count"),
        ("-pound bombs", "count"),
        (" was the worst year", "verb"),
        (" killed in the blast", "participle"),
        (" the rebels left", "function"),
        (", when it began", "end"),
    ],
)
def test_what_follows_a_number_says_whether_it_counts_something(following, kind):
    assert follower_of(following) == kind


@pytest.mark.parametrize(
    ("preceding", "number", "following"),
    [
        ("The harvest of ", 1986, "/87 was poor"),
        ("as early as ", 2005, ", when"),
        ("Analysts say ", 2014, " saw more fighting"),
        ("from ", 1990, " to 1994 rebels held it"),
        ("The ", 2002, " and 2003 London races"),
        ("until at least ", 2008, "."),
        ("An eruption in ", 1997, " killed three people"),
    ],
)
def test_a_number_is_a_year_by_its_context(preceding, number, following):
    assert is_year(number, preceding, following, anchor=THURSDAY) is True


@pytest.mark.parametrize(
    ("preceding", "number", "following"),
    [
        ("The fire burned ", 1988, " hectares"),
        ("put the number of displaced at ", 1995, "."),
        ("living at ", 1999, " Harbour Street"),
        ("a crowd of ", 2000, "."),
        ("Strategy ", 2020, "."),
        ("Sales rose from ", 1995, " to 2010"),
        ("Then ", 1950, " of them left"),
        ("In 2010, and ", 1950, " were hurt"),
    ],
)
def test_a_number_without_evidence_is_not_a_year(preceding, number, following):
    assert is_year(number, preceding, following, anchor=THURSDAY) is False


@pytest.mark.parametrize(
    ("published", "text", "value"),
    [
        (date(2021, 8, 20), "Afghan crowds waved flags on Independence Day.", "2021-08-19"),
        (date(2020, 10, 2), "Nigeria marked Independence Day.", "2020-10-01"),
        (date(2020, 7, 3), "The Independence Day of the United States was quiet in Ukraine.", "2020-07-04"),
        (date(2022, 4, 25), "Shells fell on Ukraine over Easter.", "2022-04-24"),
        (date(2022, 4, 25), "Pilgrims came to Spain over Easter.", "2022-04-17"),
        (date(2022, 1, 8), "Jets bombed a town in Ethiopia on Christmas.", "2022-01-07"),
        (date(2019, 5, 2), "Police in Turkey fired gas on Labour Day.", "2019-05-01"),
        (date(2020, 10, 28), "Turkey awaits Republic Day.", "2020-10-29"),
        (date(2020, 5, 26), "India marked Eid al-Fitr.", "2020-05-25"),
        (date(2020, 5, 26), "Yemen marked Eid al-Fitr.", "2020-05-24"),
    ],
)
def test_a_holiday_is_that_of_the_country_that_the_sentence_names(published, text, value):
    reference = loaded_reference()
    (found,) = read([(body_as_is(text), published)], reference)
    (time,) = times_in(found, places_in(found, reference.places))

    assert (time.value, time.rule) == (value, "holiday")


def test_a_holiday_on_a_fixed_day_has_its_day_without_a_publication():
    (time,) = times_in(reading("They came on Christmas Eve.", published_on=None))

    assert (time.value, time.start, time.null_reason) == (
        "XXXX-12-24",
        None,
        "no publication date to count from",
    )


def test_a_holiday_of_no_country_of_the_text_is_null_with_a_reason():
    (time,) = times_in(reading("They marched on Independence Day."))

    assert (time.type, time.start) == ("DATE", None)
    assert time.null_reason == "no country that the text names is known to have this holiday"


def test_a_day_that_no_country_of_the_text_celebrates_is_not_a_time():
    assert times_in(reading("It was Opening Day at the club.")) == ()


@pytest.mark.parametrize(
    ("year", "day"), [(1961, date(1961, 4, 2)), (2000, date(2000, 4, 23)), (2038, date(2038, 4, 25))]
)
def test_western_easter_is_the_sunday_of_the_church_tables(year, day):
    assert western_easter(year) == day


def test_a_country_that_the_library_does_not_know_has_no_holidays():
    assert dates_in("XX", "independence day", 2020) == ()


def test_a_year_ago_is_a_quarter_only_among_figures_of_a_company():
    company = "The bank's profit rose in the third quarter of 2019. Revenue was $9 million a year earlier."
    war = "Losses peaked in the third quarter of 2019. The general took command a year earlier."

    assert [time.value for time in times_in(reading(company))] == ["2019-Q3", "2018-Q3"]
    assert [time.value for time in times_in(reading(war))] == ["2019-Q3", "2019"]


def test_times_of_a_text_are_typed():
    (time,) = times_in(reading("Water comes twice a week."))

    assert isinstance(time, Time)
    assert (time.type, time.value, time.null_reason) == ("SET", "P1W", "a time that repeats")
