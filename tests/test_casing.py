"""Texts in capitals are read as if they were written in sentence case; every offset and every stored word stays as it came."""

from __future__ import annotations

import pytest

from flows.annotation import annotate_texts
from flows.enrich.casing.truecasing import is_in_capitals, truecased
from flows.enrich.language.sentences import sentences_in
from flows.parse.body import body_as_is

from .conftest import language_reference, loaded_reference


def recased(text: str) -> str:
    body = body_as_is(text)
    sentences = sentences_in(text, body.paragraphs, language_reference().sentences)
    return truecased(text, body.paragraphs, sentences, loaded_reference().casing)


@pytest.mark.parametrize(
    "sentence",
    [
        "The minister said on Tuesday that two soldiers were wounded near San Miguel.",
        "Government troops killed five rebels of the Farabundo Marti National Liberation Front in El Salvador.",
        "A bomb destroyed a bus in Bogota, police said.",
        "The president of France will meet the prime minister in London on 3 May.",
    ],
)
def test_the_words_of_a_sentence_in_capitals_get_their_case_back(sentence):
    assert recased(sentence.upper()) == sentence


def test_a_word_of_thousands_of_prefixes_is_read():
    """`D'O'BRIEN` has two; a function that calls itself for each stops the run at a thousand."""
    assert recased("POLICE SEARCHED " + "Y'" * 5000 + " IN BELFAST ON MONDAY.").endswith(
        " in Belfast on Monday."
    )


@pytest.mark.parametrize("written", ["O'Brien's", "UNHCR's"])
def test_a_possessive_stays_in_lowercase(written):
    text = f"POLICE SEARCHED {written.upper()} HOUSE IN BELFAST ON MONDAY."

    assert written in recased(text)


def test_each_sentence_begins_with_a_capital():
    text = 'THE REBELS FLED. [REPORT] THE ARMY SAYS SO. HE SAID: "WE SAW THEM."'

    assert recased(text) == 'The rebels fled. [Report] The army says so. He said: "We saw them."'


def test_a_paragraph_in_mixed_case_stays_as_it_is():
    text = "THE ARMY ATTACKED THE VILLAGE ON MONDAY.\n\nNATO and the EU said NOTHING."

    assert recased(text).endswith("\n\nNATO and the EU said NOTHING.")


@pytest.mark.parametrize("text", ["NATO", "UN AID", "", "12 34", "1ª İİİ İSTANBUL'DA ÖLDÜ İKİ KİŞİ"])
def test_no_letter_is_added_or_lost(text):
    assert len(recased(text)) == len(text)


def test_two_words_are_too_few_to_be_a_paragraph_in_capitals():
    assert (is_in_capitals("NATO UN"), is_in_capitals("NATO AND UN MET")) == (False, True)


def test_the_offsets_of_an_annotation_point_into_the_text_as_it_came():
    text = "TURKISH TROOPS ENTERED THE TOWN OF SARMIN IN SYRIA ON THURSDAY, PRESIDENT ERDOGAN SAID."

    (found,) = annotate_texts([{"id": 1, "published": "2020-02-20", "text": text}], loaded_reference())

    assert {text[each["start"] : each["end"]] for each in found["places"]} >= {"SARMIN", "SYRIA"}
    assert "ERDOGAN" in {
        text[each["start"] : each["end"]] for each in found["entities"] if each["label"] == "PER"
    }
