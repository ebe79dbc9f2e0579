"""Actors: the country and the role of a noun phrase, in CAMEO's codes."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from flows.enrich.entities.mentions import mentions_in
from flows.enrich.events.actor_reference import read_actor_reference
from flows.enrich.events.actors import Actors
from flows.enrich.events.codebooks import ARMED, NONSTATE, PROTESTER, RIOTER, STATE, UNARMED
from flows.enrich.findings import without_names_of_others
from flows.enrich.lexicons import table
from flows.enrich.places.mentions import places_in
from flows.records import Span

from .conftest import loaded_reference, reading


@cache
def reference():
    return read_actor_reference(loaded_reference().entities, loaded_reference().language)


def actors_in(text, published_on=date(2020, 2, 20), entities=None):
    article = reading(text, published_on, entities)
    named = places_in(article, loaded_reference().places)
    mentions = mentions_in(article, named, loaded_reference().entities)
    return Actors(article, mentions, without_names_of_others(named, mentions), reference())


def actor_in(text, phrase, **about):
    start = text.index(phrase)
    return actors_in(text, **about).actor_of(Span(start, start + len(phrase)))


def codes_in(text, phrase):
    start = text.index(phrase)
    return [actor.code for actor in actors_in(text).actors_of(Span(start, start + len(phrase)))]


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("Turkish soldiers", "TURMIL"),
        ("Two Turkish soldiers", "TURMIL"),
        ("Israeli police", "ISRCOP"),
        ("Syrian government forces", "SYRMIL"),
        ("Syrian rebels", "SYRREB"),
        ("rebel commanders in Syria", "SYRREB"),
        ("A Nigerian student", "NGAEDU"),
        ("Afghan protesters", "AFGOPP"),
        ("hundreds of Afghan villagers", "AFGCVL"),
        ("the president of Armenia", "ARMGOV"),
        ("a former Peruvian minister", "PERELI"),
        ("Kenya's interior minister", "KENGOV"),
        ("opposition lawmakers in Poland", "POLOPP"),
        ("French aid workers", "NGOFRA"),
        ("Italian prosecutors", "ITAJUD"),
        ("a Mexican drug cartel", "MEXCRM"),
        ("Peru", "PER"),
        ("Iranians", "IRN"),
    ],
)
def test_an_actor_is_a_country_and_a_role(phrase, code):
    assert actor_in(f"{phrase} arrived on Monday.", phrase).code == code


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("The United Nations", "IGOUNO"),
        ("UN officials", "IGOUNO"),
        ("NATO warplanes", "IGONAT"),
        ("the European Union", "IGOEEC"),
        ("Amnesty International", "NGOAMN"),
        ("Senegalese peacekeepers", "IGOPKO"),
        ("international observers", "INT"),
        ("African leaders", "AFR"),
    ],
)
def test_an_organisation_of_many_countries_has_an_international_code(phrase, code):
    found = actor_in(f"{phrase} arrived on Monday.", phrase)

    assert (found.code, found.country) == (code, None)


def test_a_capital_alone_stands_for_its_government():
    found = actor_in("Paris denied the report.", "Paris")

    assert (found.code, found.country, found.sector) == ("FRAGOV", "FRA", "GOV")


def test_the_seat_of_a_government_stands_for_it():
    assert actor_in("The Kremlin denied the report.", "The Kremlin").code == "RUSGOV"


def test_an_armed_group_has_the_country_of_its_state():
    assert actor_in("Hamas denied the report.", "Hamas").code == "PSEREB"


def test_a_person_has_the_office_and_the_country_that_the_words_say():
    text = "Syria's President Bashar al-Assad spoke."
    found = actor_in(text, "Syria's President Bashar al-Assad", entities={"Bashar al-Assad": "PERSON"})

    assert found.code == "SYRGOV"
    assert found.entity is not None
    assert found.entity.name == "Bashar al-Assad"


@pytest.mark.parametrize(
    ("year", "code"),
    [(2010, "LBYGOV"), (2015, "LBYELI")],
)
def test_a_head_of_state_is_known_by_name_while_in_office(year, code):
    found = actor_in("Muammar Gaddafi spoke.", "Muammar Gaddafi", published_on=date(year, 5, 1))

    assert (found.code, found.rule) == (code, "leader")


@pytest.mark.parametrize(
    ("year", "code"),
    [(2003, "IGOUNO"), (2015, None)],
)
def test_the_head_of_an_organisation_has_its_code_while_in_office(year, code):
    found = actor_in("Kofi Annan spoke.", "Kofi Annan", published_on=date(year, 5, 1))

    assert (found.code, found.country) == (code, None)


def test_the_country_of_someone_else_is_not_the_actors():
    """A militia that Syria backs is not Syrian."""
    assert actor_in("A Syrian-backed militia attacked a village.", "A Syrian-backed militia").code == "---REB"
    assert actor_in("Saudi-led forces attacked Yemen.", "Saudi-led forces").code == "SAUMIL"


def test_a_role_without_a_country_has_that_of_the_text_around_it():
    found = actor_in("Police in Kampala said on Monday that rebels attacked a village.", "rebels")

    assert (found.code, found.rule) == ("UGAREB", "surroundings")


def test_a_role_without_any_country_is_coded_alone():
    found = actor_in("Rebels attacked a village.", "Rebels")

    assert (found.code, found.country, found.rule) == ("---REB", None, "none")
    assert found.lacks_country is True


def test_an_international_actor_lacks_no_country():
    """Peacekeepers of the United Nations are not of the country where they are."""
    found = actor_in("UN peacekeepers left.", "UN peacekeepers")

    assert (found.code, found.sector, found.lacks_country) == ("IGOUNO", "MIL", False)


def test_words_that_name_nobody_have_no_code():
    found = actor_in("The weather improved on Monday.", "The weather")

    assert (found.code, found.sector, found.classes) == (None, None, frozenset())
    assert found.null_reason == "its words name no country, role or organisation"


@pytest.mark.parametrize(
    ("phrase", "codes"),
    [
        ("US and British forces", ["USAMIL", "GBRMIL"]),
        ("Hungarian and Romanian officials", ["HUNGOV", "ROUGOV"]),
        ("Peru, Chile and Bolivia", ["PER", "CHL", "BOL"]),
        ("Israeli soldiers and police", ["ISRMIL", "ISRCOP"]),
        ("The foreign and defence ministers of Kenya", ["KENGOV"]),
    ],
)
def test_coordinated_actors_are_several(phrase, codes):
    assert codes_in(f"{phrase} met on Monday.", phrase) == codes


@pytest.mark.parametrize(
    ("phrase", "classes", "plover"),
    [
        ("Turkish soldiers", {STATE, ARMED}, "MIL"),
        ("The Turkish government", {STATE, ARMED}, "GOV"),
        ("A Turkish minister", {STATE}, "GOV"),
        ("Turkish rebels", {NONSTATE, ARMED}, "REB"),
        ("Turkish protesters", {PROTESTER}, "CVL"),
        ("Turkish rioters", {RIOTER}, "CVL"),
        ("Turkish journalists", {UNARMED}, "JRN"),
        ("Turkey", {STATE, ARMED}, None),
    ],
)
def test_an_actor_has_the_classes_of_acled_and_the_sector_of_plover(phrase, classes, plover):
    found = actor_in(f"{phrase} arrived on Monday.", phrase)

    assert (set(found.classes), found.plover_sector) == (classes, plover)


def test_each_role_and_each_code_is_declared():
    """A role with an unknown code, or two rows of one word and use, would be read wrongly and silently."""
    rows = list(table("actor_roles"))
    sectors = reference().sectors.keys() | {"", "INT", "UIS", "WST"}
    keys = [(row["word"], row["use"] if row["use"] in ("side", "modifier") else "noun") for row in rows]

    assert {row["sector"] for row in rows} <= sectors
    assert {row["use"] for row in rows} == {
        "role",
        "generic",
        "modifier",
        "side",
        "scope",
        "boundary",
        "company",
    }
    assert len(set(keys)) == len(keys)


def test_organisations_with_a_code_are_in_the_table_of_organisations():
    names = {row["name"] for row in table("actors")}

    assert [row["name"] for row in table("igo_codes") if row["name"] not in names] == []


def test_every_country_has_its_alpha_3_code():
    codes = {row["iso"]: row["iso3"] for row in table("country_codes")}

    assert [row["iso"] for row in table("countries") if row["iso"] not in codes] == []
    assert {len(code) for code in codes.values()} == {3}
    assert [
        row["name"]
        for row in table("leaders")
        if row["country"] not in codes and row["country"] not in set(reference().organisations.values())
    ] == []


@pytest.mark.parametrize(
    "text", ["", " ", ",", "of", "of " * 5000, "and, " * 5000, "THE ARMY " * 2000, "'s's's"]
)
def test_any_words_can_be_looked_at(text):
    found = actors_in(text)

    assert found.actor_of(Span(0, len(text))).span == Span(0, len(text))
    assert isinstance(found.actors_of(Span(0, len(text))), tuple)


def test_a_people_of_another_country_is_not_that_country():
    """Ethnic Albanians of Serbia are no Albanians."""
    found = actor_in("Police in Belgrade arrested ethnic Albanians.", "ethnic Albanians")

    assert (found.country, found.sector) != ("ALB", None)
    assert found.country in ("SRB", None)


@pytest.mark.parametrize(
    ("text", "phrase", "code"),
    [
        (
            "Ali Hassan, a spokesman for the Yemeni army, spoke.",
            "Ali Hassan, a spokesman for the Yemeni army",
            "YEMMIL",
        ),
        ("Officials in Iran spoke.", "Officials in Iran", "IRNGOV"),
        ("The leader of the Kenyan police spoke.", "The leader of the Kenyan police", "KENCOP"),
        ("The Indian police headquarters burned.", "The Indian police headquarters", "INDCOP"),
        ("Foreign troops left.", "Foreign troops", "UIS"),
    ],
)
def test_a_generic_noun_has_the_role_of_what_it_is_of_or_for(text, phrase, code):
    assert actor_in(text, phrase).code == code
