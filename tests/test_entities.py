"""Names, offices and pronouns, and which of them are one entity."""

from __future__ import annotations

import pytest

from flows.enrich.entities.mentions import Mention, mentions_in
from flows.enrich.entities.weapons import weapons_in
from flows.enrich.language.words import words_in
from flows.enrich.lexicons import table
from flows.enrich.places.mentions import places_in
from flows.records import Span

from .conftest import loaded_reference, reading


def mentions_of(text: str, **entities: str) -> list[Mention]:
    read = reading(text, entities={surface.replace("_", " "): label for surface, label in entities.items()})
    return list(mentions_in(read, places_in(read, loaded_reference().places), loaded_reference().entities))


def by_surface(text: str, mentions: list[Mention]) -> dict[str, Mention]:
    return {mention.span.of(text): mention for mention in mentions}


def test_titles_and_shorter_names_lead_to_one_person():
    text = "President Recep Tayyip Erdogan spoke. Mr Erdogan left. Emine Yildiz stayed."
    found = by_surface(
        text, mentions_of(text, Recep_Tayyip_Erdogan="PERSON", Mr_Erdogan="PERSON", Emine_Yildiz="PERSON")
    )
    short = next(
        mention
        for surface, mention in found.items()
        if surface.endswith("Erdogan") and "Recep" not in surface
    )

    assert short.entity == found["Recep Tayyip Erdogan"].entity != found["Emine Yildiz"].entity
    assert short.entity.name == "Recep Tayyip Erdogan"
    assert found["Recep Tayyip Erdogan"].role == "President"


def test_a_family_name_that_two_people_share_is_tied_to_neither():
    text = "Anna Berg met Ulf Berg. Mr Berg laughed."
    people = [
        mention
        for mention in mentions_of(text, Anna_Berg="PERSON", Ulf_Berg="PERSON")
        if mention.type == "PER"
    ]

    assert len({mention.entity.key for mention in people}) == len(people) == 3


def test_a_given_name_alone_is_the_person_who_has_it():
    text = "Valeria Montes left the ship. Valeria said the crew had been kind."
    found = mentions_of(text, Valeria_Montes="PERSON")

    assert {mention.entity.name for mention in found if mention.type == "PER"} == {"Valeria Montes"}


def test_an_office_is_whoever_the_text_says_holds_it():
    text = "Turkish President Recep Tayyip Erdogan spoke on Monday. The Turkish President left on Tuesday."
    found = mentions_of(text, Turkish="NORP", Recep_Tayyip_Erdogan="PERSON")
    offices = [mention for mention in found if mention.span.of(text) == "Turkish President"]

    assert [mention.entity.name for mention in offices] == ["Recep Tayyip Erdogan"] * 2
    assert {(mention.entity.country, mention.entity.sector) for mention in offices} == {("TR", "GOV")}


def test_a_ministry_is_one_under_both_names_of_its_country():
    text = "Turkey’s Defence Ministry said so. A Turkish Defence Ministry statement followed."
    found = by_surface(
        text, mentions_of(text, Turkey="GPE", Defence_Ministry="ORG", Turkish_Defence_Ministry="ORG")
    )

    assert found["Defence Ministry"].entity == found["Turkish Defence Ministry"].entity
    assert found["Defence Ministry"].entity.country == "TR"


def test_an_army_in_small_letters_is_a_body_of_its_country():
    text = "The Syrian army withdrew."
    found = by_surface(text, mentions_of(text, Syrian="NORP"))

    assert found["Syrian army"].kind == "nominal"
    assert (found["Syrian army"].entity.country, found["Syrian army"].entity.sector) == ("SY", "MIL")


def test_an_acronym_in_brackets_is_the_name_before_it():
    text = "The Coastal Relief Council (CRC) sent boats. Later the CRC sent food."
    found = [m for m in mentions_of(text, Coastal_Relief_Council="ORG", CRC="ORG") if m.type == "ORG"]

    assert len(found) >= 2
    assert {mention.entity.name for mention in found} == {"Coastal Relief Council"}


def test_a_well_known_body_has_its_sector_without_the_text_saying_so():
    text = "The Turkish Anadolu agency reported it, and the United Nations (UN) did not."
    found = by_surface(text, mentions_of(text, Turkish_Anadolu="ORG", United_Nations="ORG", UN="ORG"))

    assert (found["Anadolu"].type, found["Anadolu"].entity.sector, found["Anadolu"].entity.country) == (
        "ORG",
        "MED",
        "TR",
    )
    assert found["United Nations"].entity == found["UN"].entity
    assert found["United Nations"].entity.sector == "IGO"


