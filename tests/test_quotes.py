"""Quotations: their marks, verbs of speech and speakers."""

from __future__ import annotations

import pytest

from flows.enrich.findings import find_all
from flows.enrich.language.speech import read_speech_verbs
from flows.enrich.quotes.named import Named
from flows.enrich.quotes.quotations import quotes_in
from flows.journey import read
from flows.parse.body import body_as_is

from .conftest import THURSDAY, loaded_reference, reading


def found_in(text):
    return quotes_in(reading(text), Named(()), loaded_reference().quotes)


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
        ("He called it “imminent” and left.", "mixed", ["imminent"], "called", "He"),
        ("The “imminent” raid came to nothing.", "mixed", ["imminent"], None, None),
    ],
)
def test_a_quotation_has_its_words_its_verb_and_its_speaker(text, kind, content, cue, speaker):
    (quote,) = found_in(text)

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
def test_the_speaker_may_precede_the_verb_and_the_quotation(lead, cue, speaker):
    text = f'{lead}"We will not go there."'
    (quote,) = found_in(text)

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
    (quote,) = found_in(f'{lead}"We will not go there."')

    assert (quote.speaker, quote.null_reason) == (None, "no verb of speech beside the quotation")


def test_the_sentence_after_an_attributed_quotation_does_not_change_its_speaker():
    text = 'Reza said: "We will go." Smith said the road was shut. "Why?" Smith said.'
    first, second = found_in(text)

    assert (first.speaker.of(text), first.rule) == ("Reza", "cue-before")
    assert (second.speaker.of(text), second.rule) == ("Smith", "cue-after")


def test_the_speaker_before_the_full_stop_continues():
    text = '"We will go," officer Ali Reza told the court of Bari. "We will stay there."'
    (quote,) = found_in(text)

    assert [piece.of(text) for piece in quote.content] == ["We will go,", "We will stay there."]
    assert quote.speaker.of(text) == "officer Ali Reza"


def test_a_name_broken_over_two_lines_is_one_speaker():
    text = '"We will go," Chairman Ali\nReza said.'
    (quote,) = found_in(text)

    assert quote.speaker.of(text) == "Chairman Ali\nReza"


def test_a_stray_mark_opens_no_quotation():
    assert found_in('A 5" gun and a 6" gun. It ended.') == ()


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("‘The dogs’ barking woke us,’ said Ann.", ["The dogs’ barking woke us,"]),
        ("'It's o'clock-sharp,' said Ann.", ["It's o'clock-sharp,"]),
        ("The '80s band sang rock 'n' roll in the players' lounge.", []),
        ("''We go,'' said Ann, ``and stay.''", ["We go,", "and stay."]),
        ("''He told me 'go,''' said Ann.", ["He told me 'go,'"]),
        ("„Wir gehen“ and «nous restons»", ["Wir gehen", "nous restons"]),
        ('“We go,” said Ann. “We stay," said Bo.', ["We go,", "We stay,"]),
        ('"He said ‘no’ to us," said Ann.', ["He said ‘no’ to us,"]),
        ('A stray " mark, and "a whole one" behind it', ["a whole one"]),
        ('It ended "badly. He said "no" twice.', ["no"]),
    ],
)
def test_marks_of_all_kinds_hold_quotations(text, content):
    assert [piece.of(text) for quote in found_in(text) for piece in quote.content] == content


