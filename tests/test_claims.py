"""Claims: what is counted, how many, what happened, who says so, and what sets a claim apart."""

from __future__ import annotations

from datetime import date

import pytest

from flows.enrich.findings import find_all
from flows.journey import read
from flows.parse.body import body_as_is

from .conftest import loaded_reference

PUBLISHED = date(2022, 5, 20)


def findings_in(text, published=PUBLISHED):
    reference = loaded_reference()
    (reading,) = read([(body_as_is(text), published)], reference)
    return reading, find_all(reading, reference)


def claims_in(text, published=PUBLISHED):
    return findings_in(text, published)[1].claims


def told(text):
    """Return the effect, the best number and the words of each claim."""
    return [(claim.effect, claim.count.best, claim.span.of(text)) for claim in claims_in(text)]


def words(span, text):
    return span.of(text) if span else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mine collapse killed nine workers.", [("killed", 9, "nine workers")]),
        ("Nine workers were killed when the mine collapsed.", [("killed", 9, "Nine workers")]),
        ("Nine workers died in the mine.", [("killed", 9, "Nine workers")]),
        ("The collapse left nine workers dead.", [("killed", 9, "nine workers")]),
        ("The death of nine workers was confirmed.", [("killed", 9, "nine workers")]),
        ("Nine workers lost their lives.", [("killed", 9, "Nine workers")]),
        ("The storm claimed nine lives.", [("killed", 9, "nine lives")]),
        ("Nine workers killed in Bor mine", [("killed", 9, "Nine workers")]),
        ("Mine collapse in Bor: nine dead, four hurt", [("killed", 9, "nine"), ("wounded", 4, "four")]),
        ("The bodies of nine workers were recovered.", [("killed", 9, "nine workers")]),
        ("The death toll rose to nine.", [("killed", 9, "nine")]),
        ("Rescuers saved nine workers.", [("rescued", 9, "nine workers")]),
        ("Nine workers are still missing.", [("missing", 9, "Nine workers")]),
        ("The flood drove 900 families from their homes.", [("displaced", 900, "900 families")]),
        ("Police arrested nine workers.", [("arrested", 9, "nine workers")]),
        ("Rebels captured nine soldiers.", [("captured", 9, "nine soldiers")]),
        ("Rebels captured nine trucks.", [("seized", 9, "nine trucks")]),
        ("Shells destroyed nine houses.", [("destroyed", 9, "nine houses")]),
        ("Gunners shot down nine drones.", [("shot_down", 9, "nine drones")]),
    ],
)
def test_a_claim_has_its_effect_its_number_and_its_words(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The company employs nine workers.",
        "The club killed off nine proposals.",
        "He scored 12 points and captured nine titles.",
        "The mine lies 40 kilometres from Bor.",
        "The strike cost the firm 9 million dollars.",
        "Two tender offers expired on Friday and a third lapsed.",
        "The reforms could save 50 mln dlrs a year.",
        "An advisory body met in Bern, and two governing bodies will merge.",
        "The bank executed two orders and released three estimates.",
    ],
)
def test_a_number_to_which_nothing_happened_is_no_claim(text):
    assert told(text) == []


def test_each_number_of_a_coordination_is_its_own_claim():
    text = "The blast killed a cook, three pupils and two guards and wounded nine."

    assert told(text) == [
        ("killed", 1, "a cook"),
        ("killed", 3, "three pupils"),
        ("killed", 2, "two guards"),
        ("wounded", 9, "nine"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The raid closed the road because two or three are critically wounded.",
        "The front said it killed a guard, wounding three or four.",
    ],
)
def test_the_numerals_of_one_range_are_one_claim(text):
    """Two claims of the same words would have the same id, and no batch with them is committed."""
    of_wounded = [
        (claim.span.of(text), claim.count.low, claim.count.high)
        for claim in claims_in(text)
        if claim.effect == "wounded"
    ]

    assert of_wounded == [("two or three", 2, 3) if "two" in text else ("three or four", 3, 4)]


