"""The toll of an article: how many its main event killed and injured."""

from __future__ import annotations

import pytest

from flows.enrich.claims.toll import Range, toll_of

from .test_claims import claims_in


def ranges_in(text):
    toll = toll_of(claims_in(text))
    return tuple(None if each is None else (each.low, each.high) for each in (toll.killed, toll.injured))


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("Nine men were killed and four were hurt.", 9, 4),
        ("Two men killed, five hurt in Leeds fire\n\nThe fire broke out on Monday.", 2, 5),
        ("A nurse and three pupils died in the fire.", 4, 0),
        ("Six people were killed: four farmers, a priest and a schoolgirl.", 6, 0),
        ("Twelve people, among them three children, died in the fire.", 12, 0),
        ("Five people were killed at the scene and two others died in hospital.", 7, 0),
        ("Three miners died overnight, raising the toll from the blast to eleven.", 11, 0),
        ("Five people were shot, two of them fatally.", 2, 3),
        ("A man was shot and killed on Monday.", 1, 0),
        ("Nine men were wounded. No one was killed.", 0, 9),
        ("There were no deaths.", 0, None),
        ("The army bought nine tanks.", None, None),
    ],
)
def test_the_toll_is_that_of_the_main_event(text, killed, injured):
    expected = tuple(None if each is None else (each, each) for each in (killed, injured))

    assert ranges_in(text) == expected


def test_a_person_is_counted_once():
    """The headline, the lead, a name and a pronoun are about the same man."""
    text = (
        "Man dies after shooting in Leeds\n\nA man was shot in Leeds on Monday, police said.\n\n"
        "Tom Brown, 23, was taken to a hospital. He died there on Tuesday."
    )

    assert ranges_in(text) == ((1, 1), (0, 0))


def test_another_person_is_added():
    text = "A man was killed in Leeds on Monday.\n\nAnother man was killed in the same street."

    assert ranges_in(text) == ((2, 2), (0, 0))


def test_background_is_left_out():
    text = (
        "Three hikers died on the volcano on Tuesday.\n\nSome 800 people were killed there in 1994.\n\n"
        "More than 40 hikers have been killed since January."
    )

    assert ranges_in(text) == ((3, 3), (0, 0))


def test_what_may_happen_is_left_out():
    assert ranges_in("The dam could kill 900 people.") == (None, None)


def test_rival_tolls_make_a_range():
    text = "Police said nine people were killed; hospital officials put the toll at 14."

    assert ranges_in(text)[0] == (9, 14)


def test_a_range_of_the_words_is_the_range_of_the_toll():
    assert ranges_in("Between 20 and 25 miners died in the mine.")[0] == (20, 25)


def test_at_least_supports_the_number_itself():
    assert toll_of(claims_in("At least nine miners died.")).killed == Range(9, 9)


def test_what_an_anniversary_recalls_is_no_toll():
    toll = toll_of(claims_in("The town marked the 30th anniversary of the mine disaster that killed 81 men."))

    assert (toll.killed, toll.injured) == (None, None)


def test_both_who_were_pronounced_dead_are_dead():
    """`they` are the wounded of the sentence or the one before."""
    toll = toll_of(claims_in("Both men were taken to a hospital, where they were pronounced dead."))

    assert (toll.killed, toll.injured) == (Range(2, 2), Range(0, 0))


def test_who_kills_others_and_himself_is_one_of_the_dead():
    toll = toll_of(claims_in("A man killed his wife and two sons and then killed himself."))

    assert toll.killed == Range(4, 4)


def test_others_than_the_dead_are_not_on_top_of_the_wounded():
    text = "Two killed, three wounded in blast: two people are dead and three others wounded."

    assert toll_of(claims_in(text)).injured == Range(3, 3)


def test_names_with_ages_are_a_list():
    text = "Lynn Barry, 35, Amanda Moore, 29, and Omar Haddad, 41, died on Tuesday."

    assert toll_of(claims_in(text)).killed == Range(3, 3)


def test_a_year_counts_nobody():
    text = "A clerk was killed on Friday. It was the first murder of 2016 in Corinth."

    assert toll_of(claims_in(text)).killed == Range(1, 1)


@pytest.mark.parametrize(
    ("text", "hurt"),
    [
        ("2 boys, 2 girls injured in Reno crash", 4),
        ("Two men, a woman injured in Reno crash", 3),
        ("Two men, a teacher and a cook, were injured in Reno.", 2),
    ],
)
def test_a_list_of_a_headline_has_no_and(text, hurt):
    """A noun between commas is an apposition."""
    assert toll_of(claims_in(text)).injured == Range(hurt, hurt)