@pytest.mark.parametrize(
    ("text", "quotations"),
    [
        (
            "“The road is shut.\n\n“We wait,” said Ann Lee.",
            [(["The road is shut.", "We wait,"], "Ann Lee")],
        ),
        (
            "Ann Lee said: “The road is shut.\n\n“We wait.”",
            [(["The road is shut.", "We wait."], "Ann Lee")],
        ),
        (
            "“The road is shut,” Ann Lee said on Monday.\n\n“We wait.”",
            [(["The road is shut,", "We wait."], "Ann Lee")],
        ),
        (
            "“The road has been shut.”\n\n“We wait,” said Ann Lee.",
            [(["The road has been shut.", "We wait,"], "Ann Lee")],
        ),
        (
            "“The road is shut,” said Ann Lee.\n\n“We wait,” said Wei Lan.",
            [(["The road is shut,"], "Ann Lee"), (["We wait,"], "Wei Lan")],
        ),
        (
            "Ann Lee said: “The road is shut.\n\nIt rained.\n\n“We wait,” said Wei Lan.",
            [(["The road is shut."], "Ann Lee"), (["We wait,"], "Wei Lan")],
        ),
        (
            '"The road is shut. "We wait for help," said Ann Lee.',
            [(["The road is shut.", "We wait for help,"], "Ann Lee")],
        ),
    ],
)
def test_speech_over_paragraphs_is_one_quotation(text, quotations):
    """Newspapers close only the last paragraph of a speech, or name the speaker of two paragraphs once; feeds join paragraphs."""
    found = [
        ([piece.of(text) for piece in quote.content], quote.speaker and quote.speaker.of(text))
        for quote in found_in(text)
    ]

    assert found == quotations


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The ad says “nothing will change until we leave.”", "direct"),
        ("The judge argues that “only the court can decide it.”", "direct"),
        ("She said “the banks have to pay” for what happened.", "mixed"),
        ("If they come, he said, “we shall leave the town.”", "mixed"),
        ("If they come, “I shall leave the town,” the mayor said.", "mixed"),
        ("“There is fuel now,” and the trucks are back, the mayor said.", "mixed"),
        ("He said it was unlikely that if the rain stops, “our fields will be saved.”", "mixed"),
        ("“Yes,” said the mayor.", "direct"),
        ("“Mud on the Road” star Ann Lee left.", "mixed"),
    ],
)
def test_a_quotation_is_direct_where_all_that_is_said_is_between_its_marks(text, kind):
    """The types of PolNeAR: what is part of a longer sentence is mixed."""
    assert [quote.type for quote in found_in(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"The “Green” party will not join," she said.', "The “Green” party will not join,"),
        ("“The “Green” party will not join,” she said.", "The “Green” party will not join,"),
        ("“The ‘Green’ party will not join,“ she said.", "The ‘Green’ party will not join,"),
    ],
)
def test_a_quotation_within_a_quotation_is_part_of_it(text, words):
    (quote,) = found_in(text)

    assert quote.span.of(text) == words


def test_words_in_marks_within_an_attribution_do_not_end_the_quotation():
    text = "“They left,” said Ann Lee, one of the “big four” of the party. “They took the only car.”"
    speech, name = found_in(text)

    assert [piece.of(text) for piece in speech.content] == ["They left,", "They took the only car."]
    assert (name.span.of(text), name.speaker) == ("big four", None)


@pytest.mark.parametrize(
    ("text", "cue", "speaker"),
    [
        ('"We go," Bo Ek, the port\'s director, told reporters.', "told", "Bo Ek"),
        ('"We go," the port\'s director, Bo Ek, told reporters.', "told", "the port's director, Bo Ek"),
        ('"We go," said a spokeswoman in Oslo, Bo Ek.', "said", "a spokeswoman in Oslo, Bo Ek"),
        ('"We go," said the spokeswoman in Oslo on Friday.', "said", "the spokeswoman"),
        ('"We go," said vice president and treasurer Bo Ek.', "said", "vice president and treasurer Bo Ek"),
        ('"We go," said Bo Ek and left.', "said", "Bo Ek"),
        ('"We go," said Will May.', "said", "Will May"),
        ('"Go!" the crowd chanted.', "chanted", "the crowd"),
        ('"WE GO," WROTE THE KING.', "WROTE", "THE KING"),
        ('"We go," the radio quoted him as saying.', "saying", "him"),
        ('"We go," a nurse was quoted as saying.', "saying", "a nurse"),
        ('"All burned," according to a firefighter.', "according to", "a firefighter"),
        ('The ship was "lost" with all hands, the coastguard said on Friday.', "said", "the coastguard"),
    ],
)
def test_the_speaker_may_follow_the_quotation(text, cue, speaker):
    (quote,) = found_in(text)

    assert (quote.cue.of(text), quote.speaker.of(text)) == (cue, speaker)