def test_a_town_that_the_model_labels_as_an_organisation_is_a_place():
    """`Idlib` is an organisation to the model four times of five."""
    text = "Rebels in Idlib fired on Aleppo, in the north of Syria. Idlib was shelled."
    found = mentions_of(text, Idlib="ORG", Aleppo="GPE", Syria="GPE")

    assert {mention.type for mention in found if mention.span.of(text) == "Idlib"} == {"GPE"}


def test_a_pronoun_is_tied_where_it_can_mean_one_person_only():
    text = "Anna Berg resigned on Monday. She gave no reason."
    both = "Anna Berg met Eva Lind on Monday. She gave no reason."

    assert [m.entity.name for m in mentions_of(text, Anna_Berg="PERSON") if m.kind == "pronoun"] == [
        "Anna Berg"
    ]
    assert [m for m in mentions_of(both, Anna_Berg="PERSON", Eva_Lind="PERSON") if m.kind == "pronoun"] == []


def test_a_span_is_one_mention_only():
    """The id of a mention is made of its span, so that two of one span would have one id."""
    pronoun = mentions_of("The office named only Alex Igor. He is charged.", Alex_Igor="PERSON", He="PERSON")
    embassy = mentions_of(
        "Speaking at the Brazilian Embassy, he said no.", **{"Brazilian Embassy": "ORG", "Brazilian": "NORP"}
    )

    assert [each.kind for each in pronoun if each.span.start == 33] == ["pronoun"]
    assert [(each.kind, each.type) for each in embassy if each.span.start == 16 and each.span.end == 33] == [
        ("name", "ORG")
    ]


def test_a_form_of_address_tells_which_pronoun_can_be_meant():
    text = "Mr Holm resigned on Monday. She gave no reason."

    assert [m for m in mentions_of(text, Holm="PERSON") if m.kind == "pronoun"] == []


def test_a_mention_is_cut_to_the_name():
    text = "near the United Nations’s door"
    (mention,) = mentions_of(text, **{"the_United_Nations’s": "ORG"})

    assert (mention.span.start, mention.entity.name) == (9, "United Nations")


def test_a_name_ends_with_its_short_line():
    text = "Tom Marten\nScott Neal\nThe two signed the letter to the board of the company."
    found = mentions_of(text, **{"Tom_Marten\nScott_Neal": "PERSON"})

    assert [mention.span.of(text) for mention in found if mention.type == "PER"] == [
        "Tom Marten",
        "Scott Neal",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Russian Su-24 bombers struck", [("Su-24", "aircraft"), ("bomber", "aircraft")]),
        (
            "two armoured personnel carriers and a tank",
            [("armoured personnel carrier", "vehicle"), ("tank", "vehicle")],
        ),
        ("an RPG-7 and AK-47 rifles", [("RPG-7", "missile"), ("AK-47", "firearm"), ("rifle", "firearm")]),
        ("the fish tank cracked", []),
        ("on Highway A-14 near the mine", []),
    ],
)
def test_weapons_and_vehicles_are_told_by_name_and_by_letters(text, found):
    assert [
        (weapon.name, weapon.kind)
        for weapon in weapons_in(
            text, words_in(text), [Span(0, len(text))], loaded_reference().entities.weapons
        )
    ] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("M-16 rifles", [("M-16", "firearm"), ("rifle", "firearm")]),
        ("an M-60 machine gun", [("M-60", "firearm"), ("machine gun", "firearm")]),
        ("an M-60 tank", [("M-60", "vehicle"), ("tank", "vehicle")]),
        ("the M-19 guerrillas met", []),
        ("on the M-4 motorway", []),
        ("The M5 was closed.", []),
        ("She needs a B-1 visa.", []),
        ("A suicide bomber fled.", []),
        ("The bomber took off.", [("bomber", "aircraft")]),
        ("A gold mine flooded.", []),
        ("He stepped on a mine in the field.", [("mine", "explosive")]),
    ],
)
def test_what_is_ambiguous_is_a_weapon_where_the_words_beside_it_say_so(text, found):
    assert [
        (weapon.name, weapon.kind)
        for weapon in weapons_in(
            text, words_in(text), [Span(0, len(text))], loaded_reference().entities.weapons
        )
    ] == found


