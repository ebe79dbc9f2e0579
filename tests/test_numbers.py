"""Numbers of a text: their bounds, vague terms, ordinals and shapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.enrich.lexicons import table
from flows.enrich.numbers.quantities import Quantity, quantities_in
from flows.enrich.numbers.reference import read_number_reference

REFERENCE = read_number_reference()


def quantities(text: str) -> tuple[Quantity, ...]:
    return quantities_in(text, REFERENCE)


def only(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("17 goats", 17),
        ("1,234 goats", 1234),
        ("1,234,567.5 tonnes", 1234567.5),
        ("200 000 goats", 200_000),
        ("200\u00a0000 goats", 200_000),
        ("1.234.567 goats", 1_234_567),
        ("1,00,000 rupees", 100_000),
        ("1.5 million goats", 1_500_000),
        ("1.1 million goats", 1_100_000),
        ("a sum of 2m rand", 2_000_000),
        ("250k goats", 250_000),
        ("3bn euros", 3_000_000_000),
        ("3 lakh goats", 300_000),
        ("two crore goats", 20_000_000),
        ("zero goats", 0),
        ("twenty-five goats", 25),
        ("twenty five goats", 25),
        ("two hundred goats", 200),
        ("a hundred and twenty thousand goats", 120_000),
        ("five hundred and six goats", 506),
        ("one hundred twenty-three thousand four hundred goats", 123_400),
        ("six hundred thousand goats", 600_000),
        ("a dozen goats", 12),
        ("two dozen goats", 24),
        ("half a dozen goats", 6),
        ("half a million goats", 500_000),
        ("half-million", 500_000),
        ("a quarter of a million goats", 250_000),
        ("one and a half million goats", 1_500_000),
        ("a million and a half goats", 1_500_000),
        ("nearly one million goats", 1_000_000),
        ("TWENTY-FIVE GOATS", 25),
    ],
)
def test_a_numeral_is_read_whole(text, value):
    found = only(text)

    assert (found.best, found.vague, found.shape) == (value, None, "count")


@pytest.mark.parametrize(
    ("words", "bound"),
    [
        (row["words"], row["bound"]) for row in table("number_modifiers") if row["position"] == "before"
    ],
)  # fmt: skip
def test_a_modifier_before_the_numeral_sets_its_bound(words, bound):
    for word in words.split("|"):
        found = only(f"They counted {word} 50 goats.")

        assert (word, found.bound) == (word, bound)
        assert (found.low, found.best, found.high) == (
            None if bound == "at_most" else 50,
            50,
            None if bound == "at_least" else 50,
        )
        assert found.span.start == len("They counted ")


@pytest.mark.parametrize(
    ("text", "words", "bound"),
    [
        ("They counted 50 or more goats", "50 or more", "at_least"),
        ("They counted 50-plus goats", "50-plus", "at_least"),
        ("They counted 50+ goats", "50+", "at_least"),
        ("They counted 50 goats or more", "50", "exact"),
        ("They counted 50 or fewer goats", "50 or fewer", "at_most"),
        ("They counted 50 or so goats", "50 or so", "about"),
        ("They counted 50-odd goats", "50-odd", "about"),
        ("They counted at least some 50 goats", "at least some 50", "at_least"),
        ("They counted up to about 50 goats", "up to about 50", "at_most"),
        ("They counted AT LEAST FIFTY goats", "AT LEAST FIFTY", "at_least"),
        ("They counted no fewer than twenty-five goats", "no fewer than twenty-five", "at_least"),
        ("They paid at least $50", "at least $50", "at_least"),
    ],
)
def test_the_span_holds_the_modifiers(text, words, bound):
    found = only(text)

    assert (found.span.of(text), found.bound) == (words, bound)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("between 10 and 15 goats", 10, 15),
        ("10 to 15 goats", 10, 15),
        ("10-15 goats", 10, 15),
        ("10–15 goats", 10, 15),
        ("from 3 to 5 goats", 3, 5),
        ("10 or 15 goats", 10, 15),
        ("two or three goats", 2, 3),
        ("between two and three hundred goats", 200, 300),
        ("10 to 15 million goats", 10_000_000, 15_000_000),
        ("$10-15 million", 10_000_000, 15_000_000),
        ("$3 million to $5 million", 3_000_000, 5_000_000),
        ("5% to 10% of goats", 5, 10),
        ("10 to as many as 15 goats", 10, 15),
        ("900 to 1.5 million goats", 900, 1_500_000),
    ],
)
def test_a_range_has_a_low_and_a_high_end_and_no_best(text, low, high):
    found = only(text)

    assert (found.low, found.best, found.high, found.bound) == (low, None, high, "between")
    assert len(found.parts) == 2


def test_a_change_from_one_number_to_another_is_no_range():
    assert [each.best for each in quantities("The price rose from 3 to 5 rupees.")] == [3, 5]


@pytest.mark.parametrize(
    ("text", "best"), [("The price rose 10 to 15 rupees.", [None]), ("The index rose 3 to 450.", [3, 450])]
)
def test_a_rise_to_a_level_is_no_range(text, best):
    assert [each.best for each in quantities(text)] == best


def test_two_numbers_with_and_are_a_range_only_behind_between():
    assert [each.best for each in quantities("They lost 10 and 15 goats.")] == [10, 15]


@pytest.mark.parametrize(
    ("text", "term", "low", "acled_number"),
    [
        ("Dozens of goats", "dozens", 24, 12),
        ("scores of goats", "scores", 40, 20),
        ("HUNDREDS OF GOATS", "hundreds", 200, 100),
        ("thousands of goats", "thousands", 2000, 1000),
        ("tens of thousands of goats", "tens of thousands", 20_000, 10_000),
        ("hundreds of thousands of goats", "hundreds of thousands", 200_000, 100_000),
        ("several goats", "several", 3, 3),
        ("several hundred goats", "several hundred", 300, 300),
        ("a few goats", "a few", 3, 3),
        ("few goats", "a few", 3, 3),
        ("a few dozen goats", "a few dozen", 36, 36),
        ("many goats", "many", 3, 3),
        ("many thousands of goats", "thousands", 2000, 1000),
        ("some goats", "some", 2, 3),
        ("a number of goats", "a number", 2, 3),
        ("a couple of goats", "a couple", 2, 2),
        ("a handful of goats", "a handful", 3, 3),
        ("at least several hundred goats", "several hundred", 300, 300),
    ],
)
def test_a_vague_term_has_the_least_that_it_means_and_the_number_that_acled_codes(
    text, term, low, acled_number
):
    found = only(text)

    assert (found.vague, found.low, found.acled_number) == (term, low, acled_number)
    assert (found.best, found.high, found.bound) == (None, None, "vague")


@pytest.mark.parametrize("text", ["as many as they could", "how many", "too many", "not so many"])
def test_many_in_a_comparison_or_a_question_is_no_number(text):
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [("a second tank", 2), ("the 21st goat", 21), ("a twenty-first goat", 21), ("the third", 3)],
)
def test_an_ordinal_is_told_apart(text, value):
    found = only(text)

    assert (found.is_ordinal, found.is_count, found.best) == (True, False, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two thirds of them", 2 / 3),
        ("a third of them", 1 / 3),
        ("three-quarters", 0.75),
        ("half of them", 0.5),
    ],
)
def test_a_fraction_is_told_apart(text, value):
    found = only(text)

    assert (found.shape, found.best) == ("fraction", pytest.approx(value))


def test_a_second_of_time_is_no_ordinal():
    found = only("one second later")

    assert (found.is_ordinal, found.best) == (False, 1)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("on 20 February", "date"),
        ("on February 20", "date"),
        ("ON 20 MAY.", "date"),
        ("on the 20th of February", "date"),
        ("from 10 to 15 February", "date"),
        ("on 2020-02-20", "date"),
        ("on 20/02/2020", "date"),
        ("in 2015", "date"),
        ("in the 1990s", "date"),
        ("in 2019-20", "date"),
        ("at 10:30", "clock"),
        ("at 7 p.m.", "clock"),
        ("at 0900 GMT", "clock"),
        ("a Su-24", "designation"),
        ("the F16", "designation"),
        ("COVID-19", "designation"),
        ("Resolution 2254", "label"),
        ("Flight 370", "label"),
        ("No. 7", "label"),
        ("at 10 Downing Street", "address"),
        ("at 221 Sidi Bou Road", "address"),
        ("call +963 11 2223334", "phone"),
        ("call 555-1234", "phone"),
        ("They won 3-1", "score"),
        ("They lost 2-4", "score"),
        ("$50", "money"),
        ("50 €", "money"),
        ("50%", "percent"),
        ("fifty per cent", "percent"),
        ("a 34-year-old", "age"),
        ("Ali Hassan, 34, left", "age"),
        ("Ali Hassan (34) left", "age"),
        ("ALI HASSAN, 34, OF IDLIB", "age"),
        ("aged 5", "age"),
    ],
)
def test_a_number_that_counts_nothing_is_told_by_its_shape(text, shape):
    assert {each.shape for each in quantities(text)} == {shape}


@pytest.mark.parametrize(
    "text",
    [
        "In Aleppo, 34 were killed",
        "20 may have died",
        "BETWEEN 10 AND 15 MAY HAVE DIED",
        "In Homs, 12 people died",
        "Of those in the camp, 40 of the men fled",
    ],
)
def test_a_number_that_only_resembles_a_date_or_an_age_is_a_count(text):
    assert only(text).is_count


@given(st.text(st.sampled_from("0123456789.,-/:$%+ aAmkone twohundredmillion'\n\u00a0İ½")))
def test_any_text_is_read_and_every_number_points_into_it(text):
    end = 0
    for each in quantities(text):
        assert end <= each.numeral.start < each.numeral.end <= len(text)
        assert each.span.start <= each.numeral.start
        assert each.numeral.end <= each.span.end <= len(text)
        assert each.low is None or each.high is None or each.low <= each.high
        end = each.numeral.end


def test_a_long_row_of_digits_is_an_identifier():
    found = only("9" * 100_000)

    assert (found.shape, found.best) == ("label", None)
