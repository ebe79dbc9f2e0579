"""Tone: the scores of VADER, and how those of sentences make that of an article."""

from __future__ import annotations

import re
from functools import cache

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from flows.enrich.language.words import words_in
from flows.enrich.tone import reference as tone_reference
from flows.enrich.tone.reference import ToneReference, read_tone_reference
from flows.enrich.tone.sentences import tone_of
from flows.enrich.tone.tone import Tone, tone_in
from flows.errors import BrokenLexicon
from flows.journey import article_or_rejected, enriched
from flows.records import Language, Reading, Span
from flows.syntax import Syntax
from flows.tables.articles import rows

from .conftest import SEEDS, loaded_reference, raw

RULES = (
    "The talks went well.",
    "The talks did not go well.",
    "The talks went very well.",
    "The talks went extremely well, officials said!!",
    "The talks went only slightly well.",
    "It was GREAT news for the village.",
    "ALL OF THIS WAS GREAT NEWS.",
    "There was no good news and no joy or hope.",
    "No, it was good.",
    "NO HOPE remains, he said.",
    "Never so happy as on that day; never this good.",
    "Without doubt a success.",
    "It was without any success or hope.",
    "The least successful of the plans, and at least a good one.",
    "It was the very least helpful answer.",
    "The plan is kind of good and sort of brave.",
    "The kiss of death for the bus stop, yeah right.",
    "It is the bomb, to die for, bad ass.",
    "The army won, but hundreds were killed and the town was destroyed.",
    "Is this a victory??",
    "Is this a victory????",
    "A victory!!!!!!",
    "They hardly won; they scarcely survived.",
    "He couldn't be happier, she didn't enjoy it.",
    "So good :) and so bad :-(",
    "I ❤ this 😀 town😢.",
    "Despite the attack, prices fell.",
    "Nothing happened.",
    "",
)
"""A sentence for each rule of the paper and of the library."""


@cache
def reference() -> ToneReference:
    return read_tone_reference()


@cache
def as_the_library() -> ToneReference:
    """Without what is changed for news."""
    return read_tone_reference(for_news=False)


@cache
def library() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def sentences_of_seeds() -> list[str]:
    texts = [
        path.read_bytes().decode("utf-8", "replace") for path in sorted(SEEDS.iterdir()) if path.is_file()
    ]
    return [each for text in texts for each in re.split(r"(?<=[.!?])\s+", text) if len(each) < 1000]


def tone(text: str, *sentences: str, unread: str | None = None) -> Tone | None:
    spans = tuple(Span(text.index(each), text.index(each) + len(each)) for each in sentences)
    language = Language("en", 1.0, None)
    return tone_in(
        Reading(text, None, (), spans, words_in(text), language, (), Syntax(), "", unread), (), reference()
    )


@pytest.mark.parametrize("sentence", RULES)
def test_a_sentence_has_the_compound_score_of_the_library(sentence):
    assert tone_of(sentence, as_the_library()).score == library().polarity_scores(sentence)["compound"]


def test_the_sentences_of_the_seeds_have_the_scores_of_the_library():
    sentences = sentences_of_seeds()
    different = [
        each
        for each in sentences
        if abs(tone_of(each, as_the_library()).score - library().polarity_scores(each)["compound"]) > 1e-4
    ]

    assert len(sentences) > 100
    assert different == []


def test_a_valence_before_but_counts_half_and_one_after_it_half_as_much_again():
    """Also where two are equal, which is where the library gives other scores."""
    before, after = (
        tone_of("They won, but it rained.", reference()),
        tone_of("It rained, but they won.", reference()),
    )
    alone = tone_of("They won.", reference()).words[0].valence

    assert [each.valence for each in before.words] == [pytest.approx(0.5 * alone)]
    assert [each.valence for each in after.words] == [pytest.approx(1.5 * alone)]


def test_words_point_into_the_text_of_the_sentence():
    text = "It rained. The (attack) killed a man who was brave."
    found = tone_of(text[11:], reference(), 11)

    assert [each.span.of(text) for each in found.words] == ["attack", "killed", "brave"]
    assert [each.valence > 0 for each in found.words] == [False, False, True]