def countries_of(text: str, name: str, **entities: str) -> set[str | None]:
    found = mentions_of(text, **entities)
    return {mention.entity.country for mention in found if name in mention.span.of(text)}


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Kenya's opposition asked the Supreme Court to rule.", "KE"),
        ("The Supreme Court of Ghana will rule.", "GH"),
        ("The Supreme Court in Abuja will rule.", "NG"),
        ("The Supreme Court will rule.", None),
        ("LIMA, Peru (Wire) - The Supreme Court freed him. He left Peru at once.", "PE"),
        ("The Supreme Court condemned the raid on Iran.", None),
    ],
)
def test_an_organisation_that_every_state_has_is_of_the_country_around_it(text, country):
    """`Supreme Court` alone is not the American one."""
    places = {name: "GPE" for name in ("Kenya", "Ghana", "Abuja", "Peru", "Iran") if name in text}

    assert countries_of(text, "Supreme Court", **places, Supreme_Court="ORG") == {country}


def test_an_organisation_of_one_country_keeps_it_in_another():
    text = "The State Department spoke of Iraq. Iraq replied."

    assert countries_of(text, "State Department", Iraq="GPE", State_Department="ORG") == {"US"}


def test_an_acronym_that_a_text_explains_is_not_the_well_known_one():
    """`NRC` alone is the Nuclear Regulatory Commission."""
    text = "The Norwegian Refugee Council (NRC) left. The NRC will return."
    found = [m for m in mentions_of(text, NRC="ORG") if m.span.of(text) == "NRC"]

    assert {(m.entity.name, m.entity.sector, m.entity.country) for m in found} == {
        ("Norwegian Refugee Council", "NGO", None)
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Recep Tayyip Ozdemir flew home.", "Recep Tayyip Ozdemir"),
        ("Theresa May met them.", "Theresa May"),
        ("Ursula von der Heide spoke.", "Ursula von der Heide"),
        ("PRESIDENT JUAN LOPEZ SPOKE AGAIN TODAY.", "JUAN LOPEZ"),
        ("Mrs May resigned.", "May"),
    ],
)
def test_a_name_that_the_model_does_not_see_is_found_by_its_words(text, name):
    assert [m.span.of(text) for m in mentions_of(text) if m.type == "PER"] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Rescue Teams Search For Survivors As Rain Falls",
        "THE EXPLOSION DESTROYED FOUR SHOPS.",
        "Subject: Re: water",
        "Total\t12\t3",
    ],
)
def test_capitals_alone_make_no_name(text):
    assert [m.span.of(text) for m in mentions_of(text)] == []


def test_a_storm_is_an_event_and_no_person():
    text = "Cyclone Mary hit the coast."
    found = by_surface(text, mentions_of(text, Cyclone_Mary="PERSON"))

    assert {surface: mention.type for surface, mention in found.items()} == {"Cyclone Mary": "EVENT"}


def test_a_company_is_no_person_and_neither_is_its_short_name():
    text = "Kaneb Services Inc bought it. Kaneb said it will sell."
    found = mentions_of(text, Kaneb_Services_Inc="PERSON", Kaneb="PERSON")

    assert {m.type for m in found if m.span.of(text).startswith("Kaneb")} == {"ORG"}


def test_a_title_of_several_words_is_the_role():
    text = "Senior General Anna Berg met former Foreign Minister Ulf Lind."
    found = by_surface(text, mentions_of(text, Anna_Berg="PERSON", Ulf_Lind="PERSON"))

    assert (found["Anna Berg"].role, found["Anna Berg"].entity.sector) == ("Senior General", "MIL")
    assert (found["Ulf Lind"].role, found["Ulf Lind"].entity.sector) == ("former Foreign Minister", "GOV")


def test_an_ethnic_group_is_found_where_its_name_is_unambiguous():
    """`Chin` is also a part of a face, `Karen` a given name."""
    text = "Yazidis and Chin villagers met Karen Holm. Her chin was cut."
    found = by_surface(text, mentions_of(text, Yazidis="PERSON", Karen_Holm="PERSON"))

    assert {surface: found[surface].type for surface in ("Yazidis", "Chin", "Karen Holm")} == {
        "Yazidis": "NORP",
        "Chin": "NORP",
        "Karen Holm": "PER",
    }


def test_the_tables_name_each_organisation_once():
    names = [
        name for row in table("actors") for name in (row["name"], *filter(None, row["aliases"].split("|")))
    ]

    assert len(names) == len(set(names))


def test_the_users_document_has_its_entities(users_document):
    text, found = users_document["text"], users_document["mentions"]
    presidents = {
        m.entity.name
        for m in found
        if m.span.of(text) in ("Erdogan", "Recep Tayyip Erdogan", "Turkish President")
    }

    assert presidents == {"Recep Tayyip Erdogan"}
    assert {m.type for m in found if "Anadolu" in m.span.of(text)} == {"ORG"}
    assert {m.entity.name for m in found if m.span.of(text) == "Assad"} == {"Bashar Assad"}
