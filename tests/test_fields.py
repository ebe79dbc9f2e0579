"""What the fields find: quotations, language."""

from __future__ import annotations

from dataclasses import fields

import pytest

from flows.enrich.findings import find_all
from flows.enrich.language.model import pieces_of
from flows.enrich.quotes.quotations import quotes_in
from flows.enrich.reference import Reference
from flows.journey import read
from flows.parse.body import body_as_is, body_of
from flows.records import Language, Span

from .conftest import THURSDAY, loaded_reference, reading


@pytest.mark.parametrize(
    ("text", "kind", "content", "cue", "speaker"),
    [
        (
            "“We are ready to go there,” Mr Erdogan said.",
            "direct",
            ["We are ready to go there,"],
            "said",
            "Mr Erdogan",
        ),
        (
            "“We are ready to go there,” said the minister.",
            "direct",
            ["We are ready to go there,"],
            "said",
            "the minister",
        ),
        (
            'Mr Assad told state radio: "We are ready to go there."',
            "direct",
            ["We are ready to go there."],
            "told",
            "Mr Assad",
        ),
        ("“We go,” he said, “and we stay.”", "direct", ["We go,", "and we stay."], "said", "he"),
        ("He called it “imminent” and left.", "mixed", ["imminent"], None, None),
    ],
)
def test_a_quotation_has_its_words_its_verb_and_its_speaker(text, kind, content, cue, speaker):
    (quote,) = quotes_in(reading(text))

    assert quote.type == kind
    assert [piece.of(text) for piece in quote.content] == content
    assert (quote.cue and quote.cue.of(text), quote.speaker and quote.speaker.of(text)) == (cue, speaker)
    assert (quote.null_reason is None) == (speaker is not None)


@pytest.mark.parametrize(
    ("lead", "cue", "speaker"),
    [
        ("A spokesman for the ministry, Ali Reza, said: ", "said", "A spokesman for the ministry, Ali Reza"),
        ("Ali Reza, a spokesman for the ministry, said: ", "said", "Ali Reza"),
        ("Ali Reza, 54, who has led it since May, added: ", "added", "Ali Reza"),
        ("The statement said: ", "said", "The statement"),
        ("Harbour master Ali Reza said: ", "said", "Harbour master Ali Reza"),
        ("Another fund manager\nsaid, ", "said", "Another fund manager"),
        ("But Ali Reza told reporters in Rome on Monday: ", "told", "Ali Reza"),
        ("On Monday, deputy mayor Ali Reza said: ", "said", "deputy mayor Ali Reza"),
        ("Asked about the strike, Reza replied: ", "replied", "Reza"),
        ("Reza read the letter, and said: ", "said", "Reza"),
        ("Reza praised the police for their work and said: ", "said", "Reza"),
        ("Mr Reza agreed with that, adding: ", "adding", "Mr Reza"),
        ("The driver quickly got out, saying: ", "saying", "The driver"),
        ("Said another, ", "Said", "another"),
        ("Theresa May, a member for Maidenhead, said: ", "said", "Theresa May"),
        ("Mr Reza said the claims were ", "said", "Mr Reza"),
        ("It was rejected by Mr Reza, who said: ", "said", "Mr Reza"),
        ("In May the mayor of Bari said: ", "said", "the mayor of Bari"),
        ("The road was shut and driver Ali Reza said: ", "said", "driver Ali Reza"),
        ("As the ship left the port he said: ", "said", "he"),
        ("Reza said:\n\n", "said", "Reza"),
        ("The harbour was shut.\n\nReza told a crowd there:\n\n", "told", "Reza"),
    ],
)
def test_who_speaks_may_stand_before_the_verb_and_the_quotation(lead, cue, speaker):
    text = f'{lead}"We will not go there."'
    (quote,) = quotes_in(reading(text))

    assert (quote.cue.of(text), quote.speaker.of(text)) == (cue, speaker)
    assert (quote.rule, quote.null_reason) == ("cue-before", None)


