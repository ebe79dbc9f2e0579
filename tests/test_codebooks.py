"""The codebooks: CAMEO's codes, and what follows from them in PLOVER and ACLED."""

from __future__ import annotations

from functools import cache

import pytest

from flows.enrich.events.codebooks import ARMED, NONSTATE, PROTESTER, RIOTER, STATE, UNARMED, read_codebooks
from flows.enrich.lexicons import table

ARMY = frozenset((STATE, ARMED))
REBELS = frozenset((NONSTATE, ARMED))
CIVILIANS = frozenset((UNARMED,))
RIOTERS = frozenset((RIOTER,))
PROTESTERS = frozenset((PROTESTER,))

PLOVER_2018 = set(
    """STATEMENT REQUEST AGREE CONSULT SUPPORT COOPERATE AID CONCEDE RETREAT INVESTIGATE DEMAND DISAPPROVE REJECT THREATEN
    PROTEST MOBILIZE SANCTION COERCE ASSAULT FIGHT MASSVIOL""".split()
)
PLOVER_2 = set(
    """AGREE CONSULT SUPPORT COOPERATE AID CONCEDE RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST MOBILIZE SANCTION COERCE
    ASSAULT""".split()
)


@cache
def codebooks():
    return read_codebooks()


def test_cameo_has_20_cue_categories():
    found = {code.cue_category for code in codebooks().cameo.values()}

    assert found == {f"{number:02}" for number in range(1, 21)}


def test_each_longer_code_extends_a_shorter_one():
    """`0233` is a kind of `023`; three digits are the shortest code of an event."""
    codes = codebooks().cameo

    assert [code for code in codes if len(code) not in (3, 4)] == []
    assert [code for code in codes if len(code) == 4 and code[:3] not in codes] == []


def test_goldstein_and_quad_class_stay_in_their_scales():
    codes = codebooks().cameo.values()

    assert {code.quad for code in codes} == {1, 2, 3, 4}
    assert min(code.goldstein for code in codes) == -10.0
    assert max(code.goldstein for code in codes) == 10.0


def test_every_cameo_code_has_a_plover_type():
    plover = codebooks().plover

    assert plover.keys() == codebooks().cameo.keys()
    assert {each.type for each in plover.values()} == PLOVER_2018
    assert {each.plover2 for each in plover.values()} == PLOVER_2 | {None}
    assert {code[:2] for code, each in plover.items() if each.plover2 is None} == {"01"}


@pytest.mark.parametrize(
    ("code", "type_", "plover2", "mode"),
    [
        ("190", "FIGHT", "ASSAULT", None),
        ("1831", "ASSAULT", "ASSAULT", "suicide-attack"),
        ("081", "CONCEDE", "CONCEDE", None),
        ("0871", "RETREAT", "RETREAT", "ceasefire"),
        ("1053", "DEMAND", "REQUEST", "yield"),
        ("163", "SANCTION", "COERCE", "restrict"),
    ],
)
def test_plover_follows_the_cue_category_and_plover_2_the_code(code, type_, plover2, mode):
    found = codebooks().plover[code]

    assert (found.type, found.plover2, found.mode) == (type_, plover2, mode)


def test_acled_has_25_sub_event_types_of_6_event_types():
    acled = codebooks().acled

    assert len(acled) == 25
    assert {each.event_type for each in acled.values()} == {
        "Battles",
        "Explosions/Remote violence",
        "Violence against civilians",
        "Protests",
        "Riots",
        "Strategic developments",
    }


def test_each_rule_of_acled_names_known_codes_types_and_classes():
    codes, acled = codebooks().cameo, codebooks().acled
    kinds = {row["kind"] for row in table("weapons")}
    classes = {STATE, NONSTATE, ARMED, UNARMED, PROTESTER, RIOTER, "none", None}

    for rule in codebooks().acled_rules:
        assert rule.sub_event_type in acled
        assert all(any(code.startswith(prefix) for code in codes) for prefix in rule.cameo)
        assert {rule.source, rule.target} <= classes
        assert rule.weapons is None or all(word.islower() for word in rule.weapons)

    named = {word for rule in codebooks().acled_rules for word in rule.weapons or ()}
    assert kinds & named == kinds - {"blade"}


@pytest.mark.parametrize(
    ("code", "sources", "targets", "weapons", "sub_event_type"),
    [
        ("190", [ARMY], [REBELS], [], "Armed clash"),
        ("190", [REBELS], [CIVILIANS], [], "Attack"),
        ("190", [ARMY], [REBELS], ["aircraft"], "Air/drone strike"),
        ("195", [ARMY], [CIVILIANS], [], "Air/drone strike"),
        ("194", [ARMY], [], [], "Shelling/artillery/missile attack"),
        ("183", [], [CIVILIANS], ["explosive"], "Remote explosive/landmine/IED"),
        ("1831", [REBELS], [ARMY], ["explosive"], "Suicide bomb"),
        ("190", [CIVILIANS], [CIVILIANS], [], "Mob violence"),
        ("190", [ARMY], [PROTESTERS], ["firearm"], "Excessive force against protesters"),
        ("182", [RIOTERS], [CIVILIANS], [], "Mob violence"),
        ("190", [ARMY, RIOTERS], [], [], "Violent demonstration"),
        ("175", [ARMY], [PROTESTERS], ["gas"], "Protest with intervention"),
        ("175", [ARMY], [PROTESTERS], ["bullet"], "Excessive force against protesters"),
        ("192", [ARMY], [], ["control"], "Non-violent transfer of territory"),
        ("141", [PROTESTERS], [], [], "Peaceful protest"),
        ("145", [PROTESTERS], [], [], "Violent demonstration"),
        ("173", [ARMY], [PROTESTERS], [], "Protest with intervention"),
        ("173", [ARMY], [CIVILIANS], [], "Arrests"),
        ("192", [REBELS], [ARMY], [], "Non-state actor overtakes territory"),
        ("192", [ARMY], [REBELS], [], "Government regains territory"),
        ("1711", [ARMY], [], ["firearm"], "Disrupted weapons use"),
        ("171", [ARMY], [], ["defuse"], "Disrupted weapons use"),
        ("150", [ARMY], [], ["base"], "Headquarters or base established"),
    ],
)
def test_acled_looks_at_the_actors_and_the_weapons(code, sources, targets, weapons, sub_event_type):
    found = codebooks().acled_of(code, sources, targets, weapons)

    assert found == codebooks().acled[sub_event_type]


@pytest.mark.parametrize("code", ["010", "042", "111", "1621", "143"])
def test_talks_and_strikes_are_no_events_of_acled(code):
    assert codebooks().acled_of(code, [ARMY], [REBELS]) is None
