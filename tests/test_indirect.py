"""Indirect and mixed attributions: what somebody is reported to say, think, know or want."""

from __future__ import annotations

import pytest

from flows.enrich.findings import find_all
from flows.journey import read
from flows.parse.body import body_as_is

from .conftest import THURSDAY, loaded_reference


def found_in(text):
    """Return the quotations of a text that the model has read."""
    (whole,) = read([(body_as_is(text), THURSDAY)], loaded_reference())
    return find_all(whole, loaded_reference()).quotes


def content_of(quote, text):
    return [piece.of(text) for piece in quote.content]


def parts_of(quote, text):
    """Return the content, the speaker and the cue in words."""
    return (
        " … ".join(content_of(quote, text)),
        quote.speaker and quote.speaker.of(text),
        quote.cue and quote.cue.of(text),
    )


@pytest.mark.parametrize(
    ("text", "content", "speaker", "cue"),
    [
        (
            "The harbour master said that two ferries had collided.",
            "that two ferries had collided",
            "The harbour master",
            "said",
        ),
        ("Divers believe the wreck is empty.", "the wreck is empty", "Divers", "believe"),
        (
            "Two ferries collided in the fog, the harbour master said.",
            "Two ferries collided in the fog",
            "the harbour master",
            "said",
        ),
        (
            "Two ferries collided, said the harbour master.",
            "Two ferries collided",
            "the harbour master",
            "said",
        ),
        (
            "The ferry, the harbour master said, sank within minutes.",
            "The ferry … sank within minutes",
            "the harbour master",
            "said",
        ),
        (
            "Two ferries collided, according to the coastguard.",
            "Two ferries collided",
            "the coastguard",
            "according to",
        ),
        (
            "According to the coastguard, two ferries collided.",
            "two ferries collided",
            "the coastguard",
            "According to",
        ),
        (
            "The company wants to raise its fares.",
            "to raise its fares",
            "The company",
            "wants",
        ),
        (
            "Owners called for a new lighthouse.",
            "a new lighthouse",
            "Owners",
            "called",
        ),
        (
            "The union accused the company of neglect.",
            "the company of neglect",
            "The union",
            "accused",
        ),
        (
            "The captain is confident that the hull will hold.",
            "that the hull will hold",
            "The captain",
            "confident",
        ),
        (
            "The inquiry rejected the owner's claim that the radar was on.",
            "that the radar was on",
            "the owner",
            "claim",
        ),
    ],
)
def test_an_attribution_has_its_words_its_source_and_its_cue(text, content, speaker, cue):
    assert (content, speaker, cue) in [parts_of(quote, text) for quote in found_in(text)]


def test_a_participle_has_the_source_of_the_verb_before_it():
    """The parser takes `adding` for a part of what was said."""
    text = "The coastguard said on Monday that the ferry had sunk, adding that nobody was missing."

    said, added = found_in(text)

    assert parts_of(said, text) == ("that the ferry had sunk", "The coastguard", "said")
    assert parts_of(added, text) == ("that nobody was missing", "The coastguard", "adding")


def test_a_second_verb_of_speech_has_the_source_of_the_first():
    text = "The company admitted that the radar was off and promised that it would pay."

    admitted, promised = found_in(text)

    assert parts_of(admitted, text) == ("that the radar was off", "The company", "admitted")
    assert parts_of(promised, text) == ("that it would pay", "The company", "promised")


def test_what_somebody_did_after_speaking_is_not_what_was_said():
    text = "The owner insisted that the ferry was safe, and then left the hall."

    (quote,) = found_in(text)

    assert content_of(quote, text) == ["that the ferry was safe"]


def test_who_feels_is_the_subject_of_the_passive():
    text = "Passengers were shocked that the doors were locked."

    (quote,) = found_in(text)

    assert parts_of(quote, text) == ("that the doors were locked", "Passengers", "shocked")


