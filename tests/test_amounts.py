"""Amounts: currencies, units of measure, percentages, ages, and what is counted."""

from __future__ import annotations

from datetime import date

import pytest

from flows.enrich.amounts.amount import Amount
from flows.enrich.amounts.amounts import amounts_in
from flows.enrich.amounts.reference import read_amount_reference
from flows.enrich.findings import find_all
from flows.enrich.lexicons import table
from flows.enrich.numbers.quantities import quantities_in
from flows.enrich.numbers.reference import read_number_reference
from flows.journey import read
from flows.parse.body import body_as_is

from .conftest import THURSDAY, loaded_reference, reading

NUMBERS = read_number_reference()
REFERENCE = read_amount_reference(NUMBERS)


def amounts(text: str, published_on: date | None = THURSDAY) -> tuple[Amount, ...]:
    """Find the amounts of a text without places and without syntax."""
    return amounts_in(reading(text, published_on), (), quantities_in(text, NUMBERS), REFERENCE)


def with_places(text: str, published_on: date | None = THURSDAY) -> tuple[Amount, ...]:
    reference = loaded_reference()
    (each,) = read([(body_as_is(text), published_on)], reference)
    return find_all(each, reference).amounts


@pytest.mark.parametrize(
    ("text", "words", "best", "currency"),
    [
        ("It cost US$2.5bn in all", "US$2.5bn", 2_500_000_000, "USD"),
        ("It cost A$40 in all", "A$40", 40, "AUD"),
        ("It cost £3m from the fund", "£3m", 3_000_000, "GBP"),
        ("It cost €4.2 million in all", "€4.2 million", 4_200_000, "EUR"),
        ("It cost EUR 5,000 in all", "EUR 5,000", 5000, "EUR"),
        ("It cost 5,000 EUR in all", "5,000 EUR", 5000, "EUR"),
        ("It cost 20,000 Syrian pounds in all", "20,000 Syrian pounds", 20_000, "SYP"),
        ("It cost 3 million Turkish lira in all", "3 million Turkish lira", 3_000_000, "TRY"),
        ("It cost about 50 pence in all", "about 50 pence", 0.5, "GBP"),
        ("It cost rupiah 500 in all", "rupiah 500", 500, "IDR"),
        ("It cost a half-million dollar grant", "a half-million dollar", 500_000, "USD"),
        ("IT COST 5.2 MLN DLRS IN ALL", "5.2 MLN DLRS", 5_200_000, "USD"),
    ],
)
def test_money_has_the_currency_of_its_sign_or_noun(text, words, best, currency):
    (found,) = amounts(text)

    assert (found.kind, found.currency, found.best) == ("MONEY", currency, best)
    assert found.span.of(text).removeprefix("a ") == words.removeprefix("a ")


@pytest.mark.parametrize(
    ("place", "noun", "currency"),
    [
        ("Cairo", "pounds", "EGP"),
        ("Leeds", "pounds", "GBP"),
        ("Karachi", "rupees", "PKR"),
        ("Mumbai", "rupees", "INR"),
        ("Manila", "pesos", "PHP"),
        ("Bamako", "CFA francs", "XOF"),
        ("Sydney", "dollars", "AUD"),
        ("Kabul", "dollars", "USD"),
    ],
)
def test_a_noun_of_several_currencies_is_decided_by_the_places_of_the_text(place, noun, currency):
    (found,) = with_places(f"The bank in {place} lent them 80,000 {noun} on Monday.")

    assert (found.currency, found.currency_from) == (
        currency,
        "default" if (place, noun) == ("Kabul", "dollars") else "place",
    )


def test_a_noun_of_several_currencies_without_evidence_has_none_and_a_reason():
    (found,) = amounts("He paid 5,000 rupees for it.")

    assert (found.kind, found.best, found.currency) == ("MONEY", 5000, None)
    assert found.null_reason == "7 currencies have this name, and no place of the text uses one of them"


@pytest.mark.parametrize(("year", "currency"), [(1987, "FRF"), (2020, "FRF"), (1955, None)])
def test_a_currency_that_is_not_yet_tender_is_never_meant(year, currency):
    """The franc of 1960: a text of 1955 is about the franc before it, which CLDR does not list."""
    (found,) = with_places("The bank in Lyon lent them 80,000 francs.", date(year, 5, 1))

    assert found.currency == currency


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A 500-pound bomb fell.", "QUANTITY"),
        ("They found 40 pounds of explosives.", "QUANTITY"),
        ("He weighs 200 pounds.", "QUANTITY"),
        ("They found 40,000 pounds of debt.", "MONEY"),
        ("They borrowed 3 million pounds.", "MONEY"),
    ],
)
def test_pounds_are_a_weight_or_money_by_the_words_beside_them(text, kind):
    (found,) = amounts(text)

    assert found.kind == kind