@pytest.mark.parametrize(
    "lead",
    [
        "It was hard to say: ",
        "He was asked: ",
        "Reza said it. The sign read ",
        "Reza said.\n\n",
        "A letter, which said ",
        "They told us what they know about it. ",
        "Reports of the fire, from the town and from all the farms around it, spread. ",
    ],
)
def test_a_verb_of_speech_that_has_no_subject_before_it_names_no_speaker(lead):
    (quote,) = quotes_in(reading(f'{lead}"We will not go there."'))

    assert (quote.speaker, quote.null_reason) == (None, "no verb of speech beside the quotation")


def test_the_sentence_behind_a_quotation_that_has_its_speaker_is_of_another():
    text = 'Reza said: "We will go." Smith said the road was shut. "Why?" Smith said.'
    first, second = quotes_in(reading(text))

    assert (first.speaker.of(text), first.rule) == ("Reza", "cue-before")
    assert (second.speaker.of(text), second.rule) == ("Smith", "cue-after")


def test_who_spoke_before_the_full_stop_goes_on():
    text = '"We will go," officer Ali Reza told the court of Bari. "We will stay there."'
    _, second = quotes_in(reading(text))

    assert second.speaker.of(text) == "officer Ali Reza"


def test_a_name_broken_over_two_lines_is_one_speaker():
    text = '"We will go," Chairman Ali\nReza said.'
    (quote,) = quotes_in(reading(text))

    assert quote.speaker.of(text) == "Chairman Ali\nReza"


def test_a_stray_mark_opens_no_quotation():
    assert quotes_in(reading('A 5" gun and a 6" gun. It ended.')) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Two soldiers have been killed by an air strike in Syria", "en"),
        ("Deux soldats ont été tués par une frappe", "fr"),
    ],
)
def test_the_language_comes_with_its_confidence(text, code):
    language = loaded_reference().detector.language_of(text)

    assert language.code == code
    assert 0.5 < language.confidence <= 1


def test_too_few_letters_have_no_language_and_a_reason():
    assert loaded_reference().detector.language_of("1987 - 12") == Language(
        None, None, "fewer than 12 letters in words"
    )


def test_a_text_in_another_language_is_not_shown_to_the_english_model(reference):
    body = body_of(
        "Deux soldats ont été tués par une frappe aérienne en Syrie, a annoncé le ministère de la Défense."
    )

    (found,) = read([(body, THURSDAY)], reference)

    assert (found.entities, found.unread) == ((), "the language is fr; the model reads en")


def test_the_model_reads_a_long_text_in_pieces_and_points_into_the_whole(model):
    paragraph = "President Bashar Assad met Recep Tayyip Erdogan in Ankara. " * 20
    text = "\n\n".join([paragraph.strip()] * 40)
    body = body_as_is(text)

    (entities,) = model.entities_in([(text, body.paragraphs)])

    assert len(list(pieces_of(body.paragraphs))) > 1
    assert {entity.span.of(text) for entity in entities} >= {"Ankara", "Bashar Assad", "Recep Tayyip Erdogan"}


def test_a_word_without_an_end_is_not_shown_to_the_model_and_moves_nothing(model):
    """The tokenizer would take hours for it."""
    text = "!(" * 9_000 + "\n\nPresident Bashar Assad met Recep Tayyip Erdogan in Ankara on Monday."

    (entities,) = model.entities_in([(text, (Span(0, len(text)),))])

    assert {entity.span.of(text) for entity in entities} >= {"Bashar Assad", "Ankara"}


def test_one_endless_paragraph_is_cut_and_none_of_it_is_lost():
    pieces = list(pieces_of([Span(0, 50_000), Span(50_002, 50_010)]))

    assert pieces[0][0] == 0
    assert pieces[-1][1] == 50_010
    assert all(end - start <= 20_000 for start, end in pieces)


def test_every_field_points_into_the_text(reference: Reference):
    text = "“We go,” said Recep Tayyip Erdogan in Ankara on Wednesday."
    (found,) = (find_all(each, reference) for each in read([(body_as_is(text), THURSDAY)], reference))

    assert {
        name.name: [each.span.of(text) for each in getattr(found, name.name)] for name in fields(found)
    } == {
        "places": ["Ankara"],
        "mentions": ["Recep Tayyip Erdogan", "Ankara"],
        "times": ["Wednesday"],
        "quotes": ["We go,"],
    }