@pytest.mark.parametrize(
    ("text", "cue", "speaker"),
    [
        ('The union condemned the raid, calling it "murder".', "calling", "The union"),
        ('He lost, with the union calling him "a coward".', "calling", "the union"),
        ('She is describing it as "murder".', "describing", "She"),
        ('According to the mayor, it was "murder".', "According to", "the mayor"),
        ('The radio quoted the mayor as saying: "It was murder."', "saying", "the mayor"),
        ('Recalling that day, Bo Ek, who was there, said it was "murder".', "said", "Bo Ek"),
        ('At a rally in Ames, Iowa, Bo Ek said it was "murder".', "said", "Bo Ek"),
        ('With the vote over, explained Bo Ek, "we can go home".', "explained", "Bo Ek"),
        ('Mayor of Bari: "It was murder"', None, "Mayor of Bari"),
        ('The mayor was blunt: "It was murder."', None, "The mayor"),
        ('Kremlin: raid on the port "was murder"', None, "Kremlin"),
    ],
)
def test_verbs_participles_and_colons_introduce_a_quotation(text, cue, speaker):
    (quote,) = found_in(text)

    assert (quote.cue and quote.cue.of(text), quote.speaker.of(text)) == (cue, speaker)


@pytest.mark.parametrize(
    "text",
    [
        'Port crisis: "We have nothing"',
        'A man called "the Fox" fled.',
        'The raid, described as "murder" by many, went on.',
        'It was in the Washington Post "Style" pages.',
        'The editor of the report, "Ten Years On", left.',
        'The state should declare "an emergency".',
        '"We go." Soldiers told the crowd to wait.',
    ],
)
def test_what_only_looks_like_an_attribution_names_no_speaker(text):
    assert [quote.speaker for quote in found_in(text)] == [None]


def test_each_of_two_speakers_in_a_row_has_a_quotation():
    text = '"We go," said Bo. "We stay," said Ann.'

    assert [quote.speaker.of(text) for quote in found_in(text)] == ["Bo", "Ann"]


def test_what_is_added_after_the_verb_is_another_quotation_of_the_speaker():
    text = '"We go," Bo said, adding: "We stay."'

    assert [(quote.cue.of(text), quote.speaker.of(text)) for quote in found_in(text)] == [
        ("said", "Bo"),
        ("adding", "Bo"),
    ]


def test_two_quotations_in_one_sentence_have_its_speaker():
    text = 'Bo Ek called it "unfair" and "cruel".'

    assert [quote.speaker.of(text) for quote in found_in(text)] == ["Bo Ek", "Bo Ek"]


def test_every_form_of_a_verb_of_speech_has_one_use():
    """A form of two verbs would be read as the one that is read last."""
    verbs = read_speech_verbs().verbs
    uses: dict[str, set[str]] = {}
    for verb in verbs:
        for form in {verb.lemma, *verb.present, *verb.past, *verb.gerund}:
            uses.setdefault(form, set()).add(verb.use)

    assert {form: found for form, found in uses.items() if len(found) > 1} == {}
    assert [verb.lemma for verb in verbs] == sorted({verb.lemma for verb in verbs})


def fully_found_in(text):
    """Return the quotations of a text that the model has read, with all that is found before them."""
    (whole,) = read([(body_as_is(text), THURSDAY)], loaded_reference())
    return find_all(whole, loaded_reference()).quotes


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("The mayor of Goma, Ann Lee, resigned on Monday. “I was tired,” she said.", "Ann Lee"),
        (
            "“We wait,” Mr Ali Reza said. The road was shut. “Nobody came,” he said. “Nobody will,” he added.",
            "Ali Reza",
        ),
        ("Interior Minister Ali Reza resigned on Monday. “I was tired,” the minister said.", "Ali Reza"),
        ("The Red Cross sent twelve trucks. “We need more,” it said.", "Red Cross"),
        (
            "Mr Ali Reza came to Goma. One farmer said that he had lost his cows. “All is gone,” he said.",
            None,
        ),
        ("“We wait,” said a friend of Ann Lee.", None),
        ("“We wait,” said Ann Lee's brother.", None),
        ("“We wait,” said a teacher in Goma.", None),
    ],
)
def test_a_pronoun_and_a_role_have_the_entity_that_they_refer_to(text, entity):
    """A name within the words of a speaker who is somebody else is not the speaker."""
    *_, last = fully_found_in(text)

    assert (last.entity.name if last.entity else None) == entity