@pytest.mark.parametrize(
    ("text", "unit", "si_value", "si_unit"),
    [
        ("30 km away", "kilometer", 30_000, "m"),
        ("a 20-metre wall", "meter", 20, "m"),
        ("155mm shells", "millimeter", 0.155, "m"),
        ("14ft long", "foot", 4.2672, "m"),
        ("(6.7in)", "inch", 0.17018, "m"),
        ("3,000 sq. km burned", "square kilometer", 3e9, "m²"),
        ("80 hectares burned", "hectare", 800_000, "m²"),
        ("5 million cubic metres", "cubic meter", 5e6, "m³"),
        ("3 tonnes", "metric ton", 3000, "kg"),
        ("2 lbs", "pound", 0.90718474, "kg"),
        ("180 km/h", "kilometer per hour", 50, "m/s"),
        ("47 degrees Celsius", "degree Celsius", 320.15, "K"),
        ("47 ° C", "degree Celsius", 320.15, "K"),
        ("50 pounds per square inch", "pound per square inch", 344737.8646585, "Pa"),
        ("47°C", "degree Celsius", 320.15, "K"),
        ("104 degrees Fahrenheit", "degree Fahrenheit", 313.15, "K"),
        ("90 megawatts", "megawatt", 9e7, "W"),
        ("280,000 barrels per day", "barrel per day", 0.515236603933, "m³/s"),
        ("half a kilometre", "kilometer", 500, "m"),
    ],
)
def test_a_quantity_is_converted_to_si(text, unit, si_value, si_unit):
    (found,) = amounts(text)

    assert (found.kind, found.unit, found.si_unit) == ("QUANTITY", unit, si_unit)
    assert found.si_value == pytest.approx(si_value, rel=1e-9)


def test_every_unit_of_the_table_is_read_and_converted():
    for row in table("units"):
        for word in row["words"].split("|"):
            text = f"They had 50{'' if word == 'in' else ' '}{word}."
            (found,) = amounts(text)

            if word in ("pound", "pounds"):
                assert found.currency == "GBP", word
            else:
                assert found.unit == row["unit"], word
                assert found.si_value == pytest.approx(50 * float(row["factor"]) + float(row["offset"]))


@pytest.mark.parametrize(
    ("text", "unit", "share"),
    [
        ("40 percent", "percent", 0.4),
        ("40 per cent", "percent", 0.4),
        ("40%", "percent", 0.4),
        ("7-1/2 pct", "percent", 0.075),
        ("two percentage points", "percentage point", 0.02),
        ("25 basis points", "basis point", 0.0025),
    ],
)
def test_a_percentage_has_its_share(text, unit, share):
    (found,) = amounts(text)

    assert (found.kind, found.unit, found.si_unit) == ("PERCENT", unit, "1")
    assert found.si_value == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("A 34-year-old baker won.", 34, 34, "year"),
        ("An 18-month-old baby won.", 18, 18, "month"),
        ("Children aged 5 to 12 won.", 5, 12, "year"),
        ("Ali Hassan, 34, won.", 34, 34, "year"),
        ("Lucie Martin (27) won.", 27, 27, "year"),
        ("She was 12 when she won.", 12, 12, "year"),
        ("He died at the age of 91.", 91, 91, "year"),
        ("A woman in her 60s won.", 60, 69, "year"),
        ("The boy, 5, won.", 5, 5, "year"),
        ("Children under five were fed.", None, 5, "year"),
        ("People older than 65 were told.", 65, None, "year"),
    ],
)
def test_an_age_has_its_unit(text, low, high, unit):
    (found,) = amounts(text)

    assert (found.kind, found.low, found.high, found.unit, found.si_value) == ("AGE", low, high, unit, None)