def test_an_article_counts_for_the_noun_that_shares_it():
    """`a tank and armoured carrier` is one of each."""
    text = "Fighters destroyed a Syrian tank and armoured personnel carrier."

    assert [(claim.affected.unit, claim.count.best) for claim in claims_in(text)] == [
        ("tank", 1),
        ("personnel carrier", 1),
    ]


def test_an_ordinal_counts_one_and_a_rank_counts_nobody():
    assert told("Fighters seized a second tank.") == [("seized", 1, "a second tank")]
    assert told("A reporter was shot dead, the seventh journalist killed this year.") == [
        ("killed", 1, "A reporter")
    ]


def test_a_part_of_the_victims_is_marked():
    """It is not added to the whole."""
    text = "Twelve people, among them three children, died in the fire."

    whole, part = claims_in(text)

    assert (whole.count.best, whole.is_part) == (12, False)
    assert (part.count.best, part.is_part) == (3, True)


@pytest.mark.parametrize(
    ("text", "low", "best", "high", "bound"),
    [
        ("Nine workers died.", 9, 9, 9, "exact"),
        ("At least nine workers died.", 9, 9, None, "at_least"),
        ("As many as nine workers died.", None, 9, 9, "at_most"),
        ("Nearly 900 workers died.", 900, 900, 900, "about"),
        ("Between nine and 12 workers died.", 9, None, 12, "between"),
        ("Dozens of workers died.", 24, None, None, "vague"),
    ],
)
def test_the_bounds_of_a_claim_are_those_of_its_number(text, low, best, high, bound):
    (claim,) = claims_in(text)

    assert (claim.count.low, claim.count.best, claim.count.high, claim.count.bound) == (
        low,
        best,
        high,
        bound,
    )


def test_a_vague_number_has_the_number_that_acled_codes():
    (claim,) = claims_in("Dozens of workers died.")

    assert (claim.count.vague, claim.count.acled_number) == ("dozens", 12)


@pytest.mark.parametrize(
    ("text", "kind", "nationality"),
    [
        ("Two Turkish soldiers were killed.", "military", "TR"),
        ("Two police officers were killed.", "police", None),
        ("Two militants were killed.", "rebel", None),
        ("Two Italian journalists were killed.", "journalist", "IT"),
        ("Two schoolgirls were killed.", "child", None),
        ("Two aid workers were killed.", "aid_worker", None),
        ("Two people were killed.", None, None),
        ("Two Filipinos were killed.", None, "PH"),
    ],
)
def test_victims_have_a_type_and_a_nationality(text, kind, nationality):
    (claim,) = claims_in(text)

    assert claim.affected.is_people
    assert (claim.affected.victim_type, claim.affected.nationality) == (kind, nationality)


@pytest.mark.parametrize(
    ("text", "claimant", "kind", "cue"),
    [
        ("The army said nine men were killed.", "The army", "military", "said"),
        ("Nine men were killed, police said.", "police", "police", "said"),
        ("Nine men were killed, according to survivors.", "survivors", "witness", "according to"),
        ("A hospital reported nine deaths.", "A hospital", "medical", "reported"),
        (
            "The army said the rebels had fled, adding that nine men were killed.",
            "The army",
            "military",
            "adding",
        ),
        ("Nine men were killed.", None, None, None),
        ("It was reported that nine men were killed.", None, None, "reported"),
    ],
)
def test_a_claim_has_who_says_so(text, claimant, kind, cue):
    (claim,) = claims_in(text)
    said = claim.attribution

    assert (words(said.claimant, text), said.type, words(said.cue, text)) == (claimant, kind, cue)


def test_rival_claimants_of_one_sentence_have_a_claim_each():
    text = "The opposition says 43 men died; the government says 26."

    assert [(words(claim.attribution.claimant, text), claim.count.best) for claim in claims_in(text)] == [
        ("The opposition", 43),
        ("the government", 26),
    ]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("The navy said that nine men had drowned.", "asserts"),
        ("The navy denied that nine men had drowned.", "denies"),
        ("The navy could not confirm that nine men had drowned.", "cannot_confirm"),
        ("The navy revised the toll to nine.", "revises"),
    ],
)
def test_a_claimant_has_a_stance(text, stance):
    (claim,) = claims_in(text)

    assert claim.attribution.stance == stance