@pytest.mark.parametrize(
    ("text", "speaker", "rule"),
    [
        ("Ann Lee said that the road was shut. “We wait for help.”", "Ann Lee", "sentence-before"),
        ("The road was shut, Ann Lee said on Monday.\n\n“We wait for help.”", "Ann Lee", "sentence-before"),
        ("Ann Lee called it “a shame”. “We wait for help.”", "Ann Lee", "carried"),
        ("“I left,” said Ann Lee. The road was shut. “We wait for help.”", "Ann Lee", "carried"),
        ("The road was shut all day. “We wait for help.”", None, "marks"),
    ],
)
def test_a_quotation_without_a_verb_of_speech_has_the_speaker_of_the_words_before_it(text, speaker, rule):
    *_, last = fully_found_in(text)

    assert (last.speaker and last.speaker.of(text), last.rule, last.type) == (speaker, rule, "direct")


def test_words_in_the_object_clause_of_a_verb_of_speech_are_attributed_to_its_subject():
    text = (
        "The army added that at the request of the governor of the province, its planes then struck the"
        " camp of the rebels in the hills, which helped its troops to “hold the line” there."
    )
    (quote,) = fully_found_in(text)

    assert (quote.speaker.of(text), quote.cue.of(text)) == ("The army", "added")
    assert "hold the line" in [piece.of(text) for piece in quote.content]


@pytest.mark.parametrize(
    ("text", "addressee", "venue"),
    [
        ("“We wait,” the envoy told reporters in Geneva on Monday.", "reporters", "in Geneva"),
        ("“We wait,” the envoy told a news conference in Geneva.", None, "a news conference in Geneva"),
        ("“We wait,” the envoy told the assembly.", "the assembly", None),
        ("“We wait,” the envoy said at the inquiry.", None, "at the inquiry"),
        ("The coach said to his players: “Run more.”", "his players", None),
        ("In a statement, the group said: “We wait.”", None, "In a statement"),
        ("“We wait,” Ann Lee said in an interview with Reuters.", "Reuters", "in an interview with Reuters"),
        ("“We wait,” the president wrote on Twitter.", None, "on Twitter"),
        ("Speaking at a rally in Goma, he said the war was “lost”.", None, "at a rally in Goma"),
        ("The group wrote in a letter, adding: “We wait.”", None, "in a letter"),
        ("“We wait,” Ann Lee said.", None, None),
        ("“We wait,” said Ann Lee amid damage to the bridges.", None, None),
    ],
)
def test_who_is_spoken_to_and_where(text, addressee, venue):
    (quote,) = fully_found_in(text)

    assert (
        quote.addressee and quote.addressee.of(text),
        quote.venue and quote.venue.of(text),
    ) == (addressee, venue)


@pytest.mark.parametrize(
    "text",
    [
        "said in " + "the house of " * 3000 + '"war".',
        "““”" * 20000,
        '"“' * 20000,
        "he said " * 20000 + '"we go"',
        "“We go,” he said.\n\n" * 3000,
    ],
    ids=["phrases", "marks", "openers", "verbs", "paragraphs"],
)
def test_hostile_texts_are_read(text):
    """Neither deep trees nor thousands of marks raise or take long."""
    whole = reading(text)

    assert all(
        quote.span.end <= len(text) for quote in quotes_in(whole, Named(()), loaded_reference().quotes)
    )