@pytest.mark.parametrize(
    ("text", "low", "best", "high", "bound"),
    [
        ("at least $50", 50, 50, None, "at_least"),
        ("up to 50 km", None, 50, 50, "at_most"),
        ("Losses exceed 50 euros", 50, 50, None, "at_least"),
        ("about 50 percent", 50, 50, 50, "about"),
        ("between 5 km and 10 km", 5, None, 10, "between"),
        ("$10 to $15 million", 10_000_000, None, 15_000_000, "between"),
        ("18% to 20%", 18, None, 20, "between"),
        ("hundreds of millions of dollars", 200_000_000, None, None, "vague"),
        ("dozens of kilometres", 24, None, None, "vague"),
    ],
)
def test_an_amount_has_the_bounds_of_its_number(text, low, best, high, bound):
    (found,) = amounts(text)

    assert (found.low, found.best, found.high, found.bound) == (low, best, high, bound)
    assert found.span.start == (text.index("5") - len("exceed ") if "exceed" in text else 0)


@pytest.mark.parametrize(
    ("text", "words", "best", "si_value"),
    [
        ("It was minus 20 degrees Celsius.", "minus 20 degrees Celsius", -20, 253.15),
        ("It was 5 degrees Celsius below zero.", "5 degrees Celsius below zero", -5, 268.15),
        ("It was -0.5% in May.", "-0.5%", -0.5, -0.005),
        ("It was 0-0.5% in May.", "0-0.5%", None, None),
    ],
)
def test_a_temperature_or_a_percentage_may_be_below_zero(text, words, best, si_value):
    (found,) = amounts(text)

    assert (found.span.of(text), found.best) == (words, best)
    assert found.si_value == (si_value and pytest.approx(si_value))


def test_the_ages_of_a_list_are_of_the_same_persons():
    text = "Suspects aged 19, 22 and 25 were held with 30 others."

    assert [(each.best, each.counted.of(text)) for each in amounts(text)] == [
        (19, "Suspects"),
        (22, "Suspects"),
        (25, "Suspects"),
    ]


def test_a_change_from_one_amount_to_another_is_two():
    assert [each.best for each in amounts("Oil rose from $70 to $75.")] == [70, 75]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("They paid $50 million in emergency aid.", "emergency aid"),
        ("They stole $50 million worth of copper.", "copper"),
        ("They met in May and paid $50 million in Kabul.", None),
        ("They sold 30 tonnes of rice.", "rice"),
        ("It makes 65 percent of the company's domestic production.", "company's domestic production"),
        ("They built a 5 km fence.", "fence"),
        ("They live within 5 km of Kabul.", None),
        ("They saw a 34-year-old baker.", "baker"),
        ("They saw Ali Hassan, 34, of Idlib.", "Ali Hassan"),
    ],
)
def test_what_is_counted_stands_beside_the_amount(text, counted):
    (found,) = with_places(text)

    assert (found.counted.of(text) if found.counted else None) == counted


@pytest.mark.parametrize(
    "text",
    [
        "The rapper 50 Cent sang.",
        "Twenty barrel bombs fell.",
        "Sixty foot soldiers fell.",
        "Three Su-24 jets and 12 tanks fell.",
        "The curfew lasts three days.",
        "They sent 500 tents.",
        "The 12 won their cases.",
        "The Euro 2016 final began at 7.30 pm on 20 May.",
        "All 40 mark the day.",
        "In Garissa, 34 were killed.",
        "He lives at 14 Station Road.",
        "They won 5-3.",
    ],
)
def test_a_number_without_a_measure_is_no_amount(text):
    assert amounts(text) == ()


def test_two_sums_with_or_that_are_far_apart_are_no_range():
    assert [each.best for each in amounts("It lost 7 cents or 1.2 million dollars.")] == [0.07, 1_200_000]


def test_a_text_that_was_not_read_has_no_amounts():
    assert (
        with_places("Le projet a coûté 50 millions de dollars, a annoncé le ministère de la Défense à Paris.")
        == ()
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$" * 50_000,
        "$5 " * 20_000,
        "5 km of " * 10_000,
        "5%-" * 30_000,
        "5km" * 30_000,
        "aged " * 20_000,
        "1-" * 50_000,
    ],
)
def test_a_hostile_text_is_read(text):
    for each in amounts(text):
        assert 0 <= each.span.start <= each.number.start < each.number.end <= each.span.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "The Five Mile Creek flooded two farms.",
        "The mayor came back on Tuesday (26) and opened the bridge.",
    ],
)
def test_a_number_in_a_name_or_a_day_in_brackets_is_no_amount(text):
    assert amounts(text) == ()


def test_a_modifier_may_begin_a_line_and_not_follow_a_dash():
    bridge, share = amounts("The bridge had cost\nabout 40 million euros -- some 12 percent of the budget.")

    assert (bridge.bound, share.bound) == ("about", "about")
    assert bridge.number.end <= bridge.span.end < share.span.start
