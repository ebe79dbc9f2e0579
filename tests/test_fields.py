"""What the fields have in common: the language of a text, the model, and offsets."""

from __future__ import annotations

from dataclasses import fields

import pytest

from flows.enrich.findings import find_all
from flows.enrich.language.pieces import ranges_of
from flows.enrich.reference import Reference
from flows.journey import read
from flows.parse.body import body_as_is, body_of
from flows.records import Language, Span

from .conftest import THURSDAY, loaded_reference


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


def test_a_first_line_of_names_does_not_decide_the_language_of_a_text():
    """The first words alone are taken for French."""
    text = "Banque Generale du Levant et Compagnie Financiere d'Outremer SA. The bank will sell bonds. It needs the money for its branches, which have lost most of their customers since the war began."

    assert loaded_reference().detector.language_of(text).code == "en"


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

    ((entities, _),) = model.read([(text, body.paragraphs, ())])

    assert len(list(ranges_of(body.paragraphs))) > 1
    assert {entity.span.of(text) for entity in entities} >= {"Ankara", "Bashar Assad", "Recep Tayyip Erdogan"}


def test_a_word_without_an_end_is_not_shown_to_the_model_and_moves_nothing(model):
    """The tokenizer would take hours for it."""
    text = "!(" * 9_000 + "\n\nPresident Bashar Assad met Recep Tayyip Erdogan in Ankara on Monday."

    ((entities, _),) = model.read([(text, (Span(0, len(text)),), ())])

    assert {entity.span.of(text) for entity in entities} >= {"Bashar Assad", "Ankara"}


def test_one_endless_paragraph_is_cut_and_none_of_it_is_lost():
    pieces = list(ranges_of([Span(0, 50_000), Span(50_002, 50_010)]))

    assert pieces[0][0] == 0
    assert pieces[-1][1] == 50_010
    assert all(end - start <= 20_000 for start, end in pieces)


def test_every_field_points_into_the_text(reference: Reference):
    text = "“We go,” said Recep Tayyip Erdogan in Ankara on Wednesday. Rebels killed two soldiers and stole $3 million."
    (found,) = (find_all(each, reference) for each in read([(body_as_is(text), THURSDAY)], reference))

    assert {
        name.name: [each.span.of(text) for each in getattr(found, name.name)]
        for name in fields(found)
        if name.name not in ("topics", "tone")
    } == {
        "places": ["Ankara"],
        "mentions": ["Recep Tayyip Erdogan", "Ankara"],
        "times": ["Wednesday"],
        "quotes": ["We go,"],
        "amounts": ["$3 million"],
        "claims": ["two soldiers"],
        "events": ["Rebels killed two soldiers"],
    }