@pytest.mark.parametrize(
    "sentence",
    [
        "The company sold shares.",
        "They grow rice as well as wheat.",
        "Rain fell on 187 roofs (8 of them new).",
        "The court of justice met.",
    ],
)
def test_words_that_are_neither_grave_nor_glad_in_news_have_no_tone(sentence):
    assert tone_of(sentence, reference()).score == 0
    assert tone_of(sentence, as_the_library()).score != 0


def test_an_expression_takes_the_tone_of_its_own_words_only():
    found = tone_of("The court of justice did well.", reference())

    assert len(found.words) == 1
    assert tone_of("There is no justice.", reference()).words != ()


@pytest.mark.parametrize("word", ["massacre", "famine", "earthquake", "kidnapped"])
def test_grave_words_of_news_that_the_library_lacks_are_known(word):
    assert tone_of(f"It was the {word} of the year.", reference()).score < 0
    assert tone_of(f"It was the {word} of the year.", as_the_library()).score == 0


@pytest.mark.parametrize(
    "sentence",
    ["Nobody died.", "No one was hurt.", "None of the 20 passengers was injured.", "No-one was killed."],
)
def test_a_subject_that_denies_turns_what_follows_round(sentence):
    assert tone_of(sentence, reference()).score > 0
    assert (
        tone_of(
            sentence.replace("No-one", "He")
            .replace("Nobody", "He")
            .replace("No one", "He")
            .replace("None", "All"),
            reference(),
        ).score
        < 0
    )


@pytest.mark.parametrize("sentence", ["One of them died.", "No bus came that day and so one of them died."])
def test_one_denies_right_after_no_only(sentence):
    assert tone_of(sentence, reference()).score < 0


def test_a_name_is_not_looked_up():
    sentence = "Hope Solo scored."

    assert tone_of(sentence, reference()).score > 0
    assert tone_of(sentence, reference(), 0, lambda start, _end: start < 9).score == 0


def test_the_tone_of_an_article_is_the_mean_of_its_sentences_and_those_without_a_word_count_as_0():
    good, plain = "They were happy.", "It rained."
    found = tone(f"{good} {plain}", good, plain)

    assert found is not None
    assert found.score == pytest.approx(tone_of(good, reference()).score / 2, abs=1e-4)
    assert (found.positive_share, found.negative_share) == (0.2, 0.0)
    assert [each.span for each in found.words] == [Span(10, 15)]


@pytest.mark.parametrize(("sentences", "unread"), [((), None), (("They won.",), "no text")])
def test_a_text_that_was_not_read_has_no_tone(sentences, unread):
    assert tone("They won.", *sentences, unread=unread) is None


def test_a_row_has_the_tone_its_shares_and_the_strongest_words():
    text = "date 2020-02-20 The attack killed two people. Mr Hope was happy that it was over."
    article = article_or_rejected(raw(text.encode()))
    (row,) = (row for found in enriched([article], loaded_reference()) for row in rows(found))

    words = {
        row["body_text"][each["char_start"] : each["char_end"]]: each["kind"] for each in row["tone_words"]
    }
    assert words == {"attack": "negative", "killed": "negative", "happy": "positive"}
    # -0.8225 and 0.5719; `Hope` is a name.
    assert row["tone"] == -0.1253
    assert (row["tone_positive_share"], row["tone_negative_share"]) == (0.0769, 0.1538)


def test_a_lexicon_that_is_not_the_pinned_one_is_refused(monkeypatch):
    monkeypatch.setattr(
        tone_reference, "PINNED", {"vader_lexicon.txt": "0" * 64, "emoji_utf8_lexicon.txt": "0" * 64}
    )

    with pytest.raises(BrokenLexicon, match=r"vader_lexicon\.txt: found sha256 1ec9c6e9.*, wanted 000"):
        read_tone_reference()


def test_a_lexicon_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(tone_reference, "PACKAGE", "no_such_package")

    with pytest.raises(
        BrokenLexicon, match=r"no_such_package: found no such package, wanted vaderSentiment 3\.3\.2"
    ):
        read_tone_reference()