@pytest.mark.parametrize(
    "text",
    [
        "No workers were hurt.",
        "None of the nine workers was hurt.",
        "Nobody was hurt.",
        "The nine workers were not hurt.",
        "There were no deaths.",
    ],
)
def test_what_did_not_happen_is_negated(text):
    (claim,) = claims_in(text)

    assert claim.is_negated


@pytest.mark.parametrize(
    "text",
    [
        "The dam could kill 900 people.",
        "If another worker is killed, they will strike.",
        "The gang threatened to kill nine workers.",
        "Nine workers would have died.",
        "The evacuation of 900 people is planned.",
    ],
)
def test_what_may_happen_is_hypothetical(text):
    assert [claim.is_hypothetical for claim in claims_in(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "The gang managed to kill nine workers.",
        "The flood forced 900 people to flee.",
        "The firm said that nine workers had been killed.",
    ],
)
def test_what_happened_is_not_hypothetical(text):
    assert [claim.is_hypothetical for claim in claims_in(text)] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "The town marked the anniversary of the fire in which nine workers died.",
        "In 1984 a leak killed nine workers.",
        "A candle was lit for the nine workers who died ten years ago.",
    ],
)
def test_what_happened_long_before_the_news_is_historical(text):
    assert [claim.is_historical for claim in claims_in(text)] == [True]


def test_old_times_do_not_make_the_news_historical():
    text = "A tremor injured five men in Izmit, where a quake killed 17,000 people in 1999."

    assert [claim.is_historical for claim in claims_in(text)] == [False, True]


def test_a_total_since_a_time_is_cumulative():
    text = "Two more miners died on Friday, bringing to 34 the number killed since March."

    new, total = claims_in(text)

    assert (new.count.best, new.is_cumulative, new.since) == (2, False, None)
    assert (total.count.best, total.is_cumulative, words(total.since, text)) == (34, True, "March")


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("Some 90 villagers have been killed since the rains began.", "the rains began"),
        ("Clashes have left 230 people dead in two years.", "two years"),
        ("More than 1,200 farmers were killed over eight months of raids.", "eight months of raids"),
        ("Around 6,000 soldiers have died in the war.", "the war"),
        ("The epidemic has killed 740 people.", "The epidemic"),
        ("To date, 212 miners have been killed in the province.", None),
    ],
)
def test_a_number_over_a_time_is_cumulative(text, since):
    (claim,) = claims_in(text)

    assert (claim.is_cumulative, words(claim.since, text)) == (True, since)


@pytest.mark.parametrize(
    "text",
    [
        "Nine people were killed in two days of clashes.",
        "Ten sailors died in the deadliest accident in six years.",
        "A driver died in ten days.",
        "Four of those wounded have since died.",
        "Nobody was hurt since the building was empty.",
    ],
)
def test_the_news_of_a_few_days_is_not_cumulative(text):
    """Neither a record, a single death, `since then`, nor a reason is a time that a total runs over."""
    assert [claim.is_cumulative for claim in claims_in(text)] == [False]


def test_a_death_that_raises_a_toll_is_no_claimant():
    """The toll includes the earlier dead, and nobody is said to state it."""
    new, total = claims_in("Two hikers died, bringing the death toll from the avalanche to 12.")

    assert (new.count.best, new.is_cumulative) == (2, False)
    assert (total.count.best, total.is_cumulative, total.attribution.claimant) == (12, True, None)


