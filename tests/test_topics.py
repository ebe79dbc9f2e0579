"""Topics: the vocabulary, which words speak for a topic, and how articles are given their topics."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from flows.enrich.entities.coreference import Entity
from flows.enrich.entities.mentions import Mention
from flows.enrich.language.words import words_in
from flows.enrich.lexicons import table
from flows.enrich.topics.matching import terms_in
from flows.enrich.topics.reference import NO_TOPIC, TopicReference, read_topic_reference
from flows.enrich.topics.topics import MAX_WORDS, Topics, topics_in
from flows.journey import article_or_rejected, enriched
from flows.records import Language, Reading, Span
from flows.syntax import Syntax
from flows.tables.articles import rows

from .conftest import loaded_reference, raw

ATTACK = (
    "Two soldiers and a rebel were killed when guerrillas ambushed an army convoy near the border on Monday. "
    "The army said its troops shelled rebel positions with artillery after the ambush."
)
MATCH = "The striker scored twice as the football club won the cup final. The coach praised his goalkeeper after the match."
BUDGET = "The finance minister said inflation and the budget deficit would fall. Exports rose, and the central bank cut its interest rate."


@cache
def reference() -> TopicReference:
    return read_topic_reference()


def reading(text: str, unread: str | None = None) -> Reading:
    language = Language("en", 1.0, None)
    return Reading(text, None, (), (), words_in(text), language, (), Syntax(), "", unread)


def topics(text: str) -> Topics:
    found = topics_in(reading(text), (), reference())
    assert found is not None
    return found


def matched(text: str, *names: str) -> list[tuple[str, str]]:
    """The terms of a text with the words that they match; `names` are words of names."""
    spans = [Span(text.index(name), text.index(name) + len(name)) for name in names]
    found = terms_in(text, words_in(text), spans, reference().starts)
    return [(term.name, text[start:end]) for term, start, end in found]


def test_the_vocabulary_has_17_topics_of_the_first_level_and_each_other_one_below_one_of_them():
    known = reference().topics
    first = [each.code for each in known.values() if each.level == 1]

    assert first == [f"medtop:{number:02}000000" for number in range(1, 18)]
    assert len(known) == 139
    assert {each.parent for each in known.values() if each.level == 2} == set(first)


def test_each_topic_has_terms_and_a_term_has_one_weight_for_a_topic():
    listed = {row["code"]: [row[column].split("|") for column in ("specific", "usual", "possible")] for row in table("topic_terms")}  # fmt: skip
    doubled = {
        code: [term for term, count in Counter(t for terms in cells for t in terms if t).items() if count > 1]
        for code, cells in listed.items()
    }

    assert set(listed) - set(reference().topics) == {NO_TOPIC}
    assert {code: terms for code, terms in doubled.items() if terms} == {}
    assert [code for code, cells in listed.items() if not any(map(any, cells))] == []


def test_every_term_can_be_found_in_a_text():
    """A term with a digit or a sign would never match, since words have neither."""
    terms = {
        term for row in table("topic_terms") for column in ("specific", "usual", "possible") for term in row[column].split("|") if term
    }  # fmt: skip
    lost = [
        term
        for term in sorted(terms)
        if [words for _, words in matched(term)] != [term] and term.replace("-", " ") not in terms
    ]

    assert lost == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Earthquakes and a flood", [("earthquake", "Earthquakes"), ("flood", "flood")]),
        ("an interest-rate rise", [("interest rate", "interest-rate")]),
        ("the prime\nminister", [("prime minister", "prime\nminister")]),
        ("the prime.  Minister", [("minister", "Minister")]),
        ("the House of Commons", [("house of commons", "House of Commons")]),
        ("AIDS kills", [("AIDS", "AIDS")]),
        ("MP3 players", [("player", "players")]),
        ("the bank of the river", [("bank of the river", "bank of the river")]),
    ],
)
def test_the_longest_phrase_is_a_term_over_line_ends_and_hyphens_in_singular_and_plural(text, found):
    """A term with capitals matches as it is written only; a word beside a digit is none."""
    assert matched(text) == found


def test_words_of_names_of_people_and_places_are_no_terms():
    text = "Judge Rice met Senator Case in Bath, and a judge ruled."

    assert matched(text, "Judge Rice", "Senator Case", "Bath") == [("judge", "judge")]


@pytest.mark.parametrize(
    "text",
    ["judge@court.example.org", "http://hospital.example.org/cancer/index.html", "www.bank.example.org"],
)
def test_words_of_an_address_are_no_terms(text):
    assert matched(f"See {text} now.") == []


def test_a_phrase_of_no_topic_keeps_its_words_from_speaking_for_one():
    assert topics("The bank refused.").ranked != ()
    assert topics("The bank of the river was green.").ranked == ()


def headline_words(headline: str, text: str, *names: str) -> list[str]:
    found = topics_in(reading(text), [person(text, name) for name in names], reference(), headline)
    assert found is not None
    return [each.span.of(headline) for each in found.headline_words]


def person(text: str, name: str) -> Mention:
    entity = Entity(name, "PER", name, None, None)
    span = Span(text.index(name), text.index(name) + len(name))
    return Mention(span, "PER", "name", entity, None, 0, None, "test", None)


def test_words_of_the_headline_speak_for_a_topic_and_are_its_evidence():
    """The text alone has no topic."""
    found = topics_in(reading("It was over by noon."), (), reference(), "Earthquake shakes the capital")
    assert found is not None

    assert [each.topic.name for each in found.ranked] == [
        "disaster, accident and emergency incident",
        "disaster",
    ]
    assert found.words == ()
    assert [(each.code, each.span) for each in found.headline_words] == [("medtop:20000148", Span(0, 10))]


def test_a_term_of_the_headline_counts_as_one_more_of_the_text():
    with_headline = topics_in(reading("A flood came."), (), reference(), "Flood")
    twice = topics_in(reading("A flood came. A flood came."), (), reference())

    assert with_headline is not None
    assert twice is not None
    assert [each.score for each in with_headline.ranked] == [each.score for each in twice.ranked]


def test_a_name_of_the_text_is_one_in_the_headline_too():
    text = "Tony Banks resigned from the cabinet."

    assert headline_words("Banks quits the cabinet", text, "Tony Banks") == ["cabinet"]
    assert headline_words("Central bank and cabinet agree", text, "Tony Banks") == ["Central bank", "cabinet"]


def test_in_a_headline_of_capitals_no_term_is_known_by_its_capitals():
    assert headline_words("AIDS spreads", "A doctor spoke.") == ["AIDS"]
    assert headline_words("JAPAN AIDS NEIGHBOURS", "A doctor spoke.") == []


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (ATTACK, "medtop:16000000", "medtop:20000056"),
        (MATCH, "medtop:15000000", "medtop:20000822"),
        (BUDGET, "medtop:04000000", "medtop:20000344"),
    ],
)
def test_an_article_has_the_topic_of_its_words_at_both_levels(text, first, second):
    """A topic of the first level is followed by its own of the second."""
    ranked = topics(text).ranked

    assert [each.topic.code for each in ranked[:2]] == [first, second]
    assert 0 < ranked[1].score <= ranked[0].score <= 1


@pytest.mark.parametrize(
    ("text", "code", "score"),
    [
        ("A landslide came down.", "medtop:03000000", 0.2727),
        ("The union called the strike.", "medtop:09000000", 0.3333),
    ],
)
def test_a_specific_word_or_two_usual_ones_make_a_topic(text, code, score):
    """A specific word weighs 3, a usual one 2, and 8 speaks for no topic: 3 / 11, and 4 / 12."""
    first = topics(text).ranked[0]

    assert (first.topic.code, first.score) == (code, score)


def test_an_article_of_two_topics_has_both():
    codes = [each.topic.code for each in topics(f"{ATTACK} {BUDGET}").ranked if each.topic.level == 1]

    assert sorted(codes[:2]) == ["medtop:04000000", "medtop:16000000"]


@pytest.mark.parametrize(
    "text",
    [
        "It was a long day, and nobody said why.",
        "The captain waited ten minutes in the field.",
        "The strike was over.",
    ],
)
def test_a_topic_needs_a_specific_word_or_two_usual_ones(text):
    """`captain` and `strike` are usual for sport and labour, but mean other things too; `minutes` never makes a topic."""
    assert topics(text).ranked == ()
    assert topics(text).words == ()


@pytest.mark.parametrize("text", [ATTACK, MATCH, BUDGET])
def test_the_evidence_is_words_of_the_text_for_topics_of_the_article(text):
    found = topics(text)
    codes = {each.topic.code for each in found.ranked}

    assert {each.code for each in found.words} <= codes
    assert [each.span for each in found.words] == sorted(each.span for each in found.words)
    assert 2 <= len(found.words) <= MAX_WORDS * len(codes)


def test_words_that_occur_again_are_named_once():
    spans = [each.span.of(ATTACK) for each in topics(ATTACK).words]

    assert spans.count("army") == 1
    assert ATTACK.count("army") == 2


def test_more_words_of_a_topic_give_it_a_higher_score():
    (few, *_), (many, *_) = topics(f"The club won the match. {BUDGET}").ranked, topics(BUDGET).ranked

    assert few.topic == many.topic
    assert few.score < many.score


@pytest.mark.parametrize(("text", "unread"), [("", None), (ATTACK, "the language is sq; the model reads en")])
def test_a_text_that_was_not_read_has_no_topics_rather_than_none_found(text, unread):
    assert topics_in(reading(text, unread), (), reference()) is None


def test_a_row_has_codes_names_levels_and_scores_and_its_words():
    article = article_or_rejected(
        raw(f"Title: Rebels hit convoy\nDate: 2020-02-20\n\n{ATTACK}".encode(), "key_value")
    )
    (row,) = (row for found in enriched([article], loaded_reference()) for row in rows(found))

    assert {key: row["topics"][0][key] for key in ("code", "name", "level")} == {
        "code": "medtop:16000000",
        "name": "conflict, war and peace",
        "level": 1,
    }
    words = {
        row["body_text"][each["char_start"] : each["char_end"]]: each["kind"] for each in row["topic_words"]
    }
    assert words["guerrillas"] == "medtop:20000056"
    assert [
        row["headline"][each["char_start"] : each["char_end"]] for each in row["headline_topic_words"]
    ] == ["Rebels", "convoy"]
