"""Events: who did what to whom, as CAMEO codes it, where, when, and whether it took place."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from flows.enrich.events.event import Event
from flows.enrich.events.reference import SAME
from flows.enrich.events.triggers import (
    ACCUSE,
    ALLOW,
    APPEAL,
    CONSIDER,
    DEMAND,
    INTEND,
    NO_EVENT,
    NOUN_CODE,
    REFUSE,
    THREATEN,
    read_triggers,
    read_word_classes,
)
from flows.enrich.findings import find_all
from flows.enrich.lexicons import table
from flows.journey import read
from flows.parse.body import body_as_is

from .conftest import loaded_reference

PUBLISHED = date(2020, 2, 20)


@cache
def events_in(text: str) -> tuple[Event, ...]:
    (article,) = read([(body_as_is(text), PUBLISHED)], loaded_reference())
    return find_all(article, loaded_reference()).events


def event_in(text: str) -> Event:
    (event,) = events_in(text)
    return event


def codes(actors) -> list[str]:
    return [each.code for each in actors]


def who_what_whom(text: str) -> tuple[list[str], str, list[str]]:
    event = event_in(text)
    return codes(event.sources), event.code, codes(event.targets)


def test_a_verb_is_coded_with_its_subject_and_object():
    assert who_what_whom("Peruvian police arrested two Chilean journalists.") == (
        ["PERCOP"],
        "173",
        ["CHLMED"],
    )


def test_in_the_passive_the_agent_acts():
    assert who_what_whom("Two Chilean journalists were arrested by Peruvian police.") == (
        ["PERCOP"],
        "173",
        ["CHLMED"],
    )


def test_a_passive_without_an_agent_has_no_source():
    event = event_in("The Tunisian opposition leader was arrested.")

    assert (event.sources, codes(event.targets)) == ((), ["TUNOPP"])


def test_the_object_decides_what_a_verb_means():
    """`impose` alone names no event."""
    assert event_in("Norway imposed sanctions on Belarus.").code == "163"
    assert event_in("Norway imposed a curfew in Oslo.").code == "1723"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Uganda agreed to send troops to Somalia.", "0312"),
        ("Uganda threatened to break relations with Rwanda.", "1313"),
        ("Uganda refused to release the Rwandan prisoners.", "1243"),
        ("Uganda urged Rwanda to release the prisoners.", "0253"),
        ("Uganda demanded that Rwanda release the prisoners.", "1053"),
        ("Uganda accused Rwanda of bombing a village.", "1123"),
    ],
)
def test_the_code_of_an_act_depends_on_what_it_is_about(text, code):
    assert event_in(text).code == code


def test_what_somebody_says_is_coded_not_that_it_is_said():
    event = event_in("Ethiopian officials said Eritrean troops attacked the town of Badme.")

    assert (codes(event.sources), event.code) == (["ERIMIL"], "190")
    assert event.speaker is not None


def test_a_future_of_the_speaker_is_an_intention():
    """CAMEO 03 for help, 13 for harm."""
    assert event_in("Japan said it would provide food to Laos.").code == "0333"
    assert event_in("Japan said it would impose sanctions on Laos.").code == "1312"


def test_what_others_must_do_is_a_demand_on_them():
    assert who_what_whom("Italy said Libya must release the fishermen.") == (["ITA"], "1053", ["LBY"])


def test_nouns_name_events_with_their_actors():
    assert who_what_whom("Talks between Greece and Turkey resumed on Monday.") == (["GRC", "TUR"], "040", [])
    assert event_in("An attack by Libyan rebels on Tunisian soldiers began.").code == "190"


def test_an_object_that_names_an_event_is_coded_for_its_verb():
    event = event_in("Malian troops carried out a raid on rebels near Gao.")

    assert (codes(event.sources), event.code, codes(event.targets)) == (["MLIMIL"], "190", ["MLIREB"])


def test_two_who_meet_act_on_each_other():
    event = event_in("The presidents of Chad and Niger met in Niamey.")

    assert event.is_reciprocal
    assert codes(event.sources) == ["TCDGOV", "NERGOV"]


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Greek police arrested a Turkish sailor.", "asserted"),
        ("Greek police did not arrest the Turkish sailor.", "denied"),
        ("Greek police denied that they had arrested the Turkish sailor.", "denied"),
        ("Greek police will arrest the Turkish sailor.", "planned"),
        ("Greek police could arrest the Turkish sailor.", "hypothetical"),
        ("No Turkish sailors were arrested by Greek police.", "denied"),
    ],
)
def test_modality(text, modality):
    assert event_in(text).modality == modality


def test_place_and_time_are_those_of_the_event_not_of_its_report():
    event = event_in(
        "Speaking in Geneva on Tuesday, the minister said Chadian rebels attacked Abeche on Sunday."
    )

    assert (
        event.place.surface,
        event.time.span.of(
            "Speaking in Geneva on Tuesday, the minister said Chadian rebels attacked Abeche on Sunday."
        ),
    ) == (
        "Abeche",
        "Sunday",
    )
    assert event.place_reason == "depends on the trigger"


def test_a_missing_place_has_a_reason():
    event = event_in("The Norwegian government imposed sanctions on a Russian general.")

    assert (event.place, event.place_reason) == (None, "the sentence names none")


def test_the_next_sentence_may_say_where():
    event = events_in("Gunmen killed a policeman. The attack happened in Arish.")[0]

    assert (event.place.surface, event.place_reason) == (
        "Arish",
        "of the next sentence, which tells of the same event",
    )


@pytest.mark.parametrize(
    "text",
    [
        "The actor died of a heart attack at his home in Malibu.",
        "The company agreed to buy a rival bank for two billion dollars.",
        "Inflation killed the recovery in Brazil.",
        "At least 12 people were killed when a landslide hit a village in Nepal.",
        "Milan attacked from the start and struck twice.",
        "The photographer shot the album cover in Goa.",
    ],
)
def test_business_sports_and_disasters_are_no_events(text):
    assert events_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The Senate bill would not cover Canadian fishermen.", id="a bill does not act"),
        pytest.param("The Danish government abandoned its position in the bond market.", id="finance"),
        pytest.param("Northern Steel Corp agreed to buy a Belgian research unit.", id="a deal of companies"),
        pytest.param(
            "Chile killed 12 people and destroyed houses: the earthquake was strong.", id="disaster"
        ),
        pytest.param("The Kenyan residents rallied to raise money.", id="relief"),
        pytest.param("Sweden is reluctant to lower rates.", id="no event is refused"),
        pytest.param("The army released a summary of Chadian rebel activities.", id="a document is released"),
        pytest.param("The Peruvian people are asking themselves where the president is.", id="himself"),
    ],
)
def test_words_of_events_that_are_used_otherwise_are_no_events(text):
    assert events_in(text) == ()


def test_what_is_denied_without_being_an_event_is_a_denial_of_responsibility():
    assert who_what_whom("Morocco denied that the report has any basis.") == (["MAR"], "016", [])


def test_the_legal_form_of_a_name_makes_a_company():
    """Whatever else it says."""
    assert codes(event_in("Kuwait National Guard Supply Corp sued the Turkish government.").sources) == [
        "KWTBUS"
    ]


def test_a_rank_within_the_name_of_a_company_is_none():
    assert codes(event_in("General Motors sued the Turkish government.").sources) == ["USABUS"]


def test_the_claims_of_an_event_are_linked():
    event = event_in("Somali gunmen killed 12 policemen in Baidoa.")

    assert event.claims == (0,)


def test_background_in_a_relative_clause_is_left_out():
    event = event_in("Kenya arrested a Somali man who had visited Ethiopia.")

    assert event.code == "173"


def test_every_code_of_the_triggers_is_known():
    known = {row["code"] for row in table("cameo")}
    acts = {row["act"] for row in table("event_acts")} | {"wish"}

    wrong = {row["code"] for row in table("event_triggers")} - known - acts - {NO_EVENT, NOUN_CODE}
    assert wrong == set()


def test_the_codes_of_acts_are_known_and_every_act_has_one_without_content():
    known = {row["code"] for row in table("cameo")} | {SAME}

    assert {row["code"] for row in table("event_acts")} <= known
    bare = {row["act"] for row in table("event_acts") if not row["content"]}
    assert {INTEND, APPEAL, DEMAND, REFUSE, THREATEN, ACCUSE, ALLOW, CONSIDER} <= bare


def test_all_cue_categories_have_triggers():
    roots = {trigger.code[:2] for rows in read_triggers().values() for trigger in rows if not trigger.is_act}

    assert {f"{number:02}" for number in range(1, 21)} - roots == {"02", "03", "10", "12", "13"} - roots


def test_no_word_class_is_empty():
    assert min(len(words) for words in read_word_classes().values()) > 1


@pytest.mark.parametrize("text", ["", "?!", "POLICE " * 300, "x" * 20_000, "said " * 140, "attack of " * 70])
def test_any_text_is_coded_without_an_error(text):
    assert isinstance(events_in(text), tuple)