def test_a_bound_denies_nothing():
    (claim,) = claims_in("No fewer than 20 miners were killed.")

    assert (claim.count.low, claim.count.high, claim.is_negated) == (20, None, False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Omar Haddad, a police sergeant, was shot dead.", "police"),
        ("Rosa Delgado, 34, a photographer, was killed on Friday.", "journalist"),
    ],
)
def test_the_noun_beside_a_name_gives_the_type_of_the_victim(text, kind):
    assert [claim.affected.victim_type for claim in claims_in(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "claimant", "kind"),
    [
        ("A guerrilla leader said nine soldiers were killed.", "A guerrilla leader", "rebel"),
        ("The police commander said five rebels were killed.", "The police commander", "police"),
        ("The army said it could not confirm that five rebels had died.", "The army", "military"),
    ],
)
def test_the_side_of_a_rank_and_the_antecedent_of_a_pronoun_give_the_claimant(text, claimant, kind):
    (claim,) = claims_in(text)

    assert (words(claim.attribution.claimant, text), claim.attribution.type) == (claimant, kind)


def test_a_claim_names_the_perpetrator_and_the_weapon():
    text = "Rebels killed nine soldiers with a car bomb."

    (claim,) = claims_in(text)

    assert (words(claim.perpetrator, text), words(claim.weapon, text)) == ("Rebels", "car bomb")


def test_an_event_is_no_perpetrator():
    (claim,) = claims_in("The explosion killed nine soldiers.")

    assert claim.perpetrator is None


def test_place_and_time_are_those_of_the_clause():
    text = "Nine men died in Lagos on Tuesday, the minister said in Abuja on Thursday."

    (claim,) = claims_in(text)

    assert (words(claim.links.place.span, text), claim.links.place_reason) == ("Lagos", "clause")
    assert (words(claim.links.time.span, text), claim.links.time_reason) == ("Tuesday", "clause")


def test_a_claim_that_is_stated_again_points_at_the_first():
    text = "Nine soldiers were killed in Gao. The army buried the nine soldiers who were killed."

    first, second = claims_in(text)

    assert (first.repeats, second.repeats) == (None, 0)


def test_two_claimants_make_two_claims_of_one_number():
    text = "The army said nine men were killed. Residents said nine men were killed."

    assert [claim.repeats for claim in claims_in(text)] == [None, None]


USER_DOCUMENT = (
    "Two Turkish soldiers have been killed by an air strike in Syria, Turkey’s Defence Ministry said.\n\n"
    "The deaths brought to 15 the number of Turkish soldiers killed in clashes this month.\n\n"
    "President Erdogan had vowed to take action if another Turkish soldier was killed or wounded.\n\n"
    "The offensive has triggered a wave of flight, displacing nearly one million people.\n\n"
    "A Turkish Defence Ministry statement said as many as 50 Syrian government soldiers were killed and that five "
    "tanks, two armoured personnel carriers and other equipment were destroyed."
)


def test_a_dispatch_gives_each_claim_with_its_claimant_and_offsets():
    text = USER_DOCUMENT
    found = claims_in(text, date(2020, 2, 20))

    assert [
        (claim.effect, claim.span.of(text), words(claim.attribution.claimant, text))
        for claim in found
        if claim.is_fact
    ] == [
        ("killed", "Two Turkish soldiers", "Turkey’s Defence Ministry"),
        ("killed", "15 the number of Turkish soldiers", None),
        ("displaced", "nearly one million people", None),
        ("killed", "as many as 50 Syrian government soldiers", "A Turkish Defence Ministry statement"),
        ("destroyed", "five tanks", "A Turkish Defence Ministry statement"),
        ("destroyed", "two armoured personnel carriers", "A Turkish Defence Ministry statement"),
    ]
    (vowed,) = [claim for claim in found if not claim.is_fact]
    assert (vowed.span.of(text), vowed.is_hypothetical) == ("another Turkish soldier", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "KILLED 9 KILLED 9",
        "9 " * 2000,
        "killed " * 2000,
        "Il y a eu neuf morts.",
        "9 dead\n" * 300,
        "nine and " * 400,
    ],
)
def test_any_text_is_read(text):
    """No text raises, and each claim points at its words."""
    for claim in claims_in(text):
        assert text[claim.span.start : claim.span.end].strip()