def test_nobody_is_the_source_of_an_expectation_in_the_passive():
    text = "The inquiry is expected to last a year."

    (quote,) = found_in(text)

    assert parts_of(quote, text) == ("The inquiry … to last a year", None, "expected")
    assert quote.null_reason == "no source is named"


@pytest.mark.parametrize(
    "text",
    [
        "The ferry left the harbour at noon.",
        "The crates were packed according to the rules.",
        "The mate added a rope to the raft.",
        "Rescuers found a man dead in the cabin.",
        "The captain told a joke.",
        "",
        "!!! ,,, \" ' “",
    ],
)
def test_there_is_no_attribution_where_nobody_says_or_thinks_anything(text):
    assert [quote for quote in found_in(text) if quote.speaker] == []


def test_the_words_in_quotation_marks_are_pieces_of_the_content():
    """The marks are left out; the quotation is no row of its own."""
    text = "The captain said that the sea was “like glass” on that day."

    (quote,) = found_in(text)

    assert quote.type == "mixed"
    assert content_of(quote, text) == ["that the sea was", "like glass", "on that day"]
    assert (quote.speaker.of(text), quote.cue.of(text)) == ("The captain", "said")


def test_a_quotation_that_is_all_of_what_was_said_stays_direct():
    text = "“The sea was like glass,” the captain said."

    (quote,) = found_in(text)

    assert (quote.type, content_of(quote, text)) == ("direct", ["The sea was like glass,"])


def test_a_nickname_in_marks_is_no_quotation():
    text = 'K.L. "Buzz" Larsen, the chairman, will emphasise safety.'

    assert found_in(text) == ()


def test_a_name_in_marks_does_not_make_speech_mixed():
    text = "The captain said that his “Kittiwake” voyage had been his last."

    types = {quote.type: quote.speaker and quote.speaker.of(text) for quote in found_in(text)}

    assert types == {"indirect": "The captain"}


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Ida Berg, the harbour master, said the fog was thick.", "Ida Berg"),
        ("Ida Berg, who runs the harbour, said the fog was thick.", "Ida Berg"),
        ("The harbour master, Ida Berg, said the fog was thick.", "The harbour master, Ida Berg"),
    ],
)
def test_a_name_is_a_source_without_its_apposition_and_a_role_with_its_name(text, speaker):
    (quote,) = found_in(text)

    assert quote.speaker.of(text) == speaker
    assert quote.entity.name == "Ida Berg"


def test_a_relative_pronoun_has_the_entity_of_the_noun_before_it():
    text = "Police met Ida Berg, who said that the fog was thick."

    (quote,) = found_in(text)

    assert (quote.speaker.of(text), quote.entity.name) == ("who", "Ida Berg")


def test_a_relative_is_not_who_is_named_before_the_noun():
    """`Ida Berg's brother` is not Ida Berg."""
    text = "Ida Berg was not there. Her brother said the fog was thick."

    (quote,) = found_in(text)

    assert (quote.speaker.of(text), quote.entity) == ("Her brother", None)


def test_an_addressee_and_a_venue_are_no_part_of_the_content():
    text = "The minister told reporters in Bergen that the ferry was old."

    (quote,) = found_in(text)

    assert content_of(quote, text) == ["that the ferry was old"]
    assert quote.addressee.of(text) == "reporters"


def test_an_attribution_within_the_content_of_another_has_its_own_speaker():
    text = "The coastguard said that the mate had told police that nobody was on watch."

    outer, inner = found_in(text)

    assert (outer.speaker.of(text), inner.speaker.of(text)) == ("The coastguard", "the mate")
    assert content_of(outer, text) == ["that the mate had told police that nobody was on watch"]
    assert content_of(inner, text) == ["that nobody was on watch"]


def test_no_two_attributions_of_a_text_have_the_same_span_and_cue():
    text = (
        "“We left,” Ida Berg said. She said “we” meant the crew, and that she had “never” slept, adding: “Nobody did.” "
        "According to the mate, she hoped to leave, the company said."
    )

    keys = [(quote.span, quote.cue) for quote in found_in(text)]

    assert len(keys) == len(set(keys)) > 3
